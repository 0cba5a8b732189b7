"""The value function of each criterion as a small chart, with the same corners as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planning.area.criteria import criteria

if TYPE_CHECKING:
    import altair as alt

    from planning.i18n import Translator
    from planning.model import Criterion

_COLUMNS = 3
_THOUSANDS = {
    "de": "replace(format(datum.value, ','), ',', '.')",
    "en": "format(datum.value, ',')",
}


def corners(t: Translator, criterion: Criterion) -> pd.DataFrame:
    """Return the corners of a value function, raw in the unit shown on screen."""
    factor = 100.0 if criterion.scale == "share_of_max" else 1.0
    unit = (
        t("ui.method.percent_of_best")
        if criterion.scale == "share_of_max"
        else t(f"criteria.{criterion.id}.unit")
    )
    raw = [x * factor for x, _ in criterion.points]
    return pd.DataFrame({"raw": raw, "value": [y for _, y in criterion.points], "unit": unit})


def _chart(t: Translator, criterion: Criterion, points: pd.DataFrame) -> alt.Chart:
    import altair as alt  # slow to load, and only this page needs it

    unit = str(points["unit"].iloc[0])
    line = alt.Chart(points).mark_line(point=True, color="#00587a")
    chart: alt.Chart = line.encode(
        x=alt.X("raw:Q", title=unit, axis=alt.Axis(labelExpr=_THOUSANDS[t.language])),
        y=alt.Y("value:Q", title=t("ui.method.points"), scale=alt.Scale(domain=[0, 100])),
        tooltip=[alt.Tooltip("raw:Q", title=unit), alt.Tooltip("value:Q", title=t("ui.method.points"))],
    ).properties(height=240, title=t(f"criteria.{criterion.id}.label"))
    return chart


def draw_value_functions(t: Translator) -> None:
    """Draw all value functions, and a table that says the same."""
    st.subheader(t("ui.method.value_functions"), divider="gray")
    rows = []
    columns = st.columns(_COLUMNS)
    for position, criterion in enumerate(criteria()):
        points = corners(t, criterion)
        with columns[position % _COLUMNS]:
            st.altair_chart(_chart(t, criterion, points), width="stretch")
        pairs = zip(points["raw"], points["value"], strict=True)
        written = "; ".join(f"{t.number(raw)} → {t.number(value)}" for raw, value in pairs)
        rows.append(
            {
                t("ui.method.criterion"): t(f"criteria.{criterion.id}.label"),
                t("ui.method.unit"): points["unit"].iloc[0],
                t("ui.method.corners"): written,
                t("ui.method.missing"): t.number(criterion.missing_value),
                t("ui.method.weight"): t.number(criterion.default_weight),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
