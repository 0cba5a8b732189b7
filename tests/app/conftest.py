"""The app without a browser: every page in every state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

APP = str(Path(__file__).parents[2] / "app.py")


def go(app, page: str):
    """Go to a page by its address; the pages are functions, which ``switch_page`` cannot name."""
    app._page_hash = next(
        page_hash
        for page_hash, info in app._registered_pages.items()
        if info["url_pathname"] == page or (page == "karte" and not info["url_pathname"])
    )
    return app.run()


def put(app, **values) -> None:
    """Change what a session works on, as a page would."""
    app.session_state["work"] = replace(app.session_state["work"], **values)


def open_box(app):
    """Open the popover of the scenario above the page."""
    app.session_state["scenario_box"] = True
    return app.run()


def fields(app):
    """Return the text fields of the page itself, without those in the line above every page."""
    return [field for field in app.text_input if not str(field.key).startswith("scenario_")]


@pytest.fixture
def open_app(monkeypatch):
    from streamlit.testing.v1 import AppTest

    def opened(*, area: Path | None = None, language: str = "de", page: str | None = None):
        monkeypatch.setenv("PLANNING_AREA", str(area) if area else "")
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params["lang"] = language
        app.run()
        if page:
            go(app, page)
        return app

    return opened


@pytest.fixture(scope="session")
def tiny_folder(tiny_area, tmp_path_factory):
    from planning.area import save_area

    folder = tmp_path_factory.mktemp("areas") / "tiny"
    save_area(tiny_area, folder)
    return folder


@pytest.fixture(scope="session")
def empty_folder(tiny_area, tmp_path_factory):
    from planning.area import save_area

    folder = tmp_path_factory.mktemp("areas") / "empty"
    bare = tiny_area.with_tables(sites=tiny_area.sites.iloc[:0], candidates=tiny_area.candidates.iloc[:0])
    save_area(bare, folder)
    return folder


@pytest.fixture(scope="session")
def broken_folder(tiny_folder, tmp_path_factory):
    import shutil

    folder = tmp_path_factory.mktemp("areas") / "broken"
    shutil.copytree(tiny_folder, folder)
    (folder / "cells.parquet").unlink()
    (folder / "sites.csv").write_text("site_id,name\n1,ohne alles\n", encoding="utf-8")
    return folder
