"""Drawings: the interactive map, the printed map, their classes, colours and legends."""

from planning.render.assets import FoliumAssets, asset_files, folium_assets
from planning.render.indicators import choropleth, indicator_label, indicator_levels
from planning.render.map import build_map, dynamic_groups
from planning.render.view import Click, MapView, read_click

__all__ = [
    "Click",
    "FoliumAssets",
    "MapView",
    "asset_files",
    "build_map",
    "choropleth",
    "dynamic_groups",
    "folium_assets",
    "indicator_label",
    "indicator_levels",
    "read_click",
]
