"""The web page of a plan as it opens from disk, in a real browser: search, table and map."""

from __future__ import annotations

import pytest

from planning.i18n import Translator
from tests.unit.test_export_page import found, page_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def exported(dortmund, tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.html"
    path.write_bytes(page_of(found(dortmund, 14), Translator("de")))
    assert path.stat().st_size < 5_000_000
    return path.as_uri()


@pytest.mark.parametrize(("name", "width", "height"), [("breit", 1280, 800), ("schmal", 390, 844)])
def test_search_filters_the_tables_and_enter_shows_the_first(
    open_page, exported, picture, name, width, height
):
    page = open_page(exported, width=width, height=height)
    page.wait_for_function("() => window.planner && planner.state && planner.state.view")
    assert page.locator("#plan tbody tr").count() == 14
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    picture(page, f"planseite-{name}")
    wanted = page.locator("#plan tbody tr button").nth(3).inner_text()
    page.get_by_label("Standorte und Räume suchen").fill(wanted)
    assert page.locator("#plan tbody tr:visible").count() < 14
    page.keyboard.press("Enter")
    assert page.locator("tr.chosen:visible button").first.inner_text() == wanted
    picture(page, f"planseite-suche-{name}")


def test_layers_switch_and_names_stay_text_without_a_word_on_the_console(open_page, tiny_area, tmp_path):
    rooms = tiny_area.candidates.assign(name="<script>window.caught = 1</script>")
    sites = tiny_area.sites.assign(name="<img src=x onerror='window.caught = 1'>")
    findings = found(tiny_area.with_tables(sites=sites, candidates=rooms), 2)
    path = tmp_path / "plan.html"
    path.write_bytes(page_of(findings, Translator("de")))
    said = []
    page = open_page("about:blank")
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    page.wait_for_function("() => window.planner && planner.state && planner.state.view")
    panel = page.locator("details.planner-panel").filter(has=page.locator("input[type='checkbox']"))
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    boxes = panel.locator("input[type='checkbox']")
    assert boxes.count() >= 4
    icons = page.locator(".map .planner-icon")
    before = icons.count()
    for place in range(boxes.count()):
        boxes.nth(place).uncheck()
    assert icons.count() < before
    for place in range(boxes.count()):
        boxes.nth(place).check()
    assert icons.count() == before
    page.locator("#plan tbody tr button").first.click()
    assert page.evaluate("() => window.caught") is None
    assert "<script>window.caught" in page.locator("#plan tbody tr").first.inner_text()
    assert said == []
