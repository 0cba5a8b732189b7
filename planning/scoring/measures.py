"""The measures behind the criteria, as plain functions of arrays.

Arrays of distances have one row per target (cell, stop, place, site) and one column per candidate, in
metres of walking; ``inf`` is out of reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import NDArray

    Metres = NDArray[np.floating]


def within(distance_m: Metres, limit_m: float, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""Sum a weight over the targets within reach: :math:`\sum_i w_i [d_{ia} \le D]` for each candidate *a*.

    Parameters
    ----------
    distance_m
        Shape (targets, candidates).
    limit_m
        Reach *D* in metres; the limit itself is within reach.
    weight
        Shape (targets,) or (targets, weights); targets that weigh nothing are skipped.

    Returns
    -------
    ndarray
        Shape (candidates,) or (candidates, weights), in the unit of ``weight``.
    """
    matters = weight != 0.0 if weight.ndim == 1 else (weight != 0.0).any(axis=1)
    reached = np.asarray(distance_m)[matters] <= limit_m
    return np.asarray(reached.T.astype(np.float64) @ weight[matters], dtype=np.float64)


def newly_within(
    distance_m: Metres, nearest_m: Metres, limit_m: float, weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    r"""Sum a weight over what a candidate reaches and no open site does.

    .. math:: \sum_i w_i\, [d_{ia} \le D]\, [\min_j d_{ij} > D]

    This is the gain of opening *a* alone. The gains of two candidates that share cells do not add up.

    Parameters
    ----------
    distance_m
        Shape (cells, candidates).
    nearest_m
        Shape (cells,): metres to the nearest open site, ``inf`` without one.
    limit_m
        Reach *D* in metres.
    weight
        Shape (cells,) or (cells, weights).

    References
    ----------
    Church and ReVelle (1974), The maximal covering location problem: the gain in covered demand.
    """
    uncovered = np.asarray(nearest_m) > limit_m
    return within(np.asarray(distance_m)[uncovered], limit_m, weight[uncovered])


def distinct_within(
    distance_m: Metres,
    limit_m: float,
    labels: Sequence[Iterable[Hashable]],
    excluded: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """Count the different labels found at the targets within reach of each candidate.

    A line that serves five stops around a room is one line.

    Parameters
    ----------
    distance_m
        Shape (targets, candidates).
    limit_m
        Reach in metres.
    labels
        The labels of each target, such as the lines of a stop.
    excluded
        Shape (targets, candidates): pairs that do not count.

    Returns
    -------
    ndarray of int
        Shape (candidates,).
    """
    near = np.asarray(distance_m) <= limit_m
    if excluded is not None:
        near &= ~excluded
    pairs = [(label, target) for target, own in enumerate(labels) for label in set(own)]
    codes = {label: code for code, label in enumerate(dict.fromkeys(label for label, _ in pairs))}
    if not codes:
        return np.zeros(near.shape[1], dtype=np.int64)
    rows, columns = np.array([(codes[label], target) for label, target in pairs]).T
    from scipy.sparse import coo_array  # slow to load; the first map can be drawn without it

    carried_by = coo_array(
        (np.ones(len(pairs), dtype=np.int32), (rows, columns)), shape=(len(codes), len(labels))
    )
    found = carried_by.tocsr() @ near.astype(np.int32)
    return np.asarray((found > 0).sum(axis=0), dtype=np.int64)


def nearest_metres(distance_m: Metres) -> NDArray[np.float64]:
    """Return the metres from each candidate to the nearest target; ``inf`` without one in reach."""
    closest = np.min(np.asarray(distance_m, dtype=np.float64), axis=0, initial=np.inf)
    return np.asarray(closest, dtype=np.float64)


def need_per_site(need: NDArray[np.float64], sites: NDArray[np.floating]) -> NDArray[np.float64]:
    r"""Return :math:`N_b / (S_b + 1)`: the need of a district for each site if one more opened there.

    The one that would be added stands in the denominator, so that a district without any site has a
    finite figure and the figure is that after opening.
    """
    return np.asarray(need / (np.asarray(sites, dtype=np.float64) + 1.0), dtype=np.float64)
