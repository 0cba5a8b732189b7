"""What one browser session remembers, and the only functions that change it."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import streamlit as st

from planning.i18n import LANGUAGES, Translator
from planning.model import PlanSettings, Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from planning.area import StudyArea
    from planning.siting import Plan

Panel = Literal["ranking", "need", "details"]
_HISTORY_LIMIT = 30
_DRAFTS_LIMIT = 100


@dataclass(frozen=True, eq=False)
class Tables:
    """An area with its tables as a person changed them; ``action`` names the change (a catalogue key)."""

    area: StudyArea
    action: str = ""

    @property
    def sites(self) -> gpd.GeoDataFrame:
        """The sites after the change."""
        return self.area.sites

    @property
    def candidates(self) -> gpd.GeoDataFrame:
        """The candidates after the change."""
        return self.area.candidates


@dataclass(frozen=True, eq=False)
class KeptPlan:
    """A plan that a person computed or picked, with what it was made of.

    Parameters
    ----------
    plan
        The plan.
    area
        The area with the sites and candidates of that moment.
    origin
        ``solver`` for the answer to what was asked; ``variant`` for another plan that a person preferred,
        which is as good as its objective says.
    stopped
        Whether a person ended the search.
    """

    plan: Plan
    area: StudyArea
    origin: Literal["solver", "variant"] = "solver"
    stopped: bool = False


@dataclass(frozen=True)
class Selection:
    """What was clicked last: a candidate or site by id, or a free point as ``(latitude, longitude)``."""

    kind: Literal["candidate", "site", "point"]
    id: str = ""
    point: tuple[float, float] | None = None


def translator() -> Translator:
    """Return the texts in the language of this session; the address bar's ``lang`` decides at the start."""
    if "language" not in st.session_state:
        asked = st.query_params.get("lang", "de")
        st.session_state["language"] = asked if asked in LANGUAGES else "de"
    # going to another page drops the address's parameters
    if st.query_params.get("lang") != st.session_state["language"]:
        st.query_params["lang"] = st.session_state["language"]
    return Translator(st.session_state["language"])


def set_language(language: str) -> None:
    """Switch the language and keep it in the address, so that a reload stays in it."""
    st.session_state["language"] = language
    st.query_params["lang"] = language


@dataclass(frozen=True, eq=False)
class Draft:
    """What a session has entered and set, kept while the server runs so that a reload loses nothing."""

    scenario: Scenario
    history: tuple[Tables, ...]
    undone: tuple[Tables, ...]
    plan_settings: PlanSettings = field(default_factory=PlanSettings)
    plans: tuple[KeptPlan, ...] = ()


@st.cache_resource(show_spinner=False)
def _drafts() -> OrderedDict[str, Draft]:
    return OrderedDict()


def restore() -> None:
    """Take up the draft that the address names if this session has just begun; keep its name there."""
    if "draft" not in st.session_state:
        name = st.query_params.get("draft", "")
        draft = _drafts().get(name)
        st.session_state["draft"] = name if draft else secrets.token_urlsafe(12)
        if draft:
            st.session_state["scenario"] = draft.scenario
            st.session_state["history"] = list(draft.history)
            st.session_state["undone"] = list(draft.undone)
            st.session_state["plan_settings"] = draft.plan_settings
            st.session_state["plans"] = draft.plans
    if st.query_params.get("draft") != st.session_state["draft"]:
        st.query_params["draft"] = st.session_state["draft"]


def remember() -> None:
    """Keep what this session has entered and set."""
    drafts = _drafts()
    drafts[st.session_state["draft"]] = Draft(
        scenario(), tuple(_history()), tuple(_undone()), plan_settings(), _plans()
    )
    drafts.move_to_end(st.session_state["draft"])
    while len(drafts) > _DRAFTS_LIMIT:
        drafts.popitem(last=False)


def scenario() -> Scenario:
    """Return what the user chose so far."""
    if "scenario" not in st.session_state:
        st.session_state["scenario"] = Scenario()
    chosen: Scenario = st.session_state["scenario"]
    return chosen


def change_scenario(change: Callable[[Scenario], Scenario]) -> None:
    """Replace the scenario by what ``change`` makes of it."""
    st.session_state["scenario"] = change(scenario())


def set_weight(table: Literal["criteria_weights", "need_weights"], name: str, value: float) -> None:
    """Set one weight and leave the others alone."""
    current = scenario()
    if table == "criteria_weights":
        changed = replace(current, criteria_weights={**current.criteria_weights, name: value})
    else:
        changed = replace(current, need_weights={**current.need_weights, name: value})
    st.session_state["scenario"] = changed


def plan_settings() -> PlanSettings:
    """Return what the next plan is to achieve and to obey."""
    chosen: PlanSettings = st.session_state.setdefault("plan_settings", PlanSettings())
    return chosen


def change_plan_settings(change: Callable[[PlanSettings], PlanSettings]) -> None:
    """Replace the settings of the next plan by what ``change`` makes of them."""
    st.session_state["plan_settings"] = change(plan_settings())


def _plans() -> tuple[KeptPlan, ...]:
    plans: tuple[KeptPlan, ...] = st.session_state.get("plans", ())
    return plans


def plan() -> KeptPlan | None:
    """Return the plan that is in force, for all pages."""
    plans = _plans()
    return plans[0] if plans else None


def set_plan(kept: KeptPlan) -> None:
    """Put a plan in force; the one before it can be fetched back."""
    st.session_state["plans"] = (kept, *_plans()[:1])


def has_previous_plan() -> bool:
    """Tell whether a plan was replaced that can be fetched back."""
    return len(_plans()) > 1


def swap_plans() -> None:
    """Fetch the previous plan back; doing it twice changes nothing."""
    st.session_state["plans"] = _plans()[::-1]


def _history() -> list[Tables]:
    history: list[Tables] = st.session_state.setdefault("history", [])
    return history


def _undone() -> list[Tables]:
    undone: list[Tables] = st.session_state.setdefault("undone", [])
    return undone


def edited(area: StudyArea) -> StudyArea:
    """Return the area with this session's own sites and candidates."""
    history = _history()
    return history[-1].area if history else area


def change_tables(
    area: StudyArea,
    action: str,
    *,
    sites: gpd.GeoDataFrame | None = None,
    candidates: gpd.GeoDataFrame | None = None,
) -> None:
    """Take over checked tables as one step that can be undone; ``area`` is the area as it stands now."""
    history = _history()
    history.append(Tables(area.with_tables(sites=sites, candidates=candidates), action))
    del history[:-_HISTORY_LIMIT]
    _undone().clear()


def last_action() -> str | None:
    """Return the catalogue key of the newest change that can be undone."""
    history = _history()
    return history[-1].action if history else None


def next_action() -> str | None:
    """Return the catalogue key of the change that can be made again."""
    undone = _undone()
    return undone[-1].action if undone else None


def undo() -> None:
    """Take the newest change of the tables back."""
    if _history():
        _undone().append(_history().pop())


def redo() -> None:
    """Make the change again that was taken back last."""
    if _undone():
        _history().append(_undone().pop())


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
