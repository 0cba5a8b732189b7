"""Names, figures and pieces of HTML that all parts of a comparison of rooms share."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from planning.area.criteria import criteria_table
from planning.render.labels import room_name
from planning.scoring.comparison import LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planning.i18n import Translator
    from planning.scoring.comparison import Comparison

_LITTLE = 0.01


def called(t: Translator, comparison: Comparison) -> tuple[str, ...]:
    """Return what the rooms are called, in their order; not escaped."""
    return tuple(room_name(t, room.record) for room in comparison.rooms)


def raw_text(t: Translator, criterion: str, raw: float, *, with_unit: bool = True) -> str:
    """Write a raw value, by default with its unit; unknown and out of reach are said in words."""
    row = criteria_table().set_index("id").loc[criterion].to_dict()
    if math.isnan(raw):
        return t("ui.answer.unknown")
    if math.isinf(raw):
        return t("compare.out_of_reach")
    if row["unit"] == "yes_no":
        return t("ui.answer.yes") if raw > 0 else t("ui.answer.no")
    digits = int(row["digits"])
    one = f"criteria.{criterion}.unit_one"
    unit = one if round(raw, digits) == 1 and t.has(one) else f"criteria.{criterion}.unit"
    return t.number(raw, digits, t(unit)) if with_unit else t.number(raw, digits)


def raw_pair(t: Translator, criterion: str, more: float, less: float) -> str:
    """Write two raw values against each other, their unit once."""
    first = raw_text(t, criterion, more, with_unit=not (math.isfinite(more) and math.isfinite(less)))
    return t("compare.say.against_each_other", more=first, less=raw_text(t, criterion, less))


def shown_difference(a: float, b: float, digits: int = 1) -> float:
    """Return ``a - b`` of the figures as they are shown, so that whoever subtracts them finds the same.

    >>> shown_difference(71.25, 70.04)
    1.2
    """
    return round(round(a, digits) - round(b, digits), digits)


def signed(t: Translator, value: float, digits: int = 1) -> str:
    """Write a difference with its sign, a true minus included; nothing that shows is ±0."""
    rounded = round(value, digits)
    if rounded == 0:
        return "±0"
    return ("+" if rounded > 0 else "−") + t.number(abs(rounded), digits)


def chance_text(t: Translator, share: float) -> str:
    """Write a share of draws in whole percent; what is neither never nor always does not read so.

    >>> from planning.i18n import Translator
    >>> [chance_text(Translator("en"), share) for share in (0.0, 0.004, 0.834, 0.9999, 1.0)]
    ['0%', 'less than 1%', '83%', 'more than 99%', '100%']
    """
    if 0 < share < _LITTLE:
        return t("compare.less_than", share=t.share(_LITTLE))
    if 1 - _LITTLE < share < 1:
        return t("compare.more_than", share=t.share(1 - _LITTLE))
    return t.share(share)


def tag(name: str, content: str, look: str = "", **attributes: str) -> str:
    """Return an element; its content is HTML already, attributes are escaped here."""
    extra = "".join(f' {key.replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    look = f' class="{look}"' if look else ""
    return f"<{name}{look}{extra}>{content}</{name}>"


def letter_tag(place: int) -> str:
    """Return the sign of a room, as on its map."""
    return f'<b class="cmp-letter">{LETTERS[place]}</b>'


def room_heads(t: Translator, comparison: Comparison) -> list[str]:
    """Return letter and name of each room for the head of a column, escaped."""
    return [
        f"{letter_tag(place)} <span>{escape(name)}</span>" for place, name in enumerate(called(t, comparison))
    ]


def grid(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[tuple[str, Sequence[str]]],
    *,
    corner: str = "",
    look: str = "",
    last: int = 0,
) -> str:
    """Return a table in a box of its own that scrolls sideways where there is no room for it.

    Parameters
    ----------
    caption
        Name of the table, a text.
    heads
        Head of each column but the first, HTML.
    rows
        Head of the row and its cells, HTML.
    corner
        Head of the first column, HTML.
    last
        So many rows at the end are set off as sums.
    """
    listed = list(rows)
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    body = ""
    for place, (head, cells) in enumerate(listed):
        sums = ' class="cmp-sum"' if place >= len(listed) - last else ""
        filled = "".join(f"<td>{cell}</td>" for cell in cells)
        body += f'<tr{sums}><th scope="row">{head}</th>{filled}</tr>'
    first = f'<th scope="col">{corner}</th>' if corner else "<td></td>"
    table = f"<table><thead><tr>{first}{columns}</tr></thead><tbody>{body}</tbody></table>"
    label = escape(caption)
    classes = f"cmp cmp-grid cmp-{len(heads)} {look}".strip()
    return f'<div class="{classes}" role="region" tabindex="0" aria-label="{label}">{table}</div>'


def listed(t: Translator, texts: Sequence[str]) -> str:
    """Return texts as a list in a sentence; empty if there are none."""
    if not texts:
        return ""
    *first, last = texts
    return t("compare.and", first=", ".join(first), last=last) if first else last
