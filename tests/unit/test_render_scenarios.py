"""Scenarios drawn and told: small maps, one line of effect, figures and rooms of two side by side."""

from __future__ import annotations

import base64
import math
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from planning.i18n import LANGUAGES, Translator
from planning.model import Opinion, PlanSettings, Scenario
from planning.render.comparison import (
    best_change,
    compared_area,
    figure_rows,
    plan_marks,
    proof_text,
    room_rows,
    side_gain,
)
from planning.render.scenario_card import (
    SIZE,
    city_frame,
    map_label,
    picture,
    rooms_frame,
    small_map,
    summary_text,
)
from planning.render.scenario_words import Names, difference_text
from planning.render.view import MapView, view_data
from planning.scenarios.compare import compare, rank_shifts
from planning.scenarios.snapshot import Basis, FiguresRecord, PlanRecord, RoomRecord
from planning.scenarios.summary import Summary, summary_of
from planning.scoring.scores import Scores
from tests.fixtures.scenarios import plain_snapshot

T = Translator("de")
BEFORE = FiguresRecord(0.31, 28.2, 60.0, "Scharnhorst", 0.0)
AFTER = FiguresRecord(0.68, 17.4, 37.0, "Aplerbeck", 0.004)
FULL = Summary(
    *("tiny", "Winzigstadt", "0" * 64, 15.0),
    objective="coverage",
    status="optimal",
    rooms=((1.0, 2.0),) * 14,
    share_before=0.31,
    share_after=0.68,
    mean_before=28.2,
    mean_after=17.4,
    worst_name="Aplerbeck",
    worst_share=0.004,
)


def record(names="k1 k2", **parts):
    rooms = tuple(RoomRecord(name, f"Raum {name}", 1000.0, 1000.0, 100.0) for name in names.split())
    values = {
        "settings": PlanSettings(count=len(rooms)),
        "basis": None,
        "status": "optimal",
        "objective": 1.0,
        "bound": 1.0,
        "need_out_of_reach": 0.0,
        "rooms": rooms,
        "before": BEFORE,
        "after": AFTER,
    }
    return PlanRecord(**(values | parts))


def with_plan(names="k1 k2", **parts):
    return plain_snapshot(plan=record(names, **parts))


def figures(a, b) -> dict[str, tuple[str, str, str]]:
    return {row.what: (row.a, row.b, row.difference) for row in figure_rows(T, a, b)}


def test_what_a_plan_achieves_in_one_line():
    told = (
        "14 Räume, nachweislich optimal · Bedarf in Reichweite 31\u00a0% → 68\u00a0% · Ø 28 → 17 min"
        " · Schlusslicht: Aplerbeck\u00a00\u00a0%"
    )
    assert summary_text(T, FULL) == told
    assert summary_text(T, replace(FULL, entries=1)).endswith(" · 1 eigener Eintrag")
    elsewhere = replace(FULL, on_other_data=True)
    assert summary_text(T, elsewhere).startswith("14 Räume, auf anderen Daten berechnet")
    assert summary_text(T, Summary.of_text("{")) == T("scenario.card.damaged")
    assert "12,5 min" in summary_text(T, replace(FULL, status="", minutes=12.5))
    found = replace(FULL, status="feasible", share_after=None, mean_after=None, worst_share=None)
    assert summary_text(T, found) == "14 Räume, beste gefundene Lösung"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scenario_without_a_plan_says_so(language):
    t = Translator(language)
    empty = summary_of(plain_snapshot())
    assert t("scenario.card.no_plan") in summary_text(t, empty)
    assert t("scenario.card.no_plan") in map_label(t, empty)


def dots(svg: str) -> list[tuple[float, float]]:
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    return [
        (float(one.get("cx")), float(one.get("cy")))
        for one in root.iter("{http://www.w3.org/2000/svg}circle")
    ]


def test_the_outline_of_the_city_takes_few_hundred_bytes(dortmund):
    frame = city_frame(dortmund)
    assert 100 < len(frame.outline) < 800
    numbers = [int(one) for one in re.findall(r"\d+", frame.outline)]
    assert min(numbers) >= 0
    assert max(numbers) <= SIZE
    rooms = list(zip(dortmund.candidates["x"][:14], dortmund.candidates["y"][:14], strict=True))
    places = dots(small_map(frame, rooms))
    assert len(places) == 14
    assert all(0 <= x <= SIZE and 0 <= y <= SIZE for x, y in places)


