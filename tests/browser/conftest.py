"""A real Chromium before a real server, with every request that leaves the machine refused and counted."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.fixtures.browser import FLAGS, LOCAL, browser_program, serve
from tests.fixtures.needed import needed

PATIENCE_MS = 240_000
"""What a page may take for one step: time decides nothing here, it only ends what hangs."""


@pytest.fixture(scope="session")
def planner():
    with serve() as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    reason = "no Chromium found (install the package chromium or set PLANNING_BROWSER)"
    program = needed(browser_program(), reason, "PLANNING_REQUIRE_BROWSER")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


class Guard:
    """Refuses what is not local and remembers that it was asked for."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.problems: list[str] = []

    def route(self, route) -> None:
        url = urlsplit(route.request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.hostname not in LOCAL:
            self.refused.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def watch(self, page) -> None:
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("requestfailed", self._failed)

    def _failed(self, request) -> None:
        if urlsplit(request.url).hostname not in (*LOCAL, None):
            self.refused.append(request.url)


@pytest.fixture
def guard():
    return Guard()


@pytest.fixture
def open_page(chromium, guard):
    """Open a page at a size; at the end no request may have tried to leave the machine."""
    contexts = []

    def opened(address: str, *, width: int = 1280, height: int = 800):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="de-DE", accept_downloads=True
        )
        context.set_default_timeout(PATIENCE_MS)
        context.route("**/*", guard.route)
        contexts.append(context)
        page = context.new_page()
        guard.watch(page)
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert guard.refused == []
    assert guard.problems == []


@pytest.fixture
def picture(request):
    """Save a picture of a page under a name if the run asks for screenshots."""
    folder = request.config.getoption("--screenshots")

    def save(page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"))

    return save
