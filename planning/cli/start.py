"""What a computing command begins with: a study area, settings and, if one is named, a kept scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planning.cli.console import say
from planning.cli.lookup import find_scenario
from planning.cli.settings import area_path, read_plan_settings, read_scenario
from planning.model import PlanSettings

if TYPE_CHECKING:
    import argparse

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Certainty, Scenario
    from planning.scenarios.work import Work

_SCORED = ("coverage", "walking")
"""Aims in which scores can count."""
_OF_THE_PLAN = {"plan_lost", "plan_unproven"}
_OF_THE_RULES = {"rules_lost"}


@dataclass(frozen=True, eq=False)
class Start:
    """What a computing command begins with.

    Parameters
    ----------
    original
        The study area as it was loaded.
    area
        With the sites and candidates of the scenario.
    scenario, settings
        In force: the options given, else the kept scenario's, else as usual.
    kept
        The kept scenario as it was opened; of an unnamed one everything is as usual.
    certainty
        How sure the person is of the weights: as the options say, else as kept.
    content_id
        Identifier of the kept scenario, unless options changed it or something of it is not in force here.
    """

    original: StudyArea
    area: StudyArea
    scenario: Scenario
    settings: PlanSettings
    kept: Work
    certainty: Certainty
    content_id: str | None = None


def begin(args: argparse.Namespace, t: Translator, *, plan: bool = False) -> Start:
    """Load the study area, open the scenario on it and put the options in force.

    What does not fit the data is told on standard error.

    Parameters
    ----------
    plan
        The arguments say what a plan is to achieve.
    """
    from planning.area import load_area
    from planning.render.scenario_words import notice_text
    from planning.scenarios.rules import known_rules
    from planning.scenarios.work import Work, open_snapshot

    if args.scenario is None:
        scenario, settings = read_scenario(args), PlanSettings()
        settings = computed(read_plan_settings(args, settings), args) if plan else settings
        original = load_area(area_path(args.area))
        kept = Work(original)
        return Start(original, original, scenario, settings, kept, args.certainty or kept.certainty)
    found = find_scenario(args.scenario, args.store)
    original = load_area(area_path(args.area))
    opened = open_snapshot(found.snapshot, original)
    untold = _OF_THE_PLAN if plan and not args.constraints else _OF_THE_PLAN | _OF_THE_RULES
    say(*(notice_text(t, notice) for notice in opened.notices if notice.code not in untold))
    kept = opened.work
    scenario = read_scenario(args, kept.scenario)
    settings = read_plan_settings(args, kept.plan_settings) if plan else kept.plan_settings
    certainty = args.certainty or kept.certainty
    changed = (scenario, settings, certainty) != (kept.scenario, kept.plan_settings, kept.certainty)
    if changed and scenario.name:
        scenario = replace(scenario, name=t("cli.scenario.changed", name=scenario.name))
    if plan:
        settings = computed(settings, args)
        rules, _ = known_rules(settings.constraints, kept.area)
        settings = settings if args.constraints else replace(settings, constraints=rules)
    content_id = found.content_id if opened.exact and not changed else None
    return Start(original, kept.area, scenario, settings, kept, certainty, content_id)


def computed(settings: PlanSettings, args: argparse.Namespace) -> PlanSettings:
    """Return settings without what is kept but does not count for their aim, unless it was asked for."""
    if settings.objective == "cover-all" and args.count is None:
        settings = replace(settings, count=None)
    if settings.objective not in _SCORED and args.score_share is None:
        settings = replace(settings, score_share=0.0)
    return settings
