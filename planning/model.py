"""The values everything else speaks of: what a user chose and how a measure is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Scale = Literal["raw", "share_of_max"]

MINUTES_RANGE = (5.0, 30.0)
SPEED_RANGE_KMH = (2.0, 7.0)
SITE_KINDS = ("office", "dependance", "outreach")
_EMPTY: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Criterion:
    """One measure of a candidate.

    Parameters
    ----------
    id
        Name in the catalogue, and of the raw column in a decision matrix.
    unit
        Unit of the raw value.
    scale
        ``raw``: ``points`` are in the unit; ``share_of_max``: in shares of the largest raw
        value among candidates.
    points
        Corners ``(raw, value)`` of the piecewise-linear value function, raw ascending, value in 0-100.
    missing_value
        Value (0-100) that stands in where the raw value is unknown; always shown as unknown.
    default_weight
        Weight before a user changes it; only ratios between weights matter.
    """

    id: str
    unit: str
    scale: Scale
    points: tuple[tuple[float, float], ...]
    missing_value: float
    default_weight: float


@dataclass(frozen=True)
class Scenario:
    """Everything a user chose that changes a result.

    Parameters
    ----------
    name
        What people call it; empty for the unnamed draft.
    minutes
        Walking time that counts as within reach, 5-30.
    speed_kmh
        Walking speed, 2-7.
    need_weights
        Need per person by group; groups that are left out have the catalogue's default.
    criteria_weights
        Weight by criterion, any non-negative numbers; criteria left out have the catalogue's default.
    """

    name: str = ""
    minutes: float = 15.0
    speed_kmh: float = 4.5
    need_weights: Mapping[str, float] = field(default_factory=lambda: _EMPTY)
    criteria_weights: Mapping[str, float] = field(default_factory=lambda: _EMPTY)

    @property
    def reach_m(self) -> float:
        """Walking distance in metres that counts as within reach."""
        return self.minutes * self.metres_per_minute

    @property
    def metres_per_minute(self) -> float:
        """Walking speed in metres per minute."""
        return self.speed_kmh * 1000.0 / 60.0
