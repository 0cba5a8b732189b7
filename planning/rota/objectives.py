"""The goals of a weekly plan as expressions for CP-SAT; less is better."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import networkx as nx
from ortools.sat.python import cp_model

from planning.rota.building import on_day
from planning.rota.goals import BEGIN, fair_share, half_day, half_days, is_late, late_wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.rota.building import RotaModel, Visit
    from planning.rota.model import GoalName


def goal(built: RotaModel, name: GoalName) -> Any:
    """Return the expression of a goal (:func:`planning.rota.goals.goal_values`), added to the model."""
    makers: dict[GoalName, Callable[[RotaModel], Any]] = {
        "languages": _languages,
        "neighbours": _neighbours,
        "spread": _spread,
        "travel": _travel,
        "home": _home,
        "change": _change,
    }
    return makers[name](built)


def _languages(built: RotaModel) -> Any:
    missing: list[Any] = []
    constant = 0
    for number, visit in enumerate(built.visits):
        for language in dict.fromkeys(built.task.places[visit.place].languages):
            able = _able(built, number, language)
            if not able:
                constant += 1
                continue
            lacks = built.model.new_bool_var("")
            built.model.add_bool_or([lacks, *able])
            missing.append(lacks)
    return cp_model.LinearExpr.sum(missing) + constant


def _able(built: RotaModel, number: int, language: str) -> list[Any]:
    """Return the variables of which one holds if somebody at a consultation speaks a language."""
    able: list[Any] = []
    for (v, t), takes in built.takes.items():
        if v != number:
            continue
        team = built.task.teams[t]
        if language in team.languages:
            able.append(takes)
        else:
            able += [built.serves[v, one.id] for one in team.members if language in one.languages]
    return able


def _neighbours(built: RotaModel) -> Any:
    of_place: dict[int, list[Visit]] = {}
    for visit in built.visits:
        of_place.setdefault(visit.place, []).append(visit)
    days = sorted({slot.weekday for visit in built.visits for slot in visit.slots})
    together: dict[tuple[int, int], Any] = {}
    for one, other in built.task.neighbours():
        if one not in of_place or other not in of_place:
            continue
        per_day = [_both(built, of_place[one], of_place[other], day) for day in days]
        together[one, other] = cp_model.LinearExpr.sum(per_day)
    single = {place for place, visits in of_place.items() if len(visits) == 1}
    graph = nx.Graph([pair for pair in together if set(pair) <= single])
    for clique in sorted(sorted(found) for found in nx.find_cliques(graph)):
        # so many pairs have a common day whatever the days are: at best they are dealt out evenly
        full, rest = divmod(len(clique), len(days))
        least = rest * (full + 1) * full // 2 + (len(days) - rest) * full * (full - 1) // 2
        if least:
            pairs = [together[pair] for pair in combinations(clique, 2)]
            built.model.add(cp_model.LinearExpr.sum(pairs) >= least)
    return cp_model.LinearExpr.sum(list(together.values()))


def _both(built: RotaModel, one: list[Visit], other: list[Visit], day: int) -> cp_model.IntVar:
    both = built.model.new_bool_var("")
    here = [literal for visit in one for literal in on_day(visit, day)]
    there = [literal for visit in other for literal in on_day(visit, day)]
    built.model.add(cp_model.LinearExpr.sum(here) + cp_model.LinearExpr.sum(there) <= 1 + both)
    return both


def _spread(built: RotaModel) -> Any:
    most = fair_share(built.task)
    excess: list[Any] = []
    halves = {half_day(slot) for visit in built.visits for slot in visit.slots} | set(half_days(built.task))
    for half in sorted(halves):
        over = built.model.new_int_var(0, len(built.visits), "")
        here = [visit.on(slot for slot in visit.slots if half_day(slot) == half) for visit in built.visits]
        built.model.add(cp_model.LinearExpr.sum(here) <= most + over)
        excess.append(over)
    short = built.model.new_int_var(0, len(built.visits), "")
    late = [
        visit.on(slot for slot in visit.slots if is_late(built.task, visit.place, slot))
        for visit in built.visits
    ]
    built.model.add(cp_model.LinearExpr.sum(late) + short >= min(late_wanted(built.task), len(built.visits)))
    return cp_model.LinearExpr.sum([*excess, short])


def _travel(built: RotaModel) -> Any:
    ways = built.task.office_travel
    return sum(2 * int(ways[built.visits[v].place, team]) * n for (v, team), n in built.persons.items())


def _home(built: RotaModel) -> Any:
    places, teams = built.task.places, built.task.teams
    return sum(
        count
        for (v, team), count in built.persons.items()
        if (borough := places[built.visits[v].place].borough) and borough not in teams[team].boroughs
    )


def _change(built: RotaModel) -> Any:
    last = {(duty.place, duty.visit): duty for duty in built.task.last}
    changed: list[Any] = []
    constant = 0
    for number, visit in enumerate(built.visits):
        old = last.get((built.task.places[visit.place].id, visit.number))
        if old is None:
            continue
        same = [one for slot, one in zip(visit.slots, visit.chosen, strict=True) if slot == old.slot]
        constant += BEGIN
        changed += [-BEGIN * one for one in same]
        others = built.model.new_bool_var("")
        for member in old.members:
            goes = built.serves.get((number, member))
            built.model.add_bool_or([others] if goes is None else [others, goes])
        changed.append(others)
    return cp_model.LinearExpr.sum(changed) + constant
