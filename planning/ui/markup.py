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


def html_table(rows: Iterable[tuple[str, str]], caption: str, *, text: bool = False) -> str:
    """Return a two-column table; the cells are HTML that has been escaped already.

    ``text`` is for words rather than figures: the second column is wide and flush left.
    """
    body = "".join(f'<tr><th scope="row">{head}</th><td>{cell}</td></tr>' for head, cell in rows)
    look = "planner-facts text" if text else "planner-facts"
    return f'<table class="{look}" aria-label="{escape(caption)}">{body}</table>'
