"""Two plans in words, on maps and as tables: every figure is read from the text and counted anew."""

from __future__ import annotations

import base64
import math
import re
from dataclasses import replace
from functools import cache
from itertools import combinations
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning.i18n import LANGUAGES, Translator, catalogue_keys
from planning.model import Scenario
from planning.render.classes import ink
from planning.render.two_plans import SECTIONS, sections, style
from planning.render.two_plans_map import _FILLS, cell_kinds, plan_frame, room_numbers
from planning.render.two_plans_words import explain_plans, plan_statement_text, plans_text
from planning.scoring import evaluate
from planning.siting import plan_effect
from planning.siting.two_plans import ShareRange, compare_plans
from tests.fixtures.areas import make_tiny_area
from tests.fixtures.compared import ROOMS, walks
from tests.unit.test_explanation import numbers, percent
from tests.unit.test_render_side_by_side import read, scale_bar, words

AREA = make_tiny_area()
WALKS = walks(AREA)
SCENARIO = Scenario(minutes=12.0)
JUDGED = evaluate(AREA, SCENARIO, WALKS)
NAMES = ("Eins <b>", "Zwei & Co")
KEYS = AREA.cells["borough"].tolist()
BOROUGHS = {"west": "West", "ost": "Ost"}
SVG = "{http://www.w3.org/2000/svg}"


@cache
def usual(ids):
    return plan_effect(AREA, SCENARIO, WALKS, JUDGED.need, ids)


def effect_of(distances, need, ids):
    return usual(ids) if distances is WALKS else plan_effect(AREA, SCENARIO, distances, need, ids)


def plans_of(a, b, *, distances=WALKS, need=JUDGED.need, chance=None):
    effects = tuple(effect_of(distances, need, ids) for ids in (a, b))
    found = compare_plans(effects, (a, b), need)
    if chance is None:
        return found
    ranges = tuple(
        ShareRange(effect.after.share * 0.9, effect.after.share, effect.after.share * 1.05)
        for effect in effects
    )
    same = found.need_a == 0 and found.need_b == 0
    return replace(found, ranges=ranges, a_ahead=0.5 if same else chance)


class Counted:
    """What a set of rooms achieves, counted cell by cell without the code under test."""

    def __init__(self, distances, need, ids):
        columns = [ROOMS.index(name) for name in ids]
        both = [
            [*map(float, distances.sites[cell]), *(float(distances.candidates[cell, one]) for one in columns)]
            for cell in range(len(KEYS))
        ]
        metres = [min(row, default=math.inf) for row in both]
        self.need = list(map(float, need))
        self.near = [one <= SCENARIO.reach_m for one in metres]
        self.share = self.of(range(len(KEYS))) if sum(self.need) > 0 else math.nan
        self.boroughs = {}
        for key in BOROUGHS:
            cells = [cell for cell, name in enumerate(KEYS) if name == key]
            if sum(self.need[cell] for cell in cells) > 0:
                self.boroughs[key] = self.of(cells)
        reached = [(one, weight) for one, weight in zip(metres, self.need, strict=True) if math.isfinite(one)]
        self.unreached = sum(self.need) - sum(weight for _, weight in reached)
        self.total = sum(weight for _, weight in reached)
        speed = SCENARIO.metres_per_minute
        self.minutes = [(one / speed, weight) for one, weight in reached]

    def of(self, cells):
        total = sum(self.need[cell] for cell in cells)
        return sum(self.need[cell] for cell in cells if self.near[cell]) / total if total else 0.0

    @property
    def mean(self):
        return sum(one * weight for one, weight in self.minutes) / self.total if self.total else math.nan

    @property
    def p90(self):
        upto = 0.0
        for one, weight in sorted(self.minutes):
            upto += weight
            if weight and upto >= 0.9 * self.total - 1e-9:
                return one
        return math.nan

    @property
    def gini(self):
        """Return half the mean difference of two persons over the mean."""
        if not self.total or not self.mean:
            return math.nan
        apart = sum(v * w * abs(x - y) for x, v in self.minutes for y, w in self.minutes)
        return apart / (2 * self.total**2 * self.mean)

    @property
    def worst(self):
        return min(self.boroughs.values(), default=math.nan)

    def lowest(self):
        shown = {key: round(share * 100, 1) for key, share in self.boroughs.items()}
        return sorted(key for key, share in shown.items() if share == min(shown.values()))


