"""Everything that leaves a weekly plan: its record, a workbook, calendars and posters."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

from planning.export.plan import write_plan
from planning.export.rota_calendar import Span, file_stem, place_calendars, team_calendars
from planning.export.rota_workbook import rota_xlsx
from planning.export.tables import csv_bytes
from planning.render.labels import public_name
from planning.render.rota_map import access_frame, borough_shares
from planning.render.rota_poster import poster_pdf
from planning.rota.entries import entries_record
from planning.rota.record import RECORD, record_bytes
from planning.scenarios.reading import LIMIT_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.rota.change import Plan
    from planning.rota.defaults import Week
    from planning.rota.model import Rota
    from planning.rota.open_days import OpenDays


_YEAR = 365
_OWN = re.compile(r"[a-z0-9][a-z0-9-]*\.(ics|pdf|csv|xlsx|json)")


def rota_files(
    week: Week,
    rota: Rota,
    t: Translator,
    *,
    area: StudyArea,
    date: dt.date,
    start: dt.date | None = None,
    until: dt.date | None = None,
    assumptions: Sequence[str],
    need: NDArray[np.float64] | None = None,
    days: OpenDays | None = None,
    before: Plan | None = None,
) -> dict[str, bytes]:
    """Return the files of a weekly plan by name; the same input gives the same bytes.

    Parameters
    ----------
    date
        Day that is written on everything.
    start, until
        First and last day of the calendars; by default the day that is written and a year later.
    assumptions
        What is assumed, in words.
    need, days
        Need of each cell and what the week offers it, for the sheet and the table of access; without them
        there are none.
    before
        The plan of which little was to change, for the sheet of changes.
    """
    task = week.task
    boroughs = {str(key): str(name) for key, name in area.level("borough")["name"].items()}
    files = {}
    files["rota.xlsx"] = rota_xlsx(
        task, rota, t, area_name=area.name, date=date, addresses=week.addresses,
        assumptions=assumptions, boroughs=boroughs,
        shares=None if days is None or need is None else borough_shares(area, days, need),
        before=before,
    )  # fmt: skip
    if days is not None:
        files[f"{t('rota_files.file.access')}.csv"] = csv_bytes(access_frame(area, t, days), t)
    begin = start or date
    last = until or begin + dt.timedelta(days=_YEAR)
    span = Span(area.name, begin, last, dt.datetime.combine(date, dt.time(), dt.UTC), week.addresses)
    for made in (team_calendars, place_calendars):
        files |= {f"{stem}.ics": content for stem, content in made(task, rota, t, span).items()}
    rooms = area.candidates.set_index("candidate_id", drop=False)
    for number, place in enumerate(task.places, start=1):
        known = place.id in rooms.index
        name = public_name(t, rooms.loc[place.id]) if known else place.name
        stem = file_stem(t, "place", number, place.name)
        files[f"{stem}.pdf"] = _poster(week, rota, t, number - 1, name, area_name=area.name, date=date)
    names = sorted([RECORD, *files])
    told: dict[str, Any] = {
        "area": area.id,
        "date": date.isoformat(),
        "assumptions": [*assumptions],
        "files": names,
    }
    if week.entries:
        told["entries"] = entries_record(week.entries)
    return {RECORD: record_bytes(task, rota, **told), **files}


def _poster(
    week: Week, rota: Rota, t: Translator, number: int, name: str, *, area_name: str, date: dt.date
) -> bytes:
    task, place = week.task, week.task.places[number]
    own = [duty for duty in rota.duties if duty.place == place.id]
    teams = dict.fromkeys(team.name for duty in own for team in task.teams_of(duty))
    return poster_pdf(
        t, place_name=name, address=week.addresses.get(place.id, ""),
        duties=[(duty.slot.weekday, duty.slot.start, task.end_of(duty)) for duty in own],
        languages=sorted({one for duty in own for one in task.spoken_at(duty)}),
        area_name=area_name, date=date,
        note=t("rota_files.poster.who", teams=", ".join(teams)) if teams else "",
    )  # fmt: skip


def write_week(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a week; those that an earlier week left in the folder and are no more go.

    Raises
    ------
    OutputError
        As :func:`planning.export.plan.write_plan`; nothing has changed then.
    """
    before = _earlier(folder / RECORD)
    write_plan(folder, files)
    for name in before - files.keys():
        (folder / name).unlink(missing_ok=True)


def _earlier(path: Path) -> frozenset[str]:
    """Return the names of the files that an earlier week says it wrote beside itself."""
    try:
        with path.open("rb") as stream:
            told = json.loads(stream.read(LIMIT_BYTES))["files"]
        names = {name for name in told if isinstance(name, str)}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return frozenset()
    return frozenset(name for name in names if _OWN.fullmatch(name))
