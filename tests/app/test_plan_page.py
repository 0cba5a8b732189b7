"""The page *Plan*: computed, infeasible, cancelled, empty; and what a person does with a plan."""

from __future__ import annotations

import io
import math
import re
import time
import zipfile
from dataclasses import fields, replace

import numpy as np
import pytest

from planning.errors import Fault
from planning.i18n import Translator, catalogue_keys
from planning.model import Constraints, PlanSettings, Scenario
from planning.ui.components.plan_panel import PANELS
from planning.ui.components.plan_run import named
from planning.ui.jobs import Job, Once
from planning.ui.plans import complete, remaining, variant_of
from tests.app.conftest import go, put
from tests.app.test_pages import LANGUAGES, texts

RUN = "plan_compute"


def finish(app, seconds: float = 60.0):
    """Rerun the page, as its fragment does, until no job is left."""
    deadline = time.monotonic() + seconds
    while "plan_job" in app.session_state:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        app.run()
    assert not app.exception
    return app


def computed(app, key: str = RUN):
    return finish(app.button(key=key).click().run())


def show(app, panel: str):
    app.session_state["plan_panel"] = panel
    return app.run()


def kept(app):
    return app.session_state["work"].plan


def said(app) -> str:
    parts = (*app.success, *app.info, *app.warning, *app.error)
    return "\n".join([texts(app), *(str(part.value) for part in parts)])


def settings(app, **values):
    put(app, plan_settings=replace(PlanSettings(), **values))
    return app.run()


@pytest.fixture
def tiny(open_app, tiny_folder):
    return open_app(area=tiny_folder, page="plan")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_is_computed_and_shown(open_app, language, dortmund):
    t = Translator(language)
    app = open_app(language=language, page="plan")
    assert t("plan.empty") in said(app)
    computed(app)
    assert not app.error
    assert t("siting.status.optimal") in app.success[0].value
    plan = kept(app).plan
    assert len(plan.candidate_ids) == 14
    table = app.dataframe[0].value
    assert table["order"].tolist() == list(range(1, 15))
    known = dortmund.candidates.set_index("candidate_id")["name"]
    assert known[plan.candidate_ids[0]] == table["name"].iloc[0]
    share = f"{t.share(0.307, 1)} → {t.share(0.677, 1)}"
    assert share in app.success[0].value
    show(app, "effect")
    body = next(one.body for one in app.html if "planner-grid" in one.body and "<style" not in one.body)
    assert t("plan.effect.gini") in body
    assert t.number(151_577) in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_that_contradict_are_told_by_name(open_app, tiny_folder, language):
    t = Translator(language)
    app = open_app(area=tiny_folder, language=language, page="plan")
    settings(app, count=1, constraints=Constraints(boroughs={"ost": (2, None)}, must=("k4",)))
    computed(app)
    assert kept(app) is None
    error = app.error[0].value
    assert t("siting.status.infeasible") in error
    assert "Ost" in error
    assert not re.search(r"\bost\b", error)
    assert "<script" not in error
    settings(app, count=1)
    assert not app.error


def test_a_plan_that_cannot_be_leaves_the_one_before(tiny):
    settings(tiny, count=2)
    computed(tiny)
    before = kept(tiny)
    show(tiny, "task")
    settings(tiny, count=2, constraints=Constraints(priority_areas_min=4))
    assert Translator("de")("plan.changed.settings") in said(tiny)
    computed(tiny)
    assert kept(tiny) is before
    assert "weiterhin der vorige Plan" in texts(tiny)
    assert not tiny.success


def test_a_wanted_room_that_was_closed_is_told_by_name(tiny, tiny_area):
    closed = tiny_area.candidates.assign(status=["closed", "open", "open", "open"])
    put(tiny, area=tiny_area.with_tables(candidates=closed))
    settings(tiny, constraints=Constraints(must=("k1",)))
    computed(tiny)
    assert "Bibliothek" in tiny.error[0].value
    assert kept(tiny) is None


