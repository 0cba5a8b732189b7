"""What is computed once and shared: the area, its walking distances, the raw criteria.

Everything here is held as it is (``st.cache_resource``), never pickled; the values are frozen or treated so.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import math
import shutil
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
from planning.errors import SettingError
from planning.model import MINUTES_RANGE, PlanSettings, Scenario
from planning.need import cell_need
from planning.render.assets import asset_files
from planning.scoring import Evaluation, criteria_of, raw_criteria, score, surroundings
from planning.sources.addresses import AddressIndex
from planning.ui.areas import area_path, original_area, unlocated
from planning.ui.jobs import Once
from planning.walking import Network, build_network, isochrone, snap

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import shapely
    from numpy.typing import NDArray

    from planning.rota.defaults import Week
    from planning.siting import Effect


__all__ = [
    "Situation",
    "WalkingField",
    "address_index",
    "area_path",
    "asset_folder",
    "distances",
    "effect",
    "evaluation",
    "is_measured",
    "known_dependances",
    "map_assets",
    "network",
    "original_area",
    "reach",
    "situation",
    "tables_digest",
    "unlocated",
    "usable_evaluation",
    "walking_field",
    "week",
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
    return _distances(_places(area), path, limit_m, area)


def _places(area: StudyArea) -> str:
    """Return a digest of where sites and candidates are."""
    sites, rooms = ["site_id", "kind", "status", "x", "y"], ["candidate_id", "x", "y"]
    return _digest(area.digest, (area.sites, sites), (area.candidates, rooms))


@dataclass(frozen=True, eq=False)
class WalkingField:
    """What a plan is computed from: an area, its network and how far it is from everywhere.

    It can be handed to a thread; nothing in it asks Streamlit for anything.
    """

    area: StudyArea
    network: Network
    near: Distances
    original: StudyArea
    far_of_original: Once[Distances]
    far: Once[Distances]

    def distances(self, progress: Callable[[int, int], object] | None = None) -> Distances:
        """Return distances from each candidate as far as the farthest cell has to an open site.

        They take some seconds the first time. An area that differs from the original only in its sites and
        candidates takes over what has been measured there, if that goes far enough.
        """
        return self.far.get(lambda: self._measure(progress))

    def _measure(self, progress: Callable[[int, int], object] | None) -> Distances:
        from planning.siting import plan_distances  # asked for by one page only

        settings = PlanSettings(objective="walking")

        def measured(area: StudyArea, near: Distances) -> Distances:
            return plan_distances(area, near, settings, network=self.network, progress=progress)

        if self.area is self.original:
            return measured(self.area, self.near)
        if not self.far_of_original.ready:
            return measured(self.area, self.near)
        known = self.far_of_original.get(lambda: self.near)
        longest = nearest(self.near.sites).max(initial=0.0)
        if longest > known.limit_m:
            return measured(self.area, self.near)
        return extend(known, self.area, network=self.network, progress=progress)


def plan_facts(area: StudyArea) -> str:
    """Return a digest of all that sites and candidates tell a plan."""
    rooms = ["status", "borough", "address", "address_quality", "cost_eur_month"]
    return _digest(_spots(area), (area.candidates, rooms))


def tables_digest(area: StudyArea) -> str:
    """Return a digest of all that sites and candidates say."""
    sites, rooms = ([name for name in table if name != "geometry"] for table in (area.sites, area.candidates))
    return _digest(_spots(area), (area.sites, sites), (area.candidates, rooms))


def _spots(area: StudyArea) -> str:
    """Return a digest of where sites and candidates are, whatever else their tables say."""
    sites, rooms = ["site_id", "kind", "status", "x", "y"], ["candidate_id", "x", "y"]
    original = original_area(area_path())
    return _digest(original.digest, (area.sites, sites), (area.candidates, rooms))


@st.cache_resource(show_spinner=False, max_entries=6)
def _far(spots: str, path: str) -> Once[Distances]:  # noqa: ARG001 - the key
    return Once()


def walking_field(area: StudyArea, scenario: Scenario) -> WalkingField:
    """Return what a plan of this area is computed from; its far distances are kept for all sessions."""
    path = area_path()
    original = original_area(path)
    return WalkingField(
        area=area,
        network=network(path),
        near=distances(area, scenario),
        original=original,
        far_of_original=_far(_spots(original), path),
        far=_far(_spots(area), path),
    )


def effect(area: StudyArea, scenario: Scenario, candidate_ids: tuple[str, ...]) -> Effect:
    """Return what opening some rooms changes, measured with walks of any length."""
    settings = [scenario.minutes, scenario.speed_kmh, sorted(scenario.need_weights.items()), candidate_ids]
    field = walking_field(area, scenario)
    return _effect(plan_facts(area), json.dumps(settings), field, scenario, candidate_ids)


@st.cache_resource(show_spinner=False, max_entries=12)
def _effect(
    facts: str,  # noqa: ARG001 - with the settings the key of the cache
    settings: str,  # noqa: ARG001
    _field: WalkingField,
    _scenario: Scenario,
    _candidate_ids: tuple[str, ...],
) -> Effect:
    from planning.siting import plan_effect  # asked for by one page only

    need = cell_need(_field.area.cells, _scenario.need_weights)
    return plan_effect(_field.area, _scenario, _field.distances(), need, _candidate_ids)


def week(area: StudyArea, scenario: Scenario, rooms: tuple[str, ...], names: tuple[str, ...]) -> Week:
    """Return the first task of the week of an area and the rooms of a plan, with what rooms are called.

    Raises
    ------
    SettingError
        There is nobody to go, or nowhere to go.
    """
    told = ["name", "address", "borough", "languages", "hours", "weekday", "time_from", "time_to"]
    facts = _digest(plan_facts(area), (area.sites, told))
    return _week(facts, rooms, names, area, distances(area, scenario))


@st.cache_resource(show_spinner=False, max_entries=6)
def _week(
    facts: str,  # noqa: ARG001 - with rooms and names the key of the cache
    rooms: tuple[str, ...],
    names: tuple[str, ...],
    _area: StudyArea,
    _distances: Distances,
) -> Week:
    from planning.rota.defaults import first_week  # asked for by one page only

    called = dict(zip(rooms, names, strict=True))
    return first_week(_area, rooms, _distances, network(area_path()), names=called)


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
    """Return need, raw criteria and scores.

    A changed criteria weight or value function only costs the weighted sum.
    """
    columns = ["candidate_id", "name", "kind", "x", "y", "step_free", "status"]
    sites = ["site_id", "kind", "status", "borough", "x", "y"]
    facts = _digest(area.digest, (area.sites, sites), (area.candidates, columns))
    settings = [scenario.minutes, scenario.speed_kmh, sorted(scenario.need_weights.items())]
    need, raw = _raw(facts, json.dumps(settings), area, scenario)
    scores = score(raw, criteria_of(scenario), scenario.criteria_weights)
    return Evaluation(need=need, raw=raw, scores=scores)


def usable_evaluation(
    area: StudyArea, scenario: Scenario
) -> tuple[Evaluation, Scenario, SettingError | None]:
    """Return an evaluation, the scenario it is of, and why it is not the given one, if it is not.

    The default weights stand in for weights that are refused.
    """
    try:
        return evaluation(area, scenario), scenario, None
    except SettingError as error:
        kept = replace(scenario, criteria_weights={})
        return evaluation(area, kept), kept, error


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
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, content in asset_files(original_area(path)).items():
        (folder / name).write_bytes(content)
    return folder


def map_assets(path: str) -> str:
    """Serve the map's files to this session and return their address.

    The address is relative to the map's frame, so that it holds behind any proxy prefix.
    """
    components.declare_component("map_assets", path=str(asset_folder(path)))
    return f"../{__name__}.map_assets/"
