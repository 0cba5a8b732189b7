"""The pages for people describe what the code does: every setting, criterion, page, command and file."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from planning.access import measure
from planning.area import criteria, indicators, venue_kinds
from planning.area.catalogues import declaration, uncertainties
from planning.cli import make_parser
from planning.export.plan import GAIN_UNITS, UNITS, plan_record
from planning.export.sureness import UNITS as UNSURE_UNITS
from planning.export.sureness import Uncertainty
from planning.i18n import LANGUAGES, Translator, catalogue_keys
from planning.model import (
    MINUTES_RANGE,
    PLAN_OBJECTIVES,
    SPEED_RANGE_KMH,
    Constraints,
    PlanSettings,
    Scenario,
)
from planning.need import cell_need
from planning.scoring import evaluate
from planning.scoring.perturbation import CONCENTRATION, perturbation
from planning.siting import make_plan, plan_effect, prepare
from planning.siting.uncertain import uncertain_plan
from planning.ui.components.weights import PRESETS
from planning.ui.pages.compare import VIEWS
from planning.ui.pages.map import PANELS
from planning.ui.pages.method import SECTIONS

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "planning" / "i18n" / "text"

# Where each field of a scenario is named on screen; a new field without a text fails below.
SETTING_TEXTS = {
    "name": (),
    "minutes": ("ui.reach.minutes",),
    "speed_kmh": ("ui.reach.speed",),
    "need_weights": tuple(
        f"data.indicator.{group}.label" for group in indicators().query("need_group")["id"]
    ),
    "criteria_weights": tuple(f"criteria.{criterion.id}.label" for criterion in criteria()),
    "value_functions": ("ui.functions.title", "ui.functions.apply", "ui.functions.reset"),
}
CONTROL_TEXTS = (
    *(f"ui.panel.{name}" for name in PANELS),
    *(f"ui.data.{name}" for name in ("sites", "candidates", "layers", "scaling", "by_address")),
    *(f"ui.tables.{name}" for name in ("take_over", "template", "upload")),
    *("ui.map.indicator", "ui.map.downloads", "ui.preset.title", "ui.functions.title", "ui.need.reset"),
    "weights.entry.title",
    *(f"confidence.view.{name}" for name in VIEWS),
    *("confidence.pick.label", "confidence.certainty.label", "confidence.take", "confidence.plan.search"),
    *(
        f"rota.page.{name}"
        for name in (
            "rooms",
            "teams",
            "people",
            "rules",
            "setup_inside",
            "mixed",
            "reset",
            "keep",
            "make",
            "back",
            "entries_save",
            "entries_open",
            "entries_back",
        )
    ),
    *(f"rota.page.{name}" for name in ("by_site", "by_team", "map", "changes", "download")),
    "rota_files.sheet.assumptions",
)


def text_of(language, section):
    return Translator(language).text(section)


def everything(language):
    return "\n".join(text_of(language, section) for section in SECTIONS)


def headings(markdown):
    return [len(mark) for mark in re.findall(r"^(#+) ", markdown, re.MULTILINE)]


def table_rows(markdown):
    rows = re.findall(r"^\|(.+)\|$", markdown, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows]


def number(text, language):
    return float(text.replace(",", ".") if language == "de" else text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_is_there_and_no_other(language):
    files = {file.stem for file in (TEXTS / language).iterdir()}
    assert files == set(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_both_languages_are_built_alike(section):
    german, english = (text_of(language, section) for language in ("de", "en"))
    assert headings(german) == headings(english)
    assert headings(german)[0] == 2
    assert german.count("$$") == english.count("$$")
    assert [len(row) for row in table_rows(german)] == [len(row) for row in table_rows(english)]
    assert len(re.findall(r"^(?:- |\d+\. )", german, re.MULTILINE)) == len(
        re.findall(r"^(?:- |\d+\. )", english, re.MULTILINE)
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_bears_the_name_it_is_chosen_by(language, section):
    first = text_of(language, section).splitlines()[0]
    assert first == f"## {Translator(language)(f'ui.method.{section}')}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", SECTIONS)
def test_formulas_are_written_as_streamlit_reads_them(language, section):
    text = text_of(language, section)
    assert text.count("$$") == 2 * len(re.findall(r"^\$\$\n[^$]+\n\$\$$", text, re.MULTILINE))
    plain = text.replace("$$", "")
    for paragraph in plain.split("\n\n"):
        assert paragraph.count("$") % 2 == 0, paragraph


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_html_and_no_outside_address(language):
    text = everything(language)
    assert not re.search(r"<[a-zA-Z!/]", text)
    assert not re.search(r"https?://|!\[", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_described(language):
    assert {field.name for field in fields(Scenario)} == set(SETTING_TEXTS)
    t, text = Translator(language), everything(language)
    missing = [key for keys in SETTING_TEXTS.values() for key in keys if t(key) not in text]
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "settings"), [("setting", PlanSettings), ("constraint", Constraints)])
def test_every_setting_and_rule_of_a_plan_is_described(language, kind, settings):
    t = Translator(language)
    names = {field.name for field in fields(settings)}
    worded = {key.split(".")[2] for key in catalogue_keys() if key.startswith(f"siting.{kind}.")}
    assert worded == names
    described = {row[0] for row in table_rows(text_of(language, "siting")) if len(row) == 3}
    assert {t(f"siting.{kind}.{name}.label") for name in names} <= described
    assert all(t(f"siting.{kind}.{name}.help") for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_aim_of_a_plan_is_described_with_its_formula(language):
    t, text = Translator(language), text_of(language, "siting")
    for objective in PLAN_OBJECTIVES:
        title = t(f"siting.objective.{objective}.label")
        assert f"#### {title}\n\n$$\n" in text
        assert t(f"siting.objective.{objective}.help")
    assert f"{PlanSettings.time_limit_s:.0f} " in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_and_control_is_described(language):
    t = Translator(language)
    pages = text_of(language, "pages")
    titles = [t(key) for key in catalogue_keys() if key.startswith("ui.page.")]
    assert len(titles) >= 3
    assert not [title for title in titles if f"### {title}" not in pages]
    assert not [key for key in CONTROL_TEXTS if t(key) not in pages]


@pytest.mark.parametrize("language", LANGUAGES)
def test_criteria_stand_with_their_default_weight(language):
    t = Translator(language)
    described = {row[0]: row[-1] for row in table_rows(text_of(language, "criteria")) if len(row) == 3}
    for criterion in criteria():
        assert number(described[t(f"criteria.{criterion.id}.label")], language) == criterion.default_weight


@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_of_venue_stand_with_their_suitability(language):
    t = Translator(language)
    described = {row[0]: row[1] for row in table_rows(text_of(language, "criteria")) if len(row) == 2}
    kinds = venue_kinds()
    for kind, suitability in zip(kinds["kind"], kinds["suitability"], strict=True):
        assert number(described[t(f"data.venue_kind.{kind}")], language) == suitability


@pytest.mark.parametrize("language", LANGUAGES)
def test_need_groups_stand_with_their_default_weight(language):
    t = Translator(language)
    described = {row[0]: row[1] for row in table_rows(text_of(language, "need"))}
    groups = indicators().query("need_group")
    for group, weight in zip(groups["id"], groups["default_weight"], strict=True):
        assert number(described[t(f"data.indicator.{group}.label")], language) == weight


@pytest.mark.parametrize("language", LANGUAGES)
def test_presets_stand_with_what_they_raise(language):
    t = Translator(language)
    described = {row[0]: row[1] for row in table_rows(text_of(language, "scoring"))}
    for name, raised in PRESETS.items():
        for criterion, weight in raised.items():
            assert f"{t(f'criteria.{criterion}.label')} {weight}" in described[t(f"ui.preset.{name}")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_ranges_and_defaults_of_walking_are_those_of_the_model(language):
    t = Translator(language)
    described = {row[0]: row[1:3] for row in table_rows(text_of(language, "walking"))}
    for key, digits, limits, default in (
        ("ui.reach.minutes", 0, MINUTES_RANGE, Scenario.minutes),
        ("ui.reach.speed", 1, SPEED_RANGE_KMH, Scenario.speed_kmh),
    ):
        span, chosen = described[t(key)]
        assert [float(value) for value in re.findall(r"\d+", span)] == list(limits)
        assert chosen.startswith(t.number(default, digits))


@pytest.mark.parametrize("language", LANGUAGES)
def test_uncertainties_stand_as_the_catalogue_states_them(language):
    t = Translator(language)
    described = {row[0]: row[1:] for row in table_rows(text_of(language, "confidence")) if len(row) == 4}
    table = uncertainties()
    assert len(table) > 10
    for name, row in table.iterrows():
        label = f"data.indicator.{name}.label" if row["of"] == "indicator" else f"criteria.{name}.label"
        source, at_source, added = described[t(label)]
        assert source == t(f"confidence.source.{row['source']}")
        factor = 1.0 if row["measure"] == "points" else 100.0
        for told, stated in ((at_source, row["at_source"]), (added, row["per_root_year"])):
            assert number(re.search(r"[\d.,]+", told)[0], language) == pytest.approx(stated * factor)


@pytest.mark.parametrize("language", LANGUAGES)
def test_certainties_stand_with_their_spread(language):
    t = Translator(language)
    described = {row[0]: row[1:] for row in table_rows(text_of(language, "confidence")) if len(row) == 3}
    for level, concentration in CONCENTRATION.items():
        stated, spread = described[t(f"weights.certainty.{level}")]
        assert number(stated, language) == concentration
        points = 100.0 * (0.15 * 0.85 / (concentration + 1.0)) ** 0.5
        assert number(spread.split()[0], language) == pytest.approx(points, abs=0.05)


def pages():
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def test_links_between_pages_lead_somewhere():
    links = [
        (page, target)
        for page in pages()
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not target.startswith(("http://", "https://"))
    ]
    assert links
    assert not [(page.name, target) for page, target in links if not (page.parent / target).exists()]


def test_no_page_shows_a_picture_from_elsewhere():
    assert not [
        page.name for page in pages() if re.search(r"!\[[^\]]*\]\(http|<img", page.read_text("utf-8"))
    ]


def test_readme_shows_the_two_commands_first():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = re.search(r"```\w*\n(.*?)```", readme, re.DOTALL)
    assert [line.split("#")[0].strip() for line in first[1].strip().splitlines()][-2:] == [
        "make app",
        "make test",
    ]
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"app", "test"} <= set(targets)


def test_readme_names_every_command_and_option():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    actions = next(
        a for a in make_parser(Translator("en"))._actions if isinstance(a, argparse._SubParsersAction)
    )
    missing = []
    for name, parser in actions.choices.items():
        options = [option for action in parser._actions for option in action.option_strings]
        missing += [option for option in options if option.startswith("--") and option not in readme]
        missing += [name] if f"planning {name}" not in readme else []
    assert not missing


def test_readme_credits_every_source_of_the_bundled_area(dortmund):
    readme = re.sub(r"\s+", " ", (ROOT / "README.md").read_text(encoding="utf-8"))
    texts = {text for layer in dortmund.layers for text in layer.attribution.split(" · ") if text}
    assert texts
    assert not [text for text in texts if text not in readme]


def test_changelog_knows_the_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_decision_records_are_numbered_and_complete():
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [record.name[:4] for record in records] == [f"{n:04d}" for n in range(1, len(records) + 1)]
    assert len(records) >= 7
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert text.startswith(f"# {record.name[:4]} "), record.name
        for heading in ("## Context", "## Verified facts", "## Decision", "## Consequences"):
            assert heading in text, (record.name, heading)


def test_decision_on_dependencies_lists_each_of_them():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "docs" / "adr" / "0007-dependencies.md").read_text(encoding="utf-8")
    runtime, testing = text.split("### Test only")
    for part, requirements in (
        (runtime, project["dependencies"]),
        (testing, project["optional-dependencies"]["test"]),
    ):
        listed = {row[0].strip("`") for row in table_rows(part) if row[0].startswith("`")}
        wanted = {re.match(r"[\w.-]+", requirement)[0] for requirement in requirements}
        assert listed == wanted


def test_plan_files_describe_every_member_column_and_rule(tiny_area):
    scenario = Scenario()
    distances = measure(tiny_area)
    task = prepare(tiny_area, scenario, PlanSettings(count=1), distances)
    plan = make_plan(task, scenario)
    effect = plan_effect(tiny_area, scenario, distances, cell_need(tiny_area.cells, {}), plan.candidate_ids)
    evaluation = evaluate(tiny_area, scenario, distances)
    around = perturbation(tiny_area, scenario, distances, evaluation, year=2026)
    drawn = uncertain_plan(task, plan.candidate_ids, around, draws=20, workers=1)
    record = plan_record(
        tiny_area,
        plan,
        effect,
        evaluation,
        Translator("en"),
        dt.date(2026, 11, 25),
        uncertainty=Uncertainty(drawn, "medium", 2026),
    )
    unsure = record["uncertainty"]
    names = {*unsure, *unsure["plan"], *unsure["kept"][0], *UNSURE_UNITS.values()}
    names |= {
        *record,
        *record["settings"],
        *record["rooms"][0],
        *record["effect"],
        *record["effect"]["after"],
    }
    names |= {field.name for field in fields(Constraints)} | {*record["scenario"], *record["need"]}
    names |= set(PLAN_OBJECTIVES) | {*UNITS.values(), *GAIN_UNITS.values()}
    text = (ROOT / "docs" / "plan-files.md").read_text(encoding="utf-8")
    assert not sorted(name for name in names if f"`{name}`" not in text)


def test_raw_format_describes_every_file_and_column():
    text = (ROOT / "docs" / "raw-data.md").read_text(encoding="utf-8")
    files = declaration("raw_files")
    names = {name for column in files["columns"] for name in column.split(";")}
    names |= set(files["file"]) | {name for name in files["sublayer"] if name}
    used = {
        name
        for columns in declaration("indicators")["raw_columns"].dropna()
        for name in str(columns).split(";")
        if name
    }
    assert not sorted(name for name in names | used if f"`{name}`" not in text)
