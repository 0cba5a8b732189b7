"""Rooms that are compared, as pieces of HTML for a page and for a file.

Every text from data is escaped; pictures are images inside the page, so that nothing is requested. A piece
is empty where there is nothing to show.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from planning.render.explanation import explanation_text
from planning.render.labels import district_names, text_of
from planning.render.side_by_side_criteria import criteria_html, waterfall_html
from planning.render.side_by_side_map import draw_maps
from planning.render.side_by_side_people import (
    acceptability_html,
    gained_html,
    nearby_html,
    notes_html,
    overlap_html,
)
from planning.render.side_by_side_words import called, letter_tag, tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import shapely
    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.scoring.comparison import ComparedRoom, Comparison

__all__ = [
    "SECTIONS",
    "acceptability_html",
    "criteria_html",
    "explanation_html",
    "gained_html",
    "nearby_html",
    "notes_html",
    "overlap_html",
    "rooms_html",
    "sections",
    "style",
    "waterfall_html",
]

SECTIONS = (
    "explanation",
    "rooms",
    "criteria",
    "waterfall",
    "gained",
    "overlap",
    "nearby",
    "acceptability",
    "notes",
)
"""Sections in the order in which they are shown; ``compare.section.<name>`` is the heading of each."""
_VISIBLE = 0.05


def style() -> str:
    """Return the rules for all pieces as a style element."""
    rules = files("planning.render.assets").joinpath("side_by_side.css").read_text(encoding="utf-8")
    return f"<style>\n{rules}</style>"


def sections(
    t: Translator,
    area: StudyArea,
    comparison: Comparison,
    need: NDArray[np.float64],
    *,
    reaches: Sequence[shapely.Geometry | None],
    notes: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return all pieces by section, in the order of :data:`SECTIONS`.

    Parameters
    ----------
    need
        Shape (cells,): need of the evaluation that was compared.
    reaches
        Area within walking reach of each room, in metres, in the order of the rooms compared.
    notes
        What people noted, by ``candidate_id``.
    """
    pieces = {
        "explanation": explanation_html(t, comparison),
        "rooms": rooms_html(t, area, comparison, need, reaches),
        "criteria": criteria_html(t, comparison),
        "waterfall": waterfall_html(t, comparison),
        "gained": gained_html(t, area, comparison),
        "overlap": overlap_html(t, comparison),
        "nearby": nearby_html(t, comparison),
        "acceptability": acceptability_html(t, comparison),
        "notes": notes_html(t, comparison, notes or {}),
    }
    return {name: pieces[name] for name in SECTIONS}


def explanation_html(t: Translator, comparison: Comparison) -> str:
    """Return the paragraphs that say why the rooms rank as they do."""
    told = "".join(tag("p", escape(text)) for text in explanation_text(t, comparison))
    return tag("div", told, "cmp cmp-said")


def rooms_html(
    t: Translator,
    area: StudyArea,
    comparison: Comparison,
    need: NDArray[np.float64],
    reaches: Sequence[shapely.Geometry | None],
) -> str:
    """Return a card for each room with its map, and one legend for all maps."""
    maps = draw_maps(t, area, comparison, need, reaches)
    names = called(t, comparison)
    cards = "".join(
        _card(t, area, room, f"{letter_tag(place)} <span>{escape(names[place])}</span>", maps.pictures[place])
        for place, room in enumerate(comparison.rooms)
    )
    scale = tag("p", escape(t("compare.map.scale")), "cmp-why")
    count = len(comparison.rooms)
    return f'<div class="cmp"><div class="cmp-cards cmp-of-{count}">{cards}</div>{scale}{maps.legend}</div>'


def _card(t: Translator, area: StudyArea, room: ComparedRoom, head: str, picture: str) -> str:
    score = room.score
    figures = t("compare.card.score", score=t.number(score.total, 1))
    rank = t("compare.card.rank", rank=t.number(score.rank), of=t.number(score.of))
    told = [tag("p", f"<b>{escape(figures)}</b> · {escape(rank)}")]
    if score.high - score.low > _VISIBLE:
        low, high = t.number(score.low, 1), t.number(score.high, 1)
        told.append(tag("p", escape(t("compare.card.range", low=low, high=high)), "cmp-quiet"))
    told.append(tag("p", escape(t("compare.card.gained", need=t.number(room.need_gained)))))
    names = [t(f"data.column.{name}.label") for name in room.facts.unknown]
    unknown = t("compare.card.unknown", names=", ".join(names)) if names else t("compare.card.all_known")
    source, as_of = (text_of(room.record.get(name)) or t("ui.answer.unknown") for name in ("source", "as_of"))
    origin = t("compare.card.origin", source=source, as_of=as_of)
    quiet = "".join(tag("p", escape(text), "cmp-quiet") for text in (unknown, origin))
    place = tag("p", escape(room_place(t, area, room)), "cmp-quiet")
    top = tag("div", f"<h3>{head}</h3>{place}{''.join(told)}")
    return tag("article", top + picture + tag("div", quiet), "cmp-card")


def room_place(t: Translator, area: StudyArea, room: ComparedRoom) -> str:
    """Return kind, address or street, quarter and borough of a room, not escaped."""
    record = room.record
    quarter = district_names(area, "quarter").get(text_of(record.get("quarter")), "")
    borough = district_names(area, "borough").get(text_of(record.get("borough")), "")
    near = text_of(record.get("address")) or text_of(record.get("street"))
    parts = (t(f"data.venue_kind.{record['kind']}"), near, quarter, borough)
    return " · ".join(dict.fromkeys(part for part in parts if part))
