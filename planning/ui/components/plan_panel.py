"""The side panel of the page *Plan*: the task, and once there is a plan its rooms, effect and variants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.ui import state, work
from planning.ui.components.plan_effect import draw_effect
from planning.ui.components.plan_rooms import draw_rooms
from planning.ui.components.plan_run import draw_job, running, start_plan
from planning.ui.components.plan_settings import draw_aim, draw_count, draw_rules
from planning.ui.components.plan_variants import draw_variants
from planning.ui.plans import open_rooms

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.scenarios.work import KeptPlan
    from planning.siting import Effect

PANELS = ("task", "rooms", "effect", "variants")
TABLE_HEIGHT = 250


def _draw_task(t: Translator, area: StudyArea, *, busy: bool) -> None:
    draw_aim(t)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        draw_count(t, area)
    with right:
        st.button(
            t("plan.compute"),
            key="plan_compute",
            type="primary",
            on_click=start_plan,
            args=(area,),
            disabled=busy or open_rooms(area) == 0,
            width="stretch",
        )
    if work.has_previous_plan():
        st.button(t("plan.previous"), key="plan_previous", on_click=work.swap_plans, disabled=busy)
    draw_rules(t, area)


def _front_panel(t: Translator) -> str:
    """Draw the choice of what is in front, and return it."""
    front = state.plan_panel()
    st.segmented_control(
        t("ui.panel.title"),
        PANELS,
        format_func=lambda name: t(f"plan.panel.{name}"),
        key="plan_panel",
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )
    return front


def draw_panel(
    t: Translator, area: StudyArea, kept: KeptPlan | None, effect: Effect | None, *, height: int
) -> None:
    """Draw the running job and below it the part that is in front."""
    busy = running() is not None
    # one container whether there is a job or not, so that what is chosen below stays when it ends
    with st.container():
        draw_job(t)
    front = "task" if kept is None else _front_panel(t)
    with st.container(height=height, border=False):
        if front == "task" or kept is None or effect is None:
            _draw_task(t, area, busy=busy)
        elif front == "rooms":
            draw_rooms(t, kept, effect, height=TABLE_HEIGHT)
        elif front == "effect":
            draw_effect(t, kept, effect)
        else:
            draw_variants(t, kept, effect, busy=busy)
