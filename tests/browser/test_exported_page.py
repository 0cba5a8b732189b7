"""The exported page as it opens from disk: what close and small maps show, in a real browser."""

from __future__ import annotations

import datetime as dt

import pytest

from planning.access import measure
from planning.export import write_result
from planning.i18n import Translator
from planning.model import Scenario
from planning.scoring import evaluate

pytestmark = pytest.mark.browser

READY = "() => window.planner && planner.state && planner.state.view"
ZOOM = "(zoom) => { planner.state.map.setZoom(zoom, { animate: false }); }"
OPACITY = "() => [planner.state.layers.indicator.options.opacity, planner.state.opacity]"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def exported(dortmund, tmp_path_factory):
    scenario = Scenario()
    evaluation = evaluate(dortmund, scenario, measure(dortmund))
    path = tmp_path_factory.mktemp("exported") / "dortmund.html"
    write_result(dortmund, evaluation, scenario, path, t=Translator("de"), date=dt.date(2026, 11, 22))
    return path.as_uri()


@pytest.fixture
def shown(open_page, exported):
    def opened(**size):
        page = open_page(exported, **size)
        page.wait_for_function(READY)
        return page

    return opened


def test_streets_stay_readable_under_the_figures_at_close_zoom(shown):
    page = shown(**WIDE)
    page.evaluate(ZOOM, 13.5)
    assert page.evaluate(OPACITY) == [0.8, 0.8]
    page.evaluate(ZOOM, 14)
    assert page.evaluate(OPACITY) == [0.45, 0.45]
    swatch = page.locator(".planner-legend .planner-swatch").first
    assert swatch.evaluate("(one) => one.style.opacity") == "0.45"
    page.evaluate(ZOOM, 11)
    assert page.evaluate(OPACITY) == [0.8, 0.8]


def test_small_maps_show_five_ranks_and_say_so(shown, picture):
    page = shown(**NARROW)
    assert page.locator(".planner-rank").all_text_contents() == ["5", "4", "3", "2", "1"]
    assert page.evaluate("() => document.documentElement.scrollWidth") == NARROW["width"]
    page.locator(".planner-legend summary").click()
    page.get_by_text("die besten 5 mit Rang").wait_for()
    picture(page, "export-schmal")


def test_turning_a_small_screen_shows_more_ranks(shown, picture):
    page = shown(**NARROW)
    page.set_viewport_size(WIDE)
    page.wait_for_function("() => document.querySelectorAll('.planner-rank').length === 14")
    page.set_viewport_size(NARROW)
    page.wait_for_function("() => document.querySelectorAll('.planner-rank').length === 5")
    picture(page, "export-gedreht")


def test_a_site_that_opens_every_second_week_does_not_look_weekly(shown):
    page = shown(**WIDE)
    page.locator(".planner-site[aria-label*='Marten']").focus()
    tip = page.locator(".planner-tip").inner_text()
    assert "Dienstag 10:00–12:00 Uhr · Angabe der Quelle: „every second week“" in tip
