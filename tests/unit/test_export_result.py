"""Results as files: what they hold, that they are the same again, and that nothing in them can run."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import pathlib
import re
import sqlite3
from html.parser import HTMLParser

import geopandas as gpd
import numpy as np
import pytest
from pyogrio.errors import DataSourceError
from pyproj import Transformer

from planning import __version__
from planning.access import measure
from planning.area import criteria
from planning.errors import OutputError
from planning.export import SUFFIXES, write_result
from planning.export.about import about
from planning.export.files import replacing, write_bytes, write_together
from planning.export.tables import result_table
from planning.i18n import Translator, explain
from planning.model import Scenario, ValueFunction
from planning.render import BASEMAP_DE, MapView
from planning.scoring import evaluate
from planning.sources.fields import disarmed

DE, EN = Translator("de"), Translator("en")
DATE = dt.date(2026, 11, 22)
SCENARIO = Scenario(name="Nord <b>zuerst</b>", minutes=10)


@pytest.fixture(scope="module")
def evaluation(tiny_area):
    return evaluate(tiny_area, SCENARIO, measure(tiny_area))


@pytest.fixture
def write(tiny_area, evaluation, tmp_path):
    def written(suffix, t=DE, **options):
        path = tmp_path / f"result{suffix}"
        write_result(tiny_area, evaluation, SCENARIO, path, t=t, date=DATE, **options)
        return path

    return written


def _rows(path, delimiter):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_same_input_gives_the_same_bytes(write, suffix):
    first = write(suffix).read_bytes()
    assert write(suffix).read_bytes() == first


def test_csv_is_written_for_the_spreadsheets_of_the_language(write, evaluation):
    german, english = _rows(write(".csv"), ";"), _rows(write(".csv", EN), ",")
    best = f"{evaluation.scores.total.max():.6f}".rstrip("0")
    assert english[0]["score"] == best
    assert german[0]["score"] == best.replace(".", ",")
    assert [row["rank"] for row in german] == ["1", "2", "3", "4"]


def test_csv_starts_with_the_byte_order_mark(write):
    assert write(".csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_csv_cells_cannot_be_formulas_but_numbers_stay(write):
    rows = {row["candidate_id"]: row for row in _rows(write(".csv"), ";")}
    assert rows["k4"]["name"] == "'=Gemeindehaus & Co"
    assert not any(value.startswith(("=", "+", "@")) for row in rows.values() for value in row.values())


def test_csv_arms_formulas_as_the_upload_disarms_them(tiny_area, evaluation, tmp_path):
    rooms = tiny_area.candidates.assign(contact=["-1+cmd", "-5", "'=x", np.nan])
    path = tmp_path / "armed.csv"
    area = tiny_area.with_tables(candidates=rooms)
    write_result(area, evaluation, SCENARIO, path, t=EN, date=DATE)
    written = {row["candidate_id"]: row["contact"] for row in _rows(path, ",")}
    assert written == {"k1": "'-1+cmd", "k2": "-5", "k3": "''=x", "k4": ""}
    assert [disarmed(written[key]) for key in ("k1", "k2", "k3")] == ["-1+cmd", "-5", "'=x"]


def test_record_beside_the_csv_says_how_it_came_about(write):
    path = write(".csv")
    record = json.loads(path.with_name("result.csv.meta.json").read_text(encoding="utf-8"))
    assert record["date"] == "2026-11-22"
    assert record["scenario"]["minutes"] == 10
    assert sum(record["scenario"]["criteria_shares"].values()) == pytest.approx(1)
    assert {"id", "year", "source", "licence", "licence_uris", "attribution"} <= set(record["sources"][0])
    assert record["program"]["version"] == __version__


def test_geojson_is_wgs84_with_metadata(write, tiny_area):
    collection = json.loads(write(".geojson").read_text(encoding="utf-8"))
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    assert collection["metadata"]["scenario"]["name"] == SCENARIO.name
    to_degrees = Transformer.from_crs(tiny_area.crs, "EPSG:4326", always_xy=True)
    rooms = tiny_area.candidates.set_index("candidate_id")
    for feature in collection["features"]:
        expected = to_degrees.transform(*rooms.loc[feature["id"], ["x", "y"]])
        np.testing.assert_allclose(feature["geometry"]["coordinates"], expected, atol=1e-7)
    best = collection["features"][0]["properties"]
    assert best["rank"] == 1
    assert best["raw_step_free"] is None or best["raw_step_free"] in {0.0, 1.0}


def test_contributions_in_the_table_add_up_to_the_score(tiny_area, evaluation):
    table = result_table(tiny_area, evaluation, DE)
    parts = table.filter(regex="^contribution_").sum(axis=1)
    np.testing.assert_allclose(parts, table["score"], atol=1e-5)


def test_unknown_and_out_of_reach_are_told_apart(tiny_area, evaluation):
    raw = evaluation.raw.copy()
    raw.loc["k1", "distance"] = np.inf
    changed = type(evaluation)(need=evaluation.need, raw=raw, scores=evaluation.scores)
    table = result_table(tiny_area, changed, DE).set_index("candidate_id")
    assert "distance" in table.loc["k1", "out_of_reach"]
    assert "distance" not in table.loc["k1", "unknown"]
    assert np.isnan(table.loc["k1", "raw_distance"])
    assert "step_free" in table.loc["k3", "unknown"]


def test_geopackage_has_described_layers(write, tiny_area, evaluation):
    path = write(".gpkg")
    with sqlite3.connect(path) as connection:
        query = "SELECT table_name, description FROM gpkg_contents WHERE data_type = 'features'"
        contents = dict(connection.execute(query))
        changed = {row[0] for row in connection.execute("SELECT last_change FROM gpkg_contents")}
        metadata = " ".join(row[0] for row in connection.execute("SELECT metadata FROM gpkg_metadata"))
    connection.close()
    assert set(contents) == {"candidates", "sites", "cells", "districts"}
    assert all("22.11.2026" in text and "CC0-1.0" in text for text in contents.values())
    assert all(moment.startswith("2026-11-22") for moment in changed)
    assert "criteria_shares" in metadata
    cells = gpd.read_file(path, layer="cells")
    assert cells["need"].sum() == pytest.approx(evaluation.need.sum())
    districts = gpd.read_file(path, layer="districts").query("level == 'borough'")
    assert districts["need"].sum() == pytest.approx(evaluation.need.sum())
    areas = gpd.read_file(path, layer="districts").query("level == 'priority_area'")
    here = (tiny_area.cells["borough"] == "ost").to_numpy()
    assert areas["need"].tolist() == pytest.approx([evaluation.need[here].sum()])
    sites = gpd.read_file(path, layer="sites").set_index("site_id")
    assert sites.loc["s2", "weekday_label"] == "Dienstag"
    assert sites.loc["s1", "kind_label"] == "Büro"
    assert gpd.read_file(path, layer="candidates").crs == tiny_area.crs


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.text, self.attributes, self.tags, self.inside = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag in {"script", "style", "td", "button", "li", "h1", "p", "small"}:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside or self.inside[-1] not in {"script", "style"}:
            self.text.append(data)


def _parsed(path):
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


@pytest.mark.parametrize("t", [DE, EN])
def test_page_loads_nothing(write, t):
    path = write(".html", t)
    page = _parsed(path)
    loading = {"src", "href", "srcset", "data", "action", "background"}
    assert not [name for name, _ in page.attributes if name in loading]
    assert "link" not in page.tags
    styles = "".join(re.findall(r"<style>(.*?)</style>", path.read_text(encoding="utf-8"), re.DOTALL))
    assert "url(" not in styles
    assert "@import" not in styles
    policy = dict(page.attributes).get("content"), [v for n, v in page.attributes if n == "content"]
    assert any("default-src 'none'" in value for value in policy[1])


def test_page_never_asks_for_tiles(write):
    page = write(".html", view=MapView(online=BASEMAP_DE)).read_text(encoding="utf-8")
    assert "geodatenzentrum" not in page


def test_page_shows_names_as_text(write):
    page = _parsed(write(".html"))
    text = "".join(page.text)
    assert "<script>alert(1)</script>" in text
    assert "Nord <b>zuerst</b>" in text
    assert "Dependance <b>Ost</b>" in text
    assert not any(name.startswith("on") for name, _ in page.attributes)


def test_page_has_table_settings_and_sources_in_its_language(write, evaluation):
    german, english = (" ".join(_parsed(write(".html", t)).text) for t in (DE, EN))
    best = evaluation.scores.total.max()
    assert DE.number(best, 1) in german
    assert EN.number(best, 1) in english
    assert "Rangliste der Kandidaten" in german
    assert "Ranking of the candidates" in english
    for text in (german, english):
        assert "CC0-1.0" in text
        assert "© nobody" in text


def test_page_lists_sites_without_a_place(write):
    assert "Sprechstunde" in "".join(_parsed(write(".html")).text)


def test_unknown_suffix_is_refused(write):
    with pytest.raises(OutputError) as caught:
        write(".doc")
    assert caught.value.code == "output_suffix"


def test_missing_folder_is_refused(tiny_area, evaluation, tmp_path):
    with pytest.raises(OutputError) as caught:
        write_result(tiny_area, evaluation, SCENARIO, tmp_path / "no" / "x.csv", t=DE, date=DATE)
    assert caught.value.code == "output_folder"


def test_failed_writing_leaves_the_old_file_and_no_rest(tmp_path):
    path = tmp_path / "result.csv"
    path.write_bytes(b"old")

    def fail():
        with replacing(path) as part:
            part.write_bytes(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError) as caught:
        fail()
    assert caught.value.code == "output_not_written"
    assert "No space left" in caught.value.params["reason"]
    assert [file.name for file in tmp_path.iterdir()] == ["result.csv"]
    assert path.read_bytes() == b"old"


def _state(folder):
    return {file.name: file.read_bytes() if file.is_file() else None for file in folder.iterdir()}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_target_that_is_a_folder_is_an_error(write, tmp_path, suffix):
    (tmp_path / f"result{suffix}").mkdir()
    with pytest.raises(OutputError) as caught:
        write(suffix)
    assert caught.value.code == "output_is_folder"
    assert str(tmp_path / f"result{suffix}") in explain(caught.value, DE)[0]
    assert _state(tmp_path) == {f"result{suffix}": None}


def test_a_record_that_cannot_be_written_leaves_the_table_as_it_was(write, tmp_path):
    (tmp_path / "result.csv").write_bytes(b"old")
    (tmp_path / "result.csv.meta.json").mkdir()
    with pytest.raises(OutputError) as caught:
        write(".csv")
    assert caught.value.params["path"].endswith("result.csv.meta.json")
    assert _state(tmp_path) == {"result.csv": b"old", "result.csv.meta.json": None}


def _failing_at(monkeypatch, number):
    """Let the replacement with this number fail once, the others happen."""
    real, calls = pathlib.Path.replace, []

    def replace(self, target):
        calls.append(target)
        if len(calls) == number:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr("pathlib.Path.replace", replace)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("before", [{}, {"a.csv": b"old"}, {"a.csv": b"old", "b.json": b"old too"}])
def test_files_that_belong_together_change_together_or_not_at_all(tmp_path, monkeypatch, number, before):
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    _failing_at(monkeypatch, number)
    with pytest.raises(OutputError) as caught:
        write_together({tmp_path / "a.csv": b"new", tmp_path / "b.json": b"new"})
    assert caught.value.params["path"] == str(tmp_path / ("a.csv", "b.json")[number - 1])
    assert _state(tmp_path) == before


def test_files_that_belong_together_are_put_in_place(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"old")
    write_together({tmp_path / "a.csv": b"1", tmp_path / "b.json": b"2"})
    assert _state(tmp_path) == {"a.csv": b"1", "b.json": b"2"}


def test_any_name_that_can_be_a_file_can_be_written(tmp_path):
    for name in ("[x] *.csv", "x" * 250 + ".csv"):
        write_bytes(tmp_path / name, b"1")
    assert set(_state(tmp_path).values()) == {b"1"}
    assert len(_state(tmp_path)) == 2


def test_a_failing_driver_names_the_target_and_no_other_file(write, tmp_path, monkeypatch):
    def refuse(frame, part, **options):
        part.write_bytes(b"half")
        raise DataSourceError(f"sqlite3_open({part}) failed")

    monkeypatch.setattr("pyogrio.write_dataframe", refuse)
    with pytest.raises(OutputError) as caught:
        write(".gpkg")
    assert caught.value.params["reason"] == f"sqlite3_open({tmp_path / 'result.gpkg'}) failed"
    assert _state(tmp_path) == {}


@pytest.mark.parametrize(("suffix", "steps"), [(".png", 2), (".html", 2), (".csv", 2), (".gpkg", 5)])
def test_progress_grows_to_the_whole_and_names_its_steps(write, suffix, steps):
    told = []
    write(suffix, progress=lambda share, step: told.append((share, step)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (len(told), shares[0], shares[-1]) == (steps, 0.0, 1.0)
    assert all(DE.has(f"data.layer.{step}") or DE.has(f"cli.step.{step}") for _, step in told)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_is_said_in_words(write, monkeypatch, suffix):
    def refuse(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(OutputError) as caught:
        write(suffix)
    assert caught.value.code == "output_not_written"


def test_about_says_changed_value_functions_in_words(tiny_area):
    own = {
        "transit": ValueFunction(((0.0, 0.0), (2.5, 100.0)), 40.0),
        "equity": ValueFunction(((0.0, 100.0), (0.5, 0.0)), 50.0),
    }
    scenario = dataclasses.replace(SCENARIO, value_functions=own)
    changed = evaluate(tiny_area, scenario, measure(tiny_area))
    lines = about(tiny_area, changed, scenario, DE, DATE).scenario
    assert lines[-1] == (
        "Wertfunktion geändert: Anbindung an Bus und Bahn (Linien): 0 → 0; 2,5 → 100; unbekannt → 40 | "
        "Ausgleich zwischen den Stadtbezirken (% des höchsten Wertes): 0 → 100; 50 → 0; unbekannt → 50"
    )
    assert "2.5 → 100; unknown → 40" in about(tiny_area, changed, scenario, EN, DATE).scenario[-1]


def test_about_is_silent_about_value_functions_of_the_catalogue(tiny_area, evaluation):
    same = {one.id: one.value_function for one in criteria()}
    described = about(tiny_area, evaluation, dataclasses.replace(SCENARIO, value_functions=same), DE, DATE)
    assert not [line for line in described.scenario if "Wertfunktion" in line]
    assert described.record["scenario"]["value_functions"] == {}


def test_about_writes_minutes_with_their_decimals(tiny_area, evaluation):
    scenario = dataclasses.replace(SCENARIO, minutes=12.5)
    assert "12,5 Gehminuten" in about(tiny_area, evaluation, scenario, DE, DATE).scenario[0]
    assert "10 Gehminuten" in about(tiny_area, evaluation, SCENARIO, DE, DATE).scenario[0]


@pytest.mark.parametrize("t", [DE, EN])
def test_about_names_every_source_once(tiny_area, evaluation, t):
    [line] = about(tiny_area, evaluation, SCENARIO, t, DATE).sources
    assert line.endswith(": © nobody · invented for tests · CC0-1.0")
    assert line.count("© nobody") == 1
    assert t("data.layer.stops") in line


def _named(area, evaluation, *, drawn):
    record = about(area, evaluation, SCENARIO, DE, DATE, drawn=drawn).record
    return {layer["id"] for layer in record["sources"]}


def test_only_layers_that_the_result_rests_on_are_credited(tiny_area, evaluation):
    other = dataclasses.replace(tiny_area.layers[0], id="unlocated", attribution="somebody else")
    area = dataclasses.replace(tiny_area, layers=(*tiny_area.layers, other))
    used = {
        *("districts", "cells", "figures", "scaling", "nodes", "edges", "stops", "places"),
        *("sites", "candidates"),
    }
    assert _named(area, evaluation, drawn=False) == used
    assert _named(area, evaluation, drawn=True) == used | {"basemap"}


def test_records_of_drawings_and_of_tables_differ_in_the_base_map(write):
    assert "Grundkarte" in " ".join(_parsed(write(".html")).text)
    assert '"basemap"' not in write(".geojson").read_text(encoding="utf-8")


def test_words_of_sources_are_marked_on_the_page(tiny_area, evaluation, tmp_path):
    sites = tiny_area.sites.assign(
        hours=[np.nan, "every second week", np.nan], as_of=["2024", "about 2019", "2024"]
    )
    area, path = tiny_area.with_tables(sites=sites), tmp_path / "x.html"
    write_result(area, evaluation, SCENARIO, path, t=DE, date=DATE)
    text = " ".join(_parsed(path).text)
    assert "Dienstag 14:00–16:00 Uhr · Angabe der Quelle: „every second week“" in text
    assert "Stand laut Quelle: „about 2019“" in text
    assert "Stand: 2024" in text


def test_page_carries_the_licence_of_what_it_embeds(write):
    page = write(".html").read_text(encoding="utf-8")
    assert "BSD 2-Clause License" in page
    assert "THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS" in page
    assert page.index("BSD 2-Clause License") < page.index("Leaflet 1.")


def test_dates_are_written_as_the_language_does(tiny_area, evaluation):
    assert "22.11.2026" in about(tiny_area, evaluation, SCENARIO, DE, DATE).subtitle
    assert "2026-11-22" in about(tiny_area, evaluation, SCENARIO, EN, DATE).subtitle
