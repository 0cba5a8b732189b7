"""The page *Methodik*: what is computed and how, in plain words, with the formulas."""

from __future__ import annotations

import streamlit as st

from planning.area.criteria import criteria
from planning.ui import state
from planning.ui.components.value_functions import draw_value_functions

SECTIONS = (
    "overview",
    "data",
    "need",
    "walking",
    "access",
    "criteria",
    "scoring",
    "siting",
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
            for criterion in criteria():
                st.markdown(
                    f"**{t(f'criteria.{criterion.id}.label')}** – {t(f'criteria.{criterion.id}.description')}"
                )
                st.caption(t(f"criteria.{criterion.id}.formula"))
            draw_value_functions(t)
