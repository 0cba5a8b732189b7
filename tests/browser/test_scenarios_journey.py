"""Two people with the same work: undone, saved, opened again, compared, passed on; with the network shut."""

from __future__ import annotations

import re

import pytest

from planning.access import measure
from planning.i18n import Translator
from planning.model import PlanSettings, Scenario
from planning.scenarios.store import Store
from planning.scenarios.work import KeptPlan, Work, capture
from planning.siting import make_plan, prepare
from tests.fixtures.browser import idle, serve
from tests.fixtures.map_frame import map_frame, painted_share
from tests.fixtures.scenarios import later

pytestmark = pytest.mark.browser

T = Translator("de")
WEIGHT = T("criteria.transit.label")
DRAFT = f"{T('scenario.label')}: {T('scenario.draft')}"
SIZES = [(1280, 800), (390, 844)]
MARKS = "() => planner.state.view.candidates.marks.filter(Boolean).sort()"


@pytest.fixture(scope="module")
def planner(dortmund, tmp_path_factory):
    """Serve the planner with a store of its own, in which there are two plans and one scenario without."""
    target = str(tmp_path_factory.mktemp("kept") / "scenarios.sqlite3")
    store = Store(target)
    for hour, (name, count) in enumerate((("Acht", 8), ("Vier", 4), ("Keiner", 0))):
        store.create(_made(dortmund, name, count), "Ben", later(3600 * hour))
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANNING_STORE", target)
        with serve() as address:
            yield address


def _made(area, name: str, count: int):
    scenario, settings = Scenario(name=name), PlanSettings(count=count or None)
    if not count:
        return capture(Work(area, scenario, settings), area, name)
    plan = make_plan(prepare(area, scenario, settings, measure(area)), scenario)
    return capture(Work(area, scenario, settings, KeptPlan(plan, area)), area, name)


def scenario_button(page, name: str, *, unsaved: bool):
    """Return the button of the present scenario as it is when something is, or is not, unsaved."""
    mark = r"\s\*" if unsaved else ""
    return page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}{mark}(?!\s\*)"))


def rest(page) -> None:
    """Wait until the page is drawn to its end."""
    idle(page)


def step(page, name: str) -> None:
    """Undo or redo; a button with a hint is there twice, once for narrow screens."""
    page.locator(f".st-key-{name} button:visible:enabled").first.click()


def save(page, t, held: str, name: str, *, button: str = "save", author: str = "Ana") -> None:
    """Save what is on the screen, which is called ``held`` so far."""
    scenario_button(page, held, unsaved=True).wait_for()
    # the last save closes the popover when its run ends, also one that was opened meanwhile
    rest(page)
    scenario_button(page, held, unsaved=True).click()
    for field, text in (("author", author), ("name", name)):
        box = page.locator(f".st-key-scenario_{field} input")
        box.fill(text)
        box.press("Enter")
        rest(page)
    page.get_by_role("button", name=t(f"scenario.{button}"), exact=True).click()
    scenario_button(page, name, unsaved=False).wait_for()


def turn_weight(page, key: str, value: int) -> None:
    """Take the slider of a weight to its end or its beginning, which is one change."""
    slider = page.get_by_role("slider", name=WEIGHT)
    slider.scroll_into_view_if_needed()
    slider.focus()
    page.keyboard.press(key)
    weight(page, value).wait_for()


def weight(page, value: int):
    return page.locator(f"input[type=range][aria-label*='{WEIGHT}'][aria-valuetext='{value}']")


def go(page, t, name: str) -> None:
    page.get_by_role("link", name=t(f"ui.page.{name}"), exact=True).click()


def look_at(page, t, view: str) -> None:
    page.get_by_role("radio", name=t(f"scenario.view.{view}"), exact=True).click()


def card(page, name: str):
    return page.locator("[class*='st-key-card_']").filter(has=page.get_by_role("heading", name=name))


def compute(page, t, count: int) -> None:
    page.get_by_role("button", name=t("plan.compute")).click()
    page.get_by_text(t("plan.rooms_many", count=count)).first.wait_for()


def fits(page) -> bool:
    return page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_change_is_undone_saved_and_found_again(open_page, planner):
    page = open_page(f"{planner}/?lang=de")
    map_frame(page)
    weight(page, 15).wait_for()
    turn_weight(page, "End", 50)
    scenario_button(page, DRAFT, unsaved=True).wait_for()
    rest(page)
    page.reload()
    weight(page, 50).wait_for()
    step(page, "undo")
    weight(page, 15).wait_for()
    scenario_button(page, DRAFT, unsaved=False).wait_for()
    step(page, "redo")
    weight(page, 50).wait_for()
    save(page, T, DRAFT, "Mehr Bus")
    turn_weight(page, "Home", 0)
    save(page, T, "Mehr Bus", "Mehr Bus", button="save_revision")

    other = open_page(f"{planner}/szenarien?lang=de")
    card(other, "Mehr Bus").wait_for()
    assert T("scenario.card.revision", number=2) in card(other, "Mehr Bus").inner_text()
    card(other, "Mehr Bus").get_by_role("button", name=T("scenario.list.open")).click()
    scenario_button(other, "Mehr Bus", unsaved=False).wait_for()
    go(other, T, "map")
    map_frame(other)
    weight(other, 0).wait_for()
    assert other.locator("[data-testid='stException']").count() == 0


