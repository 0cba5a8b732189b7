"""Why there is no weekly plan: rules that cannot hold together, none of them idle, and what would free it.

The set is found by QuickXplain (U. Junker, QUICKXPLAIN: Preferred explanations and relaxations for
over-constrained problems, AAAI 2004): every call of the solver asks whether some of the rules can hold. A set
is minimal when all of its rules together are infeasible and each one lifted makes the others feasible.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ortools.sat.python import cp_model

from planning.rota.building import RotaModel
from planning.rota.model import DAY, TANDEM, Member, RuleRef, Team
from planning.rota.rules import missed, rules_of
from planning.rota.running import run_solver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planning.rota.model import Duty, RotaTask

CONFLICT_LIMIT_S = 120.0
_CALL_S, _REMEDY_S = 10.0, 4.0
_FOUND = {cp_model.OPTIMAL, cp_model.FEASIBLE}


@dataclass(frozen=True)
class Remedy:
    """One thing that would make a plan possible, all other rules kept.

    Parameters
    ----------
    rule
        The rule that would have to give way; ``None`` for more people.
    params
        How far: ``slots`` a place would get, ``minutes`` a week more for each member of a team, of office
        hours without enough people or of the longest way, ``days`` worked, ``team`` and ``weekday`` of a
        tandem more. Empty where lifting it is all there is to say. Where time ran out, less may do.
    """

    rule: RuleRef | None
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Conflict:
    """Rules that cannot hold together.

    Parameters
    ----------
    rules
        The set.
    minimal
        Whether each of them is needed; not known where a call of the solver ran out of time.
    remedies
        What would help; each leads to a plan for the whole task.
    left_out
        The fewest places that would have to go without a consultation, if nothing else gives way; ``None``
        where that is not known.
    fewest
        Whether it is proven that no plan leaves out fewer.
    """

    rules: tuple[RuleRef, ...]
    minimal: bool
    remedies: tuple[Remedy, ...] = ()
    left_out: tuple[str, ...] | None = None
    fewest: bool = False


@dataclass(eq=False)
class _Asker:
    """Asks the solver whether rules can hold together; remembers answers and whether one was missing."""

    task: RotaTask
    every: tuple[RuleRef, ...]
    deadline: float
    over: Callable[[], bool]
    tell: Callable[[int], None]
    sure: bool = True
    calls: int = 0
    known: dict[frozenset[RuleRef], bool] = field(default_factory=dict)

    def feasible(self, kept: Iterable[RuleRef]) -> bool:
        """Tell whether these rules can hold together; what is not known in time counts as possible."""
        key = frozenset(kept)
        if key not in self.known:
            lifted = frozenset(self.every) - key
            _, status = self.solved(RotaModel(self.task, lifted), _CALL_S)
            self.calls += 1
            self.tell(self.calls)
            if status == cp_model.UNKNOWN:
                self.sure = False
            self.known[key] = status != cp_model.INFEASIBLE
        return self.known[key]

    def solved(
        self, built: RotaModel, limit_s: float, *, minimise: bool = False
    ) -> tuple[cp_model.CpSolver, Any]:
        """Look for a plan, or for the least penalty, within the time that is left."""
        if minimise:
            built.model.minimize(built.penalty)
        limit_s = min(limit_s, self.deadline - time.monotonic())
        return run_solver(built.model, limit_s, self.over, first=not minimise)

    @property
    def done(self) -> bool:
        return self.over() or time.monotonic() > self.deadline


def find_conflict(
    task: RotaTask,
    *,
    limit_s: float = CONFLICT_LIMIT_S,
    tell: Callable[[int], None] | None = None,
    over: Callable[[], bool] = lambda: False,
) -> Conflict | None:
    """Return why a task has no plan; ``None`` if it may have one.

    Parameters
    ----------
    limit_s
        Seconds for the set and the remedies together; what is found by then is returned.
    tell
        Called with the number of questions put to the solver so far.
    over
        Asked whether to end.
    """
    every = rules_of(task)
    asker = _Asker(task, every, time.monotonic() + limit_s, over, tell or (lambda _calls: None))
    if asker.feasible(every):
        return None
    suspects = _alone(asker) or every
    rules = _explain(asker, (), suspects)
    needed = all(not asker.done and asker.feasible(set(rules) - {rule}) for rule in rules)
    minimal = needed and asker.sure and not asker.done
    left_out, fewest = _fewest_left_out(asker)
    one_enough = left_out is None or not fewest or len(left_out) == 1
    tried = [rule for rule in sorted(rules) if one_enough or rule.kind != "serve"]
    return Conflict(tuple(sorted(rules)), minimal, tuple(_remedies(asker, tried)), left_out, fewest)


def _alone(asker: _Asker) -> tuple[RuleRef, ...]:
    """Return the rules without the other places' for a place that could not even be served alone, if any."""
    serves = [rule for rule in asker.every if rule.kind == "serve"]
    for rule in serves:
        if asker.done:
            break
        kept = tuple(one for one in asker.every if one.kind != "serve" or one == rule)
        if not asker.feasible(kept):
            return kept
    return ()


