"""Which site can serve which demand point, and at what cost: checked once, then trusted."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from planning.errors import Fault, SettingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

_MATRIX = 2
_NAMES_SEED = 20261125
_LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Pairs:
    """The pairs (demand point, site) that have a finite cost, by site.

    Site ``j`` serves the rows ``row[ptr[j]:ptr[j + 1]]`` at ``cost[ptr[j]:ptr[j + 1]]``.
    """

    n_demand: int
    ptr: NDArray[np.intp]
    row: NDArray[np.intp]
    cost: NDArray[np.float64]

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.ptr) - 1

    def entries(self, sites: Sequence[int] | NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the positions of all pairs of some sites, one site after the other."""
        if not len(sites):
            return np.empty(0, dtype=np.intp)
        return np.concatenate([np.arange(self.ptr[j], self.ptr[j + 1]) for j in sites])

    def columns(self) -> NDArray[np.intp]:
        """Return the site of each pair."""
        return np.repeat(np.arange(self.n_sites), np.diff(self.ptr))

    def take(self, sites: NDArray[np.intp]) -> Pairs:
        """Return the pairs of some sites, numbered afresh in the order given."""
        entries = self.entries(sites)
        counts = np.diff(self.ptr)[sites]
        return Pairs(self.n_demand, pointers(counts), self.row[entries], self.cost[entries])

    def where(self, kept: NDArray[np.bool_]) -> Pairs:
        """Return only the pairs marked."""
        before = np.concatenate([[0], np.cumsum(kept)])
        return Pairs(self.n_demand, before[self.ptr], self.row[kept], self.cost[kept])

    def nearest(self, sites: Iterable[int]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return for each demand point the least cost to any of the sites and which site that is.

        ``inf`` and -1 where none serves it; of sites at equal cost the one with the lower number.
        """
        least = np.full(self.n_demand, np.inf)
        by = np.full(self.n_demand, -1, dtype=np.intp)
        for site in sorted(set(sites)):
            part = slice(self.ptr[site], self.ptr[site + 1])
            rows, cost = self.row[part], self.cost[part]
            better = cost < least[rows]
            least[rows[better]] = cost[better]
            by[rows[better]] = site
        return least, by


def pointers(counts: NDArray[Any]) -> NDArray[np.intp]:
    """Return where each group begins, and where the last one ends, from the sizes of the groups."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)


def row_keys(pairs: Pairs) -> NDArray[np.uint64]:
    """Return ``(n_demand, 2)`` numbers that are equal for demand points which the same sites serve.

    Sums of random numbers of the sites; that two different sets agree in both is out of the question.
    """
    names = site_names(pairs.n_sites)
    keys = np.zeros((pairs.n_demand, 2), dtype=np.uint64)
    np.add.at(keys, pairs.row, names[pairs.columns()])
    return keys


def site_names(n_sites: int) -> NDArray[np.uint64]:
    """Return two random numbers for each site, always the same ones."""
    return np.random.default_rng(_NAMES_SEED).integers(0, 2**64, size=(n_sites, 2), dtype=np.uint64)


def sums(group: NDArray[np.intp], values: NDArray[np.float64], n_groups: int) -> NDArray[np.float64]:
    """Return the sum of the values of each group."""
    return np.bincount(group, weights=values, minlength=n_groups).astype(np.float64)


def read_cost(cost: Any) -> Pairs:
    """Check a cost matrix and keep its finite entries.

    Parameters
    ----------
    cost
        ``(n_demand, n_sites)``, zero or more. Dense: ``inf`` is unreachable. Sparse: what is not stored is
        unreachable, a stored zero is a cost of zero.

    Raises
    ------
    SettingError
        ``siting_cost_shape`` or ``siting_cost_invalid`` (NaN or negative).
    """
    if sparse.issparse(cost):
        matrix = sparse.csc_array(cost, dtype=np.float64, copy=True)
        matrix.sum_duplicates()
        shape, values = matrix.shape, matrix.data
        ptr, row = matrix.indptr.astype(np.intp), matrix.indices.astype(np.intp)
    else:
        try:
            dense = np.asarray(cost, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise SettingError("siting_cost_shape", shape=str(error)) from error
        if dense.ndim != _MATRIX:
            raise SettingError("siting_cost_shape", shape=str(dense.shape))
        shape = dense.shape
        by_site = np.ascontiguousarray(dense.T)
        kept = ~(by_site == np.inf)
        ptr, row, values = pointers(kept.sum(axis=1)), np.nonzero(kept)[1], by_site[kept]
    wrong = np.isnan(values) | (values < 0)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        site = int(np.searchsorted(ptr, at, side="right") - 1)
        raise SettingError(
            "siting_cost_invalid",
            count=int(wrong.sum()),
            row=int(row[at]),
            column=site,
            value=str(values[at]),
        )
    return Pairs(int(shape[0]), ptr, row, values).where(np.isfinite(values))


def read_vector(name: str, values: ArrayLike, length: int, *, infinite: bool = False) -> NDArray[np.float64]:
    """Check numbers that are zero or more, one for each demand point or site; a single one stands for all.

    Raises
    ------
    SettingError
        ``siting_vector_length`` or ``siting_vector_invalid`` (NaN, negative or, unless allowed, infinite).
    """
    try:
        numbers_ = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SettingError("siting_vector_invalid", name=name, value=str(values)) from error
    if numbers_.ndim == 0:
        numbers_ = np.full(length, float(numbers_))
    if numbers_.shape != (length,):
        raise SettingError("siting_vector_length", name=name, given=str(numbers_.shape), expected=length)
    wrong = ~(numbers_ >= 0) if infinite else ~((numbers_ >= 0) & np.isfinite(numbers_))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise SettingError("siting_vector_invalid", name=name, position=at, value=str(numbers_[at]))
    return numbers_


def read_sites(name: str, sites: Iterable[int], n_sites: int) -> NDArray[np.intp]:
    """Check column numbers of sites; return them ascending, each once.

    Raises
    ------
    SettingError
        ``siting_site_unknown`` with one fault for each that is no column.
    """
    given: list[Any] = list(sites)
    whole = (int, np.integer)
    wrong = [site for site in given if not (isinstance(site, whole) and 0 <= int(site) < n_sites)]
    if wrong:
        faults = tuple(Fault("siting_site_unknown", params={"name": name, "site": str(one)}) for one in wrong)
        raise SettingError("siting_sites_invalid", faults=faults, name=name, last=n_sites - 1)
    return np.unique(np.array([int(site) for site in given], dtype=np.intp))


def read_count(p: Any) -> int:
    """Check how many sites are to be chosen: a whole number, zero or more.

    Raises
    ------
    SettingError
        ``siting_count_invalid``.
    """
    if isinstance(p, bool) or not isinstance(p, (int, np.integer)) or int(p) < 0:
        raise SettingError("siting_count_invalid", value=str(p))
    return int(p)


def read_seed(seed: Any) -> int:
    """Check a seed: a whole number from 0 to 2147483647, the largest that the solver takes.

    Raises
    ------
    SettingError
        ``siting_number_invalid``.
    """
    is_whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
    if not is_whole or not 0 <= int(seed) <= _LARGEST_SEED:
        raise SettingError("siting_number_invalid", name="seed", value=str(seed))
    return int(seed)


def read_number(name: str, value: Any) -> float:
    """Check a number that is zero or more (a radius, a time limit); infinity is allowed.

    Raises
    ------
    SettingError
        ``siting_number_invalid``.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not float(value) >= 0:
        raise SettingError("siting_number_invalid", name=name, value=str(value))
    number = float(value)
    return math.inf if math.isinf(number) else number