def shown(counted):
    """Return the figures that decide which plan is better, as they are shown."""
    return {
        "share": round(counted.share * 100, 1),
        "mean": round(counted.mean, 1),
        "p90": round(counted.p90, 1),
        "worst": round(counted.worst * 100, 1),
        "gini": round(counted.gini, 2),
    }


def wins(one, other):
    """Return in which figures one plan is better, in the order of the table."""
    mine, theirs = shown(one), shown(other)
    found = []
    for name in ("share", "mean", "p90", "worst", "gini"):
        if any(map(math.isnan, (mine[name], theirs[name]))) or mine[name] == theirs[name]:
            continue
        if (mine[name] > theirs[name]) == (name in {"share", "worst"}):
            found.append(name)
    return found


def newly(counted, today):
    return [now and not before for now, before in zip(counted.near, today.near, strict=True)]


def whole(value):
    return float(f"{value:.0f}")


def expected(key, plans, a, b, today):  # noqa: C901, PLR0911, PLR0912, PLR0915 - one case for each key
    """Return letters and numbers that a statement has to hold, in this order, from the count alone."""
    one, other = ("A", a), ("B", b)
    high, low = (one, other) if a.share > b.share else (other, one)
    if key == "no_need":
        assert not any(a.need)
        return [], []
    pa, pb, p0 = (round(side.share * 100, 1) for side in (a, b, today))
    chance = None if plans.a_ahead is None else plans.a_ahead if high is one else 1 - plans.a_ahead
    if key == "ahead":
        top, bottom = max(pa, pb), min(pa, pb)
        return [high[0], low[0]], [12, top, bottom, round(top - bottom, 1), p0]
    if key == "barely":
        assert a.share != b.share
        assert pa == pb
        return [high[0], low[0]], [12, pa, p0]
    if key == "even":
        assert a.share == pytest.approx(b.share, abs=1e-9)
        return ["A", "B"], [12, pa, p0]
    if key in {"sure", "likely", "rather", "open", "doubtful"}:
        least = {"sure": 0.95, "likely": 0.75, "rather": 0.55, "open": 0.45, "doubtful": 0.0}
        upper = {"sure": 1.01, "likely": 0.95, "rather": 0.75, "open": 0.55, "doubtful": 0.45}
        assert least[key] - 1e-9 <= chance < upper[key] + 1e-9
        return [high[0]] + [low[0]] * (key == "doubtful"), [percent(chance), 10000]
    if key == "either":
        return ["A", "B"], [percent(plans.a_ahead), 10000]
    if key == "ranges":
        found = [round(x * 100, 1) for one in plans.ranges for x in (one.low, one.high)]
        return ["A", "B"], [90, *found]
    if key == "range_same":
        assert a.near == b.near or all(
            not weight or x == y for x, y, weight in zip(a.near, b.near, a.need, strict=True)
        )
        return [], [round(plans.ranges[0].low * 100, 1), round(plans.ranges[0].high * 100, 1), 90, 10000]
    means = [round(side.mean, 1) for side in (a, b)]
    before = [] if math.isnan(today.mean) else [round(today.mean, 1)]
    if key == "walk":
        short, long = ("A", "B") if means[0] < means[1] else ("B", "A")
        return [short, long], [min(means), max(means), round(max(means) - min(means), 1), *before]
    if key == "walk_same":
        assert means[0] == means[1]
        return [], [means[0], *before]
    if key == "unreached":
        return ["A", "B"], [whole(a.unreached), whole(b.unreached)]
    if key == "worst":
        return ["A", "B"], [round(a.worst * 100, 1), round(b.worst * 100, 1)]
    if key == "worst_same":
        assert a.lowest() == b.lowest()
        return [], [round(a.worst * 100, 1)]
    if key == "rooms":
        first, second = map(set, plans.ids)
        return ["A", "B"], [len(first & second), len(first - second), len(second - first)]
    if key == "reached":
        gained = [newly(side, today) for side in (a, b)]
        need = dict.fromkeys(("both", "a", "b"), 0.0)
        for weight, x, y in zip(a.need, *gained, strict=True):
            if x or y:
                need["both" if x and y else "a" if x else "b"] += weight
        return ["A", "B"], [whole(need["both"]), whole(need["a"]), whole(need["b"])]
    if key in {"gain_a", "gain_b"}:
        more, less = (one, other) if key == "gain_a" else (other, one)
        points = [
            round(round(more[1].boroughs[name] * 100, 1) - round(less[1].boroughs[name] * 100, 1), 1)
            for name in more[1].boroughs
        ]
        return [more[0], less[0]], sorted((point for point in points if point > 0), reverse=True)[:2]
    best = [wins(a, b), wins(b, a)]
    letters = [letter for letter, found in zip("AB", best, strict=True) if found]
    figures = [
        figure
        for found, sides in zip(best, ((a, b), (b, a)), strict=True)
        for name in found
        if name in {"p90", "gini"}
        for figure in (shown(sides[0])[name], shown(sides[1])[name])
    ]
    assert (key == "trade") == (len(letters) == 2)
    assert (key == "level") == (not letters)
    assert (key == "every") == (max(map(len, best)) == 5)
    if key in {"every", "never_worse"}:
        letters += sorted({"A", "B"} - set(letters))
    return letters, figures


