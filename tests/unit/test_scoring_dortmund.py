"""What must hold for the bundled city, whatever the weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from planning.access import measure
from planning.model import Scenario
from planning.scoring import candidate_facts, evaluate, ranking, surroundings


@pytest.fixture(scope="module")
def distances(dortmund):
    return measure(dortmund)


@pytest.fixture(scope="module")
def judged(dortmund, distances):
    return evaluate(dortmund, Scenario(), distances)


def test_every_room_has_a_finite_score_that_splits(judged):
    scores = judged.scores
    assert len(scores.total) > 500
    assert scores.total.between(0.0, 100.0).all()
    assert np.abs(scores.contributions.sum(axis=1) - scores.total).max() <= 1e-9
    assert (scores.low <= scores.total).all()
    assert (scores.total <= scores.high).all()


def test_nobody_has_recorded_step_free_access_and_it_shows(judged):
    assert judged.scores.unknown["step_free"].all()
    np.testing.assert_allclose(judged.scores.high - judged.scores.low, 5.0)


def test_ranking_does_not_depend_on_the_order_of_the_rooms(dortmund, distances, judged):
    backwards = dortmund.with_tables(candidates=dortmund.candidates.iloc[::-1].reset_index(drop=True))
    columns = ("candidates", "candidate_sites", "candidate_stops", "candidate_places")
    turned = replace(distances, **{name: getattr(distances, name)[:, ::-1] for name in columns})
    plain = ranking(dortmund, judged)
    again = ranking(backwards, evaluate(backwards, Scenario(), turned))
    pd.testing.assert_frame_equal(again, plain, check_exact=False, atol=1e-9)
    assert plain["rank"].to_list() == list(range(1, len(plain) + 1))


def test_facts_tell_what_the_score_was_made_of(dortmund, distances, judged):
    around = surroundings(dortmund, distances)
    for candidate_id in judged.raw.index[::90]:
        facts = candidate_facts(dortmund, Scenario(), distances, judged, candidate_id)
        row = judged.raw.loc[candidate_id]
        assert facts.need_gained == pytest.approx(row["need_gained"], rel=1e-9)
        assert facts.need_density == pytest.approx(row["need_density"], rel=1e-9)
        assert facts.need_gained <= facts.need_in_reach + 1e-6
        assert len(facts.lines) == around.loc[candidate_id, "transit"]
        assert len(facts.partners) == around.loc[candidate_id, "partners"]
        assert facts.sites[0].metres == pytest.approx(row["distance"])
        assert candidate_id not in {place.place_id for place in facts.partners}
