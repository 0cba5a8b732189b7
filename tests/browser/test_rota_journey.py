"""From a plan of rooms to the week, in a real browser with the network shut."""

from __future__ import annotations

import zipfile

import pytest

from planning.i18n import LANGUAGES, Translator
from planning.rota.entries import read_entries
from tests.fixtures.browser import idle, save_as

pytestmark = pytest.mark.browser

SIZES = [(1280, 800), (390, 844)]


def entries_are_saved(page, t, folder):
    page.get_by_text(t("rota.page.saved"), exact=True).click()
    page.get_by_text(t("rota.page.entered", count=1)).wait_for()
    save = page.get_by_role("button", name=t("rota.page.entries_save"))
    save.scroll_into_view_if_needed()
    path = save_as(page, save, folder / "entries.json")
    assert read_entries(path.read_bytes()).rules == {"length": 90}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_the_week_is_planned_shown_and_saved(planner, open_page, picture, tmp_path, language, size):
    t, at = Translator(language), "" if size == SIZES[0] else "-narrow"
    page = open_page(f"{planner}/plan?lang={language}", width=size[0], height=size[1])
    page.get_by_role("button", name=t("plan.compute")).click()
    page.get_by_text(t("siting.status.optimal")).first.wait_for()
    idle(page)
    page.goto(page.url.replace("/plan", "/wochenplan", 1))
    make = page.get_by_role("button", name=t("rota.page.make"))
    make.wait_for()
    idle(page)
    picture(page, f"wochenplan-empty{at}-{language}")
    make.click()
    page.get_by_text(t("rota.status.optimal")).wait_for()
    idle(page)
    page.wait_for_timeout(800)
    picture(page, f"wochenplan{at}-{language}")
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth + 1")
    view = page.get_by_test_id("stButtonGroup")
    for name in ("by_team", "map"):
        view.get_by_text(t(f"rota.page.{name}"), exact=True).click()
        idle(page)
        page.wait_for_timeout(2500 if name == "map" else 500)
        picture(page, f"wochenplan-{name}{at}-{language}")
    view.get_by_text(t("rota.day.Di"), exact=True).click()
    idle(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth + 1")
    page.get_by_role("tab", name=t("rota.page.rules")).click()
    length = page.get_by_label(t("rota.page.length"))
    length.fill("90")
    length.press("Enter")
    page.get_by_text(t("rota.page.holds")).or_(page.get_by_text(t("rota.page.breaks"))).wait_for()
    idle(page)
    entries_are_saved(page, t, tmp_path)
    picture(page, f"wochenplan-saved{at}-{language}")
    make.click()
    view.get_by_text(t("rota.page.changes"), exact=True).click()
    page.get_by_text(t("rota.page.changes_why")).or_(page.get_by_text(t("rota.page.no_changes"))).wait_for()
    picture(page, f"wochenplan-changes{at}-{language}")
    path = save_as(page, page.get_by_role("button", name=t("rota.page.download")), tmp_path / "week.zip")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    assert {"rota.json", "rota.xlsx"} <= set(names)
    assert len([name for name in names if name.endswith(".pdf")]) == 15
    assert len([name for name in names if name.endswith(".ics")]) == 15 + 7