def letters_in(text):
    return re.findall(r"(?<![\w<])[AB](?!\w)", text)


IN_ORDER = {"walk", "worst", "reached", "unreached"}
"""Statements that say letters and figures in the order in which they are counted here."""


def check(distances, need, a, b, chance):
    """See that every letter and number of both languages is as counted; return the keys of what was said."""
    plans = plans_of(a, b, distances=distances, need=need, chance=chance)
    first, second, today = (Counted(distances, need, ids) for ids in (a, b, ()))
    told = []
    for paragraph in explain_plans(plans, SCENARIO.minutes):
        for one in paragraph:
            key = one.key
            if key in {"gain", "no_gain"}:
                key = "gain_a" if one.params["more"] == 0 else "gain_b"
            letters, figures = expected(key, plans, first, second, today)
            assert (one.key == "no_gain") == (key.startswith("gain") and not figures)
            for language in LANGUAGES:
                text = plan_statement_text(Translator(language), AREA, NAMES, one)
                plain = text.replace("neun von zehn", "").replace("nine in ten", "")
                found, named = sorted(numbers(plain, language)), letters_in(plain)
                assert found == pytest.approx(sorted(map(float, figures))), (key, language, text)
                assert list(dict.fromkeys(named)) == list(dict.fromkeys(letters)), (key, language, text)
                if key in IN_ORDER:
                    assert numbers(plain, language) == pytest.approx(list(map(float, figures))), text
                    assert named[:2] == letters
            told.append(one.key)
    return told


SETS = [(), ("k1",), ("k2",), ("k1", "k3"), ("k3", "k2"), ("k1", "k2", "k4"), ROOMS]
CHANCES = (None, 0.0, 0.3, 0.5, 0.62, 0.9, 0.997, 1.0)
SEEN: set[str] = set()


@pytest.mark.parametrize(("a", "b"), [*combinations(SETS, 2), *((one, one) for one in SETS[:3])])
def test_every_number_quoted_is_right(a, b):
    for place, chance in enumerate(CHANCES):
        SEEN.update(check(WALKS, JUDGED.need, *((a, b) if place % 2 else (b, a)), chance))


