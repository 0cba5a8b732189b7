"""How long the planner takes to its first map and to answer a changed weight, and the memory it holds.

Prints figures, decides nothing. Run with ``python tests/benchmarks/bench_app.py``.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.fixtures.browser import FLAGS, browser_program, serve
from tests.fixtures.map_frame import map_frame

GOAL_FIRST_MAP_S, GOAL_RERANK_S, GOAL_MEMORY_MB = 5.0, 0.3, 600
RERANKS = 12


def _server_memory_mb(port: int) -> float:
    for process in psutil.process_iter(["cmdline"]):
        arguments = process.info["cmdline"] or []
        if "planning.cli" in arguments and str(port) in arguments:
            return float(process.memory_info().rss / 1e6)
    return float("nan")


def _first_map() -> tuple[float, float]:
    from playwright.sync_api import sync_playwright

    started = time.perf_counter()
    with contextlib.ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=browser_program(), args=FLAGS)
        started = time.perf_counter()
        address = stack.enter_context(serve())
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        map_frame(page)
        seconds = time.perf_counter() - started
        memory = _server_memory_mb(int(address.rsplit(":", 1)[1]))
        browser.close()
    return seconds, memory


def _rerank() -> list[float]:
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=60).run()
    seconds = []
    for step in range(RERANKS):
        slider = app.slider(key="weight_transit")
        slider.set_value(5 + step)
        started = time.perf_counter()
        app.run()
        seconds.append(time.perf_counter() - started)
    return seconds


def main() -> None:
    """Print the three figures beside their goals."""
    print(f"{'figure':<44}{'measured':>12}{'goal':>10}")
    if browser_program():
        seconds, memory = _first_map()
        print(f"{'cold start to first map, s':<44}{seconds:>12.2f}{GOAL_FIRST_MAP_S:>10}")
        print(f"{'memory of the app with one session, MB':<44}{memory:>12.0f}{GOAL_MEMORY_MB:>10}")
    else:
        print("no Chromium found: the first map is not measured")
    seconds = _rerank()
    print(
        f"{'changed weight, whole page, median s':<44}{statistics.median(seconds):>12.3f}{GOAL_RERANK_S:>10}"
    )
    print(f"{'changed weight, whole page, worst s':<44}{max(seconds):>12.3f}{GOAL_RERANK_S:>10}")


if __name__ == "__main__":
    main()
