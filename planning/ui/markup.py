"""Data-borne text made safe for Markdown and HTML."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ADDRESS = re.compile(r"(www(?=\.)|[^@](?=@))", re.IGNORECASE)
_JOINER = "\u2060"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|$~<>:-])")


def plain(text: str) -> str:
    """Escape a data-borne text so that Markdown shows it letter by letter.

    An invisible joiner in web and mail addresses keeps them from becoming links.
    """
    return _ADDRESS.sub(f"\\1{_JOINER}", _MARKDOWN.sub(r"\\\1", text))


def html_table(rows: Iterable[tuple[str, str]], caption: str, *, text: bool = False) -> str:
    """Return a two-column table; the cells are HTML that has been escaped already.

    ``text`` is for words rather than figures: the second column is wide and flush left.
    """
    body = "".join(f'<tr><th scope="row">{head}</th><td>{cell}</td></tr>' for head, cell in rows)
    look = "planner-facts text" if text else "planner-facts"
    return f'<table class="{look}" aria-label="{escape(caption)}">{body}</table>'


def html_list(lines: Iterable[str]) -> str:
    """Return a list of texts that are not HTML yet."""
    return '<ul class="planner-list">' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def html_grid(
    heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str, *, first: str = "40%"
) -> str:
    """Return a table with a heading for each column; the first column, so wide, names the row.

    The texts are not HTML yet.
    """
    style = f' style="width: {first}"'
    head = "".join(
        f'<th scope="col"{style if place == 0 else ""}>{escape(one)}</th>' for place, one in enumerate(heads)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(one)}</td>" for one in cells)
        + "</tr>"
        for name, *cells in rows
    )
    label = escape(caption)
    return f'<table class="planner-facts planner-grid" aria-label="{label}"><tr>{head}</tr>{body}</table>'
