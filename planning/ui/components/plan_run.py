"""Start what takes seconds, show how far it is, end it early, and take up what it found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import streamlit as st

from planning.errors import Fault, PlanningError
from planning.need import cell_need
from planning.scenarios.work import KeptPlan
from planning.ui import cache, state, work
from planning.ui.components.faults import draw_error, fault_text
from planning.ui.components.plan_settings import room_labels
from planning.ui.jobs import Job
from planning.ui.markup import plain
from planning.ui.plans import Doing, Question, complete, plan_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import PlanSettings, Scenario
    from planning.siting import Plan

T = TypeVar("T")
_POLL_S = 0.5
_RULE = "siting_rule_"


@dataclass(frozen=True, eq=False)
class Running(Generic[T]):
    """A job and what it was asked for."""

    job: Job[T]
    question: Question
    about: KeptPlan | None = None


@dataclass(frozen=True, eq=False)
class Attempt:
    """What was asked last and led to no plan: a plan without rooms, or why it could not be computed."""

    plan: Plan | None
    area: StudyArea
    scenario: Scenario
    settings: PlanSettings
    error: PlanningError | None = None


@dataclass(frozen=True, eq=False)
class Analysis(Generic[T]):
    """What was found about a plan; ``stopped`` if a person ended the search."""

    about: KeptPlan
    value: T
    stopped: bool


def question_of(area: StudyArea, scenario: Scenario, settings: PlanSettings) -> Question:
    """Return what a plan is computed from.

    Raises
    ------
    SettingError
        Scores are to count, but their weights are all zero.
    """
    asked = complete(settings, area)
    scores = cache.evaluation(area, scenario).scores.total if asked.score_share > 0 else None
    return Question(cache.walking_field(area, scenario), scenario, asked, scores)


def question_about(kept: KeptPlan) -> Question:
    """Return the question that a plan answers."""
    return question_of(kept.area, kept.plan.scenario, kept.plan.settings)


def running() -> Running[Any] | None:
    """Return the job of this session that has not been taken up yet."""
    held: Running[Any] | None = st.session_state.get("plan_job")
    return held


def attempt() -> Attempt | None:
    """Return what was asked last if it led to no plan; once something else would be asked, it is past."""
    tried: Attempt | None = st.session_state.get("plan_attempt")
    if tried is None:
        return None
    area = state.edited(cache.original_area(cache.area_path()))
    asked = (area, state.scenario(), complete(state.plan_settings(), area))
    return tried if asked == (tried.area, tried.scenario, tried.settings) else None


def analysis(name: str) -> Analysis[Any] | None:
    """Return what was found about the plan in force; what belongs to another one is left out."""
    found: Analysis[Any] | None = st.session_state.get(f"plan_{name}_found")
    kept = state.plan()
    if found is None or kept is None:
        return None
    asked, now = found.about, kept
    same = asked.plan.settings == now.plan.settings and asked.plan.scenario == now.plan.scenario
    if not same or asked.area is not now.area:
        return None
    if name in {"order", "hindsight", "uncertain"} and set(asked.plan.candidate_ids) != set(
        now.plan.candidate_ids
    ):
        return None
    return found


def start(
    name: str, question: Question, work: Callable[[Job[Any]], Any], about: KeptPlan | None = None
) -> None:
    """Start a job, unless one runs already."""
    if running() is None:
        st.session_state["plan_job"] = Running(Job(name, work).start(), question, about)


def start_plan(area: StudyArea) -> None:
    """Start computing a plan with the settings of this session."""
    st.session_state.pop("plan_attempt", None)
    scenario, settings = state.scenario(), state.plan_settings()
    try:
        question = question_of(area, scenario, settings)
    except PlanningError as error:
        tried = Attempt(None, area, scenario, complete(settings, area), error)
        st.session_state["plan_attempt"] = tried
        return
    start("plan", question, plan_work(question))


def take_up() -> None:
    """Take up the job that has ended: a plan comes into force, an analysis is kept, a fault is told."""
    held = running()
    if held is None or held.job.running:
        return
    del st.session_state["plan_job"]
    area = held.question.field.area
    asked = (area, held.question.scenario, held.question.settings)
    try:
        outcome = held.job.outcome()
    except PlanningError as error:
        st.session_state["plan_attempt"] = Attempt(None, *asked, error)
        return
    if held.about is not None:
        found = Analysis(held.about, outcome, held.job.stopped)
        st.session_state[f"plan_{held.job.name}_found"] = found
    elif outcome.status in {"optimal", "feasible"}:
        work.set_plan(KeptPlan(outcome, area, stopped=held.job.stopped))
        st.session_state["plan_panel_wish"] = "rooms"
        st.session_state.pop("plan_pick", None)
    else:
        st.session_state["plan_attempt"] = Attempt(outcome, *asked)


def draw_job(t: Translator) -> None:
    """Draw how far the running job is, with a button to end it; draws nothing if there is none."""
    held = running()
    if held is None:
        return
    st.fragment(_draw_progress, run_every=_POLL_S)(t, held)


def _draw_progress(t: Translator, held: Running[Any]) -> None:
    job = held.job
    if not job.running:
        st.rerun()
    share, text = progress_text(t, held)
    with st.container(horizontal=True, vertical_alignment="center", key="plan_progress"):
        st.progress(share, text=text, width="stretch")
        st.button(t("plan.cancel"), key="plan_cancel", on_click=job.stop, disabled=job.stopped)


def progress_text(t: Translator, held: Running[Any]) -> tuple[float, str]:
    """Return how far a job is as a share, and in words."""
    job, settings = held.job, held.question.settings
    seconds = t("plan.progress.seconds", seconds=t.number(job.seconds))
    if job.stopped:
        return 1.0, t("plan.progress.stopping")
    doing = job.state if isinstance(job.state, Doing) else Doing("walk")
    if doing.step == "walk":
        share = doing.done / doing.total if doing.total else 0.0
        return share, f"{t('plan.progress.walk')} · {seconds}"
    if doing.step == "count":
        share = min(doing.done / doing.total, 1.0) if doing.total else 0.0
        counted = t("plan.progress.count", done=doing.done, total=doing.total) if doing.total else ""
        return share, " · ".join(filter(None, (t(f"plan.progress.{job.name}"), counted, seconds)))
    share = min(job.seconds / max(settings.time_limit_s, 1.0), 1.0)
    if math.isnan(doing.objective):
        return share, f"{t('plan.progress.search')} · {seconds}"
    best = t("plan.progress.best", best=objective_text(t, held.question, doing.objective))
    return share, " · ".join((best, better_text(t, doing.objective, doing.bound), seconds))


def objective_text(t: Translator, question: Question, objective: float, out_of_reach: float = 0.0) -> str:
    """Return an objective as people read it; with scores in it, it has no unit.

    ``out_of_reach`` is the need that no room and no site can be reached from.
    """
    settings, scenario = question.settings, question.scenario
    if settings.score_share > 0:
        return t.number(objective)
    if settings.objective == "coverage":
        return t("plan.figure.need", need=t.number(objective))
    if settings.objective == "cover-all":
        return t("plan.figure.rooms", rooms=t.number(objective))
    metres = objective
    if settings.objective == "walking":
        need = float(cell_need(question.field.area.cells, scenario.need_weights).sum()) - out_of_reach
        metres = objective / need if need > 0 else math.nan
    return t("plan.figure.minutes", minutes=t.number(metres / scenario.metres_per_minute, 1))


def better_text(t: Translator, objective: float, bound: float) -> str:
    """Say how much better a plan could be at most."""
    from planning.siting.solution import relative_gap

    gap = relative_gap(objective, bound)
    if math.isinf(gap) or math.isnan(gap):
        return t("plan.progress.open")
    return t("plan.progress.better", share=t.at_most(gap))


def named(t: Translator, area: StudyArea, fault: Fault) -> Fault:
    """Return a fault with the names of boroughs and rooms in place of their keys."""
    labels = room_labels(t, area)
    boroughs = area.level("borough")["name"].to_dict()
    params = dict(fault.params)
    if "borough" in params:
        params["borough"] = boroughs.get(params["borough"], params["borough"])
    for name in ("candidate", "rooms"):
        if name in params:
            keys = str(params[name]).split(", ")
            params[name] = "; ".join(labels.get(key, key) for key in keys)
    return Fault(fault.code, fault.table, fault.row, fault.column, params)


def draw_attempt(t: Translator) -> None:
    """Draw why what was asked last led to no plan; draws nothing if it did."""
    tried = attempt()
    if tried is None:
        return
    if tried.error is not None and not tried.error.faults:
        draw_error(t, tried.error)
    elif tried.error is not None:
        head = t(f"errors.{tried.error.code}", **tried.error.params)
        _draw_reasons(t, tried.area, plain(head), tried.error.faults)
    elif tried.plan is not None and tried.plan.status == "infeasible":
        _draw_reasons(t, tried.area, t("siting.status.infeasible"), tried.plan.problems)
    else:
        st.warning(f"**{t('siting.status.unknown')}**", icon=":material/timer_off:")


def _draw_reasons(t: Translator, area: StudyArea, head: str, faults: tuple[Fault, ...]) -> None:
    """Draw a head and the reasons; rules that contradict each other become a list."""
    told = [(fault.code.startswith(_RULE), plain(fault_text(t, named(t, area, fault)))) for fault in faults]
    lines = [f"- {text}" if is_rule else f"\n{text}\n" for is_rule, text in told]
    st.error("\n".join([f"**{head}**", "", *lines]), icon=":material/block:")
