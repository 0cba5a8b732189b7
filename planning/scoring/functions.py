"""Value functions in force: the catalogue's, and in their place those that a scenario changes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from planning.area.criteria import criteria
from planning.errors import Fault, SettingError
from planning.scoring.values import BEST, WORST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning.model import Criterion, Scenario, ValueFunction

LEAST_CORNERS, MOST_CORNERS = 2, 20


def _number(value: object) -> float:
    """Return a number as float, ``NaN`` for what is none."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _corner_faults(criterion: Criterion, corners: list[tuple[float, float]]) -> Iterator[Fault]:
    for raw, value in corners:
        known = {"criterion": criterion.id, "raw": raw, "value": value}
        if not (math.isfinite(raw) and math.isfinite(value)):
            yield Fault("value_function_not_a_number", params=known)
        elif not WORST <= value <= BEST:
            yield Fault("value_function_value", params=known)
        elif criterion.scale == "share_of_max" and not 0.0 <= raw <= 1.0:
            yield Fault("value_function_share", params=known)
    for (before, _), (raw, _) in pairwise(corners):
        if raw <= before:
            params = {"criterion": criterion.id, "raw": raw, "before": before}
            yield Fault("value_function_order", params=params)


def _faults(criterion: Criterion, function: ValueFunction) -> Iterator[Fault]:
    count = len(function.points)
    if LEAST_CORNERS <= count <= MOST_CORNERS:
        corners = [(_number(raw), _number(value)) for raw, value in function.points]
        yield from _corner_faults(criterion, corners)
    else:
        limits = {"least": LEAST_CORNERS, "most": MOST_CORNERS}
        yield Fault("value_function_corners", params={"criterion": criterion.id, "count": count, **limits})
    if not WORST <= _number(function.missing_value) <= BEST:
        params = {"criterion": criterion.id, "value": function.missing_value}
        yield Fault("value_function_missing", params=params)


def check_functions(functions: Mapping[str, ValueFunction]) -> None:
    """Raise one ``SettingError`` that lists everything wrong with value functions.

    A function has 2 to 20 corners of finite numbers, raw strictly ascending, values and stand-in within
    0-100; on the scale ``share_of_max`` raw is within 0-1. Every name is a criterion of the catalogue.
    """
    known = {criterion.id: criterion for criterion in criteria()}
    faults = [
        Fault("value_function_unknown", params={"criterion": name, "known": ", ".join(known)})
        for name in functions
        if name not in known
    ]
    for name, criterion in known.items():
        if name in functions:
            faults += _faults(criterion, functions[name])
    if faults:
        raise SettingError("value_functions_invalid", faults=tuple(faults))


def criteria_of(scenario: Scenario) -> tuple[Criterion, ...]:
    """Return the criteria of the catalogue, in its order, with the value functions of a scenario.

    Returns
    -------
    tuple of Criterion
        Weights are the catalogue's; those of the scenario are handed to :func:`planning.scoring.score`.

    Raises
    ------
    SettingError
        ``value_functions_invalid``, as in :func:`check_functions`.

    References
    ----------
    Belton and Stewart (2002), Multiple Criteria Decision Analysis, chapter 5: partial value functions.

    Examples
    --------
    >>> from planning.model import Scenario, ValueFunction
    >>> steps = ValueFunction(((0.0, 0.0), (3.0, 100.0)), missing_value=20.0)
    >>> found = {one.id: one for one in criteria_of(Scenario(value_functions={"transit": steps}))}
    >>> found["transit"].points
    ((0.0, 0.0), (3.0, 100.0))
    >>> found["partners"].points
    ((0.0, 0.0), (4.0, 60.0), (10.0, 100.0))
    """
    chosen = scenario.value_functions
    check_functions(chosen)
    return tuple(
        _with_function(criterion, chosen[criterion.id]) if criterion.id in chosen else criterion
        for criterion in criteria()
    )


def _with_function(criterion: Criterion, function: ValueFunction) -> Criterion:
    points = tuple((float(raw), float(value)) for raw, value in function.points)
    return replace(criterion, points=points, missing_value=float(function.missing_value))


def changed_functions(scenario: Scenario) -> dict[str, ValueFunction]:
    """Return the value functions of a scenario that are not the catalogue's, unchecked, by criterion."""
    own = {criterion.id: criterion.value_function for criterion in criteria()}
    return {name: one for name, one in scenario.value_functions.items() if one != own.get(name)}


def with_function(scenario: Scenario, criterion_id: str, function: ValueFunction | None) -> Scenario:
    """Return a scenario with another value function for one criterion.

    Parameters
    ----------
    function
        ``None`` for the catalogue's. A function that is equal to the catalogue's is not kept.

    Raises
    ------
    SettingError
        The function is not usable.
    """
    chosen = {name: one for name, one in scenario.value_functions.items() if name != criterion_id}
    if function is not None:
        check_functions({criterion_id: function})
        chosen[criterion_id] = function
    return replace(scenario, value_functions=changed_functions(replace(scenario, value_functions=chosen)))
