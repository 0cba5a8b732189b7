"""What a person knows of rooms, teams and persons: tables made of a task, and a task made of tables.

Nothing here draws. Each table has the ids as its index; a cell that is not understood is told as a doubt and
counts as if it had been left as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from planning.render.rota_words import short_names
from planning.rota import GOALS, STEP, WEEKDAYS, Member, Slot
from planning.rota.change import without_place
from planning.rota.defaults import spoken
from planning.rota.entries import COLUMNS, RULES, plain, short
from planning.rota.model import DAY, clock
from planning.rota.times import minutes_of, read_times
from planning.rota.travel import with_ways

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from planning.i18n import Translator
    from planning.rota import Place, RotaTask, Team, Window
    from planning.rota.entries import Entries

_HOUR, _PERCENT, _MOST_NAMED = 60, 100, 8


@dataclass(frozen=True, eq=False)
class Entered:
    """A task as the entries say, what of them is not understood, and ids in them that it does not have."""

    task: RotaTask
    doubts: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


def times_text(t: Translator, windows: tuple[Window, ...]) -> str:
    """Return spans of time as they are entered, such as ``Mo 09:00-12:00; Di 13:00-17:00``."""
    return "; ".join(
        f"{t(f'rota.day.{WEEKDAYS[one.weekday]}')} {clock(one.start)}-{clock(one.end)}" for one in windows
    )


def rooms_frame(t: Translator, task: RotaTask) -> pd.DataFrame:
    """Return the table of rooms: a row a place."""
    first = [next(iter((*place.fixed, *place.pinned)), None) for place in task.places]
    return pd.DataFrame(
        {
            "name": [place.name for place in task.places],
            "times": [times_text(t, place.windows) for place in task.places],
            "weekday": ["" if slot is None else WEEKDAYS[slot.weekday] for slot in first],
            "start": ["" if slot is None else clock(slot.start) for slot in first],
            "never": [times_text(t, place.forbidden) for place in task.places],
            "on": [True for _ in task.places],
            "visits": pd.array([place.visits for place in task.places], dtype="Int64"),
            "languages": ["; ".join(place.languages) for place in task.places],
        },
        index=[place.id for place in task.places],
    )


def teams_frame(t: Translator, task: RotaTask) -> pd.DataFrame:
    """Return the table of teams: a row an office."""
    return pd.DataFrame(
        {
            "name": [*short_names(task).values()],
            "staff": pd.array([len(team.members) for team in task.teams], dtype="Int64"),
            "hours": [team.members[0].minutes / _HOUR if team.members else 0.0 for team in task.teams],
            "office": pd.array([team.office_staff for team in task.teams], dtype="Int64"),
            "open": [times_text(t, team.office_hours) for team in task.teams],
            "languages": ["; ".join(team.languages) for team in task.teams],
        },
        index=[team.id for team in task.teams],
    )


def people_frame(task: RotaTask) -> pd.DataFrame:
    """Return the table of persons: a row a member, by team."""
    short = short_names(task)
    rows = [(team, member) for team in task.teams for member in team.members]
    return pd.DataFrame(
        {
            "team": [short[team.id] for team, _ in rows],
            "person": [member.label for _, member in rows],
            "off": [[WEEKDAYS[day] for day in member.days_off] for _, member in rows],
            "languages": ["; ".join(member.languages) for _, member in rows],
        },
        index=[member.id for _, member in rows],
    )


def goals_frame(t: Translator, task: RotaTask) -> pd.DataFrame:
    """Return the table of goals with their ranks."""
    ranks = [task.goals.index(name) + 1 if name in task.goals else None for name in GOALS]
    return pd.DataFrame(
        {"rank": pd.array(ranks, dtype="Int64"), "goal": [t(f"rota_files.goal.{name}") for name in GOALS]},
        index=list(GOALS),
    )


def with_rooms(t: Translator, task: RotaTask, rooms: pd.DataFrame) -> Entered:
    """Return a task with the rooms as a table says; those without a tick are left out."""
    doubts: list[str] = []
    rows = rooms.to_dict("index")
    places = tuple(
        _place(
            t, place, rows[place.id], doubts if rows[place.id]["on"] else [], task.length_of(number)
        )
        for number, place in enumerate(task.places)
    )  # fmt: skip
    changed = replace(task, places=places)
    for place in places:
        if not bool(rows[place.id]["on"]):
            changed = without_place(changed, place.id)
    return Entered(changed, tuple(doubts))


def with_teams(t: Translator, task: RotaTask, teams: pd.DataFrame) -> Entered:
    """Return a task with the teams as a table says."""
    doubts: list[str] = []
    rows = teams.to_dict("index")
    groups = tuple(_team(t, team, rows[team.id], doubts) for team in task.teams)
    return Entered(replace(task, teams=groups), tuple(doubts))


def with_people(task: RotaTask, people: pd.DataFrame) -> RotaTask:
    """Return a task with days off and languages of persons as a table says."""
    rows = people.to_dict("index")

    def changed(member: Member) -> Member:
        row = rows[member.id]
        off = [] if not isinstance(row["off"], list | tuple) else row["off"]
        days = tuple(day for day, code in enumerate(WEEKDAYS) if code in off)
        return replace(member, days_off=days, languages=_languages(row["languages"]))

    teams = tuple(replace(team, members=tuple(map(changed, team.members))) for team in task.teams)
    return replace(task, teams=teams)


def with_goals(task: RotaTask, goals: pd.DataFrame) -> RotaTask:
    """Return a task with the goals that have a rank, in its order; equal ranks in the usual order."""
    ranks = {name: rank for name, rank in goals["rank"].items() if not pd.isna(rank)}
    order = tuple(sorted((name for name in GOALS if name in ranks), key=lambda name: int(ranks[name])))
    return replace(task, goals=order)


def rule_values(task: RotaTask) -> dict[str, Any]:
    """Return the rules that hold for all as they are entered."""
    rules = task.rules
    same = {
        name: getattr(rules, name)
        for name in ("length", "setup", "clear", "setup_inside", "max_travel", "mixed")
    }
    other = {
        "neighbour": round(rules.neighbour_minutes),
        "late_end": rules.late_end // _HOUR,
        "late_share": round(rules.late_share * _PERCENT),
    }
    return {name: (same | other)[name] for name in RULES}


def with_rule_values(task: RotaTask, values: Mapping[str, Any]) -> RotaTask:
    """Return a task with rules as they were entered; minutes are rounded down to the grid of all times."""
    minutes = {name: values[name] // STEP * STEP for name in ("length", "setup", "clear", "max_travel")}
    rules = replace(
        task.rules,
        **minutes,
        setup_inside=values["setup_inside"],
        mixed=values["mixed"],
        neighbour_minutes=float(values["neighbour"]),
        late_end=min(values["late_end"] * _HOUR, DAY),
        late_share=values["late_share"] / _PERCENT,
    )
    return replace(task, rules=rules)


def overlaid(fresh: pd.DataFrame, rows: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return a table with the cells that were entered for its ids."""
    cells = {
        column: [rows.get(str(key), {}).get(column, value) for key, value in fresh[column].items()]
        for column in fresh.columns
    }
    return pd.DataFrame(cells, index=fresh.index, dtype=object).astype(fresh.dtypes.to_dict())


