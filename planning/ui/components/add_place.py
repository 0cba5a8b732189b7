"""Add a room or a site at a point: from a click on the map or from an address."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Literal

import pandas as pd
import streamlit as st
from pyproj import Transformer

from planning.area import check_candidates, check_sites, venue_kinds
from planning.errors import PlanningError
from planning.model import SITE_KINDS
from planning.ui import cache, state
from planning.ui.components.faults import draw_error

if TYPE_CHECKING:
    import geopandas as gpd

    from planning.area import StudyArea
    from planning.i18n import Translator

Kind = Literal["candidates", "sites"]


def to_metres(area: StudyArea, latitude: float, longitude: float) -> tuple[float, float]:
    """Turn a clicked position into metres of the area's reference system."""
    x, y = Transformer.from_crs("EPSG:4326", area.crs, always_xy=True).transform(longitude, latitude)
    return float(x), float(y)


def to_degrees(area: StudyArea, x: float, y: float) -> tuple[float, float]:
    """Turn metres of the area's reference system into latitude and longitude."""
    longitude, latitude = Transformer.from_crs(area.crs, "EPSG:4326", always_xy=True).transform(x, y)
    return float(latitude), float(longitude)


def add_row(area: StudyArea, kind: Kind, row: dict[str, object]) -> gpd.GeoDataFrame:
    """Return the checked table with one row more.

    Raises
    ------
    PlanningError
        If the row breaks a rule, for example lies outside the city; the faults name it.
    """
    table = area.candidates if kind == "candidates" else area.sites
    frame = pd.concat([pd.DataFrame(table.drop(columns="geometry")), pd.DataFrame([row])], ignore_index=True)
    return check_candidates(frame, area) if kind == "candidates" else check_sites(frame, area)


def _ask(t: Translator, kind: Kind, address: str, key: str) -> dict[str, object] | None:
    """Draw the questions about a new room or site; return the answers once they are submitted."""
    kinds = venue_kinds()["kind"].tolist() if kind == "candidates" else list(SITE_KINDS)
    group = "venue_kind" if kind == "candidates" else "site_kind"
    with st.form(f"{key}_form", border=False):
        name = st.text_input(t("ui.add.name"), max_chars=200).strip()
        first = kinds.index("dependance") if kind == "sites" else 0
        chosen = st.selectbox(
            t("ui.add.kind"), kinds, index=first, format_func=lambda one: t(f"data.{group}.{one}")
        )
        place = st.text_input(t("ui.add.address"), value=address, max_chars=200).strip()
        row: dict[str, object] = {"name": name, "kind": chosen, "address": place or None}
        if kind == "candidates":
            row["step_free"] = st.radio(
                t("ui.add.step_free"),
                ["yes", "no", None],
                index=2,
                horizontal=True,
                format_func=lambda one: t(f"ui.answer.{one or 'unknown'}"),
            )
        submitted = st.form_submit_button(t("ui.add.submit"), type="primary")
    if submitted and not name:
        st.warning(t("ui.add.name_missing"))
    return row if submitted and name else None


def draw_add_form(
    t: Translator, area: StudyArea, x: float, y: float, *, address: str, key: str, kind: Kind = "candidates"
) -> None:
    """Draw the form that turns a point into a room or a site; ``kind`` is what it begins with."""
    chosen = st.segmented_control(
        t("ui.add.what"),
        ["candidates", "sites"],
        default=kind,
        format_func=lambda name: t(f"ui.add.{name}"),
        key=f"{key}_what",
        required=True,
    )
    kind = "sites" if chosen == "sites" else "candidates"
    answers = _ask(t, kind, address, key)
    if answers is None:
        return
    new_id = f"own_{secrets.token_hex(4)}"
    row = {
        **answers,
        "x": round(x, 1),
        "y": round(y, 1),
        "status": "open",
        "location_quality": "exact",
        "source": t("ui.add.own_source"),
        "site_id" if kind == "sites" else "candidate_id": new_id,
    }
    try:
        table = add_row(area, kind, row)
    except PlanningError as error:
        draw_error(t, error)
        return
    if kind == "candidates":
        state.change_tables(area, "ui.action.add_candidate", candidates=table)
        state.select(state.Selection("candidate", new_id))
    else:
        state.change_tables(area, "ui.action.add_site", sites=table)
        state.select(state.Selection("site", new_id))
    st.rerun()


def draw_add_by_address(t: Translator, area: StudyArea, *, kind: Kind) -> None:
    """Draw a search in the bundled address table and, for the address picked, the form."""
    query = st.text_input(
        t("ui.add.search"), key=f"add_query_{kind}", placeholder=t("ui.add.search_hint"), max_chars=200
    )
    if not query.strip():
        return
    found = cache.address_index(cache.area_path()).find(query)
    if found.empty:
        st.info(t("ui.add.nothing", query=query))
        return
    names = area.level("borough")["name"]
    labels = [
        f"{row.street} {row.housenumber}, {names.get(row.borough, '')}"
        + (f" ({t('ui.add.ambiguous')})" if row.ambiguous else "")
        for row in found.itertuples()
    ]
    position = st.selectbox(t("ui.add.found"), range(len(found)), format_func=lambda i: labels[i])
    row = found.iloc[position]
    draw_add_form(
        t,
        area,
        float(row["x"]),
        float(row["y"]),
        address=f"{row['street']} {row['housenumber']}",
        key=f"address_{kind}_{row['x']:.0f}_{row['y']:.0f}",
        kind=kind,
    )
