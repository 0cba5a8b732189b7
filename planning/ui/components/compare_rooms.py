"""Two to four rooms side by side: which, why in this order, on what each rests, and what people noted."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from planning.render.labels import room_name
from planning.scoring.comparison import FEWEST, LETTERS, MOST, compare_candidates
from planning.ui import cache, compared, state, sureness, work
from planning.ui.components.certainty import draw_certainty
from planning.ui.components.facts import draw_note
from planning.ui.components.plan_settings import room_labels
from planning.ui.markup import plain
from planning.ui.plans import best_count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import shapely

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scoring import Evaluation
    from planning.scoring.comparison import Comparison

_FIRST = 3


def draw_rooms(t: Translator, area: StudyArea, scenario: Scenario, evaluation: Evaluation) -> None:
    """Draw the choice of rooms and, once there are two, the comparison."""
    order = [str(name) for name in evaluation.scores.rank.sort_values().index]
    labels = room_labels(t, area)
    compared.choose([name for name in compared.chosen() if name in set(order)][:MOST])
    place = {name: number for number, name in enumerate(order, start=1)}
    st.multiselect(
        t("confidence.pick.label"),
        order,
        format_func=lambda name: f"{place.get(name, '–')}. {labels.get(name, name)}",
        key=compared.KEY,
        max_selections=MOST,
        # what is typed stands in the name as it is, and Enter takes one room
        filter_mode="contains",
        select_all=False,
        placeholder=t("confidence.pick.placeholder"),
        persist_state="session",
    )
    ids = compared.chosen()
    if len(ids) < FEWEST:
        _draw_empty(t, order, ids)
        return
    certainty = draw_certainty(t, "certainty_rooms")
    count = best_count(area)
    with st.spinner(t("confidence.drawing")):
        sure = sureness.confidence(area, scenario, evaluation, certainty, count)
        above = sureness.pair_shares(area, scenario, evaluation, certainty, tuple(ids))
    near = cache.distances(area, scenario)
    comparison = compare_candidates(area, scenario, near, evaluation, ids, confidence=sure, above=above)
    _draw_sections(t, area, scenario, evaluation, comparison)


def _draw_empty(t: Translator, order: Sequence[str], ids: Sequence[str]) -> None:
    """Say what to do, and offer what people ask for first."""
    st.info(t("confidence.pick.one_more" if ids else "confidence.pick.none"), icon=":material/info:")
    kept = state.plan()
    offers = {"best": order[:_FIRST]}
    if kept is not None:
        offers["plan"] = [name for name in kept.plan.candidate_ids if name in set(order)][:MOST]
    picked = state.selection()
    if picked is not None and picked.kind == "candidate" and picked.id in order:
        offers["selection"] = [picked.id, *[name for name in order if name != picked.id][:1]]
    with st.container(horizontal=True):
        for name, rooms in offers.items():
            if len(rooms) >= FEWEST:
                st.button(
                    t(f"confidence.pick.{name}", count=len(rooms)),
                    key=f"compare_offer_{name}",
                    on_click=compared.choose,
                    args=(rooms,),
                )


def _reaches(area: StudyArea, scenario: Scenario, comparison: Comparison) -> list[shapely.Geometry | None]:
    spots = [(float(room.record["x"]), float(room.record["y"])) for room in comparison.rooms]
    return [cache.reach(area, spot, scenario.reach_m) for spot in spots]


def _draw_sections(
    t: Translator, area: StudyArea, scenario: Scenario, evaluation: Evaluation, comparison: Comparison
) -> None:
    from planning.render.side_by_side import sections, style

    notes = work.current().candidate_notes
    reaches = _reaches(area, scenario, comparison)
    parts = sections(t, area, comparison, evaluation.need, reaches=reaches, notes={})
    st.html(style())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {t('compare.section.explanation')}", width="stretch")
        _draw_download(t, area, scenario, evaluation, comparison, reaches, notes)
    for name, fragment in parts.items():
        if not fragment:
            continue
        if name != "explanation":
            st.markdown(f"#### {t(f'compare.section.{name}')}")
        st.html(fragment)
    _draw_notes(t, comparison)


def _page(
    t: Translator,
    area: StudyArea,
    scenario: Scenario,
    evaluation: Evaluation,
    comparison: Comparison,
    reaches: Sequence[shapely.Geometry | None],
    notes: Mapping[str, str],
    today: dt.date,
) -> bytes:
    from planning.export.comparison import comparison_page

    return comparison_page(area, evaluation, scenario, comparison, t, today, reaches=reaches, notes=notes)


def _draw_download(
    t: Translator,
    area: StudyArea,
    scenario: Scenario,
    evaluation: Evaluation,
    comparison: Comparison,
    reaches: Sequence[shapely.Geometry | None],
    notes: Mapping[str, str],
) -> None:
    today = dt.date.today()  # noqa: DTZ011 - the date on the reader's wall
    st.download_button(
        t("confidence.take"),
        partial(_page, t, area, scenario, evaluation, comparison, reaches, notes, today),
        file_name=f"{area.id}-{t('confidence.file')}-{today.isoformat()}.html",
        mime="text/html",
        on_click="ignore",
        key="compare_download",
        icon=":material/download:",
        help=t("confidence.take_why"),
    )


def _draw_notes(t: Translator, comparison: Comparison) -> None:
    """Draw a field for a note on each room; they are kept with the scenario."""
    st.markdown(f"#### {t('compare.section.notes')}")
    st.caption(t("confidence.notes_why"))
    columns = st.columns(len(comparison.rooms), gap="small")
    for letter, room, column in zip(LETTERS, comparison.rooms, columns, strict=False):
        label = plain(f"{letter} · {room_name(t, room.record)}")
        with column:
            draw_note(t, room.candidate_id, label=label, place="compare_note")
