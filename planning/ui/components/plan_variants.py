"""How firm a plan is: other plans nearly as good, the order of opening, and what could be done anew."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from planning.render.labels import district_names, room_names, text_of
from planning.scenarios.work import KeptPlan
from planning.ui import work
from planning.ui.components.plan_front import draw_front
from planning.ui.components.plan_run import analysis, question_about, start
from planning.ui.markup import html_grid, plain
from planning.ui.plans import alternatives_work, hindsight_work, order_work, ordered, task_of, variant_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.siting import Effect
    from planning.siting.alternatives import Alternative, Alternatives
    from planning.siting.order import Hindsight
    from planning.ui.plans import OrderOutcome

NAMES = ("alternatives", "order", "front", "hindsight")
YEARLY = 5
_EQUAL = 1e-9


def names_of(t: Translator, area: StudyArea, candidate_ids: Sequence[str]) -> list[str]:
    """Return the names of rooms."""
    rooms = area.candidates.set_index("candidate_id").loc[list(candidate_ids)].reset_index()
    return room_names(t, rooms)


def adopt(about: KeptPlan, candidate_ids: tuple[str, ...]) -> None:
    """Put other rooms in force; ``about`` is the plan that they are an alternative to."""
    task = task_of(question_about(about), lambda _: None)
    work.set_plan(KeptPlan(variant_of(task, about.plan, candidate_ids), about.area, "variant", about.stopped))
    st.session_state.pop("plan_pick", None)


def _adopt_order(kept: KeptPlan, candidate_ids: tuple[str, ...]) -> None:
    task = task_of(question_about(kept), lambda _: None)
    plan = ordered(task, kept.plan, candidate_ids)
    work.set_plan(KeptPlan(plan, kept.area, kept.origin, kept.stopped))


def _search(name: str, kept: KeptPlan) -> None:
    question = question_about(kept)
    if name == "alternatives":
        start(name, question, alternatives_work(question, kept.plan), kept)
    elif name == "hindsight":
        start(name, question, hindsight_work(question, kept.plan), kept)
    else:
        yearly = int(st.session_state["plan_per_step"])
        start(name, question, order_work(question, kept.plan, yearly), kept)


def _search_button(t: Translator, name: str, kept: KeptPlan, *, busy: bool) -> None:
    st.button(
        t(f"plan.search.{name}"),
        key=f"plan_search_{name}",
        on_click=_search,
        args=(name, kept),
        disabled=busy or not kept.plan.candidate_ids,
    )


def figure_text(t: Translator, kept: KeptPlan, value: float, base: float) -> str:
    """Return the figure of an objective as people read it.

    ``base`` is the need that could be covered: for coverage the figure is what of it is not.
    """
    if kept.plan.settings.objective in {"coverage", "cover-all"}:
        return t.number(base - value)
    if not math.isfinite(value):
        return t("plan.no_way")
    return t.number(value / kept.plan.scenario.metres_per_minute, 1, "min")


def draw_variants(t: Translator, kept: KeptPlan, effect: Effect, *, busy: bool) -> None:
    """Draw the analyses, each behind a button of its own."""
    alternatives, order, front, hindsight = st.tabs([t(f"plan.variants_tab.{name}") for name in NAMES])
    with alternatives:
        _draw_alternatives(t, kept, busy=busy)
    with order:
        _draw_order(t, kept, effect, busy=busy)
    with front:
        draw_front(t, kept, adopt, busy=busy)
    with hindsight:
        _draw_hindsight(t, kept, effect, busy=busy)


def _stopped(t: Translator, *, stopped: bool) -> None:
    if stopped:
        st.caption(t("plan.partial"))


def _draw_alternatives(t: Translator, kept: KeptPlan, *, busy: bool) -> None:
    st.caption(t("plan.why.alternatives"))
    _search_button(t, "alternatives", kept, busy=busy)
    found = analysis("alternatives")
    if found is None:
        return
    value: Alternatives = found.value
    _stopped(t, stopped=found.stopped)
    worst = max((one.loss for one in value.best), default=0.0)
    equal = worst < _EQUAL
    st.write(t("plan.near_equal" if equal else "plan.near_best", total=value.total, share=t.at_most(worst)))
    if not all(one.proven for one in (*value.best, *value.different)):
        st.caption(f"\\* {t('plan.not_proven')}")
    rooms = sorted(value.frequency, key=lambda name: (-value.frequency[name], name))
    place = {room: f"{number}. " for number, room in enumerate(kept.plan.candidate_ids, start=1)}
    rows = [
        (place.get(room, "") + name, t("plan.of", count=value.frequency[room], total=value.total))
        for room, name in zip(rooms, names_of(t, kept.area, rooms), strict=True)
    ]
    _draw_choice(t, kept, found.about, value)
    st.html(html_grid((t("ui.ranking.name"), t("plan.column.frequency")), rows, t("plan.column.frequency")))


def _draw_choice(t: Translator, kept: KeptPlan, about: KeptPlan, value: Alternatives) -> None:
    """Draw the choice of another plan, what it would change, and the button that puts it in force."""
    others = [*value.best, *value.different]
    here = set(kept.plan.candidate_ids)

    def label(number: int) -> str:
        one = others[number]
        kind = "near" if number < len(value.best) else "different"
        place = number + 1 if kind == "near" else number + 1 - len(value.best)
        mark = "" if one.proven else " *"
        share = t.at_most(one.loss)
        return t(f"plan.alternative.{kind}", number=place, share=share, differs=one.differs) + mark

    chosen = st.selectbox(t("plan.look_at"), range(len(others)), format_func=label, key="plan_alternative")
    other: Alternative = others[chosen]
    _draw_swap(t, kept, other.candidate_ids)
    st.button(
        t("plan.adopt"),
        key="plan_adopt",
        on_click=adopt,
        args=(about, other.candidate_ids),
        disabled=set(other.candidate_ids) == here,
    )


def _draw_swap(t: Translator, kept: KeptPlan, candidate_ids: Sequence[str]) -> None:
    out = [name for name in kept.plan.candidate_ids if name not in candidate_ids]
    new = [name for name in candidate_ids if name not in kept.plan.candidate_ids]
    if not out and not new:
        st.caption(t("plan.same_rooms"))
        return
    told = (
        plain(t(key, names="; ".join(names_of(t, kept.area, rooms))))
        for key, rooms in (("plan.rooms_out", out), ("plan.rooms_in", new))
        if rooms
    )
    st.markdown("  \n".join(told))


def _draw_order(t: Translator, kept: KeptPlan, effect: Effect, *, busy: bool) -> None:
    st.caption(t("plan.why.order"))
    st.session_state.setdefault("plan_per_step", YEARLY)
    st.number_input(
        t("plan.per_year"), min_value=1, max_value=100, step=1, key="plan_per_step", persist_state="session"
    )
    _search_button(t, "order", kept, busy=busy)
    found = analysis("order")
    if found is None:
        return
    value: OrderOutcome = found.value
    _stopped(t, stopped=found.stopped)
    st.write(t("plan.order_proven" if value.order.proven else "plan.order_greedy"))
    steps = value.order.steps
    base = effect.after.covered + (steps[-1].figure if steps else 0.0)
    rows = [
        (
            t("plan.year", number=number, names="; ".join(names_of(t, kept.area, step.candidate_ids))),
            figure_text(t, kept, step.figure, base),
        )
        for number, step in enumerate(steps, start=1)
    ]
    figure = t(f"plan.figure_of.{kept.plan.settings.objective}")
    heads = (t("plan.column.year"), figure)
    st.html(html_grid(heads, rows, t("plan.variants_tab.order"), first="72%"))
    _draw_regret(t, kept, value, base, figure)
    sequence = tuple(name for step in steps for name in step.candidate_ids)
    st.button(
        t("plan.adopt_order"),
        key="plan_adopt_order",
        on_click=_adopt_order,
        args=(kept, sequence),
        disabled=sequence == kept.plan.candidate_ids,
    )


def _draw_regret(t: Translator, kept: KeptPlan, value: OrderOutcome, base: float, figure: str) -> None:
    """Draw what each beginning of the order forgoes against the best plan of its size."""
    rows = []
    regret = value.regret
    for size, own, best, short, proven in zip(
        *(regret[name].tolist() for name in regret.columns), strict=True
    ):
        lost = figure_text(t, kept, base - short if _counts_need(kept) else short, base)
        rows.append(
            (
                t.number(size),
                figure_text(t, kept, own, base),
                figure_text(t, kept, best, base) + ("" if proven else " *"),
                lost,
            )
        )
    heads = (t("plan.column.first"), figure, t("plan.column.best"), t("plan.column.regret"))
    st.caption(t("plan.why.regret"))
    st.html(html_grid(heads, rows, t("plan.column.regret"), first="16%"))
    if not value.regret["proven"].all():
        st.caption(f"\\* {t('plan.not_proven')}")


def _counts_need(kept: KeptPlan) -> bool:
    return kept.plan.settings.objective in {"coverage", "cover-all"}


def _draw_hindsight(t: Translator, kept: KeptPlan, effect: Effect, *, busy: bool) -> None:
    st.caption(t("plan.why.hindsight"))
    _search_button(t, "hindsight", kept, busy=busy)
    found = analysis("hindsight")
    if found is None:
        return
    value: Hindsight = found.value
    _stopped(t, stopped=found.stopped)
    if math.isnan(value.figure_anew):
        st.write(t("plan.nothing_found"))
        return
    base = effect.after.covered + (value.figure_plan if _counts_need(kept) else 0.0)
    rows = [
        (t("plan.hindsight_plan"), figure_text(t, kept, value.figure_plan, base)),
        (t("plan.hindsight_anew", places=len(value.ids)), figure_text(t, kept, value.figure_anew, base)),
    ]
    if not value.proven and math.isfinite(value.bound):
        rows.append((t("plan.hindsight_bound"), figure_text(t, kept, value.bound, base)))
    figure = t(f"plan.figure_of.{kept.plan.settings.objective}")
    st.html(html_grid(("", figure), rows, t("plan.variants_tab.hindsight")))
    st.write(t("plan.hindsight_kept", names=plain("; ".join(_site_names(t, kept, value.sites_kept)))))


def _site_names(t: Translator, kept: KeptPlan, site_ids: Sequence[str]) -> list[str]:
    if not site_ids:
        return [t("ui.facts.none")]
    sites = kept.area.sites.set_index("site_id").loc[list(site_ids)]
    boroughs = district_names(kept.area, "borough")
    return [
        text_of(site["name"])
        or " ".join((t(f"data.site_kind.{site['kind']}"), boroughs.get(str(site["borough"]), ""))).strip()
        for site in sites.to_dict("records")
    ]
