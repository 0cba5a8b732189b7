"""Two plans side by side, as pieces of HTML.

Every text from data is escaped; pictures are images inside the page, so that nothing is requested. A piece
is empty where there is nothing to show.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from planning.render import side_by_side
from planning.render.side_by_side_words import tag
from planning.render.two_plans_map import cell_kinds, draw_plan_maps
from planning.render.two_plans_tables import boroughs_html, figures_html, groups_html, rooms_html
from planning.render.two_plans_words import AB, plans_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.scoring.scores import Scores
    from planning.siting.two_plans import TwoPlans

SECTIONS = ("explanation", "maps", "figures", "boroughs", "groups", "rooms")
"""Sections in the order in which they are shown; ``two_plans.section.<name>`` is the heading of each."""


def style() -> str:
    """Return the rules for all pieces as a style element."""
    rules = files("planning.render.assets").joinpath("two_plans.css").read_text(encoding="utf-8")
    return f"{side_by_side.style()}<style>\n{rules}</style>"


def sections(
    t: Translator,
    area: StudyArea,
    plans: TwoPlans,
    need: NDArray[np.float64],
    *,
    names: tuple[str, str],
    minutes: float,
    scores: Scores | None = None,
) -> dict[str, str]:
    """Return all pieces by section, in the order of :data:`SECTIONS`.

    Parameters
    ----------
    area
        That both plans were measured on; it has all their rooms.
    need
        Shape (cells,): need that both plans were measured by.
    names
        What the plans are called, texts.
    minutes
        Walking time that counts as within reach.
    scores
        Of the rooms of this area, for their score and rank.
    """
    return {
        "explanation": explanation_html(t, area, plans, names, minutes),
        "maps": maps_html(t, area, plans, need, names),
        "figures": figures_html(t, area, plans, minutes),
        "boroughs": boroughs_html(t, area, plans),
        "groups": groups_html(t, plans),
        "rooms": rooms_html(t, area, plans, scores),
    }


def explanation_html(
    t: Translator, area: StudyArea, plans: TwoPlans, names: tuple[str, str], minutes: float
) -> str:
    """Return the paragraphs that say which plan covers more, how sure that is, and what else differs."""
    told = "".join(tag("p", escape(text)) for text in plans_text(t, area, plans, names, minutes))
    return tag("div", told, "cmp cmp-said")


def maps_html(
    t: Translator, area: StudyArea, plans: TwoPlans, need: NDArray[np.float64], names: tuple[str, str]
) -> str:
    """Return a card for each plan with its map, and one legend for both."""
    maps = draw_plan_maps(t, area, plans, need, names)
    cards = "".join(_card(t, plans, side, need, names[side], maps.pictures[side]) for side in (0, 1))
    scale = tag("p", escape(t("two_plans.map.scale")), "cmp-why")
    return f'<div class="cmp cmp-plans"><div class="cmp-cards">{cards}</div>{scale}{maps.legend}</div>'


def _card(
    t: Translator, plans: TwoPlans, side: int, need: NDArray[np.float64], name: str, picture: str
) -> str:
    kinds = cell_kinds(plans, side, need)
    only = float(need[kinds["newly_own"]].sum())
    newly = only + float(need[kinds["newly_both"]].sum())
    counts = t("two_plans.map.counts", rooms=len(plans.ids[side]), newly=t.number(newly), only=t.number(only))
    head = f'<h3><b class="cmp-letter">{AB[side]}</b> <span>{escape(name)}</span></h3>'
    return tag("article", tag("div", head + tag("p", escape(counts), "cmp-quiet")) + picture, "cmp-card")
