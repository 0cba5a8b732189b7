"""Confidence in a ranking: against what can be computed otherwise, slowly or on paper."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from planning.access import measure
from planning.area import groups
from planning.model import Criterion, Scenario, ValueFunction
from planning.scoring import criteria_of, evaluate, raw_criteria, score
from planning.scoring import perturbation as module
from planning.scoring.confidence import confidence, covered_shares, pair_shares
from planning.scoring.perturbation import CHUNK, CONCENTRATION, Perturbation, draw, perturbation
from planning.scoring.uncertainty import LEVELS, Regions

YEAR = 2026
NOWHERE = Regions(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), ())
MIXED = {"residents": 0.2, "foreign_nationals": 1.0, "under10": 0.5, "age80plus": 0.7}


def by_hand(values, shares, concentration=50.0, tables=None):
    """Return draws in which only weights change; rows in the order of their rank."""
    values = np.asarray(values, dtype=np.float32)
    names = [f"c{number}" for number in range(values.shape[1])]
    judged = tuple(Criterion(name, "u", "raw", ((0.0, 0.0), (100.0, 100.0)), 50.0, 1.0) for name in names)
    tables = tables or {}
    return Perturbation(
        candidate_ids=tuple(f"k{number}" for number in range(len(values))),
        criteria=judged,
        shares=np.asarray(shares, dtype=np.float64),
        concentration=concentration,
        regions=NOWHERE,
        errors=(),
        reached={},
        borough_of=np.zeros(len(values), dtype=np.intp),
        tables=tables,
        fixed={name: values[:, column] for column, name in enumerate(names) if name not in tables},
    )


def close(share, expected, draws):
    """Tell whether a share of draws is within four Monte-Carlo standard errors of a probability."""
    return abs(share - expected) <= 4 * math.sqrt(expected * (1 - expected) / draws) + 1e-12


# what can be computed on paper


@pytest.mark.parametrize("certainty", ["low", "medium", "high"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.52, 0.9])
@pytest.mark.parametrize(
    ("one", "other"), [((100, 0), (0, 100)), ((80, 30), (50, 60)), ((90, 40), (40, 60)), ((55, 0), (50, 100))]
)
def test_two_criteria_as_the_beta_distribution_says(certainty, share, one, other):
    draws, k = 10_000, CONCENTRATION[certainty]
    p = by_hand([one, other], [share, 1 - share], k)
    gain, loss = one[0] - other[0], other[1] - one[1]
    weight = beta(k * share, k * (1 - share))
    expected = weight.sf(loss / (gain + loss))
    found = confidence(p, count=1, draws=draws, seed=3)
    assert found.draws == draws
    assert close(found.table["first"]["k0"], expected, draws)
    assert close(found.acceptability[1, 0], 1 - expected, draws)
    assert close(pair_shares(p, ["k0", "k1"], draws=draws, seed=3)[0, 1], expected, draws)
    slope = one[0] - one[1]
    mean, spread = one[1] + slope * share, abs(slope) * weight.std()
    assert found.table["mean"]["k0"] == pytest.approx(mean, abs=4 * spread / math.sqrt(draws) + 1e-3)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_the_interval_of_a_score_is_that_of_the_beta_distribution(share):
    draws, k = 20_000, 50.0
    found = confidence(by_hand([(100, 0), (0, 100)], [share, 1 - share], k), count=1, draws=draws)
    weight = beta(k * share, k * (1 - share))
    for column, tail in (("low", 0.05), ("high", 0.95)):
        exact = weight.ppf(tail)
        error = math.sqrt(tail * (1 - tail) / draws) / weight.pdf(exact)
        assert found.table[column]["k0"] == pytest.approx(100 * exact, abs=100 * 4 * error + 0.06)
        assert round(found.table[column]["k0"] * 10) / 10 == found.table[column]["k0"]


def test_weights_have_the_mean_and_the_variance_of_a_dirichlet_distribution():
    shares = np.array([0.5, 0.3, 0.2, 0.0])
    drawn = draw(by_hand(np.zeros((1, 4)), shares, 50.0), 1, 0, size=50_000).shares
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0, atol=1e-12)
    assert (drawn >= 0).all()
    assert not drawn[:, 3].any()
    variance = shares * (1 - shares) / 51
    np.testing.assert_allclose(drawn.mean(axis=0), shares, atol=4 * math.sqrt(0.25 / 51 / 50_000))
    np.testing.assert_allclose(drawn.var(axis=0), variance, rtol=0.05)


@pytest.mark.parametrize("shares", [[1.0, 0.0], [0.0, 1.0]])
def test_all_weight_on_one_criterion_stays_there(shares):
    found = confidence(by_hand([(70, 20), (20, 70)], shares, 10.0), count=1, draws=250)
    assert found.table["first"].tolist() == ([1.0, 0.0] if shares[0] else [0.0, 1.0])


def test_facts_are_drawn_for_each_candidate_by_itself():
    rng = np.random.default_rng(0)
    table = np.sort(rng.uniform(0, 100, (3, LEVELS)), axis=1).astype(np.float32)
    p = by_hand(np.zeros((3, 1)), [1.0], 50.0, {"c0": table})
    scores = draw(p, 2, 0, size=40_000).scores
    for column in range(3):
        assert set(np.unique(scores[:, column])) == set(table[column])
    np.testing.assert_allclose(scores.mean(axis=0), table.mean(axis=1), atol=4 * 30 / 200)
    assert np.abs(np.corrcoef(scores.T) - np.eye(3)).max() < 4 / 200


# ties and certainty


def test_of_two_equal_rooms_the_one_ranked_higher_stays_ahead():
    found = confidence(by_hand([(60, 40), (60, 40), (40, 60)], [0.5, 0.5]), count=2, draws=1000)
    above = found.acceptability @ np.arange(3)
    assert above[0] < above[1]
    assert found.table["first"]["k1"] == 0.0
    assert found.acceptability[0, 2] == 0.0
    # where the first is second the other one is third
    assert found.acceptability[1, 2] == found.acceptability[0, 1]


def test_pairs_of_equal_rooms_are_halves():
    shares = pair_shares(by_hand([(60, 40), (60, 40)], [0.5, 0.5]), ["k1", "k0"], draws=250)
    assert shares.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_sure_weights_without_errors_give_the_ranking_itself():
    rng = np.random.default_rng(5)
    values, shares = rng.uniform(0, 100, (40, 5)), rng.dirichlet(np.ones(5))
    values = values[np.argsort(-(values @ shares), kind="stable")]
    found = confidence(by_hand(values, shares, 1e14), count=14, draws=250)
    np.testing.assert_array_equal(found.acceptability, np.eye(40))
    np.testing.assert_allclose(found.table["mean"], values @ shares, atol=1e-3)
    np.testing.assert_allclose(found.table["low"], values @ shares, atol=0.06)
    np.testing.assert_allclose(found.table["high"], values @ shares, atol=0.06)
    assert found.table["in_best"].tolist() == [1.0] * 14 + [0.0] * 26
    assert found.table["rank_low"].tolist() == found.table["rank_high"].tolist() == list(range(1, 41))


# areas


def known(area):
    """Return the area with everything known of its rooms."""
    rooms = area.candidates.copy()
    rooms["step_free"] = ["yes" if number % 2 else "no" for number in range(len(rooms))]
    return area.with_tables(candidates=rooms)


STEPS = {
    "need_gained": ValueFunction(((0.0, 0.0), (0.4, 80.0), (1.0, 100.0)), 50.0),
    "equity": ValueFunction(((0.0, 100.0), (1.0, 0.0)), 50.0),
}
SCENARIOS = [
    Scenario(minutes=8.0),
    Scenario(minutes=8.0, need_weights=MIXED, criteria_weights={"equity": 60.0, "venue": 0.0}),
    Scenario(minutes=15.0, need_weights=MIXED, value_functions=STEPS),
]


def no_spreads(*_, **__):
    """Stand in for the catalogue: only need is off."""
    return {}


def check_scores(area, scenario, distances, *, size):
    """Compare scores of draws with those computed anew from the need and the weights of each."""
    evaluation = evaluate(area, scenario, distances)
    p = perturbation(area, scenario, distances, evaluation, certainty="low", year=YEAR)
    assert not p.tables
    assert {one.id for one in p.criteria} - set(p.fixed) == {"need_gained", "need_density", "equity"}
    drawn = draw(p, 11, 3, size=size)
    judged = criteria_of(scenario)
    for row in range(size):
        need = drawn.need(p, row)
        assert (need > 0).sum() == (evaluation.need > 0).sum()
        raw = raw_criteria(area, scenario, distances, need=need)
        weights = {one.id: share for one, share in zip(judged, drawn.shares[row], strict=True)}
        anew = score(raw, judged, weights).total.loc[list(p.candidate_ids)]
        np.testing.assert_allclose(drawn.scores[row], anew, rtol=0, atol=1e-3)
    return drawn


@pytest.mark.parametrize("number", range(3))
def test_scores_of_a_draw_are_those_of_its_need_and_weights(town, monkeypatch, number):
    monkeypatch.setattr(module, "spreads", no_spreads)
    area, scenario = known(town), SCENARIOS[number]
    distances = measure(area)
    check_scores(area, scenario, distances, size=6)
    rooms = area.candidates.copy()
    rooms.loc[rooms["candidate_id"] == "k2", "status"] = "closed"
    closed = area.with_tables(candidates=rooms)
    check_scores(closed, scenario, distances, size=3)
    sites = area.sites.assign(borough=["west", "west", "ost"])
    check_scores(area.with_tables(sites=sites), scenario, distances, size=3)


@pytest.fixture(scope="module")
def city(dortmund):
    distances, scenario = measure(dortmund), Scenario()
    evaluation = evaluate(dortmund, scenario, distances)
    return dortmund, scenario, distances, evaluation


def test_scores_of_a_draw_in_dortmund(city, monkeypatch):
    monkeypatch.setattr(module, "spreads", no_spreads)
    area, _, distances, _ = city
    check_scores(known(area), Scenario(need_weights=MIXED), distances, size=3)


def test_dortmund_sorts_where_its_scores_lie(city):
    area, scenario, distances, evaluation = city
    p = perturbation(area, scenario, distances, evaluation, year=YEAR)
    assert list(p.candidate_ids) == evaluation.scores.rank.sort_values().index.tolist()
    found = confidence(p, count=14, draws=2000)
    table = found.table
    assert list(table.index) == list(found.candidate_ids)
    assert table["in_best"].sum() == pytest.approx(14.0)
    assert table["first"].sum() == pytest.approx(1.0)
    assert (table["low"] <= table["mean"]).all()
    assert (table["mean"] <= table["high"]).all()
    assert (table["rank_low"] <= table["rank_high"]).all()
    assert table["in_best"].iloc[:5].min() > 0.5
    assert table["in_best"].iloc[-100:].max() == 0.0
    # values end at 0 and 100, which pulls the best rooms down a little
    assert (table["mean"] - evaluation.scores.total.loc[table.index]).abs().max() < 2.5
    sure = confidence(replace(p, concentration=CONCENTRATION["high"]), count=14, draws=2000).table
    widths = [(one["high"] - one["low"]).mean() for one in (sure, table)]
    assert widths[0] < widths[1]


def test_older_data_are_less_sure(city):
    area, scenario, distances, evaluation = city
    widths = []
    for year in (2012, 2026, 2040):
        p = perturbation(area, scenario, distances, evaluation, certainty="high", year=year)
        table = confidence(p, count=14, draws=1000).table
        widths.append(float((table["high"] - table["low"]).iloc[:100].mean()))
    assert widths == sorted(widths)
    assert widths[0] < widths[2]


def test_an_unknown_fact_widens_the_score(town):
    scenario, distances = Scenario(minutes=8.0), measure(town)
    widths = []
    for area in (known(town), town):
        evaluation = evaluate(area, scenario, distances)
        p = perturbation(area, scenario, distances, evaluation, certainty="high", year=YEAR)
        table = confidence(p, count=2, draws=2000).table
        widths.append(table.loc["k3", "high"] - table.loc["k3", "low"])
    assert widths[1] > widths[0]


def test_a_room_in_no_borough_counts_with_the_stand_in(town):
    rooms = known(town).candidates.copy()
    rooms.loc[rooms["candidate_id"] == "k4", "borough"] = np.nan
    area = town.with_tables(candidates=rooms)
    scenario, distances = Scenario(minutes=8.0), measure(town)
    p = perturbation(area, scenario, distances, evaluate(area, scenario, distances), year=YEAR)
    place = p.candidate_ids.index("k4")
    assert set(np.unique(p.tables["equity"][place])) == {0.0, 100.0}
    assert np.isfinite(draw(p, 0, 0).scores).all()


def test_without_need_there_is_nothing_to_be_off(town):
    scenario = Scenario(minutes=8.0, need_weights=dict.fromkeys(groups(), 0.0))
    area, distances = known(town), measure(town)
    p = perturbation(area, scenario, distances, evaluate(area, scenario, distances), year=YEAR)
    assert p.errors == ()
    assert np.isfinite(draw(p, 0, 0).scores).all()


def test_covered_shares_are_those_of_the_need_of_each_draw(town):
    area, scenario, distances = town, Scenario(minutes=8.0, need_weights=MIXED), measure(town)
    p = perturbation(area, scenario, distances, evaluate(area, scenario, distances), year=YEAR)
    rng = np.random.default_rng(0)
    covered = np.stack([rng.random(9) < 0.5, np.zeros(9, dtype=bool), np.ones(9, dtype=bool)])
    found = covered_shares(p, covered, draws=300, seed=2)
    assert found.shape == (500, 3)
    np.testing.assert_allclose(found[:, 1], 0.0)
    np.testing.assert_allclose(found[:, 2], 1.0, atol=1e-6)
    for number in (0, 7, 249, 250, 499):
        need = draw(p, 2, number // CHUNK).need(p, number % CHUNK)
        assert found[number, 0] == pytest.approx(need[covered[0]].sum() / need.sum(), rel=1e-5)


# counting


@pytest.fixture(scope="module")
def invented():
    rng = np.random.default_rng(8)
    table = np.sort(rng.uniform(0, 100, (30, LEVELS)), axis=1).astype(np.float32)
    return by_hand(rng.uniform(0, 100, (30, 4)), [0.4, 0.3, 0.2, 0.1], 20.0, {"c1": table})


def frames_equal(one, other):
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    np.testing.assert_array_equal(one.acceptability, other.acceptability)


def test_the_seed_decides(invented):
    one, again, other = (confidence(invented, count=5, draws=1000, seed=seed) for seed in (4, 4, 5))
    frames_equal(one, again)
    assert not np.array_equal(one.acceptability, other.acceptability)
    assert (one.seed, other.seed) == (4, 5)
    np.testing.assert_array_equal(draw(invented, 4, 1).scores, draw(invented, 4, 1).scores)
    assert not np.array_equal(draw(invented, 4, 1).scores, draw(invented, 4, 2).scores)
    assert not np.array_equal(draw(invented, 4, 1).scores, draw(invented, 5, 1).scores)


def test_all_that_is_counted_agrees_with_a_plain_recount(invented):
    draws, count, n = 1000, 5, 30
    found = confidence(invented, count=count, draws=draws, seed=2)
    scores = np.concatenate([draw(invented, 2, chunk).scores for chunk in range(draws // CHUNK)])
    order = np.argsort(-scores, axis=1, kind="stable")
    place = np.argsort(order, axis=1, kind="stable")
    expected = np.array([np.bincount(place[:, i], minlength=n) for i in range(n)]) / draws
    np.testing.assert_allclose(found.acceptability, expected, atol=2 / draws)
    np.testing.assert_allclose(found.acceptability.sum(axis=0), 1.0, atol=1e-9)
    np.testing.assert_allclose(found.acceptability.sum(axis=1), 1.0, atol=1e-9)
    table = found.table
    np.testing.assert_allclose(table["in_best"], (place < count).mean(axis=0), atol=2 / draws)
    np.testing.assert_allclose(table["first"], (place == 0).mean(axis=0), atol=2 / draws)
    np.testing.assert_allclose(table["mean"], scores.mean(axis=0, dtype=float), atol=1e-3)
    for column, tail in (("low", 0.05), ("high", 0.95)):
        exact = np.quantile(scores, tail, axis=0, method="inverted_cdf")
        np.testing.assert_allclose(table[column], exact, atol=0.0501)
        ranks = np.quantile(place + 1, tail, axis=0, method="inverted_cdf")
        np.testing.assert_allclose(table[f"rank_{column}"], ranks, atol=1)


def test_pairs_agree_with_a_recount(invented):
    ids = ["k7", "k0", "k29", "k3"]
    found = pair_shares(invented, ids, draws=750, seed=6)
    columns = [invented.candidate_ids.index(name) for name in ids]
    scores = np.concatenate([draw(invented, 6, chunk).scores for chunk in range(3)])[:, columns]
    above = (scores[:, :, None] > scores[:, None, :]).mean(axis=0)
    above += (scores[:, :, None] == scores[:, None, :]).mean(axis=0) / 2
    np.testing.assert_allclose(found, above, atol=1e-12)
    np.testing.assert_allclose(found + found.T, 1.0, atol=1e-12)
    mine = confidence(invented, count=5, draws=750, seed=6).candidate_ids
    assert mine == invented.candidate_ids


def test_scoring_some_candidates_changes_nothing(town):
    scenario, distances = Scenario(minutes=8.0, need_weights=MIXED), measure(town)
    p = perturbation(town, scenario, distances, evaluate(town, scenario, distances), year=YEAR)
    whole = draw(p, 1, 2)
    for columns in ([0, 1, 2, 3], [3], [2, 0], []):
        part = draw(p, 1, 2, columns=np.array(columns, dtype=np.intp))
        np.testing.assert_array_equal(part.scores, whole.scores[:, columns])
        np.testing.assert_array_equal(part.shares, whole.shares)
        for one, other in zip(part.factors, whole.factors, strict=True):
            np.testing.assert_array_equal(one, other)


def test_bands_are_shares_of_draws(invented):
    found = confidence(invented, count=5, draws=500)
    row = found.acceptability[found.candidate_ids.index("k3")]
    bands = found.bands("k3", (5, 10, 20))
    assert bands == pytest.approx((row[:5].sum(), row[5:10].sum(), row[10:20].sum(), row[20:].sum()))
    assert sum(found.bands("k3", (5, 30))) == pytest.approx(1.0)
    assert found.bands("k3", (5, 100)) == pytest.approx((row[:5].sum(), row[5:].sum(), 0.0))
    assert found.bands("k3", (5,))[0] == pytest.approx(found.table["in_best"]["k3"])


def test_a_band_of_no_rank_is_empty(invented):
    """Where no room remains to be opened the best set is empty."""
    found = confidence(invented, count=0, draws=250)
    assert not found.table["in_best"].any()
    assert found.bands("k3", (0, 10))[0] == 0.0


@pytest.mark.parametrize("count", [30, 100])
def test_a_best_set_of_everybody(invented, count):
    found = confidence(invented, count=count, draws=250)
    assert found.count == 30
    np.testing.assert_allclose(found.table["in_best"], 1.0)


@pytest.mark.parametrize(("asked", "done"), [(1, 250), (250, 250), (251, 500), (1000, 1000)])
def test_draws_are_whole_chunks(invented, asked, done):
    assert confidence(invented, count=5, draws=asked).draws == done


def test_stopping_keeps_what_has_been_drawn(invented):
    asked = []
    found = confidence(invented, count=5, draws=10_000, stop=lambda: asked.append(1) or len(asked) >= 3)
    assert found.draws == 3 * CHUNK
    frames_equal(found, confidence(invented, count=5, draws=3 * CHUNK))
    at_once = confidence(invented, count=5, draws=10_000, stop=lambda: True)
    assert at_once.draws == CHUNK


def test_memory_does_not_grow_with_the_draws(invented):
    peaks = []
    for draws in (5_000, 20_000):
        tracemalloc.start()
        confidence(invented, count=5, draws=draws)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] <= 1.2 * peaks[0]


def test_one_candidate_is_always_first():
    found = confidence(by_hand([(30, 60)], [0.5, 0.5]), count=14, draws=250)
    assert found.acceptability.tolist() == [[1.0]]
    assert found.table[["in_best", "first", "rank_low", "rank_high"]].iloc[0].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("value", [0.0, 100.0])
def test_the_ends_of_the_scale_count(value):
    found = confidence(by_hand([(value, value)] * 2, [0.37, 0.63]), count=1, draws=250)
    assert found.table[["mean", "low", "high"]].iloc[0].tolist() == pytest.approx([value] * 3, abs=1e-4)
