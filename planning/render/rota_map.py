"""The week on the map: where a consultation is within reach on how many weekdays, or on one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.need import cell_need
from planning.render.classes import Classes, ramp_colors
from planning.render.indicators import CELL, Choropleth
from planning.render.labels import as_of
from planning.render.rota_words import weekday_name
from planning.rota.open_days import week_shares

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.rota import Duty, RotaTask
    from planning.rota.open_days import OpenDays

WORKDAYS = 5
_OUT, _IN = "#f3b27a", "#2c7fb8"


def days_layer(
    area: StudyArea, t: Translator, found: OpenDays, day: int | None, *, offices: bool = False
) -> Choropleth:
    """Return the layer of cells by number of weekdays, or by whether one weekday is within reach.

    Parameters
    ----------
    day
        0 (Monday) to 6; ``None`` counts the weekdays.
    offices
        Whether open offices count, for the words.
    """
    days = found.days if day is None else found.open[:, day].astype(np.int64)
    more = "_offices" if offices else ""
    title, unit = t(f"rota.map.title{more}"), t("rota.map.unit")
    most = int(days.max(initial=0))
    labels = tuple(map(t.number, range(most + 1)))
    colors = (_OUT, *ramp_colors("blues", most + 1)[1:])  # the lightest is too close to the base map
    if day is not None:
        title, unit = t(f"rota.map.day{more}", weekday=weekday_name(t, day)), t("rota.map.unit_day")
        labels, colors = (t("rota.map.shut"), t("rota.map.open")), (_OUT, _IN)
    layer = area.layer("cells")
    return Choropleth(
        title, unit, as_of(t, layer.year), layer.source, CELL, days.astype(np.float64), 0,
        Classes((), colors, labels, days), categorical=True,
    )  # fmt: skip


def open_on(
    area: StudyArea, task: RotaTask, duties: Collection[Duty], day: int | None, *, offices: bool = False
) -> StudyArea:
    """Return an area with the places of a week, and offices if they count: all, or those of a weekday."""
    wanted = {duty.place for duty in duties if day is None or duty.slot.weekday == day}
    wanted |= {
        team.id
        for team in (task.teams if offices else ())
        if day is None or any(window.weekday == day for window in team.office_hours)
    }
    sites, rooms = area.sites, area.candidates
    return replace(
        area,
        sites=sites[sites["site_id"].isin(wanted)],
        candidates=rooms[rooms["candidate_id"].isin(wanted)],
    )


def days_table(t: Translator, found: OpenDays, need: NDArray[np.float64]) -> pd.DataFrame:
    """Return what share of need has a consultation within reach on how many weekdays."""
    shares = week_shares(found, need).by_days
    most = max((number for number, share in enumerate(shares) if share > 0), default=0)
    return pd.DataFrame(
        {
            t("rota.map.title"): [*range(most + 1)],
            t("rota.map.share"): [t.share(share, 1) for share in shares[: most + 1]],
        }
    )


def borough_shares(area: StudyArea, found: OpenDays, need: NDArray[np.float64]) -> pd.DataFrame:
    """Return shares (0-1) of each borough's need: a column a weekday, one for late, one without any.

    Index: keys of boroughs; columns ``0`` to ``6``, ``late`` and ``none``; ``nan`` without need.
    """
    keys = area.cells["borough"].to_numpy()
    rows = {}
    for key in area.level("borough").index:
        here = keys == key
        part = type(found)(found.open[here], found.late[here])
        shares = week_shares(part, need[here])
        rows[key] = [*shares.by_weekday, shares.late, shares.by_days[0]]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*range(7), "late", "none"])


def access_frame(area: StudyArea, t: Translator, found: OpenDays) -> pd.DataFrame:
    """Return what the week offers each cell: on which weekdays, on how many, and whether late; 1 is yes."""
    names = {"cell": "cell_id", "x": "x", "y": "y"}
    table = {t(f"rota_files.column.{key}"): area.cells[name].to_numpy() for key, name in names.items()}
    table |= {weekday_name(t, day): found.open[:, day].astype(int) for day in range(7)}
    table[t("rota_files.column.days")] = found.days
    table[t("rota_files.column.late")] = found.late.astype(int)
    return pd.DataFrame(table)


def borough_table(
    area: StudyArea, t: Translator, found: OpenDays, scenario: Scenario, late: str
) -> pd.DataFrame:
    """Return :func:`borough_shares` in words, with the names of boroughs; ``late`` is a time of day."""
    shares = borough_shares(area, found, cell_need(area.cells, scenario.need_weights))
    days = [day for day in range(7) if day < WORKDAYS or shares[day].max() > 0]
    told = {area.level_names["borough"][t.language]: area.level("borough")["name"].to_numpy()}
    told |= {weekday_name(t, day): [t.share(share, 1) for share in shares[day]] for day in days}
    told[t("rota.map.late", clock=late)] = [t.share(share, 1) for share in shares["late"]]
    told[t("rota.map.never")] = [t.share(share, 1) for share in shares["none"]]
    return pd.DataFrame(told)
