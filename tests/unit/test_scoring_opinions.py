from __future__ import annotations

import pandas as pd
import pytest

from planning.errors import SettingError
from planning.i18n import LANGUAGES, Translator, explain
from planning.model import Criterion, Opinion
from planning.scoring import score
from planning.scoring.opinions import compromise, spread

LINEAR = ((0.0, 0.0), (100.0, 100.0))
A, B = (Criterion(name, "u", "raw", LINEAR, 50.0, 1.0) for name in "ab")
ANNE, BERND = Opinion("Anne", {"a": 30.0, "b": 10.0}), Opinion("Bernd", {"a": 1.0, "b": 3.0})


def scores_of(rows):
    return score(pd.DataFrame.from_dict(rows, orient="index", columns=["a", "b"], dtype=float), (A, B))


def test_shares_stand_side_by_side_with_their_spread():
    table = spread((A, B), (ANNE, BERND))
    assert list(table.columns) == [0, 1, "mean", "low", "high"]
    assert table.loc["a"].to_list() == [0.75, 0.25, 0.5, 0.25, 0.75]
    assert table.index.name == "criterion"


def test_the_compromise_is_the_mean_of_the_scores_and_tells_what_it_hides():
    scores = scores_of({"x": [100, 0], "y": [0, 100], "z": [60, 60], "w": [0, 0]})
    found = compromise(scores, (A, B), (ANNE, BERND), 1)
    assert found.shares.to_dict() == {"a": 0.5, "b": 0.5}
    assert found.table["score"].to_dict() == {"x": 50.0, "y": 50.0, "z": 60.0, "w": 0.0}
    assert found.table["rank"].to_dict() == {"x": 2, "y": 3, "z": 1, "w": 4}
    assert found.table["best_rank"].to_dict() == {"x": 1, "y": 1, "z": 2, "w": 4}
    assert found.table["worst_rank"].to_dict() == {"x": 3, "y": 3, "z": 2, "w": 4}
    assert found.table["times_best"].to_dict() == {"x": 1, "y": 1, "z": 0, "w": 0}


def test_one_person_alone_is_their_own_ranking():
    scores = scores_of({"x": [100, 0], "y": [0, 100], "z": [60, 60]})
    found = compromise(scores, (A, B), (ANNE,), 2)
    assert found.table["rank"].to_list() == found.table["best_rank"].to_list() == [1, 3, 2]
    assert found.shares.to_dict() == {"a": 0.75, "b": 0.25}


def test_everybody_counts_the_same_however_large_their_numbers():
    loud = Opinion("loud", {"a": 3e6, "b": 1e6})
    assert spread((A, B), (loud, BERND))["mean"].to_list() == spread((A, B), (ANNE, BERND))["mean"].to_list()


def test_nobody_asked():
    for action in (lambda: spread((A, B), ()), lambda: compromise(scores_of({"x": [1, 1]}), (A, B), (), 3)):
        with pytest.raises(SettingError) as caught:
            action()
        assert caught.value.code == "opinions_none"
        assert all(explain(caught.value, Translator(language)) for language in LANGUAGES)


def test_an_unusable_weight_is_refused():
    with pytest.raises(SettingError) as caught:
        spread((A, B), (ANNE, Opinion("odd", {"a": -1.0})))
    assert caught.value.code == "criteria_weights_invalid"
