"""Pieces of HTML of rooms that are compared: what they say, that they are safe, and that maps agree."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from planning.i18n import LANGUAGES, Translator
from planning.model import Scenario
from planning.render.classes import ink
from planning.render.side_by_side import SECTIONS, sections, style
from planning.render.side_by_side_map import SIZE
from planning.render.side_by_side_people import _BAND_COLORS
from planning.render.side_by_side_words import chance_text, raw_pair, raw_text, shown_difference, signed
from planning.scoring import evaluate
from planning.scoring.comparison import compare_candidates
from tests.fixtures.compared import ROOMS, circles, invented_confidence, walks

SCENARIO = Scenario(minutes=12.0)
VOID = {"img", "br", "meta"}
SVG = "{http://www.w3.org/2000/svg}"


class Reader(HTMLParser):
    """Remembers elements and text, and sees that every element is closed in its turn."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(html):
    reader = Reader()
    reader.feed(html)
    assert not reader.open
    return reader


def words(html):
    return " ".join(" ".join(read(html).text).split())


def figures(html):
    return words(html).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def judged(tiny_area):
    distances = walks(tiny_area)
    return tiny_area, SCENARIO, distances, evaluate(tiny_area, SCENARIO, distances)


@pytest.fixture(scope="module")
def drawn(judged):
    def made(ids=ROOMS, language="en", *, sure=True, notes=None, area=None):
        evaluation = judged[3]
        rng = np.random.default_rng(5)
        confidence = invented_confidence(list(evaluation.scores.total.index), rng) if sure else None
        above = np.full((len(ids), len(ids)), 0.5) if sure else None
        compared = compare_candidates(
            area or judged[0], *judged[1:], list(ids), confidence=confidence, above=above
        )
        found = sections(
            Translator(language),
            area or judged[0],
            compared,
            evaluation.need,
            reaches=circles(judged[0], compared),
            notes=notes,
        )
        return compared, found

    return made


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [2, 3, 4])
def test_every_piece_is_whole_and_asks_for_nothing(drawn, language, count):
    _, found = drawn(ROOMS[:count], language, notes={"k1": "Schlüssel bei <b>Frau Ö.</b>"})
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


def test_texts_from_data_stay_texts(drawn):
    compared, found = drawn(notes={"k2": '</dd><img src=x onerror="a">'})
    everything = "".join(found.values())
    assert "<script" not in everything
    assert "onerror" not in "".join(str(one) for piece in found.values() for one in read(piece).seen)
    assert "<script>alert(1)</script>" in words(found["rooms"])
    assert "Dependance <b>Ost</b>" in words(found["nearby"])
    assert '</dd><img src=x onerror="a">' in words(found["notes"])
    assert len(compared.rooms) == 4


def pictures(piece):
    return [
        ET.fromstring(base64.b64decode(attributes["src"].split(",")[1]))  # noqa: S314 - our own drawing
        for tag, attributes in read(piece).seen
        if tag == "img" and attributes["alt"]
    ]


def scale_bar(svg):
    [bar] = [
        one.get("d")
        for one in svg.iter(f"{SVG}path")
        if re.fullmatch(r"M14 \d+V\d+H[\d.]+V\d+", one.get("d"))
    ]
    return float(re.search(r"H([\d.]+)", bar)[1]) - 14, [text.text for text in svg.iter(f"{SVG}text")][-1]


def test_all_maps_have_one_size_and_one_scale(drawn):
    _, found = drawn()
    maps = pictures(found["rooms"])
    assert len(maps) == 4
    assert {svg.get("viewBox") for svg in maps} == {f"0 0 {SIZE} {SIZE}"}
    assert len({scale_bar(svg) for svg in maps}) == 1


def test_a_map_holds_what_its_room_reaches_and_its_letter_in_the_middle(drawn):
    compared, found = drawn()
    for letter, svg in zip("ABCD", pictures(found["rooms"]), strict=True):
        middle = [
            one
            for one in svg.iter(f"{SVG}circle")
            if (float(one.get("cx")), float(one.get("cy"))) == (SIZE / 2, SIZE / 2)
        ]
        assert len(middle) == 1
        assert letter in [text.text for text in svg.iter(f"{SVG}text")]
        reach = [one.get("d") for one in svg.iter(f"{SVG}path") if one.get("stroke-dasharray") == "6 2.5"]
        pixels = np.array([float(one) for one in re.findall(r"-?[\d.]+", reach[0])])
        assert pixels.min() >= 0
        assert pixels.max() <= SIZE
    assert len(compared.rooms) == 4


