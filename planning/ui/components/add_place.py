"""Add a room or a site at a point: from a click on the map or from an address."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import streamlit as st
from pyproj import Transformer

from planning.area import check_candidates, check_sites, venue_kinds
from planning.area.catalogues import declaration
from planning.area.locate import district_keys
from planning.errors import PlanningError
from planning.model import SITE_KINDS
from planning.render.labels import district_names, text_of
from planning.sources.addresses import fold, split_address
from planning.ui import cache, state, work
from planning.ui.components.faults import draw_refusal
from planning.ui.markup import plain

if TYPE_CHECKING:
    import geopandas as gpd

    from planning.area import StudyArea
    from planning.i18n import Translator

Kind = Literal["candidates", "sites"]

SAME_PLACE_M = 30.0
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")


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


def is_in_city(area: StudyArea, x: float, y: float) -> bool:
    """Tell whether a point in metres lies in one of the boroughs."""
    return bool(district_keys(area.districts, "borough", [x], [y]).notna().all())


def site_close_by(area: StudyArea, x: float, y: float) -> tuple[str, float] | None:
    """Return name and distance in metres of the nearest site at most :data:`SAME_PLACE_M` from a point."""
    away = np.hypot(area.sites["x"] - x, area.sites["y"] - y)
    if not (away <= SAME_PLACE_M).any():
        return None
    nearest = int(away.argmin())
    return text_of(area.sites["name"].iloc[nearest]), float(away.iloc[nearest])


def clock(text: str) -> str:
    """Write a time of day with two digits each, ``9.30`` as ``09:30``; what is no time stays as it is."""
    found = _CLOCK.fullmatch(text.strip())
    return f"{int(found[1]):02d}:{found[2]}" if found else text.strip()


def _ask_hours(t: Translator) -> dict[str, object]:
    """Draw the questions about a site's open hours and partner."""
    days = st.multiselect(
        t("data.column.weekday.label"),
        declaration("weekdays")["code"].tolist(),
        format_func=lambda code: t(f"data.weekday.{code}"),
        placeholder=t("ui.answer.unknown"),
    )
    with st.container(horizontal=True):
        times = [
            st.text_input(t(f"data.column.{name}.label"), placeholder=t("ui.add.clock"), max_chars=20)
            for name in ("time_from", "time_to")
        ]
    partner = st.text_input(t("data.column.partner.label"), max_chars=200).strip()
    return {
        "weekday": ";".join(days) or None,
        "time_from": clock(times[0]) or None,
        "time_to": clock(times[1]) or None,
        "partner": partner or None,
    }


def _ask(t: Translator, kind: Kind, address: str, key: str) -> dict[str, object] | None:
    """Draw the questions about a new room or site; return the answers once they are submitted."""
    kinds = venue_kinds()["kind"].tolist() if kind == "candidates" else list(SITE_KINDS)
    group = "venue_kind" if kind == "candidates" else "site_kind"
    with st.form(f"{key}_{kind}_form", border=False):
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
        else:
            row |= _ask_hours(t)
        submitted = st.form_submit_button(t("ui.add.submit"), type="primary")
    if submitted and not name:
        st.warning(t("ui.add.name_missing"))
    return row if submitted and name else None


def draw_add_form(
    t: Translator, area: StudyArea, x: float, y: float, *, address: str, key: str, kind: Kind = "candidates"
) -> None:
    """Draw the form that turns a point into a room or a site; ``kind`` is what it begins with.

    A point outside the city is said to be there instead.
    """
    if not is_in_city(area, x, y):
        st.warning(t("ui.add.outside", city=plain(area.name)), icon=":material/wrong_location:")
        return
    chosen = st.segmented_control(
        t("ui.add.what"),
        ["candidates", "sites"],
        default=kind,
        format_func=lambda name: t(f"ui.add.{name}"),
        key=f"{key}_what",
        required=True,
    )
    begun, kind = kind, "sites" if chosen == "sites" else "candidates"
    close = site_close_by(area, x, y) if kind == "sites" else None
    if close:
        st.warning(t("ui.add.close_by", name=plain(close[0]), metres=t.number(close[1])))
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
        draw_refusal(t, error)
        return
    if kind == "candidates":
        work.change_tables(area, "ui.action.add_candidate", candidates=table)
        state.select(state.Selection("candidate", new_id))
    else:
        work.change_tables(area, "ui.action.add_site", sites=table)
        state.select(state.Selection("site", new_id))
    group = "venue_kind" if kind == "candidates" else "site_kind"
    told = t("ui.add.added", name=plain(str(row["name"])), kind=t(f"data.{group}.{row['kind']}"))
    st.toast(told, icon=":material/check_circle:")
    st.session_state[f"add_done_{begun}"] = True
    st.rerun()


def _address_label(t: Translator, boroughs: dict[str, str], row: pd.Series[Any]) -> str:
    written = " ".join(filter(None, (text_of(row["street"]), text_of(row["housenumber"]))))
    borough = boroughs.get(str(row["borough"]))
    place = f"{written}, {borough}" if borough else f"{written} ({t('ui.add.no_borough')})"
    marks = [t(f"ui.add.match.{row['match']}"), *([t("ui.add.ambiguous")] if row["ambiguous"] else [])]
    return f"{place} – {', '.join(marks)}"


def _not_found(t: Translator, query: str, best: pd.Series[Any]) -> str:
    """Say what of the query the best match is not; empty if it is what was asked for."""
    street, number, _ = split_address(query)
    nearest = " ".join(filter(None, (text_of(best["street"]), text_of(best["housenumber"]))))
    if fold(text_of(best["street"])) not in {fold(street), fold(query)}:
        return t("ui.add.no_street", street=plain(street), nearest=plain(nearest))
    if best["match"] == "street":
        return t("ui.add.no_number")
    if best["match"] != "exact":
        return t("ui.add.no_house", number=plain(number), nearest=plain(nearest))
    return ""


def draw_add_by_address(t: Translator, area: StudyArea, *, kind: Kind) -> None:
    """Draw a search in the bundled address table and, for the address picked, the form."""
    # an address that has been added would otherwise invite to add it twice
    if st.session_state.pop(f"add_done_{kind}", False):
        st.session_state[f"add_query_{kind}"] = ""
    query = st.text_input(
        t("ui.add.search"), key=f"add_query_{kind}", placeholder=t("ui.add.search_hint"), max_chars=200
    )
    if not query.strip():
        return
    found = cache.address_index(cache.area_path()).find(query)
    if found.empty:
        st.info(t("ui.add.nothing", query=plain(query)))
        return
    boroughs = district_names(area, "borough")
    labels = [_address_label(t, boroughs, row) for _, row in found.iterrows()]
    unsure = _not_found(t, query, found.iloc[0])
    if unsure:
        st.info(unsure)
    position = st.selectbox(
        t("ui.add.found"),
        range(len(found)),
        index=None if unsure else 0,
        format_func=lambda i: labels[i],
        placeholder=t("ui.add.pick"),
        key=f"add_found_{kind}_{query}",
    )
    if position is None:
        return
    row = found.iloc[position]
    draw_add_form(
        t,
        area,
        float(row["x"]),
        float(row["y"]),
        address=" ".join(filter(None, (text_of(row["street"]), text_of(row["housenumber"])))),
        key=f"address_{kind}_{row['x']:.0f}_{row['y']:.0f}",
        kind=kind,
    )
