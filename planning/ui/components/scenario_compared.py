"""What two scenarios differ in, as tables: figures, rooms, settings and ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planning.render.comparison import best_change, figure_rows, room_rows
from planning.render.labels import district_names, room_names, text_of
from planning.render.scenario_words import difference_text, names_of
from planning.render.view import BEST
from planning.scenarios.compare import compare, rank_shifts
from planning.ui import cache
from planning.ui.areas import area_path, original_area
from planning.ui.markup import html_grid, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.scoring.scores import Scores
    from planning.ui.components.scenario_sides import Side

MOST_SHIFTS, MOST_SETTINGS = 15, 200
_LONGEST = 90


def short(text: str) -> str:
    """Return a text that a cell can hold."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _with_place(name: str, borough: str) -> str:
    return " · ".join(filter(None, (short(name), borough)))


def _draw_grid(
    heads: Sequence[str],
    cells: Iterable[Sequence[str]],
    caption: str,
    *,
    first: str = "36%",
    look: str = "planner-compare",
) -> None:
    st.html(f'<div class="{look}">{html_grid(heads, cells, caption, first=first)}</div>')


def draw_result(t: Translator, a: Side, b: Side) -> None:
    """Draw what the two plans achieve."""
    rows = figure_rows(t, a.snapshot, b.snapshot)
    heads = (t("scenario.compare.figure"), "A", "B", t("scenario.compare.difference"))
    cells = [(one.what, one.a, one.b, one.difference) for one in rows]
    _draw_grid(heads, cells, t("scenario.compare_panel.result"), look="planner-compare planner-figures")


def draw_rooms(t: Translator, a: Side, b: Side, *, area: StudyArea) -> None:
    """Draw the rooms of both plans, which the map shows, as a table."""
    rows = room_rows(t, a.snapshot, b.snapshot, area)
    if not rows:
        st.write(t("scenario.compare.no_plan"))
        return
    heads = (
        t("scenario.compare.room"),
        t("scenario.compare.where"),
        *(t("scenario.compare.gain", letter=letter) for letter in "AB"),
    )
    cells = [(_with_place(name, borough), mark, *gains) for mark, name, borough, *gains in rows]
    _draw_grid(heads, cells, t("scenario.compare.rooms"), first="55%")
    st.caption(t("scenario.compare.gain_why"))


def draw_settings(t: Translator, a: Side, b: Side, *, area: StudyArea) -> None:
    """Draw what was set or entered otherwise."""
    found = compare(a.snapshot, b.snapshot).differences
    if not found:
        st.write(t("scenario.same"))
        return
    names = names_of(t, area, *(side.opened.work.area for side in (b, a)))
    texts = [difference_text(t, one, names) for one in found[:MOST_SETTINGS]]
    cells = [(short(one.what), one.a, one.b) for one in texts]
    _draw_grid((t("scenario.setting"), "A", "B"), cells, t("scenario.differences"))
    if len(found) > MOST_SETTINGS:
        st.caption(t("scenario.and_more", count=len(found) - MOST_SETTINGS))


def _scores(t: Translator, side: Side) -> Scores:
    evaluation, _, refused = cache.usable_evaluation(side.opened.work.area, side.opened.work.scenario)
    if refused is not None:
        st.warning(t("scenario.compare.weights", letter=side.letter), icon=":material/info:")
    return evaluation.scores


def draw_ranking(t: Translator, a: Side, b: Side) -> None:
    """Draw how the ranking differs on the data at hand: at the top, and the greatest shifts."""
    first, second = _scores(t, a), _scores(t, b)
    shifts = rank_shifts(first, second)
    change = best_change(first, second, shifts)
    names = _names(t, b, a)
    total = t.number(len(shifts))
    if change.moved:
        st.write(t("scenario.compare.moved", moved=t.number(change.moved), total=total))
    else:
        st.write(t("scenario.compare.unmoved", total=total))
    if change.only_one:
        st.caption(t("scenario.compare.only_one", count=t.number(change.only_one)))
    for name, keys in (("entering", change.entering), ("leaving", change.leaving)):
        if keys:
            listed = " · ".join(short(names[key][0]) for key in keys)
            st.write(plain(t(f"scenario.compare.{name}", best=BEST, names=listed)))
    if not change.entering and not change.leaving:
        st.write(t("scenario.compare.best_same", best=BEST))
    _draw_shifts(t, shifts, names)
    if a.is_of_other_data or b.is_of_other_data:
        st.caption(t("scenario.compare.at_hand"))


def _names(t: Translator, *sides: Side) -> dict[str, tuple[str, str]]:
    """Return name and borough of each candidate; of several, as the last one says."""
    boroughs = district_names(original_area(area_path()), "borough")
    found: dict[str, tuple[str, str]] = {}
    for side in sides:
        rooms = side.opened.work.area.candidates
        places = [boroughs.get(text_of(key), "") for key in rooms["borough"]]
        found |= dict(zip(rooms["candidate_id"], zip(room_names(t, rooms), places, strict=True), strict=True))
    return found


def _draw_shifts(t: Translator, shifts: pd.DataFrame, names: dict[str, tuple[str, str]]) -> None:
    """Draw the greatest shifts, or those of the rooms that are searched."""
    query = st.text_input(
        t("scenario.compare.search"),
        key="compare_search",
        placeholder=t("scenario.compare.search"),
        label_visibility="collapsed",
        persist_state="session",
    )
    text = (query or "").strip().casefold()
    if text:
        wanted = [text in " ".join(names[key]).casefold() for key in shifts["candidate_id"]]
        shifts = shifts[wanted]
    else:
        shifts = shifts[shifts["shift"] != 0]
    if shifts.empty:
        if text:
            st.write(plain(t("ui.ranking.nothing", query=query)))
        return
    heads = (
        t("scenario.compare.room"),
        *(t("scenario.compare.rank", letter=letter) for letter in "AB"),
        t("scenario.compare.shift"),
        *(t("scenario.compare.score", letter=letter) for letter in "AB"),
    )
    columns = ("candidate_id", "rank_a", "rank_b", "shift", "score_a", "score_b")
    cells = [
        (
            _with_place(*names[key]),
            *(t.number(rank) for rank in ranks),
            shift_text(t, shift),
            *(t.number(score, 1) for score in (first, second)),
        )
        for key, *ranks, shift, first, second in _records(shifts.head(MOST_SHIFTS), columns)
    ]
    _draw_grid(heads, cells, t("scenario.compare.shifts"))


def _records(table: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].tolist() for name in columns), strict=True)


def shift_text(t: Translator, shift: float) -> str:
    """Say by how many places a room moves."""
    if not shift:
        return t("scenario.compare.stays")
    return t(f"scenario.compare.{'up' if shift > 0 else 'down'}", places=t.number(abs(shift)))
