"""Search for a week beside the page: start, progress, cancel, take up, and the week before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import PlanningError
from planning.rota.record import record_bytes
from planning.ui import session_job
from planning.ui.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.rota import Duty, Rota
    from planning.rota.change import Plan
    from planning.rota.conflict import Conflict
    from planning.rota.defaults import Week
    from planning.scenarios.work import KeptPlan

_POLL_S, _LIMIT_S = 0.5, 60.0


@dataclass(frozen=True, eq=False)
class WeekFound:
    """What a search came to.

    Parameters
    ----------
    area, scenario
        What the week was planned for; later changes of sites and settings are not in it.
    conflict
        Why there is no plan.
    before
        The plan of which as little as possible was to change, with its task.
    """

    week: Week
    rota: Rota
    area: StudyArea
    scenario: Scenario
    conflict: Conflict | None = None
    before: Plan | None = None

    @property
    def asked(self) -> Week:
        """The week as it was asked for, with the plan of which as little as possible was to change."""
        return self.week if self.before is None else _after(self.week, self.before[1])


def _after(week: Week, duties: Sequence[Duty]) -> Week:
    from planning.rota.change import replanned

    return replace(week, task=replanned(week.task, duties))


def rota_work(
    week: Week, area: StudyArea, scenario: Scenario, before: Plan | None = None
) -> Callable[[Job[WeekFound]], WeekFound]:
    """Return the work of a job that plans a week or finds out why it cannot be."""

    def work(job: Job[WeekFound]) -> WeekFound:
        from planning.rota.conflict import find_conflict
        from planning.rota.solving import solve

        asked = week if before is None else _after(week, before[1])
        rota = solve(asked.task, time_limit_s=_LIMIT_S, tell=job.tell, over=job.over)
        if rota.status != "infeasible":
            return WeekFound(week, rota, area, scenario, before=before)
        job.tell("conflict")
        return WeekFound(week, rota, area, scenario, find_conflict(week.task, over=job.over), before)

    return work


def running() -> Job[WeekFound] | None:
    """Return the search of this session that has not been taken up yet."""
    return session_job.running("rota")


def found() -> WeekFound | None:
    """Return what the last search came to."""
    known: WeekFound | None = st.session_state.get("rota_found")
    return known


def week_file(plan: KeptPlan | None) -> bytes:
    """Return the file of the week that is shown if it is one of this plan, else nothing."""
    known = found()
    if plan is None or known is None or not known.rota.found:
        return b""
    open_rooms = {duty.place for duty in known.rota.duties}
    if not set(plan.plan.candidate_ids) <= open_rooms:
        return b""
    return record_bytes(known.asked.task, known.rota)


def past() -> WeekFound | None:
    """Return the week that was shown before the last search."""
    known: WeekFound | None = st.session_state.get("rota_past")
    return known


def start(week: Week, area: StudyArea, scenario: Scenario, before: Plan | None) -> None:
    """Start planning the week; ``before`` is what as little as possible is to change of."""
    if running() is None:
        session_job.start("rota", Job("rota", rota_work(week, area, scenario, before)))


def take_up() -> None:
    """Take up the search that has ended; what was shown before it can be had again."""
    ended = session_job.take_up("rota", PlanningError)
    if ended is None:
        return
    known = found()
    if known is not None and known.rota.found:
        st.session_state["rota_past"] = known
    st.session_state["rota_found"] = ended.outcome


def go_back() -> None:
    """Show the week before the last search; once more shows the last one again."""
    past = st.session_state.pop("rota_past", None)
    if past is not None:
        known = found()
        if known is not None and known.rota.found:
            st.session_state["rota_past"] = known
        st.session_state["rota_found"] = past


@st.fragment(run_every=_POLL_S)
def draw_progress(t: Translator) -> None:
    """Draw how far the search is, until it has ended."""
    job = running()
    if job is None or not job.running:
        st.rerun()
    assert job is not None  # noqa: S101 - a rerun does not come back
    seconds = t.number(job.seconds)
    if job.state == "conflict":
        share, text = 1.0, t("rota.page.explaining", seconds=seconds)
    elif (goal := getattr(job.state, "goal", None)) is None:
        share, text = 0.0, t("rota.page.first", seconds=seconds)
    else:
        share = job.state.number / (job.state.total + 1)  # type: ignore[attr-defined]
        text = t("rota.page.improving", goal=t(f"rota_files.goal.{goal}"), seconds=seconds)
    st.progress(share, text=text)
    st.button(t("plan.cancel"), key="rota_cancel", on_click=job.stop, disabled=job.stopped)
