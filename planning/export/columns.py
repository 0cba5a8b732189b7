"""What the columns of files are called, and in which unit their figures are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.area import groups, indicators
from planning.area.criteria import criteria
from planning.render.indicators import indicator_label

if TYPE_CHECKING:
    from planning.i18n import Translator

SHARE = "share"
_UNITS = {
    "score": "points",
    "low": "points",
    "high": "points",
    "score_low_90": "points",
    "score_high_90": "points",
    "in_best": SHARE,
    "first": SHARE,
    "gain": "need",
    "alone": "need",
    "if_dropped": "need",
    "minutes_if_dropped": "minutes",
    "room_m2": "m2",
    "cost_eur_month": "eur_month",
    "x": "metres",
    "y": "metres",
    "lon": "degrees",
    "lat": "degrees",
    "accuracy_m": "metres",
    "need": "need",
    "minutes": "minutes",
    "metres": "metres",
    "metres_before": "metres",
    "metres_after": "metres",
    "need_reached": "need",
    "area_km2": "km2",
    "need_before": "need",
    "need_after": "need",
    "share_before": SHARE,
    "share_after": SHARE,
    "share_added": SHARE,
    "minutes_before": "minutes",
    "minutes_after": "minutes",
}
_DIGITS = {
    "points": 1,
    "need": 1,
    "metres": 0,
    "minutes": 1,
    "km2": 2,
    "m2": 0,
    "eur_month": 2,
    "degrees": 7,
    SHARE: 3,
    "lines": 0,
    "places": 0,
    "percent": 1,
}
_TWO_DIGITS = {"x", "y"}


@dataclass(frozen=True)
class Column:
    """A column for people.

    Parameters
    ----------
    title, unit
        In the language of the file; ``unit`` is empty for text and plain numbers.
    digits
        Decimals to show; ``None`` for text and whole numbers.
    is_share
        The figures are shares between 0 and 1.
    heading
        Title with unit.
    """

    title: str
    unit: str
    digits: int | None
    is_share: bool
    heading: str


def column(t: Translator, name: str, *, gain_unit: str = "need") -> Column:
    """Return what a column is called.

    Parameters
    ----------
    name
        Of a table, layer or file; one that no catalogue knows is called by its name.
    gain_unit
        Unit of the column ``gain``, which depends on the aim of a plan.
    """
    title, unit, text = _told(t, name, gain_unit)
    digits = 2 if name in _TWO_DIGITS else _DIGITS.get(unit)
    heading = t("layers.with_unit", title=title, unit=text) if text else title
    return Column(title, text, digits, unit == SHARE, heading)


def _told(t: Translator, name: str, gain_unit: str) -> tuple[str, str, str]:
    """Return title, code of the unit and unit in words."""
    if t.has(f"layers.column.{name}"):
        unit = gain_unit if name == "gain" else _UNITS.get(name, "")
        return t(f"layers.column.{name}"), unit, t(f"layers.unit.{unit}") if unit else ""
    if name.startswith("contribution_"):
        label = t(f"criteria.{name.removeprefix('contribution_')}.label")
        return t("layers.contribution", criterion=label), "points", t("layers.unit.points")
    if name.startswith("raw_"):
        return _raw(t, name.removeprefix("raw_"))
    return _indicator(t, name)


def _raw(t: Translator, name: str) -> tuple[str, str, str]:
    units = {"persons_weighted": "need", "persons_weighted_per_site": "need", "m": "metres"}
    unit = next(one.unit for one in criteria() if one.id == name)
    title = t("layers.raw", criterion=t(f"criteria.{name}.label"))
    return title, units.get(unit, unit), t(f"criteria.{name}.unit")


def _indicator(t: Translator, name: str) -> tuple[str, str, str]:
    catalogue = indicators().set_index("id")["unit"]
    for suffix, key in (("_base", "layers.base"), ("_year", "layers.year_of"), ("", "")):
        known = name.removesuffix(suffix)
        if name.endswith(suffix) and known in catalogue.index:
            label = indicator_label(t, known)
            title = t(key, indicator=label) if key else label
            unit = "" if suffix == "_year" else str(catalogue[known])
            words = t(f"data.unit.{unit}") if unit else ""
            return title, "need" if known in set(groups()) and unit else unit, words
    return name, "", ""
