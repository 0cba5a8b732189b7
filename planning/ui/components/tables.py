"""Sites and candidates as tables a person edits; a change counts when the whole table passes its checks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import streamlit as st

from planning.area import check_candidates, check_sites, venue_kinds
from planning.errors import PlanningError
from planning.model import SITE_KINDS
from planning.render.labels import district_names
from planning.ui import cache, state
from planning.ui.components.add_place import Kind
from planning.ui.components.faults import draw_error

if TYPE_CHECKING:
    import geopandas as gpd

    from planning.area import StudyArea
    from planning.i18n import Translator

IDS = {"sites": "site_id", "candidates": "candidate_id"}
_HIDDEN = ["geometry", "borough", "quarter"]
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMS: dict[Literal["xlsx", "csv"], str] = {"xlsx": _SHEET, "csv": "text/csv"}


def table_of(area: StudyArea, kind: Kind) -> gpd.GeoDataFrame:
    """Return the area's table of that kind."""
    return area.sites if kind == "sites" else area.candidates


def check(area: StudyArea, kind: Kind, frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Check a whole table; raises with every fault."""
    return check_sites(frame, area) if kind == "sites" else check_candidates(frame, area)


def take_over(area: StudyArea, kind: Kind, table: gpd.GeoDataFrame, action: str) -> None:
    """Make a checked table the current one."""
    if kind == "sites":
        state.change_tables(area, action, sites=table)
    else:
        state.change_tables(area, action, candidates=table)


def merge_by_id(current: pd.DataFrame, given: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the current rows, those with a given id replaced, and the new ones after them."""
    kept = current[~current[key].isin(given[key])]
    return pd.concat([kept, given], ignore_index=True)


def _option(t: Translator, prefix: str, value: object) -> str:
    return t(f"{prefix}.{value}")


def _columns(t: Translator, kind: Kind) -> dict[str, Any]:
    options: dict[str, tuple[str, list[str]]] = {
        "kind": (
            "data.site_kind" if kind == "sites" else "data.venue_kind",
            list(SITE_KINDS) if kind == "sites" else venue_kinds()["kind"].tolist(),
        ),
        "status": ("data.status", ["open", "closed", "unknown"] if kind == "sites" else ["open", "closed"]),
        "step_free": ("ui.answer", ["yes", "no"]),
        "kitchen": ("ui.answer", ["yes", "no"]),
        "location_quality": ("data.location_quality", ["exact", "near", "street", "unknown"]),
    }
    columns: dict[str, Any] = {}
    for name in ("name", "address", "contact", "partner", "languages", "note", "source", "weekday"):
        columns[name] = st.column_config.TextColumn(t(f"data.column.{name}.label"))
    for name, (prefix, values) in options.items():
        columns[name] = st.column_config.SelectboxColumn(
            t(f"data.column.{name}.label"),
            options=values,
            format_func=partial(_option, t, prefix),
        )
    for name in ("x", "y", "room_m2", "cost_eur_month", "accuracy_m"):
        columns[name] = st.column_config.NumberColumn(t(f"data.column.{name}.label"), format="%.0f")
    columns[IDS[kind]] = None
    return columns


def draw_editor(t: Translator, area: StudyArea, kind: Kind) -> None:
    """Draw the table for editing, with its button to take the changes over."""
    table = pd.DataFrame(table_of(area, kind).drop(columns=_HIDDEN))
    order = [IDS[kind], "name", "kind", "status", "address"]
    table = table[[*order, *(column for column in table.columns if column not in order)]]
    version = st.session_state.setdefault(f"{kind}_version", 0)
    columns = {name: config for name, config in _columns(t, kind).items() if name in table.columns}
    rest = [name for name in table.columns if name not in columns]
    columns |= {name: st.column_config.TextColumn(t(f"data.column.{name}.label")) for name in rest}
    edited = st.data_editor(
        table,
        key=f"{kind}_editor_{version}_{t.language}_{state.last_action()}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        height=330,
        placeholder="",
        column_config=columns,
    )
    if edited.equals(table):
        st.caption(t("ui.tables.hint"))
        return
    if not st.button(t("ui.tables.take_over"), type="primary", key=f"{kind}_take"):
        st.caption(t("ui.tables.pending"))
        return
    try:
        checked = check(area, kind, _with_ids(edited, IDS[kind]))
    except PlanningError as error:
        draw_error(t, error)
        return
    take_over(area, kind, checked, f"ui.action.edit_{kind}")
    st.session_state[f"{kind}_version"] = version + 1
    st.rerun()


def _with_ids(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the frame with an id in every row; a row added by hand gets the next free one."""
    numbered = frame.reset_index(drop=True)
    taken = set(numbered[key].dropna())
    fresh = (f"own_{n}" for n in range(1, len(numbered) + len(taken) + 2) if f"own_{n}" not in taken)
    ids = [value if isinstance(value, str) and value else next(fresh) for value in numbered[key]]
    return numbered.assign(**{key: ids})


def _template(kind: Kind, t: Translator) -> bytes:
    from planning.sources.spreadsheet import (
        write_template,
    )  # spreadsheets load slowly and are rarely asked for

    return write_template(kind, t, "xlsx")


def _written(area: StudyArea, kind: Kind, t: Translator, form: Literal["xlsx", "csv"]) -> bytes:
    from planning.sources.spreadsheet import write_table

    return write_table(table_of(area, kind), kind, t, form)


def _read(
    area: StudyArea, kind: Kind, t: Translator, name: str, content: bytes
) -> tuple[gpd.GeoDataFrame, int]:
    from planning.sources.spreadsheet import read_table

    index = cache.address_index(cache.area_path())
    rows = read_table(content, name, kind, t, addresses=index, districts=area.districts, crs=area.crs)
    merged = merge_by_id(pd.DataFrame(table_of(area, kind).drop(columns="geometry")), rows, IDS[kind])
    return check(area, kind, merged), len(rows)


def draw_upload(t: Translator, area: StudyArea, kind: Kind) -> None:
    """Draw the upload of a spreadsheet with its template, and the download of the table as it stands."""
    left, right = st.columns(2)
    with right:
        with st.container(horizontal=True):
            st.download_button(
                t("ui.tables.template"),
                partial(_template, kind, t),
                file_name=f"{t(f'ui.file.{kind}')}-{t('ui.file.template')}.xlsx",
                mime=_SHEET,
                on_click="ignore",
                key=f"{kind}_template",
            )
            for form, mime in _FORMS.items():
                st.download_button(
                    t("ui.tables.download", form=form.upper()),
                    partial(_written, area, kind, t, form),
                    file_name=f"{t(f'ui.file.{kind}')}.{form}",
                    mime=mime,
                    on_click="ignore",
                    key=f"{kind}_download_{form}",
                )
        st.caption(t("ui.tables.upload_why"))
    with left:
        given = st.file_uploader(
            t("ui.tables.upload"), type=["csv", "xlsx"], key=f"{kind}_upload", max_upload_size=10
        )
    if given is None or st.session_state.get(f"{kind}_uploaded") == given.file_id:
        return
    try:
        checked, count = _read(area, kind, t, given.name, given.getvalue())
    except PlanningError as error:
        draw_error(t, error)
        return
    take_over(area, kind, checked, f"ui.action.upload_{kind}")
    st.session_state[f"{kind}_uploaded"] = given.file_id
    st.toast(t("ui.tables.taken", count=t.number(count)))
    st.rerun()


def draw_unlocated(t: Translator, area: StudyArea) -> None:
    """Draw the rooms that a source names but that nobody could place on the map."""
    rooms = cache.unlocated(cache.area_path())
    if rooms.empty:
        return
    boroughs = district_names(area, "borough")
    shown = {
        "name": rooms["name"],
        "kind": [t(f"data.venue_kind.{kind}") for kind in rooms["kind"]],
        "address": rooms["address"],
        "borough": [boroughs.get(key, "") for key in rooms["borough"]],
        "contact": rooms["contact"],
        "as_of": rooms["as_of"],
        "source": rooms["source"],
    }
    table = pd.DataFrame(shown).rename(columns={name: t(f"data.column.{name}.label") for name in shown})
    with st.expander(t("ui.data.unlocated", count=len(rooms)), icon=":material/wrong_location:"):
        st.write(t("ui.data.unlocated_why"))
        st.dataframe(table, hide_index=True, width="stretch", placeholder="")
