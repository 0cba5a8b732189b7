"""What holds for any draws: shares are shares, a dominated room is never ahead, counts agree."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.model import Criterion
from planning.scoring.confidence import confidence, pair_shares
from planning.scoring.perturbation import CHUNK, Perturbation, draw
from planning.scoring.scores import ranks
from planning.scoring.uncertainty import LEVELS, Regions

NOWHERE = Regions(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), ())
values = st.floats(0.0, 100.0, width=32) | st.integers(0, 4).map(lambda part: 25.0 * part)


@st.composite
def perturbations(draw, facts=True):
    n, k = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    table = np.array(draw(st.lists(st.lists(values, min_size=k, max_size=k), min_size=n, max_size=n)))
    weights = np.array(draw(st.lists(st.integers(0, 10), min_size=k, max_size=k).filter(any)), dtype=float)
    shares = weights / weights.sum()
    names = [f"k{number}" for number in range(n)]
    order = np.argsort(ranks(table @ shares, names, table))
    table = table[order].astype(np.float32)
    criteria = [f"c{number}" for number in range(k)]
    unsure = draw(st.sets(st.sampled_from(criteria))) if facts else set()
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    spread = rng.choice([0.0, 5.0, 40.0])
    moves = np.sort(rng.normal(0.0, 1.0, LEVELS)) * spread
    return Perturbation(
        candidate_ids=tuple(names[row] for row in order),
        criteria=tuple(
            Criterion(name, "u", "raw", ((0.0, 0.0), (1.0, 100.0)), 50.0, 1.0) for name in criteria
        ),
        shares=shares,
        concentration=draw(st.sampled_from([1.0, 10.0, 250.0, 1e9])),
        regions=NOWHERE,
        errors=(),
        reached={},
        borough_of=np.zeros(n, dtype=np.intp),
        tables={
            name: np.clip(table[:, column, None] + moves, 0.0, 100.0).astype(np.float32)
            for column, name in enumerate(criteria)
            if name in unsure
        },
        fixed={name: table[:, column] for column, name in enumerate(criteria) if name not in unsure},
    )


@settings(max_examples=60)
@given(perturbations(), st.integers(0, 8), st.integers(0, 100))
def test_shares_of_draws_are_shares(p, count, seed):
    found = confidence(p, count=count, draws=2 * CHUNK, seed=seed)
    n = len(p.candidate_ids)
    assert found.acceptability.shape == (n, n)
    assert (found.acceptability >= 0.0).all()
    np.testing.assert_allclose(found.acceptability.sum(axis=0), 1.0, atol=1e-12)
    np.testing.assert_allclose(found.acceptability.sum(axis=1), 1.0, atol=1e-12)
    table = found.table
    best = min(count, n)
    np.testing.assert_allclose(table["in_best"], found.acceptability[:, :best].sum(axis=1), atol=1e-12)
    np.testing.assert_allclose(table["first"], found.acceptability[:, 0], atol=1e-12)
    np.testing.assert_allclose(table["in_best"].sum(), best, atol=1e-9)
    assert (table["low"] <= table["high"]).all()
    assert ((table[["mean", "low", "high"]] >= 0) & (table[["mean", "low", "high"]] <= 100.001)).all(
        axis=None
    )
    assert (table["rank_low"] <= table["rank_high"]).all()
    assert table["rank_low"].min() >= 1
    assert table["rank_high"].max() <= n
    for name in p.candidate_ids:
        bands = found.bands(name, (1, max(best, 1), n))
        assert abs(sum(bands) - 1.0) < 1e-9
        assert min(bands) >= 0.0


@settings(max_examples=60)
@given(perturbations(facts=False), st.integers(0, 100))
def test_a_dominated_room_is_never_ahead(p, seed):
    table = np.column_stack([p.fixed[one.id] for one in p.criteria])
    found = confidence(p, count=1, draws=CHUNK, seed=seed)
    n = len(table)
    upto = np.cumsum(found.acceptability, axis=1)
    shares = pair_shares(p, p.candidate_ids, draws=CHUNK, seed=seed)
    for better in range(n):
        for worse in range(n):
            if (table[better] >= table[worse]).all() and (table[better] > table[worse]).any():
                assert (upto[better] >= upto[worse] - 1e-12).all()
                assert found.acceptability[worse, 0] == 0.0
                assert shares[better, worse] >= 0.5
    # dominators alone decide how far up a room can be
    above = np.array([((table >= row).all(axis=1) & (table > row).any(axis=1)).sum() for row in table])
    for row in range(n):
        assert not found.acceptability[row, : above[row]].any()


@settings(max_examples=60)
@given(perturbations(), st.integers(0, 100), st.data())
def test_pairs_and_parts_are_those_of_the_whole(p, seed, data):
    n = len(p.candidate_ids)
    columns = data.draw(st.lists(st.integers(0, n - 1), unique=True, min_size=1))
    whole = draw(p, seed, 1)
    part = draw(p, seed, 1, columns=np.array(columns))
    np.testing.assert_array_equal(part.scores, whole.scores[:, columns])
    shares = pair_shares(p, [p.candidate_ids[column] for column in columns], draws=CHUNK, seed=seed)
    scores = draw(p, seed, 0).scores[:, columns]
    for i in range(len(columns)):
        for j in range(len(columns)):
            above = (scores[:, i] > scores[:, j]).mean() + (scores[:, i] == scores[:, j]).mean() / 2
            assert abs(shares[i, j] - above) < 1e-12
    np.testing.assert_allclose(whole.shares.sum(axis=1), 1.0, atol=1e-9)
    assert not whole.shares[:, p.shares == 0].any()
