"""What every result says of itself: scenario, date, sources and licences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning import __version__
from planning.render.credits import credit_lines, licence_uris, used_layers
from planning.render.labels import date_text, estimate_note
from planning.render.setting_words import need_weights, scenario_lines
from planning.scoring import changed_functions

if TYPE_CHECKING:
    import datetime as dt

    from planning.area.study_area import Layer, StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scoring import Evaluation


@dataclass(frozen=True)
class About:
    """Scenario, date, sources and licences of a result, for people and for programs.

    Parameters
    ----------
    title, subtitle
        Head of a page.
    scenario, sources
        One line each, in the language of the result.
    record
        The same as plain values that can be written as JSON; names do not depend on language.
    """

    title: str
    subtitle: str
    scenario: tuple[str, ...]
    sources: tuple[str, ...]
    record: dict[str, Any]


def functions_record(scenario: Scenario) -> dict[str, Any]:
    """Return the value functions that are not the catalogue's, in the form that ``--weights`` reads."""
    return {
        name: {"points": [list(corner) for corner in one.points], "missing_value": one.missing_value}
        for name, one in changed_functions(scenario).items()
    }


def _source_record(layer: Layer, t: Translator) -> dict[str, Any]:
    return {
        "id": layer.id,
        "year": layer.year,
        "source": layer.source,
        "licence": layer.licence or t("map.licence_unknown"),
        "licence_uris": licence_uris(layer.licence),
        "attribution": layer.attribution,
        "sha256": layer.sha256,
    }


def about(
    area: StudyArea,
    evaluation: Evaluation,
    scenario: Scenario,
    t: Translator,
    date: dt.date,
    *,
    drawn: bool = False,
) -> About:
    """Describe a result.

    Parameters
    ----------
    date
        Day of the result; passed in, so that the same call gives the same file.
    drawn
        The result shows a map, so that the base map is among its sources.
    """
    name = scenario.name or t("export.draft")
    layers = used_layers(area, drawn=drawn)
    record = {
        "area": {"id": area.id, "name": area.name, "crs": area.crs, "digest": area.digest},
        "date": date.isoformat(),
        "language": t.language,
        "program": {"name": "dependance-planner", "version": __version__},
        "scenario": {
            "name": scenario.name,
            "minutes": scenario.minutes,
            "speed_kmh": scenario.speed_kmh,
            "need_weights": need_weights(scenario),
            "value_functions": functions_record(scenario),
            "criteria_shares": {str(key): float(share) for key, share in evaluation.scores.shares.items()},
        },
        "sources": [_source_record(layer, t) for layer in layers],
        "notes": [estimate_note(t, area), t("export.quotes")],
    }
    return About(
        title=t("export.title", area=area.name),
        subtitle=t("export.subtitle", scenario=name, date=date_text(date, t)),
        scenario=scenario_lines(scenario, evaluation, t),
        sources=credit_lines(t, layers),
        record=record,
    )
