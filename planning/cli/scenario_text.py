"""Revisions and rooms of scenarios as lines for people and as plain values for programs."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from planning.cli.console import printable
from planning.render.labels import date_text
from planning.render.scenario_words import difference_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planning.i18n import Translator
    from planning.render.scenario_words import Names
    from planning.scenarios.compare import Difference
    from planning.scenarios.entries import Entry
    from planning.scenarios.snapshot import FiguresRecord, PlanRecord, RoomRecord
    from planning.scenarios.summary import Summary

_SHORT_ID, _WIDEST = 8, 40
_RIGHT = ("number", "rooms", "share")
_COLUMNS = ("id", "name", "author", "time", "number", "rooms", "share", "status")
_PROVEN = ("optimal", "feasible")
_FIGURES = ("share", "mean_minutes", "p90_minutes")


def time_text(saved_at: str, t: Translator) -> str:
    """Write a stored time as people here read it: in the time zone of this machine, to the minute."""
    here = dt.datetime.fromisoformat(saved_at).astimezone()
    return f"{date_text(here.date(), t)} {here:%H:%M}"


def person(author: str) -> str:
    """Return who saved, a dash where nobody is named."""
    return author or "–"


def list_lines(entries: Sequence[Entry], t: Translator) -> list[str]:
    """Return revisions as a table, its head first."""
    head = {name: t(f"cli.scenario.column.{name}") for name in _COLUMNS}
    rows = [head, *(_cells(entry, t) for entry in entries)]
    width = {name: max(len(row[name]) for row in rows) for name in _COLUMNS}
    return [
        "  ".join(
            row[name].rjust(width[name]) if name in _RIGHT else row[name].ljust(width[name])
            for name in _COLUMNS
        ).rstrip()
        for row in rows
    ]


def _cells(entry: Entry, t: Translator) -> dict[str, str]:
    gist = entry.summary
    before, after = gist.share_before, gist.share_after
    measured = before is not None and after is not None
    return {
        "id": entry.scenario_id[:_SHORT_ID],
        "name": _cut(entry.name),
        "author": _cut(person(entry.author)),
        "time": time_text(entry.saved_at, t),
        "number": str(entry.number),
        "rooms": str(len(gist.rooms)) if gist.objective else "–",
        "share": f"{t.share(before, 1)} → {t.share(after, 1)}" if measured else "–",
        "status": t(f"scenario.card.{_proof(gist)}"),
    }


def _proof(gist: Summary) -> str:
    """Return which word says what is proven about a plan."""
    if gist.on_other_data:
        return "computed_elsewhere"
    return gist.status if gist.status in _PROVEN else "no_plan"


def _cut(text: str) -> str:
    shown = printable(text)  # before its width counts
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"


def history_lines(entries: Iterable[Entry], t: Translator) -> list[str]:
    """Return the revisions of one scenario, one line each."""
    return [
        t(
            "cli.scenario.history_line",
            number=entry.number,
            time=time_text(entry.saved_at, t),
            author=person(entry.author),
            action=t(f"scenario.action.{entry.action}"),
            name=entry.name,
        )
        for entry in entries
    ]


def entry_record(entry: Entry) -> dict[str, Any]:
    """Return a revision as plain values; times are UTC."""
    return {
        "id": entry.scenario_id,
        "name": entry.name,
        "author": entry.author,
        "saved_at": entry.saved_at,
        "revision": entry.number,
        "revisions": entry.head,
        "action": entry.action,
        "content_id": entry.content_id,
        "deleted_at": entry.deleted_at,
        "summary": plain(entry.summary),
    }


def room_texts(rooms: Iterable[RoomRecord], names: Mapping[str, str]) -> list[str]:
    """Return what rooms are called, with their identifiers."""
    called = ((" ".join(room.name.split()), room.candidate_id) for room in rooms)
    return [f"{name or names.get(key, key)} ({key})" for name, key in called]


def difference_lines(differences: Iterable[Difference], names: Names, t: Translator) -> list[str]:
    """Return what differs in words, one line each."""
    lines = []
    for one in differences:
        text = difference_text(t, one, names)
        # corners of a value function have arrows of their own
        line = "cli.scenario.function" if one.kind == "value_function" else "scenario.line"
        lines.append(t(line, what=text.what, a=text.a, b=text.b))
    return lines


def difference_record(one: Difference, names: Names, t: Translator) -> dict[str, Any]:
    """Return one difference as plain values: which, in words, and the two values."""
    text = difference_text(t, one, names)
    key = list(one.key) if isinstance(one.key, tuple) else one.key
    words = {"what": text.what, "text_a": text.a, "text_b": text.b}
    return {"kind": one.kind, "key": key, **words, "a": plain(one.a), "b": plain(one.b)}


def plain(value: Any) -> Any:
    """Return a value made of what JSON knows; what is not finite is null."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def figure_lines(plan: PlanRecord, t: Translator) -> list[str]:
    """Return the figures that were kept with a plan, without it and with it."""
    before, after = plan.before, plan.after
    if before is None or after is None:
        return [t("cli.scenario.not_measured")]
    pairs = [
        t(f"cli.scenario.figure.{name}", before=_figure(before, name, t), after=_figure(after, name, t))
        for name in _FIGURES
    ]
    worst = [
        t("cli.scenario.worst", name=one.worst_name, share=t.share(one.worst_share, 1))
        if one.worst_name
        else t("cli.scenario.no_worst")
        for one in (before, after)
    ]
    return [*pairs, t("cli.scenario.figure.worst", before=worst[0], after=worst[1])]


def _figure(figures: FiguresRecord, name: str, t: Translator) -> str:
    value: float | None = getattr(figures, name)
    return t.share(value, 1) if name == "share" else t.number(value, 1)


def under(title: str, lines: Iterable[str]) -> list[str]:
    """Return a block of lines under a title; none without lines."""
    inside = [f"  {line}".rstrip() for line in lines]
    return ["", title, *inside] if inside else []
