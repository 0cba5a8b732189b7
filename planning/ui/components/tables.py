"""Sites and candidates from and to spreadsheets, and the rooms that nobody could place."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal

import pandas as pd
import streamlit as st

from planning.errors import PlanningError
from planning.render.labels import district_names
from planning.ui import cache
from planning.ui.components.editor import IDS, check, digest_of, in_order_of, names_of, table_of, take_over
from planning.ui.components.faults import draw_error

if TYPE_CHECKING:
    import geopandas as gpd
    from streamlit.typing import UploadedFile

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.ui.components.add_place import Kind

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMS: dict[Literal["xlsx", "csv"], str] = {"xlsx": _SHEET, "csv": "text/csv"}


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of an uploaded file; ``digest`` is of the table it led to."""

    file_id: str
    digest: str = ""
    rows: int = 0
    is_change: bool = False
    error: PlanningError | None = None
    names: dict[int, str] = field(default_factory=dict)


def merge_by_id(current: pd.DataFrame, given: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the current rows in their order, those with a given id replaced, and the new ones after them."""
    kept = current[~current[key].isin(given[key])]
    merged = pd.concat([kept, given], ignore_index=True)
    return in_order_of(current, merged, key)


def _template(kind: Kind, t: Translator) -> bytes:
    from planning.sources.spreadsheet import (
        write_template,
    )  # spreadsheets load slowly and are rarely asked for

    return write_template(kind, t, "xlsx")


def _written(area: StudyArea, kind: Kind, t: Translator, form: Literal["xlsx", "csv"]) -> bytes:
    from planning.sources.spreadsheet import write_table

    return write_table(table_of(area, kind), kind, t, form)


def _read(
    area: StudyArea, kind: Kind, t: Translator, given: UploadedFile
) -> tuple[Outcome, gpd.GeoDataFrame]:
    """Read and check a file; the table is the current one where the file cannot be taken over."""
    from planning.sources.spreadsheet import read_table

    current = table_of(area, kind)
    names: dict[int, str] = {}
    try:
        index = cache.address_index(cache.area_path())
        rows = read_table(
            given.getvalue(), given.name, kind, t, addresses=index, districts=area.districts, crs=area.crs
        )
        merged = merge_by_id(pd.DataFrame(current.drop(columns="geometry")), rows, IDS[kind])
        names = names_of(merged)
        checked = check(area, kind, merged)
    except PlanningError as error:
        return Outcome(given.file_id, error=error, names=names), current
    digest = digest_of(checked)
    is_change = digest != digest_of(current)
    return Outcome(given.file_id, digest, len(rows), is_change), checked


def _draw_outcome(t: Translator, area: StudyArea, kind: Kind, outcome: Outcome) -> None:
    if outcome.error is not None:
        # a fault of the merged table counts its rows, not those of the file
        draw_error(t, outcome.error, outcome.names, numbered=not outcome.names)
    elif outcome.digest != digest_of(table_of(area, kind)):
        st.info(t("ui.tables.changed_since"))
    elif outcome.is_change:
        st.success(_taken(t, outcome.rows))
    else:
        st.info(t("ui.tables.no_change"))


def _taken(t: Translator, count: int) -> str:
    return t("ui.tables.taken_one") if count == 1 else t("ui.tables.taken", count=t.number(count))


def _downloads(t: Translator, area: StudyArea, kind: Kind) -> None:
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


def draw_upload(t: Translator, area: StudyArea, kind: Kind) -> None:
    """Draw the upload of a spreadsheet with its template, and the download of the table as it stands."""
    left, right = st.columns(2)
    with left:
        given = st.file_uploader(
            t("ui.tables.upload"), type=["csv", "xlsx"], key=f"{kind}_upload", max_upload_size=10
        )
    with right:
        _downloads(t, area, kind)
        st.caption(t("ui.tables.upload_why"))
    if given is None:
        return
    known: Outcome | None = st.session_state.get(f"{kind}_outcome")
    if known is not None and known.file_id == given.file_id:
        _draw_outcome(t, area, kind, known)
        return
    outcome, table = _read(area, kind, t, given)
    st.session_state[f"{kind}_outcome"] = outcome
    if not outcome.is_change:
        if outcome.error is not None:
            st.toast(t("ui.tables.refused"), icon=":material/error:")
        _draw_outcome(t, area, kind, outcome)
        return
    take_over(area, kind, table, f"ui.action.upload_{kind}")
    st.toast(_taken(t, outcome.rows), icon=":material/check_circle:")
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
