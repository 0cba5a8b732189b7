"""What a plan is to achieve and to obey: objective, number of rooms, reach and rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import streamlit as st

from planning.model import PLAN_OBJECTIVES
from planning.render.labels import district_names, room_names, short_number
from planning.ui import state, work
from planning.ui.components.weights import draw_reach
from planning.ui.markup import plain
from planning.ui.plans import MIXED, open_rooms, remaining

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Constraints, PlanSettings

MOST_EUR, MOST_M, MOST_SECONDS = 1_000_000, 5000, 600
ROW = 30
_TABS = ("districts", "rooms", "limits")


def _store(name: Literal["objective", "count", "score_share", "time_limit_s"], key: str) -> None:
    value: Any = st.session_state[key]
    if name == "score_share":
        value = value / 100.0
    change: dict[str, Any] = {name: value}
    work.change_plan_settings(lambda old: replace(old, **change))


def change_rules(**values: Any) -> None:
    """Replace some of the rules of the next plan."""
    work.change_plan_settings(lambda old: replace(old, constraints=replace(old.constraints, **values)))


def _store_rule(name: str, key: str) -> None:
    value: Any = st.session_state[key]
    change_rules(**{name: tuple(value) if isinstance(value, list) else value})


def forget_widgets() -> None:
    """Let the widgets of rooms start from the settings again, after something else has changed them."""
    for key in ("plan_must", "plan_must_not"):
        st.session_state.pop(key, None)


def objective_label(t: Translator, objective: str, minutes: float) -> str:
    """Return an objective in words."""
    return t(f"plan.objective.{objective}", minutes=t.number(minutes))


def draw_aim(t: Translator) -> None:
    """Draw the choice of the objective, in words."""
    settings, scenario = state.plan_settings(), state.scenario()
    st.session_state["plan_objective"] = settings.objective
    st.radio(
        t("siting.setting.objective.label"),
        PLAN_OBJECTIVES,
        format_func=lambda name: objective_label(t, name, scenario.minutes),
        key="plan_objective",
        on_change=_store,
        args=("objective", "plan_objective"),
        help=t(f"siting.objective.{settings.objective}.help"),
    )


def draw_count(t: Translator, area: StudyArea) -> None:
    """Draw the number of rooms; an aim that finds it says so."""
    settings = state.plan_settings()
    if settings.objective == "cover-all":
        st.caption(t("plan.count_found"))
        return
    default = max(remaining(area), 1)
    st.session_state["plan_count"] = default if settings.count is None else settings.count
    st.number_input(
        t("plan.count", remaining=remaining(area)),
        min_value=1,
        step=1,
        key="plan_count",
        on_change=_store,
        args=("count", "plan_count"),
        help=t("siting.setting.count.help"),
    )


def count_rules(rules: Constraints) -> int:
    """Return how many rules a person has set."""
    return sum(
        (
            len(rules.boroughs),
            rules.priority_areas_min > 0,
            rules.spacing_m > 0,
            len(rules.must),
            len(rules.must_not),
            len(rules.either_or),
            rules.one_per_building,
            rules.budget_eur_month is not None,
        )
    )


def draw_rules(t: Translator, area: StudyArea) -> None:
    """Draw reach and rules, each in an expander that names what is in force."""
    scenario, settings = state.scenario(), state.plan_settings()
    reach = t("plan.reach", minutes=short_number(t, scenario.minutes), speed=t.number(scenario.speed_kmh, 1))
    with st.expander(reach, icon=":material/directions_walk:", key="plan_reach", on_change="rerun"):
        st.caption(t("plan.reach_why"))
        draw_reach(t)
    title = t("plan.rules", count=count_rules(settings.constraints))
    with st.expander(title, icon=":material/rule:", key="plan_rules", on_change="rerun"):
        districts, rooms, limits = st.tabs([t(f"plan.rules_tab.{name}") for name in _TABS])
        with districts:
            _draw_districts(t, area)
        with rooms:
            _draw_rooms(t, area)
        with limits:
            _draw_limits(t, area, settings)


def _borough_table(t: Translator, area: StudyArea) -> pd.DataFrame:
    """Return the table that the editor starts from; it must stay the same while the editor lives."""
    rules, names = state.plan_settings().constraints, district_names(area, "borough")
    keys = sorted(names, key=lambda key: names[key].casefold())
    limits = [rules.boroughs.get(key, (0, None)) for key in keys]
    low, high = t("plan.least"), t("plan.most")
    table = pd.DataFrame({"key": keys, "name": [names[key] for key in keys]})
    table[low] = pd.array([one[0] or None for one in limits], dtype="Int64")
    table[high] = pd.array([one[1] for one in limits], dtype="Int64")
    return table


def _editor(t: Translator, area: StudyArea) -> tuple[str, pd.DataFrame]:
    """Return key and table of the editor: what it had, unless it is new or its rules changed elsewhere."""
    held: tuple[str, int, pd.DataFrame, object] | None = st.session_state.get("plan_boroughs")
    rules = dict(state.plan_settings().constraints.boroughs)
    if held is not None:
        language, number, base, seen = held
        key = f"plan_boroughs_{number}"
        if language == t.language and key in st.session_state and seen == rules:
            return key, base
    number = 1 if held is None else held[1] + 1
    base = _borough_table(t, area)
    st.session_state["plan_boroughs"] = (t.language, number, base, rules)
    return f"plan_boroughs_{number}", base


def _draw_districts(t: Translator, area: StudyArea) -> None:
    st.caption(t("siting.constraint.boroughs.help"))
    key, base = _editor(t, area)
    whole: dict[str, Any] = {"min_value": 0, "step": 1, "format": "%d", "width": 62}
    low, high = t("plan.least"), t("plan.most")
    edited = st.data_editor(
        base,
        key=key,
        hide_index=True,
        width="stretch",
        height=min(38 + ROW * len(base), 245),
        row_height=ROW,
        placeholder="–",
        column_order=["name", low, high],
        column_config={
            "name": st.column_config.TextColumn(area.level_names["borough"][t.language], disabled=True),
            low: st.column_config.NumberColumn(low, **whole),
            high: st.column_config.NumberColumn(high, **whole),
        },
        alt=t("siting.constraint.boroughs.label"),
    )
    limits = _limits(edited, low, high)
    if limits != dict(state.plan_settings().constraints.boroughs):
        change_rules(boroughs=limits)
        st.session_state["plan_boroughs"] = (*st.session_state["plan_boroughs"][:3], limits)
        st.rerun()
    rules = state.plan_settings().constraints
    _whole_number(t, "priority_areas_min", rules.priority_areas_min, most=max(open_rooms(area), 1), step=1)


def _limits(edited: pd.DataFrame, low: str, high: str) -> dict[str, tuple[int, int | None]]:
    found: dict[str, tuple[int, int | None]] = {}
    for key, least, most in zip(edited["key"], edited[low], edited[high], strict=True):
        lower = 0 if pd.isna(least) else int(least)
        upper = None if pd.isna(most) else int(most)
        if lower or upper is not None:
            found[str(key)] = (lower, upper)
    return found


def _whole_number(t: Translator, name: str, value: float, *, most: int, step: int) -> None:
    key = f"plan_{name}"
    st.session_state[key] = int(value)
    st.number_input(
        t(f"siting.constraint.{name}.label"),
        min_value=0,
        max_value=max(most, int(value)),
        step=step,
        key=key,
        on_change=_store_rule,
        args=(name, key),
        help=t(f"siting.constraint.{name}.help"),
    )


def _euros(t: Translator, name: str, value: float | None) -> None:
    key = f"plan_{name}"
    st.session_state[key] = None if value is None else int(value)
    st.number_input(
        t(f"siting.constraint.{name}.label"),
        min_value=0,
        max_value=MOST_EUR,
        step=50,
        key=key,
        placeholder=t("plan.none"),
        on_change=_store_rule,
        args=(name, key),
        help=t(f"siting.constraint.{name}.help"),
    )


def room_labels(t: Translator, area: StudyArea) -> dict[str, str]:
    """Return name and borough of every candidate by identifier, by which a person can tell them apart."""
    rooms, boroughs = area.candidates, district_names(area, "borough")
    names = room_names(t, rooms)
    places = [boroughs.get(str(key), "") for key in rooms["borough"]]
    return {
        str(key): " · ".join(filter(None, (name, place)))
        for key, name, place in zip(rooms["candidate_id"], names, places, strict=True)
    }


def _draw_rooms(t: Translator, area: StudyArea) -> None:
    rules, labels = state.plan_settings().constraints, room_labels(t, area)
    closed = set(area.candidates.loc[area.candidates["status"] == "closed", "candidate_id"])
    options = sorted(
        (name for name in labels if name not in closed), key=lambda name: labels[name].casefold()
    )
    for name in ("must", "must_not"):
        key, chosen = f"plan_{name}", getattr(rules, name)
        st.session_state[key] = [one for one in chosen if one in labels]
        st.multiselect(
            t(f"siting.constraint.{name}.label"),
            [*options, *(one for one in st.session_state[key] if one in closed)],
            format_func=labels.__getitem__,
            key=key,
            placeholder=t("plan.pick_rooms"),
            on_change=_store_rule,
            args=(name, key),
            help=t(f"siting.constraint.{name}.help"),
        )
    st.session_state["plan_one_per_building"] = rules.one_per_building
    st.checkbox(
        t("siting.constraint.one_per_building.label"),
        key="plan_one_per_building",
        on_change=_store_rule,
        args=("one_per_building", "plan_one_per_building"),
        help=t("siting.constraint.one_per_building.help"),
    )
    _draw_groups(t, labels, options)


def _add_group() -> None:
    group = tuple(st.session_state["plan_group"])
    change_rules(either_or=(*state.plan_settings().constraints.either_or, group))
    st.session_state["plan_group"] = []


def _drop_group(group: tuple[str, ...]) -> None:
    groups = state.plan_settings().constraints.either_or
    change_rules(either_or=tuple(one for one in groups if one != group))


def _draw_groups(t: Translator, labels: dict[str, str], options: list[str]) -> None:
    """Draw the groups of which at most one room is chosen, and the field for the next one."""
    chosen = st.multiselect(
        t("siting.constraint.either_or.label"),
        options,
        format_func=labels.__getitem__,
        key="plan_group",
        placeholder=t("plan.pick_group"),
        help=t("siting.constraint.either_or.help"),
    )
    st.button(t("plan.add_group"), key="plan_add_group", disabled=len(chosen) < 2, on_click=_add_group)  # noqa: PLR2004 - a group
    for number, group in enumerate(state.plan_settings().constraints.either_or):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(" / ".join(labels.get(name, name) for name in group)), width="stretch")
            st.button(
                t("plan.drop_group"),
                key=f"plan_drop_{number}",
                type="tertiary",
                on_click=_drop_group,
                args=(group,),
            )


def _draw_limits(t: Translator, area: StudyArea, settings: PlanSettings) -> None:
    rules = settings.constraints
    _whole_number(t, "spacing_m", rules.spacing_m, most=MOST_M, step=100)
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        _euros(t, "budget_eur_month", rules.budget_eur_month)
    with right:
        _euros(t, "assumed_cost_eur_month", rules.assumed_cost_eur_month)
    known = int(area.candidates["cost_eur_month"].notna().sum())
    st.caption(t("plan.costs_known", known=known, rooms=len(area.candidates)))
    st.session_state["plan_score_share"] = round(settings.score_share * 100)
    st.slider(
        t("siting.setting.score_share.label"),
        0,
        90,
        step=5,
        format="%d %%",
        key="plan_score_share",
        disabled=settings.objective not in MIXED,
        on_change=_store,
        args=("score_share", "plan_score_share"),
        help=t("siting.setting.score_share.help"),
    )
    st.session_state["plan_time_limit"] = int(settings.time_limit_s)
    st.number_input(
        t("plan.time_limit"),
        min_value=1,
        max_value=MOST_SECONDS,
        step=10,
        key="plan_time_limit",
        on_change=_store,
        args=("time_limit_s", "plan_time_limit"),
        help=t("siting.setting.time_limit_s.help"),
    )
