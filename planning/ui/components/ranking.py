"""The ranking beside the map: pick a row to see its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from planning.ui import state

if TYPE_CHECKING:
    from planning.i18n import Translator


def _pick() -> None:
    chosen: Any = st.session_state["ranking_table"]["selection"]
    rows = chosen["rows"] or [row for row, _ in chosen["cells"]]
    if rows:
        picked = st.session_state["ranking_ids"][rows[0]]
        state.select(state.Selection("candidate", picked), show=True)


def draw_ranking(t: Translator, ranking: pd.DataFrame, *, height: int) -> None:
    """Draw rank, name, district and score of every open candidate.

    ``ranking`` is what :func:`planning.scoring.ranking` returns, with a column ``label`` of display names.
    """
    if ranking.empty:
        st.info(t("ui.ranking.empty"))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        query = st.text_input(
            t("ui.ranking.search"),
            key="ranking_search",
            placeholder=t("ui.ranking.search"),
            label_visibility="collapsed",
        )
        with st.popover("", icon=":material/info:", help=t("ui.ranking.read")):
            st.write(t("ui.ranking.note"))
    shown = ranking
    if query:
        haystack = ranking["label"].str.cat(ranking["district"], sep=" ")
        shown = ranking[haystack.str.contains(query, case=False, regex=False)]
    if shown.empty:
        st.info(t("ui.ranking.nothing", query=query))
        return
    st.session_state["ranking_ids"] = shown["candidate_id"].tolist()
    st.dataframe(
        pd.DataFrame(
            {
                "rank": shown["rank"].to_numpy(),
                "label": shown["label"].to_numpy(),
                "district": shown["district"].to_numpy(),
                "score": shown["score"].to_numpy(),
            }
        ),
        key="ranking_table",
        on_select=_pick,
        selection_mode=["single-row", "single-cell"],
        hide_index=True,
        height=height,
        width="stretch",
        row_height=30,
        column_config={
            "rank": st.column_config.NumberColumn(t("ui.ranking.rank"), width=36),
            "label": st.column_config.TextColumn(t("ui.ranking.name"), width=150),
            "district": st.column_config.TextColumn(t("ui.ranking.district"), width=85),
            "score": st.column_config.ProgressColumn(
                t("ui.ranking.score"), min_value=0, max_value=100, format="%.0f", width=85
            ),
        },
    )
