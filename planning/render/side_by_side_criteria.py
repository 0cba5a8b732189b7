"""Criteria of rooms that are compared, as aligned bars, and their scores as a waterfall."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from planning.render.labels import as_of, text_of
from planning.render.side_by_side_words import (
    grid,
    raw_text,
    room_heads,
    shown_difference,
    signed,
    tag,
)
from planning.scoring.comparison import LETTERS

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.scoring.comparison import ComparedRoom, Comparison

_RECORDED = ("venue", "step_free")
"""Criteria that rest on the entry of the room itself."""
_SAME = 1e-9
_VISIBLE = 0.05


def criteria_html(t: Translator, comparison: Comparison) -> str:
    """Return a row for each criterion and a column for each room: bar, raw value, points, difference."""
    rows = [
        (_criterion(t, comparison, name), [_cell(t, comparison, name, room) for room in comparison.rooms])
        for name in comparison.criteria
    ]
    rows.append(
        (escape(t("compare.table.score")), [_score(t, comparison, room) for room in comparison.rooms])
    )
    why = tag("p", escape(t("compare.table.criteria_why")), "cmp-why")
    caption = t("compare.section.criteria")
    heads = room_heads(t, comparison)
    table = grid(caption, heads, rows, corner=escape(t("compare.table.criterion")), look="cmp-bars", last=1)
    return why + table + _sources(t, comparison)


def _criterion(t: Translator, comparison: Comparison, name: str) -> str:
    told = t("compare.table.weight", share=t.share(comparison.rooms[0].part(name).share, 1))
    small = tag("small", escape(told))
    if comparison.basis[name]:
        small += tag("small", escape(as_of(t, comparison.basis[name][0].year)))
    return escape(t(f"criteria.{name}.label")) + small


def _layer(t: Translator, layer: str) -> str:
    key = f"data.layer.{layer}"
    return t(key) if t.has(key) else layer


def _sources(t: Translator, comparison: Comparison) -> str:
    """Return which layers each criterion rests on, and where each layer is from."""
    lines = []
    for name, bases in comparison.basis.items():
        layers = ", ".join(
            t("compare.table.layer", layer=_layer(t, one.layer), year=one.year or t("map.year_unknown"))
            for one in bases
        )
        if layers:
            label = t(f"criteria.{name}.label")
            lines.append(t("compare.table.rests_on", criterion=label, layers=layers))
    found = {one.layer: one.source for bases in comparison.basis.values() for one in bases}
    lines += [
        t("compare.table.source", layer=_layer(t, layer), source=source) for layer, source in found.items()
    ]
    items = "".join(tag("li", escape(line)) for line in lines)
    label = tag("summary", escape(t("compare.table.sources")))
    return f'<details class="cmp cmp-sources">{label}<ul>{items}</ul></details>' if lines else ""


def _cell(t: Translator, comparison: Comparison, name: str, room: ComparedRoom) -> str:
    part, first = room.part(name), comparison.rooms[0].part(name)
    raw = escape(raw_text(t, name, part.raw))
    if part.unknown:
        value = t.number(part.value)
        raw = tag("span", "? " + escape(t("compare.table.unknown", value=value)), "cmp-unknown")
    elif _is_best(comparison, name, part.value):
        best = escape(t("compare.table.best"))
        raw += f' <span class="cmp-star" title="{best}">★<span class="cmp-hidden"> {best}</span></span>'
    told = [t("compare.table.value", value=t.number(part.value)), _points(t, part.contribution)]
    if room is not comparison.rooms[0]:
        difference = signed(t, shown_difference(part.contribution, first.contribution))
        told.append(t("compare.table.to_first", difference=difference, letter=LETTERS[0]))
    year = text_of(room.record.get("as_of"))
    if name in _RECORDED and year and not part.unknown:
        told.append(t("compare.table.own", year=year))
    look = "cmp-bar cmp-guess" if part.unknown else "cmp-bar"
    return tag("span", raw, "cmp-raw") + _bar(0.0, part.value, look) + tag("small", escape(" · ".join(told)))


def _points(t: Translator, points: float) -> str:
    return t("compare.table.contribution", points=t.number(points, 1))


def _is_best(comparison: Comparison, name: str, value: float) -> bool:
    values = [room.part(name).value for room in comparison.rooms]
    return math.isclose(value, max(values), abs_tol=_SAME) and max(values) - min(values) > _SAME


def _bar(start: float, width: float, look: str = "cmp-bar") -> str:
    """Return a bar on its track; start and width in percent."""
    left = f"margin-left:{start:.2f}%;" if start else ""
    return f'<span class="cmp-track"><span class="{look}" style="{left}width:{width:.2f}%"></span></span>'


def _score(t: Translator, comparison: Comparison, room: ComparedRoom) -> str:
    score, first = room.score, comparison.rooms[0].score
    told = [t("compare.card.rank", rank=t.number(score.rank), of=t.number(score.of))]
    if room is not comparison.rooms[0]:
        difference = signed(t, shown_difference(score.total, first.total))
        told.insert(0, t("compare.table.to_first", difference=difference, letter=LETTERS[0]))
    head = tag("b", escape(_points(t, score.total)))
    return head + _bar(0.0, score.total) + tag("small", escape(" · ".join(told)))


def waterfall_html(t: Translator, comparison: Comparison) -> str:
    """Return how the contributions of the criteria add up to each score, on one scale for all rooms."""
    top = max(10.0, math.ceil(max(room.score.total for room in comparison.rooms) / 10.0) * 10.0)
    columns = [_steps(t, room, top) for room in comparison.rooms]
    rows = [
        (escape(t(f"criteria.{name}.label")), [steps[place] for steps in columns])
        for place, name in enumerate(comparison.criteria)
    ]
    sums = [_sum(t, room, top) for room in comparison.rooms]
    rows.append((escape(t("compare.table.score")), sums))
    why = tag("p", escape(t("compare.table.waterfall_why", top=t.number(top))), "cmp-why")
    heads = room_heads(t, comparison)
    corner = escape(t("compare.table.criterion"))
    return why + grid(t("compare.section.waterfall"), heads, rows, corner=corner, look="cmp-steps", last=1)


def _steps(t: Translator, room: ComparedRoom, top: float) -> list[str]:
    steps, start = [], 0.0
    for part in room.score.parts:
        figure = escape(t.number(part.contribution, 1)) + (" ?" if part.unknown else "")
        look = "cmp-bar cmp-guess" if part.unknown else "cmp-bar"
        bar = _bar(start / top * 100.0, part.contribution / top * 100.0, look)
        steps.append(tag("span", bar + tag("span", figure, "cmp-figure"), "cmp-step"))
        start += part.contribution
    return steps


def _sum(t: Translator, room: ComparedRoom, top: float) -> str:
    score = room.score
    figure = tag("span", tag("b", escape(t.number(score.total, 1))), "cmp-figure")
    step = tag("span", _bar(0.0, score.total / top * 100.0) + figure, "cmp-step")
    if score.high - score.low > _VISIBLE:
        low, high = t.number(score.low, 1), t.number(score.high, 1)
        step += tag("small", escape(t("compare.card.range", low=low, high=high)))
    return step
