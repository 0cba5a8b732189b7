"""Scenarios in words: what differs between two of them, and what does not fit the data at hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from planning.area.criteria import criteria
from planning.render.indicators import indicator_label
from planning.render.labels import corners_text, district_names, room_names, short_number, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.scenarios.compare import Difference
    from planning.scenarios.work import Notice

_SHORT = 60
_UNITS = {"spacing_m": "\u00a0m", "budget_eur_month": "\u00a0€", "assumed_cost_eur_month": "\u00a0€"}
_PREFIX = {"sites": "data.site_kind", "candidates": "data.venue_kind"}


@dataclass(frozen=True, eq=False)
class Names:
    """What rooms, sites and boroughs are called; rows of one's own have names, too."""

    rooms: Mapping[str, str]
    sites: Mapping[str, str]
    boroughs: Mapping[str, str]


def names_of(t: Translator, *areas: StudyArea) -> Names:
    """Return the names that the tables of study areas give; of several, the last that knows one."""
    rooms: dict[str, str] = {}
    sites: dict[str, str] = {}
    for area in areas:
        rooms |= dict(zip(area.candidates["candidate_id"], room_names(t, area.candidates), strict=True))
        sites |= dict(zip(area.sites["site_id"], area.sites["name"], strict=True))
    return Names(rooms, sites, district_names(areas[-1], "borough"))


@dataclass(frozen=True)
class DifferenceText:
    """One difference in words: what it is about and the two values."""

    what: str
    a: str
    b: str


def difference_text(t: Translator, one: Difference, names: Names) -> DifferenceText:
    """Say one difference in words; the texts hold names from data and are not escaped."""
    if one.kind == "row":
        return _row_text(t, one, names)
    write = partial(_written, t, one, names)
    return DifferenceText(_what(t, one, names), write(one.a), write(one.b))


def _what(t: Translator, one: Difference, names: Names) -> str:
    """Return what a difference is about."""
    if one.kind in {"plan_setting", "constraint"}:
        return t(f"siting.{one.kind.removeprefix('plan_')}.{one.key}.label")
    if one.key is None or one.kind == one.key:
        return t(f"scenario.kind.{one.kind}")
    if one.kind == "judgement":
        criterion, against = (_criterion(t, name) for name in one.key)
        return t("scenario.kind.judgement", criterion=criterion, against=against)
    called = {
        "need_weight": _group(t, one.key),
        "candidate_note": names.rooms.get(one.key, one.key),
        "opinion": one.key,
    }
    return t(f"scenario.kind.{one.kind}", name=called.get(one.kind) or _criterion(t, one.key))


def _written(t: Translator, one: Difference, names: Names, value: Any) -> str:
    """Return a value as people read it."""
    if value is None:
        return t("scenario.all_remaining") if one.key == "count" else t("scenario.none")
    writers: dict[str, Callable[[Any], str]] = {
        "area": lambda area: f"{area.name} ({area.digest[:8]})",
        "minutes": lambda minutes: f"{short_number(t, minutes)}\u00a0min",
        "speed_kmh": lambda speed: f"{short_number(t, speed)}\u00a0km/h",
        "need_weight": lambda weight: t.number(weight, 2),
        "criteria_weight": lambda pair: f"{short_number(t, pair[0])} ({t.share(pair[1], 1)})",
        "value_function": partial(_function, t, one.key),
        "plan_setting": partial(_plan_setting, t, one.key),
        "constraint": partial(_constraint, t, names, one.key),
        "opinion": partial(_opinion, t),
        "judgement": partial(times_text, t),
        "certainty": lambda level: t(f"weights.certainty.{level}"),
    }
    return writers.get(one.kind, _shortened)(value) or t("scenario.none")


def _criterion(t: Translator, name: str) -> str:
    key = f"criteria.{name}.label"
    return t(key) if t.has(key) else name


def _group(t: Translator, name: str) -> str:
    key = f"data.indicator.{name}.label"
    return indicator_label(t, name) if t.has(key) else name


def _shortened(text: str) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]}…"


def _opinion(t: Translator, shares: Mapping[str, float]) -> str:
    given = sorted((name for name, share in shares.items() if share > 0), key=lambda name: -shares[name])
    return "; ".join(f"{_criterion(t, name)} {t.share(shares[name], 1)}" for name in given)


