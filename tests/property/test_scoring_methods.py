from __future__ import annotations

import math
from itertools import combinations, permutations
from unittest import mock

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from planning.area.criteria import criteria
from planning.model import Opinion
from planning.scoring import methods, score
from planning.scoring.agreement import agreement
from planning.scoring.dominance import dominators
from planning.scoring.methods import METHODS, promethee, totals, weighted_sum
from planning.scoring.opinions import compromise, spread
from planning.scoring.pairwise import next_question, pairwise_weights
from planning.scoring.scores import ranks

CATALOGUE = criteria()
IDS = [criterion.id for criterion in CATALOGUE]

NEAR = [0.0, 1e-12, 5e-10, 50.0, math.nextafter(50.0, 100.0), 50.0 + 1e-9, 50.0 + 6e-10, 99.9999999995, 100.0]
value = st.sampled_from(NEAR) | st.floats(0.0, 100.0) | st.integers(0, 4).map(lambda step: 25.0 * step)
positive = st.floats(1e-3, 1e3) | st.sampled_from([1e-300, 1e-15, 1.0, 1e15])


@st.composite
def tables(draw, least=2, most=9):
    """Return values in which some candidates are as good as another or worse, and positive shares."""
    width = draw(st.integers(1, 6))
    row = st.lists(value, min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=least, max_size=most))
    for _ in range(draw(st.integers(0, 4))):
        rows.append([min(pair) for pair in zip(draw(st.sampled_from(rows)), draw(row), strict=True)])
    for _ in range(draw(st.integers(0, 3))):
        worse = list(draw(st.sampled_from(rows)))
        column = draw(st.integers(0, width - 1))
        worse[column] = max(0.0, math.nextafter(worse[column], -1.0))
        rows.append(worse)
    table = np.array(draw(st.permutations(rows)))
    if draw(st.booleans()):
        table[:, draw(st.integers(0, width - 1))] = draw(value)
    weights = np.array(draw(st.lists(positive, min_size=width, max_size=width)))
    shares = weights / weights.max()
    names = draw(st.permutations([f"k{i}" for i in range(len(table))]))
    return pd.DataFrame(table, index=names), shares / shares.sum()


def dominations(values):
    """Return all pairs (better, worse) by plain loops."""
    rows = {name: row.tolist() for name, row in zip(values.index, values.to_numpy(), strict=True)}
    return {
        (a, b)
        for a, b in permutations(rows, 2)
        if all(x >= y for x, y in zip(rows[a], rows[b], strict=True)) and rows[a] != rows[b]
    }


@given(tables(), st.sampled_from(METHODS), st.sampled_from([1, 5, 1 << 18]))
def test_a_dominated_candidate_never_outranks_its_dominator(drawn, method, block):
    values, shares = drawn
    matrix = values.to_numpy()
    with mock.patch.object(methods, "PAIRS_AT_ONCE", block):
        total = totals(method, matrix, shares)
    rank = dict(zip(values.index, ranks(total, list(values.index), matrix), strict=True))
    assert not np.isnan(total).any()
    figure = dict(zip(values.index, total, strict=True))
    for a, b in dominations(values):
        assert figure[a] >= figure[b], "exactly, whatever was rounded on the way"
        assert rank[a] < rank[b]


@given(tables(), st.floats(0.0, 20.0), st.floats(1e-6, 80.0))
def test_promethee_keeps_dominance_whatever_its_thresholds(drawn, free, span):
    values, shares = drawn
    matrix = values.to_numpy()
    total = promethee(matrix, shares, indifference=free, preference=free + span)
    rank = dict(zip(values.index, ranks(total, list(values.index), matrix), strict=True))
    assert all(rank[a] < rank[b] for a, b in dominations(values))
    assert abs(total.sum()) < 1e-9


@given(tables())
def test_figures_stay_in_their_ranges_and_ranks_are_complete(drawn):
    values, shares = drawn
    ranges = {"weighted_sum": (0.0, 100.0), "topsis": (0.0, 1.0), "promethee": (-1.0, 1.0)}
    for method, (low, high) in ranges.items():
        total = totals(method, values.to_numpy(), shares)
        assert ((total >= low - 1e-9) & (total <= high + 1e-9)).all()
        rank = ranks(total, list(values.index), values.to_numpy())
        assert sorted(rank) == list(range(1, len(values) + 1))


@given(tables())
def test_the_dominator_named_dominates_and_is_not_dominated_itself(drawn):
    values, _ = drawn
    found, pairs = dominators(values), dominations(values)
    for b in values.index:
        above = [a for a, worse in pairs if worse == b]
        assert found[b] in (above or [""])
        assert not above or found[found[b]] == ""


measure = st.floats(0.0, 5e4) | st.integers(0, 12).map(float) | st.sampled_from([math.inf, math.nan])
weight = st.floats(0.0, 1e3, allow_subnormal=False)
weights = st.fixed_dictionaries(dict.fromkeys(IDS, weight)).filter(lambda chosen: sum(chosen.values()) > 1e-3)


@st.composite
def scored(draw):
    rows = draw(st.lists(st.lists(measure, min_size=9, max_size=9), min_size=1, max_size=7))
    rows += [draw(st.sampled_from(rows)) for _ in range(draw(st.integers(0, 2)))]
    names = draw(st.permutations([f"k{i}" for i in range(len(rows))]))
    return score(pd.DataFrame(rows, index=names, columns=IDS, dtype=float), CATALOGUE, draw(weights))


