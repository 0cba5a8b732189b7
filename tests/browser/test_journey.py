"""The first visit of a planner: look, weigh, click, take away; in both languages, with the network shut."""

from __future__ import annotations

import json

import pytest

from tests.fixtures.browser import save_as
from tests.fixtures.map_frame import best_rooms, map_frame, painted_share, where_on_screen

pytestmark = pytest.mark.browser

WORDS = {
    "de": {
        "figure": "von 25 offen",
        "known": "1 von 11 bekannt",
        "weight": "Anbindung an Bus und Bahn",
        "facts": "Rang",
        "other": "EN",
        "heading": "Standortplanung",
        "data": "Ebenen und Quellen",
        "method": "Abschnitte",
        "take": "Karte mitnehmen",
        "html": "Interaktive Karte (HTML)",
    },
    "en": {
        "figure": "of 25 to open",
        "known": "1 of 11 known",
        "weight": "Public transport",
        "facts": "rank",
        "other": "DE",
        "heading": "Site planning",
        "data": "Layers and sources",
        "method": "Sections",
        "take": "Take the map",
        "html": "Interactive map (HTML)",
    },
}


def open_map(open_page, planner, language, **size):
    page = open_page(f"{planner}/?lang={language}", **size)
    return page, map_frame(page)


def _slide(page, label: str, presses: int) -> None:
    slider = page.get_by_role("slider", name=label)
    slider.scroll_into_view_if_needed()
    slider.focus()
    for _ in range(presses):
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("language", ["de", "en"])
def test_map_shows_base_boundaries_need_sites_and_rooms(open_page, planner, picture, language):
    page, frame = open_map(open_page, planner, language)
    page.get_by_text(WORDS[language]["figure"]).first.wait_for()
    page.get_by_text(WORDS[language]["known"]).first.wait_for()
    for pane in ("plannerBase", "plannerIndicator", "planner_borough"):
        assert painted_share(frame, pane) > 0.005, pane
    view = frame.evaluate("() => planner.state.view")
    assert len(view["candidates"]["ids"]) > 600
    assert set(view["sites"]["kinds"]) == {"office", "dependance", "outreach"}
    assert frame.locator(".planner-site, .leaflet-marker-icon").count() >= 8
    assert frame.get_by_text("OpenStreetMap").count() >= 1
    assert page.locator("[data-testid='stException']").count() == 0
    picture(page, f"karte-{language}")


def test_weight_reranks_and_keeps_zoom_and_position(open_page, planner):
    page, frame = open_map(open_page, planner, "de")
    before = best_rooms(frame)
    frame.evaluate(
        "() => { planner.state.map.setView([51.55, 7.52], 14, {animate: false}); window.kept = true }"
    )
    _slide(page, WORDS["de"]["weight"], 30)
    frame.wait_for_function(
        """before => { const c = planner.state.view.candidates;
            return c.ids.some((id, i) => c.ranks[i] <= 10 && !before.includes(id)) }""",
        arg=before,
    )
    assert frame.evaluate("() => window.kept") is True
    assert frame.evaluate("() => planner.state.map.getZoom()") == 14
    centre = frame.evaluate("() => planner.state.map.getCenter()")
    assert centre["lat"] == pytest.approx(51.55, abs=1e-3)
    assert best_rooms(frame) != before


@pytest.mark.parametrize("language", ["de", "en"])
def test_click_on_a_room_opens_its_facts(open_page, planner, picture, dortmund, language):
    page, frame = open_map(open_page, planner, language)
    best = best_rooms(frame, 1)[0]
    room = dortmund.candidates.set_index("candidate_id").to_crs("EPSG:4326").geometry[best]
    frame.evaluate(
        "([lat, lng]) => void planner.state.map.setView([lat, lng], 16, {animate: false})",
        [room.y, room.x],
    )
    page.mouse.click(*where_on_screen(page, frame, room.y, room.x))
    page.get_by_text(f"{WORDS[language]['facts']} 1 ").first.wait_for()
    frame.wait_for_function("() => planner.state.view.reach !== null")
    assert frame.evaluate("() => planner.state.view.selected.id") == best
    picture(page, f"auswahl-{language}")