def times_text(t: Translator, times: float) -> str:
    r"""Write how many times as important something is as a ratio.

    >>> from planning.i18n import Translator
    >>> [times_text(Translator("en"), times) for times in (3.0, 1 / 3, 1.0)]
    ['3\xa0:\xa01', '1\xa0:\xa03', '1\xa0:\xa01']
    """
    first, second = (times, 1.0) if times >= 1.0 else (1.0, 1.0 / times)
    return "\u00a0:\u00a0".join(
        t.number(round(one, 1), 0 if round(one, 1).is_integer() else 1) for one in (first, second)
    )


def _function(t: Translator, name: str, function: Any) -> str:
    from dataclasses import replace

    own = next((one for one in criteria() if one.id == name), None)
    if own is None:
        return "; ".join(
            f"{short_number(t, raw)} → {short_number(t, value)}" for raw, value in function.points
        )
    return corners_text(t, replace(own, points=function.points))


def _plan_setting(t: Translator, name: str, value: Any) -> str:
    if name == "objective":
        return t(f"siting.objective.{value}.label")
    if name == "score_share":
        return t.share(value)
    if name == "time_limit_s":
        return f"{short_number(t, value)}\u00a0s"
    return str(value)


def _constraint(t: Translator, names: Names, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return t(f"ui.answer.{'yes' if value else 'no'}")
    if isinstance(value, int | float):
        unit = _UNITS.get(key, "")
        return f"{short_number(t, float(value))}{unit}"
    if isinstance(value, tuple):
        parts = [
            " / ".join(names.rooms.get(one, one) for one in part)
            if isinstance(part, tuple)
            else names.rooms.get(part, part)
            for part in value
        ]
        return "; ".join(parts) or t("scenario.none")
    limits = [
        f"{names.boroughs.get(key, key)} {low}–{'' if high is None else high}"
        for key, (low, high) in value.items()
    ]
    return "; ".join(limits) or t("scenario.none")


def _row_text(t: Translator, one: Difference, names: Names) -> DifferenceText:
    """Say which row differs and, where both have it, in which columns."""
    kind, key = one.key
    known = names.sites if kind == "sites" else names.rooms
    given = next((text_of(row.get("name")) for row in (one.a, one.b) if isinstance(row, dict)), "")
    what = t(f"scenario.kind.row_{kind}", name=given or text_of(known.get(key)) or key)
    if isinstance(one.a, dict) and isinstance(one.b, dict):
        columns = sorted({name for name in {*one.a, *one.b} if one.a.get(name) != one.b.get(name)})
        pairs = [[(name, row.get(name)) for name in columns] for row in (one.a, one.b)]
        return DifferenceText(what, *(_cells(t, kind, pair) for pair in pairs))
    return DifferenceText(what, *(_row_state(t, row) for row in (one.a, one.b)))


def _row_state(t: Translator, row: object) -> str:
    if row is None:
        return t("scenario.untouched")
    return t("scenario.removed") if row == "removed" else t("scenario.own")


def _cells(t: Translator, kind: str, pairs: Sequence[tuple[str, Any]]) -> str:
    told = []
    for name, value in pairs:
        shown = short_number(t, value) if isinstance(value, float) else _shortened(value or "–")
        key = {"kind": f"{_PREFIX[kind]}.{value}", "status": f"data.status.{value}"}.get(name, "")
        label = f"data.column.{name}.label"
        told.append(f"{t(label) if t.has(label) else name}: {t(key) if t.has(key) else shown}")
    return "; ".join(told)


def notice_text(t: Translator, notice: Notice) -> str:
    """Say what of a scenario does not fit the data at hand."""
    params = dict(notice.params)
    if notice.code == "other_data":
        layers = [
            t(f"data.layer.{name}") if t.has(f"data.layer.{name}") else name for name in params["layers"]
        ]
        params["layers"] = ", ".join(layers) or t("scenario.notice.other_tables")
    if notice.code == "row_lost":
        fault = params.pop("fault")
        level = f"data.level.{fault.params.get('level')}"
        worded = dict(fault.params) | ({"level": t(level)} if t.has(level) else {})
        params |= {"row": str(fault.row), "reason": t(f"errors.{fault.code}", **worded)}
    if notice.code.startswith(("criterion_", "group_")):
        written = _criterion if notice.code.startswith("criterion_") else _group
        params["name"] = written(t, params["name"])
    if "criteria" in params:
        params["criteria"] = ", ".join(_criterion(t, name) for name in params["criteria"])
    for several in ("names", "rooms"):
        if several in params:
            params[several] = ", ".join(params[several])
    return t(f"scenario.notice.{notice.code}", **params)
