"""Classes of a choropleth: where they begin, what colour they have and what the legend says."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from branca.colormap import linear

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planning.i18n import Translator

Ramp = Literal["viridis", "blues", "score"]

ZERO_COLOR = "#eef1f2"
UNKNOWN_COLOR = "#b9bdc0"
DOTTED = "..."
"""How matplotlib is asked for dots."""
_DEFAULT_CLASSES = 6
_SIGNIFICANT = 2
_LINEAR_BELOW = 0.04045
# Light means little in all three; lightness alone orders the classes, so hue blindness does no harm.
_RAMPS: dict[str, tuple[str, float, float]] = {
    "viridis": ("viridis", 0.97, 0.05),
    "blues": ("Blues_09", 0.15, 1.0),
    "score": ("YlOrRd_09", 0.05, 0.95),
}


@dataclass(frozen=True)
class Classes:
    """Classes of a list of figures.

    Parameters
    ----------
    breaks
        Ascending inner limits: class *k* holds ``breaks[k-1] <= value < breaks[k]``.
    colors, labels
        One per class that occurs in the legend, smallest first; a class for zero comes first and the one for
        unknown figures last, if there are such figures.
    index
        Shape (values,): the class of each figure.
    """

    breaks: tuple[float, ...]
    colors: tuple[str, ...]
    labels: tuple[str, ...]
    index: NDArray[np.int64]

    @property
    def hatches(self) -> tuple[str, ...]:
        """The pattern of each class on paper: unknown is dotted, so that grey print tells it apart."""
        return tuple(DOTTED if color == UNKNOWN_COLOR else "" for color in self.colors)

    @property
    def codes(self) -> str:
        """The classes of all figures as one text, one character each."""
        return "".join("0123456789abcdefghijklmnopqrstuvwxyz"[number] for number in self.index)


def ramp_colors(ramp: Ramp | str, count: int) -> tuple[str, ...]:
    """Return ``count`` colours from light to dark; a ramp that is not known is drawn as viridis."""
    name, low, high = _RAMPS.get(ramp, _RAMPS["viridis"])
    spots = np.linspace(low, high, count) if count > 1 else np.array([(low + high) / 2])
    scale = getattr(linear, name).scale(0.0, 1.0)
    return tuple(scale.rgb_hex_str(float(spot)) for spot in spots)


def ink(color: str) -> str:
    """Return the colour of text that is legible on ``color``: black or white, by WCAG 2.1 luminance."""
    channels = np.array([int(color[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    linear = np.where(channels <= _LINEAR_BELOW, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ np.array([0.2126, 0.7152, 0.0722]))
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def _round_significant(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([float(f"{value:.{_SIGNIFICANT}g}") for value in values])


def quantile_breaks(values: NDArray[np.float64], count: int) -> tuple[float, ...]:
    """Return limits that put about as many figures into each class, rounded to two significant digits.

    Figures that tie stay together, so there can be fewer classes than asked for; every class holds at least
    one figure.
    """
    if not len(values):
        return ()
    wanted = _round_significant(np.quantile(values, np.arange(1, count) / count))
    breaks: list[float] = []
    lower = -np.inf
    for limit in np.unique(wanted):
        if np.any((values >= lower) & (values < limit)) and np.any(values >= limit):
            breaks.append(float(limit))
            lower = limit
    return tuple(breaks)


def _limit_labels(breaks: tuple[float, ...], t: Translator) -> list[str]:
    def written(value: float) -> str:
        return t.number(value, next((digits for digits in range(4) if round(value, digits) == value), 4))

    if not breaks:
        return [t("map.class.all")]
    middle = [t("map.class.between", low=written(low), high=written(high)) for low, high in pairwise(breaks)]
    return [
        t("map.class.below", high=written(breaks[0])),
        *middle,
        t("map.class.from", low=written(breaks[-1])),
    ]


def classify(
    values: NDArray[np.float64],
    t: Translator,
    *,
    ramp: Ramp | str = "viridis",
    count: int = _DEFAULT_CLASSES,
    limits: tuple[float, ...] = (),
) -> Classes:
    """Put figures into at most ``count`` classes of about equal size, or into classes with given limits.

    Parameters
    ----------
    values
        Shape (values,); ``NaN`` is unknown. Infinite figures belong to the outermost classes.
    ramp
        Colours, light for little.
    limits
        Ascending inner limits that hold whatever the figures are.

    Notes
    -----
    Zeros form a class of their own where no figure is negative: in the census a zero can also mean "too few
    to say".
    """
    unknown = np.isnan(values)
    known = values[~unknown]
    has_zero = bool(np.any(known == 0) and np.all(known >= 0))
    ranked = known[np.isfinite(known) & ((known != 0) | (not has_zero))]
    breaks = limits or quantile_breaks(ranked, count)
    colors = list(ramp_colors(ramp, len(breaks) + 1)) if len(ranked) else []
    labels = _limit_labels(breaks, t) if len(ranked) else []
    index = np.searchsorted(np.array(breaks), values, side="right").astype(np.int64)
    if has_zero:
        colors, labels = [ZERO_COLOR, *colors], [t.number(0), *labels]
        index = np.where(values == 0, 0, index + 1)
    if unknown.any():
        index = np.where(unknown, len(colors), index)
        colors, labels = [*colors, UNKNOWN_COLOR], [*labels, t("map.class.unknown")]
    return Classes(breaks, tuple(colors), tuple(labels), index.astype(np.int64))
