"""Data-borne text made safe for Markdown and HTML."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|$~<>:-])")


def plain(text: str) -> str:
    """Escape a data-borne text so that Markdown shows it letter by letter."""
    return _MARKDOWN.sub(r"\\\1", text)


def html_table(rows: Iterable[tuple[str, str]], caption: str) -> str:
    """Return a two-column table; the cells are HTML that has been escaped already."""
    body = "".join(f'<tr><th scope="row">{head}</th><td>{cell}</td></tr>' for head, cell in rows)
    return f'<table class="planner-facts" aria-label="{escape(caption)}">{body}</table>'
