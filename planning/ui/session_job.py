"""One job of a kind in each session: which is running, and what the one that has ended came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from planning.ui.jobs import Job


@dataclass(frozen=True)
class Ended:
    """What a job came to, and whether a person stopped it."""

    outcome: Any
    stopped: bool


def running(name: str) -> Job[Any] | None:
    """Return the job of this session that has not been taken up yet."""
    job: Job[Any] | None = st.session_state.get(f"{name}_job")
    return job


def start(name: str, job: Job[Any]) -> None:
    """Start a job; what went wrong before is past."""
    st.session_state.pop(f"{name}_error", None)
    st.session_state[f"{name}_job"] = job.start()


def fail(name: str, error: Exception) -> None:
    """Keep why there is no outcome."""
    st.session_state[f"{name}_error"] = error


def failure(name: str) -> Exception | None:
    """Return why the last job came to nothing."""
    error: Exception | None = st.session_state.get(f"{name}_error")
    return error


def take_up(name: str, *errors: type[Exception]) -> Ended | None:
    """Return what the job came to if it has ended since; one of these errors is kept instead."""
    job = running(name)
    if job is None or job.running:
        return None
    del st.session_state[f"{name}_job"]
    try:
        return Ended(job.outcome(), job.stopped)
    except errors as error:
        fail(name, error)
        return None
