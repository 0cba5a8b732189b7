"""The paragraph in plain words: every number it quotes is parsed from the text and computed anew."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from planning.area.criteria import criteria
from planning.i18n import LANGUAGES, Translator
from planning.model import Scenario
from planning.render.explanation import paragraph_text, paragraphs, statement_text
from planning.render.labels import room_name
from planning.scoring import Evaluation, evaluate, score
from planning.scoring.comparison import compare_candidates
from planning.scoring.swaps import reweighted
from tests.fixtures.areas import make_tiny_area
from tests.fixtures.compared import CRITERIA, ROOMS, invented_confidence, walks

AREA = make_tiny_area()
WALKS = walks(AREA)
SCENARIO = Scenario(minutes=12.0)
USUAL = evaluate(AREA, SCENARIO, WALKS)
NUMBER = {"de": r"\d[\d.]*(?:,\d+)?", "en": r"\d[\d,]*(?:\.\d+)?"}
DRAWS = 1000


def judged(raw=None, weights=None):
    raw = USUAL.raw if raw is None else raw
    return Evaluation(USUAL.need, raw, score(raw, criteria(), weights))


def compare(evaluation, ids=("k1", "k2"), *, sure=True, above=None):
    rng = np.random.default_rng(11)
    confidence = invented_confidence(list(evaluation.scores.total.index), rng, draws=DRAWS)
    if above is None and sure:
        above = np.triu(rng.uniform(0.3, 1.0, (len(ids), len(ids))), 1)
        above += np.tril(1.0 - above.T, -1)
    return compare_candidates(
        AREA, SCENARIO, WALKS, evaluation, ids, confidence=confidence if sure else None, above=above
    )


def said(comparison, language="de"):
    t = Translator(language)
    return [paragraph_text(t, comparison, one) for one in paragraphs(comparison)]


def keys(comparison):
    return [[one.key for one in paragraph.statements] for paragraph in paragraphs(comparison)]


def numbers(text, language):
    found = re.findall(NUMBER[language], text)
    plain = str.maketrans(",.", ".,") if language == "de" else str.maketrans("", "")
    return [float(one.translate(plain).replace(",", "").rstrip(".")) for one in found]


def percent(share):
    """Return the number that a share of draws is written with."""
    return 1.0 if 0 < share < 0.01 else 99.0 if 0.99 < share < 1 else float(f"{share * 100:.0f}")


def beyond(now, then):
    tenths = then * 1000
    whole = math.ceil(tenths - 1e-9) if then > now else math.floor(tenths + 1e-9)
    return min(max(whole, 0), 1000) / 10


def raw_numbers(criterion, raw):
    """Return what is quoted of raw values: nothing of those that are said in words."""
    if criterion in {"step_free", "priority_area"}:
        return []
    return [float(f"{one:.0f}") for one in raw if math.isfinite(one)]


def point_numbers(evaluation, criterion, more, less):
    contributions, raw = evaluation.scores.contributions, evaluation.raw
    apart = round(contributions.loc[more, criterion], 1) - round(contributions.loc[less, criterion], 1)
    assert apart > 0
    return [round(apart, 1), *raw_numbers(criterion, (raw.loc[more, criterion], raw.loc[less, criterion]))]


def expected(evaluation, comparison, statement, ids):  # noqa: C901, PLR0911 - one case for each key
    """Return the numbers that a statement has to quote, in this order, from the evaluation alone."""
    scores, params, key = evaluation.scores, statement.params, statement.key
    a, b = (ids[params[name]] if name in params else None for name in ("a", "b"))
    total, rank = scores.total, scores.rank
    reached = {
        name: (WALKS.candidates[:, ROOMS.index(name)] <= SCENARIO.reach_m)
        & (WALKS.sites.min(axis=1) > SCENARIO.reach_m)
        for name in ids
    }
    need = evaluation.need
    head = [float(rank[a]), float(len(total))] if a else []
    if key == "ahead":
        one, other = round(total[a], 1), round(total[b], 1)
        return [*head, one, round(one - other, 1), float(rank[b]), other]
    if key in {"barely", "tie", "tie_equal"}:
        return [*head, float(rank[b]), round(total[a], 1)]
    if key in {"decided", "for_a", "against"}:
        more, less = (b, a) if key == "against" else (a, b)
        return [
            figure
            for row in params["rows"]
            for figure in point_numbers(evaluation, row["criterion"], more, less)
        ]
    if key in {"sure", "likely", "rather", "open", "doubtful"}:
        return [percent(comparison.above[params["a"], params["b"]]), float(DRAWS)]
    if key == "in_best":
        chances = [room.chance.in_best for room in comparison.rooms]
        return [2.0, percent(chances[params["a"]]), percent(chances[params["b"]])]
    if key in {"weight_up", "weight_down"}:
        now = float(scores.shares[params["criterion"]])
        return [round(now * 100, 1), beyond(now, crossing(scores, a, b, params["criterion"]))]
    if key == "joint":
        return [beyond(0.0, least_moved(scores, a, b))]
    if key == "unknown":
        room = ids[params["room"]]
        return [round(scores.low[room], 1), round(scores.high[room], 1)]
    if key == "unknown_both":
        return [round(part[name], 1) for name in (a, b) for part in (scores.low, scores.high)]
    if key == "overlap":
        both, either = reached[a] & reached[b], reached[a] | reached[b]
        return [float(f"{need[either].sum():.0f}"), float(f"{need[both].sum():.0f}")]
    if key == "apart":
        return [float(f"{need[reached[a] | reached[b]].sum():.0f}")]
    if key == "all_together":
        union = np.logical_or.reduce(list(reached.values()))
        whole = sum(need[one].sum() for one in reached.values())
        return [float(len(ids)), float(f"{need[union].sum():.0f}"), float(f"{whole:.0f}")]
    assert key in {"equal", "all_alike", "no_weights", "no_single", "may_turn", "stays", "nobody"}, key
    return []


def apart_of(scores, a, b):
    values = scores.values  # noqa: PD011 - a frame called values
    return (values.loc[a] - values.loc[b]).to_numpy()


def crossing(scores, a, b, criterion):
    """Return by bisection at which share of one weight two rooms score the same."""
    apart = apart_of(scores, a, b)
    shares, place = scores.shares.to_numpy(), list(scores.shares.index).index(criterion)
    now = shares[place]

    def difference(share):
        return float(apart @ reweighted(shares, place, share))

    far = 1.0 if difference(1.0) < 0 else 0.0
    near, then = now, far
    for _ in range(80):
        middle = (near + then) / 2
        near, then = (middle, then) if difference(middle) > 0 else (near, middle)
    return then


def least_moved(scores, a, b):
    """Return the least share of weight to move until two rooms score the same, by a linear program."""
    apart = apart_of(scores, a, b)
    size = len(apart)
    # new shares and how far each is from the share now
    balance = np.block([[np.eye(size), -np.eye(size)], [-np.eye(size), -np.eye(size)]])
    found = linprog(
        np.r_[np.zeros(size), np.full(size, 0.5)],
        A_ub=np.vstack([balance, np.r_[apart, np.zeros(size)]]),
        b_ub=np.r_[scores.shares.to_numpy(), -scores.shares.to_numpy(), 0.0],
        A_eq=[np.r_[np.ones(size), np.zeros(size)]],
        b_eq=[1.0],
    )
    return found.fun


def without_names(text):
    t_names = {
        room_name(Translator(language), dict(row))
        for language in LANGUAGES
        for row in AREA.candidates.to_dict("records")
    }
    for name in t_names:
        text = text.replace(name, "")
    return text


def check(evaluation, comparison):
    ids = [room.candidate_id for room in comparison.rooms]
    for paragraph in paragraphs(comparison):
        for statement in paragraph.statements:
            wanted = expected(evaluation, comparison, statement, ids)
            for language in LANGUAGES:
                text = statement_text(Translator(language), comparison, statement)
                found = numbers(without_names(text), language)
                assert found == pytest.approx(wanted), (statement.key, language, text)


@pytest.mark.parametrize("ids", [("k1", "k2"), ("k4", "k2", "k3"), ROOMS])
@pytest.mark.parametrize("sure", [True, False])
def test_every_number_quoted_is_right(ids, sure):
    evaluation = judged()
    check(evaluation, compare(evaluation, ids, sure=sure))


rows = st.lists(
    st.floats(0.0, 3000.0) | st.integers(0, 9).map(float) | st.just(math.nan) | st.just(math.inf),
    min_size=9,
    max_size=9,
)
weights = st.fixed_dictionaries(dict.fromkeys(CRITERIA, st.floats(0.0, 100.0))).filter(
    lambda chosen: sum(chosen.values()) > 1
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(rows, min_size=4, max_size=4),
    weights,
    st.lists(st.sampled_from(ROOMS), min_size=2, max_size=4, unique=True),
    st.booleans(),
)
def test_every_number_quoted_is_right_whatever_the_figures(cells, chosen, ids, sure):
    evaluation = judged(pd.DataFrame(cells, index=ROOMS, columns=CRITERIA), chosen)
    comparison = compare(evaluation, ids, sure=sure)
    check(evaluation, comparison)
    assert_right_way_round(evaluation, comparison)


def assert_right_way_round(evaluation, comparison):  # noqa: C901 - one case for each key
    """See that whoever is said to be ahead is, and that what is said to speak for a room does."""
    scores = evaluation.scores
    for paragraph in paragraphs(comparison):
        for one in paragraph.statements:
            if "a" not in one.params:
                continue
            a, b = (comparison.rooms[one.params[name]].candidate_id for name in ("a", "b"))
            assert scores.rank[a] < scores.rank[b]
            apart = scores.total[a] - scores.total[b]
            parts = scores.contributions.loc[a] - scores.contributions.loc[b]
            if one.key in {"ahead", "barely"}:
                assert apart > 0
            if one.key in {"tie", "tie_equal"}:
                assert abs(apart) < 1e-8
            if one.key in {"decided", "for_a"}:
                assert all(parts[row["criterion"]] > 0 for row in one.params["rows"])
                assert one.params["rows"][0]["criterion"] == parts.idxmax()
            if one.key == "against":
                assert all(parts[row["criterion"]] < 0 for row in one.params["rows"])
            if one.key == "no_weights":
                assert (apart_of(scores, a, b) >= 0).all()
            if one.key == "stays":
                assert scores.low[a] >= scores.high[b]
            if one.key == "may_turn":
                assert scores.low[a] < scores.high[b]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ids", [("k1", "k2"), ("k2", "k1")])
def test_the_higher_room_is_named_first(language, ids):
    comparison = compare(judged(), ids)
    [text] = said(comparison, language)
    first, second = (room_name(Translator(language), room.record) for room in comparison.rooms)
    ahead = {"de": r"liegt mit .* vor B", "en": r"is .* ahead of B"}[language]
    assert text.startswith("A (")
    assert text.index(first) < text.index(second)
    assert re.search(ahead, text)


def test_a_weight_as_it_is_quoted_does_turn_the_two_round():
    evaluation = judged()
    seen = 0
    for ids in (("k1", "k2"), ("k1", "k3"), ("k2", "k3"), ("k3", "k4")):
        comparison = compare(evaluation, ids)
        a, b = (room.candidate_id for room in comparison.rooms)
        scores = evaluation.scores
        apart = apart_of(scores, a, b)
        for one in paragraphs(comparison)[0].statements:
            if one.key in {"weight_up", "weight_down"}:
                text = without_names(statement_text(Translator("en"), comparison, one))
                now, then = (float(found) / 100 for found in re.findall(r"([\d.]+)%", text))
                assert (then > now) == (one.key == "weight_up")
                place = CRITERIA.index(one.params["criterion"])
                assert apart @ reweighted(scores.shares.to_numpy(), place, then) <= 1e-9
                seen += 1
    assert seen


def equal_rows(**changed):
    rows = pd.DataFrame(5.0, index=list(ROOMS), columns=CRITERIA)
    rows[["step_free", "priority_area"]] = 1.0
    for name, values in changed.items():
        rows[name] = values
    return rows


def test_rooms_that_are_equal_in_everything():
    comparison = compare(judged(equal_rows()))
    [told] = keys(comparison)
    assert told[:2] == ["tie_equal", "equal"]
    assert not {
        "ahead",
        "decided",
        "sure",
        "likely",
        "rather",
        "open",
        "doubtful",
        "joint",
        "no_weights",
    } & set(told)
    assert "Kennung" in said(comparison)[0]


def test_a_tie_of_different_rooms_says_what_speaks_for_each():
    raw = equal_rows(step_free=[1.0, 0.0, 1.0, 1.0], priority_area=[0.0, 1.0, 1.0, 1.0])
    evaluation = judged(raw, {"step_free": 10, "priority_area": 10})
    comparison = compare(evaluation)
    [told] = keys(comparison)
    assert told[:3] == ["tie", "for_a", "against"]
    assert comparison.rooms[0].candidate_id == "k1"
    assert "Stufenloser Zugang" in said(comparison)[0].split(".")[1]
    assert "liegt" not in said(comparison)[0].split("Für A")[0]


def test_a_difference_too_small_to_be_shown():
    evaluation = judged(equal_rows(venue=[50.0, 49.99, 50.0, 50.0]))
    [told] = keys(compare(evaluation))
    assert told[:2] == ["barely", "all_alike"]
    check(evaluation, compare(evaluation))


def test_a_room_that_is_nowhere_better_cannot_be_put_ahead():
    raw = equal_rows(partners=[8.0, 2.0, 8.0, 8.0], transit=[9.0, 3.0, 9.0, 9.0])
    comparison = compare(judged(raw))
    assert "no_weights" in keys(comparison)[0]
    assert "Keine Gewichtung stellt B vor A" in said(comparison)[0]
    assert "Für B spricht" not in said(comparison)[0]


def test_unknown_facts_of_one_and_of_both():
    raw = equal_rows(step_free=[1.0, math.nan, 1.0, 1.0])
    one = compare(judged(raw))
    assert "unknown" in keys(one)[0]
    assert "Nicht bekannt ist bei B: Stufenloser Zugang" in said(one)[0]
    assert "stays" in keys(one)[0]
    close = compare(judged(equal_rows(step_free=[1.0, math.nan, 1.0, 1.0], venue=[5.0, 9.0, 5.0, 5.0])))
    assert "Je nachdem kann auch B vor A liegen." in said(close)[0]
    both = compare(judged(equal_rows(step_free=[math.nan, math.nan, 1.0, 1.0], venue=[90.0, 10.0, 5.0, 5.0])))
    assert "unknown_both" in keys(both)[0]
    assert "stays" in keys(both)[0]


def test_an_unknown_fact_that_has_no_weight_is_not_mentioned():
    raw = equal_rows(step_free=[1.0, math.nan, 1.0, 1.0], venue=[90.0, 10.0, 5.0, 5.0])
    told = keys(compare(judged(raw, {"step_free": 0.0})))[0]
    assert not {"unknown", "unknown_both", "may_turn", "stays"} & set(told)


@pytest.mark.parametrize(
    ("share", "key"),
    [
        (0.999, "sure"),
        (0.95, "sure"),
        (0.8, "likely"),
        (0.6, "rather"),
        (0.5, "open"),
        (0.46, "open"),
        (0.2, "doubtful"),
    ],
)
def test_how_sure_is_said_by_the_share_of_draws(share, key):
    above = np.array([[0.5, share], [1 - share, 0.5]])
    comparison = compare(
        judged(), above=above if judged().scores.rank["k1"] < judged().scores.rank["k2"] else above.T
    )
    assert key in keys(comparison)[0]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_one_paragraph_for_each_pair_of_neighbours(count):
    comparison = compare(judged(), ROOMS[:count])
    told = paragraphs(comparison)
    pairs = [(place, place + 1) for place in range(count - 1)]
    assert [one.rooms for one in told] == pairs + [()] * (count > 2)
    longest = max(len(text) for text in said(comparison))
    assert longest < 2000


def test_names_that_look_like_code_stay_words():
    comparison = compare(judged(), ("k2", "k4"))
    assert "<script>alert(1)</script>" in said(comparison)[0]


def test_without_confidence_nothing_is_said_about_draws():
    told = keys(compare(judged(), sure=False))[0]
    assert not {"sure", "likely", "rather", "open", "doubtful", "in_best"} & set(told)


def test_rooms_that_gain_nobody():
    evaluation = judged()
    everyone = replace_sites_near()
    comparison = compare_candidates(AREA, SCENARIO, everyone, evaluation, ["k1", "k2"])
    assert paragraphs(comparison)[0].statements[-1].key == "nobody"


def replace_sites_near():
    near = walks(AREA)
    near.sites = np.zeros_like(near.sites)
    return near


def test_paragraphs_do_not_depend_on_the_order_asked_for():
    evaluation = judged()
    assert said(compare(evaluation, ("k1", "k2"), sure=False)) == said(
        compare(evaluation, ("k2", "k1"), sure=False)
    )


def test_statements_are_frozen():
    statement = paragraphs(compare(judged()))[0].statements[0]
    assert replace(statement, key="tie").key == "tie"
    with pytest.raises(AttributeError):
        statement.key = "tie"
