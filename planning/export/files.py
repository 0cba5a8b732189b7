"""Write a file as a whole or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from planning.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a name beside ``path`` to write to; what stands there in the end replaces ``path`` in one step.

    If writing fails, ``path`` stays as it was and nothing is left behind.

    Raises
    ------
    OutputError
        The folder does not exist or cannot be written to, or the disk is full.
    """
    if not path.parent.is_dir():
        raise OutputError("output_folder", path=str(path.parent))
    part = path.with_name(f".{path.stem}-{uuid4().hex[:8]}{path.suffix}")
    try:
        yield part
        part.replace(path)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(
            "output_not_written", path=str(path), reason=error.strerror or str(error)
        ) from error
    finally:
        for left in path.parent.glob(f"{part.name}*"):
            left.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one step and see that it reaches the disk (see :func:`replacing`)."""
    with replacing(path) as part, part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