def test_the_alternative_text_says_what_the_map_shows(drawn, judged):
    compared, found = drawn(language="de")
    labels = [
        attributes["alt"]
        for tag, attributes in read(found["rooms"]).seen
        if tag == "img" and attributes["alt"]
    ]
    for letter, label, room in zip("ABCD", labels, compared.rooms, strict=True):
        assert label.startswith(f"Karte von {letter}")
        assert (
            f"{Translator('de').number(room.need_gained)} in {int(room.gained.sum())} Rasterzellen" in label
        )
        assert f"schon erreichte Zellen: {int((room.reached & ~room.gained).sum())}" in label


def test_maps_without_a_reach_at_hand_are_drawn_all_the_same(judged):
    compared = compare_candidates(*judged, ["k1", "k2"])
    found = sections(Translator("de"), judged[0], compared, judged[3].need, reaches=[None, None])
    assert len(pictures(found["rooms"])) == 2


def test_criteria_tell_raw_value_points_difference_and_year(drawn, judged):
    compared, found = drawn(("k1", "k2"))
    text = figures(found["criteria"])
    t = Translator("en")
    for room in compared.rooms:
        for part in room.score.parts:
            assert f"{t.number(part.contribution, 1)} points" in text
    first, second = compared.rooms
    apart = shown_difference(second.score.total, first.score.total)
    assert f"{signed(t, apart)} against A" in text
    assert "as of 2020" in text
    assert "weight 30.0%" in text
    assert "Public transport stops (2020)" in text or "stops" in text
    assert text.count("★ best") >= 1


def bars(piece):
    widths = re.compile(r"(?:margin-left:([\d.]+)%;)?width:([\d.]+)%")
    found = [
        widths.fullmatch(one["style"])
        for _, one in read(piece).seen
        if one.get("class", "").startswith("cmp-bar") and "style" in one
    ]
    return [(float(one[1] or 0), float(one[2])) for one in found]


def test_bars_have_the_length_of_the_values(drawn):
    compared, found = drawn(("k1", "k2"))
    wanted = [room.part(name).value for name in compared.criteria for room in compared.rooms]
    wanted += [room.score.total for room in compared.rooms]
    assert [width for _, width in bars(found["criteria"])] == pytest.approx(wanted, abs=0.006)


def test_the_waterfall_ends_at_the_score(drawn):
    compared, found = drawn(("k1", "k2", "k3"))
    steps = np.array(bars(found["waterfall"])).reshape(-1, 3, 2)
    top = float(re.search(r"0 to (\d+)", figures(found["waterfall"]))[1])
    for place, room in enumerate(compared.rooms):
        starts, widths = steps[:-1, place, 0], steps[:-1, place, 1]
        np.testing.assert_allclose(starts[1:], (starts + widths)[:-1], atol=0.02)
        assert (starts[-1] + widths[-1]) * top / 100 == pytest.approx(room.score.total, abs=0.05)
        assert steps[-1, place].tolist() == pytest.approx([0.0, room.score.total / top * 100], abs=0.006)
    assert top >= max(room.score.total for room in compared.rooms)


def test_unknown_is_marked_by_a_sign(drawn):
    _, found = drawn(("k3", "k4"))
    assert figures(found["criteria"]).count("? unknown, counts as 50") == 2
    assert figures(found["waterfall"]).count("2.5 ?") == 2


def test_the_best_is_marked_only_where_rooms_differ_and_the_fact_is_known(drawn):
    _, found = drawn(("k1", "k2"), "de")
    rows = re.findall(r"<tr>.*?</tr>", found["criteria"])
    starred = {row for row in rows if "★" in row}
    assert any("Stufenloser Zugang" in row for row in starred)
    unknown = drawn(("k3", "k4"), "de")[1]["criteria"]
    [row] = [row for row in re.findall(r"<tr>.*?</tr>", unknown) if "Stufenloser Zugang" in row]
    assert "★" not in row


def test_groups_and_districts_add_up_to_what_is_gained(drawn):
    compared, found = drawn(("k1", "k2"), "de")
    text = figures(found["gained"])
    t = Translator("de")
    for room in compared.rooms:
        assert t.number(room.need_gained) in text
        for group, persons in room.facts.gained.items():
            assert f"{t.number(persons)} von {t.number(room.facts.in_reach[group])}" in text
        for need in room.by_borough.values():
            assert t.number(need) in text


