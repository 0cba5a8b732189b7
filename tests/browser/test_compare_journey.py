"""A coordinator compares rooms: pick, read why, note, take along, ask how sure; with the network shut."""

from __future__ import annotations

import re

import pytest

from planning.i18n import Translator
from tests.fixtures.browser import save_as

pytestmark = pytest.mark.browser

SIZES = [(1280, 800), (390, 844)]
OWN_MAPS = "img[src^='data:image/svg+xml'][width='340']"


def open_compare(open_page, planner, language, **size):
    page = open_page(f"{planner}/vergleich?lang={language}", **size)
    t = Translator(language)
    page.get_by_role("button", name=t("confidence.pick.best", count=3)).wait_for()
    return page, t


def compare_best(page, t):
    page.get_by_role("button", name=t("confidence.pick.best", count=3)).click()
    page.get_by_text(t("compare.section.acceptability")).wait_for()


def look(page, name: str) -> None:
    exact = page.get_by_role("radio", name=name, exact=True)
    exact.or_(page.get_by_role("button", name=name, exact=True)).first.click()


def fits(page) -> bool:
    return page.evaluate(
        "() => document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth"
        " && document.documentElement.scrollWidth <= window.innerWidth"
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_from_three_rooms_to_a_note_and_a_page_to_take_along(open_page, planner, picture, language, tmp_path):
    page, t = open_compare(open_page, planner, language)
    picture(page, f"vergleich-leer-{language}")
    compare_best(page, t)
    maps = page.locator(OWN_MAPS)
    assert maps.count() == 3
    boxes = [maps.nth(number).bounding_box() for number in range(3)]
    assert len({(round(box["width"]), round(box["height"])) for box in boxes}) == 1
    scales = [re.search(r"[\d.,]+ km", maps.nth(number).get_attribute("alt"))[0] for number in range(3)]
    assert len(set(scales)) == 1
    picture(page, f"vergleich-raeume-{language}")
    page.get_by_role("heading", name=t("compare.section.rooms")).evaluate("one => one.scrollIntoView()")
    page.wait_for_timeout(300)
    picture(page, f"vergleich-{language}")

    field = page.locator("[class*='st-key-compare_note_'] textarea").first
    field.fill("<b>Schlüssel</b> beim Hausmeister")
    field.press("Control+Enter")
    page.wait_for_function("() => !document.querySelector('.st-key-undo button').disabled")
    # the button that takes along is drawn after the line above the page
    path = save_as(page, page.get_by_role("button", name=t("confidence.take")), tmp_path / "compared.html")
    content = path.read_text(encoding="utf-8")
    assert "&lt;b&gt;Schlüssel&lt;/b&gt; beim Hausmeister" in content
    assert "<script" not in content

    look(page, t("confidence.view.sureness"))
    page.get_by_text(t("confidence.ranking.read")[:9]).first.wait_for()
    picture(page, f"vergleich-sicher-{language}")
    look(page, t("confidence.tab.weights"))
    page.get_by_text(t("confidence.tornado.title")).first.wait_for()
    page.locator(
        "[data-testid='stVegaLiteChart'] canvas, [data-testid='stVegaLiteChart'] svg"
    ).first.wait_for()
    picture(page, f"vergleich-gewichte-{language}")
    look(page, t("confidence.tab.plan"))
    page.get_by_text(t("confidence.plan.none")).wait_for()
    assert page.locator("[data-testid='stException']").count() == 0


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_every_view_fits(open_page, planner, picture, language, size):
    width, height = size
    page, t = open_compare(open_page, planner, language, width=width, height=height)
    assert fits(page)
    compare_best(page, t)
    assert fits(page)
    picture(page, f"vergleich-{language}-{width}")
    for tab in ("ranking", "methods", "weights", "plan"):
        look(page, t("confidence.view.sureness"))
        look(page, t(f"confidence.tab.{tab}"))
        page.wait_for_timeout(800)
        assert fits(page), tab
        picture(page, f"vergleich-{tab}-{language}-{width}")
    for view in ("plans", "opinions"):
        look(page, t(f"confidence.view.{view}"))
        page.wait_for_timeout(800)
        assert fits(page), view
        picture(page, f"vergleich-{view}-{language}-{width}")
    assert page.locator("[data-testid='stException']").count() == 0


def test_the_plan_is_planned_anew_while_the_page_says_how_far_it_is(open_page, planner, picture):
    t = Translator("de")
    page = open_page(f"{planner}/plan?lang=de")
    page.get_by_role("button", name=t("plan.compute")).click()
    page.get_by_text(t("siting.status.optimal")).first.wait_for()
    page.get_by_role("link", name=t("ui.page.compare")).click()
    look(page, t("confidence.view.sureness"))
    look(page, t("confidence.tab.plan"))
    page.get_by_role("button", name=t("confidence.plan.search")).click()
    page.get_by_text(t("plan.progress.uncertain")).first.wait_for()
    page.get_by_text(re.compile(r"[1-9]\d* von 200")).first.wait_for()
    picture(page, "vergleich-plan-laeuft")
    page.get_by_role("button", name=t("plan.cancel")).click()
    page.get_by_text(t("confidence.plan.kept")).first.wait_for()
    page.get_by_text(re.compile(r"von 200 Ziehungen sind fertig")).wait_for()
    picture(page, "vergleich-plan-abgebrochen")
    assert page.locator("[data-testid='stException']").count() == 0