def test_two_plans_are_compared_and_passed_on(open_page, planner, picture):
    page = open_page(f"{planner}/plan?lang=de")
    map_frame(page)
    compute(page, T, 14)
    page.get_by_role("radio", name=T("plan.panel.effect"), exact=True).click()
    save(page, T, DRAFT, "14 Räume")
    page.get_by_role("radio", name=T("plan.panel.task"), exact=True).click()
    page.get_by_text(T("plan.objective.walking")).click()
    page.get_by_text(T("plan.changed.settings")).first.wait_for()
    page.get_by_role("button", name=T("plan.compute")).click()
    page.get_by_text(T("plan.changed.settings")).first.wait_for(state="detached")
    page.get_by_role("radio", name=T("plan.panel.effect"), exact=True).click()
    save(page, T, "14 Räume", "Kurze Wege", button="save_as")

    go(page, T, "scenarios")
    card(page, "14 Räume").get_by_role("button", name=T("scenario.list.compare")).click()
    frame = map_frame(page)
    frame.wait_for_function("() => planner.state.view.candidates.marks")
    marks = frame.evaluate(MARKS)
    assert {"A", "B"} <= set(marks) <= {"A", "B", "AB"}
    assert marks.count("A") + marks.count("AB") == 14
    assert marks.count("B") + marks.count("AB") == 14
    assert frame.locator(".planner-chosen").count() == len(marks)
    assert painted_share(frame, "plannerBase") > 0.005
    page.get_by_text(T("scenario.figure.mean_after")).wait_for()
    bottom = page.locator("iframe[title*='st_folium']").bounding_box()
    assert bottom["y"] + bottom["height"] <= 800
    page.locator("[data-testid='stToast']").wait_for(state="detached")
    picture(page, "scenarios-de")
    page.get_by_role("radio", name=T("scenario.compare_panel.ranking"), exact=True).click()
    page.get_by_text(T("scenario.compare.best_same", best=14)).wait_for()

    look_at(page, T, "list")
    card(page, "14 Räume").get_by_role("button", name=T("scenario.deeds.title")).click()
    link = page.locator("[data-testid='stCode'] code").filter(has_text="scenario=").inner_text()
    assert link.startswith(f"{planner}/?lang=de&scenario=")
    passed_on = open_page(link)
    scenario_button(passed_on, "14 Räume", unsaved=False).wait_for()
    assert passed_on.locator("[data-testid='stException']").count() == 0


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_every_view_of_the_page_fits(open_page, planner, picture, language, size):
    t = Translator(language)
    page = open_page(f"{planner}/szenarien?lang={language}", width=size[0], height=size[1])
    card(page, "Acht").wait_for()
    picture(page, f"scenarios-list-{language}-{size[0]}")
    assert fits(page)
    card(page, "Acht").get_by_role("button", name=t("scenario.deeds.title")).click()
    page.get_by_text(t("scenario.deeds.history"), exact=True).wait_for()
    picture(page, f"scenarios-more-{language}-{size[0]}")
    assert fits(page)
    page.keyboard.press("Escape")
    card(page, "Vier").get_by_role("button", name=t("scenario.list.compare")).click()
    map_frame(page)
    shown = {
        "result": t("scenario.figure.mean_after"),
        "rooms": t("scenario.compare.gain_why"),
        "settings": t("siting.setting.count.label"),
        "ranking": t("scenario.compare.best_same", best=14),
    }
    for panel, text in shown.items():
        page.get_by_role("radio", name=t(f"scenario.compare_panel.{panel}"), exact=True).click()
        page.get_by_text(text).wait_for()
        picture(page, f"scenarios-{panel}-{language}-{size[0]}")
        assert fits(page), panel
    look_at(page, t, "bin")
    page.get_by_text(t("scenario.bin.empty")).wait_for()
    assert fits(page)
    assert page.locator("[data-testid='stException']").count() == 0


def test_what_is_deleted_comes_back(open_page, planner):
    page = open_page(f"{planner}/szenarien?lang=de")
    card(page, "Acht").get_by_role("button", name=T("scenario.deeds.title")).click()
    page.get_by_role("button", name=T("scenario.deeds.delete"), exact=True).click()
    page.get_by_text(T("scenario.list.deleted", name="Acht")).wait_for()
    card(page, "Acht").wait_for(state="detached")
    page.get_by_role("button", name=T("scenario.list.undo"), exact=True).click()
    card(page, "Acht").wait_for()
