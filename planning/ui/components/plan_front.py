"""The front between most need covered and the best-off worst borough, as a chart to pick a plan from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from planning.ui.components.plan_run import analysis, question_about, start
from planning.ui.plans import front_work

if TYPE_CHECKING:
    from collections.abc import Callable

    import altair as alt

    from planning.i18n import Translator
    from planning.scenarios.work import KeptPlan
    from planning.siting.front import FrontPoint

POINT = "plan_point"
_DECIMALS = {"de": "replace(format(datum.value, '.1~f'), '.', ',')", "en": "format(datum.value, '.1~f')"}


def _search(kept: KeptPlan) -> None:
    question = question_about(kept)
    start("front", question, front_work(question), kept)


def front_chart(
    t: Translator, points: tuple[FrontPoint, ...], chosen: int
) -> alt.LayerChart | alt.FacetChart:
    """Return the front as a chart: share of all need covered against that of the worst-off borough."""
    import altair as alt  # slow to load, and rarely asked for

    covered, worst = t("plan.front.efficiency"), t("plan.front.equity")
    table = pd.DataFrame(
        {
            "number": range(1, len(points) + 1),
            "covered": [one.efficiency * 100 for one in points],
            "worst": [one.equity * 100 for one in points],
            "chosen": [number == chosen for number in range(len(points))],
            "covered_text": [t.share(one.efficiency, 1) for one in points],
            "worst_text": [t.share(one.equity, 1) for one in points],
        }
    )
    axis = alt.Axis(labelExpr=_DECIMALS[t.language], tickCount=5)
    across, up = (alt.Scale(domain=_range(table[name]), nice=False) for name in ("covered", "worst"))
    base = alt.Chart(table).encode(
        x=alt.X("covered:Q", title=f"{covered} (%)", scale=across, axis=axis),
        y=alt.Y("worst:Q", title=f"{worst} (%)", scale=up, axis=axis),
        tooltip=[
            alt.Tooltip("number:O", title=t("plan.front.plan")),
            alt.Tooltip("covered_text:N", title=covered),
            alt.Tooltip("worst_text:N", title=worst),
        ],
    )
    pick = alt.selection_point(name=POINT, fields=["number"], on="click", toggle=False)
    marks = base.mark_point(size=220, filled=True, opacity=1, stroke="#1c1207", cursor="pointer")
    marks = marks.encode(
        color=alt.condition("datum.chosen", alt.value("#ffd447"), alt.value("#00587a")),
        shape=alt.condition("datum.chosen", alt.value("diamond"), alt.value("circle")),
    ).add_params(pick)
    # beside the points, which are what is clicked
    names = base.mark_text(dx=12, align="left", fontSize=12, color="#1c2a33").encode(text="number:O")
    line = base.mark_line(color="#7d8b93", strokeDash=[4, 3], interpolate="linear")
    return alt.layer(line, marks, names).properties(height=260)


def _range(values: pd.Series[float]) -> list[float]:
    """Return the range of an axis: that of the values with some room, within 0 to 100 percent."""
    low, high = float(values.min()), float(values.max())
    room = max(0.12 * (high - low), 1.0)
    return [max(low - room, -room / 2), min(high + room, 100.0 + room / 2)]


def _chosen_in_chart() -> None:
    state: Any = st.session_state["plan_front_chart"]
    rows = state["selection"].get(POINT) or []
    if rows:
        st.session_state["plan_front_point"] = int(rows[0]["number"]) - 1


def draw_front(
    t: Translator, kept: KeptPlan, adopt: Callable[[KeptPlan, tuple[str, ...]], None], *, busy: bool
) -> None:
    """Draw the chart, and the choice of one of its plans, by click or from the list."""
    if kept.plan.settings.objective == "cover-all":
        st.caption(t("plan.front.no_choice"))
        return
    st.caption(t("plan.why.front"))
    st.button(t("plan.search.front"), key="plan_search_front", on_click=_search, args=(kept,), disabled=busy)
    found = analysis("front")
    if found is None:
        return
    points: tuple[FrontPoint, ...] = found.value
    if not points:
        st.write(t("plan.nothing_found"))
        return
    if found.stopped:
        st.caption(t("plan.partial"))
    st.session_state["plan_front_point"] = min(st.session_state.get("plan_front_point", 0), len(points) - 1)
    st.altair_chart(
        front_chart(t, points, st.session_state["plan_front_point"]),
        key="plan_front_chart",
        on_select=_chosen_in_chart,
        selection_mode=POINT,
        width="stretch",
        alt=t("plan.variants_tab.front"),
    )

    def label(number: int) -> str:
        one = points[number]
        told = t(
            "plan.front.point",
            number=number + 1,
            covered=t.share(one.efficiency, 1),
            worst=t.share(one.equity, 1),
        )
        return told if one.proven else f"{told} *"

    chosen = st.selectbox(t("plan.look_at"), range(len(points)), format_func=label, key="plan_front_point")
    if not all(one.proven for one in points):
        st.caption(f"\\* {t('plan.not_proven')}")
    rooms = points[chosen].candidate_ids
    st.button(
        t("plan.adopt"),
        key="plan_adopt_front",
        on_click=adopt,
        args=(found.about, rooms),
        disabled=set(rooms) == set(kept.plan.candidate_ids),
    )
