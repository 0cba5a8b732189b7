"""Two scenarios side by side: what differs in what was set, and what differs in what came of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import chain
from typing import TYPE_CHECKING, Any

import pandas as pd

from planning.area.criteria import criteria
from planning.model import Constraints, PlanSettings
from planning.scenarios.snapshot import KEYS, RoomRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning.model import Scenario, ValueFunction
    from planning.scenarios.snapshot import Basis, Kind, PlanRecord, Snapshot, TableEdits
    from planning.scoring.scores import Scores

_SAME = 1e-9


@dataclass(frozen=True)
class Difference:
    """One setting that differs; ``None`` where one of the two does not have it.

    Parameters
    ----------
    kind
        ``area``, ``minutes``, ``speed_kmh``, ``need_weight``, ``criteria_weight`` (with its share, since
        only their ratios matter), ``value_function``, ``row`` (own or corrected rows), ``plan_setting``,
        ``constraint``, ``notes``, ``candidate_note``, ``opinion`` (shares by criterion), ``judgement`` (how
        many times as important) or ``certainty``.
    key
        Which one: group, criterion, field, person, ``(table, identifier)`` of a row or ``(criterion,
        against)`` of a judgement.
    a, b
        The values.
    """

    kind: str
    key: Any
    a: Any
    b: Any


@dataclass(frozen=True)
class RoomSets:
    """The rooms of two plans: of both, in the order of the first, and of one only."""

    common: tuple[RoomRecord, ...]
    only_a: tuple[RoomRecord, ...]
    only_b: tuple[RoomRecord, ...]


@dataclass(frozen=True)
class Comparison:
    """What differs between two scenarios; ``rooms`` is ``None`` unless both have a plan."""

    a: Snapshot
    b: Snapshot
    differences: tuple[Difference, ...]
    rooms: RoomSets | None


def compare(a: Snapshot, b: Snapshot) -> Comparison:
    """Return what differs between two scenarios, in settings and in the chosen rooms."""
    rooms = None if a.plan is None or b.plan is None else _room_sets(a.plan, b.plan)
    return Comparison(a, b, tuple(_differences(a, b)), rooms)


def _room_sets(a: PlanRecord, b: PlanRecord) -> RoomSets:
    in_a, in_b = set(a.candidate_ids), set(b.candidate_ids)
    return RoomSets(
        common=tuple(room for room in a.rooms if room.candidate_id in in_b),
        only_a=tuple(room for room in a.rooms if room.candidate_id not in in_b),
        only_b=tuple(room for room in b.rooms if room.candidate_id not in in_a),
    )


def _differences(a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    if (a.area.id, a.area.digest) != (b.area.id, b.area.digest):
        yield Difference("area", None, a.area, b.area)
    yield from basis_differences(a.basis, b.basis)
    for field in fields(PlanSettings):
        if field.name != "constraints":
            yield from _pair("plan_setting", field.name, a.plan_settings, b.plan_settings)
    for field in fields(Constraints):
        yield from _pair("constraint", field.name, a.plan_settings.constraints, b.plan_settings.constraints)
    if a.notes != b.notes:
        yield Difference("notes", None, a.notes, b.notes)
    yield from _mapping("candidate_note", a.candidate_notes, b.candidate_notes)
    yield from _opinions(a, b)
    yield from _mapping("judgement", a.judgements, _in_the_direction_of(a.judgements, b.judgements))
    if a.certainty != b.certainty:
        yield Difference("certainty", None, a.certainty, b.certainty)


def basis_differences(a: Basis, b: Basis) -> Iterator[Difference]:
    """Give what differs in what results are computed from."""
    yield from _pair("minutes", "minutes", a.scenario, b.scenario)
    yield from _pair("speed_kmh", "speed_kmh", a.scenario, b.scenario)
    yield from _mapping("need_weight", a.scenario.need_weights, b.scenario.need_weights)
    yield from _weights(a.scenario.criteria_weights, b.scenario.criteria_weights)
    yield from _mapping("value_function", *(_functions(one.scenario) for one in (a, b)))
    kinds: tuple[Kind, ...] = ("sites", "candidates")
    for kind in kinds:
        yield from _rows(kind, getattr(a, kind), getattr(b, kind))


def _pair(kind: str, name: str, a: object, b: object) -> Iterator[Difference]:
    first, second = getattr(a, name), getattr(b, name)
    if first != second:
        yield Difference(kind, name, first, second)


def _mapping(kind: str, a: Mapping[Any, Any], b: Mapping[Any, Any]) -> Iterator[Difference]:
    for key in dict.fromkeys(chain(a, b)):
        first, second = a.get(key), b.get(key)
        if first != second and not _close(first, second):
            yield Difference(kind, key, first, second)


def _close(a: Any, b: Any) -> bool:
    return isinstance(a, float) and isinstance(b, float) and abs(a - b) <= _SAME


def _weights(a: Mapping[str, float], b: Mapping[str, float]) -> Iterator[Difference]:
    """Give the weights that differ, each with its share; none where all are in the same proportion."""
    first, second = _shares(a), _shares(b)
    if not _same_shares(first, second):
        for name in dict.fromkeys(chain(a, b)):
            if a.get(name) != b.get(name):
                pairs = [
                    None if name not in weights else (weights[name], shares[name])
                    for weights, shares in ((a, first), (b, second))
                ]
                yield Difference("criteria_weight", name, *pairs)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {name: weight / total if total > 0 else 0.0 for name, weight in weights.items()}


def _opinions(a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    """Give the persons whose weights are in other proportions."""
    first, second = ({one.name: _shares(one.weights) for one in side.opinions} for side in (a, b))
    for name in dict.fromkeys(chain(first, second)):
        one, other = first.get(name), second.get(name)
        if one is None or other is None or not _same_shares(one, other):
            yield Difference("opinion", name, one, other)


def _same_shares(a: Mapping[str, float], b: Mapping[str, float]) -> bool:
    return all(abs(a.get(name, 0.0) - b.get(name, 0.0)) <= _SAME for name in chain(a, b))


def _in_the_direction_of(
    one: Mapping[tuple[str, str], float], other: Mapping[tuple[str, str], float]
) -> dict[tuple[str, str], float]:
    """Return the judgements of the other, each pair in the direction in which the first has it."""
    return {
        (against, criterion) if (against, criterion) in one else (criterion, against): (
            1.0 / times if (against, criterion) in one else times
        )
        for (criterion, against), times in other.items()
    }


def _functions(scenario: Scenario) -> dict[str, ValueFunction]:
    """Return the value functions in force: what a scenario does not say is the catalogue's."""
    return {one.id: one.value_function for one in criteria()} | dict(scenario.value_functions)


