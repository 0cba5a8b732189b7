"""What a choropleth can show: figures by cell or district, each with unit, year and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planning.area import groups, indicators
from planning.render.classes import Classes, classify
from planning.render.labels import as_of, year_span

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator

NEED = "need"
COVERAGE = "coverage"
PLAN = "plan"
CELL = "cell"
_SHARE_LIMITS = (20.0, 40.0, 60.0, 80.0)
_SUM_LEVELS = ("borough", "quarter")
_COVERED_COLORS = ("#eef1f2", "#5aa7c4", "#d9782d")
# already covered, newly covered, not covered: lightness alone tells the new ones, hue the other two
_PLAN_COLORS = ("#eef1f2", "#8cc3d9", "#4b2a7b", "#e0954f")
_FULL_DECIMALS = 1
_CELL_OPACITY, _DISTRICT_OPACITY = 0.8, 0.62


@dataclass(frozen=True, eq=False)
class Choropleth:
    """One indicator, ready to be drawn.

    Parameters
    ----------
    title, unit, year, source
        What people read beside it; ``year`` says how old the figures are, as in "as of 2023".
    level
        ``cell`` or a level of districts.
    figures
        One figure per cell or district of the level, in the order of the area's tables; ``NaN`` is unknown.
    digits
        Decimals of the figures.
    classes
        Class, colour and legend text of each figure.
    categorical
        True where the classes are not ranges of the figures.
    years
        How old each figure is, where that differs by district; empty for a district without a figure.
    """

    title: str
    unit: str
    year: str
    source: str
    level: str
    figures: NDArray[np.float64]
    digits: int
    classes: Classes
    categorical: bool = False
    years: tuple[str, ...] = ()

    @property
    def opacity(self) -> float:
        """How strongly it covers the base map."""
        return _CELL_OPACITY if self.level == CELL else _DISTRICT_OPACITY


def indicator_levels(area: StudyArea) -> dict[str, tuple[str, ...]]:
    """Return the indicators an area can show, in catalogue order, each with the levels it is known at.

    ``need`` comes first; ``coverage`` (need within and out of reach) is known by cell. Published figures are
    known at the levels they were published for.
    """
    found: dict[str, tuple[str, ...]] = {NEED: (CELL, *_SUM_LEVELS), COVERAGE: (CELL, *_SUM_LEVELS)}
    summed = set(groups())
    for name in indicators()["id"]:
        if name in summed:
            if name in area.cells:
                found[name] = (CELL, *_SUM_LEVELS)
        else:
            published = area.figures.loc[area.figures["indicator"] == name, "level"].unique()
            levels = tuple(level for level in area.level_names if level in published)
            if levels:
                found[name] = levels
    return found


def indicator_label(t: Translator, indicator: str) -> str:
    """Return what an indicator is called."""
    key = f"map.{indicator}" if indicator in {NEED, COVERAGE} else f"data.indicator.{indicator}"
    return t(f"{key}.label")


def unit_note(t: Translator, shown: Choropleth) -> str:
    """Return unit and age of the figures, as legends say them."""
    return t("map.unit_year", unit=shown.unit, year=shown.year)


def _sums(area: StudyArea, values: NDArray[np.float64], level: str) -> NDArray[np.float64]:
    summed = pd.Series(values).groupby(area.cells[level].to_numpy()).sum()
    return summed.reindex(area.level(level).index).fillna(0.0).to_numpy(dtype=np.float64)


def _by_level(
    area: StudyArea,
    t: Translator,
    title: str,
    unit: str,
    level: str,
    cells: NDArray[np.float64],
    ramp: str,
    digits: int,
) -> Choropleth:
    values = np.round(cells if level == CELL else _sums(area, cells, level), digits)
    layer = area.layer("cells")
    classes = classify(values, t, ramp=ramp)
    return Choropleth(title, unit, as_of(t, layer.year), layer.source, level, values, digits, classes)


def _published(
    area: StudyArea, t: Translator, indicator: str, level: str, row: dict[Hashable, Any]
) -> Choropleth:
    figures = area.figures[(area.figures["indicator"] == indicator) & (area.figures["level"] == level)]
    by_key = figures.drop_duplicates("key").set_index("key")
    digits = int(row["digits"])
    keys = area.level(level).index
    values = by_key["value"].reindex(keys).to_numpy(dtype=np.float64).round(digits)
    classes = classify(values, t, ramp=row["ramp"], count=5)
    source = t("map.figures_source")
    known = {str(key): year_span([year]) for key, year in by_key["year"].items()}
    told = year_span(by_key["year"])
    partly = bool(told) and not all(known.values())
    years = t("map.year_partly", year=as_of(t, told)) if partly else as_of(t, told)
    return Choropleth(
        indicator_label(t, indicator),
        t(f"data.unit.{row['unit']}"),
        years,
        source,
        level,
        values,
        digits,
        classes,
        years=tuple(as_of(t, known[key]) if key in known else "" for key in keys),
    )


def _coverage(
    area: StudyArea, t: Translator, need: NDArray[np.float64], covered: NDArray[np.bool_]
) -> Choropleth:
    values = need.round(_FULL_DECIMALS)
    index = np.where(values == 0, 0, np.where(covered, 1, 2)).astype(np.int64)
    labels = (t("map.coverage.none"), t("map.coverage.within"), t("map.coverage.beyond"))
    layer = area.layer("cells")
    classes = Classes((), _COVERED_COLORS, labels, index)
    title, unit = indicator_label(t, COVERAGE), t("map.need.unit")
    return Choropleth(
        title,
        unit,
        as_of(t, layer.year),
        layer.source,
        CELL,
        values,
        _FULL_DECIMALS,
        classes,
        categorical=True,
    )


def plan_coverage(
    area: StudyArea,
    t: Translator,
    need: NDArray[np.float64],
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
) -> Choropleth:
    """Return which need a plan covers: already before, newly, or not.

    Parameters
    ----------
    need
        Shape (cells,).
    before, after
        Shape (cells,): is the cell within reach of an open site; of one of those or of a room of the plan.
    """
    values = need.round(_FULL_DECIMALS)
    index = np.select([values == 0, before, after], [0, 1, 2], 3).astype(np.int64)
    labels = tuple(t(f"plan.map.{name}") for name in ("none", "before", "new", "beyond"))
    layer = area.layer("cells")
    return Choropleth(
        t("plan.map.title"),
        t("map.need.unit"),
        as_of(t, layer.year),
        layer.source,
        CELL,
        values,
        _FULL_DECIMALS,
        Classes((), _PLAN_COLORS, labels, index),
        categorical=True,
    )


def _share(
    area: StudyArea, t: Translator, level: str, need: NDArray[np.float64], covered: NDArray[np.bool_]
) -> Choropleth:
    total, within = _sums(area, need, level), _sums(area, np.where(covered, need, 0.0), level)
    values = np.full(len(total), np.nan)
    np.divide(100.0 * within, total, out=values, where=total > 0)
    values = values.round(_FULL_DECIMALS)
    layer = area.layer("cells")
    classes = classify(values, t, limits=_SHARE_LIMITS)
    title, unit = t("map.coverage.share"), t("data.unit.percent")
    return Choropleth(title, unit, as_of(t, layer.year), layer.source, level, values, _FULL_DECIMALS, classes)


def choropleth(
    area: StudyArea,
    t: Translator,
    indicator: str,
    level: str = CELL,
    *,
    need: NDArray[np.float64] | None = None,
    covered: NDArray[np.bool_] | None = None,
) -> Choropleth:
    """Return an indicator at a level, with classes.

    Parameters
    ----------
    indicator, level
        One of :func:`indicator_levels`. Figures of cells are summed over boroughs and quarters.
    need
        Shape (cells,); must be given for ``need`` and ``coverage``.
    covered
        Shape (cells,): is the cell within reach of an open site; must be given for ``coverage``.

    Raises
    ------
    KeyError
        The indicator is not known at this level, or what it is made of is not given.
    """
    if level not in indicator_levels(area).get(indicator, ()):
        raise KeyError(indicator, level)
    if indicator in {NEED, COVERAGE} and need is None:
        raise KeyError(NEED)
    if indicator == COVERAGE and covered is None:
        raise KeyError(COVERAGE)
    if need is not None and covered is not None and indicator == COVERAGE:
        return _coverage(area, t, need, covered) if level == CELL else _share(area, t, level, need, covered)
    if need is not None and indicator == NEED:
        digits = _FULL_DECIMALS if level == CELL else 0
        return _by_level(
            area, t, indicator_label(t, NEED), t("map.need.unit"), level, need, "viridis", digits
        )
    row = next(one for one in indicators().to_dict("records") if one["id"] == indicator)
    if not row["need_group"]:
        return _published(area, t, indicator, level, row)
    cells = area.cells[indicator].to_numpy(dtype=np.float64)
    unit = t(f"data.unit.{row['unit']}")
    return _by_level(
        area, t, indicator_label(t, indicator), unit, level, cells, row["ramp"], int(row["digits"])
    )
