"""Report and fact sheets, read by an independent reader."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest

from planning.i18n import Translator
from planning.render.fact_sheet import fact_sheet_pdf, room_page
from planning.render.report import documents
from planning.scoring.confidence import confidence
from planning.scoring.perturbation import perturbation
from tests.unit.test_sheets import fonts_of, found


@pytest.fixture(scope="module")
def findings(tiny_area):
    made = found(tiny_area, 2)
    around = perturbation(
        made.area, made.scenario, made.distances, made.evaluation, certainty="medium", year=2026
    )
    return replace(made, confidence=confidence(around, count=2, draws=500), notes="Notiz für den Ausschuss")


def reader_of(content):
    return pypdf.PdfReader(io.BytesIO(content))


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_report_says_what_changes_what_is_proven_and_what_is_not_known(findings, language):
    t = Translator(language)
    told = []
    report, sheets = documents(findings, t, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3)]
    reader = reader_of(report)
    text = "\n".join(page.extract_text() for page in reader.pages).replace("\xad", "")
    for key in ("head.rooms", "head.boroughs", "head.method", "head.limits", "head.sources", "head.annex"):
        assert t(f"report.{key}") in text
    assert t("siting.status.optimal").split(":")[0] in text
    assert "Notiz für den Ausschuss" in text
    assert t.share(findings.effect.after.share, 1) in text
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.metadata.title == t("report.title", area=findings.area.name)
    top = [one["/Title"] for one in reader.outline if not isinstance(one, list)]
    assert top == [reader.metadata.title, t("report.head.annex")]
    within = [one["/Title"] for part in reader.outline if isinstance(part, list) for one in part]
    assert len([one for one in within if one[0].isdigit()]) == 2
    assert all("/FontFile2" in one or "/FontFile3" in one for one in fonts_of(reader))
    assert set(sheets) == set(findings.rooms)


def test_page_numbers_count_all_pages(findings):
    report, _ = documents(findings, Translator("de"))
    pages = reader_of(report).pages
    assert f"1 / {len(pages)}" in pages[0].extract_text()


def test_without_a_plan_the_report_holds_the_best_of_the_ranking(tiny_area):
    report, sheets = documents(found(tiny_area, None), Translator("de"))
    assert "Es gibt noch keinen Plan" in reader_of(report).pages[0].extract_text().replace("\n", " ")
    assert len(sheets) == 4


def test_a_fact_sheet_is_one_page_with_everything_on_it(findings):
    t = Translator("de")
    name = findings.rooms[0]
    reader = reader_of(fact_sheet_pdf(findings, t, room_page(findings, t, name)))
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    for key in ("venue", "figures", "score", "near", "questions", "notes", "slot"):
        assert t(f"report.{key}") in text
    assert "unbekannt" in text
    assert "500 Ziehungen" in text.replace("\n", " ")


@pytest.mark.parametrize("text", ["Wort " * 60, "Donaudampfschiff" * 20, "مركز الاستشارة " * 20, "😀" * 150])
def test_a_fact_sheet_stays_one_page(findings, text):
    rooms = findings.area.candidates.assign(
        name=text[:300], address=text[:300], contact=text[:300], note=text[:300], source=text[:300]
    )
    area = findings.area.with_tables(candidates=rooms)
    name = findings.rooms[0]
    long = replace(findings, area=area, candidate_notes={name: text * 20})
    t = Translator("de")
    assert len(reader_of(fact_sheet_pdf(long, t, room_page(long, t, name))).pages) == 1


def test_the_same_input_gives_the_same_documents(findings):
    t = Translator("en")
    assert documents(findings, t) == documents(findings, t)
