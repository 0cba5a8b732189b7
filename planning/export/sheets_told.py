"""The sheets of a workbook that say how a result came about: criteria, scenario and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from planning.export.about import functions_record
from planning.need import default_weights
from planning.render.indicators import indicator_label
from planning.render.labels import corners_text, date_text, district_names, raw_unit, room_names
from planning.render.plan_words import plan_notes, status_text
from planning.scenarios.document import constraints_document
from planning.scoring import criteria_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.export.about import About
    from planning.i18n import Translator
    from planning.render.findings import Findings

_CRITERIA = (
    *("criterion", "weight", "share", "unit", "function_unit", "function"),
    *("missing", "changed", "description", "formula"),
)
_SOURCES = ("layer", "year", "source", "attribution", "licence", "address", "digest")
_PLAIN, _ONE, _TWO, _PERCENT = "General", "0.0", "0.00", "0.0%"
_UNITS = {
    "spacing_m": "metres",
    "budget_eur_month": "eur_month",
    "assumed_cost_eur_month": "eur_month",
    "time_limit_s": "seconds",
}

Rows: TypeAlias = tuple[list[str], list[list[Any]], list[Any]]


def criteria_rows(findings: Findings, t: Translator) -> Rows:
    """Return headings, rows and number formats: weight, share and value function of each criterion."""
    scenario, shares = findings.scenario, findings.evaluation.scores.shares
    changed = functions_record(scenario)
    rows: list[list[Any]] = [
        [
            t(f"criteria.{one.id}.label"),
            float(scenario.criteria_weights.get(one.id, one.default_weight)),
            float(shares[one.id]),
            t(f"criteria.{one.id}.unit"),
            raw_unit(t, one),
            corners_text(t, one),
            float(one.missing_value),
            t(f"data.answer.{'yes' if one.id in changed else 'no'}"),
            t(f"criteria.{one.id}.description"),
            t(f"criteria.{one.id}.formula"),
        ]
        for one in criteria_of(scenario)
    ]
    formats = [_PLAIN, _ONE, _PERCENT, *[_PLAIN] * 3, _ONE, *[_PLAIN] * 3]
    return [t(f"layers.criteria.{name}") for name in _CRITERIA], rows, formats


def scenario_rows(findings: Findings, t: Translator, about: About) -> Rows:
    """Return headings, rows and number formats (by row): all settings, what is proven, notes."""
    rows = _general(findings, t, about)
    rows += _plan_settings(findings, t)
    if findings.confidence is not None:
        rows += [
            (t("layers.scenario.draws"), findings.confidence.draws, "", _PLAIN),
            (t("layers.scenario.draws_seed"), findings.confidence.seed, "", _PLAIN),
        ]
    if findings.notes:
        rows.append((t("layers.scenario.notes"), findings.notes, "", _PLAIN))
    known = [] if findings.plan is None else plan_notes(findings.area, findings.effect, t)
    notes = [*known, *about.record["notes"]]
    rows += [(t("layers.scenario.note"), note, "", _PLAIN) for note in notes]
    headings = [t(f"layers.scenario.{name}") for name in ("what", "value", "unit")]
    return (
        headings,
        [list(row[:3]) for row in rows],
        [[_PLAIN, row[3], _PLAIN] for row in rows],
    )


def _general(findings: Findings, t: Translator, about: About) -> list[tuple[str, Any, str, str]]:
    area, scenario, record = findings.area, findings.scenario, about.record
    program = record["program"]
    rows: list[tuple[str, Any, str, str]] = [
        (t("layers.scenario.name"), scenario.name or t("export.draft"), "", _PLAIN),
        (t("layers.scenario.date"), date_text(findings.date, t), "", _PLAIN),
        (t("layers.scenario.area"), area.name, "", _PLAIN),
        (t("layers.scenario.crs"), area.crs, "", _PLAIN),
        (t("layers.scenario.digest"), area.digest, "", _PLAIN),
        (t("layers.scenario.program"), f"{program['name']} {program['version']}", "", _PLAIN),
        (t("layers.scenario.minutes"), float(scenario.minutes), t("layers.unit.minutes"), _ONE),
        (t("layers.scenario.speed"), float(scenario.speed_kmh), t("layers.unit.kmh"), _ONE),
        (t("layers.scenario.reach"), float(scenario.reach_m), t("layers.unit.metres"), "#,##0"),
    ]
    weights = {**default_weights(), **scenario.need_weights}
    rows += [
        (
            t("layers.scenario.need_weight", indicator=indicator_label(t, group)),
            float(weight),
            t("layers.unit.need"),
            _TWO,
        )
        for group, weight in weights.items()
    ]
    return rows


def _plan_settings(findings: Findings, t: Translator) -> list[tuple[str, Any, str, str]]:
    plan = findings.plan
    if plan is None:
        return []
    settings = plan.settings
    rows: list[tuple[str, Any, str, str]] = [
        (t("layers.scenario.status"), status_text(plan, t), "", _PLAIN),
        (t("siting.setting.objective.label"), t(f"siting.objective.{settings.objective}.label"), "", _PLAIN),
        (t("siting.setting.count.label"), len(plan.candidate_ids), "", _PLAIN),
        (t("siting.setting.score_share.label"), float(settings.score_share), "", _PERCENT),
        (
            t("siting.setting.time_limit_s.label"),
            float(settings.time_limit_s),
            t("layers.unit.seconds"),
            _PLAIN,
        ),
        (t("siting.setting.seed.label"), settings.seed, "", _PLAIN),
    ]
    if findings.effect is not None:
        before, after = findings.effect.before.share, findings.effect.after.share
        rows.append((t("layers.scenario.share_before"), float(before), "", _PERCENT))
        rows.append((t("layers.scenario.share_after"), float(after), "", _PERCENT))
    rules = constraints_document(settings.constraints)
    boroughs = district_names(findings.area, "borough")
    names = dict(
        zip(findings.area.candidates["candidate_id"], room_names(t, findings.area.candidates), strict=True)
    )
    return rows + [
        (
            t(f"siting.constraint.{name}.label"),
            _rule_value(value, boroughs | names, t),
            t(f"layers.unit.{_UNITS[name]}") if name in _UNITS else "",
            _PLAIN,
        )
        for name, value in rules.items()
    ]


def _rule_value(value: Any, names: Mapping[str, str], t: Translator) -> Any:
    """Return what a rule demands as a number or in words."""
    if value is None or value in ([], {}):
        return t("plan.none")
    if isinstance(value, bool):
        return t(f"data.answer.{'yes' if value else 'no'}")
    if isinstance(value, list):
        groups = [one if isinstance(one, list) else [one] for one in value]
        return "; ".join(" / ".join(_called(name, names) for name in group) for group in groups)
    if isinstance(value, dict):
        told = []
        for key, limit in value.items():
            ends = [f"{t('plan.least')} {limit['min']}"] if limit.get("min") else []
            ends += [f"{t('plan.most')} {limit['max']}"] if limit.get("max") is not None else []
            told.append(f"{names.get(key, key)}: {', '.join(ends)}")
        return "; ".join(told)
    return value


def _called(name: str, names: Mapping[str, str]) -> str:
    return f"{names[name]} ({name})" if name in names else name


def source_rows(t: Translator, about: About) -> Rows:
    """Return headings, rows and number formats: year, source and licence of each layer used."""
    rows: list[list[Any]] = [
        [
            t(f"data.layer.{one['id']}") if t.has(f"data.layer.{one['id']}") else one["id"],
            one["year"],
            one["source"],
            one["attribution"],
            one["licence"],
            "; ".join(one["licence_uris"]),
            one["sha256"],
        ]
        for one in about.record["sources"]
    ]
    return [t(f"layers.sources.{name}") for name in _SOURCES], rows, []