@given(scored(), st.integers(1, 5))
def test_all_methods_respect_dominance_in_what_was_scored(scores, count):
    found = agreement(scores, count)
    named = dominators(scores.values)
    for b, a in named[named != ""].items():
        assert scores.rank[a] < scores.rank[b]
        assert (found.ranks.loc[a] < found.ranks.loc[b]).all()
    assert found.ranks["weighted_sum"].to_list() == scores.rank.to_list()
    assert found.best.sum() == len(METHODS) * min(count, len(scores.rank))


@given(scored(), st.lists(weights, min_size=1, max_size=4), st.integers(1, 5))
def test_the_compromise_is_the_ranking_under_the_mean_shares(scores, people, count):
    opinions = [Opinion(f"p{i}", chosen) for i, chosen in enumerate(people)]
    found = compromise(scores, CATALOGUE, opinions, count)
    table = spread(CATALOGUE, opinions)
    assert abs(found.shares.sum() - 1.0) <= 1e-12
    assert found.shares.to_list() == table["mean"].to_list()
    judged = scores.values  # noqa: PD011 - a frame called values
    matrix, names = judged.to_numpy(), list(judged.index)
    under_mean = weighted_sum(matrix, found.shares)
    assert found.table["rank"].to_list() == ranks(under_mean, names, matrix).tolist()
    single = np.column_stack([weighted_sum(matrix, table[i]) for i in range(len(opinions))])
    np.testing.assert_allclose(found.table["score"], single.mean(axis=1), atol=1e-9)
    by_person = np.column_stack([ranks(one, names, matrix) for one in single.T])
    assert found.table["best_rank"].to_list() == by_person.min(axis=1).tolist()
    assert found.table["worst_rank"].to_list() == by_person.max(axis=1).tolist()
    assert found.table["times_best"].sum() == len(opinions) * min(count, len(names))
    assert (table["low"] <= table["mean"] + 1e-12).all()
    assert (table["mean"] <= table["high"] + 1e-12).all()


@st.composite
def compared(draw, *, consistent=False):
    """Return names, judgements that connect them and, where consistent, the weights they were made of."""
    names = [f"k{i}" for i in range(draw(st.integers(2, 9)))]
    true = {name: draw(st.floats(1.0, 9.0)) for name in names}
    kept = {(draw(st.sampled_from(names[:i])), name) for i, name in enumerate(names) if i}
    kept |= draw(st.sets(st.sampled_from(list(combinations(names, 2)))))
    step = st.integers(1, 9).map(float) | st.integers(2, 9).map(lambda times: 1.0 / times)
    pairs = [pair[::-1] if draw(st.booleans()) else pair for pair in sorted(kept)]
    judgements = {pair: true[pair[0]] / true[pair[1]] if consistent else draw(step) for pair in pairs}
    return names, judgements, true


@given(compared(consistent=True))
def test_consistent_judgements_return_their_weights_however_many_are_missing(drawn):
    names, judgements, true = drawn
    found = pairwise_weights(names, judgements)
    np.testing.assert_allclose(found.shares, np.array(list(true.values())) / sum(true.values()), rtol=1e-10)
    assert abs(found.ratio) <= 1e-10
    assert found.worst is None
    assert found.given + found.missing == len(names) * (len(names) - 1) / 2


@given(compared(), st.data())
def test_the_direction_of_a_judgement_changes_nothing(drawn, data):
    names, judgements, _ = drawn
    turned = data.draw(st.sets(st.sampled_from(sorted(judgements))))
    other = {
        (pair[::-1] if pair in turned else pair): (1.0 / times if pair in turned else times)
        for pair, times in judgements.items()
    }
    one, two = pairwise_weights(names, judgements), pairwise_weights(names, other)
    np.testing.assert_allclose(one.shares, two.shares, rtol=1e-9)
    assert abs(one.ratio - two.ratio) <= 1e-9
    assert (one.worst is None) == (two.worst is None)
    if one.worst is not None:
        assert (one.worst.criterion, one.worst.against) == (two.worst.criterion, two.worst.against)
        assert abs(one.worst.times - two.worst.times) <= 1e-9


@given(compared())
def test_shares_solve_harkers_equation_and_the_worst_is_the_furthest(drawn):
    names, judgements, _ = drawn
    found = pairwise_weights(names, judgements)
    shares = found.shares
    assert abs(shares.sum() - 1.0) <= 1e-12
    assert (shares > 0.0).all()
    rows = np.zeros(len(names))
    for i, a in enumerate(names):
        for b in names:
            stated = judgements.get((a, b)) or 1.0 / judgements.get((b, a), shares[b] / shares[a])
            rows[i] += stated * shares[b] / shares[a]
    assert rows.max() - rows.min() <= 1e-8 * rows.max()
    apart = [abs(math.log(times * shares[b] / shares[a])) for (a, b), times in judgements.items()]
    if found.worst is not None:
        furthest = abs(math.log(found.worst.times / found.worst.expected))
        assert abs(furthest - max(apart)) <= 1e-8
    else:
        assert max(apart) <= 1e-8


@given(compared())
def test_questions_end_after_every_pair_was_asked_once(drawn):
    names, judgements, _ = drawn
    answers, left = dict(judgements), len(names) * (len(names) - 1) // 2 - len(judgements)
    for _ in range(left):
        pair = next_question(names, answers)
        assert pair is not None
        assert pair not in answers
        assert pair[::-1] not in answers
        answers[pair] = 1.0
    assert next_question(names, answers) is None
