"""Everything that leaves a weekly plan: its record, a workbook, calendars and posters."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from planning.export.rota_calendar import Span, file_stem, place_calendars, team_calendars
from planning.export.rota_workbook import rota_xlsx
from planning.export.tables import csv_bytes
from planning.render.rota_map import access_frame, borough_shares
from planning.render.rota_poster import poster_pdf
from planning.rota.record import RECORD, record_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.rota.defaults import Week
    from planning.rota.model import Rota
    from planning.rota.open_days import OpenDays


_YEAR = 365


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
    """
    task = week.task
    boroughs = {str(key): str(name) for key, name in area.level("borough")["name"].items()}
    record = record_bytes(task, rota, area=area.id, date=date.isoformat(), assumptions=[*assumptions])
    files = {RECORD: record}
    files["rota.xlsx"] = rota_xlsx(
        task, rota, t, area_name=area.name, date=date, addresses=week.addresses,
        assumptions=assumptions, boroughs=boroughs,
        shares=None if days is None or need is None else borough_shares(area, days, need),
    )  # fmt: skip
    if days is not None:
        files[f"{t('rota_files.file.access')}.csv"] = csv_bytes(access_frame(area, t, days), t)
    begin = start or date
    last = until or begin + dt.timedelta(days=_YEAR)
    span = Span(area.name, begin, last, dt.datetime.combine(date, dt.time(), dt.UTC), week.addresses)
    for made in (team_calendars, place_calendars):
        files |= {f"{stem}.ics": content for stem, content in made(task, rota, t, span).items()}
    for number, place in enumerate(task.places, start=1):
        own = [duty for duty in rota.duties if duty.place == place.id]
        length = task.length_of(number - 1)
        languages = sorted({one for duty in own for one in task.spoken_at(duty)})
        stem = file_stem(t, "place", number, place.name)
        files[f"{stem}.pdf"] = poster_pdf(
            t, place_name=place.name, address=week.addresses.get(place.id, ""),
            duties=[(duty.slot.weekday, duty.slot.start, duty.slot.start + length) for duty in own],
            languages=languages, area_name=area.name, date=date,
        )  # fmt: skip
    return files
