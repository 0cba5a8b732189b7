"""Write files as a whole or not at all."""

from __future__ import annotations

import glob
import os
import shutil
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from planning.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Progress = Callable[[float, str], None]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a name beside ``path`` to write to; what stands there in the end replaces ``path`` in one step.

    If writing fails, ``path`` stays as it was and nothing is left behind.

    Raises
    ------
    OutputError
        The folder does not exist or cannot be written to, ``path`` is a folder, or the disk is full.
    """
    with _scratch(path) as part, _told(path, part):
        yield part
        part.replace(path)


@contextmanager
def _scratch(path: Path) -> Iterator[Path]:
    """Give a free name beside ``path``; whatever still stands there in the end is removed."""
    if not path.parent.is_dir():
        raise OutputError("output_folder", path=str(path.parent))
    if path.is_dir():
        raise OutputError("output_is_folder", path=str(path))
    part = path.with_name(f".planning-{uuid4().hex}{path.suffix}")
    try:
        yield part
    finally:
        for left in path.parent.glob(f"{glob.escape(part.name)}*"):
            left.unlink(missing_ok=True)


@contextmanager
def _told(path: Path, part: Path) -> Iterator[None]:
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise not_written(error, path, part) from error


def not_written(error: Exception, path: Path, part: Path) -> OutputError:
    """Return the error that says why ``path`` was not written, also where the reason names ``part``."""
    reason = getattr(error, "strerror", None) or str(error).replace(str(part), str(path))
    return OutputError("output_not_written", path=str(path), reason=reason.replace(part.name, path.name))


def _fill(part: Path, content: bytes) -> None:
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one step and see that it reaches the disk (see :func:`replacing`)."""
    write_together({path: content})


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write files that belong together; they are put in place in the order given.

    If writing fails, all of them stay as they were and nothing is left behind.

    Raises
    ------
    OutputError
        As :func:`replacing` does.
    """
    with ExitStack() as stack:
        parts = {path: stack.enter_context(_scratch(path)) for path in contents}
        kept = {path: stack.enter_context(_scratch(path)) for path in [*parts][:-1] if path.exists()}
        for path, part in parts.items():
            with _told(path, part):
                _fill(part, contents[path])
                if path in kept:
                    shutil.copy2(path, kept[path])
        placed: list[Path] = []
        try:
            for path, part in parts.items():
                with _told(path, part):
                    part.replace(path)
                placed.append(path)
        except OutputError:
            _undo(placed, kept)
            raise


def _undo(placed: list[Path], kept: Mapping[Path, Path]) -> None:
    for path in placed:
        if path in kept:
            kept[path].replace(path)
        else:
            path.unlink()
