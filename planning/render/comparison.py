"""Two scenarios side by side: figures, rooms and the map of both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from planning.render.labels import district_names, room_names, short_number, text_of
from planning.render.plan_words import gain_text
from planning.render.view import BEST, MARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scenarios.snapshot import FiguresRecord, PlanRecord, RoomRecord, Snapshot
    from planning.scoring.scores import Scores

_SHARE_DIGITS = 3
_MARGIN = 0.2
"""How far beyond the study area, as a share of its extent, a room is still drawn."""


@dataclass(frozen=True)
class FigureRow:
    """One figure of two plans in words: what it is, both values, and by how much the second differs."""

    what: str
    a: str
    b: str
    difference: str


def figure_rows(t: Translator, a: Snapshot, b: Snapshot) -> tuple[FigureRow, ...]:
    """Return what two plans achieve; what nobody measured, and a plan that is not there, is said so."""
    return tuple(_rows(t, a, b))


def _rows(t: Translator, a: Snapshot, b: Snapshot) -> Iterator[FigureRow]:
    plans = (a.plan, b.plan)
    no_plan = t("scenario.card.no_plan")

    def words(name: str, tell: Callable[[PlanRecord], str]) -> FigureRow:
        told = ["–" if one is None else tell(one) for one in plans]
        return FigureRow(t(f"scenario.figure.{name}"), told[0], told[1], "")

    minutes = [None if one is None else basis_minutes(side) for side, one in zip((a, b), plans, strict=True)]
    rooms = [None if one is None else float(len(one.rooms)) for one in plans]
    yield _figure(t, "rooms", rooms, t.number, missing=no_plan)
    yield words("objective", lambda one: t(f"siting.objective.{one.settings.objective}.label"))
    yield words("status", lambda one: proof_text(t, one))
    yield _figure(t, "minutes", minutes, lambda value: f"{short_number(t, value)}\u00a0min")
    for name, of, field, write in (
        ("share_before", "before", "share", _share(t)),
        ("share_after", "after", "share", _share(t)),
        ("mean_before", "before", "mean_minutes", _minutes(t)),
        ("mean_after", "after", "mean_minutes", _minutes(t)),
        ("p90_after", "after", "p90_minutes", _minutes(t)),
    ):
        values = [_measured(one, of, field) for one in plans]
        yield _figure(t, name, values, write, points=field == "share")
    yield _worst(t, plans)


def basis_minutes(side: Snapshot) -> float:
    """Return the walking time that a scenario's plan, or else the scenario, counts as within reach."""
    return _plan_basis(side).minutes


def _plan_basis(side: Snapshot) -> Scenario:
    plan = side.plan
    return (side.basis if plan is None or plan.basis is None else plan.basis).scenario


def _share(t: Translator) -> Callable[[float], str]:
    return lambda value: t.share(value, 1)


def _minutes(t: Translator) -> Callable[[float], str]:
    return lambda value: t.number(value, 1, "min")


def _measured(plan: PlanRecord | None, of: str, field: str) -> float | None:
    figures: FiguresRecord | None = None if plan is None else getattr(plan, of)
    return math.nan if plan is not None and figures is None else getattr(figures, field, None)


def _figure(
    t: Translator,
    name: str,
    values: list[float | None],
    write: Callable[[float], str],
    *,
    points: bool = False,
    missing: str = "–",
) -> FigureRow:
    """Return a row of numbers; of shares the difference is in percentage points."""
    a, b = (missing if value is None else write(value) for value in values)
    first, second = values
    difference = ""
    if first is not None and second is not None and math.isfinite(second - first):
        # of the figures as they are shown, so that whoever subtracts them finds the same
        first, second = (round(value, _SHARE_DIGITS if points else 1) for value in (first, second))
        difference = _signed(t, second - first, write, points=points)
    return FigureRow(t(f"scenario.figure.{name}"), a, b, difference)


def _signed(t: Translator, value: float, write: Callable[[float], str], *, points: bool) -> str:
    written = t("scenario.points", points=t.number(abs(value) * 100, 1)) if points else write(abs(value))
    if not any(digit in written for digit in "123456789"):
        return "±0"
    return f"{'+' if value > 0 else '−'}{written}"


def _worst(t: Translator, plans: tuple[PlanRecord | None, ...]) -> FigureRow:
    def tell(plan: PlanRecord | None) -> str:
        figures = None if plan is None else plan.after
        if figures is None:
            return "–" if plan is None else t.number(None)
        return f"{figures.worst_name} {t.share(figures.worst_share, 1)}".strip()

    values = [_measured(one, "after", "worst_share") for one in plans]
    row = _figure(t, "worst", values, _share(t), points=True)
    return FigureRow(row.what, tell(plans[0]), tell(plans[1]), row.difference)


