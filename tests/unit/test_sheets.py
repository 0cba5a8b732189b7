"""Maps for paper: what they say, that labels keep apart, that they come out the same."""

from __future__ import annotations

import datetime as dt
import io
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pypdf
import pytest
from matplotlib.image import imread

from planning.access import measure
from planning.i18n import Translator
from planning.model import PlanSettings, Scenario
from planning.render import print_parts, sheets
from planning.render.fact_sheet import fact_sheet_pdf
from planning.render.findings import find
from planning.render.sheets import drawing, sheet
from planning.render.typeset import file_key
from planning.scenarios.work import KeptPlan, Work
from planning.siting import make_plan, prepare
from planning.walking import build_network

DATE = dt.date(2026, 11, 25)
PAPERS = [sheets.Paper("a4"), sheets.Paper("a4", landscape=False), sheets.Paper("a3")]


def found(area, rooms):
    network, scenario = build_network(area.nodes, area.edges), Scenario()
    near = measure(area, network=network)
    kept = None
    if rooms is not None:
        task = prepare(area, scenario, PlanSettings(count=rooms), near, network=network)
        kept = KeptPlan(make_plan(task, scenario), area)
    return find(Work(area, scenario, plan=kept), network, near, DATE)


@pytest.fixture(scope="module")
def city(dortmund):
    return found(dortmund, 14)


@pytest.fixture(scope="module")
def town_found(tiny_area):
    return found(tiny_area, 2)


@pytest.fixture
def figures(monkeypatch):
    """Keep the figures that are drawn."""
    kept = []

    def keep(figure):
        kept.append(figure)
        return b"<svg xmlns='http://www.w3.org/2000/svg'/>"

    for module in (drawing, sheet):
        monkeypatch.setattr(module, "svg_of", keep)
    return kept


def boxes(figure):
    """Return what each text of a map covers, in pixels, without scale and north arrow."""
    axes = figure.axes[0]
    around = axes.get_window_extent()
    found = {}
    for number, text in enumerate(axes.texts):
        box = text.get_window_extent()
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        if type(text).__name__ == "Text" and around.contains(x, y):
            found[f"{text.get_text()} {number}"] = box
    return found


def touching(figure):
    found = boxes(figure)
    return [(one, other) for one, other in combinations(found, 2) if found[one].overlaps(found[other])]


@pytest.mark.parametrize("paper", PAPERS)
def test_labels_of_the_city_keep_apart(city, figures, paper):
    sheet.city_sheet(city, Translator("de"), paper)
    assert len(boxes(figures[0])) >= 12 + 14
    assert not touching(figures[0])


@pytest.mark.parametrize("paper", PAPERS[:2])
def test_labels_of_each_borough_keep_apart(city, figures, paper):
    for key in city.area.level("borough").index:
        del figures[:]
        sheet.borough_sheet(city, Translator("de"), paper, key)
        assert not touching(figures[0]), key


def test_rooms_and_sites_keep_apart(city, figures):
    sheet.city_sheet(city, Translator("de"), PAPERS[0])
    axes = figures[0].axes[0]
    numbers = [text for text in axes.texts if text.get_text().isdigit()]
    spots = axes.transData.transform([text.get_position() for text in numbers[:14]])
    sites = axes.transData.transform(city.area.sites.dropna(subset=["x"])[["x", "y"]].to_numpy(float))
    gaps = np.hypot(*(spots[:, None] - sites[None]).transpose(2, 0, 1))
    assert gaps.min() > figures[0].dpi * 7 / 72


def test_the_book_has_a_page_a_bookmark_and_a_title_for_each_sheet(town_found):
    t = Translator("de")
    drawn = [
        sheets.city_sheet(town_found, t, PAPERS[0]),
        sheets.ranking_sheet(town_found, t, PAPERS[0]),
        sheets.borough_sheet(town_found, t, PAPERS[0], "ost"),
        sheets.indicator_sheet(town_found, t, PAPERS[0], "need", "cell"),
    ]
    reader = pypdf.PdfReader(io.BytesIO(sheets.sheets_pdf(town_found, drawn, t, "Kartenheft Übersicht")))
    assert len(reader.pages) == len(drawn)
    assert [one["/Title"] for one in reader.outline] == [one.title for one in drawn]
    assert reader.metadata.title == "Kartenheft Übersicht"
    assert reader.trailer["/Root"]["/Lang"] == "de"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = reader.pages[0].extract_text()
    for wanted in (
        "Winzigstadt",
        "25.11.2026",
        "in Reichweite",
        "Büro",
        "Quellen",
        "km",
        "vorher",
        "nachher",
    ):
        assert wanted in text, wanted
    assert "Personen" in reader.pages[3].extract_text()