metres = st.integers(0, 12).map(lambda steps: steps * 200.0) | st.just(math.inf)
town = st.tuples(
    st.lists(st.lists(metres, min_size=2, max_size=2), min_size=9, max_size=9),
    st.lists(st.lists(metres, min_size=4, max_size=4), min_size=9, max_size=9),
    st.lists(st.integers(0, 4) | st.floats(0.0, 3000.0), min_size=9, max_size=9),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(town, st.sets(st.sampled_from(ROOMS)), st.sets(st.sampled_from(ROOMS)), st.floats(0.0, 1.0))
def test_every_number_quoted_is_right_whatever_the_figures(walk, a, b, chance):
    distances = SimpleNamespace(
        candidate_ids=ROOMS,
        sites=np.array(walk[0], dtype=np.float32),
        candidates=np.array(walk[1], dtype=np.float32),
    )
    need = np.array(walk[2], dtype=np.float64)
    SEEN.update(check(distances, need, tuple(sorted(a)), tuple(sorted(b)), chance))


def near(far=1.0, **rooms):
    """Return walks of a town where every cell is as near to a room as given, and far from any site."""
    table = np.full((9, 4), 5000.0, dtype=np.float32)
    for name, cells in rooms.items():
        for cell, value in cells.items():
            table[cell, ROOMS.index(name)] = value
    sites = np.full((9, 1), 5000.0 * far, dtype=np.float32)
    return SimpleNamespace(candidate_ids=ROOMS, sites=sites, candidates=table)


def test_a_difference_too_small_to_be_shown_is_called_so():
    need = np.array([1000.0, 1000.1, *[50_000.0] * 7])
    distances = near(k1={0: 100.0}, k2={1: 100.0})
    told = check(distances, need, ("k1",), ("k2",), 0.4)
    assert told[0] == "barely"
    assert told[1] == "rather"
    text = plans_text(
        Translator("de"), AREA, plans_of(("k1",), ("k2",), distances=distances, need=need), NAMES, 12.0
    )
    assert text[0].startswith("B (Zwei & Co) erreicht nur hauchdünn mehr als A (Eins <b>)")


def test_plans_that_cover_as_much_elsewhere_are_even():
    need = np.full(9, 100.0)
    distances = near(k1={0: 100.0}, k2={8: 100.0})
    told = check(distances, need, ("k1",), ("k2",), 0.4)
    assert told[:3] == ["even", "either", "ranges"]
    assert "worst" in told


def test_plans_that_cover_the_same_cells_are_not_said_to_be_ahead():
    distances = near(k1={0: 100.0}, k2={0: 100.0})
    told = check(distances, np.full(9, 100.0), ("k1",), ("k2",), 0.9)
    assert told[:2] == ["even", "range_same"]
    assert "level" in told
    assert told.count("no_gain") == 2


def test_a_plan_that_is_better_in_everything_is_said_to_be():
    distances = near(k1=dict.fromkeys(range(9), 100.0), k2={0: 900.0, 1: 900.0})
    told = check(distances, np.full(9, 100.0), ("k2",), ("k1",), 0.01)
    assert told[-1] in {"every", "never_worse"}
    t = Translator("en")
    plans = plans_of(("k2",), ("k1",), distances=distances, need=np.full(9, 100.0), chance=0.01)
    text = plans_text(t, AREA, plans, NAMES, 12.0)
    assert text[-1].startswith("So B is ")
    assert "B is ahead in 99% of the 10,000 draws" in text[0]


def test_what_speaks_for_each_is_told_apart():
    # k1 brings many within reach, k2 makes far walks short
    distances = near(k1=dict.fromkeys(range(5), 700.0), k2=dict.fromkeys(range(9), 1100.0))
    told = check(distances, np.full(9, 100.0), ("k1",), ("k2",), 0.99)
    assert told[-1] == "trade"


def test_all_that_can_be_said_is_said_in_some_test():
    """Each sentence of the catalogue is checked, whatever examples chance found above."""
    for a, b in combinations(SETS, 2):
        for chance in (0.2, 0.5, 0.62, 0.9, 1.0):
            SEEN.update(check(WALKS, JUDGED.need, a, b, chance))
    SEEN.update(check(near(), np.zeros(9), ("k1",), ("k2",), None))
    far = near(k1={0: 100.0}, k2={8: 100.0})
    SEEN.update(check(far, np.full(9, 100.0), ("k1",), ("k2",), 0.4))
    SEEN.update(check(far, np.array([1000.0, *[50_000.0] * 7, 1000.1]), ("k1",), ("k2",), 0.4))
    far = near(math.inf, k1={0: 100.0}, k2={8: 100.0})
    far.candidates[3:6] = math.inf
    SEEN.update(check(far, np.full(9, 100.0), ("k1",), ("k2",), 0.4))
    distances = near(k1=dict.fromkeys(range(9), 100.0), k2={0: 900.0, 1: 900.0})
    distances.candidates[:, 1] = [1000.0, 2000.0, 3000.0, 900.0, 1500.0, 2500.0, 3500.0, 4000.0, 900.0]
    SEEN.update(check(distances, np.full(9, 100.0), ("k1",), ("k2",), 0.4))
    distances = near(k1=dict.fromkeys(range(9), 100.0), k2={0: 900.0, 1: 900.0})
    SEEN.update(check(distances, np.full(9, 100.0), ("k2",), ("k1",), 0.01))
    # the same cells within reach, all by shorter walks
    distances = near(k1=dict.fromkeys(range(9), 100.0), k2=dict.fromkeys(range(9), 400.0))
    SEEN.update(check(distances, np.full(9, 100.0), ("k1",), ("k2",), 0.4))
    parts = {"gain_row", "measure", "more_names"}
    known = {
        key.removeprefix("two_plans.say.") for key in catalogue_keys() if key.startswith("two_plans.say.")
    }
    assert known - parts - SEEN == set()


def drawn(language="en", a=("k1", "k3"), b=("k3", "k2"), chance=0.9, area=AREA):
    plans = plans_of(a, b, chance=chance)
    t = Translator(language)
    return plans, sections(t, area, plans, JUDGED.need, names=NAMES, minutes=12.0, scores=JUDGED.scores)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("a", "b"), [(("k1", "k3"), ("k3", "k2")), ((), ("k2",)), (("k1",), ("k1",))])
