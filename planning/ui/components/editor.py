"""A table to edit whose unsaved changes outlive a change of language, page or the table itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pandas as pd
import streamlit as st

from planning.area import check_candidates, check_sites, venue_kinds
from planning.errors import PlanningError
from planning.model import SITE_KINDS
from planning.render.labels import district_names, text_of
from planning.ui import work
from planning.ui.components.faults import draw_error

if TYPE_CHECKING:
    import geopandas as gpd

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.ui.components.add_place import Kind

Table = TypeVar("Table", bound=pd.DataFrame)

IDS: dict[Kind, str] = {"sites": "site_id", "candidates": "candidate_id"}
_DISTRICTS = ("borough", "quarter")
_FIRST = ("name", "kind", "status", "address", *_DISTRICTS)
_WIDTHS: dict[str, int | Literal["small", "medium", "large"]] = {
    "name": 240,
    "kind": 230,
    "status": 125,
    "address": 190,
    "borough": 150,
    "quarter": 170,
    "source": "large",
    "note": "large",
}
_NUMBERS = {"x": "%.1f", "y": "%.1f", "room_m2": "%.0f", "cost_eur_month": "%.2f", "accuracy_m": "%.0f"}
_CHOICES = ("step_free", "kitchen")


@dataclass(frozen=True, eq=False)
class Draft:
    """What a person is doing to a table.

    ``digest`` is of the table as it stands, ``shown`` the table as drawn, ``base`` what the widget was given
    and ``edited`` what it gave back last; a new ``number`` makes a new widget without edits of its own.
    """

    digest: str
    language: str
    number: int
    shown: pd.DataFrame
    base: pd.DataFrame
    edited: pd.DataFrame


def table_of(area: StudyArea, kind: Kind) -> gpd.GeoDataFrame:
    """Return the area's table of that kind."""
    return area.sites if kind == "sites" else area.candidates