def _rows(kind: Kind, a: TableEdits, b: TableEdits) -> Iterator[Difference]:
    """Give the rows that differ; of a deleted one the value is ``removed``, of an untouched one ``None``."""
    key = KEYS[kind]
    tables: list[dict[str, Any]] = [
        {str(row[key]): dict(row) for row in edits.changed} | dict.fromkeys(edits.removed, "removed")
        for edits in (a, b)
    ]
    for name in sorted({*tables[0], *tables[1]}):
        first, second = (table.get(name) for table in tables)
        if first != second:
            yield Difference("row", (kind, name), first, second)


def rank_shifts(a: Scores, b: Scores) -> pd.DataFrame:
    """Return how the ranking differs, greatest shift first.

    Parameters
    ----------
    a, b
        Scores of the two scenarios.

    Returns
    -------
    DataFrame
        One row per candidate that both score: ``candidate_id``, ``rank_a``, ``rank_b``, ``shift`` (above 0:
        further up in *b*), ``score_a``, ``score_b``. Equal shifts in the order of *a*.
    """
    common = a.rank.index.intersection(b.rank.index)
    table = pd.DataFrame(
        {
            "candidate_id": common,
            "rank_a": a.rank[common].to_numpy(),
            "rank_b": b.rank[common].to_numpy(),
            "score_a": a.total[common].to_numpy(),
            "score_b": b.total[common].to_numpy(),
        }
    )
    table.insert(3, "shift", table["rank_a"] - table["rank_b"])
    order = table.assign(size=table["shift"].abs()).sort_values(["size", "rank_a"], ascending=[False, True])
    return table.loc[order.index].reset_index(drop=True)
