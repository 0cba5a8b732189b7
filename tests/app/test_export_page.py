"""The page *Export*: choice, preview, progress, cancel, and what comes out."""

from __future__ import annotations

import gc
import sys
import time
import zipfile

import pytest

from planning.scenarios.work import Work, capture
from planning.ui import export_run
from planning.ui.export_run import export_work
from planning.ui.jobs import Job
from tests.app.test_pages import texts

STUB = """
import json, pathlib, sys, time
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
print(json.dumps({"share": 0.5, "step": "maps"}), flush=True)
print("no progress", flush=True)
{deed}
out.mkdir()
(out / "b.txt").write_text("b"); (out / "a.txt").write_text("a")
"""


def command(tmp_path, deed=""):
    path = tmp_path / "stub.py"
    path.write_text(STUB.replace("{deed}", deed), encoding="utf-8")
    return (sys.executable, str(path))


def ended(job):
    while job.running:
        time.sleep(0.02)
    return job.outcome()


@pytest.fixture
def snapshot(tiny_area):
    return capture(Work(tiny_area), tiny_area)


def test_the_archive_holds_the_files_in_order_and_is_the_same_twice(tmp_path, snapshot):
    job = Job("export", export_work(snapshot, [], command=command(tmp_path))).start()
    done = ended(job)
    assert job.state == (0.5, "maps")
    with zipfile.ZipFile(done.archive) as archive:
        assert archive.namelist() == ["export/a.txt", "export/b.txt"]
    again = ended(Job("export", export_work(snapshot, [], command=command(tmp_path))).start())
    assert again.archive.read_bytes() == done.archive.read_bytes()
    folder = done.archive.parent
    del done, job
    gc.collect()
    assert not folder.exists()


def test_what_the_command_says_is_told(tmp_path, snapshot):
    deed = "sys.stderr.write('Platte voll'); sys.exit(3)"
    done = ended(Job("export", export_work(snapshot, [], command=command(tmp_path, deed))).start())
    assert done.archive is None
    assert done.error == "Platte voll"


def test_a_stopped_export_ends_at_once(tmp_path, snapshot):
    job = Job("export", export_work(snapshot, [], command=command(tmp_path, "time.sleep(60)"))).start()
    while job.state is None:
        time.sleep(0.02)
    began = time.monotonic()
    job.stop()
    assert ended(job).archive is None
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("language", ["de", "en"])
def test_without_a_plan_the_page_says_what_comes_out(open_app, language):
    app = open_app(language=language, page="export")
    assert not app.exception
    assert {"de": "Noch kein Plan", "en": "No plan yet"}[language] in texts(app)
    assert {"de": "13 Seiten A4", "en": "13 pages A4"}[language] in texts(app)


def test_the_first_map_can_be_seen(open_app, tiny_folder):
    app = open_app(area=tiny_folder, page="export")
    assert not app.get("image")
    app.toggle(key="export_sample").set_value(True).run()
    assert not app.exception
    assert app.get("image")
    app.segmented_control(key="export_orientation").set_value("portrait").run()
    assert not app.exception
    app.checkbox(key="export_pdf").set_value(False).run()
    assert not app.get("image")


def test_without_a_format_there_is_nothing_to_make(open_app):
    app = open_app(page="export")
    for box in [one for one in app.checkbox if str(one.key).startswith("export_")]:
        box.uncheck()
    app.run()
    assert app.button(key="export_make").disabled


def test_an_empty_area_is_drawn(open_app, empty_folder):
    app = open_app(area=empty_folder, page="export")
    assert not app.exception


def waited(app):
    for _ in range(400):
        if "export_job" not in app.session_state or not app.session_state["export_job"].running:
            return app.run()
        time.sleep(0.1)
    raise AssertionError("the export does not end")


def test_the_export_of_an_area_comes_as_one_file(open_app, tiny_folder):
    app = open_app(area=tiny_folder, page="export")
    for name in ("pdf", "gpkg", "xlsx", "html"):
        app.checkbox(key=f"export_{name}").uncheck()
    app.run()
    app.button(key="export_make").click().run()
    app = waited(app)
    assert not app.exception
    exported, stopped = app.session_state["export_done"]
    assert not stopped
    with zipfile.ZipFile(exported.archive) as archive:
        assert {"export/manifest.json", "export/candidates.csv", "export/candidates.geojson"} <= {
            *archive.namelist()
        }
    assert "MB" in app.success[0].value


def test_a_fault_is_told_on_the_page(open_app, tiny_folder, tmp_path, monkeypatch):
    deed = "sys.stderr.write('Platte <b>voll</b>'); sys.exit(3)"
    usual = export_run.export_work
    stub = command(tmp_path, deed)
    monkeypatch.setattr(
        "planning.ui.components.export_progress.export_work",
        lambda snapshot, arguments, **_: usual(snapshot, arguments, command=stub),
    )
    app = open_app(area=tiny_folder, page="export")
    app.button(key="export_make").click().run()
    app = waited(app)
    assert "Platte" in app.error[0].value


def test_a_cancelled_export_leaves_nothing(open_app, tiny_folder, tmp_path, monkeypatch):
    usual = export_run.export_work
    stub = command(tmp_path, "time.sleep(60)")
    monkeypatch.setattr(
        "planning.ui.components.export_progress.export_work",
        lambda snapshot, arguments, **_: usual(snapshot, arguments, command=stub),
    )
    app = open_app(area=tiny_folder, page="export")
    app.button(key="export_make").click().run()
    app.session_state["export_job"].stop()
    app = waited(app)
    assert "Abgebrochen" in texts(app)
