"""What a folder of results is to hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning.errors import SettingError
from planning.model import EXPORT_FORMATS, ORIENTATIONS, PAPERS
from planning.render.indicators import indicator_levels
from planning.rota.record import slots_bytes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from planning.area.study_area import StudyArea

MOST_INDICATORS = 20
WEEK = "weekly-slots.json"
"""Name of the file that says when the rooms are open."""


@dataclass(frozen=True)
class Choice:
    """What a folder of results is to hold.

    Parameters
    ----------
    formats
        Of :data:`EXPORT_FORMATS`, in their order.
    paper, orientation
        Of the maps.
    indicators
        Indicator and level of each further map.
    week
        When the rooms are open, for the fact sheets, as a file; empty where that is not planned.
    """

    formats: tuple[str, ...] = EXPORT_FORMATS
    paper: str = "a4"
    orientation: str = "landscape"
    indicators: tuple[tuple[str, str], ...] = ()
    week: bytes = b""

    def record(self) -> dict[str, Any]:
        """Return the choice as plain values."""
        return {
            "formats": list(self.formats),
            "paper": self.paper,
            "orientation": self.orientation,
            "indicators": [":".join(pair) for pair in self.indicators],
        } | ({"week": WEEK} if self.week else {})

    def command(self, language: str, date: dt.date) -> list[str]:
        """Return the command line that makes the same folder, started in the folder itself."""
        maps = ",".join(":".join(pair) for pair in self.indicators)
        return [
            *("planning", "export", "--scenario", "scenario.json", "--formats", ",".join(self.formats)),
            *("--paper", self.paper, "--orientation", self.orientation),
            *(("--indicators", maps) if maps else ()),
            *(("--week", WEEK) if self.week else ()),
            *("--lang", language, "--date", date.isoformat(), "--out", "again"),
        ]


def make_choice(
    area: StudyArea,
    formats: Sequence[str],
    *,
    paper: str = "a4",
    orientation: str = "landscape",
    indicators: Sequence[str] = (),
    week: bytes = b"",
) -> Choice:
    """Return a choice that the area can fulfil.

    Parameters
    ----------
    formats
        Names of formats in any order, or ``all``.
    indicators
        Further maps as ``indicator:level``; without a level the first one that is known.
    week
        The file of a weekly plan.

    Raises
    ------
    UploadError
        The file of the week is none.
    SettingError
        ``export_format``, ``export_paper``, ``export_indicator``, ``export_indicators_many``.
    """
    asked = list(EXPORT_FORMATS) if list(formats) == ["all"] else list(formats)
    for name in asked:
        if name not in EXPORT_FORMATS:
            raise SettingError("export_format", name=name, known=", ".join(EXPORT_FORMATS))
    if not asked:
        raise SettingError("export_format", name="", known=", ".join(EXPORT_FORMATS))
    if paper not in PAPERS or orientation not in ORIENTATIONS:
        raise SettingError("export_paper", known=", ".join((*PAPERS, *ORIENTATIONS)))
    if len(indicators) > MOST_INDICATORS:
        raise SettingError("export_indicators_many", most=MOST_INDICATORS)
    if week:
        week = slots_bytes(week)  # who goes is nobody's business here
    known = indicator_levels(area)
    pairs = dict.fromkeys(_pair(one, known) for one in indicators)
    return Choice(
        tuple(one for one in EXPORT_FORMATS if one in asked), paper, orientation, tuple(pairs), week
    )


def _pair(text: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    indicator, _, level = text.strip().partition(":")
    levels = known.get(indicator, ())
    if not levels or (level and level not in levels):
        told = "; ".join(f"{name}:{one}" for name, levels in known.items() for one in levels)
        raise SettingError("export_indicator", name=text, known=told)
    return indicator, level or levels[0]
