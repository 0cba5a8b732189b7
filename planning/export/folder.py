"""A folder with everything that leaves the planner: all of it is written, or nothing."""

from __future__ import annotations

import math
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from pyogrio.errors import DataLayerError, DataSourceError

from planning.errors import OutputError, PlanningError
from planning.export.about import about as describe
from planning.export.choice import WEEK
from planning.export.manifest import MANIFEST, SCENARIO, manifest, read_manifest
from planning.export.plan import RECORD as PLAN
from planning.export.plan import check_folder, json_bytes, plan_record
from planning.rota.record import read_slots
from planning.scenarios.document import document_bytes
from planning.scenarios.reading import checked_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from planning.export.about import About
    from planning.export.choice import Choice
    from planning.export.files import Progress
    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.render.sheets import Sheet
    from planning.scenarios.snapshot import Snapshot

COSTS = {
    "maps": 30.0,
    "pictures": 20.0,
    "report": 25.0,
    "gpkg": 6.0,
    "geojson": 1.0,
    "xlsx": 3.0,
    "csv": 1.0,
    "html": 2.0,
}
"""About how many seconds each step takes, for the share that is done."""
_AT_ONCE = 2
_STEPS = {"pdf": ("maps", "report"), "png": ("pictures",)}


@dataclass(frozen=True, eq=False)
class _Making:
    """What the makers of files share."""

    folder: Path
    findings: Findings
    about: About
    choice: Choice
    t: Translator
    tell: Callable[[float], None]

    def write(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)

    def name(self, what: str) -> str:
        return f"{self.findings.area.id}-{self.t(f'export.file.{what}')}"


def steps_of(choice: Choice) -> tuple[str, ...]:
    """Return the steps that a choice takes, in order."""
    return tuple(step for form in choice.formats for step in _STEPS.get(form, (form,)))


def write_folder(
    folder: Path,
    findings: Findings,
    snapshot: Snapshot,
    choice: Choice,
    t: Translator,
    *,
    progress: Progress | None = None,
) -> dict[str, object]:
    """Write everything that was chosen into a folder, which is made if it is not there.

    Files of an earlier export in the same folder are replaced, other files stay. If anything goes wrong, the
    folder is as it was.

    Parameters
    ----------
    findings
        Of the scenario ``snapshot``, which is written, too.
    progress
        Called with the share that is done (0-1) and the name of the step.

    Returns
    -------
    dict
        The manifest of the folder.

    Raises
    ------
    OutputError
        The folder cannot be written to, or the disk is full.
    """
    check_folder(folder)
    tell = progress or (lambda _share, _step: None)
    if choice.week:
        findings = replace(findings, slots=read_slots(choice.week))
    with _scratch(folder) as scratch:
        _make(scratch, findings, choice, t, tell)
        (scratch / SCENARIO).write_bytes(document_bytes(checked_document(snapshot)))
        if findings.plan is not None:
            plan = replace(findings.plan, seconds=math.nan)  # the only figure that no second run repeats
            record = plan_record(findings.area, plan, findings.effect, findings.evaluation, t, findings.date)
            (scratch / PLAN).write_bytes(json_bytes(record))
        if choice.week:
            (scratch / WEEK).write_bytes(choice.week)
        tell(0.99, "manifest")
        files = {path.name: path for path in sorted(scratch.iterdir())}
        made = manifest(findings, snapshot, choice, t, files)
        (scratch / MANIFEST).write_bytes(json_bytes(made))
        _put(scratch, folder)
    tell(1.0, "manifest")
    return made


def _make(scratch: Path, findings: Findings, choice: Choice, t: Translator, tell: Progress) -> None:
    about = describe(findings.area, findings.evaluation, findings.scenario, t, findings.date, drawn=True)
    steps = steps_of(choice)
    whole, done = sum(COSTS[step] for step in steps), 0.0
    sheets: list[Sheet] = []
    for step in steps:
        before, cost = done, COSTS[step]

        def told(share: float, step: str = step, before: float = before, cost: float = cost) -> None:
            tell(0.98 * (before + share * cost) / whole, step)

        told(0.0)
        making = _Making(scratch, findings, about, choice, t, told)
        if step in {"maps", "pictures"} and not sheets:
            sheets = _sheets(making, 1.0 if step == "maps" else 0.5)
        if step == "maps":
            _write_maps(making, sheets)
        elif step == "pictures":
            _write_pictures(making, sheets)
        else:
            _MAKERS[step](making)
        done += cost


