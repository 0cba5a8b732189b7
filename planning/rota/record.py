"""A weekly plan as plain values that can be written as JSON, and last week's plan read back."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from planning.errors import Fault, UploadError
from planning.rota.goals import idle_goals
from planning.rota.model import DAY, WEEKDAYS, Duty, Member, Place, RotaTask, Slot, Team, Window, clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.rota.model import Rota

T = TypeVar("T")
RECORD = "rota.json"
"""Name of the file of a weekly plan."""
FORMAT, VERSION = "dependance-rota", 1


def record_of(task: RotaTask, rota: Rota) -> dict[str, Any]:
    """Return task and plan as plain values; infinite walks are ``null``."""
    values, idle = asdict(task), idle_goals(task)
    for name in ("travel", "office_travel"):
        values[name] = getattr(task, name).tolist()
    values["walk"] = [
        [round(one, 2) if math.isfinite(one) else None for one in row] for row in task.walk.tolist()
    ]
    values.pop("last")
    return {
        "format": FORMAT,
        "version": VERSION,
        "status": rota.status,
        "goals": [asdict(one) | {"idle": one.name in idle} for one in rota.goals],
        "duties": [_duty(task, duty) for duty in rota.duties],
        "task": values,
    }


def record_bytes(task: RotaTask, rota: Rota, **more: Any) -> bytes:
    """Return the file of a plan, with further members."""
    return f"{json.dumps(record_of(task, rota) | more, ensure_ascii=False, indent=1)}\n".encode()


def _duty(task: RotaTask, duty: Duty) -> dict[str, Any]:
    return {
        "place": duty.place,
        "visit": duty.visit,
        "weekday": WEEKDAYS[duty.slot.weekday],
        "from": clock(duty.slot.start),
        "to": clock(task.end_of(duty)),
        "members": list(duty.members),
    }


def read_duties(content: bytes) -> tuple[Duty, ...]:
    """Read the consultations of a plan that :func:`record_of` made; errors as for :func:`_rows`."""
    return _rows(content, _read_duty)


def read_plan(content: bytes) -> tuple[RotaTask, tuple[Duty, ...]]:
    """Read a plan with what is needed to tell it: places, lengths, teams and people; no ways.

    Errors as for :func:`_rows`.
    """
    duties, slots = read_duties(content), read_slots(content)
    try:
        told = json.loads(content)["task"]
        names = {str(one["id"]): str(one["name"]) for one in told["places"]}
        teams = tuple(
            Team(
                str(team["id"]),
                str(team["name"]),
                tuple(Member(str(one["id"]), str(one["label"]), 0) for one in team["members"]),
            )
            for team in told["teams"]
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise UploadError("rota_file_unreadable") from error
    places = tuple(
        Place(place, names.get(place, place), length=windows[0].end - windows[0].start)
        for place, windows in slots.items()
    )
    ways = np.zeros((len(places), len(places)), dtype=np.int64)
    to_office = np.zeros((len(places), len(teams)), dtype=np.int64)
    task = RotaTask(places, teams, ways, to_office, np.full(ways.shape, np.inf))
    return task, duties


def read_slots(content: bytes) -> dict[str, tuple[Window, ...]]:
    """Read when each place of such a plan is open, by its id; errors as for :func:`_rows`."""
    found: dict[str, list[Window]] = {}
    for place, window in _rows(content, _read_slot):
        found.setdefault(place, []).append(window)
    return {place: tuple(sorted(windows)) for place, windows in found.items()}


def slots_bytes(content: bytes) -> bytes:
    """Return what such a plan says of places and times, without who goes; errors as for :func:`_rows`."""
    duties = [
        {"place": place, "weekday": WEEKDAYS[one.weekday], "from": clock(one.start), "to": clock(one.end)}
        for place, windows in read_slots(content).items()
        for one in windows
    ]
    told = {"format": FORMAT, "version": VERSION, "duties": duties}
    return f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode()


def _rows(content: bytes, read: Callable[[Any], T]) -> tuple[T, ...]:
    """Read the consultations of a plan that :func:`record_of` made, one after the other.

    Raises
    ------
    UploadError
        ``rota_file_unreadable`` if it is not such a file, ``rota_file_faulty`` with every faulty entry.
    """
    try:
        record = json.loads(content)
        rows = record["duties"]
        known = record["format"] == FORMAT and record["version"] == VERSION and isinstance(rows, list)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UploadError("rota_file_unreadable") from error
    if not known:
        raise UploadError("rota_file_unreadable")
    found, faults = [], []
    for number, row in enumerate(rows, start=1):
        try:
            found.append(read(row))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            faults.append(Fault("rota_duty_faulty", "duties", number))
    if faults:
        raise UploadError("rota_file_faulty", faults=tuple(faults))
    return tuple(found)


def _minutes(text: Any) -> int:
    hours, minutes = str(text).split(":")
    return int(hours) * 60 + int(minutes)


def _read_slot(row: Any) -> tuple[str, Window]:
    start, end = _minutes(row["from"]), _minutes(row["to"])
    if not 0 <= start < end <= DAY:
        raise ValueError(start)
    return str(row["place"]), Window(WEEKDAYS.index(row["weekday"]), start, end)


def _read_duty(row: Any) -> Duty:
    start = _minutes(row["from"])
    members = tuple(str(one) for one in row["members"])
    if not 0 <= start < DAY or isinstance(row["members"], str):
        raise ValueError(start)
    return Duty(str(row["place"]), int(row["visit"]), Slot(WEEKDAYS.index(row["weekday"]), start), members)
