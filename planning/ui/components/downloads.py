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
    from collections.abc import Mapping

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.render import MapView
    from planning.scenarios.work import KeptPlan
    from planning.scoring import Evaluation
    from planning.siting import Effect

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
        return packed({file.name: file.read_bytes() for file in files})


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return files by name as a ZIP."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def _plan_files(
    kept: KeptPlan, effect: Effect, evaluation: Evaluation, t: Translator, date: dt.date
) -> bytes:
    from planning.export.plan import plan_files

    return packed(plan_files(kept.area, kept.plan, effect, evaluation, t, date))


def draw_plan_download(t: Translator, kept: KeptPlan, effect: Effect, evaluation: Evaluation) -> None:
    """Draw the button that saves a plan: table, map and all facts."""
    today = dt.date.today()  # noqa: DTZ011 - the date on the reader's wall
    st.download_button(
        t("plan.take"),
        partial(_plan_files, kept, effect, evaluation, t, today),
        file_name=f"{kept.area.id}-{t('plan.file')}-{today.isoformat()}.zip",
        mime="application/zip",
        on_click="ignore",
        key="plan_download",
        icon=":material/download:",
        help=t("plan.take_why"),
    )


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