def _fewest_left_out(asker: _Asker) -> tuple[tuple[str, ...] | None, bool]:
    built = RotaModel(asker.task, may_drop=True)
    built.penalty = -cp_model.LinearExpr.sum(list(built.served.values()))
    solver, status = asker.solved(built, 2 * _CALL_S, minimise=True)
    if status not in _FOUND:
        return None, False
    dropped = [asker.task.places[place].id for place, one in built.served.items() if not solver.value(one)]
    return tuple(dropped), bool(status == cp_model.OPTIMAL)


def _explain(asker: _Asker, base: Sequence[RuleRef], rules: Sequence[RuleRef]) -> tuple[RuleRef, ...]:
    """Return a minimal part of ``rules`` that is infeasible with ``base``, which alone is feasible."""
    if len(rules) <= 1 or asker.done:
        return tuple(rules)
    half = len(rules) // 2
    first, second = tuple(rules[:half]), tuple(rules[half:])
    from_second = () if not asker.feasible((*base, *first)) else _explain(asker, (*base, *first), second)
    if not asker.feasible((*base, *from_second)):
        return from_second
    return (*_explain(asker, (*base, *from_second), first), *from_second)


def _remedies(asker: _Asker, rules: Sequence[RuleRef]) -> Iterable[Remedy]:
    """Give what would help: each rule of the conflict alone given way by as little as possible."""
    for rule in rules:
        if asker.done:
            return
        soft = None if rule.kind in {"serve", "own_team", "setup_inside"} else rule
        built = RotaModel(asker.task, frozenset({rule}), soft)
        solver, status = asker.solved(built, _REMEDY_S, minimise=soft is not None)
        if status in _FOUND:
            yield Remedy(rule, _how_far(asker.task, rule, built.duties(solver.value), solver, built))
    yield from _more_people(asker, rules)


def _how_far(
    task: RotaTask, rule: RuleRef, duties: Sequence[Duty], solver: cp_model.CpSolver, built: RotaModel
) -> dict[str, Any]:
    if rule.kind in {"window", "fixed", "pinned", "forbidden"}:
        number = task.place_number(rule.subject)
        own = [duty.slot for duty in duties if duty.place == rule.subject]
        return {"slots": [slot for slot in own if missed(task, number, slot, rule)] or own}
    if rule.kind in {"hours", "office"}:
        return {"minutes": round(solver.value(built.penalty))}
    if rule.kind == "days_off":
        off = task.member(rule.subject).days_off
        days = {duty.slot.weekday for duty in duties if rule.subject in duty.members}
        return {"days": sorted(days & set(off))}
    if rule.kind == "max_travel":
        ways = [
            int(task.office_travel[task.place_number(duty.place), task.team_of(member)])
            for duty in duties
            for member in duty.members
        ]
        return {"minutes": max(ways, default=0)}
    return {}


def _more_people(asker: _Asker, rules: Sequence[RuleRef]) -> Iterable[Remedy]:
    """Give each weekday on which one more tandem would do, in the first team of the conflict that helps."""
    if not any(rule.kind in {"hours", "office", "days_off"} for rule in rules):
        return
    named = [rule.subject for rule in rules if rule.kind in {"hours", "office"}]
    teams = [team for team in asker.task.teams if team.id in named] or list(asker.task.teams[:1])
    for day in sorted({window.weekday for window in asker.task.rules.working}):
        for team in teams:
            if asker.done:
                return
            _, status = asker.solved(RotaModel(with_tandem(asker.task, team.id, day)), _REMEDY_S)
            if status in _FOUND:
                yield Remedy(None, {"team": team.id, "weekday": day})
                break


def with_tandem(task: RotaTask, team_id: str, weekday: int) -> RotaTask:
    """Return a task with two more people in a team, for one weekday only."""
    others = tuple(day for day in range(7) if day != weekday)

    def grown(team: Team) -> Team:
        more = tuple(Member(f"{team.id}+{number}", f"+{number}", DAY, others) for number in range(TANDEM))
        return replace(team, members=(*team.members, *more))

    teams = tuple(grown(team) if team.id == team_id else team for team in task.teams)
    return replace(task, teams=teams)
