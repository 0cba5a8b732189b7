"""The exported comparison as it opens from disk: widths, maps, and that nothing is asked of anybody."""

from __future__ import annotations

import datetime as dt

import pytest

from planning.access import measure
from planning.export.comparison import comparison_page, write_comparison
from planning.i18n import Translator
from planning.model import Scenario
from planning.scoring import evaluate
from planning.scoring.comparison import compare_candidates
from planning.scoring.confidence import confidence, pair_shares
from planning.scoring.perturbation import perturbation
from planning.walking import build_network, isochrone

pytestmark = pytest.mark.browser

SIZES = [{"width": 1280, "height": 800}, {"width": 390, "height": 844}]
LONG = "Begegnungsstätte am Nordmarkt mit Donaudampfschifffahrtsgesellschaftskapitänsversammlungsraum"
WIDER = """() => [...document.querySelectorAll("body *")]
    .filter((one) => !one.closest(".cmp-grid") && !one.closest(".cmp-hidden"))
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML)"""
BOXES = """() => [...document.querySelectorAll(".cmp-card img")].map((one) => {
    const box = one.getBoundingClientRect();
    return [box.width, box.height, one.naturalWidth, box.top];
})"""


@pytest.fixture(scope="module")
def pages(dortmund, tmp_path_factory):
    """Write comparisons of two, three and four rooms; some have awkward names."""
    network = build_network(dortmund.nodes, dortmund.edges)
    distances, scenario = measure(dortmund, network=network), Scenario()
    best = [str(name) for name in evaluate(dortmund, scenario, distances).scores.rank.sort_values().index]
    rooms = dortmund.candidates.copy()
    for name, called in ((best[1], LONG), (best[7], "<script>alert(1)</script>")):
        rooms.loc[rooms["candidate_id"] == name, "name"] = called
    area = dortmund.with_tables(candidates=rooms)
    evaluation = evaluate(area, scenario, distances)
    around = perturbation(area, scenario, distances, evaluation, year=2026)
    sure = confidence(around, count=14, draws=500)
    folder = tmp_path_factory.mktemp("compared")

    def written(ids, language):
        above = pair_shares(around, ids, draws=500)
        compared = compare_candidates(
            area, scenario, distances, evaluation, ids, confidence=sure, above=above
        )
        columns = [distances.candidate_ids.index(room.candidate_id) for room in compared.rooms]
        reaches = [
            isochrone(network, distances.snapped_candidates.take([column]), scenario.reach_m)
            for column in columns
        ]
        content = comparison_page(
            area,
            evaluation,
            scenario,
            compared,
            Translator(language),
            dt.date(2026, 11, 26),
            reaches=reaches,
            notes={best[0]: "Schlüssel bei der Hausverwaltung"},
        )
        path = folder / f"{len(ids)}-{language}.html"
        write_comparison(path, content)
        return path.as_uri()

    return {
        2: written([best[0], best[1]], "de"),
        3: written([best[0], best[7], best[1]], "en"),
        4: written([best[0], best[7], best[1], best[-1]], "de"),
    }


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("size", SIZES, ids=["wide", "narrow"])
def test_nothing_is_cut_off_or_scrolls_the_page_sideways(open_page, pages, picture, count, size):
    page = open_page(pages[count], **size)
    assert page.evaluate("() => document.documentElement.scrollWidth") == size["width"]
    assert page.evaluate(WIDER) == []
    boxes = page.evaluate(BOXES)
    assert len(boxes) == count
    assert len({round(box[0]) for box in boxes}) == 1
    assert all(abs(box[0] - box[1]) < 2 and box[2] > 0 for box in boxes)
    if size["width"] == 1280:
        assert len({round(box[3]) for box in boxes}) == 1
    picture(page, f"vergleich-{count}-{size['width']}")


def test_the_page_says_why_and_runs_no_script(open_page, pages):
    page = open_page(pages[3], **SIZES[0])
    assert "is 3.0 points ahead of B" in page.locator("#explanation").inner_text()
    assert page.get_by_text("<script>alert(1)</script>", exact=True).count() >= 1
    assert page.locator("script").count() == 0
    headings = page.locator("h2").all_inner_texts()
    assert headings[:3] == ["Why this order?", "The rooms", "Criteria"]


def test_wide_tables_scroll_inside_their_own_box_and_by_keyboard(open_page, pages):
    page = open_page(pages[4], **SIZES[1])
    box = page.locator("#criteria .cmp-grid")
    assert box.evaluate("(one) => one.scrollWidth > one.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('#criteria .cmp-grid').scrollLeft > 0")
    first = page.locator("#criteria tbody th").first
    assert first.evaluate("(one) => one.getBoundingClientRect().left") >= 0