def test_all_weights_zero_with_scores_in_the_aim_is_explained(tiny):
    from planning.area.criteria import criteria

    none = {one.id: 0.0 for one in criteria()}
    put(tiny, scenario=Scenario(criteria_weights=none))
    settings(tiny, count=2, score_share=0.5)
    computed(tiny)
    assert len(tiny.error) == 1
    assert kept(tiny) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_cancelling_keeps_the_best_found(open_app, tiny_folder, monkeypatch, language):
    import planning.siting

    t, make = Translator(language), planning.siting.make_plan

    def slow(task, scenario, *, stop, progress):
        plan = make(task, scenario)
        progress(planning.siting.Progress(plan.objective * 0.9, plan.objective))
        while not stop():
            time.sleep(0.01)
        return replace(plan, status="feasible", bound=plan.objective * 1.02, gap=0.0199)

    monkeypatch.setattr(planning.siting, "make_plan", slow)
    app = open_app(area=tiny_folder, language=language, page="plan")
    settings(app, count=2)
    app.button(key=RUN).click().run()
    while app.session_state["plan_job"].job.state is None or math.isnan(
        app.session_state["plan_job"].job.state.objective
    ):
        time.sleep(0.01)
    app.run()
    assert app.button(key=RUN).disabled
    assert t.at_most(0.1 / 0.9) in app.get("progress")[0].proto.text
    app.button(key="plan_cancel").click().run()
    finish(app)
    assert kept(app).stopped
    assert t("plan.stopped") in said(app)
    assert t.at_most(0.0199) in said(app)
    assert t("siting.status.optimal") not in said(app)


def test_stopped_before_anything_was_found(open_app, tiny_folder, monkeypatch):
    import planning.siting

    make = planning.siting.make_plan
    monkeypatch.setattr(
        planning.siting,
        "make_plan",
        lambda task, scenario, **_: replace(
            make(task, scenario), status="unknown", candidate_ids=(), gains=(), gap=math.inf
        ),
    )
    app = computed(settings(open_app(area=tiny_folder, page="plan"), count=2))
    assert Translator("de")("siting.status.unknown") in app.warning[0].value
    assert kept(app) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_candidates_the_page_says_what_to_do(open_app, empty_folder, language):
    app = open_app(area=empty_folder, language=language, page="plan")
    assert not app.exception
    assert Translator(language)("ui.ranking.empty") in said(app)
    assert app.button(key=RUN).disabled


@pytest.mark.parametrize("objective", ["walking", "worst", "cover-all"])
def test_every_aim_leads_to_a_plan(tiny, objective):
    t = Translator("de")
    app = computed(settings(tiny, objective=objective, count=2))
    plan = kept(app).plan
    assert plan.settings.objective == objective
    assert t("siting.status.optimal") in app.success[0].value
    for panel in PANELS:
        assert not show(app, panel).exception


def test_reasons_of_a_room_escape_its_name(tiny):
    computed(settings(tiny, count=4))
    tiny.session_state["plan_pick"] = "k2"
    show(tiny, "rooms")
    assert "Ohne ihn" in "".join(one.body for one in tiny.html)
    assert "<script>alert" not in "".join(one.body for one in tiny.html)
    assert r"\<script\>" in "".join(one.value for one in tiny.markdown)


def test_a_room_that_is_not_chosen_can_be_wanted(tiny):
    computed(settings(tiny, count=1))
    other = next(name for name in ("k1", "k2", "k3", "k4") if name not in kept(tiny).plan.candidate_ids)
    tiny.session_state["plan_pick"] = other
    show(tiny, "rooms")
    assert "Nicht im Plan" in texts(tiny)
    tiny.button(key="plan_wish_must").click().run()
    assert tiny.session_state["work"].plan_settings.constraints.must == (other,)
    tiny.button(key="plan_again").click().run()
    finish(tiny)
    assert kept(tiny).plan.candidate_ids == (other,)
    tiny.session_state["plan_pick"] = other
    show(tiny, "rooms")
    tiny.button(key="plan_wish_must_not").click().run()
    rules = tiny.session_state["work"].plan_settings.constraints
    assert (rules.must, rules.must_not) == ((), (other,))


