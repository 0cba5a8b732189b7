"""How sure, on the command line: what is printed and written, the same for the same seed, and Ctrl-C."""

from __future__ import annotations

import csv
import json
import re
import signal
from pathlib import Path

import pytest

import planning.siting.uncertain
from planning.area import load_area, save_area
from planning.cli import DONE, FAULTY, USAGE, main
from planning.cli.console import aligned
from planning.scenarios.document import document_bytes, document_of
from planning.scenarios.work import Work, capture

COLUMNS = [
    *("in_best", "first", "rank_low_90", "rank_high_90", "score_low_90", "score_high_90"),
    *("rank_topsis", "rank_promethee", "dominated_by"),
]
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def tiny(tiny_area, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli_confidence") / "tiny"
    save_area(tiny_area, folder)
    return folder


@pytest.fixture
def kept(tiny, tmp_path):
    """Write a scenario with some certainty."""

    def written(certainty):
        area = load_area(tiny)
        path = tmp_path / f"{certainty}.json"
        snapshot = capture(Work(area, certainty=certainty), area, "Kept")
        path.write_bytes(document_bytes(document_of(snapshot)))
        return ["--scenario", str(path)]

    return written


@pytest.fixture
def score(tiny, tmp_path):
    def ran(*arguments, name="ranking.csv", language="en", sure=True):
        given = ["--lang", language, "--date", "2026-11-25", "--out", str(tmp_path / name)]
        return main(["score", str(tiny), *given, *(["--sure"] if sure else []), *arguments])

    return ran


@pytest.fixture
def plan(tiny, tmp_path):
    def ran(*arguments, language="en"):
        given = ["--lang", language, "--date", "2026-11-25", "-p", "2", "--out", str(tmp_path / "plan")]
        return main(["plan", str(tiny), *given, "--workers", "1", *arguments])

    return ran


@pytest.fixture
def usual_interrupt():
    """Ctrl-C interrupts, however the test run itself treats it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def rows_in(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def record_in(tmp_path):
    return json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))


def without_time(record):
    return {name: value for name, value in record.items() if name != "seconds"}


# planning score --sure


def test_a_ranking_says_how_sure_it_is(score, tmp_path, capsys):
    assert score() == DONE
    told = capsys.readouterr().out
    assert "of the first 4 are firm" in told
    assert "**" not in told
    assert "10,000 draws, seed 0, of the weights “fairly sure”" in told
    assert "estimated for 2026" in told
    [head] = [line for line in told.splitlines() if "PROMETHEE II" in line]
    for title in ("Rank", "Room", "among the best 4", "Range", "TOPSIS"):
        assert title in head
    rows = rows_in(tmp_path / "ranking.csv")
    for row in rows:
        assert f"({row['candidate_id']})" in told
        low, high = (f"{float(row[name]):.1f}" for name in ("score_low_90", "score_high_90"))
        assert f"{low} – {high}" in told
    assert len(re.findall(r"^.+\d% – \d+\.\d%$", told, re.MULTILINE)) == 9


def test_a_ranking_in_german(score, capsys):
    assert score(language="de") == DONE
    told = capsys.readouterr().out
    assert "der ersten 4 sind fest" in told
    assert "10.000 Ziehungen, Startwert 0, bei den Gewichten „einigermaßen sicher“" in told
    assert "Wie weit darf ein Gewicht wandern?" in told


def test_columns_stand_after_high_and_are_described(score, tmp_path):
    assert score() == DONE
    rows = rows_in(tmp_path / "ranking.csv")
    names = list(rows[0])
    assert names[names.index("high") + 1 :][: len(COLUMNS)] == COLUMNS
    text = (DOCS / "ranking-files.md").read_text(encoding="utf-8")
    described = {re.sub(r"^(contribution|raw)_.*", r"\1_*", name) for name in names}
    sureness = json.loads((tmp_path / "ranking.csv.meta.json").read_text("utf-8"))["sureness"]
    assert not sorted(name for name in {*described, *sureness} if f"`{name}`" not in text)
    assert sureness == {
        "draws": 10_000, "seed": 0, "certainty": "medium", "year": 2026, "best": 4, "interval": 0.9,
    }  # fmt: skip


def test_columns_make_sense(score, tmp_path):
    assert score() == DONE
    rows = rows_in(tmp_path / "ranking.csv")
    ids = {row["candidate_id"] for row in rows}
    assert sum(float(row["first"]) for row in rows) == pytest.approx(1.0)
    for row in rows:
        assert 1 <= int(row["rank_low_90"]) <= int(row["rank_high_90"]) <= len(rows)
        assert 0 <= float(row["score_low_90"]) <= float(row["score_high_90"]) <= 100
        assert float(row["in_best"]) == pytest.approx(1.0)  # four rooms, four still to open
        assert row["dominated_by"] in ids | {""}
    for name in ("rank_topsis", "rank_promethee"):
        assert sorted(int(row[name]) for row in rows) == list(range(1, len(rows) + 1))


def test_nothing_is_added_unless_asked_for(score, tmp_path, capsys):
    assert score(sure=False) == DONE
    assert capsys.readouterr().out == ""
    assert not set(COLUMNS) & set(rows_in(tmp_path / "ranking.csv")[0])
    assert "sureness" not in json.loads((tmp_path / "ranking.csv.meta.json").read_text("utf-8"))


def test_the_same_seed_gives_the_same_and_another_one_other_draws(score, tmp_path, capsys):
    told = []
    for name, seed in (("a.csv", "3"), ("b.csv", "3"), ("c.csv", "4")):
        assert score("--seed", seed, name=name) == DONE
        told.append(capsys.readouterr().out)
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.csv", "b.csv", "c.csv"))
    assert a == b
    assert told[0] == told[1]
    assert a != c


def test_the_less_sure_the_wider(score, tmp_path):
    widths = []
    for level in ("high", "medium", "low"):
        assert score("--certainty", level, name=f"{level}.csv") == DONE
        rows = rows_in(tmp_path / f"{level}.csv")
        widths.append(sum(float(row["score_high_90"]) - float(row["score_low_90"]) for row in rows))
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


def test_a_scenario_says_how_sure_unless_the_option_does(score, kept, capsys):
    assert score(*kept("high")) == DONE
    assert "of the weights “very sure”" in capsys.readouterr().out
    assert score(*kept("high"), "--certainty", "low") == DONE
    assert "of the weights “unsure”" in capsys.readouterr().out


def test_geojson_holds_the_columns_too(score, tmp_path):
    assert score(name="ranking.geojson") == DONE
    found = json.loads((tmp_path / "ranking.geojson").read_text("utf-8"))
    assert set(COLUMNS) <= set(found["features"][0]["properties"])
    assert found["metadata"]["sureness"]["draws"] == 10_000


def test_forms_without_columns_are_told(score, capsys):
    assert score(name="ranking.html") == DONE
    told = capsys.readouterr()
    assert "are firm" in told.out
    assert ".csv, .geojson" in told.err


@pytest.mark.parametrize(("language", "word"), [("de", "nur mit --sure"), ("en", "with --sure only")])
@pytest.mark.parametrize("given", [["--seed", "1"], ["--certainty", "low"]])
def test_options_of_sure_without_it_are_told(score, capsys, given, language, word):
    assert score(*given, sure=False, language=language) == DONE
    assert word in capsys.readouterr().err


@pytest.mark.parametrize("seed", ["-1", "1" + "0" * 30])
def test_a_bad_seed(score, tmp_path, seed):
    assert score("--seed", seed) == FAULTY
    assert not (tmp_path / "ranking.csv").exists()


# planning plan --draws


def test_a_plan_says_what_it_is_worth_under_other_need(plan, tmp_path, capsys):
    assert plan("--draws", "20") == DONE
    told = capsys.readouterr().out
    assert told.startswith("Proven optimal")
    assert "the central 90% of 20 draws" in told
    assert "**" not in told
    record = record_in(tmp_path)
    unsure = record["uncertainty"]
    assert (unsure["draws"], unsure["asked"], unsure["seed"], unsure["year"]) == (20, 20, 0, 2026)
    assert unsure["unit"] == "share"
    assert unsure["unproven"] == 0
    for name in ("plan", "best", "loss"):
        low, middle, high = (unsure[name][end] for end in ("low", "median", "high"))
        assert 0 <= low <= middle <= high <= 1
    assert unsure["plan"]["median"] <= unsure["best"]["median"]
    for end in ("low", "median", "high"):
        assert f"{unsure['plan'][end]:.1%}" in told
    assert [room["candidate_id"] for room in unsure["kept"]] == [
        room["candidate_id"] for room in record["rooms"]
    ]
    for number, room in enumerate(unsure["kept"], start=1):
        assert 0 <= room["share"] <= 1
        assert f"{number}. {room['shown_name']} ({room['candidate_id']})" in told


def test_a_plan_for_walks_in_german(plan, tmp_path, capsys):
    assert plan("--draws", "5", "--objective", "walking", language="de") == DONE
    told = capsys.readouterr().out
    assert "Mit dem Plan dauert der mittlere Fußweg" in told
    assert "So oft bleibt ein Raum des Plans" in told
    unsure = record_in(tmp_path)["uncertainty"]
    assert unsure["unit"] == "metres"
    assert unsure["plan"]["median"] > 1


def test_without_draws_nothing_is_said(plan, tmp_path, capsys):
    for none in ([], ["--draws", "0"]):
        assert plan(*none) == DONE
        assert capsys.readouterr().out.count("\n") == 1
        assert record_in(tmp_path)["uncertainty"] is None


def test_the_same_seed_gives_the_same_plan_and_draws(plan, tmp_path, capsys):
    found = []
    for workers, seed in (("1", "3"), ("2", "3"), ("1", "4")):
        assert plan("--draws", "12", "--seed", seed, "--workers", workers) == DONE
        found.append((without_time(record_in(tmp_path)), capsys.readouterr().out))
    assert found[0] == found[1]
    assert found[0][0]["uncertainty"] != found[2][0]["uncertainty"]


@pytest.mark.parametrize(
    ("language", "word"), [("de", "wie viele Menschen wo wohnen"), ("en", "how many people live where")]
)
@pytest.mark.parametrize("objective", ["worst", "cover-all"])
def test_where_need_does_not_count_it_is_said(plan, tmp_path, capsys, objective, language, word):
    assert plan("--draws", "9", "--objective", objective, language=language) == DONE
    told = capsys.readouterr()
    assert word in told.err
    assert record_in(tmp_path)["uncertainty"] is None
    assert len(record_in(tmp_path)["rooms"]) > 0


def test_a_plan_without_rooms_has_nothing_to_draw(plan, tmp_path, capsys):
    assert plan("--draws", "9", "-p", "0") == DONE
    assert "no room that could stay" in capsys.readouterr().err
    assert record_in(tmp_path)["uncertainty"] is None


def test_no_plan_no_draws(plan, tmp_path):
    assert plan("--draws", "9", "-p", "99") == FAULTY
    assert record_in(tmp_path)["uncertainty"] is None


def test_json_goes_to_standard_output_alone(plan, capsys):
    assert plan("--draws", "4", "--json") == DONE
    told = capsys.readouterr()
    assert json.loads(told.out)["uncertainty"]["draws"] == 4
    assert "central 90% of 4 draws" in told.err


def interrupted_after(monkeypatch, draws):
    """Let Ctrl-C come when some draws are done."""
    real = planning.siting.uncertain.uncertain_plan

    def searched(*arguments, progress, **options):
        def show(done, total):
            progress(done, total)
            if done == draws:
                signal.raise_signal(signal.SIGINT)

        if not draws:
            signal.raise_signal(signal.SIGINT)
        return real(*arguments, progress=show, **options)

    monkeypatch.setattr(planning.siting.uncertain, "uncertain_plan", searched)


@pytest.mark.parametrize(
    ("language", "word"), [("de", "3 von 50 Ziehungen sind fertig"), ("en", "3 of 50 draws are done")]
)
def test_interrupting_takes_the_draws_done(
    usual_interrupt, monkeypatch, plan, tmp_path, capsys, language, word
):
    interrupted_after(monkeypatch, 3)
    assert plan("--draws", "50", language=language) == DONE
    assert word in capsys.readouterr().out
    unsure = record_in(tmp_path)["uncertainty"]
    assert (unsure["draws"], unsure["asked"]) == (3, 50)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_interrupting_before_the_first_draw_keeps_the_plan(
    usual_interrupt, monkeypatch, plan, tmp_path, capsys
):
    interrupted_after(monkeypatch, 0)
    assert plan("--draws", "50") == DONE
    assert "0 of 50 draws are done" in capsys.readouterr().out
    record = record_in(tmp_path)
    assert len(record["rooms"]) == 2
    assert record["uncertainty"]["draws"] == 0
    assert record["uncertainty"]["plan"] == {"low": None, "median": None, "high": None}
    assert record["uncertainty"]["kept"] == []


@pytest.mark.parametrize(
    "arguments", [["--draws", "-1"], ["--draws", "10001"], ["--workers", "0"], ["--workers", "65"]]
)
def test_numbers_out_of_range(plan, tmp_path, capsys, arguments):
    assert plan(*arguments) == FAULTY
    assert arguments[0] in capsys.readouterr().err
    assert not (tmp_path / "plan").exists()


def test_a_scenario_keeps_how_sure_one_is(plan, kept, tmp_path):
    store = ["--store", str(tmp_path / "kept.sqlite3")]
    given = ["--draws", "4", *kept("high"), *store]
    assert plan(*given) == DONE
    exact = record_in(tmp_path)
    assert exact["uncertainty"]["certainty"] == "high"
    assert plan("--certainty", "low", "--save-scenario", "Less sure", *given) == DONE
    assert record_in(tmp_path)["uncertainty"]["certainty"] == "low"
    assert plan("--scenario", "Less sure", "--draws", "4", *store) == DONE
    assert record_in(tmp_path)["uncertainty"]["certainty"] == "low"


# planning compare --certainty


@pytest.fixture
def compare(tiny):
    def ran(*arguments):
        return main(
            ["compare", "k1", "k2", "--area", str(tiny), "--lang", "en", "--date", "2026-11-25", *arguments]
        )

    return ran


def test_compare_takes_the_certainty_of_the_scenario_or_of_the_option(compare, kept, capsys):
    def told(*arguments):
        assert compare(*arguments) == DONE
        return capsys.readouterr().out

    usual, low, high = told(), told("--certainty", "low"), told("--certainty", "high")
    assert told("--certainty", "medium") == usual
    assert len({usual, low, high}) == 3
    assert told(*kept("low")) == low
    assert told(*kept("low"), "--certainty", "high") == high


# the line itself


@pytest.mark.parametrize("action", ["score", "plan", "compare"])
def test_a_bad_certainty(tiny, action):
    places = {"score": [str(tiny), "--out", "x.csv"], "plan": [str(tiny)], "compare": ["k1", "k2"]}
    with pytest.raises(SystemExit) as stopped:
        main([action, *places[action], "--certainty", "total"])
    assert stopped.value.code == USAGE


def test_draws_that_are_no_number(plan):
    with pytest.raises(SystemExit) as stopped:
        plan("--draws", "many")
    assert stopped.value.code == USAGE


def test_columns_are_as_wide_as_what_is_printed():
    lines = list(aligned([["a", "b"], ["x\x1b", "10"]], left=(0,)))
    assert lines == ["a       b", "x\\x1b  10"]
