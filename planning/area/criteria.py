"""The catalogue of criteria: what a candidate room is measured by and how a measure becomes a value."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

import pandas as pd

from planning.area.catalogues import venue_kinds
from planning.model import Criterion

if TYPE_CHECKING:
    from planning.model import Scale


def _read(name: str) -> pd.DataFrame:
    with files("planning.area").joinpath("catalogue", name).open(encoding="utf-8") as stream:
        return pd.read_csv(stream, dtype={"missing_value": float, "default_weight": float})


@cache
def _table() -> pd.DataFrame:
    return _read("criteria.csv")


def _points(text: str) -> tuple[tuple[float, float], ...]:
    corners = (corner.split(":") for corner in text.split(";"))
    return tuple((float(raw), float(value)) for raw, value in corners)


def criteria_table() -> pd.DataFrame:
    """Return the catalogue as it stands in ``catalogue/criteria.csv``, one row per criterion.

    Beyond what a :class:`~planning.model.Criterion` holds: ``digits`` (decimals of the raw value on
    screen), ``missing_reason``, ``direction`` (``higher`` or ``lower`` raw values are better) and
    ``description`` (key of the text).
    """
    return _table().copy()


@cache
def criteria() -> tuple[Criterion, ...]:
    """Return the criteria of the catalogue, in its order, with their default weights.

    No rule for choosing the rooms has been published. The default weights, corners and stand-ins are a
    proposal of this planner; which of them hold is the planner's choice.
    """
    return tuple(
        Criterion(
            id=str(row.id),
            unit=str(row.unit),
            scale=cast("Scale", row.scale),
            points=_points(str(row.points)),
            missing_value=cast("float", row.missing_value),
            default_weight=cast("float", row.default_weight),
        )
        for row in _table().itertuples(index=False)
    )


@cache
def partner_kinds() -> frozenset[str]:
    """Return the kinds of place that may become a partner of a consultation nearby.

    These are the kinds of venue marked so in ``catalogue/venue_kinds.csv`` and the kinds that are no room
    for a consultation but meet the same people (``catalogue/partner_kinds.csv``).
    """
    venues = venue_kinds()
    return frozenset(venues.loc[venues["partner"].astype(bool), "kind"]) | frozenset(
        _read("partner_kinds.csv")["kind"]
    )
