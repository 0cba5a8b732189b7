"""The study area that is open, read once for all sessions.

Apart from :mod:`planning.ui.cache`, so that it can be read while the heavier libraries are still loading.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from planning.area import StudyArea, load_area, load_unlocated

if TYPE_CHECKING:
    import pandas as pd


def area_path() -> str:
    """Return the folder of the study area to open; empty for the bundled one."""
    return os.environ.get("PLANNING_AREA", "")


@st.cache_resource(show_spinner=False, max_entries=2)
def original_area(path: str) -> StudyArea:
    """Load a study area once for all sessions."""
    return load_area(Path(path) if path else None)


@st.cache_resource(show_spinner=False, max_entries=2)
def unlocated(path: str) -> pd.DataFrame:
    """Read the rooms without a known place once for all sessions."""
    return load_unlocated(Path(path) if path else None)
