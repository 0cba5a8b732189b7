"""What a plan achieves at a glance: how sure it is, whether it still holds, and the map, also as a table."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planning.access import nearest
from planning.need import cell_need, default_weights
from planning.render import BASEMAP_DE, MapView
from planning.render.indicators import COVERAGE, PLAN
from planning.render.labels import district_names, short_number
from planning.scoring import changed_functions
from planning.ui import cache, state
from planning.ui.components.downloads import draw_plan_download
from planning.ui.components.map_panel import draw_map
from planning.ui.components.plan_run import start_plan
from planning.ui.plans import complete
from planning.ui.state import Selection

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.render import Click
    from planning.scenarios.work import KeptPlan
    from planning.siting import Effect, Plan


ZOOM = 13


def picked() -> str | None:
    """Return the room that was picked last on this page."""
    room: str | None = st.session_state.get("plan_pick")
    return room


def pick(candidate_id: str | None, *, show: bool = False) -> None:
    """Remember a room and bring what is known of it to the front; ``show`` moves the map there."""
    st.session_state["plan_pick"] = candidate_id
    st.session_state["plan_shown"] = candidate_id if show else None
    if state.plan() is not None:
        st.session_state["plan_panel_wish"] = "rooms"


def _clicked(click: Click) -> None:
    if click.kind == "candidate":
        pick(click.id)


def changes_since(kept: KeptPlan, area: StudyArea, scenario: Scenario) -> list[str]:
    """Return what has changed since a plan was made: ``data``, ``scenario``, ``tables``, ``settings``."""
    then = kept.plan
    changed = ["data"] if kept.other_data else []
    walk = (then.scenario.minutes, then.scenario.speed_kmh) != (scenario.minutes, scenario.speed_kmh)
    known = default_weights()
    need = {**known, **then.scenario.need_weights} != {**known, **scenario.need_weights}
    scored = then.settings.score_share > 0
    weighed = dict(then.scenario.criteria_weights) != dict(scenario.criteria_weights)
    judged = changed_functions(then.scenario) != changed_functions(scenario)
    if walk or need or (scored and (weighed or judged)):
        changed.append("scenario")
    if kept.area is not area and cache.plan_facts(kept.area) != cache.plan_facts(area):
        changed.append("tables")
    asked = replace(complete(state.plan_settings(), area), time_limit_s=then.settings.time_limit_s)
    if asked != then.settings:
        changed.append("settings")
    return changed


def headline(t: Translator, plan: Plan, effect: Effect) -> str:
    """Return what a plan changes, in the figure that its objective is about."""
    rooms = (
        t("plan.rooms_one")
        if len(plan.candidate_ids) == 1
        else t("plan.rooms_many", count=len(plan.candidate_ids))
    )
    before, after = effect.before, effect.after
    if plan.settings.objective == "walking":
        figures = (t.number(one.mean_minutes, 1) for one in (before, after))
        told = t("plan.headline.walking", **dict(zip(("before", "after"), figures, strict=True)))
    elif plan.settings.objective == "worst":
        pace = plan.scenario.metres_per_minute
        first = (plan.objective + sum(plan.gains)) / pace
        told = t(
            "plan.headline.worst",
            before=t.number(first) if math.isfinite(first) else t("plan.no_way"),
            after=t.number(plan.objective / pace, 1),
        )
    else:
        told = t(
            "plan.headline.coverage",
            before=t.share(before.share, 1),
            after=t.share(after.share, 1),
            minutes=short_number(t, plan.scenario.minutes),
        )
    return f"{rooms} · {told}"


def status_text(t: Translator, kept: KeptPlan) -> str:
    """Say how good a plan is, no more than is proven."""
    plan = kept.plan
    if kept.other_data:
        return t("plan.other_data")
    if plan.status == "optimal":
        return t("siting.status.optimal")
    if not math.isfinite(plan.gap):
        return t("siting.status.feasible_open")
    name = "plan.variant" if kept.origin == "variant" else "siting.status.feasible"
    told = t(name, share=t.at_most(plan.gap))
    return f"{t('plan.stopped')} {told}" if kept.stopped else told


def draw_kept(t: Translator, kept: KeptPlan, effect: Effect) -> None:
    """Say which plan is still in force after another one could not be made."""
    st.caption(t("plan.still_shown", plan=headline(t, kept.plan, effect)))


def draw_status(t: Translator, kept: KeptPlan, effect: Effect, area: StudyArea, *, busy: bool) -> None:
    """Draw how sure the plan is and what it changes, and whether it still holds."""
    plan = kept.plan
    text = f"**{status_text(t, kept)}**  \n{headline(t, plan, effect)}"
    if plan.need_out_of_reach > 0:
        text += " · " + t("plan.out_of_reach", need=t.number(plan.need_out_of_reach))
    if plan.status == "optimal":
        st.success(text, icon=":material/verified:")
    else:
        st.info(text, icon=":material/info:")
    changed = changes_since(kept, area, state.scenario())
    if not changed:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="plan_outdated"):
        names = t("plan.and").join(t(f"plan.changed.{name}") for name in changed)
        st.warning(t("plan.outdated", names=names), icon=":material/history:", width="stretch")
        st.button(t("plan.again"), key="plan_again", on_click=start_plan, args=(area,), disabled=busy)


def plan_view(t: Translator, area: StudyArea, scenario: Scenario, kept: KeptPlan | None) -> MapView:
    """Return what the map has to show: the plan, or what there is before there is one."""
    online = BASEMAP_DE if st.session_state.get("online_map") else None
    room = picked()
    if kept is None:
        return MapView(
            indicator=COVERAGE,
            need=cell_need(area.cells, scenario.need_weights),
            covered=nearest(cache.distances(area, scenario).sites) <= scenario.reach_m,
            chosen=(),
            selected=None if room is None else ("candidate", room),
            online=online,
        )
    then = kept.plan.scenario
    effect = cache.effect(kept.area, then, kept.plan.candidate_ids)
    spot = _spot(kept.area, room)
    return MapView(
        indicator=PLAN,
        need=cell_need(kept.area.cells, then.need_weights),
        covered=effect.covered_before,
        covered_after=effect.covered_after,
        chosen=kept.plan.candidate_ids,
        selected=None if room is None else ("candidate", room),
        reach=None if spot is None else cache.reach(kept.area, spot, then.reach_m),
        reach_label=t("ui.map.reach", minutes=short_number(t, then.minutes)),
        online=online,
    )


def _spot(area: StudyArea, room: str | None) -> tuple[float, float] | None:
    found = area.candidates.loc[area.candidates["candidate_id"] == room, ["x", "y"]]
    return None if found.empty else (float(found["x"].iloc[0]), float(found["y"].iloc[0]))


def draw_plan_map(t: Translator, area: StudyArea, view: MapView, *, height: int) -> None:
    """Draw the map; a click on a room picks it."""
    shown: str | None = st.session_state.get("plan_shown")
    spot = None if shown is None else Selection("candidate", shown)
    draw_map(t, area, view, height=height, key="plan_map", on_click=_clicked, spot=spot, zoom=ZOOM)


def _draw_download(t: Translator, kept: KeptPlan, effect: Effect) -> None:
    evaluation, *_ = cache.usable_evaluation(kept.area, kept.plan.scenario)
    draw_plan_download(t, kept, effect, evaluation)


def draw_plan_table(t: Translator, kept: KeptPlan, effect: Effect) -> None:
    """Draw what the map shows as a table, by borough."""
    names = district_names(kept.area, "borough")
    parts = effect.boroughs
    before, after = parts["need"] * parts["share_before"], parts["need"] * parts["share_after"]
    table = pd.DataFrame(
        {
            kept.area.level_names["borough"][t.language]: [names.get(key, key) for key in parts["key"]],
            t("plan.map.before"): [t.number(value) for value in before],
            t("plan.map.new"): [t.number(value) for value in after - before],
            t("plan.map.beyond"): [t.number(value) for value in parts["need"] - after],
            t("plan.column.rooms"): parts["rooms"].to_numpy(),
        }
    )
    with st.expander(t("ui.map.table", title=t("plan.map.title")), icon=":material/table:"):
        st.table(table.set_index(table.columns[0]))
        st.caption(" · ".join((t("map.need.unit"), kept.area.layer("cells").source)))
    _draw_download(t, kept, effect)
