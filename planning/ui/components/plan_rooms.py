"""The rooms of a plan in the order of opening, and why each of them is in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from planning.access import nearest
from planning.errors import SettingError
from planning.need import cell_need
from planning.render.labels import district_names, room_name, room_names, short_number, text_of
from planning.render.plan_words import gain_text
from planning.ui import cache, state
from planning.ui.components.plan_result import pick, picked
from planning.ui.components.plan_run import analysis
from planning.ui.components.plan_settings import change_rules, forget_widgets
from planning.ui.markup import html_list, plain

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.scenarios.work import KeptPlan
    from planning.siting import Effect, Plan

ROW = 30


def plan_gain(t: Translator, plan: Plan, gain: float) -> str:
    """Return what a room of a plan gains when it opens."""
    return gain_text(t, plan.settings.objective, gain, plan.scenario.metres_per_minute)


def rooms_table(t: Translator, kept: KeptPlan) -> pd.DataFrame:
    """Return order, name, borough and gain of the rooms of a plan, as people read them."""
    plan = kept.plan
    rooms = kept.area.candidates.set_index("candidate_id").loc[list(plan.candidate_ids)]
    boroughs = district_names(kept.area, "borough")
    return pd.DataFrame(
        {
            "order": range(1, len(rooms) + 1),
            "name": room_names(t, rooms.reset_index()),
            "gain": [plan_gain(t, plan, gain) for gain in plan.gains],
            "borough": [boroughs.get(str(key), "") for key in rooms["borough"]],
        }
    )


def _pick_row() -> None:
    chosen: Any = st.session_state["plan_table"]["selection"]
    rows = chosen["rows"] or [row for row, _ in chosen["cells"]]
    kept = state.plan()
    if rows and kept is not None:
        pick(kept.plan.candidate_ids[rows[0]], show=True)


def draw_rooms(t: Translator, kept: KeptPlan, effect: Effect, *, height: int) -> None:
    """Draw the rooms; below them why the one that was picked is in the plan."""
    table = rooms_table(t, kept)
    if table.empty:
        st.info(t("plan.no_rooms"))
        return
    column = st.column_config
    st.dataframe(
        table,
        key="plan_table",
        on_select=_pick_row,
        selection_mode=["single-row", "single-cell"],
        hide_index=True,
        height=min(height, 38 + ROW * len(table)),
        width="stretch",
        row_height=ROW,
        column_config={
            "order": column.NumberColumn(t("plan.column.order"), width=36),
            "name": column.TextColumn(t("ui.ranking.name"), width=150),
            "borough": column.TextColumn(kept.area.level_names["borough"][t.language], width=95),
            "gain": column.TextColumn(
                t("plan.column.gain"),
                width=80,
                alignment="right",
                help=t(
                    f"plan.gain.{kept.plan.settings.objective}",
                    minutes=short_number(t, kept.plan.scenario.minutes),
                ),
            ),
        },
    )
    room = picked()
    if room is None:
        st.caption(t("plan.pick_hint"))
    elif room in kept.plan.candidate_ids:
        _draw_reasons(t, kept, effect, room)
    elif (kept.area.candidates["candidate_id"] == room).any():
        _draw_other(t, kept, effect, room)


def _headline(t: Translator, kept: KeptPlan, room: str, order: str) -> None:
    row = kept.area.candidates.set_index("candidate_id").loc[room]
    st.markdown(f"**{order}{plain(room_name(t, row))}**")
    borough = district_names(kept.area, "borough").get(str(row["borough"]), "")
    facts = (t(f"data.venue_kind.{row['kind']}"), text_of(row["address"]), borough, _score(t, kept, room))
    st.caption(plain(" · ".join(filter(None, facts))))


def _score(t: Translator, kept: KeptPlan, room: str) -> str:
    try:
        scores = cache.evaluation(kept.area, kept.plan.scenario).scores
    except SettingError:
        return ""
    if room not in scores.rank.index:
        return ""
    rank = t("ui.facts.rank", rank=int(scores.rank[room]), of=len(scores.rank))
    return t("plan.score", score=t.number(float(scores.total[room])), rank=rank)


def reasons(t: Translator, kept: KeptPlan, effect: Effect, room: str) -> list[str]:
    """Return why a room is in a plan: what it gains, what would be lost without it and by whom."""
    plan = kept.plan
    names = district_names(kept.area, "borough")
    place = plan.candidate_ids.index(room)
    row = effect.rooms.iloc[place]
    objective, minutes = plan.settings.objective, short_number(t, plan.scenario.minutes)
    gain = plan_gain(t, plan, plan.gains[place])
    lines = [
        t(f"plan.reason.{objective}", gain=gain, order=place + 1, minutes=minutes),
        t("plan.reason.alone", alone=t.number(float(row["alone"]))),
    ]
    lost = float(row["if_dropped"])
    if lost > 0:
        losers = ", ".join(names.get(key, key) for key in row["losers"])
        lines.append(t("plan.reason.lost", lost=t.number(lost), losers=losers))
    else:
        lines.append(t("plan.reason.nothing_lost"))
    longer = float(row["minutes_if_dropped"])
    if math.isfinite(longer):
        lines.append(t("plan.reason.longer", minutes=t.number(longer, 2)))
    found = analysis("alternatives")
    if found is not None:
        count = found.value.frequency.get(room, 0)
        lines.append(t("plan.reason.frequency", count=count, total=found.value.total))
    if room in plan.settings.constraints.must:
        lines.append(t("plan.reason.must"))
    return lines


def _draw_reasons(t: Translator, kept: KeptPlan, effect: Effect, room: str) -> None:
    _headline(t, kept, room, f"{kept.plan.candidate_ids.index(room) + 1}. ")
    st.html(html_list(reasons(t, kept, effect, room)))
    _draw_wishes(t, kept, room)


def _draw_other(t: Translator, kept: KeptPlan, effect: Effect, room: str) -> None:
    """Draw what a room that is not in the plan would add to it."""
    scenario = kept.plan.scenario
    _headline(t, kept, room, "")
    distances = cache.distances(kept.area, scenario)
    column = distances.candidate_ids.index(room)
    need = cell_need(kept.area.cells, scenario.need_weights)
    own = nearest(distances.candidates[:, [column]]) <= scenario.reach_m
    added = float(need[np.asarray(own & ~effect.covered_after)].sum())
    st.write(t("plan.not_chosen", added=t.number(added), minutes=short_number(t, scenario.minutes)))
    _draw_wishes(t, kept, room)


def _wish(name: str, room: str) -> None:
    """Put a room among those that have to, or may not, be chosen; it leaves the other list."""
    rules = state.plan_settings().constraints
    lists = {"must": rules.must, "must_not": rules.must_not}
    change_rules(
        **{
            one: (*(held for held in rooms if held != room), *((room,) if one == name else ()))
            for one, rooms in lists.items()
        }
    )
    forget_widgets()


def _draw_wishes(t: Translator, kept: KeptPlan, room: str) -> None:
    rules = state.plan_settings().constraints
    with st.container(horizontal=True):
        for name, held in (("must", rules.must), ("must_not", rules.must_not)):
            st.button(
                t(f"plan.wish.{name}"),
                key=f"plan_wish_{name}",
                on_click=_wish,
                args=(name, room),
                disabled=room in held or room not in set(kept.area.candidates["candidate_id"]),
            )
