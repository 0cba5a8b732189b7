"""Every page in both languages: with data, without, and with broken data."""

from __future__ import annotations

import pytest

PAGES = ("karte", "szenarien", "daten", "methodik")
LANGUAGES = ("de", "en")


def texts(app) -> str:
    """Everything that is written on the page, in one string."""
    kinds = (app.markdown, app.caption, app.info, app.error, app.warning, app.html)
    return "\n".join(
        str(element.value if hasattr(element, "value") else element.body)
        for kind in kinds
        for element in kind
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_draws_with_dortmund(open_app, page, language):
    app = open_app(language=language, page=page)
    assert not app.exception
    assert not app.error
    assert "Dortmund" in texts(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_draws_without_sites_and_candidates(open_app, empty_folder, page, language):
    app = open_app(area=empty_folder, language=language, page=page)
    assert not app.exception
    if page == "karte":
        hint = {"de": "Noch keine offenen Kandidaten", "en": "No open candidates yet"}[language]
        assert hint in texts(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_broken_area_is_explained(open_app, broken_folder, language):
    app = open_app(area=broken_folder, language=language)
    assert not app.exception
    assert len(app.error) == 1
    assert "cells" in app.error[0].value
    assert "sites" in app.error[0].value


def test_missing_area_is_explained(open_app, tmp_path):
    app = open_app(area=tmp_path / "nowhere")
    assert not app.exception
    assert "nowhere" in app.error[0].value


def test_figures_above_every_page(open_app):
    for page in PAGES:
        app = open_app(page=page)
        written = texts(app)
        assert "1 von 11 bekannt" in written
        assert "11 sind laut Stadt eröffnet" in written


def test_unknown_language_in_the_address_is_ignored(open_app):
    app = open_app(language="xx")
    assert not app.exception
    assert "Standortplanung" in texts(app)


def test_language_switch_keeps_the_settings(open_app):
    app = open_app()
    app.slider(key="weight_transit").set_value(40).run()
    app.button_group(key="language_switch").set_value("en").run()
    assert not app.exception
    assert "Site planning" in texts(app)
    assert app.slider(key="weight_transit").value == 40
    assert app.session_state["work"].scenario.criteria_weights["transit"] == 40


def test_an_address_without_a_language_begins_in_that_of_the_app(monkeypatch, tiny_folder):
    from streamlit.testing.v1 import AppTest

    from tests.app.conftest import APP

    monkeypatch.setenv("PLANNING_AREA", str(tiny_folder))
    monkeypatch.setenv("PLANNING_LANG", "en")
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert app.session_state["language"] == "en"