def check(area: StudyArea, kind: Kind, frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Check a whole table; raises with every fault."""
    return check_sites(frame, area) if kind == "sites" else check_candidates(frame, area)


def take_over(area: StudyArea, kind: Kind, table: gpd.GeoDataFrame, action: str) -> None:
    """Make a checked table the current one."""
    if kind == "sites":
        work.change_tables(area, action, sites=table)
    else:
        work.change_tables(area, action, candidates=table)


def digest_of(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of a table's columns and values in their order; the index does not count."""
    values = pd.DataFrame(frame.drop(columns="geometry", errors="ignore")).astype("str").fillna("")
    rows = pd.util.hash_pandas_object(values, index=False).to_numpy().tobytes()
    return hashlib.sha256("|".join(values.columns).encode() + rows).hexdigest()


def names_of(frame: pd.DataFrame) -> dict[int, str]:
    """Return what is in each row, counted from 1: its name or else its address."""
    pairs = zip(frame["name"], frame["address"], strict=True)
    return {row: text_of(name) or text_of(address) for row, (name, address) in enumerate(pairs, 1)}


def shown_table(area: StudyArea, kind: Kind) -> pd.DataFrame:
    """Return the table as it is drawn: districts by name, sorted by district and name."""
    table = pd.DataFrame(table_of(area, kind).drop(columns="geometry"))
    named = {level: table[level].map(district_names(area, level)).astype("str") for level in _DISTRICTS}
    table = table.assign(**named)
    rest = [column for column in table.columns if column not in (*_FIRST, IDS[kind])]
    order = [*_DISTRICTS, "name", IDS[kind]]
    ordered = table.sort_values(order, key=lambda values: values.str.casefold(), ignore_index=True)
    return ordered[[IDS[kind], *_FIRST, *rest]]


def carry_over(before: pd.DataFrame, edited: pd.DataFrame, after: pd.DataFrame, key: str) -> pd.DataFrame:
    """Make the changes from ``before`` to ``edited`` on another state of the table, by id and cell."""
    old, draft, new = (frame.set_index(key) for frame in (before, edited, after))
    own = draft[draft.index.isna() | ~draft.index.isin(old.index)]
    gone = old.index.difference(draft.index)
    new = new.drop(index=new.index.intersection(gone))
    common = new.index.intersection(old.index).intersection(draft.index)
    for column in new.columns:
        was, now = old.loc[common, column], draft.loc[common, column]
        differs = was.astype("str").fillna("") != now.astype("str").fillna("")
        new.loc[common[differs.to_numpy()], column] = now[differs]
    own = own[~own.index.isin(new.index)]
    return pd.concat([new, own]).reset_index()[list(after.columns)] if len(own) else new.reset_index()


def _draft(t: Translator, area: StudyArea, kind: Kind) -> Draft:
    """Return the draft to draw: the one at hand, or one moved to what changed around it."""
    digest = digest_of(table_of(area, kind))
    held: Draft | None = st.session_state.get(f"{kind}_draft")
    number = st.session_state.get(f"{kind}_editors", 0)
    if held is not None and held.digest == digest:
        if held.language == t.language and f"{kind}_editor_{number}" in st.session_state:
            return held
        shown, base = held.shown, held.edited.reset_index(drop=True)
    else:
        shown = shown_table(area, kind)
        base = carry_over(held.shown, held.edited, shown, IDS[kind]) if held else shown
    st.session_state[f"{kind}_editors"] = number + 1
    return Draft(digest, t.language, number + 1, shown, base, base)


def discard(kind: Kind) -> None:
    """Forget what was edited and not taken over."""
    for name in ("draft", "refused"):
        st.session_state.pop(f"{kind}_{name}", None)


def _option(t: Translator, prefix: str, value: object) -> str:
    return t(f"{prefix}.{value}")


def _columns(t: Translator, kind: Kind, names: list[str]) -> dict[str, Any]:
    """Return how each column is shown and edited."""
    options: dict[str, tuple[str, list[str]]] = {
        "kind": (
            "data.site_kind" if kind == "sites" else "data.venue_kind",
            list(SITE_KINDS) if kind == "sites" else venue_kinds()["kind"].tolist(),
        ),
        "status": ("data.status", ["open", "closed", "unknown"] if kind == "sites" else ["open", "closed"]),
        "location_quality": ("data.location_quality", ["exact", "near", "street", "unknown"]),
        "address_quality": ("data.address_quality", ["stated", "nearest", "street"]),
        **{name: ("ui.answer", ["yes", "no"]) for name in _CHOICES},
    }
    config = st.column_config
    columns: dict[str, Any] = {}
    for name in names:
        label, told = t(f"data.column.{name}.label"), t(f"data.column.{name}.help")
        width = _WIDTHS.get(name)
        if name in options:
            prefix, values = options[name]
            form = partial(_option, t, prefix)
            columns[name] = config.SelectboxColumn(
                label, help=told, width=width, options=values, format_func=form
            )
        elif name in _NUMBERS:
            # a step would round what is typed in
            columns[name] = config.NumberColumn(label, help=told, width=width, format=_NUMBERS[name])
        else:
            fixed = name in (*_DISTRICTS, IDS[kind])
            columns[name] = config.TextColumn(label, help=told, width=width, disabled=fixed)
    return columns


def draw_editor(t: Translator, area: StudyArea, kind: Kind) -> None:
    """Draw the table for editing, with buttons to take the changes over or to drop them."""
    draft = _draft(t, area, kind)
    if draft.shown.empty:
        st.info(t(f"ui.tables.empty_{kind}"))
    names = [str(name) for name in draft.base.columns]
    edited = st.data_editor(
        draft.base,
        key=f"{kind}_editor_{draft.number}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        height=330,
        placeholder="",
        column_order=[name for name in names if name != IDS[kind]],
        column_config=_columns(t, kind, names),
        alt=t(f"ui.data.{kind}"),
    )
    parts = (draft.digest, draft.language, draft.number, draft.shown, draft.base)
    st.session_state[f"{kind}_draft"] = Draft(*parts, edited)
    digest = digest_of(edited)
    if digest == digest_of(draft.shown):
        st.caption(t("ui.tables.hint"))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(t("ui.tables.pending"), icon=":material/edit_note:", width=440)
        wanted = st.button(t("ui.tables.take_over"), type="primary", key=f"{kind}_take")
        st.button(t("ui.tables.discard"), key=f"{kind}_discard", on_click=discard, args=(kind,))
    if wanted:
        _take_edited(area, kind, edited, digest)
    refused: tuple[str, PlanningError, dict[int, str]] | None = st.session_state.get(f"{kind}_refused")
    if refused is not None and refused[0] == digest:
        draw_error(t, refused[1], refused[2])


def _take_edited(area: StudyArea, kind: Kind, edited: pd.DataFrame, digest: str) -> None:
    """Take the edited table over, or remember why it cannot be."""
    key = IDS[kind]
    current = table_of(area, kind)
    numbered = _with_ids(edited, key)
    # rows without a place keep their districts; for all others the check finds them from x and y
    keys = {level: numbered[key].map(current.set_index(key)[level]) for level in _DISTRICTS}
    try:
        checked = check(area, kind, numbered.assign(**keys))
    except PlanningError as error:
        st.session_state[f"{kind}_refused"] = (digest, error, names_of(numbered))
        return
    take_over(area, kind, in_order_of(current, checked, key), f"ui.action.edit_{kind}")
    discard(kind)
    st.rerun()


def in_order_of(current: pd.DataFrame, given: Table, key: str) -> Table:
    """Return the given rows in the order of the current ones, new rows last."""
    at = {one: place for place, one in enumerate(current[key])}
    order = given[key].map(at).fillna(len(at))
    placed: Table = given.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
    return placed


def _with_ids(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the frame with an id in every row; a row added by hand gets the next free one."""
    numbered = frame.reset_index(drop=True)
    taken = set(numbered[key].dropna())
    fresh = (f"own_{n}" for n in range(1, len(numbered) + len(taken) + 2) if f"own_{n}" not in taken)
    ids = [value if isinstance(value, str) and value else next(fresh) for value in numbered[key]]
    return numbered.assign(**{key: ids})
