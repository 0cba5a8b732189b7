"""Run ``planning export`` beside the app: in a process of its own, with progress, to be stopped at any time.

Nothing here knows Streamlit.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from planning.rota.record import RECORD as WEEK
from planning.scenarios.document import document_bytes
from planning.scenarios.reading import checked_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planning.scenarios.snapshot import Snapshot
    from planning.ui.jobs import Job

_POLL_S = 0.2
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_COMMAND = (sys.executable, "-P", "-m", "planning.cli", "export")


@dataclass(frozen=True, eq=False)
class Exported:
    """What came of an export.

    Parameters
    ----------
    archive
        The ZIP, which is there until this value is forgotten; ``None`` where there is none.
    error
        Why there is none, for people; empty where it was stopped.
    """

    archive: Path | None
    error: str = ""


def export_work(
    snapshot: Snapshot, arguments: Sequence[str], *, week: bytes = b"", command: Sequence[str] = _COMMAND
) -> Callable[[Job[Exported]], Exported]:
    """Return the work of a job that writes everything of a scenario into a ZIP.

    Parameters
    ----------
    snapshot
        The scenario, plan included.
    arguments
        Further arguments of the command: area, formats, paper, language, date.
    week
        The file of the weekly plan; empty where there is none.
    command
        The command itself.
    """
    document = document_bytes(checked_document(snapshot))

    def work(job: Job[Exported]) -> Exported:
        folder = Path(tempfile.mkdtemp(prefix="planning-export-"))
        scenario, out = folder / "scenario.json", folder / "export"
        try:
            scenario.write_bytes(document)
            line = [*command, *arguments, "--scenario", str(scenario), "--follow", "--out", str(out)]
            if week:
                (folder / WEEK).write_bytes(week)
                line += ["--week", str(folder / WEEK)]
            code, told = _run(line, folder / "errors.txt", job)
            if job.over() or code != 0:
                return Exported(None, "" if job.over() else told)
            archive = folder / "export.zip"
            pack(out, archive)
            kept = Path(tempfile.mkdtemp(prefix="planning-export-")) / archive.name
            archive.replace(kept)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        done = Exported(kept)
        weakref.finalize(done, shutil.rmtree, kept.parent, ignore_errors=True)
        return done

    return work


def _run(line: list[str], errors: Path, job: Job[Exported]) -> tuple[int, str]:
    """Run the command to its end or until the job is over; return its code and what it said."""
    with errors.open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=said, text=True)  # noqa: S603 - our own command
        assert process.stdout is not None  # noqa: S101 - asked for above
        reader = threading.Thread(target=_read, args=(process.stdout, job), daemon=True)
        reader.start()
        try:
            while process.poll() is None:
                if job.over():
                    process.terminate()
                try:
                    process.wait(_POLL_S)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            if process.poll() is None:
                process.kill()
        reader.join()
        process.stdout.close()
        said.seek(0)
        return process.returncode, said.read().strip()


def _read(lines: IO[str], job: Job[Exported]) -> None:
    for row in lines:
        try:
            told = json.loads(row)
            job.tell((float(told["share"]), str(told["step"])))
        except (ValueError, KeyError, TypeError):
            continue


def pack(folder: Path, archive: Path) -> None:
    """Write the files of a folder as a ZIP, the same bytes for the same files."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(f"{archive.stem}/{path.name}", _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, path.read_bytes())