def test_every_piece_is_whole_and_asks_for_nothing(language, a, b):
    _, found = drawn(language, a, b)
    assert tuple(found) == SECTIONS
    for piece in found.values():
        assert piece
        for tag, attributes in read(piece).seen:
            assert tag not in {"script", "svg", "link", "iframe", "style"}
            assert not any(name.startswith("on") for name in attributes)
            assert "href" not in attributes
            assert "url(" not in attributes.get("style", "")
            if tag == "img":
                assert attributes["src"].startswith("data:image/svg+xml;base64,")
                assert "alt" in attributes
    assert style().count("<style>") == style().count("</style>") == 2


def test_texts_from_data_stay_texts():
    _, found = drawn()
    everything = "".join(found.values())
    assert "<script" not in everything
    assert "<script>alert(1)</script>" in words(found["rooms"])
    assert "Eins <b>" in words(found["explanation"])
    assert not [tag for tag, _ in read(found["explanation"]).seen if tag == "b"]


def pictures(piece):
    return [
        (attributes, ET.fromstring(base64.b64decode(attributes["src"].split(",")[1])))  # noqa: S314 - our own drawing
        for tag, attributes in read(piece).seen
        if tag == "img" and attributes["alt"]
    ]


def test_both_maps_have_one_size_one_extent_and_one_scale():
    _, found = drawn()
    maps = pictures(found["maps"])
    assert len(maps) == 2
    assert len({(one["width"], one["height"], svg.get("viewBox")) for one, svg in maps}) == 1
    assert len({scale_bar(svg) for _, svg in maps}) == 1
    borders = [
        [one.get("d") for one in svg.iter(f"{SVG}path") if one.get("fill") == "none"] for _, svg in maps
    ]
    assert borders[0] == borders[1]
    length, label = scale_bar(maps[0][1])
    frame = plan_frame(AREA)
    km = float(numbers(label, "en")[0])
    assert length == pytest.approx(km * 1000 * frame.scale, abs=0.1)
    west, south, east, north = frame.box
    bounds = AREA.districts.total_bounds
    assert west < bounds[0]
    assert south < bounds[1]
    assert east > bounds[2]
    assert north > bounds[3]


