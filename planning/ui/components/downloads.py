"""Take the map away: one button per form, made when it is pressed."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.render import MapView
    from planning.scoring import Evaluation

# suffix of the form, then suffix and type of what the browser saves
FORMS = {
    "html": ("html", "text/html"),
    "png": ("png", "image/png"),
    "gpkg": ("gpkg", "application/geopackage+sqlite3"),
    "geojson": ("geojson", "application/geo+json"),
    "csv": ("zip", "application/zip"),
}


def make(
    form: str,
    area: StudyArea,
    evaluation: Evaluation,
    scenario: Scenario,
    t: Translator,
    date: dt.date,
    view: MapView | None = None,
) -> bytes:
    """Write one form of the result to a temporary folder and return its bytes.

    A form of several files (the CSV and what its settings and sources are) comes as a ZIP.
    """
    from planning.export import write_result  # drawing libraries are loaded when someone asks for a drawing

    with tempfile.TemporaryDirectory(prefix="planning-") as folder:
        path = Path(folder) / f"{area.id}-{t('ui.file.ranking')}.{form}"
        write_result(area, evaluation, scenario, path, t=t, date=date, view=view)
        files = sorted(Path(folder).iterdir())
        if len(files) == 1:
            return path.read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.name)
        return packed.getvalue()


def draw_downloads(
    t: Translator, area: StudyArea, evaluation: Evaluation, scenario: Scenario, view: MapView
) -> None:
    """Draw the buttons; drawings show what the map shows."""
    today = dt.date.today()  # noqa: DTZ011 - the date on the reader's wall
    with st.popover(t("ui.map.downloads"), icon=":material/download:"):
        st.caption(t("ui.map.download_why"))
        for form, (suffix, mime) in FORMS.items():
            st.download_button(
                t(f"ui.map.form.{form}"),
                partial(make, form, area, evaluation, scenario, t, today, view),
                file_name=f"{area.id}-{t('ui.file.ranking')}-{today.isoformat()}.{suffix}",
                mime=mime,
                on_click="ignore",
                key=f"download_{form}",
                width="stretch",
            )
