"""Choose what leaves the planner, and see beforehand what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planning.model import EXPORT_FORMATS, MOST_FACT_SHEETS, ORIENTATIONS, PAPERS
from planning.render.indicators import indicator_label, indicator_levels
from planning.render.view import level_label
from planning.ui.markup import html_table

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.scenarios.work import KeptPlan

_USUAL = ("pdf", "gpkg", "geojson", "xlsx", "csv", "html")
_MOST_MAPS = 10
_WITHOUT_PLAN = 5


@dataclass(frozen=True)
class Chosen:
    """What a person chose to take along; as in :class:`planning.export.choice.Choice`."""

    formats: tuple[str, ...]
    paper: str
    orientation: str
    indicators: tuple[str, ...]

    def arguments(self) -> list[str]:
        """Return the arguments of ``planning export`` that say the same."""
        maps = ["--indicators", ",".join(self.indicators)] if self.indicators else []
        form = ["--formats", ",".join(self.formats)]
        return [*form, "--paper", self.paper, "--orientation", self.orientation, *maps]


def draw_choice(t: Translator, area: StudyArea) -> Chosen:
    """Draw the fields; return what they say."""
    st.markdown(f"**{t('output.formats')}**")
    formats = tuple(
        name
        for name in EXPORT_FORMATS
        if st.checkbox(
            t(f"output.format.{name}"),
            value=name in _USUAL,
            key=f"export_{name}",
            help=t(f"output.format_why.{name}"),
        )
    )
    left, right = st.columns(2)
    with left:
        paper = st.segmented_control(
            t("output.paper"), PAPERS, default=PAPERS[0], format_func=str.upper, key="export_paper"
        )
    with right:
        orientation = st.segmented_control(
            t("output.orientation"),
            ORIENTATIONS,
            default=ORIENTATIONS[0],
            format_func=lambda name: t(f"output.orient.{name}"),
            key="export_orientation",
        )
    maps = st.multiselect(
        t("output.maps"),
        [f"{name}:{level}" for name, levels in indicator_levels(area).items() for level in levels],
        format_func=lambda one: _map_label(t, area, one),
        max_selections=_MOST_MAPS,
        key="export_maps",
        help=t("output.maps_why"),
        placeholder=t("output.maps_none"),
    )
    return Chosen(formats, paper or PAPERS[0], orientation or ORIENTATIONS[0], tuple(maps))


def _map_label(t: Translator, area: StudyArea, one: str) -> str:
    name, _, level = one.partition(":")
    return f"{indicator_label(t, name)} · {level_label(area, t, level)}"


def draw_preview(t: Translator, area: StudyArea, kept: KeptPlan | None, chosen: Chosen) -> None:
    """Draw a line for each part that comes out: what it is and how much of it."""
    rooms = _WITHOUT_PLAN if kept is None else min(len(kept.plan.candidate_ids), MOST_FACT_SHEETS)
    boroughs = len(area.level("borough"))
    maps = boroughs + len(chosen.indicators) + (1 if kept is None else 2)
    counts = {"maps": maps, "rooms": rooms, "paper": chosen.paper.upper()}
    rows = [
        (t(f"output.part.{name}"), t(f"output.what.{name}", **counts))
        for form in chosen.formats
        for name in (("maps", "report", "fact_sheets") if form == "pdf" else (form,))
    ]
    st.html(
        html_table(
            [*rows, (t("output.part.manifest"), t("output.what.manifest"))], t("output.preview"), text=True
        )
    )
