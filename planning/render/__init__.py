"""Drawings: the interactive map, the printed map, their classes, colours and legends."""

from planning.render.assets import FoliumAssets, asset_files, folium_assets
from planning.render.click import Click, read_click
from planning.render.indicators import choropleth, indicator_label, indicator_levels
from planning.render.map import build_map, dynamic_groups
from planning.render.view import BASEMAP_DE, MapView, OnlineMap

__all__ = [
    "BASEMAP_DE",
    "Click",
    "FoliumAssets",
    "MapView",
    "OnlineMap",
    "asset_files",
    "build_map",
    "choropleth",
    "dynamic_groups",
    "folium_assets",
    "indicator_label",
    "indicator_levels",
    "read_click",
]
