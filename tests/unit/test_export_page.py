"""The web page of a plan: what it says, in both languages, with no plan, no rooms and hostile names."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from planning.access import measure
from planning.export.about import about
from planning.export.page import page_bytes, plan_page_bytes
from planning.export.page_plan import ranking_view
from planning.i18n import Translator
from planning.model import PlanSettings, Scenario
from planning.render.findings import find
from planning.scenarios.work import KeptPlan, Work
from planning.siting import make_plan, plan_distances, prepare
from planning.walking import build_network

HOSTILE = ("<script>alert(1)</script>", "L" * 300, "\u202eمسجد النور")


def found(area, count):
    network = build_network(area.nodes, area.edges)
    near = measure(area, network=network)
    kept, scenario = None, Scenario()
    settings = PlanSettings(count=count or 1)
    distances = plan_distances(area, near, replace(settings, objective="walking"), network=network)
    if count is not None:
        plan = make_plan(prepare(area, scenario, settings, distances, network=network), scenario)
        if count == 0:
            plan = replace(plan, candidate_ids=(), gains=())
        kept = KeptPlan(plan, area)
    return find(Work(area, scenario, settings, kept), network, distances, dt.date(2026, 11, 26))


def page_of(findings, t):
    told = about(findings.area, findings.evaluation, findings.scenario, t, findings.date, drawn=True)
    return plan_page_bytes(findings, t, told)


@pytest.mark.parametrize("language", ["de", "en"])
def test_page_of_a_plan_names_rooms_figures_and_search(tiny_area, language):
    t = Translator(language)
    findings = found(tiny_area, 2)
    content = page_of(findings, t)
    text = content.decode()
    assert content == page_of(findings, t)
    assert '<input id="search" type="search"' in text
    assert t("output.page.figures") in text
    plan_part = text[text.index('<section id="plan">') : text.index(t("output.page.boroughs"))]
    assert plan_part.count("<tr data-kind") == len(findings.rooms) == 2


def test_without_a_plan_it_is_the_page_of_the_ranking(tiny_area):
    t = Translator("de")
    findings = found(tiny_area, None)
    told = about(tiny_area, findings.evaluation, findings.scenario, t, findings.date, drawn=True)
    same = page_bytes(tiny_area, findings.evaluation, t, ranking_view(findings), told)
    assert plan_page_bytes(findings, t, told) == same
    assert b'id="plan"' not in same


def test_a_plan_without_rooms_says_so(tiny_area):
    t = Translator("de")
    assert t("output.page.none") in page_of(found(tiny_area, 0), t).decode()


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(tiny_area, name):
    rooms, sites = tiny_area.candidates.assign(name=name), tiny_area.sites.assign(name=name)
    text = page_of(found(tiny_area.with_tables(candidates=rooms, sites=sites), 2), Translator("de")).decode()
    assert "<script>alert" not in text
    assert name.replace("<", "&lt;").replace(">", "&gt;") in text
