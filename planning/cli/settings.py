"""Settings that a user keeps in a file: weights, value functions and the rules of a plan."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning.errors import Fault, SettingError, SourceError
from planning.model import MINUTES_RANGE, SPEED_RANGE_KMH, Constraints, PlanSettings, Scenario, ValueFunction

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.i18n import Translator

_LIMIT_MB = 1
_MOST = 1_000_000
_SHOWN = 60
_MOST_ROOMS = 100_000
_MOST_SEED = 2**31 - 1


def day_of(t: Translator) -> Callable[[str], dt.date]:
    """Return what reads a day of the command line, written ``2027-06-30`` or ``30.06.2027``."""

    def read(text: str) -> dt.date:
        for form in ("%Y-%m-%d", "%d.%m.%Y"):
            try:
                return dt.datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        raise argparse.ArgumentTypeError(t("cli.not_a_day", text=text))

    return read


def area_path(given: str | None) -> Path | None:
    """Return the folder of the study area, ``None`` for the bundled one."""
    return Path(given) if given else None


def check_range(name: str, value: float, low: float, high: float) -> None:
    """See that a setting is within its limits.

    Raises
    ------
    SettingError
        ``setting_range``.
    """
    if not low <= value <= high:
        raise SettingError("setting_range", setting=name, value=value, low=low, high=high)


def check_seed(seed: int | None) -> None:
    """See that a seed, if one is given, is within its limits; raises as :func:`check_range`."""
    if seed is not None:
        check_range("seed", seed, 0, _MOST_SEED)


def read_scenario(args: argparse.Namespace, usual: Scenario | None = None) -> Scenario:
    """Return the scenario that the arguments name.

    Parameters
    ----------
    usual
        Has what no argument says; a new scenario if left out.

    Raises
    ------
    SettingError
        A setting is out of range or a weights file not usable.
    SourceError
        The weights file cannot be read.
    """
    scenario = usual or Scenario()
    if args.minutes is not None:
        check_range("minutes", args.minutes, *MINUTES_RANGE)
        scenario = replace(scenario, minutes=args.minutes)
    if args.speed is not None:
        check_range("speed", args.speed, *SPEED_RANGE_KMH)
        scenario = replace(scenario, speed_kmh=args.speed)
    return read_weights(Path(args.weights), scenario) if args.weights else scenario


def read_plan_settings(args: argparse.Namespace, usual: PlanSettings) -> PlanSettings:
    """Return what a plan is to achieve, as the arguments say or else as usual.

    Raises
    ------
    SettingError
        A setting is out of range or a file of rules not usable.
    SourceError
        The file of rules cannot be read.
    """
    if args.count is not None:
        check_range("-p", args.count, 0, _MOST_ROOMS)
    check_seed(args.seed)
    given = {
        "objective": args.objective,
        "count": args.count,
        "constraints": read_constraints(Path(args.constraints)) if args.constraints else None,
        "score_share": args.score_share,
        "time_limit_s": args.time_limit,
        "seed": args.seed,
    }
    return replace(usual, **{name: value for name, value in given.items() if value is not None})


def _read_file(path: Path, unreadable: str) -> Any:
    """Return what a JSON or TOML file holds.

    Raises
    ------
    SourceError
        With the code given, if the file cannot be read or parsed.
    SettingError
        ``settings_file_large``.
    """
    from planning.scenarios.reading import once  # loads the schema

    limit = _LIMIT_MB * 1024 * 1024
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise SourceError(unreadable, path=str(path), reason=error.strerror or str(error)) from error
    if len(content) > limit:
        raise SettingError("settings_file_large", path=str(path), limit_mb=_LIMIT_MB)
    try:
        text = content.decode("utf-8-sig")
        if path.suffix.lower() == ".toml":
            return tomllib.loads(text)
        return json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise SourceError(unreadable, path=str(path), reason=str(error)) from error


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def read_weights(path: Path, scenario: Scenario | None = None) -> Scenario:
    """Return a scenario with the weights and value functions of a JSON or TOML file.

    ``criteria`` and ``need`` are tables of numbers. ``value_functions`` is a table by criterion of tables
    with ``points``, a list of pairs ``[raw, value]``, and optionally ``missing_value``; on the scale
    ``share_of_max`` raw is a share, 0-1. What is left out stays as the scenario has it.

    Parameters
    ----------
    scenario
        Has all other settings; a new scenario, with everything by default, if left out.

    Raises
    ------
    SourceError
        ``weights_unreadable`` if the file cannot be read or parsed.
    SettingError
        ``weights_form`` if it holds anything but these tables, with one fault for each value function of a
        wrong form; ``value_functions_invalid``, ``settings_file_large``.
    """
    from planning.scoring import check_functions

    content = _read_file(path, "weights_unreadable")
    tables = ("criteria", "need", "value_functions")
    if not (
        isinstance(content, dict)
        and set(content) <= set(tables)
        and all(isinstance(table, dict) for table in content.values())
        and all(_is_number(value) for key in tables[:2] for value in content.get(key, {}).values())
    ):
        raise SettingError("weights_form", path=str(path))
    criteria, need = (
        {name: _decimal(value) for name, value in content.get(key, {}).items()} for key in tables[:2]
    )
    usual = scenario or Scenario()
    functions = _functions(content.get("value_functions", {}), path, usual)
    check_functions(functions)
    return replace(
        usual,
        criteria_weights={**usual.criteria_weights, **criteria},
        need_weights={**usual.need_weights, **need},
        value_functions={**usual.value_functions, **functions},
    )


def _functions(table: dict[str, Any], path: Path, usual: Scenario) -> dict[str, ValueFunction]:
    """Return value functions whose form is right; what they say is still to be checked."""
    from planning.scoring import criteria_of

    stand_ins = {criterion.id: criterion.missing_value for criterion in criteria_of(usual)}
    found: dict[str, ValueFunction] = {}
    faults: list[Fault] = []
    for name, given in table.items():
        if _is_function(given):
            points = tuple((_decimal(raw), _decimal(value)) for raw, value in given["points"])
            missing = given.get("missing_value", stand_ins.get(name, 0.0))
            found[name] = ValueFunction(points, _decimal(missing))
        else:
            faults.append(
                Fault("value_function_form", params={"criterion": _shown(name), "value": _shown(given)})
            )
    if faults:
        raise SettingError("weights_form", faults=tuple(faults), path=str(path))
    return found


def _is_function(given: Any) -> bool:
    return (
        isinstance(given, dict)
        and "points" in given
        and set(given) <= {"points", "missing_value"}
        and _is_number(given.get("missing_value", 0))
        and isinstance(given["points"], list)
        and all(
            isinstance(corner, list) and len(corner) == len(("raw", "value")) and all(map(_is_number, corner))
            for corner in given["points"]
        )
    )


def _decimal(value: float) -> float:
    """Return a number as float, infinite where it is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def read_constraints(path: Path) -> Constraints:
    """Read the rules of a plan from a JSON or TOML file whose keys are the fields of ``Constraints``.

    ``boroughs`` is a table by borough key of tables with ``min``, ``max`` or both. Whether candidates and
    boroughs exist is checked with the study area (:func:`planning.siting.prepare`).

    Raises
    ------
    SourceError
        ``constraints_unreadable`` if the file cannot be read or parsed.
    SettingError
        ``constraints_form`` with one fault for each key that is unknown or has a wrong value,
        ``settings_file_large``.
    """
    content = _read_file(path, "constraints_unreadable")
    known = ", ".join(field.name for field in fields(Constraints))
    faults: list[Fault] = []
    if not isinstance(content, dict):
        faults.append(Fault("constraints_not_table", params={"value": _shown(content), "known": known}))
        content = {}
    found: dict[str, Any] = {}
    for key, value in content.items():
        if key in _READERS:
            found[key] = _READERS[key](key, value, faults)
        else:
            faults.append(Fault("constraints_key_unknown", params={"key": key, "known": known}))
    if faults:
        raise SettingError("constraints_form", faults=tuple(faults), path=str(path))
    return Constraints(**found)