def fonts_of(reader):
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            yield font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]


def test_fonts_are_embedded(town_found):
    t = Translator("en")
    content = sheets.sheets_pdf(town_found, [sheets.city_sheet(town_found, t, PAPERS[0])], t, "Maps")
    descriptors = list(fonts_of(pypdf.PdfReader(io.BytesIO(content))))
    assert descriptors
    assert all("/FontFile2" in one or "/FontFile3" in one for one in descriptors)


@pytest.mark.parametrize(
    ("paper", "pixels"), [*zip(PAPERS, [(3508, 2480), (2480, 3508), (4961, 3508)], strict=True)]
)
def test_pictures_have_300_dots_per_inch_and_are_the_same_twice(town_found, paper, pixels):
    t = Translator("de")
    first = sheets.sheet_png(town_found, sheets.city_sheet(town_found, t, paper), t)
    assert first == sheets.sheet_png(town_found, sheets.city_sheet(town_found, t, paper), t)
    height, width = imread(io.BytesIO(first)).shape[:2]
    assert abs(width - pixels[0]) <= 2
    assert abs(height - pixels[1]) <= 2


def test_without_a_plan_boroughs_and_ranking_are_drawn(tiny_area):
    bare, t = found(tiny_area, None), Translator("de")
    for made in (sheets.ranking_sheet(bare, t, PAPERS[0]), sheets.borough_sheet(bare, t, PAPERS[0], "west")):
        assert sheets.sheet_png(bare, made, t).startswith(b"\x89PNG")


def test_what_the_font_lacks_is_a_box():
    assert drawing.drawable("Ä🦰\n€") == "Ä□€"


@pytest.mark.parametrize("paper", PAPERS)
def test_a_sheet_with_many_sites_is_one_page_with_all_of_them(tiny_area, paper):
    base = tiny_area.sites.iloc[:1]
    many = pd.concat([base] * 40, ignore_index=True)
    many["site_id"] = [f"s{n}" for n in range(40)]
    many["name"] = [f"lokal willkommen Stelle{n:02d}" for n in range(40)]
    area = tiny_area.with_tables(sites=gpd.GeoDataFrame(many, crs=tiny_area.crs))
    made, t = found(area, 2), Translator("de")
    content = sheets.sheets_pdf(made, [sheets.city_sheet(made, t, paper)], t, "Karten")
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    assert len(pages) == 1
    told = pages[0].extract_text().replace("-\n", "").replace("\n", " ")
    assert [n for n in range(40) if f"Stelle{n:02d}" not in told] == []
    names = made.area.candidates.set_index("candidate_id").loc[list(made.rooms), "name"]
    assert [name for name in names if name not in told] == []


def test_names_of_drawings_stay_in_their_folder(tiny_area):
    area = tiny_area.with_tables(
        candidates=tiny_area.candidates.assign(
            candidate_id=[f"../{name}/{'x' * 300}" for name in tiny_area.candidates["candidate_id"]]
        )
    )
    made, t = found(area, 1), Translator("de")
    assert fact_sheet_pdf(made, t, made.rooms[0]).startswith(b"%PDF")
    assert file_key("A-1") == "A-1"
    assert file_key("../A") != file_key("../B")


def test_unknown_figures_are_told_apart_in_grey_print_too(tiny_area):
    findings, t = found(tiny_area, None), Translator("en")
    made = sheets.indicator_sheet(findings, t, PAPERS[0], "unemployment_pct", "borough")
    rows = made.data["legend"][0]["rows"]
    told = {row["label"]: row["pattern"] for row in rows}
    assert told == {label: "dots" if label == t("map.class.unknown") else "" for label in told}
    assert t("map.class.unknown") in told


@pytest.mark.parametrize(
    ("signs", "sides"),
    [
        ([], ("left", "left")),
        ([(45, 940)], ("left", "right")),
        ([(45, 940), (955, 940)], ("left", "left")),  # no side is free
        ([(100, 40)], ("right", "left")),
        ([(500, 500)], ("left", "left")),
    ],
)
def test_scale_and_north_arrow_keep_off_signs(signs, sides):
    t, box = Translator("de"), (0.0, 0.0, 1000.0, 1000.0)
    with drawing.canvas(box, 100, 100) as (_, axes):
        for x, y in signs:
            axes.plot(x, y, "o", zorder=8)
        print_parts.draw_scale(axes, t, box)
        texts = {one.get_text(): one.get_position() for one in axes.texts}
    found = [texts[word][0] for word in ("0", t("map.north"))]
    assert tuple("left" if x < 500 else "right" for x in found) == sides
