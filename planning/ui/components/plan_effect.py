"""Before and after a plan: in all, by borough and by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planning.render.labels import district_names, short_number
from planning.render.plan_words import unreached_note
from planning.ui.markup import html_grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from planning.i18n import Translator
    from planning.scenarios.work import KeptPlan
    from planning.siting import Effect, Figures

_TABS = ("all", "boroughs", "groups")


def _figures(t: Translator, kept: KeptPlan, one: Figures) -> dict[str, str]:
    worst = district_names(kept.area, "borough").get(one.worst_key, "")
    return {
        "covered": t.number(one.covered),
        "share": t.share(one.share, 1),
        "mean": t.number(one.mean_minutes, 1, "min"),
        "p90": t.number(one.p90_minutes, 1, "min"),
        "worst": f"{worst} {t.share(one.worst_share, 1)}",
        "gini": t.number(one.gini, 2),
    }


def _rows(table: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].tolist() for name in columns), strict=True)


def _heads(t: Translator, first: str) -> tuple[str, str, str]:
    return first, t("plan.before"), t("plan.after")


def _all(t: Translator, kept: KeptPlan, effect: Effect) -> None:
    before, after = (_figures(t, kept, one) for one in (effect.before, effect.after))
    minutes = short_number(t, kept.plan.scenario.minutes)
    rows = [(t(f"plan.effect.{name}", minutes=minutes), before[name], after[name]) for name in before]
    st.html(html_grid(_heads(t, ""), rows, t("plan.effect_tab.all")))
    st.caption(t("plan.effect_why"))
    if left_out := unreached_note(t, effect):
        st.caption(left_out)


def _boroughs(t: Translator, kept: KeptPlan, effect: Effect) -> None:
    names = district_names(kept.area, "borough")
    columns = ("key", "rooms", "share_before", "share_after", "minutes_before", "minutes_after")
    rows = [
        (
            names.get(key, key),
            t.number(rooms),
            f"{t.share(share)} → {t.share(share_after)}",
            f"{t.number(minutes)} → {t.number(minutes_after)}",
        )
        for key, rooms, share, share_after, minutes, minutes_after in _rows(effect.boroughs, *columns)
    ]
    level = kept.area.level_names["borough"][t.language]
    heads = (level, t("plan.column.rooms"), t("plan.column.share"), t("plan.column.minutes"))
    st.html(html_grid(heads, rows, t("plan.effect_tab.boroughs")))


def _groups(t: Translator, effect: Effect) -> None:
    rows = [
        (
            t(f"data.indicator.{group}.label"),
            t.number(before),
            t.number(after),
            t.share(after / total if total else None),
        )
        for group, total, before, after in _rows(effect.groups, "group", "total", "before", "after")
    ]
    heads = (*_heads(t, t("plan.column.group")), t("plan.column.share_after"))
    st.html(html_grid(heads, rows, t("plan.effect_tab.groups")))
    st.caption(t("plan.groups_why"))


def draw_effect(t: Translator, kept: KeptPlan, effect: Effect) -> None:
    """Draw what a plan changes."""
    everything, boroughs, groups = st.tabs([t(f"plan.effect_tab.{name}") for name in _TABS])
    with everything:
        _all(t, kept, effect)
    with boroughs:
        _boroughs(t, kept, effect)
    with groups:
        _groups(t, effect)
