"""How sure the ranking and the plan are: under other weights, other data and other methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planning.render.labels import district_names, room_names
from planning.ui import state, sureness, work
from planning.ui.components.certainty import draw_certainty
from planning.ui.components.sureness_methods import draw_methods
from planning.ui.components.sureness_plan import draw_uncertain_plan
from planning.ui.components.sureness_weights import draw_weight_limits
from planning.ui.markup import html_grid
from planning.ui.plans import best_count

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scoring import Evaluation
    from planning.scoring.confidence import Confidence

TABS = ("ranking", "methods", "weights", "plan")
SURE, OPEN = 0.9, 0.1
_HEIGHT = 420


def draw_sureness(t: Translator, area: StudyArea, scenario: Scenario, evaluation: Evaluation) -> None:
    """Draw one of four answers to the question how sure that is."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        tab = st.segmented_control(
            t("confidence.tab.label"),
            TABS,
            default=TABS[0] if "sureness_tab" not in st.session_state else None,
            format_func=lambda name: t(f"confidence.tab.{name}"),
            key="sureness_tab",
            required=True,
            persist_state="session",
        )
        # other answers are computed exactly, or weights have no part in them
        kept = state.plan()
        drawn = tab == "ranking" or (
            tab == "plan" and kept is not None and kept.plan.settings.score_share > 0
        )
        certainty = draw_certainty(t, "certainty_ranking") if drawn else work.current().certainty
    if tab == "methods":
        draw_methods(t, area, evaluation, best_count(area))
    elif tab == "weights":
        draw_weight_limits(t, area, evaluation, best_count(area))
    elif tab == "plan":
        draw_uncertain_plan(t, area, scenario, certainty)
    else:
        with st.spinner(t("confidence.drawing")):
            found = sureness.confidence(area, scenario, evaluation, certainty, best_count(area))
        _draw_ranking(t, area, evaluation, found)


def named_rooms(t: Translator, area: StudyArea, ids: pd.Index) -> pd.DataFrame:
    """Return display name and district of rooms, by identifier."""
    rooms = area.candidates.set_index("candidate_id", drop=False).loc[list(ids)]
    quarters = district_names(area, "quarter")
    return pd.DataFrame(
        {
            "name": room_names(t, rooms),
            "district": [quarters.get(str(key), "") for key in rooms["quarter"]],
        },
        index=ids,
    )


def _draw_ranking(t: Translator, area: StudyArea, evaluation: Evaluation, found: Confidence) -> None:
    """Draw for each room how often it is among the best, and between which ranks it lies."""
    table, count = found.table, found.count
    rank = evaluation.scores.rank.loc[table.index]
    inside, outside = table["in_best"][rank <= count], table["in_best"][rank > count]
    st.markdown(
        t(
            "confidence.ranking.summary",
            count=count,
            draws=t.number(found.draws),
            firm=int((inside >= SURE).sum()),
            share=t.share(SURE),
            open=int((outside >= OPEN).sum()),
            least=t.share(OPEN),
        )
    )
    shown = named_rooms(t, area, table.index).assign(
        rank=rank,
        score=evaluation.scores.total.loc[table.index],
        band=[f"{t.number(low)} – {t.number(high)}" for low, high in _pairs(table, "low", "high")],
        in_best=_percent(table["in_best"]),
        first=_percent(table["first"]),
        ranks=[f"{t.number(low)} – {t.number(high)}" for low, high in _pairs(table, "rank_low", "rank_high")],
    )
    column = st.column_config
    texts = {name: t(f"confidence.column.{name}", count=count) for name in shown.columns}
    st.dataframe(
        shown[["rank", "name", "district", "in_best", "ranks", "score", "band", "first"]],
        hide_index=True,
        height=_HEIGHT,
        width="stretch",
        row_height=30,
        key="sureness_table",
        column_config={
            "rank": column.NumberColumn(texts["rank"], width=50),
            "name": column.TextColumn(texts["name"], width=230),
            "district": column.TextColumn(texts["district"], width=120),
            "in_best": column.ProgressColumn(texts["in_best"], min_value=0, max_value=100, format="%.0f %%"),
            "ranks": column.TextColumn(texts["ranks"], width=90),
            "score": column.NumberColumn(texts["score"], format="%.0f", width=80),
            "band": column.TextColumn(texts["band"], width=110),
            "first": column.NumberColumn(texts["first"], format="%.0f %%", width=80),
        },
    )
    st.caption(t("confidence.ranking.read", draws=t.number(found.draws), year=sureness.this_year()))
    _draw_data(t, area)


def _percent(share: pd.Series[float]) -> pd.Series[float]:
    """Return shares in percent; only what happens in every draw or in none is written 100 or 0."""
    return (share * 100.0).where((share <= 0.0) | (share >= 1.0), (share * 100.0).clip(1.0, 99.0))


def _draw_data(t: Translator, area: StudyArea) -> None:
    """Draw how far off each figure may be by now."""
    from planning.area.catalogues import uncertainties
    from planning.scoring.uncertainty import indicator_spreads, spreads

    year = sureness.this_year()
    inside, others = indicator_spreads(area, year=year), spreads(area, year=year)
    rows = []
    for name, row in uncertainties().iterrows():
        kind = "data.indicator" if row["of"] == "indicator" else "criteria"
        measure, size = others.get(str(name), ("region", 0.0))
        if measure == "region":
            low, high = (t.share(end) for end in inside[str(name)])
            told = t("confidence.data.region", low=low, high=high)
        elif measure == "points":
            told = t("confidence.data.points", points=t.number(size))
        else:
            told = t(f"confidence.data.{measure}", share=t.share(size))
        rows.append((t(f"{kind}.{name}.label"), t(f"confidence.source.{row['source']}"), told))
    heads = ("", t("confidence.data.source"), t("confidence.data.size", year=year))
    with st.expander(t("confidence.data.title")):
        st.caption(t("confidence.data.why"))
        st.html(html_grid(heads, rows, t("confidence.data.title")))


def _pairs(table: pd.DataFrame, one: str, other: str) -> list[tuple[float, float]]:
    return list(zip(table[one].tolist(), table[other].tolist(), strict=True))
