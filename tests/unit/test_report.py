"""Report and fact sheets, read by an independent reader."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import get_args

import numpy as np
import pypdf
import pytest

from planning.export.about import about as describe
from planning.export.page import plan_page_bytes
from planning.export.sheets_told import scenario_rows
from planning.i18n import Translator
from planning.model import Constraints, PlanObjective, PlanSettings
from planning.render import fact_sheet
from planning.render.fact_sheet import fact_sheet_pdf, room_page
from planning.render.plan_words import plan_notes, status_text, unreached_note
from planning.render.report import documents, report_pdf
from planning.render.report_tables import key_figures, rooms_table
from planning.render.setting_words import plan_lines
from planning.rota import Window
from planning.scoring import candidate_facts, evaluate
from planning.scoring.confidence import confidence
from planning.scoring.facts import NearPartner, NearStop
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


def words_of(content):
    return " ".join(" ".join(page.extract_text() for page in reader_of(content).pages).split())


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_report_says_what_changes_what_is_proven_and_what_is_not_known(findings, language):
    t = Translator(language)
    told = []
    report, sheets = documents(findings, t, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    reader = reader_of(report)
    text = "\n".join(page.extract_text() for page in reader.pages).replace("\xad", "")
    for key in ("rooms", "change", "boroughs", "groups", "method", "limits", "ages", "sources", "annex"):
        assert t(f"report.head.{key}") in text
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
    content = fact_sheet_pdf(findings, t, name)
    assert content == fact_sheet_pdf(findings, t, name, room_page(findings, t, name))
    reader = reader_of(content)
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/Lang"] == "de"
    assert reader.metadata.title.startswith("Steckbrief: ")
    assert all("/FontFile2" in one or "/FontFile3" in one for one in fonts_of(reader))
    text = reader.pages[0].extract_text()
    for key in ("venue", "figures", "score", "near", "questions", "notes", "slot"):
        assert t(f"report.{key}") in text
    assert "unbekannt" in text
    assert "500 Ziehungen" in text.replace("\n", " ")


def test_a_fact_sheet_names_the_weekly_slot_if_it_is_planned(findings):
    t, name = Translator("de"), findings.rooms[0]
    assert room_page(findings, t, name).data["venue"][-1] == [t("report.slot"), t("report.no_slot")]
    planned = replace(findings, slots={name: (Window(1, 840, 960), Window(3, 960, 1080))})
    slots = room_page(planned, t, name).data["venue"][-1][1]
    assert slots == "Dienstag 14:00–16:00 Uhr; Donnerstag 16:00–18:00 Uhr"
    assert "Dienstag 14:00–16:00" in reader_of(fact_sheet_pdf(planned, t, name)).pages[0].extract_text()


@pytest.mark.parametrize("text", ["Wort " * 60, "Donaudampfschiff" * 20, "مركز الاستشارة " * 20, "😀" * 150])
def test_a_fact_sheet_stays_one_page(findings, text):
    rooms = findings.area.candidates.assign(
        name=text[:300], address=text[:300], contact=text[:300], note=text[:300], source=text[:300]
    )
    area = findings.area.with_tables(candidates=rooms)
    name = findings.rooms[0]
    long = replace(findings, area=area, candidate_notes={name: text * 20})
    t = Translator("de")
    assert len(reader_of(fact_sheet_pdf(long, t, name)).pages) == 1


def test_a_fact_sheet_stays_one_page_whatever_lies_around(findings, monkeypatch):
    name, t = findings.rooms[0], Translator("en")
    facts = candidate_facts(findings.area, findings.scenario, findings.distances, findings.evaluation, name)
    stop = NearStop("s", "Haltestelle an der Straße " * 9, "bus", tuple(map(str, range(400, 440))), 120.0)
    partner = NearPartner("p", "school", "Grundschule " * 20, 300.0)
    crowded = replace(facts, stops=(stop,) * 30, partners=(partner,) * 60)
    monkeypatch.setattr(fact_sheet, "candidate_facts", lambda *_: crowded)
    reader = reader_of(fact_sheet_pdf(findings, t, name))
    assert len(reader.pages) == 1
    assert "and 53 more" in reader.pages[0].extract_text()


def test_words_without_a_gap_break_inside_their_column(findings):
    rooms = findings.area.candidates.assign(name="W" * 300, address="W" * 300)
    wide = replace(findings, area=findings.area.with_tables(candidates=rooms))
    text = "\n".join(page.extract_text() for page in reader_of(report_pdf(wide, Translator("de"))).pages)
    assert "W" * 20 in text.replace("\u200b", "")
    assert max(line.replace("\u200b", "").count("W") for line in text.splitlines()) <= 80


def test_a_closed_room_has_a_fact_sheet_that_says_so(findings):
    t, name = Translator("de"), findings.rooms[0]
    status = findings.area.candidates["status"].mask(
        findings.area.candidates["candidate_id"] == name, "closed"
    )
    area = findings.area.with_tables(candidates=findings.area.candidates.assign(status=status))
    evaluation = evaluate(area, findings.scenario, findings.distances)
    closed = replace(findings, area=area, evaluation=evaluation, kept=None, effect=None)
    text = reader_of(fact_sheet_pdf(closed, t, name)).pages[0].extract_text()
    assert t("ui.facts.closed") in text
    assert t("report.candidate") in text


def test_each_room_of_the_table_leads_to_its_fact_sheet(findings):
    reader = reader_of(documents(findings, Translator("de"))[0])
    pages = [page.extract_text() for page in reader.pages]
    first = next(number for number, text in enumerate(pages) if "Eröffnung 1 von 2" in text)
    targets = [
        reader.get_destination_page_number(reader.named_destinations[note["/Dest"]])
        if isinstance(note.get("/Dest"), str)
        else [page.indirect_reference for page in reader.pages].index(destination(note)[0].indirect_reference)
        for page in reader.pages
        for note in (one.get_object() for one in page.get("/Annots", []))
    ]
    sources = next(number for number, text in enumerate(pages) if "Quellen und Lizenzen\n" in text)
    assert targets == [first, first + 1, sources, sources]
    assert f"Quellen und Lizenzen: Seite {sources + 1}" in pages[first].replace("\n", " ")


def destination(note):
    found = note.get("/Dest") or note["/A"]["/D"]
    return [found[0].get_object(), *found[1:]]


def test_the_report_counts_the_rooms_that_are_drawn(findings):
    told = []
    report = report_pdf(findings, Translator("de"), progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]
    assert report == documents(findings, Translator("de"))[0]


def test_today_is_the_same_with_and_without_a_plan(findings):
    t = Translator("de")
    today = key_figures(replace(findings, kept=None, effect=None), t)
    assert today["head"] == ["", "heute"]
    assert [row[1] for row in today["rows"]] == [row[1] for row in key_figures(findings, t)["rows"]]


def test_need_that_the_walks_leave_out_is_told_everywhere(findings):
    t = Translator("en")
    assert not any("without a way" in one for one in plan_notes(findings.area, findings.effect, t))
    cut_off = replace(findings, effect=replace(
        findings.effect, before=replace(findings.effect.before, unreached=450.0),
    ))  # fmt: skip
    told = "Need without a way on foot to any site: 450 before, 0 after."
    assert told in words_of(report_pdf(cut_off, t))
    about = describe(cut_off.area, cut_off.evaluation, cut_off.scenario, t, cut_off.date)
    assert told in plan_page_bytes(cut_off, t, about).decode()
    assert any(told in str(row[1]) for row in scenario_rows(cut_off, t, about)[1])


def test_need_left_out_before_and_after_alike_does_not_spoil_the_comparison(findings):
    t, effect = Translator("en"), findings.effect
    for unreached, told in ((0.3, ""), (450.0, "450, before and after.")):
        alike = replace(
            effect,
            before=replace(effect.before, unreached=unreached),
            after=replace(effect.after, unreached=unreached),
        )
        note = unreached_note(t, alike)
        assert told in note
        assert "compare" not in note
        assert bool(note) == bool(told)


def test_a_report_of_very_many_rooms_says_whose_fact_sheets_it_holds(findings, monkeypatch):
    monkeypatch.setattr("planning.render.report.MOST_FACT_SHEETS", 1)
    report, sheets = documents(findings, Translator("en"))
    text = words_of(report)
    assert "fact sheets for the first 1 of the plan's 2 rooms" in text.replace("’", "'")
    assert len(sheets) == 1


def test_boroughs_that_fare_equally_badly_are_counted(findings):
    t, area = Translator("en"), findings.area
    boroughs = sorted(area.cells.loc[findings.evaluation.need > 0, "borough"].unique())
    assert len(boroughs) > 1
    nobody = replace(findings.effect.before, worst_key=boroughs[0], worst_share=0.0)
    effect = replace(findings.effect, before=nobody, covered_before=np.zeros_like(findings.covered_before))
    worst = key_figures(replace(findings, effect=effect), t)["rows"][3]
    assert worst[1].endswith(f"and {len(boroughs) - 1} more: 0.0%")


def test_what_a_room_gains_in_the_order_of_the_plan_stands_on_its_sheet(findings):
    t, name = Translator("de"), findings.rooms[1]
    rows = room_page(findings, t, name).data["figures"]
    assert rows[1]["label"] == "Bedarf, als Nr. 2 des Plans"
    assert rows[1]["gained"] == t.number(findings.plan.gains[1])


@pytest.mark.parametrize("objective", get_args(PlanObjective))
def test_the_gain_is_said_in_the_unit_of_the_aim(findings, objective):
    t = Translator("de")
    plan = replace(findings.plan, settings=replace(findings.plan.settings, objective=objective))
    other = replace(findings, kept=replace(findings.kept, plan=plan))
    table = rooms_table(other, t, other.rooms)
    assert table["note"].startswith("Gewinn: ")
    assert ("Meter" in table["note"]) == (objective in {"walking", "worst"})
    assert len({len(row) for row in table["rows"]}) == 1
    assert len(table["rows"][0]) == len(table["head"])  # kind and address more, page less


def test_rules_that_a_person_made_are_told(findings):
    t = Translator("en")
    rooms = findings.rooms
    rules = Constraints(must=(rooms[0],), spacing_m=500.0, budget_eur_month=1200.0)
    told = plan_lines(PlanSettings(count=3, constraints=rules), findings.area, t)
    assert told[0] == "Aim: Reach as many people as possible within the walking time"
    assert told[1] == "Number of rooms: 3"
    assert [line.split(":")[0] for line in told[2:]] == [
        "Least walking distance", "Has to be chosen", "Budget per month",
    ]  # fmt: skip


@pytest.mark.parametrize("status", ["feasible", "infeasible", "unknown"])
def test_only_a_proven_plan_is_called_optimal(findings, status):
    t = Translator("en")
    plan = replace(findings.plan, status=status, gap=0.02)
    report = report_pdf(replace(findings, kept=replace(findings.kept, plan=plan)), t)
    text = " ".join(reader_of(report).pages[0].extract_text().split())
    assert status_text(plan, t) in text
    assert "optimal" not in text


def test_a_plan_without_rooms_says_so(tiny_area):
    reader = reader_of(report_pdf(found(tiny_area, 0), Translator("de")))
    assert "enthält keinen Raum" in reader.pages[0].extract_text().replace("\n", " ")


def test_the_same_input_gives_the_same_documents(findings):
    t = Translator("en")
    assert documents(findings, t) == documents(findings, t)
