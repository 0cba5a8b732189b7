"""Take everything along from the page *Export*, in a real browser with the network shut."""

from __future__ import annotations

import zipfile

import pytest

from planning.i18n import LANGUAGES, Translator
from planning.model import EXPORT_FORMATS
from tests.fixtures.browser import idle, save_as

pytestmark = pytest.mark.browser

SIZES = [(1280, 800), (390, 844)]
WANTED = {"csv", "html"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_the_archive_is_made_with_progress_and_saved(planner, open_page, picture, tmp_path, language, size):
    t, at = Translator(language), "" if size == SIZES[0] else "-narrow"
    page = open_page(f"{planner}/export?lang={language}", width=size[0], height=size[1])
    make = page.get_by_role("button", name=t("output.make"))
    make.wait_for()
    idle(page)
    page.get_by_role("checkbox", name=t("output.format.csv"), exact=True).wait_for(state="attached")
    page.wait_for_timeout(800)
    picture(page, f"export{at}-{language}")
    wide = page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth + 1")
    assert wide
    for name in EXPORT_FORMATS:
        box = page.get_by_role("checkbox", name=t(f"output.format.{name}"), exact=True)
        if box.is_checked() != (name in WANTED):
            page.locator("label").filter(has_text=t(f"output.format.{name}")).first.click()
            row = page.get_by_role(
                "rowheader", name=t(f"output.part.{'maps' if name == 'pdf' else name}"), exact=True
            )
            row.wait_for(state="visible" if name in WANTED else "hidden")
            idle(page)
    make.click()
    page.get_by_role("button", name=t("output.cancel")).wait_for()
    picture(page, f"export-running{at}-{language}")
    path = save_as(page, page.get_by_role("button", name=t("output.download")), tmp_path / "export.zip")
    with zipfile.ZipFile(path) as archive:
        suffixes = {name.rpartition(".")[2] for name in archive.namelist()}
    assert suffixes == {"csv", "html", "json"}
    picture(page, f"export-done{at}-{language}")
