"""How long the store of scenarios takes with a thousand of them, beside a folder of JSON files.

Prints figures, decides nothing. Run with ``python tests/benchmarks/bench_scenarios.py``.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import pandas as pd

from planning.area import check_candidates, load_area
from planning.model import PlanSettings
from planning.scenarios.document import document_bytes, document_of
from planning.scenarios.drafts import Draft
from planning.scenarios.reading import read_snapshot
from planning.scenarios.store import Store
from planning.scenarios.work import KeptPlan, Work, capture, open_snapshot
from tests.fixtures.postgres import postgres_programs, serve_postgres
from tests.fixtures.scenarios import later, plan_on

SCENARIOS, WITH_ROWS, ROWS, ROOMS, REPEATS = 1000, 20, 100, 14, 15
PEOPLE = ("Ada Lovelace", "Änne Groß", "Bob Ross", "Sozialplanung")
GOAL_LIST_S, GOAL_OPEN_S = 0.5, 0.3


def contents(area):
    """Return two scenarios of Dortmund with plans of all remaining rooms, one of them with own rows."""
    plan, effect = plan_on(area, PlanSettings("coverage", ROOMS))
    plain = capture(Work(area, plan=KeptPlan(plan, area), notes="Notiz " * 40), area, effect=effect)
    rooms = pd.DataFrame(area.candidates.drop(columns="geometry"))
    own = rooms.iloc[:ROWS].assign(candidate_id=[f"own_{n}" for n in range(ROWS)], name="Eigener Raum")
    edited = area.with_tables(candidates=check_candidates(pd.concat([rooms, own], ignore_index=True), area))
    rows = capture(Work(edited, plan=KeptPlan(plan, edited)), area, effect=effect)
    return plain, rows


def timed(action, repeats: int = REPEATS) -> tuple[float, float]:
    """Return median and longest of several seconds."""
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), max(seconds)


def shown(what: str, seconds: tuple[float, float], goal: float | None = None) -> None:
    print(f"{what:<56}{seconds[0]:>10.4f}{seconds[1]:>10.4f}{goal or '':>8}")


def named(snapshots, number: int):
    plain, rows = snapshots
    made = rows if number % (SCENARIOS // WITH_ROWS) == 0 else plain
    return replace(made, name=f"Variante {number:04}", notes=f"Notiz {number}")


def measure_store(title: str, target: str, area, snapshots) -> dict[str, float]:
    with contextlib.closing(Store(target)) as store:
        started = time.perf_counter()
        kept = [
            store.create(named(snapshots, number), PEOPLE[number % len(PEOPLE)], later(number))
            for number in range(SCENARIOS)
        ]
        print(f"\n{title}: {SCENARIOS} scenarios kept in {time.perf_counter() - started:.1f} s")
        plain, rows = kept[1], kept[0]
        head = kept[2]

        def save() -> None:
            nonlocal head
            made = replace(named(snapshots, 2), notes=f"Stand {head.number}")
            head = store.save(head.scenario_id, head.number, made, "Ada", later(SCENARIOS + head.number))

        def opened(entry):
            return lambda: open_snapshot(store.read(entry.scenario_id)[1], area)

        found = {
            "list": timed(lambda: store.list(count=20)),
            "search": timed(lambda: store.list("änne", count=20)),
            "name": timed(lambda: store.list("variante 07", count=20)),
        }
        shown("list, first 20", found["list"], GOAL_LIST_S)
        shown("list, last 20", timed(lambda: store.list(start=SCENARIOS - 20)), GOAL_LIST_S)
        shown("list, search for a person", found["search"], GOAL_LIST_S)
        shown("list, search for a name", found["name"], GOAL_LIST_S)
        shown(
            "find by an identifier of content", timed(lambda: store.find(plain.content_id[:12])), GOAL_LIST_S
        )
        found["open"] = timed(opened(plain))
        shown("open on Dortmund", found["open"], GOAL_OPEN_S)
        shown(f"open on Dortmund, {ROWS} own rows", timed(opened(rows)), GOAL_OPEN_S)
        shown("save", timed(save))
        shown(f"history of {head.number} revisions", timed(lambda: store.history(head.scenario_id)))
        shown("save a draft", timed(lambda: store.keep_draft("one", Draft(snapshots[0]), later(0))))
        shown(
            f"save a draft, {ROWS} own rows",
            timed(lambda: store.keep_draft("one", Draft(snapshots[1]), later(0))),
        )
    return {name: seconds[0] for name, seconds in found.items()}


def measure_page(target: str) -> None:
    """Measure whole runs of the page with a store that holds all of them."""
    from streamlit.testing.v1 import AppTest

    from tests.app.conftest import APP, go

    os.environ["PLANNING_STORE"] = target
    app = AppTest.from_file(APP, default_timeout=120).run()
    print(f"\nthe page, {SCENARIOS} scenarios")
    shown("page, first visit", timed(lambda: go(app, "szenarien"), 1), GOAL_LIST_S)
    shown("page", timed(app.run), GOAL_LIST_S)
    opens = [button for button in app.button if str(button.key).startswith("open_")]
    first = timed(lambda: opens[0].click().run(), 1)
    shown("open from the page, the first", first, GOAL_OPEN_S)
    places = iter(range(1, len(opens)))

    def another() -> None:
        key = [one.key for one in app.button if str(one.key).startswith("open_")][next(places)]
        app.button(key=key).click().run()

    shown("open from the page", timed(another, min(len(opens) - 1, 8)), GOAL_OPEN_S)


def measure_folder(folder: Path, snapshots) -> dict[str, float]:
    """Measure what one would do without a store: a file for each scenario, read all to list them."""
    for number in range(SCENARIOS):
        content = document_bytes(document_of(named(snapshots, number)))
        (folder / f"{number:04}.json").write_bytes(content)

    def listed(search: str = ""):
        documents = [json.loads(file.read_bytes()) for file in sorted(folder.glob("*.json"))]
        wanted = [one for one in documents if search in one["name"].casefold()]
        return sorted(wanted, key=lambda one: one["name"], reverse=True)[:20]

    megabytes = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    print(f"\na folder of {SCENARIOS} JSON files, {megabytes:.1f} MB")
    found = {"list": timed(listed, 3), "name": timed(lambda: listed("variante 07"), 3)}
    shown("list, first 20, unchecked", found["list"])
    shown("list, search for a name, unchecked", found["name"])
    file = folder / "0001.json"
    found["open"] = timed(lambda: read_snapshot(file.read_bytes()))
    shown("read and check one", found["open"])
    return {name: seconds[0] for name, seconds in found.items()}


def main() -> None:
    """Print the figures beside their goals, then the ratios."""
    area = load_area()
    snapshots = contents(area)
    sizes = [len(document_bytes(document_of(one))) / 1e3 for one in snapshots]
    print(f"a scenario of {ROOMS} rooms: {sizes[0]:.0f} kB; with {ROWS} own rows: {sizes[1]:.0f} kB")
    print(f"{'figure, s':<56}{'median':>10}{'worst':>10}{'goal':>8}")
    with tempfile.TemporaryDirectory() as folder:
        stores = {"SQLite": measure_store("SQLite", str(Path(folder) / "s.sqlite3"), area, snapshots)}
        measure_page(str(Path(folder) / "s.sqlite3"))
        programs = postgres_programs()
        if programs is None:
            print("\nno PostgreSQL server found: it is not measured")
        else:
            with serve_postgres(programs) as server, server.database("bench") as target:
                stores["PostgreSQL"] = measure_store("PostgreSQL", target, area, snapshots)
        files = Path(folder) / "files"
        files.mkdir()
        naive = measure_folder(files, snapshots)
    print()
    for title, found in stores.items():
        ratios = ", ".join(f"{name} {naive[name] / found[name]:.1f}" for name in ("list", "name"))
        print(f"folder of files / {title}, times as long: {ratios}")


if __name__ == "__main__":
    main()
