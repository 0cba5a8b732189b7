"""Draws of what might be true instead: other weights, other need, other facts; and the scores that follow."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from planning.access import nearest, open_sites
from planning.scoring.criteria import DENSITY_M, is_open
from planning.scoring.functions import criteria_of
from planning.scoring.uncertainty import (
    LEVELS,
    known_measure,
    need_errors,
    possible_values,
    regions_of,
    spreads,
)
from planning.scoring.values import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from planning.access import Distances
    from planning.area.study_area import StudyArea
    from planning.model import Certainty, Criterion, Scenario
    from planning.scoring.evaluation import Evaluation
    from planning.scoring.uncertainty import NeedError, Regions

CONCENTRATION: Mapping[Certainty, float] = MappingProxyType({"low": 10.0, "medium": 50.0, "high": 250.0})
"""Concentration of the Dirichlet distribution of weights, by how sure a person is of them."""
CHUNK = 250


@dataclass(frozen=True, eq=False)
class Perturbation:
    """Everything a draw needs, computed once for one scenario.

    Parameters
    ----------
    candidate_ids
        In the order of their rank, so that of equal scores the better ranked one stays ahead.
    criteria, shares
        Criteria and their shares in the user's weights.
    concentration
        Of the Dirichlet distribution around the shares.
    regions, errors
        How need may be off.
    reached
        By criterion that follows from need: for each of ``errors`` the need by candidate (for ``equity``: by
        borough) and region, sparse float32.
    borough_of
        ``(n_candidates,)`` borough of each candidate as a row of ``reached["equity"]``.
    tables
        By the other criteria with an error: equally likely values, ``(n_candidates, 256)`` float32.
    fixed
        By the criteria without one: values, ``(n_candidates,)`` float32.
    """

    candidate_ids: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    shares: NDArray[np.float64]
    concentration: float
    regions: Regions
    errors: tuple[NeedError, ...]
    reached: Mapping[str, tuple[csr_array, ...]]
    borough_of: NDArray[np.intp]
    tables: Mapping[str, NDArray[np.float32]]
    fixed: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Draws:
    """Some draws.

    Parameters
    ----------
    shares
        ``(n_draws, n_criteria)`` weights, each row sums to 1.
    factors
        For each error of need ``(n_draws, n_regions)``.
    scores
        ``(n_draws, n_candidates)`` float32.
    """

    shares: NDArray[np.float64]
    factors: tuple[NDArray[np.float32], ...]
    scores: NDArray[np.float32]

    def need(self, perturbation: Perturbation, draw: int) -> NDArray[np.float64]:
        """Return the need of each cell in one draw, ``(n_cells,)`` weighted persons."""
        of_cell = perturbation.regions.of_cell
        total = np.zeros(len(of_cell))
        for error, factor in zip(perturbation.errors, self.factors, strict=True):
            total += error.need * factor[draw][of_cell]
        return total


def perturbation(
    area: StudyArea,
    scenario: Scenario,
    distances: Distances,
    evaluation: Evaluation,
    *,
    certainty: Certainty = "medium",
    year: int,
) -> Perturbation:
    """Prepare draws around a scenario.

    Parameters
    ----------
    evaluation
        Of this area, scenario and distances.
    certainty
        How sure the user is of the weights.
    year
        The year in which one asks; the age of the data counts up to it.
    """
    judged, scores = criteria_of(scenario), evaluation.scores
    ids = tuple(str(name) for name in scores.rank.sort_values().index)
    raw = evaluation.raw.loc[list(ids)]
    regions = regions_of(area.cells)
    errors = need_errors(area, scenario, regions, year=year)
    reached, borough_of = _reached(area, scenario, distances, regions, errors, ids)
    measures = spreads(area, year=year)
    tables, fixed = {}, {}
    for criterion in judged:
        known = raw[criterion.id].to_numpy(np.float64)
        measure, size = known_measure(measures, criterion.id)
        if criterion.id in reached and errors and np.isfinite(known).all():
            continue
        if measure == "none" and not np.isnan(known).any():
            fixed[criterion.id] = value(criterion, known).astype(np.float32)
        else:
            tables[criterion.id] = possible_values(criterion, known, measure, size)
    return Perturbation(
        candidate_ids=ids,
        criteria=judged,
        shares=np.asarray(scores.shares, dtype=np.float64),
        concentration=CONCENTRATION[certainty],
        regions=regions,
        errors=errors,
        reached=reached,
        borough_of=borough_of,
        tables=tables,
        fixed=fixed,
    )


def _reached(
    area: StudyArea,
    scenario: Scenario,
    distances: Distances,
    regions: Regions,
    errors: tuple[NeedError, ...],
    ids: tuple[str, ...],
) -> tuple[dict[str, tuple[csr_array, ...]], NDArray[np.intp]]:
    """Return need by region that each candidate gains, has around it and shares a borough with."""
    from scipy.sparse import csr_array, diags_array  # slow to load

    place = {name: column for column, name in enumerate(distances.candidate_ids)}
    metres = distances.candidates[:, [place[name] for name in ids]]
    uncovered = nearest(distances.sites) > scenario.reach_m
    boroughs = [str(key) for key in area.level("borough").index]
    rooms = area.candidates[is_open(area.candidates)].set_index("candidate_id").loc[list(ids)]
    number = {key: column for column, key in enumerate(boroughs)}
    borough_of = np.array([number.get(str(key), -1) for key in rooms["borough"]], dtype=np.intp)
    sites = open_sites(area.sites)["borough"].value_counts().reindex(boroughs, fill_value=0)
    inside = np.array([area.cells["borough"] == key for key in boroughs], dtype=bool).T
    each = (1.0 / (sites.to_numpy(np.float64) + 1.0)).astype(np.float32)
    gained = (metres <= scenario.reach_m) & uncovered[:, None]
    around = metres <= DENSITY_M
    parts: dict[str, tuple[csr_array, ...]] = {
        "need_gained": tuple(csr_array(regions.sums(error.need, gained).T) for error in errors),
        "need_density": tuple(csr_array(regions.sums(error.need, around).T) for error in errors),
        "equity": tuple(
            csr_array(diags_array(each) @ csr_array(regions.sums(error.need, inside).T)) for error in errors
        ),
    }
    return parts, borough_of


def draw(
    perturbation: Perturbation,
    seed: int,
    chunk: int,
    *,
    size: int = CHUNK,
    columns: NDArray[np.intp] | None = None,
) -> Draws:
    """Make one chunk of draws; the same for the same seed, number and size, whoever makes it and when.

    Parameters
    ----------
    columns
        Candidates to score, as positions in ``candidate_ids``; all if left out. Which are scored changes
        nothing about the draws.
    """
    p = perturbation
    # three streams, so that how sure a person is of the weights changes nothing about need and facts
    of_weights, of_need, rng = (
        np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(chunk, part))) for part in range(3)
    )
    shares = _dirichlet(of_weights, p.shares, p.concentration, size)
    factors = tuple(_factors(of_need, error, p.regions, size) for error in p.errors)
    picked = np.arange(len(p.candidate_ids)) if columns is None else columns
    scores = np.zeros((size, len(picked)), dtype=np.float32)
    for position, criterion in enumerate(p.criteria):
        weight = shares[:, position].astype(np.float32)[:, None]
        if criterion.id in p.fixed:
            scores += weight * p.fixed[criterion.id][picked]
        elif criterion.id in p.tables:
            level = rng.integers(0, LEVELS, size=(size, len(p.candidate_ids)), dtype=np.uint8)
            # row by row in one flat table
            place = (level if columns is None else level[:, picked]) + picked * LEVELS
            part = p.tables[criterion.id].reshape(-1).take(place)
            part *= weight
            scores += part
        else:
            scores += weight * _need_values(p, criterion, factors, picked)
    return Draws(shares, factors, scores)


def _dirichlet(
    rng: np.random.Generator, shares: NDArray[np.float64], concentration: float, size: int
) -> NDArray[np.float64]:
    """Draw weights around the user's: a share of 0 stays 0."""
    gamma = rng.standard_gamma(shares * concentration, size=(size, len(shares)))
    total = gamma.sum(axis=1, keepdims=True)
    return np.where(total > 0.0, gamma / np.where(total > 0.0, total, 1.0), shares)


