"""What a person knows of rooms and teams: times, languages, wishes, people and hours, as two tables."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from planning.rota import WEEKDAYS, Member, Slot
from planning.rota.defaults import minutes_of, open_hours, spoken
from planning.rota.record import clock

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.rota import Place, RotaTask, Team, Window
    from planning.rota.defaults import Week

_MOST_STAFF, _MOST_HOURS = 12, 40.0
_WORKDAYS = WEEKDAYS[:5]


def times_text(windows: tuple[Window, ...]) -> str:
    """Return spans of time as they are entered, such as ``Mo 09:00-12:00; Di 13:00-17:00``."""
    return "; ".join(f"{WEEKDAYS[one.weekday]} {clock(one.start)}-{clock(one.end)}" for one in windows)


def draw_entries(t: Translator, week: Week) -> tuple[RotaTask, list[str]]:
    """Draw both tables; return the task as they say, and what in them is not understood."""
    name = f"{hash(tuple(place.id for place in week.task.places)) & 0xFFFFFF:x}"
    st.markdown(f"**{t('rota.page.rooms')}**")
    st.caption(t("rota.page.rooms_why"))
    rooms = st.data_editor(
        _rooms(t, week.task), key=f"rota_rooms_{name}", hide_index=True, width="stretch", height=250,
        column_config=_room_columns(t),
    )  # fmt: skip
    st.markdown(f"**{t('rota.page.teams')}**")
    st.caption(t("rota.page.teams_why"))
    teams = st.data_editor(
        _teams(week.task), key=f"rota_teams_{name}", hide_index=True, width="stretch", height=250,
        column_config=_team_columns(t),
    )  # fmt: skip
    mixed = st.toggle(t("rota.page.mixed"), key="rota_mixed", help=t("rota.page.mixed_why"))
    return entered(t, week.task, rooms, teams, mixed=mixed)


def _rooms(t: Translator, task: RotaTask) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [place.name for place in task.places],
            "times": [
                t("rota.page.fixed") if place.fixed is not None else times_text(place.windows)
                for place in task.places
            ],
            "weekday": [WEEKDAYS[place.fixed.weekday] if place.fixed else "" for place in task.places],
            "start": [clock(place.fixed.start) if place.fixed else "" for place in task.places],
            "languages": ["; ".join(place.languages) for place in task.places],
        }
    )


def _room_columns(t: Translator) -> dict[str, Any]:
    column = st.column_config
    return {
        "name": column.TextColumn(t("rota_files.column.place"), disabled=True, width="medium"),
        "times": column.TextColumn(t("rota.page.times"), help=t("rota.page.times_why"), max_chars=200),
        "weekday": column.SelectboxColumn(t("rota.page.pin_day"), options=["", *_WORKDAYS], width="small"),
        "start": column.TextColumn(t("rota.page.pin_time"), help=t("rota.page.pin_why"), max_chars=5),
        "languages": column.TextColumn(
            t("rota_files.column.languages"), help=t("rota.page.languages_why"), max_chars=200
        ),
    }


def _teams(task: RotaTask) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [team.name for team in task.teams],
            "staff": [len(team.members) for team in task.teams],
            "hours": [team.members[0].minutes / 60 if team.members else 0.0 for team in task.teams],
            "office": [team.office_staff for team in task.teams],
            "open": [times_text(team.office_hours) for team in task.teams],
            "languages": ["; ".join(team.languages) for team in task.teams],
        }
    )


def _team_columns(t: Translator) -> dict[str, Any]:
    column = st.column_config
    return {
        "name": column.TextColumn(t("rota_files.column.team"), disabled=True, width="medium"),
        "staff": column.NumberColumn(t("rota.page.staff"), min_value=0, max_value=_MOST_STAFF, step=1),
        "hours": column.NumberColumn(
            t("rota.page.hours"), min_value=0.0, max_value=_MOST_HOURS, step=0.25, format="localized"
        ),
        "office": column.NumberColumn(
            t("rota.page.office_staff"), min_value=0, max_value=_MOST_STAFF, step=1
        ),
        "open": column.TextColumn(t("rota.page.office_hours"), help=t("rota.page.times_why"), max_chars=200),
        "languages": column.TextColumn(t("rota_files.column.languages"), max_chars=200),
    }


def entered(
    t: Translator, task: RotaTask, rooms: pd.DataFrame, teams: pd.DataFrame, *, mixed: bool
) -> tuple[RotaTask, list[str]]:
    """Return a task as two tables say, and what in them is not understood; that counts as left empty."""
    doubts: list[str] = []
    places = tuple(
        _place(t, place, row, task, doubts)
        for place, row in zip(task.places, rooms.to_dict("records"), strict=True)
    )
    groups = tuple(
        _team(t, team, row, doubts) for team, row in zip(task.teams, teams.to_dict("records"), strict=True)
    )
    return replace(task, places=places, teams=groups, rules=replace(task.rules, mixed=mixed)), doubts


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value).strip()


def _windows(t: Translator, name: str, text: str, doubts: list[str]) -> tuple[Window, ...]:
    found = open_hours(text)
    parts = [part for part in re.split(r"[;,]", text) if part.strip()]
    if len(found) != len(parts):
        doubts.append(t("rota.page.not_times", name=name, text=text))
    return found


def _place(t: Translator, place: Place, row: dict[Any, Any], task: RotaTask, doubts: list[str]) -> Place:
    languages = spoken(_text(row["languages"]).replace(",", ";"))
    if place.fixed is not None:
        return replace(place, languages=languages)
    day, clock_text = _text(row["weekday"]), _text(row["start"])
    start = minutes_of(clock_text)
    pinned: tuple[Slot, ...] = ()
    if day and start is not None and start % task.rules.grid == 0:
        pinned = (Slot(WEEKDAYS.index(day), start),)
    elif day or clock_text:
        doubts.append(t("rota.page.not_pin", name=place.name, grid=task.rules.grid))
    windows = _windows(t, place.name, _text(row["times"]), doubts)
    return replace(place, languages=languages, windows=windows, pinned=pinned)


def _team(t: Translator, team: Team, row: dict[Any, Any], doubts: list[str]) -> Team:
    staff = 0 if pd.isna(row["staff"]) else int(row["staff"])
    minutes = 0 if pd.isna(row["hours"]) else round(float(row["hours"]) * 60)
    members = tuple(Member(f"{team.id}-{number}", str(number), minutes) for number in range(1, staff + 1))
    return replace(
        team,
        members=members,
        office_staff=0 if pd.isna(row["office"]) else int(row["office"]),
        office_hours=_windows(t, team.name, _text(row["open"]), doubts),
        languages=spoken(_text(row["languages"]).replace(",", ";")),
    )
