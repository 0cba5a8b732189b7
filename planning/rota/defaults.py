"""A first task for the week of a study area and a plan: what is known, and what has to be assumed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planning.access import open_sites
from planning.area import weekday_codes
from planning.errors import SettingError
from planning.rota.entries import Entries
from planning.rota.model import (
    STEP,
    WEEKDAYS,
    Member,
    Place,
    RotaTask,
    Rules,
    Slot,
    Team,
    Window,
)
from planning.rota.times import minutes_of, open_hours
from planning.rota.travel import TravelRule, estimate, on_foot
from planning.walking import join

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from planning.access import Distances
    from planning.area import StudyArea
    from planning.walking import Network

STAFF, POST_HOURS, POSTS = 4, 39, 1
"""Members of a team (a local article on Dortmund, 2024: "four Fachkräfte per office"), hours of a full-time
post (an assumption), and new posts for dependances for each office (Dortmund, 2023: seven for seven)."""
MEMBER_MINUTES = POSTS * POST_HOURS * 60 // STAFF
"""Working time of each member for dependances: the new posts shared evenly. An assumption."""
OFFICE_HOURS = (
    Window(0, 9 * 60, 12 * 60),
    Window(1, 13 * 60, 16 * 60),
    Window(3, 14 * 60, 17 * 60),
    Window(4, 9 * 60, 12 * 60),
)
"""Hours that two of Dortmund's seven offices published in 2018; others are assumed to be open alike."""
_SAME = {"Farsi": "Persisch"}


@dataclass(frozen=True)
class Assumption:
    """Something nobody has published; its words are ``rota.assumption.<code>``."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Week:
    """A task, and what is to be known of where it comes from.

    Parameters
    ----------
    addresses
        Where each place and office is, by id; empty where unknown.
    rule
        How ways are estimated.
    silent
        Offices without published opening hours, by id.
    missing
        Open dependances that no public source names.
    entries
        What somebody has entered; the task holds it already.
    """

    task: RotaTask
    addresses: Mapping[str, str]
    rule: TravelRule
    silent: tuple[str, ...] = ()
    missing: int = 0
    entries: Entries = field(default_factory=Entries)

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What the task still assumes; what somebody has entered since is no longer among it."""
        return tuple(_assumptions(self))


def first_week(
    area: StudyArea,
    rooms: Sequence[str],
    distances: Distances,
    network: Network,
    *,
    names: Mapping[str, str] | None = None,
    rule: TravelRule | None = None,
    rules: Rules | None = None,
) -> Week:
    """Return the task of an area's open dependances and the rooms of a plan.

    Parameters
    ----------
    rooms
        ``candidate_id`` of each room that is to open.
    distances, network
        Of this area; where its sites and candidates are on the paths is taken from them.
    names
        What people call the rooms, by ``candidate_id``; by default their names.

    Raises
    ------
    SettingError
        ``rota_no_office`` or ``rota_no_place``: there is nobody to go, or nowhere to go.
    """
    rule, rules = rule or TravelRule(), rules or Rules()
    sites = open_sites(area.sites)
    if not (sites["kind"] == "office").any():
        raise SettingError("rota_no_office")
    if not (sites["kind"] == "dependance").any() and not len(rooms):
        raise SettingError("rota_no_place")
    offices = sites[sites["kind"] == "office"]
    existing = sites[sites["kind"] == "dependance"]
    chosen = area.candidates.set_index("candidate_id", drop=False).loc[list(rooms)]
    places = (*_existing(existing), *_chosen(chosen, names or {}))
    teams = _teams(area, offices)
    site_at = {name: n for n, name in enumerate(distances.site_ids)}
    room_at = {name: n for n, name in enumerate(distances.candidate_ids)}
    here = join(
        distances.snapped_sites.take(_places_of(site_at, existing["site_id"])),
        distances.snapped_candidates.take(_places_of(room_at, rooms)),
    )
    there = distances.snapped_sites.take(_places_of(site_at, offices["site_id"]))
    spots = np.concatenate([_points(existing), _points(chosen)])
    walk, to_office = on_foot(network, here, here, rule), on_foot(network, here, there, rule)
    task = RotaTask(
        places, teams, estimate(walk, spots, spots, rule), estimate(to_office, spots, _points(offices), rule),
        walk, rules,
    )  # fmt: skip
    ids = [place.id for place in places] + [team.id for team in teams]
    rows = [row for table in (existing, chosen, offices) for row in table.to_dict("records")]
    where = (_text(row["address"]) or _text(row.get("street")) for row in rows)
    addresses = dict(zip(ids, where, strict=True))
    silent = tuple(
        str(row["site_id"]) for row in offices.to_dict("records") if not open_hours(_text(row["hours"]))
    )
    opened = 0 if area.programme is None else area.programme.opened
    running = sum(1 for place in places if place.fixed)
    return Week(task, addresses, rule, silent, max(opened - running, 0))