def _factors(rng: np.random.Generator, error: NeedError, regions: Regions, size: int) -> NDArray[np.float32]:
    """Draw by how much need is off in each region; see :class:`planning.scoring.uncertainty.NeedError`."""
    sd = error.quarter_sd.astype(np.float32)
    quarter = rng.standard_normal((size, len(regions.keys)), dtype=np.float32) * sd - sd**2 / 2
    block = np.float32(error.block_sd)
    apart = rng.standard_normal((size, len(regions.quarter)), dtype=np.float32) * block - block**2 / 2
    apart += quarter[:, regions.quarter]
    return np.asarray(np.exp(apart), dtype=np.float32)


def _need_values(
    p: Perturbation,
    criterion: Criterion,
    factors: tuple[NDArray[np.float32], ...],
    picked: NDArray[np.intp],
) -> NDArray[np.float32]:
    """Return the values of a criterion that follows from need, ``(n_draws, n_candidates)``.

    Shares of the largest are shares of what is the largest in that draw.
    """
    by_borough = criterion.id == "equity"
    measured: NDArray[np.floating] = np.zeros((len(factors[0]), 1), dtype=np.float32)
    for factor, part in zip(factors, p.reached[criterion.id], strict=True):
        measured = measured + (part @ factor.T).T
    if by_borough:
        measured = measured[:, p.borough_of]
    if criterion.scale == "share_of_max":
        top = measured.max(axis=1, initial=0.0)[:, None]
        measured = measured / np.where(top > 0.0, top, np.float32(1.0))
    if criterion.scale == "share_of_max" and criterion.points == ((0.0, 0.0), (1.0, 100.0)):
        return np.asarray(measured[:, picked] * np.float32(100.0), dtype=np.float32)
    return value(criterion, measured[:, picked], top=1.0).astype(np.float32)
