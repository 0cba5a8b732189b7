"""A weekly plan as a workbook of Excel: timetable, who goes where, hours, goals, assumptions."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from planning.export.rota_calendar import languages_text
from planning.export.workbook import book_bytes, table_sheet
from planning.render.labels import date_text, one_line, printable
from planning.render.rota_words import change_parts, hours_text, labels_of, weekday_name, who_text
from planning.rota.change import differences
from planning.rota.goals import idle_goals, load
from planning.rota.model import DAY, clock

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from planning.i18n import Translator
    from planning.rota.change import Plan
    from planning.rota.model import Duty, GoalResult, Member, Place, Rota, RotaTask, Team

_TIME, _WHOLE, _HOURS, _PERCENT, _TEXT = "hh:mm", "#,##0", "#,##0.00", "0.0%", "General"
_WORKDAYS, DAYS = 5, 7
_HOUR = 60
_LONGEST_HEADER = 100  # of 255, each ampersand written twice


@dataclass(frozen=True)
class _Sheet:
    """A sheet: key of its title, headings, rows, and the formats of its columns."""

    key: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    formats: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class _Told:
    """What the sheets are made of."""

    task: RotaTask
    rota: Rota
    t: Translator
    addresses: Mapping[str, str]
    boroughs: Mapping[str, str]

    @property
    def days(self) -> range:
        """Return the weekdays that are columns: Monday to Friday, and the weekend as far as it is used."""
        return range(max(_WORKDAYS, *(duty.slot.weekday + 1 for duty in self.rota.duties), 0))

    def head(self, *names: str) -> list[str]:
        """Return headings by name."""
        return [self.t(f"rota_files.column.{name}") for name in names]

    def day_names(self) -> list[str]:
        """Return the headings of the weekdays."""
        return [weekday_name(self.t, day) for day in self.days]

    def hours(self, duty: Duty) -> str:
        """Return when a consultation is, in words."""
        return hours_text(self.t, duty.slot.start, self.task.end_of(duty))

    def borough(self, place: Place) -> str:
        """Return the name of a place's borough, else its key."""
        return one_line(self.boroughs.get(place.borough, place.borough))

    def by_day(self, duties: Iterable[Duty], says: Mapping[Duty, str]) -> list[str]:
        """Return what each weekday holds, a line a consultation, in the order of their times."""
        ordered = sorted(duties, key=lambda duty: (duty.slot, duty.place, duty.visit))
        return ["\n".join(says[duty] for duty in ordered if duty.slot.weekday == day) for day in self.days]


def rota_xlsx(
    task: RotaTask,
    rota: Rota,
    t: Translator,
    *,
    area_name: str,
    date: dt.date,
    addresses: Mapping[str, str],
    assumptions: Sequence[str] = (),
    boroughs: Mapping[str, str] | None = None,
    shares: pd.DataFrame | None = None,
    before: Plan | None = None,
) -> bytes:
    """Return a workbook: timetable, by team, consultations, hours of the teams, goals and assumptions.

    Each sheet has its head in row 1, frozen and with a filter. Times, hours and figures are numbers, and text
    that a spreadsheet would run is armed (:func:`planning.sources.fields.armed`). The same input gives the
    same bytes.

    Parameters
    ----------
    rota
        Its consultations are of places and members of the task.
    date
        When the workbook was made.
    addresses
        Where places are, by id.
    assumptions
        In words.
    boroughs
        Names of boroughs by key; one that is missing is called by its key.
    shares
        :func:`planning.render.rota_map.borough_shares`; without it there is no sheet of access.
    before
        The plan of which little was to change; without it there is no sheet of changes.
    """
    told = _Told(task, rota, t, addresses, boroughs or {})
    book = Workbook()
    for sheet in book.worksheets:  # the empty one it begins with
        book.remove(sheet)
    title = t("rota_files.workbook.title", area=one_line(area_name))
    head = t("rota_files.workbook.head", title=title[:_LONGEST_HEADER], date=date_text(date, t))
    for made in (
        _timetable(told), _people(told), _consultations(told),
        *([] if before is None else [_changes(told, before)]), _teams(told), _goals(told),
        *([] if shares is None else [_access(told, shares)]), _assumptions(told, assumptions),
    ):  # fmt: skip
        name = t(f"rota_files.sheet.{made.key}")
        table_sheet(book, name, made.headings, made.rows, made.formats)
        header = book[name].oddHeader
        if header is not None:
            header.left.text = head.replace("&", "&&")  # an ampersand begins a command there
    return book_bytes(book, t, date, title=title)


def _timetable(told: _Told) -> _Sheet:
    """Return a row a place, a column a weekday."""
    says = {
        duty: f"{told.hours(duty)}\n{who_text(told.t, told.task, duty, short=True)}"
        for duty in told.rota.duties
    }
    rows = [
        [
            one_line(place.name),
            one_line(told.addresses.get(place.id, "")),
            told.borough(place),
            *told.by_day((duty for duty in told.rota.duties if duty.place == place.id), says),
        ]
        for place in told.task.places
    ]
    return _Sheet("timetable", [*told.head("place", "address", "borough"), *told.day_names()], rows)


