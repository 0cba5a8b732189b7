"""What one browser session works on, with undo across everything; the only functions that change it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import streamlit as st

from planning.model import Opinion
from planning.scenarios.snapshot import search_key
from planning.scenarios.work import KeptPlan, Work, capture, known_opinions, measured
from planning.ui.areas import area_path, original_area

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from planning.area import StudyArea
    from planning.model import Certainty, PlanSettings, Scenario
    from planning.scenarios.entries import Entry
    from planning.scenarios.snapshot import Snapshot
    from planning.siting import Effect

__all__ = ["KeptPlan", "Saved", "Step", "Work"]

_HISTORY_LIMIT = 100
# which change of a setting is called what, in texts under ``ui.action``
_SETTINGS = {
    "minutes": "reach",
    "speed_kmh": "reach",
    "need_weights": "need",
    "criteria_weights": "weights",
    "value_functions": "functions",
}
# actions after which another scenario is worked on
_TROUBLE = ("conflict", "keeping_error")
_OTHER_SCENARIO = {"ui.action.open", "ui.action.new"}


@dataclass(frozen=True, eq=False)
class Saved:
    """The revision in the store that the work began with.

    ``content_id`` is of the work as it then was: what differs from it is not saved yet.
    """

    entry: Entry
    content_id: str


@dataclass(frozen=True, eq=False)
class Step:
    """A state of the work that can be had back; ``action`` names what was done to it (a catalogue key)."""

    action: str
    work: Work
    saved: Saved | None


def current() -> Work:
    """Return what this session works on."""
    if "work" not in st.session_state:
        st.session_state["work"] = Work(original_area(area_path()))
    work: Work = st.session_state["work"]
    return work


def saved() -> Saved | None:
    """Return what of it is in the store; ``None`` if it has never been saved."""
    kept: Saved | None = st.session_state.get("saved")
    return kept


def set_saved(kept: Saved | None) -> None:
    """Remember what of the work is in the store."""
    st.session_state["saved"] = kept


def history() -> tuple[Step, ...]:
    """Return the states that can be had back, the newest last."""
    steps: tuple[Step, ...] = st.session_state.get("history", ())
    return steps


def undone() -> tuple[Step, ...]:
    """Return the states that were left by undoing, the newest last."""
    steps: tuple[Step, ...] = st.session_state.get("undone", ())
    return steps


def put(action: str, work: Work, kept: Saved | None) -> None:
    """Make something else the work of this session, as one step that can be undone."""
    steps = (*history(), Step(action, current(), saved()))
    st.session_state["history"] = steps[-_HISTORY_LIMIT:]
    st.session_state["undone"] = ()
    st.session_state["work"] = work
    set_saved(kept)


def leave_scenario() -> None:
    """Let go of what belongs to the scenario that is worked on and not to the next one."""
    running = st.session_state.pop("plan_job", None)
    if running is not None:
        running.job.stop()
    for name in ("notices", "previous_plan", "plan_attempt", *_TROUBLE):
        st.session_state.pop(name, None)


def _change(action: str, work: Work) -> None:
    put(f"ui.action.{action}", work, saved())


def amend(work: Work) -> None:
    """Complete the work by what follows from it; nothing that a person would undo."""
    st.session_state["work"] = work


def last_action() -> str | None:
    """Return the catalogue key of the newest change that can be undone."""
    return history()[-1].action if history() else None


def next_action() -> str | None:
    """Return the catalogue key of the change that can be made again."""
    return undone()[-1].action if undone() else None


def _go(step: Step) -> Step:
    """Go to a state and return the one that was left, under the same action."""
    left = Step(step.action, current(), saved())
    for name in _TROUBLE:  # it was about the state that is left
        st.session_state.pop(name, None)
    if step.action in _OTHER_SCENARIO:
        leave_scenario()
        st.session_state["work"] = step.work
        set_saved(step.saved)
    else:
        # what is in the store stays there, and so does its name
        scenario = replace(step.work.scenario, name=left.work.scenario.name)
        st.session_state["work"] = replace(step.work, scenario=scenario)
    return left


def undo() -> None:
    """Take the newest change back."""
    if history():
        *rest, step = history()
        left = _go(step)
        st.session_state["history"], st.session_state["undone"] = tuple(rest), (*undone(), left)


def redo() -> None:
    """Make the change again that was taken back last."""
    if undone():
        *rest, step = undone()
        left = _go(step)
        st.session_state["history"], st.session_state["undone"] = (*history(), left), tuple(rest)


def change_scenario(change: Callable[[Scenario], Scenario]) -> None:
    """Replace need, reach and weights by what ``change`` makes of them."""
    before = current().scenario
    after = change(before)
    names = [name for name in _SETTINGS if getattr(before, name) != getattr(after, name)]
    if names:
        _change(_SETTINGS[names[0]], replace(current(), scenario=after))


def set_weight(table: Literal["criteria_weights", "need_weights"], name: str, value: float) -> None:
    """Set one weight and leave the others alone."""
    weights = {**getattr(current().scenario, table), name: value}
    change_scenario(
        lambda old: (
            replace(old, criteria_weights=weights)
            if table == "criteria_weights"
            else replace(old, need_weights=weights)
        )
    )


def set_criteria_weights(weights: Mapping[str, float]) -> None:
    """Set the weights of all criteria at once."""
    change_scenario(lambda old: replace(old, criteria_weights=dict(weights)))


def percentages(shares: Mapping[str, float]) -> dict[str, float]:
    """Return shares as weights that add up to about 100, with as many decimals as a slider shows."""
    return {str(name): round(100.0 * share, 2) for name, share in shares.items()}


def change_plan_settings(change: Callable[[PlanSettings], PlanSettings]) -> None:
    """Replace the settings of the next plan by what ``change`` makes of them."""
    before = current().plan_settings
    after = change(before)
    if before != after:
        action = "rules" if before.constraints != after.constraints else "aim"
        _change(action, replace(current(), plan_settings=after))


def change_tables(
    area: StudyArea,
    action: str,
    *,
    sites: gpd.GeoDataFrame | None = None,
    candidates: gpd.GeoDataFrame | None = None,
) -> None:
    """Take over checked tables; ``area`` is the area as it stands now, ``action`` a catalogue key."""
    put(action, replace(current(), area=area.with_tables(sites=sites, candidates=candidates)), saved())


def set_notes(text: str) -> None:
    """Set the note on the whole scenario."""
    if text != current().notes:
        _change("notes", replace(current(), notes=text))


def set_candidate_note(candidate_id: str, text: str) -> None:
    """Set the note on one room; an empty one is none."""
    notes: Mapping[str, str] = {**current().candidate_notes, candidate_id: text}
    notes = {name: note for name, note in notes.items() if note}
    if notes != current().candidate_notes:
        _change("notes", replace(current(), candidate_notes=notes))


def set_opinion(name: str, weights: Mapping[str, float]) -> None:
    """Keep what somebody holds the criteria to be worth, in place of what they said before.

    A name is the same however it is written; criteria that are left out are worth nothing.
    """
    before = current().opinions
    said = known_opinions((Opinion(name, weights),))
    is_theirs = [search_key(one.name) == search_key(name) for one in before]
    if any(is_theirs):
        after = tuple(
            new for old, theirs in zip(before, is_theirs, strict=True) for new in (said if theirs else (old,))
        )
    else:
        after = (*before, *said)
    if after != before:
        _change("opinion", replace(current(), opinions=after))


def remove_opinion(name: str) -> None:
    """Let go of somebody's opinion."""
    before = current().opinions
    after = tuple(one for one in before if search_key(one.name) != search_key(name))
    if after != before:
        _change("opinion_removed", replace(current(), opinions=after))