def differing(name: str, fresh: pd.DataFrame, shown: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the cells in which a table that was edited differs from a fresh one; all rows of it, in order.

    A text that was emptied is an empty text; a number that is needed and was emptied counts as untouched.
    """
    kinds = COLUMNS[name]
    was, found = fresh.to_dict("index"), {}
    for key, row in shown[list(kinds)].to_dict("index").items():
        cells = {column: _cell(kind.name, row[column]) for column, kind in kinds.items()}
        found[str(key)] = {
            column: value
            for column, value in cells.items()
            if value != _cell(kinds[column].name, was[key][column])
            and (value is not None or kinds[column].empty)
        }
    return found


def _cell(kind: str, value: Any) -> Any:
    known = plain(value)
    if known is None:
        return {"text": "", "option": "", "days": []}.get(kind)
    return known


def compose(
    t: Translator,
    task: RotaTask,
    table: Callable[[str, pd.DataFrame], pd.DataFrame],
    rules: Callable[[dict[str, Any]], Mapping[str, Any]],
) -> Entered:
    """Return a task with everything but ways as it is entered; the page and a file compose it alike.

    Parameters
    ----------
    table
        Gives the table of a name as it was entered, from a fresh one.
    rules
        Gives the rules that hold for all, from the usual ones.
    """
    task = with_rule_values(task, rules(rule_values(task)))  # first: what is set depends on the length
    placed = with_rooms(t, task, table("rooms", rooms_frame(t, task)))
    manned = with_teams(t, placed.task, table("teams", teams_frame(t, placed.task)))
    task = with_people(manned.task, table("people", people_frame(manned.task)))
    task = with_goals(task, table("goals", goals_frame(t, task)))
    return Entered(task, (*placed.doubts, *manned.doubts))


def with_entries(t: Translator, task: RotaTask, entries: Entries) -> Entered:
    """Return a task with all that was entered; rows and ways of others than its places and teams wait."""
    strange: set[str] = set()

    def table(name: str, fresh: pd.DataFrame) -> pd.DataFrame:
        rows = entries.tables.get(name, {})
        strange.update(set(rows) - set(fresh.index))
        return overlaid(fresh, rows)

    known = {*(one.id for one in task.places), *(one.id for one in task.teams)}
    made = compose(t, task, table, lambda usual: usual | dict(entries.rules))
    strange.update(name for pair in entries.ways for name in pair if name not in known)
    return replace(made, task=with_ways(made.task, entries.ways), strange=tuple(sorted(strange)))


def strange_text(t: Translator, names: Sequence[str]) -> str:
    """Say which ids of entries wait for a week that has them."""
    more = len(names) - _MOST_NAMED
    told = [*map(short, names[:_MOST_NAMED]), *([t("rota.page.more", count=more)] if more > 0 else [])]
    return t("rota.page.entries_strange", names="; ".join(told))


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value).strip()


def _whole(value: Any) -> int:
    return 0 if value is None or pd.isna(value) else int(value)


def _languages(value: Any) -> tuple[str, ...]:
    return spoken(_text(value).replace(",", ";"))


def _windows(
    t: Translator, name: str, text: str, was: tuple[Window, ...], doubts: list[str]
) -> tuple[Window, ...]:
    """Return the spans of time of a cell; where it is not understood, those from before."""
    found = read_times(text)
    if found.complete or not text:
        return found.windows
    doubts.append(t("rota.page.not_times", name=name, text=text))
    return was


def _place(t: Translator, place: Place, row: Mapping[Hashable, Any], doubts: list[str], length: int) -> Place:
    changed = replace(
        place,
        languages=_languages(row["languages"]),
        windows=_windows(t, place.name, _text(row["times"]), place.windows, doubts),
        forbidden=_windows(t, place.name, _text(row["never"]), place.forbidden, doubts),
        visits=max(_whole(row["visits"]), 1),
    )
    return _pinned(t, changed, _text(row["weekday"]), _text(row["start"]), doubts, length)


def _pinned(t: Translator, place: Place, day: str, clock_text: str, doubts: list[str], length: int) -> Place:
    """Return a place with the slot that was asked for; a running one that was not changed stays fixed."""
    start = minutes_of(clock_text)
    first, others = place.fixed[:1] or place.pinned[:1], place.fixed[1:]
    if not day and not clock_text:
        return replace(place, fixed=others, pinned=place.pinned if place.fixed else place.pinned[1:])
    is_odd = start is None or not day or (start % STEP and Slot(WEEKDAYS.index(day), start) not in first)
    if is_odd or start is None or start + length > DAY:
        doubts.append(t("rota.page.not_pin", name=place.name, grid=STEP))
        return place
    wanted = Slot(WEEKDAYS.index(day), start)
    if wanted in first:
        return place
    kept = place.pinned if place.fixed else place.pinned[1:]
    return replace(place, fixed=others, pinned=(wanted, *kept))


def _team(t: Translator, team: Team, row: Mapping[Hashable, Any], doubts: list[str]) -> Team:
    staff = _whole(row["staff"])
    minutes = 0 if _text(row["hours"]) == "" else round(float(row["hours"]) * _HOUR)
    members = tuple(Member(f"{team.id}-{number}", str(number), minutes) for number in range(1, staff + 1))
    return replace(
        team,
        members=members,
        office_staff=_whole(row["office"]),
        office_hours=_windows(t, team.name, _text(row["open"]), team.office_hours, doubts),
        languages=_languages(row["languages"]),
    )
