"""Weights and reach: a slider per criterion with its share beside it, presets, and the need per group."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import streamlit as st

from planning.area import criteria, indicators
from planning.model import MINUTES_RANGE, SPEED_RANGE_KMH
from planning.render.labels import short_number
from planning.ui import state, work
from planning.ui.components.value_function_editor import draw_function_editor, draw_function_notes
from planning.ui.components.weight_entry import draw_weight_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planning.i18n import Translator
    from planning.model import Criterion, Scenario

HIGHEST_WEIGHT, MOST_SHOWN = 50, 1e9
NEED_STEPS = [step / 20 for step in range(41)]
MINUTES_STEPS = [float(step) for step in range(round(MINUTES_RANGE[0]), round(MINUTES_RANGE[1]) + 1)]
SPEED_STEPS = [step / 2 for step in range(round(SPEED_RANGE_KMH[0] * 2), round(SPEED_RANGE_KMH[1] * 2) + 1)]
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
    work.set_weight(table, name, float(st.session_state[key]))


def _store_setting(name: Literal["minutes", "speed_kmh"], key: str) -> None:
    value = float(st.session_state[key])
    work.change_scenario(
        lambda old: replace(old, minutes=value) if name == "minutes" else replace(old, speed_kmh=value)
    )


def _apply_preset(name: str) -> None:
    raised = PRESETS[name]
    weights = {c.id: float(raised.get(c.id, c.default_weight)) for c in criteria()} if raised else {}
    work.change_scenario(lambda old: replace(old, criteria_weights=weights))


def _reset_need() -> None:
    work.change_scenario(lambda old: replace(old, need_weights={}))


def _steps_with(steps: Sequence[float], value: float) -> list[float]:
    """Return the steps of a slider with the value in force among them, in order."""
    return sorted({*steps, value})


def _step_text(t: Translator, value: float, steps: Sequence[float], digits: int, unit: str = "") -> str:
    """Write a value of a slider; one that is no step of it with all its decimals."""
    if value in steps:
        return t.number(value, digits, unit)
    return f"{short_number(t, value)}\u00a0{unit}" if unit else short_number(t, value)


def draw_weights(t: Translator, shares: Mapping[str, float]) -> None:
    """Draw one slider per criterion; ``shares`` are the normalised weights now in force."""
    scenario = state.scenario()
    with st.container(horizontal=True):
        with st.popover(t("ui.preset.title"), icon=":material/tune:", help=t("ui.weights.shares")):
            st.caption(t("ui.preset.why"))
            for name in PRESETS:
                label = t(f"ui.preset.{name}")
                st.button(label, key=f"preset_{name}", on_click=_apply_preset, args=(name,), width="stretch")
        draw_weight_entry(t, shares)
        pending = draw_function_editor(t)
    draw_function_notes(t, pending)
    columns = st.columns(2, gap="medium")
    for position, criterion in enumerate(criteria()):
        share = t.share(shares[criterion.id]) if criterion.id in shares else "–"
        with columns[position % 2]:
            _draw_weight(t, criterion, weight_of(scenario, criterion), share)


def _draw_weight(t: Translator, criterion: Criterion, weight: float, share: str) -> None:
    """Draw the slider of one criterion: whole numbers, unless the weight in force is none."""
    key = f"weight_{criterion.id}"
    # what is no weight is refused elsewhere, in words; the slider must be able to mend it
    weight = min(max(weight, 0.0), MOST_SHOWN) if math.isfinite(weight) else 0.0
    top = max(HIGHEST_WEIGHT, math.ceil(weight))
    is_whole = weight == round(weight)
    st.session_state[key] = round(weight) if is_whole else weight
    st.slider(
        f"{t(f'criteria.{criterion.id}.label')} · {share}",
        0 if is_whole else 0.0,
        top if is_whole else float(top),
        step=1 if is_whole else 0.01,
        key=key,
        on_change=_store,
        args=("criteria_weights", criterion.id, key),
        help=t(f"criteria.{criterion.id}.description"),
    )


def draw_reach(t: Translator) -> None:
    """Draw the walking time that counts as within reach, and the speed."""
    scenario = state.scenario()
    st.session_state["reach_minutes"] = float(scenario.minutes)
    st.session_state["reach_speed"] = float(scenario.speed_kmh)
    st.select_slider(
        t("ui.reach.minutes"),
        _steps_with(MINUTES_STEPS, float(scenario.minutes)),
        key="reach_minutes",
        format_func=lambda minutes: _step_text(t, minutes, MINUTES_STEPS, 0, "min"),
        on_change=_store_setting,
        args=("minutes", "reach_minutes"),
        help=t("ui.reach.minutes_help"),
    )
    st.select_slider(
        t("ui.reach.speed"),
        _steps_with(SPEED_STEPS, float(scenario.speed_kmh)),
        key="reach_speed",
        format_func=lambda speed: _step_text(t, speed, SPEED_STEPS, 1, "km/h"),
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
        weight = float(scenario.need_weights.get(group, default))
        st.session_state[key] = weight
        st.select_slider(
            t(f"data.indicator.{group}.label"),
            _steps_with(NEED_STEPS, weight),
            key=key,
            format_func=lambda weight: _step_text(t, weight, NEED_STEPS, 2),
            on_change=_store,
            args=("need_weights", group, key),
        )
    st.button(t("ui.need.reset"), on_click=_reset_need)
