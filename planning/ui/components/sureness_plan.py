"""What becomes of the plan in force if need is not what the data say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import PlanningError
from planning.render.uncertain_words import summary_text
from planning.ui import cache, state, sureness
from planning.ui.components.faults import draw_error
from planning.ui.components.plan_run import analysis, draw_job, question_about, running, start
from planning.ui.components.plan_variants import names_of
from planning.ui.markup import html_grid
from planning.ui.plans import uncertain_work

if TYPE_CHECKING:
    import pandas as pd

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Certainty, Scenario
    from planning.scenarios.work import KeptPlan
    from planning.siting.uncertain import UncertainPlan

DRAWS = (200, 500, 1000)
_OTHERS = 10
_REFUSED = "uncertain_refused"


def _search(kept: KeptPlan, certainty: Certainty) -> None:
    st.session_state.pop(_REFUSED, None)
    try:
        question = question_about(kept)
    except PlanningError as error:
        st.session_state[_REFUSED] = error
        return
    # a plan without scores in its aim may have weights that are no use
    evaluation, scenario, _ = cache.usable_evaluation(kept.area, kept.plan.scenario)
    prepared = sureness.perturbation(kept.area, scenario, evaluation, certainty)
    draws = int(st.session_state.get("uncertain_draws", DRAWS[0]))
    start("uncertain", question, uncertain_work(question, kept.plan, prepared, draws), kept)


def draw_uncertain_plan(t: Translator, area: StudyArea, scenario: Scenario, certainty: Certainty) -> None:
    """Draw the button that plans anew for many draws of need, and what came of it."""
    st.caption(t("confidence.plan.why"))
    kept = state.plan()
    if kept is None or not kept.plan.candidate_ids:
        st.info(t("confidence.plan.none"), icon=":material/info:")
        return
    from planning.siting.uncertain import OBJECTIVES  # asked for by this page only

    if kept.plan.settings.objective not in OBJECTIVES:
        st.info(t("confidence.plan.not_need"), icon=":material/info:")
        return
    if kept.area is not area or kept.plan.scenario != scenario:
        st.caption(t("confidence.plan.then"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            t("confidence.plan.draws"),
            DRAWS,
            key="uncertain_draws",
            format_func=t.number,
            persist_state="session",
            width=180,
        )
        st.button(
            t("confidence.plan.search"),
            key="plan_search_uncertain",
            type="primary",
            on_click=_search,
            args=(kept, certainty),
            disabled=running() is not None,
        )
    refused: PlanningError | None = st.session_state.get(_REFUSED)
    if refused is not None:
        draw_error(t, refused)
    draw_job(t)
    found = analysis("uncertain")
    if found is not None:
        _draw_found(t, kept, found.value)


def _draw_found(t: Translator, kept: KeptPlan, value: UncertainPlan) -> None:
    done = len(value.table)
    if not done:
        st.write(t("plan.nothing_found"))
        return
    if done < value.asked:
        st.caption(t("confidence.plan.partial", done=done, asked=value.asked))
    st.markdown(summary_text(t, value, kept.plan.settings, kept.plan.scenario))
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{t('confidence.plan.kept')}**")
        _grid(t, kept, value.kept.sort_values(ascending=False, kind="stable"), "confidence.plan.kept")
    with right:
        st.markdown(f"**{t('confidence.plan.others')}**")
        _grid(t, kept, value.others.head(_OTHERS), "confidence.plan.others")
    unproven = done - int(value.table["proven"].sum())
    if unproven:
        st.caption(t("confidence.plan.unproven", count=unproven))
    st.caption(t("confidence.plan.read", seed=value.seed))


def _grid(t: Translator, kept: KeptPlan, shares: pd.Series[float], caption: str) -> None:
    rooms = [str(room) for room in shares.index]
    place = {room: f"{number}. " for number, room in enumerate(kept.plan.candidate_ids, start=1)}
    names = names_of(t, kept.area, rooms)
    rows = [
        (place.get(room, "") + name, t.share(float(share)))
        for room, name, share in zip(rooms, names, shares, strict=True)
    ]
    heads = (t("ui.ranking.name"), t("confidence.plan.share"))
    st.html(html_grid(heads, rows, t(caption), first="75%"))