def test_overlaps_of_two_and_of_more(drawn):
    t = Translator("en")
    for ids in (("k1", "k2"), ROOMS):
        compared, found = drawn(ids)
        rows = re.findall(r"<tr>.*?</tr>", found["overlap"].split("</table>")[0].split("<tbody>")[1])
        assert len(rows) == len(compared.overlaps)
        for row, one in zip(rows, compared.overlaps, strict=True):
            cells = re.findall(r"<td>(.*?)</td>", row)
            assert cells == [t.number(n) for n in (one.both, one.only_a, one.only_b, one.together)]
        assert ("all together" in words(found["overlap"])) == (len(ids) > 2)


def test_stops_and_sites_with_minutes(drawn):
    _, found = drawn(("k1", "k4"))
    text = figures(found["nearby"])
    assert "900 m, 12 min" in text
    assert "Markt · 100 m lines: U41, 420" in text
    assert "none" in text


def test_ranks_in_bands_add_up(drawn):
    compared, found = drawn()
    stacks = re.findall(r'<span class="cmp-stack">(.*?)</span></td>', found["acceptability"])
    assert len(stacks) == 4
    for stack, room in zip(stacks, compared.rooms, strict=True):
        widths = [float(one) for one in re.findall(r"width:([\d.]+)%", stack)]
        assert sum(widths) == pytest.approx(100.0, abs=0.05)
        assert widths == pytest.approx([100 * one for one in room.chance.bands if one > 0], abs=0.006)
    assert "of 1,000 draws" in figures(found["acceptability"])


def test_what_is_not_there_is_left_out(drawn):
    _, found = drawn(("k1", "k2"), sure=False)
    assert found["acceptability"] == ""
    assert found["notes"] == ""
    assert all(found[name] for name in SECTIONS if name not in {"acceptability", "notes"})


def contrast(one, other):
    def luminance(color):
        channels = np.array([int(color[start : start + 2], 16) for start in (1, 3, 5)]) / 255
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return float(linear @ np.array([0.2126, 0.7152, 0.0722]))

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_are_legible():
    css = style()
    texts = set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", css)) - {"#ffd447"}
    assert texts
    assert all(contrast(color, "#ffffff") >= 4.5 for color in texts)
    assert contrast("#ffd447", "#1c1207") >= 4.5
    assert all(contrast(color, ink(color)) >= 4.5 for color in _BAND_COLORS)
    assert "url(" not in css
    assert "@import" not in css


def test_shares_do_not_read_as_certain_where_they_are_not():
    t = Translator("de")
    assert [chance_text(t, one) for one in (0.0, 0.0001, 0.5, 0.996, 1.0)] == [
        "0\u00a0%",
        "weniger als 1\u00a0%",
        "50\u00a0%",
        "mehr als 99\u00a0%",
        "100\u00a0%",
    ]
    assert signed(t, -0.04) == "±0"


@pytest.mark.parametrize("minutes", [5.0, 30.0])
def test_pictures_of_the_city_are_small(dortmund, dortmund_walks, minutes):
    area, distances, network = dortmund_walks
    from planning.walking import isochrone

    scenario = Scenario(minutes=minutes, speed_kmh=7.0)
    evaluation = evaluate(area, scenario, distances)
    ids = [str(name) for name in evaluation.scores.rank.sort_values().index[[0, 300]]]
    compared = compare_candidates(area, scenario, distances, evaluation, ids)
    columns = [distances.candidate_ids.index(room.candidate_id) for room in compared.rooms]
    reaches = [
        isochrone(network, distances.snapped_candidates.take([column]), scenario.reach_m)
        for column in columns
    ]
    found = sections(Translator("de"), area, compared, evaluation.need, reaches=reaches)
    sizes = [
        len(attributes["src"])
        for tag, attributes in read(found["rooms"]).seen
        if tag == "img" and attributes["alt"]
    ]
    assert len(sizes) == 2
    assert max(sizes) <= 150_000


@pytest.fixture(scope="module")
def dortmund_walks(dortmund):
    from planning.access import measure
    from planning.walking import build_network

    network = build_network(dortmund.nodes, dortmund.edges)
    return dortmund, measure(dortmund, network=network), network


def test_one_of_a_kind_is_said_in_the_singular():
    t = Translator("de")
    told = [raw_text(t, "partners", raw).replace("\u00a0", " ") for raw in (0.0, 1.0, 2.0)]
    assert told == ["0 Einrichtungen", "1 Einrichtung", "2 Einrichtungen"]
    assert raw_text(Translator("en"), "transit", 1.0).replace("\u00a0", " ") == "1 line"
    assert raw_text(t, "partners", 3.0, with_unit=False) == "3"
    assert raw_pair(t, "step_free", 1.0, 0.0) == t(
        "compare.say.against_each_other", more=t("ui.answer.yes"), less=t("ui.answer.no")
    )