def test_north_is_up_and_east_is_right():
    west_south, east_north = dots(
        small_map(rooms_frame(((0.0, 0.0), (10.0, 10.0))), ((0.0, 0.0), (10.0, 10.0)))
    )
    assert west_south[0] < east_north[0]
    assert west_south[1] > east_north[1]


@pytest.mark.parametrize("rooms", [(), ((5.0, 5.0),), ((0.0, 0.0), (1e12, -1e12)), ((1.0, 1.0),) * 5000])
def test_any_places_make_a_small_drawing(rooms):
    svg = small_map(rooms_frame(rooms), rooms)
    assert len(dots(svg)) == min(len(rooms), 200)
    assert len(svg) < 20_000


def test_the_picture_holds_its_words_escaped():
    html = picture("<svg/>", '"><script>')
    assert "<script" not in html
    assert 'alt="&quot;&gt;&lt;script&gt;"' in html
    assert base64.b64encode(b"<svg/>").decode() in html


def test_figures_side_by_side():
    worse = replace(AFTER, share=0.648, mean_minutes=17.4, worst_name="Hörde", worst_share=0.104)
    rows = figures(with_plan(), with_plan("k1 k2 k3", after=worse))
    assert rows[T("scenario.figure.rooms")] == ("2", "3", "+1")
    assert rows[T("scenario.figure.share_after")] == (
        "68,0\u00a0%",
        "64,8\u00a0%",
        "−3,2 Prozent\u00adpunkte",
    )
    assert rows[T("scenario.figure.mean_after")] == ("17,4\u00a0min", "17,4\u00a0min", "±0")
    assert rows[T("scenario.figure.worst")][:2] == ("Aplerbeck 0,4\u00a0%", "Hörde 10,4\u00a0%")


def test_a_plan_that_is_not_there_and_figures_nobody_measured():
    rows = figures(with_plan(before=None, after=None), plain_snapshot())
    assert rows[T("scenario.figure.rooms")] == ("2", T("scenario.card.no_plan"), "")
    assert rows[T("scenario.figure.share_after")] == (T.number(None), "–", "")
    assert rows[T("scenario.figure.worst")] == (T.number(None), "–", "")
    assert rows[T("scenario.figure.status")] == (T("scenario.card.optimal"), "–", "")


def test_the_walking_time_is_that_of_the_plan():
    basis = Basis(Scenario(minutes=20.0))
    rows = figures(with_plan(basis=basis), with_plan())
    assert rows[T("scenario.figure.minutes")] == ("20\u00a0min", "15\u00a0min", "−5\u00a0min")


def test_no_more_is_promised_than_was_proven():
    assert proof_text(T, record()) == T("scenario.card.optimal")
    near = record(status="feasible", objective=100.0, bound=101.0)
    assert proof_text(T, near) == T("scenario.at_most", share=T.at_most(0.01))
    assert proof_text(T, record(status="feasible", bound=math.inf)) == T("scenario.card.feasible")
    assert proof_text(T, record(on_other_data=True)) == T("scenario.card.computed_elsewhere")


def test_gains_are_in_the_figure_of_the_aim():
    walking = with_plan(settings=PlanSettings(objective="walking"))
    assert side_gain(T, with_plan(), 1234.0) == "1.234"
    assert side_gain(T, walking, 75.0) == "1,0\u00a0min"
    assert side_gain(T, walking, math.inf) == T("plan.first_way")


def test_rooms_of_both_come_first():
    marks = plan_marks(record("k3 k1"), record("k1 k4 k2"))
    assert marks == {"k1": "AB", "k3": "A", "k4": "B", "k2": "B"}
    assert list(marks) == ["k1", "k3", "k4", "k2"]
    assert plan_marks(None, None) == {}


def test_rooms_as_a_table(tiny_area):
    rows = room_rows(T, with_plan("k1 weg"), with_plan("k1 k2"), tiny_area)
    assert [row[0] for row in rows] == ["AB", "A", "B"]
    assert rows[0][2] == "West"
    assert rows[0][3:] == ("100", "100")
    assert rows[1][1:] == ("Raum weg", "", "100", "–")
    assert rows[2][3:] == ("–", "100")


