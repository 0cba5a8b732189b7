"""What each layer is, how old it is, where it is from, and by how much census figures were scaled."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planning.area import indicators
from planning.render.labels import text_of
from planning.ui.markup import html_table

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from planning.area import StudyArea
    from planning.area.study_area import Layer
    from planning.i18n import Translator


def _writer(t: Translator, digits: int = 0) -> Callable[[object], str]:
    return lambda value: t.number(float(str(value)), digits)


def _layer_facts(t: Translator, layer: Layer) -> str:
    method = layer.method_de if t.language == "de" else layer.method_en
    facts = {
        "source": layer.source,
        "licence": layer.licence,
        "attribution": layer.attribution,
        "method": method,
    }
    rows = [
        (escape(t(f"ui.layers.{name}")), escape(text or t("data.not_stated"))) for name, text in facts.items()
    ]
    return html_table(rows, t(f"data.layer.{layer.id}"), text=True)


def draw_layers(t: Translator, area: StudyArea) -> None:
    """Draw one row per layer: content, rows and year; below it source, licence and method in full."""
    rows = [
        {
            t("ui.layers.layer"): t(f"data.layer.{layer.id}"),
            t("ui.layers.rows"): layer.rows,
            t("ui.layers.year"): layer.year,
            t("ui.layers.licence"): layer.licence or t("data.not_stated"),
            t("ui.layers.source"): layer.source or t("data.not_stated"),
        }
        for layer in area.layers
    ]
    shown = pd.DataFrame(rows).style.format(_writer(t), subset=[t("ui.layers.rows")])
    st.dataframe(shown, hide_index=True, width="stretch")
    st.subheader(t("ui.layers.how"), divider="gray")
    for layer in area.layers:
        with st.expander(f"{t(f'data.layer.{layer.id}')} · {layer.year}", key=f"layer_{layer.id}"):
            st.html(_layer_facts(t, layer))
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


def draw_figures(t: Translator, area: StudyArea) -> None:
    """Draw every published figure of a district with its year and source."""
    st.write(t("ui.data.figures_why"))
    if area.figures.empty:
        st.info(t("ui.data.no_figures"))
        return
    figures = area.figures
    named = pd.concat(
        {level: area.level(level)["name"] for level in figures["level"].unique() if level in area.level_names}
    )
    places = pd.MultiIndex.from_frame(figures[["level", "key"]])
    shown = figures.assign(
        district=named.reindex(places).fillna(figures["key"]).to_numpy(),
        rank=figures["level"].map({level: at for at, level in enumerate(area.level_names)}),
    )
    shown = shown.sort_values(["rank", "district", "indicator"], ignore_index=True)
    labels = [_indicator(t, name) for name in shown["indicator"]]
    value = t("ui.data.value")
    table = pd.DataFrame(
        {
            t("ui.scaling.level"): [_level_name(t, area, level) for level in shown["level"]],
            t("ui.scaling.district"): shown["district"],
            t("ui.data.indicator"): labels,
            value: shown["value"],
            t("ui.data.unit"): [_unit(t, unit) for unit in shown["unit"]],
            t("ui.scaling.year"): [text_of(year) or t("ui.answer.unknown") for year in shown["year"]],
            t("ui.scaling.source"): shown["source"],
        }
    )
    written = table.style
    digits = shown["indicator"].map(indicators().set_index("id")["digits"]).fillna(1).astype(int)
    for decimals, rows in digits.groupby(digits):
        written = written.format(_writer(t, int(str(decimals))), subset=(rows.index, [value]))
    wide = {
        t("ui.data.indicator"): st.column_config.Column(width="medium"),
        t("ui.scaling.source"): st.column_config.Column(width="large"),
    }
    st.dataframe(written, hide_index=True, width="stretch", height=420, column_config=wide)


def _indicator(t: Translator, name: object) -> str:
    label = f"data.indicator.{name}.label"
    return t(label) if t.has(label) else str(name)


def _unit(t: Translator, unit: object) -> str:
    label = f"data.unit.{unit}"
    return t(label) if t.has(label) else str(unit)
