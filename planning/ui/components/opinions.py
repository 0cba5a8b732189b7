"""Several people's weights side by side, and the ranking that all of them together give."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from planning.area import criteria
from planning.area.schema import has_control
from planning.errors import SettingError
from planning.model import MOST_OPINIONS
from planning.render.labels import district_names, room_names
from planning.scenarios.snapshot import LONGEST_NAME, search_key
from planning.scoring import shares
from planning.scoring.opinions import compromise, spread
from planning.ui import state, work
from planning.ui.markup import html_grid, plain
from planning.ui.plans import best_count

if TYPE_CHECKING:
    import pandas as pd

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Opinion
    from planning.scoring import Evaluation
    from planning.scoring.opinions import Compromise

_FIELD = 420
_FIRST_REM, _COLUMN_REM = 11, 6


def draw_opinions(t: Translator, area: StudyArea, evaluation: Evaluation) -> None:
    """Draw whose weights are kept, how far they lie apart, and the ranking of their mean.

    Parameters
    ----------
    t
        Texts.
    area
        The area with the rooms as they are now.
    evaluation
        Of these rooms; its own weights do not matter.
    """
    opinions = work.current().opinions
    if not opinions:
        st.info(t("weights.opinions.empty"), icon=":material/groups:")
    _draw_keep(t)
    if opinions:
        table = spread(criteria(), opinions)
        _draw_table(t, opinions, table)
        _draw_deeds(t, opinions, table)
        _draw_compromise(t, area, evaluation, opinions)


def _weights_now() -> dict[str, float] | None:
    """Return the weights in force; ``None`` where they cannot be used."""
    given = state.scenario().criteria_weights
    try:
        shares(criteria(), given)
    except SettingError:
        return None
    return {one.id: float(given.get(one.id, one.default_weight)) for one in criteria()}


def _draw_keep(t: Translator) -> None:
    """Draw the field that keeps the weights of now under a name."""
    weights = _weights_now()
    with st.form("opinion_form", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                t("weights.opinions.name"),
                key="opinion_name",
                max_chars=LONGEST_NAME,
                width=_FIELD,
                help=t("weights.opinions.name_help"),
            )
            st.form_submit_button(
                t("weights.opinions.keep"),
                key="opinion_keep",
                type="primary",
                disabled=weights is None,
                on_click=_keep,
            )
        st.caption(t("weights.opinions.privacy"))
    if weights is None:
        st.warning(t("weights.opinions.refused"), icon=":material/info:")
    _draw_told(t)


def _draw_told(t: Translator) -> None:
    """Say what came of the last attempt to keep an opinion."""
    code, name = st.session_state.pop("opinion_told", ("", ""))
    if code == "kept":
        st.success(t("weights.opinions.kept", name=plain(name)), icon=":material/check:")
    elif code == "full":
        st.error(t("weights.opinions.full", most=MOST_OPINIONS), icon=":material/error:")
    elif code == "name_missing":
        st.error(t("weights.opinions.name_missing"), icon=":material/error:")


def _keep() -> None:
    weights = _weights_now()
    typed = " ".join(str(st.session_state["opinion_name"]).split())
    name = "".join(one for one in typed if not has_control(one))[:LONGEST_NAME].strip()
    known = {search_key(one.name) for one in work.current().opinions}
    if weights is None:
        return  # the page says so
    if not search_key(name):
        st.session_state["opinion_told"] = ("name_missing", "")
    elif search_key(name) not in known and len(known) >= MOST_OPINIONS:
        st.session_state["opinion_told"] = ("full", "")
    else:
        work.set_opinion(name, weights)
        st.session_state["opinion_told"] = ("kept", name)
        st.session_state["opinion_name"] = ""


def _draw_table(t: Translator, opinions: tuple[Opinion, ...], table: pd.DataFrame) -> None:
    """Draw a column for each opinion, then their mean and from where to where they go."""
    heads = [
        t("weights.opinions.criterion"),
        *(one.name for one in opinions),
        t("weights.opinions.mean"),
        t("weights.opinions.range"),
    ]
    parts = [*range(len(opinions)), "mean"]
    rows = [
        [
            t(f"criteria.{name}.label"),
            *(t.share(float(row[part]), 1) for part in parts),
            f"{t.number(float(row['low']) * 100, 1)}\u2013{t.share(float(row['high']), 1)}",
        ]
        for name, row in table.iterrows()
    ]
    caption = t("weights.opinions.table")
    grid = html_grid(heads, rows, caption, first=f"{_FIRST_REM}rem")
    wide = f"min-width: {_FIRST_REM + _COLUMN_REM * (len(heads) - 1)}rem"
    inside = f'<div style="{wide}">{grid}</div>'
    label = escape(caption)
    st.html(f'<div class="planner-opinions" role="region" tabindex="0" aria-label="{label}">{inside}</div>')
    if len(opinions) > 1:
        apart = table["high"] - table["low"]
        widest = str(apart.idxmax())
        if apart[widest] > 0:
            low, high = (t.share(float(table[side][widest]), 1) for side in ("low", "high"))
            label = t(f"criteria.{widest}.label")
            st.caption(t("weights.opinions.apart", criterion=label, low=low, high=high))


def _draw_deeds(t: Translator, opinions: tuple[Opinion, ...], table: pd.DataFrame) -> None:
    """Draw what can be done with one opinion, and with their mean."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            t("weights.opinions.whose"),
            range(len(opinions)),
            format_func=lambda at: opinions[at].name,
            key=f"opinion_picked_{len(opinions)}",
            width=_FIELD,
        )
        picked = opinions[place]
        st.button(
            t("weights.opinions.take"),
            key="opinion_take",
            on_click=work.set_criteria_weights,
            args=(picked.weights,),
        )
        st.button(
            t("weights.opinions.remove"),
            key="opinion_remove",
            icon=":material/delete:",
            on_click=work.remove_opinion,
            args=(picked.name,),
        )
        st.button(
            t("weights.opinions.take_mean"),
            key="opinion_take_mean",
            on_click=work.set_criteria_weights,
            args=(work.percentages({str(name): share for name, share in table["mean"].items()}),),
        )