def test_the_map_places_rooms_that_are_no_more(tiny_area):
    x, y = tiny_area.candidates[["x", "y"]].iloc[0]
    gone = RoomRecord("weg", "Abgerissen", float(x), float(y), 1.0)
    far = RoomRecord("fern", "Weit weg", 1e12, -1e12, 1.0)
    rooms = {"k1": RoomRecord("k1", "", float(x), float(y), 1.0), "weg": gone, "fern": far}
    closed = tiny_area.with_tables(candidates=tiny_area.candidates.assign(status="closed"))
    shown = compared_area(closed, (tiny_area,), rooms)
    assert set(shown.candidates["candidate_id"]) == {*tiny_area.candidates["candidate_id"], "weg"}
    marks = {"k1": "AB", "weg": "A"}
    data = view_data(shown, T, MapView(indicator=None, chosen=tuple(marks), marks=marks))
    table = data["candidates"]
    assert dict(zip(table["ids"], table["marks"], strict=True)) == marks
    assert "Abgerissen" in table["names"]
    assert table["markLegend"] == [["AB", T("scenario.mark.AB")], ["A", T("scenario.mark.A")]]
    assert data["layers"][0] == ["chosen", T("scenario.chosen")]


def test_a_plan_alone_is_drawn_as_before(tiny_area):
    data = view_data(tiny_area, T, MapView(indicator=None, chosen=("k1",)))["candidates"]
    assert "marks" not in data
    assert data["chosenLabel"] == T("plan.map.numbered")


def scores(ranks: dict[str, int]) -> Scores:
    rank = pd.Series(ranks)
    return Scores(*(rank.astype(float) if name != "rank" else rank for name in Scores.__dataclass_fields__))


def test_who_enters_and_leaves_the_best():
    names = [f"k{number:02}" for number in range(1, 17)]
    first = scores({name: number for number, name in enumerate(names, start=1)})
    moved = [*names[:13], names[14], names[13], "neu"]
    second = scores({name: number for number, name in enumerate(moved, start=1)})
    change = best_change(first, second, rank_shifts(first, second))
    assert change.entering == ("k15",)
    assert change.leaving == ("k14",)
    assert change.moved == 2
    assert change.only_one == 2


LEADS = Opinion("Leitung", {"transit": 3.0, "equity": 1.0})
TWICE = Opinion("Leitung", {"transit": 6.0, "equity": 2.0})
OTHER = Opinion("Leitung", {"transit": 1.0, "equity": 1.0})


def told(a, b, language="de"):
    t = Translator(language)
    names = Names({}, {}, {})
    return [difference_text(t, one, names) for one in compare(a, b).differences]


@pytest.mark.parametrize(("language", "what"), [("de", "Meinung, Leitung"), ("en", "Opinion, Leitung")])
def test_opinions_that_differ_are_told_in_shares(language, what):
    a, b = plain_snapshot(opinions=(LEADS,)), plain_snapshot(opinions=(OTHER,))
    t = Translator(language)
    (text,) = told(a, b, language)
    assert text.what == what
    parts = [("transit", 0.75), ("equity", 0.25)]
    assert text.a == "; ".join(f"{t(f'criteria.{name}.label')} {t.share(share, 1)}" for name, share in parts)
    assert t.share(0.5, 1) in text.b
    assert told(a, plain_snapshot(), language)[0].b == "–"
    assert told(a, plain_snapshot(opinions=(TWICE,)), language) == []


def test_judgements_that_differ_are_told_in_one_direction():
    a = plain_snapshot(judgements={("transit", "equity"): 3.0, ("venue", "equity"): 2.0})
    b = plain_snapshot(judgements={("equity", "transit"): 4.0, ("equity", "venue"): 0.5})
    (text,) = told(a, b)
    assert (text.a, text.b) == ("3\u00a0:\u00a01", "1\u00a0:\u00a04")
    assert T("criteria.transit.label") in text.what
    assert text.what.index(T("criteria.transit.label")) < text.what.index(T("criteria.equity.label"))
    assert [one.b for one in told(a, plain_snapshot())] == ["–", "–"]
    tomorrow = plain_snapshot(judgements={("noise", "light"): 2.5})
    assert told(plain_snapshot(), tomorrow)[0].what.endswith("noise gegen light")


@pytest.mark.parametrize(("language", "words"), [("de", "sehr sicher"), ("en", "very sure")])
def test_how_sure_somebody_is_is_told(language, words):
    (text,) = told(plain_snapshot(), plain_snapshot(certainty="high"), language)
    assert text.b == words
