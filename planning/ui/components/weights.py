"""Weights and reach: a slider per criterion with its share beside it, presets, and the need per group."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import streamlit as st

from planning.area import criteria, indicators
from planning.model import MINUTES_RANGE, SPEED_RANGE_KMH
from planning.ui import state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.i18n import Translator
    from planning.model import Criterion, Scenario

HIGHEST_WEIGHT = 50
NEED_STEPS = [step / 20 for step in range(41)]
WeightTable = Literal["criteria_weights", "need_weights"]

# What a preset raises above the default weights, by criterion; the names are texts under ``ui.preset``.
PRESETS: dict[str, dict[str, int]] = {
    "balanced": {},
    "need_first": {"need_gained": 50, "need_density": 30},
    "access_first": {"transit": 40, "distance": 30, "step_free": 20},
    "equity_first": {"equity": 40, "priority_area": 30, "distance": 20},
}


def weight_of(scenario: Scenario, criterion: Criterion) -> float:
    """Return the weight in force: the user's, else the catalogue's."""
    return scenario.criteria_weights.get(criterion.id, criterion.default_weight)


def _store(table: WeightTable, name: str, key: str) -> None:
    state.set_weight(table, name, float(st.session_state[key]))


def _store_setting(name: Literal["minutes", "speed_kmh"], key: str) -> None:
    value = float(st.session_state[key])
    state.change_scenario(
        lambda old: replace(old, minutes=value) if name == "minutes" else replace(old, speed_kmh=value)
    )


def _forget_sliders(prefix: str) -> None:
    for key in [key for key in st.session_state if str(key).startswith(prefix)]:
        del st.session_state[key]


def _apply_preset(name: str) -> None:
    raised = PRESETS[name]
    weights = {c.id: float(raised.get(c.id, c.default_weight)) for c in criteria()} if raised else {}
    state.change_scenario(lambda old: replace(old, criteria_weights=weights))
    _forget_sliders("weight_")


def _reset_need() -> None:
    state.change_scenario(lambda old: replace(old, need_weights={}))
    _forget_sliders("need_")


def draw_weights(t: Translator, shares: Mapping[str, float]) -> None:
    """Draw one slider per criterion; ``shares`` are the normalised weights now in force."""
    scenario = state.scenario()
    with st.popover(t("ui.preset.title"), icon=":material/tune:", help=t("ui.weights.shares")):
        st.caption(t("ui.preset.why"))
        for name in PRESETS:
            label = t(f"ui.preset.{name}")
            st.button(label, key=f"preset_{name}", on_click=_apply_preset, args=(name,), width="stretch")
    columns = st.columns(2, gap="medium")
    for position, criterion in enumerate(criteria()):
        key = f"weight_{criterion.id}"
        st.session_state.setdefault(key, round(weight_of(scenario, criterion)))
        share = t.share(shares[criterion.id]) if criterion.id in shares else "–"
        with columns[position % 2]:
            st.slider(
                f"{t(f'criteria.{criterion.id}.label')} · {share}",
                0,
                HIGHEST_WEIGHT,
                key=key,
                on_change=_store,
                args=("criteria_weights", criterion.id, key),
                help=t(f"criteria.{criterion.id}.description"),
            )


def draw_reach(t: Translator) -> None:
    """Draw the walking time that counts as within reach, and the speed."""
    scenario = state.scenario()
    st.session_state.setdefault("reach_minutes", round(scenario.minutes))
    st.session_state.setdefault("reach_speed", scenario.speed_kmh)
    st.slider(
        t("ui.reach.minutes"),
        int(MINUTES_RANGE[0]),
        int(MINUTES_RANGE[1]),
        key="reach_minutes",
        format="%d min",
        on_change=_store_setting,
        args=("minutes", "reach_minutes"),
        help=t("ui.reach.minutes_help"),
    )
    speeds = [half / 2 for half in range(round(SPEED_RANGE_KMH[0] * 2), round(SPEED_RANGE_KMH[1] * 2) + 1)]
    st.select_slider(
        t("ui.reach.speed"),
        speeds,
        key="reach_speed",
        format_func=lambda speed: t.number(speed, 1, "km/h"),
        on_change=_store_setting,
        args=("speed_kmh", "reach_speed"),
        help=t("ui.reach.speed_help"),
    )


def draw_need(t: Translator) -> None:
    """Draw how many person equivalents one person of each group counts for."""
    scenario = state.scenario()
    st.caption(t("ui.need.why"))
    defaults = indicators().query("need_group").set_index("id")["default_weight"].to_dict()
    for group, default in ((str(name), weight) for name, weight in defaults.items()):
        key = f"need_{group}"
        st.session_state.setdefault(key, float(scenario.need_weights.get(group, default)))
        st.select_slider(
            t(f"data.indicator.{group}.label"),
            NEED_STEPS,
            key=key,
            format_func=lambda weight: t.number(weight, 2),
            on_change=_store,
            args=("need_weights", group, key),
        )
    st.button(t("ui.need.reset"), on_click=_reset_need)
