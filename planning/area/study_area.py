"""The study area as a value: tables that have been checked, and where each came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd


@dataclass(frozen=True)
class Layer:
    """Where one layer of a study area comes from.

    ``id`` is the file's stem; ``year`` is text, since some layers span years; ``method`` says how
    the layer was derived, in German and English.
    """

    id: str
    file: str
    rows: int
    year: str
    source: str
    licence: str
    attribution: str
    sha256: str
    method_de: str = ""
    method_en: str = ""


@dataclass(frozen=True)
class Programme:
    """How many dependances are planned and how many are open, published or not."""

    planned: int
    opened: int
    source: str = ""

    @property
    def remaining(self) -> int:
        """Dependances still to open."""
        return max(self.planned - self.opened, 0)


@dataclass(frozen=True, eq=False)
class StudyArea:
    """A city with its districts, cells, network, places, sites, candidates and figures.

    Every table has passed its schema; coordinates are metres in ``crs``.
    ``digest`` is the SHA-256 over all layers, ``digests`` that of each table's file as it was loaded.
    """

    id: str
    name: str
    crs: str
    path: Path
    digest: str
    programme: Programme
    layers: tuple[Layer, ...]
    level_names: dict[str, dict[str, str]]
    districts: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame
    nodes: pd.DataFrame
    edges: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    figures: pd.DataFrame
    scaling: pd.DataFrame
    basemap: gpd.GeoDataFrame
    digests: Mapping[str, str] = field(default_factory=dict)

    def with_tables(
        self, *, sites: gpd.GeoDataFrame | None = None, candidates: gpd.GeoDataFrame | None = None
    ) -> StudyArea:
        """Return the same area with other (already checked) sites or candidates, and the digest of that."""
        new_sites = self.sites if sites is None else sites
        new_candidates = self.candidates if candidates is None else candidates
        digest = hashlib.sha256(self.digest.encode())
        for table in (new_sites, new_candidates):
            digest.update(table.drop(columns="geometry").to_csv(index=False).encode())
        return replace(self, digest=digest.hexdigest(), sites=new_sites, candidates=new_candidates)

    def level(self, level: str) -> gpd.GeoDataFrame:
        """Return the districts of one level (``borough``, ``quarter``, ``priority_area``), by key."""
        return self.districts[self.districts["level"] == level].set_index("key")

    def layer(self, layer_id: str) -> Layer:
        """Return where a layer comes from."""
        return next(layer for layer in self.layers if layer.id == layer_id)
