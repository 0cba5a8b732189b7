"""How sure a ranking is, computed once for the same settings and data and kept for all sessions."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from planning.ui import cache

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planning.area import StudyArea
    from planning.model import Certainty, Scenario
    from planning.scoring import Evaluation
    from planning.scoring.confidence import Confidence
    from planning.scoring.perturbation import Perturbation


def this_year() -> int:
    """Return the year up to which the age of data counts."""
    return dt.date.today().year  # noqa: DTZ011 - the year on the reader's wall


def _key(area: StudyArea, scenario: Scenario, evaluation: Evaluation, certainty: Certainty) -> str:
    settings = [
        scenario.minutes,
        scenario.speed_kmh,
        sorted(scenario.need_weights.items()),
        evaluation.scores.shares.to_list(),
        {name: asdict(one) for name, one in sorted(scenario.value_functions.items())},
        certainty,
        this_year(),
    ]
    digest = hashlib.sha256(cache.plan_facts(area).encode())
    digest.update(json.dumps(settings).encode())
    digest.update(np.ascontiguousarray(evaluation.raw.to_numpy(np.float64)).tobytes())
    digest.update(" ".join(map(str, evaluation.raw.index)).encode())
    return digest.hexdigest()


def perturbation(
    area: StudyArea, scenario: Scenario, evaluation: Evaluation, certainty: Certainty
) -> Perturbation:
    """Return what draws around a scenario are made from."""
    key = _key(area, scenario, evaluation, certainty)
    return _perturbation(key, area, scenario, evaluation, certainty)


@st.cache_resource(show_spinner=False, max_entries=3)
def _perturbation(
    key: str,  # noqa: ARG001 - the key of the cache
    _area: StudyArea,
    _scenario: Scenario,
    _evaluation: Evaluation,
    _certainty: Certainty,
) -> Perturbation:
    from planning.scoring.perturbation import perturbation as prepare  # asked for by one page only

    near = cache.distances(_area, _scenario)
    return prepare(_area, _scenario, near, _evaluation, certainty=_certainty, year=this_year())


def confidence(
    area: StudyArea, scenario: Scenario, evaluation: Evaluation, certainty: Certainty, count: int
) -> Confidence:
    """Return what becomes of the ranking under other weights and other data."""
    key = _key(area, scenario, evaluation, certainty)
    return _confidence(key, count, perturbation(area, scenario, evaluation, certainty))


@st.cache_resource(show_spinner=False, max_entries=6)
def _confidence(key: str, count: int, _perturbation: Perturbation) -> Confidence:  # noqa: ARG001 - the key
    from planning.scoring.confidence import confidence as draw

    return draw(_perturbation, count=count)


def pair_shares(
    area: StudyArea,
    scenario: Scenario,
    evaluation: Evaluation,
    certainty: Certainty,
    ids: tuple[str, ...],
) -> NDArray[np.float64]:
    """Return in which share of the draws one candidate scores above another."""
    key = _key(area, scenario, evaluation, certainty)
    return _pair_shares(key, ids, perturbation(area, scenario, evaluation, certainty))


@st.cache_resource(show_spinner=False, max_entries=24)
def _pair_shares(key: str, ids: tuple[str, ...], _perturbation: Perturbation) -> NDArray[np.float64]:  # noqa: ARG001
    from planning.scoring.confidence import pair_shares as draw

    return draw(_perturbation, ids)
