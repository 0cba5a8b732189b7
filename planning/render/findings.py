"""What is drawn and written: one study area, its scores, a plan if there is one, and what it changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from planning.access import open_sites
from planning.scoring import evaluate
from planning.walking import isochrone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import shapely
    from numpy.typing import NDArray

    from planning.access import Distances
    from planning.area.study_area import StudyArea
    from planning.model import Certainty, Scenario
    from planning.rota import Window
    from planning.scenarios.work import KeptPlan, Work
    from planning.scoring import Evaluation
    from planning.scoring.confidence import Confidence
    from planning.siting import Effect, Plan
    from planning.walking import Network, Snapped


@dataclass(frozen=True, eq=False)
class Scored:
    """Need and scores of an area under one setting, as of a day.

    Parameters
    ----------
    area, scenario
        With the sites and candidates as a person changed them, and the settings.
    evaluation
        Need of the cells and scores of the open candidates.
    date
        Day that is written on everything.
    """

    area: StudyArea
    scenario: Scenario
    evaluation: Evaluation
    date: dt.date


@dataclass(frozen=True, eq=False)
class Findings(Scored):
    """Everything that leaves the planner.

    All parts belong together: scores, need and effect are those of ``scenario`` on ``area``. Where there is a
    plan, both are the plan's, so that no document mixes two settings.

    Parameters
    ----------
    network, distances
        Of this area; walks from candidates have no limit other than the network's where there is a plan.
    kept, effect
        The plan in force and what it changes; ``None`` where there is none.
    confidence, certainty
        How sure the ranking is, ``None`` if nobody computed it; and how sure the person is of the weights.
    notes, candidate_notes
        Free text on the whole, and by candidate.
    slots
        When a room is to be open each week, by ``candidate_id``, as far as that is planned.
    """

    network: Network
    distances: Distances
    kept: KeptPlan | None = None
    effect: Effect | None = None
    confidence: Confidence | None = None
    certainty: Certainty = "medium"
    notes: str = ""
    candidate_notes: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)
    _reaches: dict[str, shapely.Geometry] = field(default_factory=dict, init=False, repr=False)

    @property
    def plan(self) -> Plan | None:
        """The plan in force."""
        return None if self.kept is None else self.kept.plan

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms of the plan in the order of opening; none where there is no plan."""
        return () if self.plan is None else self.plan.candidate_ids

    @property
    def covered_before(self) -> NDArray[np.bool_]:
        """Shape (cells,): is the cell within reach of an open site."""
        if self.effect is not None:
            return self.effect.covered_before
        nearest = np.min(self.distances.sites, axis=1, initial=np.inf)
        return np.asarray(nearest <= self.scenario.reach_m)

    @property
    def covered_after(self) -> NDArray[np.bool_]:
        """Shape (cells,): is it within reach once the plan's rooms are open."""
        return self.covered_before if self.effect is None else self.effect.covered_after

    def reach_of(self, candidate_id: str) -> shapely.Geometry:
        """Return the area within the scenario's walk of a candidate, in the area's coordinates."""
        place = self.distances.candidate_ids.index(candidate_id)
        return self._reach(candidate_id, self.distances.snapped_candidates.take([place]))

    def reach_of_site(self, site_id: str) -> shapely.Geometry:
        """Return the area within the scenario's walk of an open site, in the area's coordinates."""
        place = self.distances.site_ids.index(site_id)
        return self._reach(site_id, self.distances.snapped_sites.take([place]))

    def _reach(self, name: str, origin: Snapped) -> shapely.Geometry:
        """Compute a reach once; several documents draw the same."""
        if name not in self._reaches:
            self._reaches[name] = isochrone(self.network, origin, self.scenario.reach_m)
        return self._reaches[name]

    def open_site_ids(self) -> tuple[str, ...]:
        """Return the open sites whose place is known, in the order of the distances."""
        known = set(open_sites(self.area.sites)["site_id"])
        return tuple(name for name in self.distances.site_ids if name in known)


def find(
    work: Work,
    network: Network,
    distances: Distances,
    date: dt.date,
) -> Findings:
    """Return the findings of what a person works on, without confidence.

    Parameters
    ----------
    work
        Area, settings and plan. With a plan, its area and its scenario count.
    network, distances
        Of that area (:func:`area_of`); with a plan, walks as :func:`planning.siting.plan_distances` gives
        them for ``walking``.
    date
        Day of the documents.
    """
    from planning.siting import plan_effect  # loads the solvers

    kept = work.plan
    area = area_of(work)
    scenario = work.scenario if kept is None else replace(kept.plan.scenario, name=work.scenario.name)
    evaluation = evaluate(area, scenario, distances)
    effect = None
    if kept is not None:
        effect = plan_effect(area, scenario, distances, evaluation.need, kept.plan.candidate_ids)
    return Findings(
        area=area,
        scenario=scenario,
        network=network,
        distances=distances,
        evaluation=evaluation,
        date=date,
        kept=kept,
        effect=effect,
        certainty=work.certainty,
        notes=work.notes,
        candidate_notes=dict(work.candidate_notes),
    )


def area_of(work: Work) -> StudyArea:
    """Return the area that findings are made on: the plan's, else the one that is worked on."""
    return work.area if work.plan is None else work.plan.area
