"""What the first map of an export looks like, drawn when somebody asks for it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING

import streamlit as st

from planning.scenarios.work import complete_scenario
from planning.ui import cache, work

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scenarios.work import Work
    from planning.ui.components.export_choice import Chosen

_DPI = 110


def draw_sample(t: Translator, chosen: Chosen) -> None:
    """Draw a button, and after it was pressed the first map as it is now."""
    if not st.toggle(t("output.sample"), key="export_sample", help=t("output.sample_why")):
        return
    now = work.current()
    kept = now.plan
    area = now.area if kept is None else kept.area
    scenario = now.scenario if kept is None else kept.plan.scenario
    rooms = () if kept is None else kept.plan.candidate_ids
    today = dt.date.today()  # noqa: DTZ011 - the date on the reader's wall
    told = [complete_scenario(scenario).__dict__, kept is None, rooms, now.scenario.name, str(today)]
    told += [chosen.paper, chosen.orientation]
    key = hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()
    with st.spinner(t("output.sample_drawn")):
        picture = _sample(f"{cache.tables_digest(area)}{key}{t.language}", area, scenario, now, t, chosen)
    st.image(picture, caption=t("output.sample_first"), width="stretch")


@st.cache_data(show_spinner=False, max_entries=6)
def _sample(
    key: str,  # noqa: ARG001 - the key of the cache
    _area: StudyArea,
    _scenario: Scenario,
    _work: Work,
    _t: Translator,
    _chosen: Chosen,
) -> bytes:
    from planning.render.findings import find  # asked for by one page only
    from planning.render.sheets import Paper, city_sheet, ranking_sheet, sheet_png

    field = cache.walking_field(_area, _scenario)
    far = field.near if _work.plan is None else field.distances()
    found = find(_work, field.network, far, dt.date.today())  # noqa: DTZ011 - the date on the reader's wall
    paper = Paper("a3" if _chosen.paper == "a3" else "a4", _chosen.orientation == "landscape")
    drawn = ranking_sheet if found.plan is None else city_sheet
    return sheet_png(found, drawn(found, _t, paper), _t, _DPI)
