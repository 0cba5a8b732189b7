"""Everything that leaves a weekly plan: its record, a workbook, calendars and posters."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from planning.export.rota_calendar import file_stem, place_calendars, spoken_at, team_calendars
from planning.export.rota_workbook import rota_xlsx
from planning.render.rota_poster import poster_pdf
from planning.rota.record import record_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.rota.defaults import Week
    from planning.rota.model import Rota


def rota_files(
    week: Week,
    rota: Rota,
    t: Translator,
    *,
    area: StudyArea,
    date: dt.date,
    start: dt.date,
    until: dt.date,
    assumptions: Sequence[str],
) -> dict[str, bytes]:
    """Return the files of a weekly plan by name; the same input gives the same bytes.

    Parameters
    ----------
    date
        Day that is written on everything.
    start, until
        First and last day of the calendars.
    assumptions
        What is assumed, in words.
    """
    task = week.task
    boroughs = {str(key): str(name) for key, name in area.level("borough")["name"].items()}
    record = record_of(task, rota) | {
        "area": area.id,
        "date": date.isoformat(),
        "assumptions": [*assumptions],
    }
    files = {"rota.json": f"{json.dumps(record, ensure_ascii=False, indent=1)}\n".encode()}
    files["rota.xlsx"] = rota_xlsx(
        task, rota, t, area_name=area.name, date=date, addresses=week.addresses,
        assumptions=assumptions, boroughs=boroughs,
    )  # fmt: skip
    stamp = dt.datetime.combine(date, dt.time(), dt.UTC)
    for made in (team_calendars, place_calendars):
        found = made(
            task,
            rota,
            t,
            area_name=area.name,
            start=start,
            until=until,
            stamp=stamp,
            addresses=week.addresses,
        )
        files |= {f"{stem}.ics": content for stem, content in found.items()}
    for number, place in enumerate(task.places, start=1):
        own = [duty for duty in rota.duties if duty.place == place.id]
        length = task.length_of(number - 1)
        languages = sorted({one for duty in own for one in spoken_at(task, duty)})
        stem = file_stem(t, "place", number, place.name)
        files[f"{stem}.pdf"] = poster_pdf(
            t, place_name=place.name, address=week.addresses.get(place.id, ""),
            duties=[(duty.slot.weekday, duty.slot.start, duty.slot.start + length) for duty in own],
            languages=languages, area_name=area.name, date=date,
        )  # fmt: skip
    return files
