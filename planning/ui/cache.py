"""What is computed once and shared: the area, its walking distances, the raw criteria.

Everything here is held as it is (``st.cache_resource``), never pickled; the values are frozen or treated so.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
import streamlit.components.v1 as components

from planning.access import (
    REACH_LIMIT_M,
    Distances,
    coverage,
    coverage_by,
    extend,
    measure,
    nearest,
    open_sites,
    walk_minutes,
    worst_district,
)
from planning.area import StudyArea, load_addresses
from planning.area.criteria import criteria
from planning.model import MINUTES_RANGE, Scenario
from planning.need import cell_need
from planning.render.assets import asset_files
from planning.scoring import Evaluation, raw_criteria, score, surroundings
from planning.sources.addresses import AddressIndex
from planning.ui.areas import area_path, original_area, unlocated
from planning.walking import Network, build_network, isochrone, snap

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from numpy.typing import NDArray


__all__ = [
    "Situation",
    "address_index",
    "area_path",
    "asset_folder",
    "distances",
    "evaluation",
    "is_measured",
    "known_dependances",
    "map_assets",
    "network",
    "original_area",
    "reach",
    "situation",
    "unlocated",
]


@dataclass(frozen=True)
class Situation:
    """How things stand with the open sites: the figures above every page."""

    known_dependances: int
    open_sites: int
    need_total: float
    covered_share: float
    mean_minutes: float
    p90_minutes: float
    unreached_share: float
    worst_name: str
    worst_share: float
    as_low: int


@st.cache_resource(show_spinner=False, max_entries=2)
def address_index(path: str) -> AddressIndex:
    """Read the address table once for all sessions."""
    return AddressIndex(load_addresses(Path(path) if path else None))


def _digest(base: str, *tables: tuple[pd.DataFrame, list[str]]) -> str:
    digest = hashlib.sha256(base.encode())
    for table, columns in tables:
        hashes = pd.util.hash_pandas_object(pd.DataFrame(table[columns].astype(str)), index=False)
        digest.update(hashes.to_numpy().tobytes())
    return digest.hexdigest()


@st.cache_resource(show_spinner=False, max_entries=2)
def network(path: str) -> Network:
    """Build the walking network once for all sessions."""
    area = original_area(path)
    return build_network(area.nodes, area.edges)


@st.cache_resource(show_spinner=False, max_entries=2)
def _original_distances(path: str, limit_m: float) -> Distances:
    measured = measure(original_area(path), limit_m=limit_m, network=network(path))
    _measured().add(path)
    return measured


@st.cache_resource(show_spinner=False)
def _measured() -> set[str]:
    return set()


def is_measured(path: str) -> bool:
    """Tell whether the walking distances of an area are at hand, so that nobody has to wait for them."""
    return path in _measured()


@st.cache_resource(show_spinner=False, max_entries=6)
def _distances(places: str, path: str, limit_m: float, _area: StudyArea) -> Distances:  # noqa: ARG001 - the key
    return extend(_original_distances(path, limit_m), _area, network=network(path))


def distances(area: StudyArea, scenario: Scenario) -> Distances:
    """Return the walking distances of an area as far as a scenario needs them.

    Only what differs from the original area is measured anew.
    """
    path = area_path()
    usual = replace(Scenario(), minutes=MINUTES_RANGE[1]).reach_m + 1.0
    limit_m = usual if scenario.reach_m <= usual else REACH_LIMIT_M
    if area is original_area(path):
        return _original_distances(path, limit_m)
    sites, rooms = ["site_id", "kind", "status", "x", "y"], ["candidate_id", "x", "y"]
    places = _digest(area.digest, (area.sites, sites), (area.candidates, rooms))
    return _distances(places, path, limit_m, area)


def reach(area: StudyArea, spot: tuple[float, float], limit_m: float) -> shapely.Geometry:
    """Return the area within walking distance of a spot in metres."""
    return _reach(area.digest, area_path(), spot, limit_m)


@st.cache_resource(show_spinner=False, max_entries=64)
def _reach(area: str, path: str, spot: tuple[float, float], limit_m: float) -> shapely.Geometry:  # noqa: ARG001
    streets = network(path)
    return isochrone(streets, snap(streets, [spot]), limit_m)


@st.cache_resource(show_spinner=False, max_entries=6)
def _around(facts: str, _area: StudyArea, _scenario: Scenario) -> pd.DataFrame:  # noqa: ARG001 - the key
    return surroundings(_area, distances(_area, _scenario))


@st.cache_resource(show_spinner=False, max_entries=12)
def _raw(
    facts: str,
    settings: str,  # noqa: ARG001 - with the facts the key of the cache
    _area: StudyArea,
    _scenario: Scenario,
) -> tuple[NDArray[np.float64], pd.DataFrame]:
    need = cell_need(_area.cells, _scenario.need_weights)
    around = _around(facts, _area, _scenario)
    return need, raw_criteria(_area, _scenario, distances(_area, _scenario), need=need, around=around)


def evaluation(area: StudyArea, scenario: Scenario) -> Evaluation:
    """Return need, raw criteria and scores; a changed criteria weight only costs the weighted sum."""
    columns = ["candidate_id", "name", "kind", "x", "y", "step_free", "status"]
    sites = ["site_id", "kind", "status", "borough", "x", "y"]
    facts = _digest(area.digest, (area.sites, sites), (area.candidates, columns))
    settings = [scenario.minutes, scenario.speed_kmh, sorted(scenario.need_weights.items())]
    need, raw = _raw(facts, json.dumps(settings), area, scenario)
    return Evaluation(need=need, raw=raw, scores=score(raw, criteria(), scenario.criteria_weights))


def known_dependances(area: StudyArea) -> int:
    """Return how many open dependances the table of sites has."""
    return int(((area.sites["status"] == "open") & (area.sites["kind"] == "dependance")).sum())


def situation(area: StudyArea, scenario: Scenario) -> Situation:
    """Return the figures above every page."""
    need = cell_need(area.cells, scenario.need_weights)
    sites = open_sites(area.sites)
    closest = nearest(distances(area, scenario).sites)
    reach = coverage(closest, need, scenario.reach_m)
    walk = walk_minutes(closest, need, scenario.metres_per_minute)
    boroughs = coverage_by(area.cells, closest, need, scenario.reach_m, "borough")
    shares = boroughs.set_index("key")["share"]
    worst = worst_district(boroughs)
    return Situation(
        known_dependances=known_dependances(area),
        open_sites=len(sites),
        need_total=reach.total,
        covered_share=reach.share,
        mean_minutes=walk.mean,
        p90_minutes=walk.p90,
        unreached_share=walk.unreached / reach.total if reach.total else 0.0,
        worst_name="" if worst is None else str(area.level("borough")["name"].get(worst, "")),
        worst_share=math.nan if worst is None else float(shares[worst]),
        as_low=0 if worst is None else int((shares == shares[worst]).sum()) - 1,
    )


@st.cache_resource(show_spinner=False, max_entries=2)
def asset_folder(path: str) -> Path:
    """Write what the map's frame loads (Leaflet, our drawing code, the area's geometry) to a folder."""
    folder = Path(tempfile.mkdtemp(prefix="planning-assets-"))
    for name, content in asset_files(original_area(path)).items():
        (folder / name).write_bytes(content)
    return folder


def map_assets(path: str) -> str:
    """Serve the map's files to this session and return their address.

    The address is relative to the map's frame, so that it holds behind any proxy prefix.
    """
    components.declare_component("map_assets", path=str(asset_folder(path)))
    return f"../{__name__}.map_assets/"
