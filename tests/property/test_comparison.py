from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.model import Scenario
from planning.scoring import evaluate
from planning.scoring.comparison import compare_candidates
from tests.fixtures.areas import make_tiny_area
from tests.fixtures.compared import CRITERIA, ROOMS, walks

AREA = make_tiny_area()
WALKS = walks(AREA)

metres = st.floats(0.0, 3000.0, width=32) | st.just(float("inf"))
weights = st.dictionaries(st.sampled_from(CRITERIA), st.floats(0.0, 100.0), max_size=9)


@st.composite
def judged(draw):
    cells = len(AREA.cells)
    rows = st.lists(metres, min_size=cells, max_size=cells)
    own = np.array([draw(rows) for _ in ROOMS], dtype=np.float32).T
    sites = np.array([draw(rows)], dtype=np.float32).T
    distances = SimpleNamespace(**{**vars(WALKS), "candidates": own, "sites": sites})
    chosen = draw(weights)
    if chosen and len(chosen) == len(CRITERIA) and not any(chosen.values()):
        chosen = {}
    scenario = Scenario(minutes=draw(st.floats(5.0, 30.0)), criteria_weights=chosen)
    ids = draw(st.lists(st.sampled_from(ROOMS), min_size=2, max_size=4, unique=True))
    evaluation = evaluate(AREA, scenario, distances)
    return evaluation, compare_candidates(AREA, scenario, distances, evaluation, ids), ids


@settings(max_examples=30)
@given(judged())
def test_union_is_the_sum_less_what_overlaps(case):
    evaluation, compared, _ = case
    need, rooms = evaluation.need, compared.rooms
    for one in compared.overlaps:
        a, b = rooms[one.a].need_gained, rooms[one.b].need_gained
        assert one.together == pytest.approx(a + b - one.both, abs=1e-6)
        assert one.together == pytest.approx(one.only_a + one.only_b + one.both, abs=1e-6)
        assert min(one.both, one.only_a, one.only_b) >= 0
    whole = sum(room.need_gained for room in rooms)
    assert sum(m * part for m, part in enumerate(compared.exactly, start=1)) == pytest.approx(whole, abs=1e-6)
    assert sum(compared.exactly) == pytest.approx(compared.together, abs=1e-6)
    assert sum(room.need_only for room in rooms) == pytest.approx(compared.exactly[0], abs=1e-6)
    assert max(room.need_gained for room in rooms) <= compared.together + 1e-6 <= need.sum() + 2e-6
    for room in rooms:
        assert not (room.gained & ~room.reached).any()


@settings(max_examples=30)
@given(judged())
def test_contributions_and_differences_add_up(case):
    evaluation, compared, ids = case
    totals = evaluation.scores.total
    first = compared.rooms[0]
    assert {room.candidate_id for room in compared.rooms} == set(ids)
    assert first.score.rank == min(evaluation.scores.rank[name] for name in ids)
    for room in compared.rooms:
        parts = sum(part.contribution for part in room.score.parts)
        assert parts == pytest.approx(totals[room.candidate_id], abs=1e-9)
        apart = compared.differences.loc[room.candidate_id].sum()
        assert apart == pytest.approx(room.score.total - first.score.total, abs=1e-9)
        assert apart <= 1e-9