def _places_of(numbers: Mapping[str, int], ids: Iterable[str]) -> NDArray[np.intp]:
    return np.array([numbers[name] for name in ids], dtype=np.intp)


def _points(table: pd.DataFrame) -> Any:
    return table[["x", "y"]].to_numpy(dtype=np.float64).reshape(-1, 2)


def _text(cell: object) -> str:
    return "" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]


def _existing(sites: pd.DataFrame) -> tuple[Place, ...]:
    return tuple(_running(row) for row in sites.to_dict("records"))


def _running(row: Mapping[Hashable, Any]) -> Place:
    """Return a dependance that runs already; its slot is fixed where day and time are known."""
    place = Place(str(row["site_id"]), _text(row["name"]), _text(row["borough"]))
    start, end = minutes_of(row["time_from"]), minutes_of(row["time_to"])
    days = [
        WEEKDAYS.index(code) for code in _text(weekday_codes(row["weekday"])).split(";") if code in WEEKDAYS
    ]
    if start is None or end is None or not days or end <= start:
        return place
    slots = [Slot(day, start) for day in days]
    return replace(place, fixed=tuple(slots), length=end - start, visits=len(slots))


def _chosen(rooms: pd.DataFrame, names: Mapping[str, str]) -> tuple[Place, ...]:
    return tuple(
        Place(key := str(row["candidate_id"]), names.get(key, _text(row["name"])), _text(row["borough"]))
        for row in rooms.to_dict("records")
    )


def _teams(area: StudyArea, offices: pd.DataFrame) -> tuple[Team, ...]:
    boroughs = area.level("borough")["name"].to_dict()
    return tuple(
        Team(
            id=str(row["site_id"]),
            name=_text(row["name"]),
            members=tuple(
                Member(f"{row['site_id']}-{number}", str(number), MEMBER_MINUTES)
                for number in range(1, STAFF + 1)
            ),
            boroughs=served(_text(row["name"]), _text(row["borough"]), boroughs),
            languages=spoken(_text(row["languages"])),
            office_hours=open_hours(_text(row["hours"])) or OFFICE_HOURS,
        )
        for row in offices.to_dict("records")
    )


def spoken(text: str) -> tuple[str, ...]:
    """Return the languages of a list with ``;``, one name for each.

    >>> spoken("Deutsch; Farsi;")
    ('Deutsch', 'Persisch')
    """
    names = (one.strip() for one in text.split(";"))
    return tuple(dict.fromkeys(_SAME.get(name, name) for name in names if name))


def served(name: str, own: str, boroughs: Mapping[Hashable, str]) -> tuple[str, ...]:
    """Return the boroughs an office is in charge of: those its name lists, else the one it lies in.

    >>> served("Office North-West/East", "nw", {"nw": "North-West", "ne": "North-East", "s": "South"})
    ('nw', 'ne')
    """
    words = re.split(r"[\s/]+", name)
    listed = set(words)
    for one, other in pairwise(words):
        if "-" in one:
            listed.add(f"{one.rsplit('-', 1)[0]}-{other}")
    found = tuple(str(key) for key, label in boroughs.items() if label in listed)
    return found or ((own,) if own else ())


def _assumptions(week: Week) -> Iterator[Assumption]:
    places, teams, rules, rule = week.task.places, week.task.teams, week.task.rules, week.rule
    unknown = [one for one in places if not one.fixed and not one.windows]
    if unknown:
        yield Assumption("windows", {"count": len(unknown)})
    usual = sum(1 for team in teams if len(team.members) == STAFF)
    if usual:
        yield Assumption("staff", {"count": usual, "staff": STAFF})
    alike = sum(1 for team in teams for member in team.members if member.minutes == MEMBER_MINUTES)
    if alike:
        hours = {"count": alike, "hours": POST_HOURS, "minutes": MEMBER_MINUTES, "staff": STAFF}
        yield Assumption("hours", hours)
    staffed = sum(1 for team in teams if team.office_staff == Team.office_staff)
    if staffed:
        yield Assumption("office_staff", {"count": staffed, "staff": Team.office_staff})
    ways = {"walk": rule.walk_minutes, "ride": rule.ride_kmh, "transfer": rule.transfer_min, "step": STEP}
    yield Assumption("travel", ways)
    setup = "setup" if rules.setup_inside else "setup_around"
    yield Assumption(setup, {"setup": rules.setup, "clear": rules.clear})
    if not any(place.languages for place in places):
        yield Assumption("languages")
    silent = [team.name for team in teams if team.id in week.silent and team.office_hours == OFFICE_HOURS]
    if silent:
        yield Assumption("office_hours", {"offices": ", ".join(silent)})
    mute = [team.name for team in teams if not team.languages]
    if mute:
        yield Assumption("team_languages", {"offices": ", ".join(mute)})
    if week.missing:
        yield Assumption("unknown_dependances", {"count": week.missing})