def _people(told: _Told) -> _Sheet:
    """Return a row a member, a column a weekday."""
    says = {
        duty: f"{told.hours(duty)}\n{one_line(told.task.place_of(duty).name)}" for duty in told.rota.duties
    }
    rows = [
        [
            one_line(team.name),
            one_line(member.label),
            *told.by_day((duty for duty in told.rota.duties if member.id in duty.members), says),
        ]
        for team, member in _members(told.task)
    ]
    return _Sheet("people", [*told.head("team", "member"), *told.day_names()], rows)


def _members(task: RotaTask) -> list[tuple[Team, Member]]:
    return [(team, member) for team in task.teams for member in team.members]


def _consultations(told: _Told) -> _Sheet:
    """Return a row a consultation; its times are parts of a day, as Excel keeps them."""
    task, t = told.task, told.t
    rows = []
    for duty in sorted(told.rota.duties, key=lambda duty: (duty.slot, duty.place, duty.visit)):
        place, teams = task.place_of(duty), task.teams_of(duty)
        way = max(
            int(task.office_travel[task.place_number(duty.place), task.team_of(member)])
            for member in duty.members
        )
        rows.append(
            [
                weekday_name(t, duty.slot.weekday),
                duty.slot.start / DAY,
                task.end_of(duty) / DAY,
                one_line(place.name),
                told.borough(place),
                "; ".join(one_line(team.name) for team in teams),
                "; ".join(labels_of(team, duty) for team in teams),
                languages_text(t, task.spoken_at(duty)),
                languages_text(t, task.missing_at(duty)),
                way,
            ]
        )
    names = ("weekday", "start", "end", "place", "borough", "team", "members", "spoken", "missing", "way")
    return _Sheet("consultations", told.head(*names), rows, (_TEXT, _TIME, _TIME, *(_TEXT,) * 6, _WHOLE))


def _teams(told: _Told) -> _Sheet:
    """Return a row a member: what may be used of the working time, and what is, in hours a week."""
    task, t = told.task, told.t
    spent: Counter[str] = Counter()
    turns: Counter[str] = Counter()
    for duty in told.rota.duties:
        for member in duty.members:
            spent[member] += load(task, task.place_number(duty.place), task.team_of(member))
            turns[member] += 1
    rows = [
        [
            one_line(team.name),
            one_line(member.label),
            languages_text(t, task.speaks(member.id)),
            ", ".join(weekday_name(t, day) for day in sorted(member.days_off)),
            turns[member.id],
            spent[member.id] / _HOUR,
            member.minutes / _HOUR,
            (member.minutes - spent[member.id]) / _HOUR,
        ]
        for team, member in _members(task)
    ]
    names = ("team", "member", "languages", "days_off", "consultations", "used", "allowed", "left")
    return _Sheet("teams", told.head(*names), rows, (*(_TEXT,) * 4, _WHOLE, _HOURS, _HOURS, _HOURS))


def _goals(told: _Told) -> _Sheet:
    """Return a row a goal, in the order of the task."""
    t, idle = told.t, idle_goals(told.task)

    def proven(goal: GoalResult) -> str:
        if goal.name in idle:
            return t(f"rota.goal.idle.{goal.name}")
        return t("data.answer.yes" if goal.proven else "data.answer.no")

    rows = [
        [
            rank,
            t(f"rota_files.goal.{goal.name}"),
            goal.value,
            t(f"rota_files.unit.{goal.name}"),
            goal.bound,
            proven(goal),
            goal.gap,
        ]
        for rank, goal in enumerate(told.rota.goals, start=1)
    ]
    names = ("rank", "goal", "value", "unit", "bound", "proven", "gap")
    return _Sheet("goals", told.head(*names), rows, (_WHOLE, _TEXT, _WHOLE, _TEXT, _WHOLE, _TEXT, _PERCENT))


def _changes(told: _Told, before: Plan) -> _Sheet:
    """Return a row a consultation that differs from the plan before, or one that says that none does."""
    t, task = told.t, told.task
    rows = [
        [t(f"rota_files.change.{one.kind}"), *map(one_line, change_parts(t, task, before[0], one))]
        for one in differences(before, (task, told.rota.duties))
    ]
    names = ("change", "place", "before", "after")
    return _Sheet("changes", told.head(*names), rows or [[t("rota.page.no_changes"), "", "", ""]])


def _access(told: _Told, shares: pd.DataFrame) -> _Sheet:
    """Return a row a borough: share of need with a consultation or an open office within reach."""
    days = [day for day in range(DAYS) if day in told.days or shares[day].max() > 0]
    columns = [*days, "late", "none"]
    rows = [
        [
            one_line(told.boroughs.get(str(key), str(key))),
            *(None if math.isnan(row[one]) else float(row[one]) for one in columns),
        ]
        for key, row in shares.to_dict("index").items()
    ]
    late = told.t("rota.map.late", clock=clock(told.task.rules.late_end))
    names = [*(weekday_name(told.t, day) for day in days), late, told.t("rota.map.never")]
    heads = [*told.head("borough"), *names]
    return _Sheet("access", heads, rows, (_TEXT, *(_PERCENT,) * len(columns)))


def _assumptions(told: _Told, assumptions: Sequence[str]) -> _Sheet:
    rows = [[number, printable(text)] for number, text in enumerate(assumptions, start=1)]
    return _Sheet("assumptions", told.head("number", "assumption"), rows, (_WHOLE, _TEXT))
