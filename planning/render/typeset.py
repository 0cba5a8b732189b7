"""Typeset documents: a template of ours, plain values and drawings in; tagged PDF or PNG out."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl

if TYPE_CHECKING:
    from collections.abc import Mapping

FONT = "DejaVu Sans"
PNG_DPI = 300
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,80}")
# in a process of its own: the compiler keeps what it has parsed, up to gigabytes, as long as it lives
_CHILD = "import json, sys, typst; typst.compile(**json.load(sys.stdin))"
_DATA, _TEMPLATE = "data.json", ".typ"


def fonts_folder() -> str:
    """Return where the fonts of documents and drawings lie; they come with matplotlib."""
    return str(Path(mpl.get_data_path()) / "fonts" / "ttf")


def pdf(template: str, data: Mapping[str, Any], drawings: Mapping[str, bytes]) -> bytes:
    """Typeset a document as tagged PDF (PDF/UA-1): fonts embedded, text selectable, headings as bookmarks.

    The same input gives the same bytes: the only clock in the file is the date that the template sets.

    Parameters
    ----------
    template
        Name of a file ``<template>.typ`` in ``planning/render/documents``; it reads ``data.json`` and may
        import ``shared.typ``.
    data
        Plain values. Texts in it are set letter by letter: nothing in them can be markup.
    drawings
        SVG files by name, as the template names them.
    """
    return _compile(template, data, drawings, "pdf")[0]


def png(
    template: str, data: Mapping[str, Any], drawings: Mapping[str, bytes], dpi: float = PNG_DPI
) -> list[bytes]:
    """Typeset a document as one PNG a page; parameters as for :func:`pdf`."""
    return _compile(template, data, drawings, "png", dpi)


def file_key(text: str) -> str:
    """Return a name that is safe as part of a file's name: the text itself, or a digest of any other."""
    if _PLAIN.fullmatch(text):
        return text
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _compile(
    template: str,
    data: Mapping[str, Any],
    drawings: Mapping[str, bytes],
    form: Literal["pdf", "png"],
    dpi: float = PNG_DPI,
) -> list[bytes]:
    own = files("planning.render.documents")
    with tempfile.TemporaryDirectory(prefix="planning-") as name:
        folder = Path(name)
        for source in own.iterdir():
            if source.name.endswith(_TEMPLATE):
                (folder / source.name).write_bytes(source.read_bytes())
        (folder / _DATA).write_text(json.dumps(data, ensure_ascii=False, allow_nan=False), encoding="utf-8")
        for file, content in drawings.items():
            if Path(file).name != file:
                raise ValueError(file)
            (folder / file).write_bytes(content)
        options = {"pdf_standards": ["ua-1"]} if form == "pdf" else {"ppi": dpi}
        task = {
            "input": str(folder / f"{template}{_TEMPLATE}"),
            "output": str(folder / f"page-{{0p}}.{form}" if form == "png" else folder / "made.pdf"),
            "root": str(folder),
            "font_paths": [fonts_folder()],
            "ignore_system_fonts": True,
            "format": form,
            **options,
        }
        run = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-I", "-c", _CHILD],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            raise RuntimeError(run.stderr.strip())
        return [path.read_bytes() for path in sorted(folder.glob(f"*.{form}"))]
