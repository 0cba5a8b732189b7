"""What a person works on: a study area with own entries, settings and a plan; how it is kept and opened."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from planning.area.criteria import criteria
from planning.model import Opinion, PlanSettings, Scenario
from planning.need import default_weights
from planning.scenarios.rules import known_rules
from planning.scenarios.snapshot import (
    AreaReference,
    Basis,
    FiguresRecord,
    Origin,
    PlanRecord,
    RoomRecord,
    Snapshot,
    worst_bound,
)
from planning.scenarios.tables import apply_edits, edits_of
from planning.scoring.functions import criteria_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planning.area import StudyArea
    from planning.model import Certainty
    from planning.scenarios.snapshot import Kind
    from planning.siting import Effect, Figures, Plan

_SHORT, _DIGITS = 12, 6


@dataclass(frozen=True, eq=False)
class KeptPlan:
    """A plan that a person computed or picked, with what it was made of.

    Parameters
    ----------
    plan
        The plan.
    area
        The area with the sites and candidates of that moment.
    origin
        ``solver`` for the answer to what was asked; ``variant`` for another plan that a person preferred,
        which is as good as its objective says.
    stopped
        Whether a person ended the search.
    other_data
        Whether it was computed on other data than are at hand: nothing is proven about it here, and what
        each room gains is from then.
    before, after
        Figures without and with the plan's rooms; ``None`` until somebody has measured them
        (:func:`measured`).
    """

    plan: Plan
    area: StudyArea
    origin: Origin = "solver"
    stopped: bool = False
    other_data: bool = False
    before: FiguresRecord | None = None
    after: FiguresRecord | None = None


def measured(kept: KeptPlan, effect: Effect) -> KeptPlan:
    """Return a plan with the figures of what it changes."""
    names = kept.area.level("borough")["name"].to_dict()
    return replace(kept, before=_figures(effect.before, names), after=_figures(effect.after, names))


@dataclass(frozen=True, eq=False)
class Work:
    """What a person has set and entered, on a study area.

    Parameters
    ----------
    area
        The study area with the sites and candidates as the person changed them.
    scenario
        Settings of need, access and scores.
    plan_settings
        What the next plan is to achieve and to obey.
    plan
        The plan in force.
    notes, candidate_notes
        Free text on the whole, and by candidate.
    opinions, judgements, certainty
        What several persons hold the criteria to be worth, pairs of criteria weighed against each other, and
        how sure the person is; as in :class:`planning.scenarios.snapshot.Snapshot`.
    """

    area: StudyArea
    scenario: Scenario = field(default_factory=Scenario)
    plan_settings: PlanSettings = field(default_factory=PlanSettings)
    plan: KeptPlan | None = None
    notes: str = ""
    candidate_notes: Mapping[str, str] = field(default_factory=dict)
    opinions: tuple[Opinion, ...] = ()
    judgements: Mapping[tuple[str, str], float] = field(default_factory=dict)
    certainty: Certainty = "medium"


@dataclass(frozen=True)
class Notice:
    """Something to know about a scenario that was opened on other data; its words are ``scenario.notice``."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Opened:
    """A scenario on a study area, and what of it does not fit there."""

    work: Work
    notices: tuple[Notice, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether everything is as it was saved: the same data, and nothing left out."""
        return not self.notices


def reference_to(area: StudyArea) -> AreaReference:
    """Return which data a study area, as it was loaded, consists of."""
    layers = {name: digest[:_SHORT] for name, digest in sorted(area.digests.items())}
    return AreaReference(area.id, area.name, area.digest, layers)


def capture(work: Work, original: StudyArea, name: str = "", *, effect: Effect | None = None) -> Snapshot:
    """Return everything a person has set as one value.

    Parameters
    ----------
    work
        What is worked on.
    original
        The study area as it was loaded.
    name
        What people call it.
    effect
        What the plan in force changes, if it has been measured only now.
    """
    kept = work.plan if work.plan is None or effect is None else measured(work.plan, effect)
    return Snapshot(
        name=name,
        area=reference_to(original),
        basis=_basis(original, work.area, work.scenario),
        plan_settings=work.plan_settings,
        plan=None if kept is None else _plan_record(kept, original),
        notes=work.notes,
        candidate_notes={name: text for name, text in work.candidate_notes.items() if text},
        opinions=known_opinions(work.opinions),
        judgements=_known_judgements(work.judgements),
        certainty=work.certainty,
    )


def _basis(original: StudyArea, edited: StudyArea, scenario: Scenario) -> Basis:
    return Basis(
        complete_scenario(scenario),
        edits_of(original, edited, "sites"),
        edits_of(original, edited, "candidates"),
    )


def complete_scenario(scenario: Scenario) -> Scenario:
    """Return a scenario that names every weight and function, independent of the catalogue's defaults."""
    weights = {one.id: float(scenario.criteria_weights.get(one.id, one.default_weight)) for one in criteria()}
    need = {
        name: float(scenario.need_weights.get(name, default)) for name, default in default_weights().items()
    }
    functions = {one.id: one.value_function for one in criteria_of(scenario)}
    return replace(scenario, name="", criteria_weights=weights, need_weights=need, value_functions=functions)


def _plan_record(kept: KeptPlan, original: StudyArea) -> PlanRecord:
    plan, rooms = kept.plan, kept.area.candidates.set_index("candidate_id")
    chosen = rooms.loc[list(plan.candidate_ids)]
    records = zip(
        plan.candidate_ids, chosen["name"].fillna(""), chosen["x"], chosen["y"], plan.gains, strict=True
    )
    return PlanRecord(
        settings=plan.settings,
        basis=_basis(original, kept.area, plan.scenario),
        status=cast("Any", plan.status),
        objective=plan.objective,
        bound=plan.bound,
        need_out_of_reach=plan.need_out_of_reach,
        rooms=tuple(
            RoomRecord(key, str(name), float(x), float(y), gain) for key, name, x, y, gain in records
        ),
        origin=kept.origin,
        stopped=kept.stopped,
        on_other_data=kept.other_data,
        before=kept.before,
        after=kept.after,
    )


def _figures(figures: Figures, names: dict[Any, Any]) -> FiguresRecord:
    def known(value: float) -> float | None:
        return round(value, _DIGITS) if math.isfinite(value) else None

    return FiguresRecord(
        share=known(figures.share),
        mean_minutes=known(figures.mean_minutes),
        p90_minutes=known(figures.p90_minutes),
        worst_name=str(names.get(figures.worst_key, "")),
        worst_share=known(figures.worst_share),
    )


def open_snapshot(snapshot: Snapshot, original: StudyArea) -> Opened:
    """Open a scenario on a study area.

    On the data it was made on, everything is as it was. On other data, what does not fit there is left out,
    each with a notice; a plan stays as far as its rooms exist, but nothing is proven about it any more.

    Parameters
    ----------
    snapshot
        The scenario.
    original
        The study area as it was loaded.

    Raises
    ------
    StudyAreaError
        ``table_unusable``: a row does not pass the checks of its table, on the same data.
    """
    notices = list(_data_notices(snapshot.area, reference_to(original)))
    same = not notices
    area, lost = _edited(snapshot.basis, original, strict=same)
    notices += [*lost, *_catalogue_notices(snapshot)]
    _, unknown = known_rules(snapshot.plan_settings.constraints, area)
    if unknown:
        notices.append(Notice("rules_lost", {"names": unknown}))
    scenario = replace(_known(snapshot.basis.scenario), name=snapshot.name)
    plan, told = _opened_plan(snapshot, original, area, same=same)
    notices += told
    work = Work(
        area=area,
        scenario=scenario,
        plan_settings=snapshot.plan_settings,
        plan=plan,
        notes=snapshot.notes,
        candidate_notes=snapshot.candidate_notes,
        opinions=known_opinions(snapshot.opinions),
        judgements=_known_judgements(snapshot.judgements),
        certainty=snapshot.certainty,
    )
    return Opened(work, tuple(notices))


def _data_notices(made_on: AreaReference, at_hand: AreaReference) -> list[Notice]:
    if made_on.id != at_hand.id:
        return [Notice("other_area", {"made_on": made_on.name, "at_hand": at_hand.name})]
    if made_on.digest == at_hand.digest:
        return []
    names = {*made_on.layers, *at_hand.layers}
    changed = sorted(name for name in names if made_on.layers.get(name) != at_hand.layers.get(name))
    return [Notice("other_data", {"layers": changed})]


def _edited(basis: Basis, original: StudyArea, *, strict: bool) -> tuple[StudyArea, list[Notice]]:
    tables, notices = {}, []
    kinds: tuple[tuple[Kind, Any], ...] = (("sites", basis.sites), ("candidates", basis.candidates))
    for kind, edits in kinds:
        if edits:
            tables[kind], faults = apply_edits(original, edits, kind, strict=strict)
            notices += [Notice("row_lost", {"kind": kind, "fault": fault}) for fault in faults]
    if not tables:
        return original, notices
    return original.with_tables(sites=tables.get("sites"), candidates=tables.get("candidates")), notices


def _catalogue_notices(snapshot: Snapshot) -> list[Notice]:
    scenario, named = snapshot.basis.scenario, set(snapshot.basis.scenario.criteria_weights)
    elsewhere = {name for pair in snapshot.judgements for name in pair}.union(
        *(one.weights for one in snapshot.opinions)
    )
    known = {one.id for one in criteria()}
    pairs = (
        ("criterion", known, named, named | elsewhere),
        ("group", set(default_weights()), set(scenario.need_weights), set(scenario.need_weights)),
    )
    notices = []
    for name, here, given, anywhere in pairs:
        notices += [Notice(f"{name}_unknown", {"name": one}) for one in sorted(anywhere - here)]
        notices += [Notice(f"{name}_new", {"name": one}) for one in sorted(here - given)]
    for opinion in snapshot.opinions:
        weights = opinion.weights
        lacking = [one.id for one in criteria() if one.id in named and one.id not in weights]
        if not any(weights.get(one) for one in known):
            notices.append(Notice("opinion_lost", {"name": opinion.name}))
        elif lacking:
            notices.append(Notice("opinion_incomplete", {"name": opinion.name, "criteria": lacking}))
    return notices


def known_opinions(opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """Return opinions on the criteria of the catalogue only, without those that then say nothing.

    What an opinion does not name is worth nothing to it.
    """
    complete = (
        Opinion(opinion.name, {one.id: float(opinion.weights.get(one.id, 0.0)) for one in criteria()})
        for opinion in opinions
    )
    return tuple(opinion for opinion in complete if any(opinion.weights.values()))


def _known_judgements(judgements: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    known = {one.id for one in criteria()}
    return {pair: float(times) for pair, times in judgements.items() if known.issuperset(pair)}


def _depends_on_unknown(scenario: Scenario, settings: PlanSettings) -> bool:
    """Tell whether a plan was computed with a group or a criterion that does not count here."""
    groups = [one for one, weight in scenario.need_weights.items() if weight > 0]
    scored = settings.score_share > 0
    counted = [one for one, weight in scenario.criteria_weights.items() if weight > 0 and scored]
    return not (set(groups) <= set(default_weights()) and set(counted) <= {one.id for one in criteria()})


def _known(scenario: Scenario) -> Scenario:
    """Return a scenario without weights that mean nothing here; what it could not know yet does not count."""
    weights = {one.id: scenario.criteria_weights.get(one.id, 0.0) for one in criteria()}
    need = {name: scenario.need_weights.get(name, 0.0) for name in default_weights()}
    functions = {name: one for name, one in scenario.value_functions.items() if name in weights}
    return replace(scenario, criteria_weights=weights, need_weights=need, value_functions=functions)


def _opened_plan(
    snapshot: Snapshot, original: StudyArea, area: StudyArea, *, same: bool
) -> tuple[KeptPlan | None, list[Notice]]:
    record = snapshot.plan
    if record is None:
        return None, []
    scenario = snapshot.basis.scenario
    if record.basis is not None:
        area, _ = _edited(record.basis, original, strict=same)
        scenario = record.basis.scenario
    rooms = set(area.candidates["candidate_id"])
    missing = [room.name or room.candidate_id for room in record.rooms if room.candidate_id not in rooms]
    if missing:
        return None, [Notice("plan_lost", {"rooms": missing})]
    holds = same and not record.on_other_data and not _depends_on_unknown(scenario, record.settings)
    plan = _plan(record, replace(_known(scenario), name=snapshot.name), holds=holds)
    figures = (record.before, record.after) if holds or (same and record.on_other_data) else (None, None)
    kept = KeptPlan(plan, area, record.origin, record.stopped, not holds, *figures)
    return kept, [] if holds else [Notice("plan_unproven")]


def _plan(record: PlanRecord, scenario: Scenario, *, holds: bool) -> Plan:
    from planning.siting import Plan  # loads the solvers

    bound = record.bound if holds else worst_bound(record.settings.objective)
    return Plan(
        settings=record.settings,
        scenario=scenario,
        status=record.status if holds else "feasible",
        objective=record.objective,
        bound=bound,
        gap=record.gap if holds else math.inf,
        seconds=math.nan,
        candidate_ids=record.candidate_ids,
        gains=tuple(room.gain for room in record.rooms),
        need_out_of_reach=record.need_out_of_reach,
    )
