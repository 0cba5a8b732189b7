"""The page *Methodik*: what is computed and how, in plain words, with the formulas."""

from __future__ import annotations

import streamlit as st

from planning.scoring import criteria_of
from planning.ui import state
from planning.ui.components.value_functions import draw_value_functions, is_changed

SECTIONS = (
    "overview",
    "data",
    "need",
    "walking",
    "access",
    "criteria",
    "scoring",
    "siting",
    "confidence",
    "scenarios",
    "pages",
    "limits",
)


def draw() -> None:
    """Draw the page."""
    t = state.translator()
    left, right = st.columns([1, 3])
    with left:
        section = st.radio(
            t("ui.method.sections"),
            SECTIONS,
            format_func=lambda name: t(f"ui.method.{name}"),
            key="method_section",
        )
    with right:
        st.markdown(t.text(str(section)))
        if section == "criteria":
            judged = criteria_of(state.scenario())
            for criterion in judged:
                st.markdown(
                    f"**{t(f'criteria.{criterion.id}.label')}** – {t(f'criteria.{criterion.id}.description')}"
                )
                st.caption(t(f"criteria.{criterion.id}.formula"))
                if is_changed(criterion):
                    st.caption(t("ui.method.points_changed"))
            draw_value_functions(t, judged)
