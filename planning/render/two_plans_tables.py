"""Two plans as tables: figures, boroughs, groups and rooms, each with the difference."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from planning.render.labels import district_names, room_name, short_number, text_of
from planning.render.side_by_side_words import chance_text, grid, shown_difference, signed, tag
from planning.render.two_plans_map import room_numbers
from planning.render.two_plans_words import AB, DIGITS, better, boroughs_text, lowest, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.scoring.scores import Scores
    from planning.siting.effect import Figures
    from planning.siting.two_plans import TwoPlans

_Row = tuple[str, list[str]]


def _heads(t: Translator) -> list[str]:
    signs = [f'<b class="cmp-letter">{letter}</b>' for letter in AB]
    return [*signs, escape(t("two_plans.table.difference"))]


def _why(t: Translator, name: str) -> str:
    return tag("p", escape(t(f"two_plans.table.{name}_why")), "cmp-why")


def figures_html(t: Translator, area: StudyArea, plans: TwoPlans, minutes: float) -> str:
    """Return what each plan achieves, what it is today, and the difference; ★ marks the better figure.

    Parameters
    ----------
    minutes
        Walking time that counts as within reach.
    """
    rows = [_counts(t, "rooms", *(float(len(one)) for one in plans.ids))]
    rows += [_figure(t, area, plans, "share", minutes), *_sure(t, plans)]
    newly = (plans.need_both + plans.need_a, plans.need_both + plans.need_b)
    rows += [
        _counts(t, "newly", *newly),
        _counts(t, "only", plans.need_a, plans.need_b),
        (escape(t("two_plans.table.both")), [t.number(plans.need_both)] * 2 + [""]),
    ]
    rows += [_figure(t, area, plans, name, minutes) for name in DIGITS if name != "share"]
    corner = escape(t("two_plans.table.figure"))
    caption = t("two_plans.section.figures")
    return _why(t, "figures") + grid(caption, _heads(t), rows, corner=corner, look="cmp-narrow")


def _counts(t: Translator, name: str, a: float, b: float) -> _Row:
    cells = [t.number(a), t.number(b), signed(t, shown_difference(a, b, 0), 0)]
    return escape(t(f"two_plans.table.{name}")), cells


def _figure(t: Translator, area: StudyArea, plans: TwoPlans, measure: str, minutes: float) -> _Row:
    first, second = (effect.after for effect in plans.effects)
    cells = [escape(_written(t, one, measure)) for one in (first, second)]
    best = better(plans, measure)
    if best is not None:
        said = escape(t("two_plans.table.better"))
        cells[best] += (
            f' <span class="cmp-star" title="{said}">★<span class="cmp-hidden"> {said}</span></span>'
        )
    if measure == "worst":
        for side in (0, 1):
            cells[side] += tag("small", escape(boroughs_text(t, area, lowest(plans, side))))
    a, b = (shown(one, measure) for one in (first, second))
    difference = ""
    if math.isfinite(a) and math.isfinite(b):
        points = t("two_plans.table.points")
        unit = {"share": points, "worst": points, "gini": ""}.get(measure, "min")
        difference = signed(t, shown_difference(a, b, DIGITS[measure]), DIGITS[measure])
        difference += tag("small", escape(unit)) if unit else ""
    now = _written(t, plans.effects[0].before, measure)
    head = escape(t(f"two_plans.table.{measure}", minutes=short_number(t, minutes)))
    head += tag("small", escape(t("two_plans.table.today", figure=now)))
    return head, [*cells, difference]


def _written(t: Translator, figures: Figures, measure: str) -> str:
    """Return a figure with its unit as a text."""
    if measure in {"share", "worst"}:
        return t.share(figures.share if measure == "share" else figures.worst_share, DIGITS[measure])
    return t.number(shown(figures, measure), DIGITS[measure], "" if measure == "gini" else "min")


def _sure(t: Translator, plans: TwoPlans) -> Iterator[_Row]:
    if plans.ranges is None or plans.a_ahead is None:
        return
    cells = [
        escape(t("two_plans.table.between", low=t.share(one.low, 1), high=t.share(one.high, 1)))
        for one in plans.ranges
    ]
    same = plans.need_a == 0 and plans.need_b == 0
    chance = "" if same else escape(t("two_plans.table.chance", chance=chance_text(t, plans.a_ahead)))
    yield escape(t("two_plans.table.range")), [*cells, chance]


def boroughs_html(t: Translator, area: StudyArea, plans: TwoPlans) -> str:
    """Return the share of need that is covered in each borough; the largest differences first."""
    names = district_names(area, "borough")
    columns = ("key", "share_before", "share_a", "share_b")
    rows = []
    for key, before, a, b in zip(*(plans.boroughs[name] for name in columns), strict=True):
        points = signed(t, shown_difference(a * 100.0, b * 100.0))
        cells = [t.share(share, 1) for share in (before, a, b)]
        rows.append((escape(names.get(key, str(key))), [*cells, points]))
    if not rows:
        return ""
    heads = [escape(t("two_plans.table.share_now")), *_heads(t)]
    label = area.level_names["borough"][t.language]
    table = grid(
        t("two_plans.section.boroughs"), heads, rows, corner=escape(label), look="cmp-narrow cmp-four"
    )
    return _why(t, "boroughs") + table


def groups_html(t: Translator, plans: TwoPlans) -> str:
    """Return how many persons of each group reach a site."""
    first, second = (effect.groups for effect in plans.effects)
    columns = (first["group"], first["total"], first["before"], first["after"], second["after"])
    rows = []
    for group, total, before, a, b in zip(*columns, strict=True):
        head = escape(t(f"data.indicator.{group}.label"))
        head += tag("small", escape(t("two_plans.table.today", figure=t.number(before))))
        cells = [t.number(value) + _of_group(t, value, total) for value in (a, b)]
        rows.append((head, [*cells, signed(t, shown_difference(a, b, 0), 0)]))
    if not rows:
        return ""
    caption = t("two_plans.section.groups")
    return _why(t, "groups") + grid(caption, _heads(t), rows, corner=escape(caption), look="cmp-narrow")


def _of_group(t: Translator, value: float, total: float) -> str:
    if not total:
        return ""
    return tag("small", escape(t("two_plans.table.of_group", share=t.share(value / total, 1))))


def rooms_html(t: Translator, area: StudyArea, plans: TwoPlans, scores: Scores | None = None) -> str:
    """Return the rooms of both plans, those in both first, with district, score and rank; empty if none."""
    known = area.candidates.set_index("candidate_id", drop=False)
    quarters, boroughs = (district_names(area, level) for level in ("quarter", "borough"))
    rows = []
    for name, number in room_numbers(plans).items():
        room = known.loc[name]
        place = (quarters.get(text_of(room["quarter"]), ""), boroughs.get(text_of(room["borough"]), ""))
        where = " · ".join(dict.fromkeys(filter(None, place)))
        head = f"{number}. {escape(room_name(t, room))}" + tag("small", escape(where))
        rows.append((head, [escape(_in_plan(t, plans, name)), *_score(t, scores, name)]))
    if not rows:
        return ""
    heads = [escape(t(f"two_plans.table.{name}")) for name in ("in_plan", "score", "rank")]
    caption = t("two_plans.section.rooms")
    return grid(caption, heads, rows, corner=escape(caption), look="cmp-narrow cmp-wide-first")


def _in_plan(t: Translator, plans: TwoPlans, name: str) -> str:
    if name in plans.in_both:
        return t("two_plans.table.in_both")
    return t("two_plans.table.in_one", letter=AB[0] if name in plans.only_a else AB[1])


def _score(t: Translator, scores: Scores | None, name: str) -> list[str]:
    if scores is None or name not in scores.total.index:
        return ["–", "–"]
    return [t.number(float(scores.total[name]), 1), t.number(float(scores.rank[name]))]