def test_click_on_a_free_spot_shows_its_reach_and_adds_a_room(open_page, planner):
    page, frame = open_map(open_page, planner, "de")
    frame.evaluate("() => void planner.state.map.setView([51.4900, 7.4350], 16, {animate: false})")
    page.mouse.click(*where_on_screen(page, frame, 51.4890, 7.4330))
    page.get_by_text("Freie Stelle").wait_for()
    frame.wait_for_function("() => planner.state.view.reach !== null")
    page.get_by_label("Name", exact=True).fill("<script>alert(1)</script> Probe")
    page.get_by_role("button", name="Eintragen").click()
    page.get_by_role("heading", name="<script>alert(1)</script> Probe").wait_for()
    frame.wait_for_function(
        "() => planner.state.view.candidates.names.includes('<script>alert(1)</script> Probe')"
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_language_switch_translates_page_and_map(open_page, planner, language):
    page, frame = open_map(open_page, planner, language)
    other = "en" if language == "de" else "de"
    page.get_by_role("radio", name=WORDS[language]["other"]).or_(
        page.get_by_role("button", name=WORDS[language]["other"], exact=True)
    ).first.click()
    page.get_by_text(WORDS[other]["heading"]).first.wait_for()
    frame.wait_for_function("other => planner.state.view.language === other", arg=other)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_every_page_fits_and_stays_local(open_page, planner, picture, language, size):
    width, height = size
    for path, word in (("", "figure"), ("daten", "data"), ("methodik", "method")):
        page = open_page(f"{planner}/{path}?lang={language}", width=width, height=height)
        page.get_by_text(WORDS[language][word]).first.wait_for()
        if not path:
            map_frame(page)
        assert page.locator("[data-testid='stException']").count() == 0
        overflow = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0
        picture(page, f"{path or 'karte'}-{language}-{width}")


def test_result_leaves_as_a_map_that_opens_without_a_server(open_page, planner, tmp_path):
    page, _ = open_map(open_page, planner, "de")
    page.get_by_text(WORDS["de"]["take"]).click()
    file = save_as(page, page.get_by_role("button", name=WORDS["de"]["html"]), tmp_path / "karte.html")
    assert file.stat().st_size < 5_000_000
    alone = open_page(file.as_uri())
    alone.wait_for_function("() => Boolean(window.planner && planner.state && planner.state.view)")
    assert painted_share(alone, "plannerBase") > 0.005
    rows = alone.locator("table tbody tr").count()
    assert rows > 600


def test_what_the_map_sends_is_small(open_page, planner):
    sizes: dict[str, int] = {}

    def weigh(response) -> None:
        if "map_assets" in response.url:
            sizes[response.url] = len(response.body())

    page = open_page("about:blank")
    page.on("response", weigh)
    page.goto(f"{planner}/?lang=de")
    frame = map_frame(page)
    view = frame.evaluate("() => planner.state.view")
    assert sum(sizes.values()) + len(json.dumps(view)) < 3_000_000


def test_row_of_the_ranking_moves_the_map_and_opens_its_facts(open_page, planner, dortmund):
    page, frame = open_map(open_page, planner, "de")
    best = best_rooms(frame, 1)[0]
    room = dortmund.candidates.set_index("candidate_id").to_crs("EPSG:4326").geometry[best]
    box = page.locator(".st-key-ranking_table canvas").first.bounding_box()
    page.mouse.click(box["x"] + 130, box["y"] + 50)
    page.get_by_text("Rang 1 von").first.wait_for()
    frame.wait_for_function("() => planner.state.map.getZoom() >= 15")
    centre = frame.evaluate("() => planner.state.map.getCenter()")
    assert (centre["lat"], centre["lng"]) == pytest.approx((room.y, room.x), abs=2e-3)
    assert frame.evaluate("() => planner.state.view.selected.id") == best


def test_reload_loses_nothing(open_page, planner):
    page, frame = open_map(open_page, planner, "de")
    before = best_rooms(frame)
    page.get_by_role("button", name="Vorlagen").click()
    page.get_by_role("button", name="Ausgleich zuerst").click()
    frame.wait_for_function(
        """before => { const c = planner.state.view.candidates;
            return c.ids.some((id, i) => c.ranks[i] <= 10 && !before.includes(id)) }""",
        arg=before,
    )
    after = best_rooms(frame)
    page.reload()
    assert best_rooms(map_frame(page)) == after
