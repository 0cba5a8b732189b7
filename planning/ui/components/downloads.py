"""Take the map away: one button per form, made when it is pressed."""

from __future__ import annotations

import datetime as dt
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scoring import Evaluation

FORMS = {
    "html": "text/html",
    "png": "image/png",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv",
}


def make(
    form: str, area: StudyArea, evaluation: Evaluation, scenario: Scenario, t: Translator, date: dt.date
) -> bytes:
    """Write one form of the result to a temporary folder and return its bytes."""
    from planning.export import write_result  # drawing libraries are loaded when someone asks for a drawing

    with tempfile.TemporaryDirectory(prefix="planning-") as folder:
        path = Path(folder) / f"result.{form}"
        write_result(area, evaluation, scenario, path, t=t, date=date)
        return path.read_bytes()


def draw_downloads(t: Translator, area: StudyArea, evaluation: Evaluation, scenario: Scenario) -> None:
    """Draw the buttons."""
    today = dt.date.today()  # noqa: DTZ011 - the date on the reader's wall
    with st.popover(t("ui.map.downloads"), icon=":material/download:"):
        st.caption(t("ui.map.download_why"))
        for form, mime in FORMS.items():
            st.download_button(
                t(f"ui.map.form.{form}"),
                partial(make, form, area, evaluation, scenario, t, today),
                file_name=f"{area.id}-{t('ui.file.ranking')}-{today.isoformat()}.{form}",
                mime=mime,
                on_click="ignore",
                key=f"download_{form}",
                width="stretch",
            )