def test_rules_are_set_by_their_fields(tiny):
    tiny.number_input(key="plan_count").set_value(3).run()
    tiny.number_input(key="plan_priority_areas_min").set_value(1).run()
    tiny.number_input(key="plan_spacing_m").set_value(400).run()
    tiny.number_input(key="plan_budget_eur_month").set_value(900).run()
    tiny.number_input(key="plan_assumed_cost_eur_month").set_value(100).run()
    tiny.slider(key="plan_score_share").set_value(30).run()
    tiny.multiselect(key="plan_must").set_value(["k1"]).run()
    tiny.multiselect(key="plan_must_not").set_value(["k3"]).run()
    tiny.multiselect(key="plan_group").set_value(["k2", "k4"]).run()
    tiny.button(key="plan_add_group").click().run()
    tiny.checkbox(key="plan_one_per_building").uncheck().run()
    editor = next(one for one in tiny.data_editor if one.key.startswith("plan_boroughs"))
    low, high = Translator("de")("plan.least"), Translator("de")("plan.most")
    edits = {"edited_rows": {0: {low: 1, high: 2}}, "added_rows": [], "deleted_rows": []}
    tiny.session_state[editor.key] = edits
    tiny.run()
    assert not tiny.exception
    now = tiny.session_state["work"].plan_settings
    assert (now.count, now.score_share) == (3, 0.3)
    assert now.constraints == Constraints(
        boroughs={"ost": (1, 2)},
        priority_areas_min=1,
        spacing_m=400,
        must=("k1",),
        must_not=("k3",),
        either_or=(("k2", "k4"),),
        one_per_building=False,
        budget_eur_month=900,
        assumed_cost_eur_month=100,
    )
    go(tiny, "methodik")
    go(tiny, "plan")
    assert tiny.number_input(key="plan_spacing_m").value == 400
    assert tiny.session_state["work"].plan_settings == now
    tiny.button(key="plan_drop_0").click().run()
    assert tiny.session_state["work"].plan_settings.constraints.either_or == ()
    tiny.radio(key="plan_objective").set_value("worst").run()
    assert tiny.slider(key="plan_score_share").disabled


def test_a_changed_scenario_or_table_outdates_the_plan(tiny, tiny_area):
    t = Translator("de")
    computed(settings(tiny, count=2))
    assert not tiny.warning
    put(tiny, scenario=Scenario(minutes=10))
    tiny.run()
    assert t("plan.changed.scenario") in tiny.warning[0].value
    put(tiny, scenario=Scenario())
    area = kept(tiny).area
    closed = area.candidates.assign(status=["closed", "open", "open", "open"])
    put(tiny, area=area.with_tables(candidates=closed))
    tiny.run()
    assert t("plan.changed.tables") in tiny.warning[0].value
    renamed = area.candidates.assign(note="neu")
    put(tiny, area=area.with_tables(candidates=renamed))
    tiny.run()
    assert not tiny.warning


def test_a_replaced_plan_can_be_fetched_back_and_a_reload_keeps_both(tiny, tiny_folder):
    from streamlit.testing.v1 import AppTest

    from tests.app.conftest import APP

    computed(settings(tiny, count=1))
    first = kept(tiny)
    show(tiny, "task")
    computed(settings(tiny, count=2))
    second = kept(tiny)
    show(tiny, "task")
    tiny.button(key="plan_previous").click().run()
    assert kept(tiny) is first
    tiny.button(key="plan_previous").click().run()
    assert kept(tiny) is second
    again = AppTest.from_file(APP, default_timeout=60)
    again.query_params["draft"] = tiny.session_state["draft"]
    go(again.run(), "plan")
    assert not again.exception
    assert kept(again) is second
    assert again.session_state["work"].plan_settings.count == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_analyses_are_found_and_shown(open_app, tiny_folder, language):
    t = Translator(language)
    app = open_app(area=tiny_folder, language=language, page="plan")
    computed(settings(app, count=2))
    show(app, "variants")
    for name in ("alternatives", "order", "front", "hindsight"):
        computed(app, f"plan_search_{name}")
        assert f"plan_{name}_found" in app.session_state, name
    body = "".join(one.body for one in app.html)
    assert t("plan.column.regret") in body
    assert t("plan.hindsight_plan") in body
    found = app.session_state["plan_alternatives_found"].value
    assert t("plan.of", count=max(found.frequency.values()), total=found.total) in body


def test_an_alternative_becomes_the_plan_without_claiming_to_be_the_best(tiny):
    computed(settings(tiny, count=1))
    best = kept(tiny)
    show(tiny, "variants")
    computed(tiny, "plan_search_alternatives")
    others = tiny.session_state["plan_alternatives_found"].value
    every = [*others.best, *others.different]
    worse = next(number for number, one in enumerate(every) if one.loss > 1e-6)
    tiny.selectbox(key="plan_alternative").set_value(worse).run()
    tiny.button(key="plan_adopt").click().run()
    now = kept(tiny)
    assert now.origin == "variant"
    assert set(now.plan.candidate_ids) == set(every[worse].candidate_ids)
    assert now.plan.objective == pytest.approx(every[worse].objective)
    assert now.plan.status == "feasible"
    assert Translator("de")("siting.status.optimal") not in said(tiny)
    assert "Selbst gewählte Variante" in said(tiny)
    assert now.plan.gap == pytest.approx((best.plan.objective - now.plan.objective) / now.plan.objective)


