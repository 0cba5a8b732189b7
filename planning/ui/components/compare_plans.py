"""Two plans side by side: which covers more, how sure that is, and what else differs."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

import streamlit as st

from planning.errors import PlanningError
from planning.render.labels import short_number
from planning.ui import cache, sureness
from planning.ui.components.faults import draw_error
from planning.ui.components.plan_sides import choose_sides
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Certainty, Scenario
    from planning.scoring import Evaluation
    from planning.ui.components.plan_sides import PlanSide

_CERTAINTY: Final[Certainty] = "medium"
"""How sure a person is of the weights says nothing about what given rooms cover, so it is not asked."""


def draw_plans(t: Translator, area: StudyArea, scenario: Scenario, evaluation: Evaluation) -> None:
    """Draw the choice of two plans and, once there are two, the comparison."""
    try:
        sides = choose_sides(t, area, evaluation)
    except PlanningError as error:
        draw_error(t, error)
        return
    if sides is None:
        return
    st.caption(t("two_plans.measured", minutes=short_number(t, scenario.minutes)))
    _draw_left_out(t, sides)
    if set(sides[0].ids) == set(sides[1].ids):
        st.info(t("two_plans.same"), icon=":material/info:")
        return
    from planning.render.two_plans import style  # asked for by this view only

    with st.spinner(t("two_plans.drawing")):
        key = _key(area, scenario, evaluation)
        parts = _pieces(key, t, area, scenario, evaluation, *sides)
    st.html(style())
    for name, fragment in parts.items():
        if fragment:
            st.markdown(f"#### {t(f'two_plans.section.{name}')}")
            st.html(fragment)


def _draw_left_out(t: Translator, sides: tuple[PlanSide, PlanSide]) -> None:
    lines = []
    for letter, side in zip("AB", sides, strict=True):
        if side.left_out:
            names = " · ".join(plain(name) for name in side.left_out)
            lines.append(t("two_plans.left_out", letter=letter, names=names))
        if not side.ids:
            lines.append(t("two_plans.nothing_left", letter=letter))
    if lines:
        st.warning("\n".join(f"- {line}" for line in lines), icon=":material/info:")


def _key(area: StudyArea, scenario: Scenario, evaluation: Evaluation) -> str:
    """Return a digest of everything that two plans are measured by."""
    settings = [
        scenario.minutes,
        scenario.speed_kmh,
        sorted(scenario.need_weights.items()),
        evaluation.scores.shares.to_list(),
        sureness.this_year(),
    ]
    digest = hashlib.sha256(f"{cache.plan_facts(area)} {area.digest} {json.dumps(settings)}".encode())
    digest.update(evaluation.scores.total.to_numpy().tobytes())
    return digest.hexdigest()


@st.cache_resource(show_spinner=False, max_entries=8)
def _pieces(
    key: str,  # noqa: ARG001 - with what follows the key of the cache
    t: Translator,
    _area: StudyArea,
    _scenario: Scenario,
    _evaluation: Evaluation,
    a: PlanSide,
    b: PlanSide,
) -> dict[str, str]:
    from planning.render.two_plans import sections
    from planning.siting.two_plans import compare_plans

    effects = (cache.effect(_area, _scenario, a.ids), cache.effect(_area, _scenario, b.ids))
    drawn = sureness.perturbation(_area, _scenario, _evaluation, _CERTAINTY)
    plans = compare_plans(effects, (a.ids, b.ids), _evaluation.need, perturbation=drawn)
    return sections(
        t,
        _area,
        plans,
        _evaluation.need,
        names=(a.name, b.name),
        minutes=_scenario.minutes,
        scores=_evaluation.scores,
    )
