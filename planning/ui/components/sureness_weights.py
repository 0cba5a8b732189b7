"""What would change one's mind: how far each weight may move, and what moves a single room."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planning.render.labels import room_names
from planning.ui import compared
from planning.ui.components.plan_settings import room_labels
from planning.ui.markup import html_grid, html_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import altair as alt

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.scoring import Evaluation

_DOWN, _UP = "#b35806", "#00587a"
_DECIMALS = {"de": "replace(format(datum.value, '.0~f'), '.', ',')", "en": "format(datum.value, '.0~f')"}


def draw_weight_limits(t: Translator, area: StudyArea, evaluation: Evaluation, count: int) -> None:
    """Draw the stable interval of each weight, and the tornado chart of one room."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _draw_intervals(t, area, evaluation, count)
    with right:
        _draw_tornado(t, area, evaluation)


def _draw_intervals(t: Translator, area: StudyArea, evaluation: Evaluation, count: int) -> None:
    from planning.scoring.swaps import stable_intervals  # asked for by this page only

    st.markdown(f"#### {t('confidence.limits.title')}")
    st.caption(t("confidence.limits.why", count=count))
    table = stable_intervals(evaluation.scores, count)
    rows = [
        (t(f"criteria.{name}.label"), t.share(now, 1), f"{t.share(low, 1)} – {t.share(high, 1)}")
        for name, now, low, high in zip(table.index, table["share"], table["low"], table["high"], strict=True)
    ]
    heads = ("", t("confidence.limits.now"), t("confidence.limits.same"))
    st.html(html_grid(heads, rows, t("confidence.limits.title"), first="50%"))
    with st.expander(t("confidence.limits.who")):
        st.html(html_table(list(_changes(t, area, table)), t("confidence.limits.who"), text=True))


def _changes(t: Translator, area: StudyArea, table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Say of each weight who comes in and who leaves beyond its limits, as HTML."""
    ids = area.candidates["candidate_id"]
    names = dict(zip(ids, room_names(t, area.candidates), strict=True))
    for name, row in zip(table.index, table.to_dict("records"), strict=True):
        told = [
            t(
                f"confidence.limits.{end}",
                share=t.share(row[end], 1),
                enters=names[row[f"enters_{end}"]],
                leaves=names[row[f"leaves_{end}"]],
            )
            for end in ("low", "high")
            if row[f"leaves_{end}"]
        ]
        text = "<br>".join(map(escape, told or [t("confidence.limits.never")]))
        yield escape(t(f"criteria.{name}.label")), text


def _draw_tornado(t: Translator, area: StudyArea, evaluation: Evaluation) -> None:
    from planning.scoring.swaps import FACTOR, tornado

    order = [str(name) for name in evaluation.scores.rank.sort_values().index]
    labels = room_labels(t, area)
    place = {name: number for number, name in enumerate(order, start=1)}
    st.markdown(f"#### {t('confidence.tornado.title')}")
    if st.session_state.get("tornado_room") not in place:
        st.session_state["tornado_room"] = next((one for one in compared.chosen() if one in place), order[0])
    room = st.selectbox(
        t("confidence.tornado.room"),
        order,
        format_func=lambda name: f"{place[name]}. {labels.get(name, name)}",
        key="tornado_room",
        persist_state="session",
    )
    table = tornado(evaluation.scores, str(room))
    st.caption(t("confidence.tornado.why", factor=t.number(FACTOR)))
    total = float(evaluation.scores.total[str(room)])
    st.altair_chart(tornado_chart(t, table, total), width="stretch", alt=t("confidence.tornado.title"))
    rows = [
        (
            t(f"criteria.{name}.label"),
            f"{t.share(row['share_low'])} – {t.share(row['share_high'])}",
            f"{t.number(row['score_low'], 1)} – {t.number(row['score_high'], 1)}",
            f"{t.number(row['rank_low'])} – {t.number(row['rank_high'])}",
        )
        for name, row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    heads = ("", *(t(f"confidence.tornado.{name}") for name in ("share", "score", "rank")))
    with st.expander(t("ui.map.table", title=t("confidence.tornado.title"))):
        st.html(html_grid(heads, rows, t("confidence.tornado.title")))


def tornado_chart(t: Translator, table: pd.DataFrame, total: float) -> alt.LayerChart | alt.FacetChart:
    """Return the score of one room at half and at double each weight as bars from the score now."""
    import altair as alt  # slow to load, and rarely asked for

    ends = ("low", "high")
    rows = [
        {
            "criterion": t(f"criteria.{name}.label"),
            "end": t(f"confidence.tornado.at_{end}"),
            "score": float(row[f"score_{end}"]),
            "total": total,
            "text": t(
                "confidence.tornado.bar",
                share=t.share(row[f"share_{end}"], 1),
                score=t.number(row[f"score_{end}"], 1),
                rank=int(row[f"rank_{end}"]),
            ),
        }
        for name, row in zip(table.index, table.to_dict("records"), strict=True)
        for end in ends
    ]
    names = [t(f"confidence.tornado.at_{end}") for end in ends]
    spread = pd.DataFrame(rows)
    low, high = float(spread["score"].min()), float(spread["score"].max())
    axis = alt.Axis(labelExpr=_DECIMALS[t.language], tickCount=5)
    bars = (
        alt.Chart(spread)
        .mark_bar(height=9)
        .encode(
            x=alt.X(
                "score:Q",
                title=t("confidence.column.score"),
                scale=alt.Scale(domain=[low - 1.0, high + 1.0], nice=False),
                axis=axis,
            ),
            x2="total:Q",
            y=alt.Y(
                "criterion:N",
                sort=[t(f"criteria.{name}.label") for name in table.index],
                title=None,
                axis=alt.Axis(labelLimit=170),
            ),
            yOffset=alt.YOffset("end:N", sort=names),
            color=alt.Color(
                "end:N",
                scale=alt.Scale(domain=names, range=[_DOWN, _UP]),
                legend=alt.Legend(orient="top", direction="vertical", title=None, labelLimit=260),
            ),
            tooltip=[alt.Tooltip("criterion:N", title=" "), alt.Tooltip("text:N", title=" ")],
        )
    )
    line = alt.Chart(pd.DataFrame({"total": [total]})).mark_rule(color="#1c2a33").encode(x="total:Q")
    return alt.layer(bars, line).properties(height=300)