def set_judgement(criterion: str, against: str, times: float | None) -> None:
    """Keep how many times as important a criterion is as another; ``None`` takes the judgement back.

    A pair is kept in one direction, the one in which it was judged last.
    """
    before = dict(current().judgements)
    after = {pair: old for pair, old in before.items() if set(pair) != {criterion, against}}
    if times is not None:
        after[criterion, against] = float(times)
    if after != before:
        _change("judgement", replace(current(), judgements=after))


def clear_judgements() -> None:
    """Begin anew with weighing criteria against each other."""
    if current().judgements:
        _change("judgements_cleared", replace(current(), judgements={}))


def set_certainty(level: Certainty) -> None:
    """Set how sure the person is of the weights."""
    if level != current().certainty:
        _change("certainty", replace(current(), certainty=level))


def set_plan(kept: KeptPlan) -> None:
    """Put a plan in force; the one before it can be fetched back."""
    st.session_state["previous_plan"] = current().plan
    _change("plan", replace(current(), plan=kept))


def has_previous_plan() -> bool:
    """Tell whether a plan was replaced that can be fetched back."""
    before = st.session_state.get("previous_plan")
    return before is not None and before is not current().plan


def swap_plans() -> None:
    """Fetch the previous plan back; doing it twice changes nothing."""
    if has_previous_plan():
        set_plan(st.session_state["previous_plan"])


def note_effect(kept: KeptPlan, effect: Effect) -> None:
    """Keep with the plan in force what it changes, once that has been measured."""
    if kept.before is None and current().plan is kept:
        amend(replace(current(), plan=measured(kept, effect)))


def snapshot() -> Snapshot:
    """Return everything this session has set as one value."""
    return _captured()[0]


def content_id() -> str:
    """Return the identifier of the content of what this session has set."""
    return _captured()[1]


def _captured() -> tuple[Snapshot, str]:
    from planning.scenarios.document import snapshot_id

    work = current()
    held: tuple[Work, Snapshot, str] | None = st.session_state.get("captured")
    if held is None or held[0] is not work:
        value = capture(work, original_area(area_path()), work.scenario.name)
        held = (work, value, snapshot_id(value))
        st.session_state["captured"] = held
    return held[1], held[2]


@st.cache_resource(show_spinner=False, max_entries=4)
def _untouched(path: str) -> str:
    from planning.scenarios.document import snapshot_id

    area = original_area(path)
    return snapshot_id(capture(Work(area), area))


def has_unsaved() -> bool:
    """Tell whether something was set that is not in the store."""
    kept = saved()
    return content_id() != (_untouched(area_path()) if kept is None else kept.content_id)
