"""The value function in force of each criterion as a small chart, with the same corners as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planning.area.criteria import criteria
from planning.render.labels import corners_text, raw_factor, raw_unit, short_number

if TYPE_CHECKING:
    import altair as alt

    from planning.i18n import Translator
    from planning.model import Criterion

_COLUMNS = 3
_DECIMALS = 10
_THOUSANDS = {
    "de": "replace(format(datum.value, ','), ',', '.')",
    "en": "format(datum.value, ',')",
}


def corners(criterion: Criterion) -> pd.DataFrame:
    """Return the corners of a value function as ``raw`` (in the unit shown on screen) and ``value``."""
    factor = raw_factor(criterion)
    raw = [round(x * factor, _DECIMALS) for x, _ in criterion.points]
    return pd.DataFrame({"raw": raw, "value": [y for _, y in criterion.points]}, dtype=float)


def is_changed(criterion: Criterion) -> bool:
    """Tell whether a criterion has another value function than the catalogue's."""
    return criterion not in criteria()


def criterion_label(t: Translator, criterion: Criterion) -> str:
    """Return what a criterion is called, with the remark that its value function is changed."""
    label = t(f"criteria.{criterion.id}.label")
    return t("ui.functions.marked", criterion=label) if is_changed(criterion) else label


def function_chart(t: Translator, criterion: Criterion, *, title: str = "", height: int = 240) -> alt.Chart:
    """Return the chart of a value function."""
    import altair as alt  # slow to load, and few pages need it

    unit = raw_unit(t, criterion)
    line = alt.Chart(corners(criterion)).mark_line(point=True, color="#00587a")
    chart: alt.Chart = line.encode(
        x=alt.X("raw:Q", title=unit, axis=alt.Axis(labelExpr=_THOUSANDS[t.language])),
        y=alt.Y("value:Q", title=t("ui.method.points"), scale=alt.Scale(domain=[0, 100])),
        tooltip=[alt.Tooltip("raw:Q", title=unit), alt.Tooltip("value:Q", title=t("ui.method.points"))],
    ).properties(height=height)
    return chart.properties(title=title) if title else chart


def draw_value_functions(t: Translator, judged: tuple[Criterion, ...]) -> None:
    """Draw the value functions in force, and a table that says the same."""
    st.subheader(t("ui.method.value_functions"), divider="gray")
    columns = st.columns(_COLUMNS)
    for position, criterion in enumerate(judged):
        with columns[position % _COLUMNS]:
            chart = function_chart(t, criterion, title=criterion_label(t, criterion))
            st.altair_chart(chart, width="stretch")
    rows = [
        {
            t("ui.method.criterion"): t(f"criteria.{criterion.id}.label"),
            t("ui.method.state"): t("ui.method.changed" if is_changed(criterion) else "ui.method.default"),
            t("ui.method.unit"): raw_unit(t, criterion),
            t("ui.method.corners"): corners_text(t, criterion),
            t("ui.method.missing"): short_number(t, criterion.missing_value),
            t("ui.method.weight"): t.number(criterion.default_weight),
        }
        for criterion in judged
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
