"""Which rooms this session compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.scoring.comparison import MOST

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = "compare_rooms"


def chosen() -> list[str]:
    """Return the rooms to be compared, in the order in which they were picked."""
    return list(st.session_state.get(KEY, ()))


def choose(candidate_ids: Sequence[str]) -> None:
    """Compare other rooms."""
    st.session_state[KEY] = list(candidate_ids)


def add(candidate_id: str) -> None:
    """Put a room into the comparison; the one that was picked first gives way if it is full."""
    kept = [name for name in chosen() if name != candidate_id]
    choose([*kept[-(MOST - 1) :], candidate_id])
