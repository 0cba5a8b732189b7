"""The smallest redistribution of weights against its linear program, solved by SciPy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from planning.model import Criterion
from planning.scoring import score
from planning.scoring.swaps import joint_swap


def least_moved(apart, shares):
    """Return the optimum of the linear program, ``None`` if no weights put the other candidate level."""
    k = len(shares)
    # x, and what is added to and taken from each share
    cost = np.concatenate([np.zeros(k), np.full(2 * k, 0.5)])
    unit = np.eye(k)
    equal = np.vstack([np.hstack([unit, -unit, unit]), np.concatenate([np.ones(k), np.zeros(2 * k)])])
    below = np.concatenate([apart, np.zeros(2 * k)])[None, :]
    answer = linprog(
        cost, A_ub=below, b_ub=[0.0], A_eq=equal, b_eq=[*shares, 1.0], bounds=(0, None), method="highs"
    )
    return answer.fun if answer.status == 0 else None


def instance(seed):
    """Return two candidates as a table of values, and weights; often ties, zero weights, equal rows."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, 10))
    kind = seed % 4
    values = rng.uniform(0, 100, (2, k)) if kind < 2 else rng.choice([0.0, 25.0, 50.0, 100.0], (2, k))
    same = rng.random(k) < (0.0, 0.4, 0.4, 0.8)[kind]
    values[1, same] = values[0, same]
    if seed % 17 == 0:
        values[1] = values[0]
    weights = rng.uniform(0, 10, k) if kind % 2 else rng.integers(0, 4, k).astype(float)
    weights[int(rng.integers(k))] += 1.0
    return values, weights


@pytest.mark.parametrize("seed", range(120))
def test_no_redistribution_is_smaller(seed):
    values, weights = instance(seed)
    columns = [f"c{number}" for number in range(len(weights))]
    judged = [Criterion(name, "u", "raw", ((0.0, 0.0), (100.0, 100.0)), 50.0, 1.0) for name in columns]
    raw = pd.DataFrame(values, index=["one", "other"], columns=columns)
    scores = score(raw, judged, dict(zip(columns, weights, strict=True)))
    better, worse = scores.rank.sort_values().index
    found = joint_swap(scores, better, worse)
    apart = (scores.values.loc[better] - scores.values.loc[worse]).to_numpy()  # noqa: PD011 - a field
    if not (apart < 0).any():
        assert found is None
        return
    assert found is not None
    assert found.moved == pytest.approx(least_moved(apart, scores.shares.to_numpy()), abs=1e-9)


def test_the_instances_are_of_all_kinds():
    kinds = [instance(seed) for seed in range(120)]
    assert any((values[0] == values[1]).all() for values, _ in kinds)
    assert any((weights == 0).any() for _, weights in kinds)
    assert sum((values[0] >= values[1]).all() or (values[1] >= values[0]).all() for values, _ in kinds) > 10