def signs(svg):
    """Return the number of each room on a map and whether it is a pin."""
    found = {}
    for group in svg.iter(f"{SVG}g"):
        text, circle = group.find(f"{SVG}text"), group.find(f"{SVG}circle")
        if text is not None and circle is not None:
            found[int(text.text)] = group.find(f"{SVG}path") is not None
    return found


def test_rooms_of_both_plans_and_of_one_differ_in_shape_and_have_one_number():
    plans, found = drawn()
    numbered = room_numbers(plans)
    assert numbered == {"k3": 1, "k1": 2, "k2": 3}
    (_, first), (_, second) = pictures(found["maps"])
    assert signs(first) == {1: False, 2: True}
    assert signs(second) == {1: False, 3: True}
    for number, name in ((2, "Bibliothek"), (3, "<script>alert(1)</script>")):
        assert f"{number}. {name}" in words(found["rooms"])
    legend = words(found["maps"])
    assert "room in both plans" in legend
    assert "room in this plan only" in legend


def test_rooms_stand_where_they_are():
    _, found = drawn(a=("k1",), b=("k2",))
    for name, (_, svg) in zip(("k1", "k2"), pictures(found["maps"]), strict=True):
        [dot] = [one for one in svg.iter(f"{SVG}circle") if one.get("r") == "1.8"]
        room = AREA.candidates.set_index("candidate_id").loc[name]
        [(x, y)] = plan_frame(AREA).pixels(np.array([[room["x"], room["y"]]]))
        assert (float(dot.get("cx")), float(dot.get("cy"))) == pytest.approx((x, y), abs=0.06)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_says_in_words_what_it_shows(language):
    plans, found = drawn(language)
    today = Counted(WALKS, JUDGED.need, ())
    sides = [Counted(WALKS, JUDGED.need, ids) for ids in plans.ids]
    t = Translator(language)
    for side, (attributes, _) in enumerate(pictures(found["maps"])):
        own, other = sides[side], sides[1 - side]
        need = dict.fromkeys(("today", "newly", "only", "beyond"), 0.0)
        cells = zip(own.need, own.near, other.near, today.near, strict=True)
        for weight, here, there, before in cells:
            if before:
                need["today"] += weight
            elif here:
                need["newly"] += weight
                need["only"] += 0.0 if there else weight
            else:
                need["beyond"] += weight
        label = attributes["alt"].replace(NAMES[side], "")
        frame = plan_frame(AREA)
        km = round(frame.width / frame.scale / 1000, 1)
        assert numbers(label, language) == pytest.approx([2, 1, *map(whole, need.values()), km])
        assert f" {'AB'[side]}," in attributes["alt"]
    assert t("two_plans.map.scale") in " ".join(read(found["maps"]).text)


def test_every_cell_that_anybody_needs_is_of_one_kind():
    plans = plans_of(("k1", "k3"), ("k2",))
    for side in (0, 1):
        kinds = cell_kinds(plans, side, JUDGED.need)
        assert set(kinds) == set(_FILLS)
        assert (np.sum(list(kinds.values()), axis=0) == 1).all()


def lightness(color):
    channels = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def test_what_is_newly_covered_is_darker_than_what_is_not():
    shades = {name: lightness(color) for name, color in _FILLS.items()}
    assert shades["newly_own"] + 60 < shades["newly_both"]
    assert shades["newly_both"] + 30 < min(shades["today"], shades["beyond"])
    assert ink(_FILLS["newly_own"]) == "#ffffff"