def proof_text(t: Translator, plan: PlanRecord) -> str:
    """Say how good a plan is, no more than was proven."""
    if plan.on_other_data:
        return t("scenario.card.computed_elsewhere")
    if plan.status == "optimal":
        return t("scenario.card.optimal")
    if not math.isfinite(plan.gap):
        return t("scenario.card.feasible")
    return t("scenario.at_most", share=t.at_most(plan.gap))


def plan_marks(a: PlanRecord | None, b: PlanRecord | None) -> dict[str, str]:
    """Return which of two plans each room belongs to, ``AB``, ``A`` or ``B``, in this order."""
    in_a, in_b = (() if one is None else one.candidate_ids for one in (a, b))
    marks = {name: "AB" if name in set(in_b) else "A" for name in in_a}
    marks |= {name: "B" for name in in_b if name not in marks}
    return dict(sorted(marks.items(), key=lambda pair: MARKS.index(pair[1])))


def side_gain(t: Translator, side: Snapshot, gain: float) -> str:
    """Return what a room of a side's plan gains when it opens."""
    objective = "coverage" if side.plan is None else side.plan.settings.objective
    return gain_text(t, objective, gain, _plan_basis(side).metres_per_minute)


def room_rows(
    t: Translator, a: Snapshot, b: Snapshot, area: StudyArea
) -> tuple[tuple[str, str, str, str, str], ...]:
    """Return the rooms of two plans: mark, name, borough and what each gains in *a* and in *b*."""
    known = area.candidates.set_index("candidate_id")
    names = dict(zip(known.index, room_names(t, area.candidates), strict=True))
    boroughs = district_names(area, "borough")
    plans = [
        {} if one.plan is None else {room.candidate_id: room for room in one.plan.rooms} for one in (a, b)
    ]
    rows = []
    for key, mark in plan_marks(a.plan, b.plan).items():
        gains = [
            side_gain(t, side, held[key].gain) if key in held else "–"
            for side, held in zip((a, b), plans, strict=True)
        ]
        record = next(held[key] for held in plans if key in held)
        borough = boroughs.get(text_of(known["borough"].get(key)), "")
        rows.append((mark, record.name or names.get(key, key), borough, gains[0], gains[1]))
    return tuple(rows)


def compared_area(
    area: StudyArea, others: tuple[StudyArea, ...], rooms: Mapping[str, RoomRecord]
) -> StudyArea:
    """Return a study area whose candidates hold the rooms of two plans, for drawing them.

    Parameters
    ----------
    area
        Whose sites, and whose candidates first, are drawn.
    others
        Where rooms that it does not have are looked up.
    rooms
        All rooms of the plans; those that no study area has any more are placed where they were, unless that
        is far away.
    """
    tables = [one.candidates for one in (area, *others)]
    table = pd.concat(tables).drop_duplicates("candidate_id")
    known = set(table["candidate_id"])
    gone = [room for key, room in rooms.items() if key not in known and _is_near(area, room)]
    if gone:
        table = pd.concat([table, _placed(gone, table)])
    open_now = table["candidate_id"].isin(list(rooms))
    table = table.assign(status=table["status"].mask(open_now, "open")).reset_index(drop=True)
    return area.with_tables(candidates=gpd.GeoDataFrame(table, geometry="geometry", crs=area.crs))


def _is_near(area: StudyArea, room: RoomRecord) -> bool:
    west, south, east, north = area.districts.total_bounds
    x, y = (east - west) * _MARGIN, (north - south) * _MARGIN
    return bool(west - x <= room.x <= east + x and south - y <= room.y <= north + y)


def _placed(rooms: list[RoomRecord], like: pd.DataFrame) -> gpd.GeoDataFrame:
    rows = pd.DataFrame(
        {
            "candidate_id": [room.candidate_id for room in rooms],
            "name": [room.name for room in rooms],
            "kind": "other",
            "status": "open",
            "x": [room.x for room in rooms],
            "y": [room.y for room in rooms],
        }
    ).reindex(columns=[name for name in like.columns if name != "geometry"])
    places = gpd.points_from_xy(rows["x"], rows["y"])
    crs = like.crs if isinstance(like, gpd.GeoDataFrame) else None
    return gpd.GeoDataFrame(rows, geometry=places, crs=crs)


@dataclass(frozen=True)
class BestChange:
    """How two rankings differ at the top: how many candidates have another rank, who enters and leaves."""

    moved: int
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    only_one: int


def best_change(a: Scores, b: Scores, shifts: pd.DataFrame) -> BestChange:
    """Return how two rankings differ, and at the top; ``only_one``: scored in one of the two only."""
    best = [[str(key) for key in one.rank[one.rank <= BEST].sort_values().index] for one in (a, b)]
    return BestChange(
        moved=int((shifts["shift"] != 0).sum()),
        entering=tuple(key for key in best[1] if key not in best[0]),
        leaving=tuple(key for key in best[0] if key not in best[1]),
        only_one=len(a.rank.index.symmetric_difference(b.rank.index)),
    )
