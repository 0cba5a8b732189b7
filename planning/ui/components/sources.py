"""What each layer is, how old it is, where it is from, and by how much census figures were scaled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from planning.area import StudyArea
    from planning.i18n import Translator


def _writer(t: Translator, digits: int = 0) -> Callable[[object], str]:
    return lambda value: t.number(float(str(value)), digits)


def draw_layers(t: Translator, area: StudyArea) -> None:
    """Draw one row per layer: content, rows, year, source, licence; below it how each was made."""
    rows = [
        {
            t("ui.layers.layer"): t(f"data.layer.{layer.id}"),
            t("ui.layers.rows"): layer.rows,
            t("ui.layers.year"): layer.year,
            t("ui.layers.source"): layer.source,
            t("ui.layers.licence"): layer.licence or t("data.not_stated"),
            t("ui.layers.attribution"): layer.attribution or t("data.not_stated"),
        }
        for layer in area.layers
    ]
    shown = pd.DataFrame(rows).style.format(_writer(t), subset=[t("ui.layers.rows")])
    st.dataframe(shown, hide_index=True, width="stretch")
    st.subheader(t("ui.layers.how"), divider="gray")
    for layer in area.layers:
        method = layer.method_de if t.language == "de" else layer.method_en
        if method:
            with st.expander(f"{t(f'data.layer.{layer.id}')} · {layer.year}"):
                st.text(method)
    st.caption(t("ui.layers.digest", digest=area.digest[:16], path=area.id))


def _level_name(t: Translator, area: StudyArea, level: str) -> str:
    return area.level_names[level][t.language] if level in area.level_names else t("ui.scaling.city")


def _how(t: Translator, method: str, basis: object) -> str:
    told = t(f"data.scaling_method.{method}")
    return f"{told} ({t(f'data.scaling_basis.{basis}')})" if isinstance(basis, str) else told


def draw_scaling(t: Translator, area: StudyArea) -> None:
    """Draw by how much newer totals scale the census figures, for every district and group."""
    st.write(t("ui.scaling.why"))
    if area.scaling.empty:
        st.info(t("ui.scaling.none"))
        return
    groups = sorted(area.scaling["group"].unique(), reverse=True)
    group = st.segmented_control(
        t("ui.scaling.group"),
        groups,
        default=groups[0],
        format_func=lambda one: t(f"data.indicator.{one}.label"),
        required=True,
        key="scaling_group",
    )
    shown = area.scaling[area.scaling["group"] == group]
    table = pd.DataFrame(
        {
            t("ui.scaling.level"): [_level_name(t, area, level) for level in shown["level"]],
            t("ui.scaling.district"): shown["name"].to_numpy(),
            t("ui.scaling.base"): shown["base_2011"].to_numpy(),
            t("ui.scaling.total"): shown["total"].to_numpy(),
            t("ui.scaling.factor"): shown["factor"].to_numpy(),
            t("ui.scaling.year"): shown["year"].to_numpy(),
            t("ui.scaling.share_year"): shown["share_year"].to_numpy(),
            t("ui.scaling.method"): [_how(t, *row) for row in shown[["method", "basis"]].to_numpy()],
            t("ui.scaling.source"): shown["source"].to_numpy(),
        }
    )
    persons: list[Hashable] = [t("ui.scaling.base"), t("ui.scaling.total")]
    written = table.style.format(_writer(t), subset=persons)
    written = written.format(_writer(t, 2), subset=[t("ui.scaling.factor")])
    st.dataframe(written, hide_index=True, width="stretch", height=420)