def test_an_order_is_taken_over(tiny):
    computed(settings(tiny, count=3))
    show(tiny, "variants")
    tiny.number_input(key="plan_per_step").set_value(2).run()
    computed(tiny, "plan_search_order")
    found = tiny.session_state["plan_order_found"].value
    assert [len(step.candidate_ids) for step in found.order.steps] == [2, 1]
    before = kept(tiny).plan
    reverse = before.candidate_ids[::-1]
    from planning.ui.components.plan_run import question_about
    from planning.ui.plans import ordered, task_of

    task = task_of(question_about(kept(tiny)), lambda _: None)
    turned = ordered(task, before, reverse)
    assert turned.candidate_ids == reverse
    assert sum(turned.gains) == pytest.approx(sum(before.gains))
    assert variant_of(task, before, reverse).candidate_ids == before.candidate_ids


def test_the_plan_leaves_as_files(tiny):
    from planning.ui import cache
    from planning.ui.components.downloads import _plan_files

    computed(settings(tiny, count=2))
    import datetime as dt

    plan = kept(tiny)
    effect = cache.effect(plan.area, plan.plan.scenario, plan.plan.candidate_ids)
    evaluation = cache.evaluation(plan.area, plan.plan.scenario)
    content = _plan_files(plan, effect, evaluation, Translator("de"), dt.date(2026, 11, 25))
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert sorted(names) == ["plan.csv", "plan.geojson", "plan.json"]


def test_at_most_never_promises_too_much():
    for share in np.linspace(0.0, 1.3, 2_000):
        text = Translator("en").at_most(float(share))
        assert float(text.rstrip("%")) >= share * 100 - 1e-9


def test_faults_bear_names_for_keys(tiny_area):
    fault = Fault("siting_rule_either_or", params={"rooms": "k1, k4", "borough": "ost"})
    params = named(Translator("de"), tiny_area, fault).params
    assert params["borough"] == "Ost"
    assert params["rooms"].startswith("Bibliothek")
    assert "Gemeindehaus" in params["rooms"]


def test_settings_are_completed_with_what_is_known(tiny_area):
    assert complete(PlanSettings(), tiny_area).count == remaining(tiny_area) == 4
    worst = complete(PlanSettings(objective="worst", score_share=0.5), tiny_area)
    assert worst.score_share == 0.0
    gone = Constraints(must=("k1", "weg"), either_or=(("k1", "weg"), ("k1", "k2")))
    rules = complete(PlanSettings(constraints=gone), tiny_area).constraints
    assert rules.must == ("k1",)
    assert rules.either_or == (("k1", "k2"),)


def test_a_job_tells_its_fault_and_can_be_ended():
    def fail(job):
        raise ValueError(job.name)

    def wait(job):
        while not job.over():
            time.sleep(0.01)
        return "ended"

    broken = Job("broken", fail).start()
    endless = Job("endless", wait)
    endless.start()
    endless.stop()
    for job in (broken, endless):
        while job.running:
            time.sleep(0.01)
    with pytest.raises(ValueError, match="broken"):
        broken.outcome()
    assert endless.outcome() == "ended"
    assert endless.stopped


def test_a_value_is_computed_once():
    calls = []
    once = Once()
    assert not once.ready
    assert once.get(lambda: calls.append(1) or 7) == 7
    assert once.get(lambda: calls.append(1) or 8) == 7
    assert calls == [1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_and_its_settings_are_described(language):
    t = Translator(language)
    described = t.text("pages")
    keys = [f"plan.panel.{name}" for name in PANELS]
    keys += [f"siting.constraint.{field.name}.label" for field in fields(Constraints)]
    keys += [f"siting.setting.{name}.label" for name in ("objective", "count", "score_share", "time_limit_s")]
    keys += [key for key in catalogue_keys() if key.startswith("plan.search.")]
    keys += ["plan.compute", "plan.previous", "plan.again", "plan.cancel", "plan.adopt", "plan.adopt_order"]
    assert not [key for key in keys if t(key) not in described]
