"""How sure a person is of the weights: the one setting behind everything that is drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.model import CERTAINTIES
from planning.ui import work

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.model import Certainty


def _store(key: str) -> None:
    chosen = st.session_state[key]
    if chosen in CERTAINTIES:
        work.set_certainty(chosen)


def draw_certainty(t: Translator, key: str) -> Certainty:
    """Draw the choice of how sure the person is, and return it."""
    certainty = work.current().certainty
    st.session_state[key] = certainty
    st.segmented_control(
        t("confidence.certainty.label"),
        CERTAINTIES,
        format_func=lambda level: t(f"weights.certainty.{level}"),
        key=key,
        on_change=_store,
        args=(key,),
        required=True,
        help=t("confidence.certainty.help"),
    )
    return certainty
