"""Rules on which sites may be chosen together, as linear inequalities on the choice.

Every rule reads ``lower <= A y <= upper`` with ``y_j = 1`` for a chosen site; fixed sites do not count. A
rule bears a name and parameters, so that what contradicts can be told in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class SiteRule:
    """One rule: ``lower <= matrix @ y <= upper``.

    Parameters
    ----------
    name
        What kind of rule it is; its words are in the catalogue under ``errors.siting_rule_<name>``.
    matrix
        ``(n_rows, n_sites)`` coefficients, one column for every site of the cost matrix.
    lower, upper
        ``(n_rows,)``; infinite where there is no limit.
    params
        What the words need.
    """

    name: str
    matrix: sparse.csr_array
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    params: Mapping[str, Any] = field(default_factory=dict)


def between(
    name: str,
    sites: Iterable[int],
    n_sites: int,
    lower: float = -np.inf,
    upper: float = np.inf,
    **params: Any,
) -> SiteRule:
    """Return the rule that at least ``lower`` and at most ``upper`` of some sites are chosen."""
    columns = np.unique(np.array(list(sites), dtype=np.intp))
    return weighted(name, columns, np.ones(len(columns)), n_sites, lower, upper, **params)


def weighted(
    name: str,
    sites: Sequence[int] | NDArray[np.intp],
    coefficients: ArrayLike,
    n_sites: int,
    lower: float = -np.inf,
    upper: float = np.inf,
    **params: Any,
) -> SiteRule:
    """Return the rule that the coefficients of the chosen sites sum to something within limits: a budget."""
    columns, values = np.asarray(sites, dtype=np.intp), np.asarray(coefficients, dtype=np.float64)
    row = np.zeros(len(columns), dtype=np.intp)
    matrix = sparse.csr_array((values, (row, columns)), shape=(1, n_sites))
    return SiteRule(name, matrix, np.array([float(lower)]), np.array([float(upper)]), params)


def at_most_one(name: str, groups: Iterable[Iterable[int]], n_sites: int, **params: Any) -> SiteRule:
    """Return the rule that at most one site of each group is chosen: one room per building."""
    members = [np.unique(np.array(list(group), dtype=np.intp)) for group in groups]
    members = [group for group in members if len(group) > 1]
    rows = np.repeat(np.arange(len(members)), [len(group) for group in members])
    columns = np.concatenate(members) if members else np.empty(0, dtype=np.intp)
    matrix = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(members), n_sites))
    return SiteRule(name, matrix, np.full(len(members), -np.inf), np.ones(len(members)), params)


def spacing(name: str, distance: ArrayLike, least: float, **params: Any) -> SiteRule:
    """Return the rule that no two chosen sites are nearer to each other than ``least``.

    Parameters
    ----------
    distance
        ``(n_sites, n_sites)`` distances; of the two directions the shorter counts, ``inf`` is far apart.
    """
    far = np.asarray(distance, dtype=np.float64)
    near = np.minimum(far, far.T) < least
    np.fill_diagonal(near, val=False)
    return at_most_one(name, _cliques(near), len(far), **params)


def _cliques(near: NDArray[np.bool_]) -> list[list[int]]:
    """Return groups of sites that are all near each other, so that every near pair is in one of them.

    One row for a group says more to a linear program than one for each pair in it.
    """
    left, cliques = near.copy(), list[list[int]]()
    for one in range(len(near)):
        for other in np.flatnonzero(left[one]):
            if not left[one, other]:
                continue
            clique, common = [one, int(other)], near[one] & near[other]
            while common.any():
                # rather a site with many pairs that no group has yet
                options = np.flatnonzero(common)
                best = int(options[np.argmax(left[options][:, clique].sum(axis=1))])
                clique.append(best)
                common = common & near[best]
            left[np.ix_(clique, clique)] = False
            cliques.append(sorted(clique))
    return cliques


@dataclass(frozen=True, eq=False)
class SiteRows:
    """All rules of an instance one below the other; ``owner`` is the rule of each row."""

    matrix: sparse.csr_array
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    owner: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.lower)

    def hold(self, sites: Sequence[int] | NDArray[np.intp]) -> bool:
        """Tell whether a choice of sites obeys every row."""
        total = self.totals(sites)
        return bool((total >= self.lower - _slack(self.lower)).all() and self.below(total))

    def below(self, total: NDArray[np.float64]) -> bool:
        """Tell whether totals of the rows keep within the upper limits."""
        return bool((total <= self.upper + _slack(self.upper)).all())

    def totals(self, sites: Sequence[int] | NDArray[np.intp]) -> NDArray[np.float64]:
        """Return ``A y`` of a choice of sites."""
        chosen = np.zeros(self.matrix.shape[1])
        chosen[np.asarray(sites, dtype=np.intp)] = 1.0
        return np.asarray(self.matrix @ chosen, dtype=np.float64)

    def restrict(self, kept: NDArray[np.intp], opened: NDArray[np.intp]) -> SiteRows:
        """Return what the rules ask of the sites kept once some are chosen and the others are not."""
        taken = self.totals(opened)
        return SiteRows(self.matrix[:, kept], self.lower - taken, self.upper - taken, self.owner)

    def limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return lower and upper limits with the slack that sums of decimals need."""
        return self.lower - _slack(self.lower), self.upper + _slack(self.upper)


def _slack(limit: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(limit), 1e-9 * np.maximum(np.abs(limit), 1.0), 0.0)


def stack_rules(rules: Sequence[SiteRule], columns: NDArray[np.intp]) -> SiteRows:
    """Put rules one below the other, for some of the sites only."""
    if not rules:
        nothing = np.empty(0)
        return SiteRows(sparse.csr_array((0, len(columns))), nothing, nothing, np.empty(0, dtype=np.intp))
    matrix = sparse.vstack([rule.matrix for rule in rules], format="csr")[:, columns]
    owner = np.repeat(np.arange(len(rules)), [len(rule.lower) for rule in rules])
    lower = np.concatenate([rule.lower for rule in rules])
    upper = np.concatenate([rule.upper for rule in rules])
    # each row in the unit of its largest coefficient, so that a solver's absolute tolerance suits it
    scale = abs(matrix).max(axis=1).toarray().ravel() if matrix.shape[1] else np.ones(matrix.shape[0])
    scale = np.where(scale > 0, scale, 1.0)
    scaled = sparse.csr_array(sparse.diags_array(1.0 / scale) @ matrix)
    return SiteRows(scaled, lower / scale, upper / scale, owner)
