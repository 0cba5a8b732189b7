"""Beside the list: the note on the present scenario, a new beginning, and a scenario from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.ui import keeping, work
from planning.ui.components.scenario_deeds import forget_deleted

if TYPE_CHECKING:
    from planning.i18n import Translator

LONGEST_NOTE = 20_000
MOST_MB = 4


def _set_notes() -> None:
    work.set_notes(str(st.session_state["scenario_notes"]))


def _start_new() -> None:
    forget_deleted()
    keeping.start_new()


def _open_file() -> None:
    given = st.session_state["scenario_upload"]
    if given is not None:
        forget_deleted()
        keeping.attempt(keeping.open_file, given.getvalue())


def draw_side(t: Translator) -> None:
    """Draw what concerns the present scenario rather than the store."""
    # undo and opening change it, too
    st.session_state["scenario_notes"] = work.current().notes
    st.text_area(
        t("scenario.side.notes"),
        key="scenario_notes",
        max_chars=LONGEST_NOTE,
        height=140,
        on_change=_set_notes,
        help=t("scenario.side.notes_why"),
    )
    st.button(
        t("scenario.side.new"), key="scenario_new", on_click=_start_new, help=t("scenario.side.new_why")
    )
    st.file_uploader(
        t("scenario.side.upload"),
        type="json",
        key="scenario_upload",
        max_upload_size=MOST_MB,
        on_change=_open_file,
    )
