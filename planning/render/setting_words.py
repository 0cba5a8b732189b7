"""The settings behind a result, in words."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from planning.model import PlanSettings
from planning.need import default_weights
from planning.render.indicators import indicator_label
from planning.render.labels import function_text
from planning.render.scenario_words import difference_text, names_of
from planning.scenarios.compare import Difference
from planning.scoring import changed_functions, criteria_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scoring import Evaluation


def need_weights(scenario: Scenario) -> dict[str, float]:
    """Return the weight of every group, those by default included."""
    return {**default_weights(), **scenario.need_weights}


def scenario_lines(scenario: Scenario, evaluation: Evaluation, t: Translator) -> tuple[str, ...]:
    """Return the settings behind a result, one line each."""
    shares = ", ".join(
        f"{t(f'criteria.{name}.label')} {t.share(share, 1)}"
        for name, share in evaluation.scores.shares.items()
        if share > 0
    )
    need = ", ".join(
        f"{indicator_label(t, group)} × {t.number(weight, 2)}"
        for group, weight in need_weights(scenario).items()
        if weight > 0
    )
    speed, metres = t.number(scenario.speed_kmh, 1), t.number(scenario.reach_m)
    reach = t("export.reach", minutes=float(scenario.minutes), speed=speed, metres=metres)
    lines = (reach, t("export.need", need=need), t("export.weights", shares=shares))
    changed = changed_functions(scenario)
    functions = " | ".join(function_text(t, one) for one in criteria_of(scenario) if one.id in changed)
    return (*lines, t("export.functions", functions=functions)) if changed else lines


def plan_lines(settings: PlanSettings, area: StudyArea, t: Translator) -> tuple[str, ...]:
    """Return aim and number of rooms, and every other setting and rule of a plan that is not by default."""
    names = names_of(t, area)
    told = (difference_text(t, one, names) for one in _own(settings))
    return tuple(f"{one.what}: {one.b}" for one in told)


def _own(settings: PlanSettings) -> Iterator[Difference]:
    always, usual = {"objective", "count"}, PlanSettings()
    pairs = (("plan_setting", usual, settings), ("constraint", usual.constraints, settings.constraints))
    for kind, default, chosen in pairs:
        for one in fields(default):
            before, after = getattr(default, one.name), getattr(chosen, one.name)
            if one.name != "constraints" and (one.name in always or before != after):
                yield Difference(kind, one.name, before, after)
