"""Start an export, show how far it is, end it, and hand over what came of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import PlanningError
from planning.scenarios.work import capture
from planning.ui import cache, session_job, work
from planning.ui.components.faults import draw_error
from planning.ui.components.rota_run import week_file
from planning.ui.export_run import Exported, export_work
from planning.ui.jobs import Job

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.ui.components.export_choice import Chosen

_POLL_S = 0.5


def running() -> Job[Exported] | None:
    """Return the export of this session that has not been taken up yet."""
    return session_job.running("export")


def start(t: Translator, chosen: Chosen) -> None:
    """Start writing what is worked on, as it is now."""
    now, original = work.current(), cache.original_area(cache.area_path())
    path = cache.area_path()
    today = dt.date.today().isoformat()  # noqa: DTZ011 - the date on the reader's wall
    arguments = [*([path] if path else []), *chosen.arguments(), "--lang", t.language, "--date", today]
    st.session_state.pop("export_done", None)
    try:
        action = export_work(capture(now, original, now.scenario.name), arguments, week=week_file(now.plan))
    except PlanningError as error:
        session_job.fail("export", error)
        return
    session_job.start("export", Job("export", action))


@st.fragment(run_every=_POLL_S)
def draw_progress(t: Translator) -> None:
    """Draw how far the export is, until it has ended."""
    job = running()
    if job is None or not job.running:
        st.rerun()
    assert job is not None  # noqa: S101 - a rerun does not come back
    share, step = job.state if isinstance(job.state, tuple) else (0.0, "measure")
    text = t("output.running", step=t(f"cli.step.{step}"), seconds=t.number(job.seconds))
    st.progress(min(max(float(share), 0.0), 1.0), text=text)
    st.button(t("output.cancel"), key="export_cancel", icon=":material/cancel:", on_click=job.stop)


def take_up() -> None:
    """Take up the export that has ended."""
    ended = session_job.take_up("export", PlanningError, OSError)
    if ended is not None:
        st.session_state["export_done"] = (ended.outcome, ended.stopped)


def draw_outcome(t: Translator, name: str) -> None:
    """Draw the button that saves the archive, or why there is none."""
    error = session_job.failure("export")
    if isinstance(error, PlanningError):
        draw_error(t, error)
    elif error is not None:
        st.error(t("output.failed", reason=str(error)), icon=":material/error:")
    done: tuple[Exported, bool] | None = st.session_state.get("export_done")
    if done is None:
        return
    exported, stopped = done
    if exported.archive is None:
        if stopped or not exported.error:
            st.info(t("output.cancelled"), icon=":material/info:")
        else:
            st.error(t("output.failed", reason=exported.error), icon=":material/error:")
        return
    size = t.number(exported.archive.stat().st_size / 1e6, 1)
    st.success(t("output.done", size=size), icon=":material/check:")
    st.download_button(
        t("output.download"),
        exported.archive.read_bytes,
        file_name=f"{name}.zip",
        mime="application/zip",
        on_click="ignore",
        key="export_download",
        icon=":material/download:",
        type="primary",
    )
