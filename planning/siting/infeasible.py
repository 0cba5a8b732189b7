"""Why there is no choice: rules that contradict each other, demand out of reach, and what would work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planning.errors import Fault
from planning.siting import highs
from planning.siting.rules import SiteRule, between, stack_rules
from planning.siting.solution import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planning.siting.setting import Setting

COUNT = "count"
_NAMED = 10
_CONFLICTS, _PATIENCE_S = 3, 20.0


def impossible(setting: Setting, *, counted: bool = True) -> list[Fault]:
    """Return what rules out any choice at a glance: fixed sites that are forbidden, too few sites."""
    problems = []
    if len(setting.clash):
        problems.append(Fault("siting_fixed_forbidden", params={"sites": _list(setting.clash)}))
    if counted and setting.p > len(setting.free):
        problems.append(Fault("siting_too_few_sites", params={"p": setting.p, "sites": len(setting.free)}))
    return problems


def unserved(setting: Setting, counts: NDArray[np.bool_]) -> list[Fault]:
    """Return the demand points that count and that no fixed or free site serves."""
    served = np.zeros(setting.pairs.n_demand, dtype=bool)
    served[setting.pairs.row[setting.pairs.entries([*setting.fixed, *setting.free])]] = True
    left = np.flatnonzero(counts & ~served)
    if not len(left):
        return []
    return [Fault("siting_unreachable", params={"count": len(left), "rows": _list(left)})]


def explain_choice(
    setting: Setting, must_serve: NDArray[np.bool_] | None, *, counted: bool = True
) -> list[Fault]:
    """Return why no choice obeys all rules and, where asked, serves everybody who must be served.

    Smallest sets of rules that cannot hold together, up to three that have none of their own rules in common;
    then how many sites would do. Empty if the rules do not contradict, or time ran out before that was known.
    """
    watch = Watch(_PATIENCE_S)
    own = [*setting.rules, *_barred(setting)]
    count = [_count_rule(setting)] if counted else []
    serve = [] if must_serve is None else [_cover_rule(setting, must_serve)]
    columns = np.setdiff1d(np.arange(setting.pairs.n_sites), setting.fixed)
    if not _can_hold([*own, *count], columns, watch):
        serve = []  # what contradicts by itself is told first
    faults, left = list[Fault](), own
    for _ in range(_CONFLICTS):
        conflict = smallest_conflict([*left, *count, *serve], columns, watch)
        mine = [rule for rule in conflict if rule in own]
        if mine or (conflict and not serve):
            faults += _told(conflict)
        if not mine:
            break
        left = [rule for rule in left if rule not in mine]
    if counted:
        faults += _counts(setting, own, columns, watch)
    serving = _serving(setting, own, serve, columns, watch)
    if not faults and any(fault.code == "siting_cannot_serve" for fault in serving):
        faults = _told(smallest_conflict([*own, *serve], columns, watch))
    return faults + serving


def _told(conflict: Sequence[SiteRule]) -> list[Fault]:
    """Return what is said of rules that cannot hold together."""
    rules = [Fault(f"siting_rule_{rule.name}", params=dict(rule.params)) for rule in conflict]
    return [Fault("siting_rules_conflict", params={"count": len(conflict)}), *rules] if conflict else []


def _serving(
    setting: Setting,
    own: Sequence[SiteRule],
    serve: Sequence[SiteRule],
    columns: NDArray[np.intp],
    watch: Watch,
) -> list[Fault]:
    """Say how many sites serve everybody under the rules, if the number asked for is too small."""
    if not serve or not _can_hold(own, columns, watch):
        return []
    fewest = extreme_count([*own, *serve], columns, watch, largest=False)
    if fewest is not None:
        params = {"p": setting.p, "fewest": fewest}
        return [Fault("siting_cannot_serve_with", params=params)] if fewest > setting.p else []
    if _can_hold([*own, *serve], columns, watch):
        return []
    return [Fault("siting_cannot_serve", params={"p": setting.p})]


def _barred(setting: Setting) -> list[SiteRule]:
    n = setting.pairs.n_sites
    taken = np.union1d(setting.fixed, setting.free)
    forbidden = np.setdiff1d(np.arange(n), taken)
    return [between("must_not", forbidden, n, upper=0, count=len(forbidden))] if len(forbidden) else []


def _counts(
    setting: Setting, rules: Sequence[SiteRule], columns: NDArray[np.intp], watch: Watch
) -> list[Fault]:
    """Return how many sites a choice could have if the number were free."""
    fewest = extreme_count(rules, columns, watch, largest=False)
    most = extreme_count(rules, columns, watch, largest=True)
    if fewest is None or most is None or fewest <= setting.p <= most:
        return []
    return [Fault("siting_count_possible", params={"fewest": fewest, "most": most})]


def _count_rule(setting: Setting) -> SiteRule:
    n = setting.pairs.n_sites
    columns = np.setdiff1d(np.arange(n), setting.fixed)
    return between(COUNT, columns, n, lower=setting.p, upper=setting.p, p=setting.p)


def _cover_rule(setting: Setting, must_serve: NDArray[np.bool_]) -> SiteRule:
    from scipy import sparse

    _, by = setting.pairs.nearest(setting.fixed)
    rows = np.flatnonzero(must_serve & (by < 0))
    pairs = setting.pairs
    table = sparse.csc_array(
        (np.ones(len(pairs.row)), pairs.row, pairs.ptr), shape=(pairs.n_demand, pairs.n_sites)
    )
    matrix = sparse.csr_array(table.tocsr()[rows])
    return SiteRule("serve", matrix, np.ones(len(rows)), np.full(len(rows), np.inf))


def smallest_conflict(rules: Sequence[SiteRule], free: NDArray[np.intp], watch: Watch) -> list[SiteRule]:
    """Return rules that cannot hold together, of which no fewer contradict; empty if all can hold.

    Deletion filter: each rule in turn is left out for good if the rest still contradicts (J. W. Chinneck, E.
    W. Dravnieks, Locating minimal infeasible constraint sets in linear programs, ORSA Journal on Computing 3
    (1991) 157-168).
    """
    if _can_hold(rules, free, watch):
        return []
    left = list(rules)
    for rule in list(rules):
        rest = [other for other in left if other is not rule]
        if not _can_hold(rest, free, watch):
            left = rest
    return left


def _can_hold(rules: Sequence[SiteRule], free: NDArray[np.intp], watch: Watch) -> bool:
    return highs.solve(_rule_model(rules, free, 0.0), watch).end != "infeasible"


def extreme_count(
    rules: Sequence[SiteRule], free: NDArray[np.intp], watch: Watch, *, largest: bool
) -> int | None:
    """Return the fewest or most sites that a choice under the rules can have.

    ``None`` if there is no choice, or time ran out before the number was proven.
    """
    answer = highs.solve(_rule_model(rules, free, -1.0 if largest else 1.0), watch, absolute_gap=0.99)
    if answer.x is None or answer.end != "done":
        return None
    return int((answer.x > highs.INTEGER_HALF).sum())


def _rule_model(rules: Sequence[SiteRule], free: NDArray[np.intp], cost: float) -> highs.Model:
    rows = stack_rules(list(rules), free)
    lower, upper = rows.limits()
    m = len(free)
    return highs.Model(np.full(m, cost), np.ones(m), m, rows.matrix, lower, upper)


def _list(values: NDArray[np.intp]) -> str:
    named = ", ".join(str(value) for value in values[:_NAMED])
    return f"{named}, …" if len(values) > _NAMED else named
