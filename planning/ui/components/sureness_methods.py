"""Where three methods agree on the same decision matrix, where not, and which rooms another one dominates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.render.labels import room_names

if TYPE_CHECKING:
    import pandas as pd

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.scoring import Evaluation
    from planning.scoring.agreement import Agreement

_HEIGHT = 420


def draw_methods(t: Translator, area: StudyArea, evaluation: Evaluation, count: int) -> None:
    """Draw the rank of each room by each method, and what dominates it."""
    from planning.scoring.agreement import agreement  # asked for by this page only
    from planning.scoring.dominance import dominators

    found = agreement(evaluation.scores, count)
    beaten = dominators(evaluation.scores.values)
    methods = list(found.ranks.columns)
    best = found.ranks.le(count)
    st.markdown(
        t(
            "confidence.methods.summary",
            count=count,
            all=int(best.all(axis=1).sum()),
            some=int(best.any(axis=1).sum()),
            dominated=int((beaten != "").sum()),
            of=len(beaten),
        )
    )
    order = evaluation.scores.rank.sort_values().index
    shown = _table(t, area, found, beaten).loc[order]
    only = st.toggle(t("confidence.methods.only_apart", count=count), key="methods_apart")
    if only:
        apart = best.any(axis=1) & ~best.all(axis=1)
        shown = shown[apart.loc[order]]
    column = st.column_config
    st.dataframe(
        shown,
        hide_index=True,
        height=_HEIGHT,
        width="stretch",
        row_height=30,
        key="methods_table",
        column_config={
            "name": column.TextColumn(t("confidence.column.name"), width=230),
            **{str(name): column.NumberColumn(t(f"confidence.method.{name}"), width=110) for name in methods},
            "spread": column.NumberColumn(t("confidence.column.spread"), width=90),
            "best": column.TextColumn(t("confidence.column.best", count=count), width=120),
            "dominated": column.TextColumn(t("confidence.column.dominated"), width=230),
        },
    )
    pairs = [(one, other) for place, one in enumerate(methods) for other in methods[place + 1 :]]
    st.caption(
        t(
            "confidence.methods.correlation",
            pairs="; ".join(
                t(
                    "confidence.methods.pair",
                    one=t(f"confidence.method.{one}"),
                    other=t(f"confidence.method.{other}"),
                    value=t.number(float(found.correlation.loc[one, other]), 3),  # type: ignore[arg-type]
                )
                for one, other in pairs
            ),
        )
    )
    st.caption(t("confidence.methods.read"))


def _table(t: Translator, area: StudyArea, found: Agreement, beaten: pd.Series[str]) -> pd.DataFrame:
    rooms = area.candidates.set_index("candidate_id", drop=False).loc[list(found.ranks.index)]
    names = dict(zip(rooms.index, room_names(t, rooms), strict=True))
    methods = len(found.ranks.columns)
    table = found.ranks.copy()
    table.insert(0, "name", [names[str(name)] for name in table.index])
    return table.assign(
        spread=found.spread,
        best=[t("plan.of", count=int(times), total=methods) for times in found.best],
        dominated=[names.get(str(beaten[name]), "") for name in table.index],
    )
