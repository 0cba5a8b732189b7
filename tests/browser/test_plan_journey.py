"""A planner asks for the remaining rooms: run, look, ask for too much, read why; with the network shut."""

from __future__ import annotations

import pytest

from planning.i18n import Translator
from tests.fixtures.map_frame import map_frame

pytestmark = pytest.mark.browser

CHOSEN = "() => planner.state.view.candidates.chosen.filter(Boolean).sort((a, b) => a - b)"
SIZES = [(1280, 800), (390, 844)]


def open_plan(open_page, planner, language, **size):
    page = open_page(f"{planner}/plan?lang={language}", **size)
    frame = map_frame(page)
    page.get_by_role("button", name=Translator(language)("plan.compute")).wait_for()
    return page, frame


def compute(page, t):
    page.get_by_role("button", name=t("plan.compute")).click()
    page.get_by_text(t("siting.status.optimal")).first.wait_for()


def front(page, t, panel: str) -> None:
    name = t(f"plan.panel.{panel}")
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name, exact=True)).first.click()


def fits(page) -> bool:
    return page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize("language", ["de", "en"])
def test_from_the_question_to_the_plan_and_to_a_contradiction(open_page, planner, picture, language):
    t = Translator(language)
    page, frame = open_plan(open_page, planner, language)
    page.get_by_text(t("plan.empty")).wait_for()
    assert frame.evaluate(CHOSEN) == []
    picture(page, f"plan-leer-{language}")
    compute(page, t)
    frame.wait_for_function("() => planner.state.view.candidates.chosen.some(Boolean)")
    assert frame.evaluate(CHOSEN) == list(range(1, 15))
    signs = frame.locator(".planner-chosen .planner-number")
    assert sorted(signs.all_inner_texts(), key=int) == [str(number) for number in range(1, 15)]
    labels = frame.evaluate("() => planner.state.view.indicator.labels")
    assert labels == [t(f"plan.map.{name}") for name in ("none", "before", "new", "beyond")]
    classes = frame.evaluate("() => planner.state.view.indicator.classes")
    assert set(classes) == set("0123")
    picture(page, f"plan-{language}")

    signs.filter(has_text="3").first.click()
    page.get_by_text(t("plan.wish.must")).first.wait_for()
    frame.wait_for_function("() => planner.state.view.reach !== null")
    front(page, t, "effect")
    page.get_by_text(t("plan.effect.gini")).wait_for()
    picture(page, f"plan-wirkung-{language}")

    front(page, t, "task")
    page.locator(".st-key-plan_rules summary").click()
    field = page.locator(".st-key-plan_priority_areas_min input")
    field.fill("20")
    field.press("Enter")
    page.get_by_text(t("plan.changed.settings")).first.wait_for()
    page.get_by_role("button", name=t("plan.compute")).click()
    page.get_by_text(t("siting.status.infeasible")).first.wait_for()
    page.get_by_text(t("errors.siting_rule_priority_areas", least=20)).wait_for()
    page.get_by_text(t("errors.siting_rule_count", p=14)).wait_for()
    assert frame.evaluate(CHOSEN) == list(range(1, 15))
    assert page.locator("[data-testid='stException']").count() == 0
    picture(page, f"plan-widerspruch-{language}")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_every_part_of_the_page_fits(open_page, planner, picture, language, size):
    t = Translator(language)
    page, _ = open_plan(open_page, planner, language, width=size[0], height=size[1])
    assert fits(page)
    compute(page, t)
    for panel in ("rooms", "effect", "variants", "task"):
        front(page, t, panel)
        assert fits(page), panel
        picture(page, f"plan-{panel}-{language}-{size[0]}")
    bottom = page.locator("iframe[title*='st_folium']").bounding_box()
    if size[0] > size[1]:
        assert bottom["y"] + bottom["height"] <= size[1]
    assert page.locator("[data-testid='stException']").count() == 0


def test_a_plan_outlives_a_reload_and_another_page(open_page, planner):
    t = Translator("de")
    page, _ = open_plan(open_page, planner, "de")
    compute(page, t)
    page.reload()
    frame = map_frame(page)
    page.get_by_text(t("siting.status.optimal")).first.wait_for()
    frame.wait_for_function("() => planner.state.view.candidates.chosen.some(Boolean)")
    page.get_by_role("link", name=t("ui.page.method")).click()
    page.get_by_text(t("ui.method.sections")).wait_for()
    page.get_by_role("link", name=t("ui.page.plan"), exact=True).click()
    page.get_by_text(t("siting.status.optimal")).first.wait_for()
