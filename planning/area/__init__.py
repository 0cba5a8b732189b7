"""A study area: its schemas and catalogues, loading, saving and checking."""

from planning.area.catalogues import LEVELS, groups, indicators, venue_kinds
from planning.area.checking import check_area
from planning.area.criteria import criteria
from planning.area.loading import bundled_path, load_addresses, load_area, load_unlocated, save_area
from planning.area.study_area import Layer, Programme, StudyArea
from planning.area.tables import check_candidates, check_sites, weekday_codes

__all__ = [
    "LEVELS",
    "Layer",
    "Programme",
    "StudyArea",
    "bundled_path",
    "check_area",
    "check_candidates",
    "check_sites",
    "criteria",
    "groups",
    "indicators",
    "load_addresses",
    "load_area",
    "load_unlocated",
    "save_area",
    "venue_kinds",
    "weekday_codes",
]
