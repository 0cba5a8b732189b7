"""What one browser session shows: language, selection and panels; what it works on is read here, too."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import streamlit as st

from planning.i18n import LANGUAGES, Translator
from planning.ui import LANGUAGE_VARIABLE, work

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.model import PlanSettings, Scenario
    from planning.scenarios.work import KeptPlan

Panel = Literal["ranking", "need", "details"]


@dataclass(frozen=True)
class Selection:
    """What was clicked last: a candidate or site by id, or a free point as ``(latitude, longitude)``."""

    kind: Literal["candidate", "site", "point"]
    id: str = ""
    point: tuple[float, float] | None = None


def translator() -> Translator:
    """Return the texts in the language of this session.

    At the start the address bar's ``lang`` decides, else how the app was started.
    """
    if "language" not in st.session_state:
        usual = os.environ.get(LANGUAGE_VARIABLE, "")
        wanted = (st.query_params.get("lang", ""), usual, LANGUAGES[0])
        st.session_state["language"] = next(one for one in wanted if one in LANGUAGES)
    # going to another page drops the address's parameters
    if st.query_params.get("lang") != st.session_state["language"]:
        st.query_params["lang"] = st.session_state["language"]
    return Translator(st.session_state["language"])


def set_language(language: str) -> None:
    """Switch the language and keep it in the address, so that a reload stays in it."""
    st.session_state["language"] = language
    st.query_params["lang"] = language


def scenario() -> Scenario:
    """Return what the user chose so far."""
    return work.current().scenario


def plan_settings() -> PlanSettings:
    """Return what the next plan is to achieve and to obey."""
    return work.current().plan_settings


def plan() -> KeptPlan | None:
    """Return the plan that is in force, for all pages."""
    return work.current().plan


def edited(area: StudyArea) -> StudyArea:
    """Return the area with this session's own sites and candidates."""
    return work.current().area if "work" in st.session_state else area


def selection() -> Selection | None:
    """Return what was clicked or picked last."""
    picked: Selection | None = st.session_state.get("selection")
    return picked


def select(picked: Selection | None, *, show: bool = False) -> None:
    """Remember what was picked and bring its details to the front; ``show`` moves the map there."""
    st.session_state["selection"] = picked
    st.session_state["shown_spot"] = picked if show else None
    # the switch may already be drawn in this run; it takes the wish up in the next one
    st.session_state["panel_wish"] = "details" if picked else "ranking"


def shown_spot() -> Selection | None:
    """Return what the map is to move to, if it was picked elsewhere than on the map."""
    spot: Selection | None = st.session_state.get("shown_spot")
    return spot


def moving() -> Selection | None:
    """Return what the next click on a free spot of the map moves there."""
    thing: Selection | None = st.session_state.get("moving")
    return thing


def move_next(thing: Selection | None) -> None:
    """Let the next click on a free spot of the map move this room or site there; ``None`` lets it be."""
    st.session_state["moving"] = thing


def panel() -> Panel:
    """Return which part of the side panel is in front."""
    if "panel_wish" in st.session_state:
        st.session_state["panel"] = st.session_state.pop("panel_wish")
    front: Panel = st.session_state.setdefault("panel", "ranking")
    return front


def plan_panel() -> str:
    """Return which part of the side panel of the page *Plan* is in front."""
    if "plan_panel_wish" in st.session_state:
        st.session_state["plan_panel"] = st.session_state.pop("plan_panel_wish")
    front: str = st.session_state.setdefault("plan_panel", "task")
    return front