def _sheets(making: _Making, part: float) -> list[Sheet]:
    """Draw the map of the city, one of each borough and the maps that were asked for."""
    from planning.render import sheets as drawn

    findings, t, choice = making.findings, making.t, making.choice
    paper = drawn.Paper(choice.paper, choice.orientation == "landscape")  # type: ignore[arg-type]
    boroughs = list(findings.area.level("borough").index)
    makers: list[Callable[[], Sheet]] = []
    if findings.plan is not None:
        makers.append(lambda: drawn.city_sheet(findings, t, paper))
    makers.append(lambda: drawn.ranking_sheet(findings, t, paper))
    makers += [lambda key=key: drawn.borough_sheet(findings, t, paper, key) for key in boroughs]  # type: ignore[misc]
    makers += [
        lambda pair=pair: drawn.indicator_sheet(findings, t, paper, *pair)  # type: ignore[misc]
        for pair in choice.indicators
    ]
    made = []
    for number, maker in enumerate(makers):
        made.append(maker())
        making.tell(part * 0.9 * (number + 1) / len(makers))
    return made


def _write_maps(making: _Making, sheets: list[Sheet]) -> None:
    from planning.render.sheets import sheets_pdf

    making.write(
        f"{making.name('maps')}.pdf", sheets_pdf(making.findings, sheets, making.t, making.about.title)
    )


def _write_pictures(making: _Making, sheets: list[Sheet]) -> None:
    """Write each sheet as a picture, two at a time: most of the work needs no interpreter."""
    from planning.render.sheets import sheet_png

    def write(sheet: Sheet) -> None:
        making.write(f"{making.name('map')}-{sheet.key}.png", sheet_png(making.findings, sheet, making.t))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for number, _ in enumerate(pool.map(write, sheets), start=1):
            making.tell(0.5 + 0.5 * number / len(sheets))


def _write_report(making: _Making) -> None:
    from planning.render.report import documents

    def shown(done: int, total: int) -> None:
        making.tell(done / max(total, 1))

    report, fact_sheets = documents(making.findings, making.t, progress=shown)
    making.write(f"{making.name('report')}.pdf", report)
    for number, content in enumerate(fact_sheets.values(), start=1):
        making.write(f"{making.name('fact_sheet')}-{number:02d}.pdf", content)


def _write_package(making: _Making) -> None:
    from planning.export.layers import write_package

    path = making.folder / f"{making.name('layers')}.gpkg"
    write_package(
        path, making.findings, making.t, making.about, progress=lambda share, _step: making.tell(share)
    )


def _write_geojson(making: _Making) -> None:
    from planning.export.layers import geojson_files

    for name, content in geojson_files(making.findings, making.t, making.about).items():
        making.write(name, content)


def _write_workbook(making: _Making) -> None:
    from planning.export.workbook import workbook_bytes

    content = workbook_bytes(making.findings, making.t, making.about)
    making.write(f"{making.name('tables')}.xlsx", content)


def _write_csv(making: _Making) -> None:
    from planning.export.tables import csv_files

    for name, content in csv_files(making.findings, making.t, making.about).items():
        making.write(name, content)


def _write_page(making: _Making) -> None:
    from planning.export.page import plan_page_bytes

    content = plan_page_bytes(making.findings, making.t, making.about)
    making.write(f"{making.name('page')}.html", content)


_MAKERS: dict[str, Callable[[_Making], None]] = {
    "report": _write_report,
    "gpkg": _write_package,
    "geojson": _write_geojson,
    "xlsx": _write_workbook,
    "csv": _write_csv,
    "html": _write_page,
}


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside or, if it is there, inside a folder; it is gone in the end."""
    scratch = (folder if folder.is_dir() else folder.absolute().parent) / f".planning-{uuid4().hex}"
    try:
        scratch.mkdir()
        yield scratch
    except (OSError, sqlite3.Error, DataSourceError, DataLayerError) as error:
        if isinstance(error, PlanningError):
            raise
        reason = getattr(error, "strerror", None) or str(error).replace(str(scratch), str(folder))
        raise OutputError("output_not_written", path=str(folder), reason=reason) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _put(scratch: Path, folder: Path) -> None:
    """Put finished files in place; what an earlier export left and this one does not make goes."""
    if not folder.exists():
        scratch.rename(folder)
        return
    names = [path.name for path in scratch.iterdir()]
    for name in names:
        if (folder / name).is_dir():
            raise OutputError("output_is_folder", path=str(folder / name))
    stale = _earlier(folder) - {*names}
    kept, placed = scratch / ".earlier", list[str]()
    kept.mkdir()
    try:
        for name in sorted({*names, *stale}):
            if (folder / name).exists():
                (folder / name).replace(kept / name)
        for name in names:
            (scratch / name).replace(folder / name)
            placed.append(name)
    except BaseException:  # also where somebody ends it
        for name in placed:
            (folder / name).unlink()
        for path in kept.iterdir():
            path.replace(folder / path.name)
        raise


def _earlier(folder: Path) -> set[str]:
    """Return the files of an earlier export in a folder, as its manifest names them."""
    with suppress(PlanningError):
        return {
            name
            for name in (str(one["name"]) for one in read_manifest(folder / MANIFEST)["files"])
            if (folder / name).parent == folder and (folder / name).is_file()
        }
    return set()
