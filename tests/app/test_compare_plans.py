"""The view *Pläne* of the page *Vergleich*: nothing to compare, plan in force, saved plans, what is amiss."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from planning.access import measure
from planning.area import load_area
from planning.i18n import LANGUAGES, Translator
from planning.model import PlanSettings, Scenario
from planning.render.two_plans import SECTIONS
from planning.scenarios.store import Store
from planning.scenarios.work import KeptPlan, Work, capture
from planning.siting import make_plan, prepare
from planning.ui import keeping
from tests.app.conftest import put
from tests.app.test_compare_page import html, look
from tests.app.test_pages import texts
from tests.app.test_plan_page import said
from tests.fixtures.scenarios import later

T = Translator("de")
HOSTILE = "<script>alert(1)</script> **fett**"


@pytest.fixture
def target(monkeypatch, tmp_path):
    """Give a fresh place for scenarios, which the app uses as well."""
    path = str(tmp_path / "scenarios.sqlite3")
    monkeypatch.setenv("PLANNING_STORE", path)
    yield path
    keeping._opened_store.clear()


@pytest.fixture
def keep(target):
    """Keep a plan under a name; each a second later than the one before."""
    store = Store(target)

    def kept(plan, area, name):
        kept.seconds += 1
        work = Work(area, plan.scenario, plan.settings, KeptPlan(plan, area))
        return store.create(replace(capture(work, area), name=name), "Ana", later(kept.seconds))

    kept.seconds = 0
    yield kept
    store.close()


@pytest.fixture(scope="module")
def area(tiny_folder):
    return load_area(tiny_folder)


@pytest.fixture(scope="module")
def plan_with(area):
    distances = measure(area)

    def made(*rooms):
        settings = PlanSettings(count=len(rooms))
        plan = make_plan(prepare(area, Scenario(), settings, distances), Scenario())
        return replace(plan, candidate_ids=rooms, gains=(1.0,) * len(rooms))

    return made


@pytest.fixture
def opened(open_app, tiny_folder, target):
    """Open the view, with a plan in force if one is given."""

    def view(language="de", plan=None, area=None):
        app = open_app(area=tiny_folder, language=language, page="vergleich")
        if plan is not None:
            put(app, plan=KeptPlan(plan, area))
        return look(app, "plans")

    return view


def choose(app, a, b):
    app.selectbox(key="plans_a").set_value(a)
    app.selectbox(key="plans_b").set_value(b)
    app.run()
    assert not app.exception
    return app


def is_compared(app, t=T) -> bool:
    return all(t(f"two_plans.section.{name}") in texts(app) for name in SECTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_any_plan_it_says_what_to_do(opened, language):
    app = opened(language)
    assert not app.exception
    assert Translator(language)("two_plans.none") in said(app)
    assert not [one for one in app.selectbox if str(one.key).startswith("plans_")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plan_in_force_stands_beside_the_ranking(opened, plan_with, area, language):
    t = Translator(language)
    app = opened(language, plan_with("k4", "k3"), area)
    assert not app.exception
    assert (app.selectbox(key="plans_a").value, app.selectbox(key="plans_b").value) == ("plan", "ranking")
    assert is_compared(app, t)
    shown = html(app)
    assert t("two_plans.option.plan") in shown
    assert t("two_plans.option.ranking", count=2) in shown
    assert t("two_plans.measured", minutes="15") in texts(app)
    assert shown.count('width="440"') == 2
    assert "<script>alert" not in shown


def test_two_saved_plans_are_compared_with_the_names_they_have(opened, keep, plan_with, area):
    first, second = keep(plan_with("k1"), area, HOSTILE), keep(plan_with("k2", "k3"), area, "Zwei")
    app = choose(opened(), first.scenario_id, second.scenario_id)
    assert is_compared(app)
    shown = html(app)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **fett**" in shown
    assert "<script>alert" not in shown
    assert "B (Zwei)" in shown
    labels = app.selectbox(key="plans_a").options
    assert len(labels) == 3
    assert any(one.startswith("Zwei · Räume: 2 · gespeichert") for one in labels)


def test_without_a_plan_in_force_the_newest_saved_one_comes_first(opened, keep, plan_with, area):
    keep(plan_with("k1"), area, "Alt")
    newest = keep(plan_with("k2"), area, "Neu")
    app = opened()
    assert app.selectbox(key="plans_a").value == newest.scenario_id
    assert app.selectbox(key="plans_b").value == "ranking"


def test_scenarios_without_a_plan_are_not_offered(opened, target, area):
    store = Store(target)
    store.create(replace(capture(Work(area), area), name="Nur Gewichte"), "Ana", later(1))
    store.close()
    assert T("two_plans.none") in said(opened())


def test_the_same_plan_on_both_sides_is_told(opened, keep, plan_with, area):
    entry = keep(plan_with("k3", "k4"), area, "Eins")
    app = opened(plan=plan_with("k4", "k3"), area=area)
    choose(app, "plan", entry.scenario_id)
    assert T("two_plans.same") in said(app)
    assert not is_compared(app)
    choose(app, "ranking", "ranking")
    assert T("two_plans.same") in said(app)


def close(app, name):
    area = app.session_state["work"].area
    rooms = area.candidates.copy()
    rooms.loc[rooms["candidate_id"] == name, "status"] = "closed"
    put(app, area=area.with_tables(candidates=rooms))
    return app.run()


def test_a_room_that_is_closed_now_is_left_out_by_name(opened, keep, plan_with, area):
    entry = keep(plan_with("k1", "k2"), area, "Eins")
    app = close(choose(opened(plan=plan_with("k3"), area=area), "plan", entry.scenario_id), "k1")
    assert not app.exception
    warning = app.warning[0].value
    assert warning == f"- {T('two_plans.left_out', letter='B', names='Bibliothek')}"
    assert is_compared(app)
    assert "Bibliothek" not in html(app)
    assert "Räume in beiden Plänen: 0; nur in A: 1; nur in B: 1." in html(app)


def test_a_plan_of_which_nothing_is_left_is_told_and_measured_as_today(opened, plan_with, area):
    app = close(opened(plan=plan_with("k2"), area=area), "k2")
    assert not app.exception
    assert T("two_plans.nothing_left", letter="A") in said(app)
    assert r"\<script\>" in app.warning[0].value
    assert is_compared(app)


def test_a_room_that_is_no_more_is_left_out_by_the_name_it_had(opened, keep, plan_with, area, target):
    plan = plan_with("k1", "k2")
    work = Work(area, plan.scenario, plan.settings, KeptPlan(plan, area))
    snapshot = capture(work, area)
    first, second = snapshot.plan.rooms
    gone = replace(first, candidate_id="weg", name="Abgerissenes [Haus](x)")
    store = Store(target)
    old = replace(snapshot, name="Alt", plan=replace(snapshot.plan, rooms=(gone, second)))
    entry = store.create(old, "Ana", later(1))
    store.close()
    app = choose(opened(), entry.scenario_id, "ranking")
    assert "Abgerissenes" in app.warning[0].value
    assert "](x)" not in app.warning[0].value
    assert is_compared(app)


def test_a_saved_plan_of_another_area_is_not_offered(opened, plan_with, area, target):
    plan = plan_with("k1")
    snapshot = capture(Work(area, plan.scenario, plan.settings, KeptPlan(plan, area)), area, "Fern")
    store = Store(target)
    store.create(replace(snapshot, area=replace(snapshot.area, id="bochum", name="Bochum")), "Ana", later(1))
    store.close()
    assert T("two_plans.none") in said(opened())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_store_that_cannot_be_read_leaves_plan_and_ranking(
    open_app, tiny_folder, monkeypatch, tmp_path, plan_with, area, language
):
    t = Translator(language)
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"nothing of the kind" * 100)
    monkeypatch.setenv("PLANNING_STORE", str(broken))
    app = open_app(area=tiny_folder, language=language, page="vergleich")
    put(app, plan=KeptPlan(plan_with("k3"), area))
    look(app, "plans")
    assert not app.exception
    assert t("two_plans.store") in said(app)
    assert is_compared(app, t)


def test_a_saved_plan_that_is_damaged_is_told_and_another_can_be_chosen(
    opened, keep, plan_with, area, target
):
    entry = keep(plan_with("k1"), area, "Eins")
    with sa.create_engine(f"sqlite:///{target}").begin() as connection:
        connection.execute(sa.text("update revision set document = replace(document, '15', '16')"))
    app = opened(plan=plan_with("k3"), area=area)
    choose(app, "plan", entry.scenario_id)
    assert app.error
    assert not is_compared(app)
    choose(app, "plan", "ranking")
    assert not app.error
    assert is_compared(app)


def test_a_saved_plan_that_is_deleted_gives_way(opened, keep, plan_with, area, target):
    entry = keep(plan_with("k1"), area, "Eins")
    app = choose(opened(plan=plan_with("k3"), area=area), "plan", entry.scenario_id)
    store = Store(target)
    store.delete(entry.scenario_id, later(90))
    store.close()
    app.run()
    assert not app.exception
    assert app.selectbox(key="plans_b").value == "ranking"


def test_both_are_measured_by_what_is_set_now(opened, plan_with, area):
    app = opened(plan=plan_with("k4", "k3"), area=area)
    before = html(app)
    put(app, scenario=replace(app.session_state["work"].scenario, minutes=8.0))
    app.run()
    assert T("two_plans.measured", minutes="8") in texts(app)
    assert "in 8 Gehminuten" in html(app)
    assert html(app) != before
