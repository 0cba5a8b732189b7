"""Page setup, language and navigation."""

from __future__ import annotations

from importlib.resources import files

import streamlit as st

from planning.errors import PlanningError
from planning.i18n import explain
from planning.ui import cache, drafts, keeping, state
from planning.ui.areas import area_path
from planning.ui.components.header import draw_header
from planning.ui.components.plan_run import take_up
from planning.ui.pages import compare, data, export, map, method, plan, rota, scenarios  # noqa: A004
from planning.ui.theme import apply_style


def run() -> None:
    """Draw the whole app once; Streamlit calls this on every interaction."""
    t = state.translator()
    # a named icon would be fetched from a font service; so would icons of pages, as the tab's picture
    icon = str(files("planning.ui").joinpath("assets", "icon.png"))
    st.set_page_config(page_title=t("ui.title"), page_icon=icon, layout="wide")
    apply_style(t)
    pages = [
        st.Page(map.draw, title=t("ui.page.map"), url_path="karte", default=True),
        st.Page(plan.draw, title=t("ui.page.plan"), url_path="plan"),
        st.Page(compare.draw, title=t("ui.page.compare"), url_path="vergleich"),
        st.Page(rota.draw, title=t("ui.page.rota"), url_path="wochenplan"),
        st.Page(export.draw, title=t("ui.page.export"), url_path="export"),
        st.Page(scenarios.draw, title=t("ui.page.scenarios"), url_path="szenarien"),
        st.Page(data.draw, title=t("ui.page.data"), url_path="daten"),
        st.Page(method.draw, title=t("ui.page.method"), url_path="methodik"),
    ]
    page = st.navigation(pages, position="top")
    try:
        area = cache.original_area(area_path())
    except PlanningError as error:
        st.error("\n\n".join(explain(error, t)))
        st.stop()
    drafts.restore()
    keeping.take_note()
    if st.session_state.get("page_shown") != page.url_path:
        st.session_state["page_shown"] = page.url_path
        keeping.forget_old_trouble()
    # what has just been computed counts for the line above the page, too
    take_up()
    # a reload may come before the page is drawn to its end
    drafts.hold()
    ready = cache.is_measured(area_path())
    draw_header(t, ready=ready)
    page.run()
    if drafts.remember():
        st.rerun()
    if not ready:
        # what needs no walking distances is on the screen by now; the rest follows in a second run
        cache.distances(area, state.scenario())
        st.rerun()