def _shown(value: object) -> str:
    """Write a value the way the file does, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _fault(faults: list[Fault], code: str, key: str, value: object, **params: object) -> None:
    faults.append(Fault(code, params={"key": key, "value": _shown(value), **params}))


def _whole(key: str, value: Any, faults: list[Fault]) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST:
        return value
    _fault(faults, "constraints_not_whole", key, value, most=_MOST)
    return 0


def _amount(key: str, value: Any, faults: list[Fault]) -> float:
    if _is_number(value) and 0 <= (number := _decimal(value)) < math.inf:
        return number
    _fault(faults, "constraints_not_number", key, value)
    return 0.0


def _optional_amount(key: str, value: Any, faults: list[Fault]) -> float | None:
    return None if value is None else _amount(key, value, faults)


def _flag(key: str, value: Any, faults: list[Fault]) -> bool:
    if not isinstance(value, bool):
        _fault(faults, "constraints_not_flag", key, value)
    return bool(value)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) and name for name in value)


def _names(key: str, value: Any, faults: list[Fault]) -> tuple[str, ...]:
    if _are_names(value):
        return tuple(value)
    _fault(faults, "constraints_not_names", key, value)
    return ()


def _groups(key: str, value: Any, faults: list[Fault]) -> tuple[tuple[str, ...], ...]:
    if isinstance(value, list) and all(_are_names(group) for group in value):
        return tuple(tuple(group) for group in value)
    _fault(faults, "constraints_not_groups", key, value)
    return ()


def _limits(key: str, value: Any, faults: list[Fault]) -> dict[str, tuple[int, int | None]]:
    """Read least and greatest numbers by borough."""
    if not isinstance(value, dict):
        _fault(faults, "constraints_not_limits", key, value)
        return {}
    found: dict[str, tuple[int, int | None]] = {}
    for borough, limits in value.items():
        place = f"{key}.{borough}"
        if not isinstance(limits, dict) or not limits or set(limits) - {"min", "max"}:
            _fault(faults, "constraints_not_limits", place, limits)
            continue
        low = _whole(f"{place}.min", limits.get("min", 0), faults)
        most = limits.get("max")
        found[borough] = (low, None if most is None else _whole(f"{place}.max", most, faults))
    return found


_READERS: dict[str, Callable[[str, Any, list[Fault]], Any]] = {
    "boroughs": _limits,
    "priority_areas_min": _whole,
    "spacing_m": _amount,
    "must": _names,
    "must_not": _names,
    "either_or": _groups,
    "one_per_building": _flag,
    "budget_eur_month": _optional_amount,
    "assumed_cost_eur_month": _optional_amount,
}
