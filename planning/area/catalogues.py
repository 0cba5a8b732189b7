"""The declarations a study area is built on: indicators, kinds of venue, schemas; all of them data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Any, cast

import pandas as pd

LEVELS = ("borough", "quarter", "priority_area")


@cache
def _declared(name: str) -> pd.DataFrame:
    text = files("planning.area").joinpath("catalogue", f"{name}.csv").read_text(encoding="utf-8")
    return pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)


def declaration(name: str) -> pd.DataFrame:
    """Return one catalogue as text cells; an empty cell is an empty string."""
    return _declared(name).copy()


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries by column."""
    return cast("list[dict[str, Any]]", table.to_dict("records"))


def indicators() -> pd.DataFrame:
    """Return what is known by cell or by district.

    Returns
    -------
    One row per indicator: ``id``; ``level`` (``cell`` or ``district``); ``unit`` (a key of
    ``data.unit``); ``digits`` to show; ``need_group`` (may carry need); ``default_weight`` (need per
    person or household; NaN where it carries none); ``scaled_by`` (the district total that scales the
    census figure, empty where none does); ``scaled_how`` (``factor``: multiplied; ``growth``: the growth of
    the other group is added); ``ramp`` (colours) and ``raw_columns`` (columns of the census
    file, summed).
    """
    table = declaration("indicators")
    return table.assign(
        digits=table["digits"].astype(int),
        need_group=table["need_group"] == "yes",
        default_weight=pd.to_numeric(table["default_weight"]),
    )


def uncertainties() -> pd.DataFrame:
    """Return how far off the figures may be, by indicator and criterion: estimates, not measurements.

    Returns
    -------
    One row per indicator that may carry need and per criterion that does not follow from need: ``id``;
    ``of`` (``indicator`` or ``criterion``); ``source`` (kind of source, a key of
    ``confidence.source``); ``measure`` (``region``: standard deviation of the logarithm, common to all
    cells of a region; ``relative``: the same for each candidate by itself; ``points``: standard deviation in
    points of value; ``flip``: probability that the opposite is true; ``none``); ``at_source`` (when the
    figure was new), ``per_root_year`` (times the square root of its age in years; the variances add up) and
    ``layer`` (whose year counts).
    """
    table = declaration("uncertainty")
    return table.assign(
        at_source=table["at_source"].astype(float), per_root_year=table["per_root_year"].astype(float)
    ).set_index("id")


def venue_kinds() -> pd.DataFrame:
    """Return the kinds of room.

    Returns
    -------
    One row per kind: ``kind``; ``suitability`` (0-100, how readily a weekly two-hour consultation fits
    in); ``candidate`` (places of this kind are candidates); ``partner`` (counts as a partner nearby);
    ``family`` (kinds that may name the same room); ``radius_m`` (doubles merge within it),
    ``bare_m`` (the same for one without a name) and ``aliases`` (regular expression of the German words
    for it).
    """
    table = declaration("venue_kinds")
    return table.assign(
        suitability=table["suitability"].astype(float),
        candidate=table["candidate"] == "yes",
        partner=table["partner"] == "yes",
        radius_m=table["radius_m"].astype(float),
        bare_m=table["bare_m"].astype(float),
    )


def table_facts(table: str) -> dict[str, str]:
    """Return what ``catalogue/tables.csv`` declares of a table: file, geometry, edited, required, ...."""
    return _tables()[table]


@cache
def _tables() -> dict[str, dict[str, str]]:
    return {row["table"]: row for row in records(_declared("tables"))}


def groups() -> list[str]:
    """Return the ids of the indicators that may carry need, in catalogue order."""
    table = indicators()
    return [str(name) for name in table.loc[table["need_group"], "id"]]