def _draw_compromise(
    t: Translator, area: StudyArea, evaluation: Evaluation, opinions: tuple[Opinion, ...]
) -> None:
    """Draw the best rooms by the mean of all opinions, with how differently people rank them."""
    st.markdown(f"**{t('weights.opinions.compromise')}**")
    if evaluation.scores.total.empty:
        st.info(t("weights.opinions.no_rooms"))
        return
    best = best_count(area)
    found = compromise(evaluation.scores, criteria(), opinions, best)
    if len(opinions) > 1:
        agreed = int((found.table["times_best"] == len(opinions)).sum())
        st.write(t("weights.opinions.agreed", best=best, count=agreed))
    heads = (
        t("weights.opinions.room"),
        t("weights.opinions.score"),
        t("weights.opinions.ranks"),
        t("weights.opinions.among", best=best),
    )
    rows = _compromise_rows(t, area, found, best=best, people=len(opinions))
    grid = html_grid(heads, rows, t("weights.opinions.compromise"), first="52%")
    st.html(f'<div class="planner-rooms">{grid}</div>')
    st.caption(t("weights.opinions.compromise_why", best=best))


def _compromise_rows(
    t: Translator, area: StudyArea, found: Compromise, *, best: int, people: int
) -> list[tuple[str, ...]]:
    """Return the best rooms in words, one row each."""
    table = found.table.sort_values("rank").head(best)
    rooms = area.candidates.set_index("candidate_id", drop=False).loc[table.index]
    districts = rooms["quarter"].map(district_names(area, "quarter")).fillna("")
    names = zip(room_names(t, rooms), districts, strict=True)
    columns = ["rank", "best_rank", "worst_rank", "times_best"]
    counts = table[columns].to_numpy(dtype=int).tolist()
    rows: list[tuple[str, ...]] = []
    for name, (rank, low, high, times), score in zip(names, counts, table["score"], strict=True):
        place = t("weights.opinions.place", rank=rank, room=" · ".join(filter(None, name)))
        span = str(low) if low == high else t("weights.opinions.span", best=low, worst=high)
        rows.append((place, t.number(score, 1), span, t("weights.opinions.of", count=times, all=people)))
    return rows
