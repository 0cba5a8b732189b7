"""How long the ways of a weekly plan take: on foot where it is near, else by a stated rule or a table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planning.errors import Fault, UploadError
from planning.rota.model import STEP
from planning.walking import walking_distances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planning.rota.model import RotaTask
    from planning.walking import Network, Snapped

_WALK_LIMIT_M = 6000.0
_LONGEST_MIN = 24 * 60
_SAME_M = 1.0


@dataclass(frozen=True)
class TravelRule:
    """How ways are estimated.

    Parameters
    ----------
    walk_minutes
        Up to so many minutes on foot people walk.
    walk_kmh
        Walking speed.
    ride_kmh, transfer_min, detour
        Beyond: straight-line distance times ``detour`` at this speed, plus minutes to get there, wait and
        change. An assumption, not a timetable.
    """

    walk_minutes: float = 20.0
    walk_kmh: float = 4.5
    ride_kmh: float = 18.0
    transfer_min: float = 10.0
    detour: float = 1.3


def on_foot(network: Network, here: Snapped, there: Snapped, rule: TravelRule) -> NDArray[np.float64]:
    """Return minutes on foot, shape ``(here, there)``; ``inf`` beyond 6 km or without a way."""
    metres = walking_distances(network, there, here, _WALK_LIMIT_M)
    return np.asarray(metres, dtype=np.float64) * 60 / (rule.walk_kmh * 1000)


def estimate(
    walk: NDArray[np.float64], here: NDArray[np.float64], there: NDArray[np.float64], rule: TravelRule
) -> NDArray[np.int64]:
    """Return minutes of way, rounded up to :data:`planning.rota.model.STEP`.

    Parameters
    ----------
    walk
        ``(here, there)`` minutes on foot, ``inf`` where there is no way.
    here, there
        ``(n, 2)`` and ``(m, 2)`` points in metres.
    """
    metres = np.hypot(*(here[:, None, :] - there[None, :, :]).transpose(2, 0, 1)) * rule.detour
    ride = rule.transfer_min + metres * 60 / (rule.ride_kmh * 1000)
    minutes = np.where(walk <= rule.walk_minutes, walk, ride)
    return stepped(np.where(metres < _SAME_M, 0.0, minutes))


def stepped(minutes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return minutes rounded up to the grid of all times."""
    return (np.ceil(np.round(minutes, 6) / STEP) * STEP).astype(np.int64)


def with_ways(task: RotaTask, ways: Mapping[tuple[str, str], int]) -> RotaTask:
    """Return a task in which given ways (minutes, by pairs of ids) take the place of estimated ones.

    A way between an office and a place counts as given from the office to the place.
    """
    places, teams = [place.id for place in task.places], [team.id for team in task.teams]

    def table(pairs: list[list[tuple[str, str]]], old: NDArray[np.int64]) -> NDArray[np.int64]:
        wanted = np.array([[ways.get(pair, -1) for pair in row] for row in pairs], dtype=np.int64)
        return np.where(wanted.reshape(old.shape) >= 0, wanted.reshape(old.shape), old)

    between = [[(one, other) for other in places] for one in places]
    from_office = [[(team, one) for team in teams] for one in places]
    return replace(
        task,
        travel=table(between, task.travel),
        office_travel=table(from_office, task.office_travel),
    )


def differing_ways(task: RotaTask, ways: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Return the given ways, there and back, of pairs for which they change something in a task."""
    changed = with_ways(task, ways)
    places, teams = [place.id for place in task.places], [team.id for team in task.teams]
    between = np.argwhere(changed.travel != task.travel)
    to_office = np.argwhere(changed.office_travel != task.office_travel)
    pairs = {frozenset((places[one], places[other])) for one, other in between}
    pairs |= {frozenset((places[place], teams[team])) for place, team in to_office}
    known = {*places, *teams}
    return {
        pair: minutes
        for pair, minutes in ways.items()
        if frozenset(pair) in pairs or not known.issuperset(pair)  # those of others wait
    }


def read_travel(content: bytes, ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """Read a table of ways: columns ``from``, ``to``, ``minutes``; a way back that is not given is the same.

    Parameters
    ----------
    content
        CSV in UTF-8, separated by ``;`` or ``,``.
    ids
        Known places and offices.

    Raises
    ------
    UploadError
        Columns are missing, an id is unknown or minutes are no number from 0 to 1440; all faults together.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UploadError("rota_travel_not_text") from error
    head = text.split("\n", 1)[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",")
    missing = {"from", "to", "minutes"} - {(name or "").strip() for name in rows.fieldnames or ()}
    if missing:
        raise UploadError("rota_travel_columns", columns=", ".join(sorted(missing)))
    known, found, faults = set(ids), {}, []
    for number, row in enumerate(rows, start=2):
        one, other = (row["from"] or "").strip(), (row["to"] or "").strip()
        faults += [
            Fault("rota_travel_unknown", "travel", number, name, {"value": value})
            for name, value in (("from", one), ("to", other))
            if value not in known
        ]
        try:
            minutes = float((row["minutes"] or "").strip().replace(",", "."))
        except ValueError:
            minutes = np.nan
        if not 0 <= minutes <= _LONGEST_MIN:
            fault = Fault("rota_travel_minutes", "travel", number, "minutes", {"value": row["minutes"]})
            faults.append(fault)
            continue
        if one != other:  # a whole table has a diagonal, too
            found[one, other] = int(stepped(np.array(minutes)))
    if faults:
        raise UploadError("rota_travel_rows", faults=tuple(faults))
    return {(other, one): minutes for (one, other), minutes in found.items()} | found


def travel_csv(task: RotaTask) -> bytes:
    """Return the ways of a task as the table that :func:`read_travel` reads, each pair once."""
    places, teams = [place.id for place in task.places], [team.id for team in task.teams]
    rows = [
        (one, other, int(task.travel[row, row + 1 + column]))
        for row, one in enumerate(places)
        for column, other in enumerate(places[row + 1 :])
    ]
    rows += [
        (team, place, int(task.office_travel[row, column]))
        for row, place in enumerate(places)
        for column, team in enumerate(teams)
    ]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(("from", "to", "minutes"))
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8-sig")
