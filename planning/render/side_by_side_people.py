"""Who is gained by rooms that are compared, what they share, what is nearby and how sure their ranks are."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from planning.render.classes import ink
from planning.render.labels import district_names, short_number
from planning.render.side_by_side_words import called, chance_text, grid, letter_tag, room_heads, tag
from planning.render.view import level_label
from planning.scoring.comparison import LETTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.scoring.comparison import Chance, ComparedRoom, Comparison

_MOST_QUARTERS = 8
_MOST_NEAR = 4
_LABELLED = 0.12
_BAND_COLORS = ("#003a52", "#2a7596", "#7fbcd4", "#cfdfe6", "#f3f5f6")


def gained_html(t: Translator, area: StudyArea, comparison: Comparison) -> str:
    """Return who is newly reached: need and persons by group, need by borough and quarter."""
    rooms, heads = comparison.rooms, room_heads(t, comparison)
    rows = [(escape(t("compare.table.need")), [tag("b", t.number(room.need_gained)) for room in rooms])]
    for group in rooms[0].facts.gained:
        label = t(f"data.indicator.{group}.label")
        rows.append((escape(label), [_of_reach(t, room, group) for room in rooms]))
    why = tag(
        "p", escape(t("compare.table.groups_why", minutes=short_number(t, comparison.minutes))), "cmp-why"
    )
    corner = escape(t("compare.table.group"))
    found = why + grid(t("compare.table.group"), heads, rows, corner=corner, look="cmp-narrow")
    quarters = t("compare.table.quarter", quarters=level_label(area, t, "quarter"))
    found += _districts(t, area, comparison, "borough", t("compare.table.borough"))
    return found + _districts(t, area, comparison, "quarter", quarters)


def _of_reach(t: Translator, room: ComparedRoom, group: str) -> str:
    reach = t("compare.table.of_reach", reach=t.number(room.facts.in_reach[group]))
    return t.number(room.facts.gained[group]) + tag("small", escape(reach))


def _districts(t: Translator, area: StudyArea, comparison: Comparison, level: str, caption: str) -> str:
    names = district_names(area, level)
    tables: list[Mapping[str, float]] = [
        room.by_borough if level == "borough" else room.by_quarter for room in comparison.rooms
    ]
    most = {key: max(table.get(key, 0.0) for table in tables) for table in tables for key in table}
    keys = sorted(most, key=lambda key: (-most[key], key))
    kept, left = keys[:_MOST_QUARTERS], keys[_MOST_QUARTERS:]
    rows = [
        (
            escape(names.get(key, key) if key else t("compare.table.elsewhere")),
            [_need(t, table.get(key, 0.0)) for table in tables],
        )
        for key in kept
    ]
    if left:
        head = escape(t("compare.table.others", count=len(left)))
        rows.append((head, [_need(t, sum(table.get(key, 0.0) for key in left)) for table in tables]))
    if not rows:
        return ""
    return grid(caption, room_heads(t, comparison), rows, corner=escape(caption), look="cmp-narrow")


def _need(t: Translator, need: float) -> str:
    return t.number(need) if need > 0 else "–"


def overlap_html(t: Translator, comparison: Comparison) -> str:
    """Return how much newly gained need rooms share: by pair, and of three or more by number of rooms."""
    names = ("both", "only_first", "only_second", "together")
    rows = [
        (
            f"{letter_tag(one.a)} + {letter_tag(one.b)}",
            [t.number(value) for value in (one.both, one.only_a, one.only_b, one.together)],
        )
        for one in comparison.overlaps
    ]
    heads = [escape(t(f"compare.table.{name}")) for name in names]
    why = tag("p", escape(t("compare.table.overlap_why")), "cmp-why")
    corner = escape(t("compare.table.pair"))
    found = why + grid(t("compare.section.overlap"), heads, rows, corner=corner, look="cmp-narrow cmp-tight")
    if len(comparison.rooms) == 2:  # noqa: PLR2004 - the pair says it all
        return found
    shares = [
        (escape(t("compare.table.only_room", letter=letter)), [t.number(room.need_only)])
        for letter, room in zip(LETTERS, comparison.rooms, strict=False)
    ]
    shares += [
        (escape(t("compare.table.exactly", count=count)), [t.number(need)])
        for count, need in enumerate(comparison.exactly, start=1)
        if count > 1
    ]
    shares.append((escape(t("compare.table.all")), [tag("b", t.number(comparison.together))]))
    caption = t("compare.table.shared")
    head = [escape(t("compare.table.need"))]
    return found + grid(caption, head, shares, corner=escape(caption), look="cmp-narrow", last=1)


def nearby_html(t: Translator, comparison: Comparison) -> str:
    """Return nearest sites, stops and possible partners of each room."""
    rooms = comparison.rooms
    rows = [
        (escape(t("compare.table.sites")), [_list(t, _sites(t, room), len(LETTERS)) for room in rooms]),
        (escape(t("compare.table.stops")), [_list(t, _stops(t, room)) for room in rooms]),
        (escape(t("compare.table.partners")), [_list(t, _partners(t, room)) for room in rooms]),
    ]
    return grid(t("compare.section.nearby"), room_heads(t, comparison), rows, look="cmp-words")


def _sites(t: Translator, room: ComparedRoom) -> list[str]:
    return [
        escape(site.name or t(f"data.site_kind.{site.kind}"))
        + tag(
            "small",
            escape(
                t(
                    "compare.table.metres",
                    metres=t.number(site.metres, 0, "m"),
                    minutes=t.number(site.minutes, 0, "min"),
                )
            ),
        )
        for site in room.facts.sites
    ]


def _stops(t: Translator, room: ComparedRoom) -> list[str]:
    return [
        escape(f"{stop.name} · ")
        + t.number(stop.metres, 0, "m")
        + tag("small", escape(t("compare.table.lines", lines=", ".join(stop.lines))))
        for stop in room.facts.stops
    ]


def _partners(t: Translator, room: ComparedRoom) -> list[str]:
    def kind(name: str) -> str:
        key = f"data.place_kind.{name}"
        return t(key) if t.has(key) else name

    return [
        escape(f"{one.name or kind(one.kind)} · ")
        + t.number(one.metres, 0, "m")
        + (tag("small", escape(kind(one.kind))) if one.name else "")
        for one in room.facts.partners
    ]


def _list(t: Translator, entries: Sequence[str], most: int = _MOST_NEAR) -> str:
    if not entries:
        return escape(t("compare.table.none"))
    items = "".join(tag("li", entry) for entry in entries[:most])
    more = len(entries) - most
    if more > 0:
        items += tag("li", escape(t("compare.table.and_more", count=more)))
    return f"<ul>{items}</ul>"


def acceptability_html(t: Translator, comparison: Comparison) -> str:
    """Return in which share of the draws each room has which rank; empty without confidence."""
    chances = [room.chance for room in comparison.rooms if room.chance is not None]
    if len(chances) < len(comparison.rooms):
        return ""
    labels = [_band(t, low, high) for low, high in comparison.bands]
    rows = [(escape(t("compare.chance.bar")), [_stack(t, chance, labels) for chance in chances])]
    for place, label in enumerate(labels):
        sign = f'<span class="cmp-swatch" style="background:{_BAND_COLORS[place]}"></span>'
        rows.append((sign + escape(label), [chance_text(t, chance.bands[place]) for chance in chances]))

    def row(label: str, tell: Callable[[Chance], str]) -> None:
        rows.append((escape(label), [tell(chance) for chance in chances]))

    def span(low: float, high: float, digits: int) -> str:
        return t("compare.chance.between", low=t.number(low, digits), high=t.number(high, digits))

    row(t("compare.chance.in_best", best=comparison.best), lambda one: chance_text(t, one.in_best))
    row(t("compare.chance.range"), lambda one: span(one.rank_low, one.rank_high, 0))
    row(t("compare.chance.score"), lambda one: span(one.low, one.high, 1))
    rows += _above(t, comparison)
    why = tag("p", escape(t("compare.chance.why", draws=t.number(comparison.draws))), "cmp-why")
    heads = room_heads(t, comparison)
    return why + grid(t("compare.section.acceptability"), heads, rows, look="cmp-chances")


def _above(t: Translator, comparison: Comparison) -> list[tuple[str, list[str]]]:
    if comparison.above is None:
        return []
    places = range(len(comparison.rooms))
    return [
        (
            escape(t("compare.chance.above", letter=LETTERS[other])),
            ["–" if one == other else chance_text(t, float(comparison.above[one, other])) for one in places],
        )
        for other in places
    ]


def _band(t: Translator, low: int, high: int | None) -> str:
    if high is None:
        return t("compare.chance.from", low=low)
    if low == high:
        return t("compare.chance.rank", rank=low)
    return t("compare.chance.ranks", low=low, high=high)


def _stack(t: Translator, chance: Chance, labels: Sequence[str]) -> str:
    pieces = []
    for share, label, color in zip(chance.bands, labels, _BAND_COLORS, strict=False):
        if share > 0:
            said = f"{label}: {chance_text(t, share)}"
            look = f"width:{share * 100:.2f}%;background:{color};color:{ink(color)}"
            text = escape(chance_text(t, share)) if share >= _LABELLED else ""
            pieces.append(f'<span style="{look}" title="{escape(said)}">{text}</span>')
    return tag("span", "".join(pieces), "cmp-stack")


def notes_html(t: Translator, comparison: Comparison, notes: Mapping[str, str]) -> str:
    """Return what people noted on the rooms; empty where nobody did."""
    told = [
        f"<dt>{letter_tag(place)} {escape(name)}</dt><dd>{escape(text)}</dd>"
        for place, (room, name) in enumerate(zip(comparison.rooms, called(t, comparison), strict=True))
        if (text := notes.get(room.candidate_id, "").strip())
    ]
    return f'<dl class="cmp cmp-notes">{"".join(told)}</dl>' if told else ""