def rows_of(piece):
    """Return the rows of the tables of a piece as lists of texts."""
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", piece, re.DOTALL)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        ]
        for row in found
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_of_the_table_are_those_counted(language):
    plans, found = drawn(language)
    t = Translator(language)
    a, b, today = (Counted(WALKS, JUDGED.need, ids) for ids in (*plans.ids, ()))
    table = {row[0]: row[1:] for row in rows_of(found["figures"])[1:]}
    labels = {
        name: t(f"two_plans.table.{name}", minutes="12") for name in ("share", "mean", "p90", "worst", "gini")
    }
    for name, label in labels.items():
        [head] = [one for one in table if one.startswith(label)]
        first, second, difference = table[head]
        values = [shown(side)[name] for side in (a, b)]
        assert [numbers(one, language)[0] for one in (first, second)] == pytest.approx(values)
        assert numbers(head.replace(label, ""), language)[-1] == pytest.approx(shown(today)[name])
        assert numbers(difference, language)[0] == pytest.approx(abs(values[0] - values[1]), abs=1e-9)
        sign = "±" if values[0] == values[1] else "+" if values[0] > values[1] else "−"
        assert difference.startswith(sign)
        assert ("★" in first) == (name in wins(a, b))
        assert ("★" in second) == (name in wins(b, a))
    counts = [plans.need_both + plans.need_a, plans.need_both + plans.need_b]
    assert [numbers(one, language)[0] for one in table[t("two_plans.table.newly")][:2]] == list(
        map(whole, counts)
    )
    chance = table[t("two_plans.table.range")][2]
    assert numbers(chance, language) == [90.0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_boroughs_and_groups_are_those_counted(language):
    plans, found = drawn(language)
    a, b, today = (Counted(WALKS, JUDGED.need, ids) for ids in (*plans.ids, ()))
    rows = rows_of(found["boroughs"])[1:]
    assert {row[0] for row in rows} == set(BOROUGHS.values())
    keys = {name: key for key, name in BOROUGHS.items()}
    for name, *cells in rows:
        shares = [round(side.boroughs[keys[name]] * 100, 1) for side in (today, a, b)]
        assert [numbers(one, language)[0] for one in cells[:3]] == pytest.approx(shares)
        assert numbers(cells[3], language)[0] == pytest.approx(abs(round(shares[1] - shares[2], 1)))
    t = Translator(language)
    groups = {row[0]: row[1:] for row in rows_of(found["groups"])[1:]}
    [head] = [one for one in groups if one.startswith(t("data.indicator.residents.label"))]
    persons = AREA.cells["residents"].to_numpy()
    for side, cell in zip((a, b), groups[head], strict=False):
        within = persons[np.array(side.near)].sum()
        assert numbers(cell, language) == pytest.approx([within, round(within / persons.sum() * 100, 1)])


def test_rooms_of_the_table_have_score_and_rank():
    _, found = drawn()
    for row in rows_of(found["rooms"])[1:]:
        name = {"1": "k3", "2": "k1", "3": "k2"}[row[0][0]]
        where = {"k3": "A and B", "k1": "A only", "k2": "B only"}[name]
        total, rank = JUDGED.scores.total[name], JUDGED.scores.rank[name]
        assert row[1:] == [where, f"{total:.1f}", f"{rank:.0f}"]


def test_maps_of_the_real_city_are_small(dortmund):
    cells = dortmund.cells

    def straight(places):
        east = cells["x"].to_numpy()[:, None] - places["x"].to_numpy()
        return np.hypot(east, cells["y"].to_numpy()[:, None] - places["y"].to_numpy())

    spots = dortmund.candidates.iloc[:14]
    rooms = tuple(map(str, spots["candidate_id"]))
    sites = straight(dortmund.sites[dortmund.sites["x"].notna()])
    distances = SimpleNamespace(candidate_ids=rooms, candidates=straight(spots), sites=sites)
    need = cells["residents"].to_numpy(np.float64)
    effects = tuple(plan_effect(dortmund, SCENARIO, distances, need, ids) for ids in (rooms[:9], rooms[5:]))
    plans = compare_plans(effects, (rooms[:9], rooms[5:]), need)
    found = sections(Translator("de"), dortmund, plans, need, names=NAMES, minutes=12.0)
    for attributes, _ in pictures(found["maps"]):
        assert len(attributes["src"]) <= 200_000
