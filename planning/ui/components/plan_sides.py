"""Which two plans are compared: the one in force, the best of the ranking, and those that were saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import PlanningError
from planning.render.labels import room_names
from planning.ui import state
from planning.ui.areas import area_path, original_area
from planning.ui.components.scenario_bar import time_text
from planning.ui.components.scenario_sides import offered, read_revision
from planning.ui.markup import plain
from planning.ui.plans import remaining

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.scenarios.entries import Entry
    from planning.scoring import Evaluation

LETTERS = ("a", "b")
PLAN, RANKING = "plan", "ranking"
"""The two that are not saved; the others go by the identifier of their scenario."""


@dataclass(frozen=True)
class PlanSide:
    """One of two plans: what it is called, its rooms that can be used here, and the names of the others."""

    name: str
    ids: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def key_of(letter: str) -> str:
    """Return the key of the choice of a side."""
    return f"plans_{letter}"


def choose_sides(t: Translator, area: StudyArea, evaluation: Evaluation) -> tuple[PlanSide, PlanSide] | None:
    """Draw the choice of both plans and return them; ``None`` if there are not two to choose from.

    Raises
    ------
    PlanningError
        A saved plan that was chosen cannot be read.
    """
    ranked = tuple(str(name) for name in evaluation.scores.rank.sort_values().index)
    ranking = ranked[: _count(area)]
    entries = _stored(t)
    labels = _labels(t, entries, len(ranking))
    if len(labels) < 2:  # noqa: PLR2004 - nothing to compare with
        st.info(t("two_plans.none"), icon=":material/info:")
        return None
    options = list(labels)
    _keep_choices(options)
    chosen = []
    for letter, column in zip(LETTERS, st.columns(2, gap="small"), strict=True):
        with column:
            picked = st.selectbox(
                t("two_plans.choose", letter=letter.upper()),
                options,
                format_func=labels.__getitem__,
                key=key_of(letter),
                persist_state="session",
            )
        chosen.append(str(picked))
    first, second = (_side(t, one, entries, labels, area, ranking, frozenset(ranked)) for one in chosen)
    return first, second


def _count(area: StudyArea) -> int:
    """Return how many of the ranking make a plan: as many as the one in force has, else those to open."""
    kept = state.plan()
    return max((0 if kept is None else len(kept.plan.candidate_ids)) or remaining(area), 1)


def _stored(t: Translator) -> dict[str, Entry]:
    """Return the saved scenarios with a plan for this area; that they cannot be read is said."""
    try:
        found = offered(tuple(map(key_of, LETTERS)))
    except PlanningError as error:
        reason = plain(t(f"errors.{error.code}", **error.params))
        st.warning(f"{t('two_plans.store')} {reason}", icon=":material/warning:")
        return {}
    here = original_area(area_path()).id
    return {name: one for name, one in found.items() if one.summary.rooms and one.summary.area_id == here}


def _labels(t: Translator, entries: Mapping[str, Entry], count: int) -> dict[str, str]:
    kept = state.plan()
    labels = {PLAN: t("two_plans.option.plan")} if kept is not None and kept.plan.candidate_ids else {}
    one = "two_plans.option.ranking_one"
    labels[RANKING] = t(one) if count == 1 else t("two_plans.option.ranking", count=count)
    for name, entry in entries.items():
        rooms, time = len(entry.summary.rooms), time_text(t, entry.saved_at)
        labels[name] = t("two_plans.option.stored", name=entry.name, count=rooms, time=time)
    return labels


def _keep_choices(options: list[str]) -> None:
    """Keep what was chosen as long as it is there; at first the plan in force against the ranking."""
    first = next(one for one in options if one != RANKING)
    for letter, usual in zip(LETTERS, (first, RANKING), strict=True):
        if st.session_state.get(key_of(letter)) not in options:
            st.session_state[key_of(letter)] = usual


def _side(
    t: Translator,
    chosen: str,
    entries: Mapping[str, Entry],
    labels: Mapping[str, str],
    area: StudyArea,
    ranking: tuple[str, ...],
    usable: frozenset[str],
) -> PlanSide:
    if chosen == RANKING:
        return PlanSide(labels[chosen], ranking)
    if chosen in entries:
        rooms, name = dict(_rooms_of(entries[chosen])), entries[chosen].name
    else:
        rooms, name = dict(_rooms_in_force(t)), labels[chosen]
    called = dict(zip(area.candidates["candidate_id"], room_names(t, area.candidates), strict=True))
    return PlanSide(
        name,
        ids=tuple(one for one in rooms if one in usable),
        left_out=tuple(called.get(one) or said or one for one, said in rooms.items() if one not in usable),
    )


def _rooms_of(entry: Entry) -> Iterator[tuple[str, str]]:
    plan = read_revision(entry).plan
    return ((room.candidate_id, room.name) for room in (() if plan is None else plan.rooms))


def _rooms_in_force(t: Translator) -> Iterator[tuple[str, str]]:
    kept = state.plan()
    if kept is None:
        return
    table = kept.area.candidates
    called = dict(zip(table["candidate_id"], room_names(t, table), strict=True))
    for name in kept.plan.candidate_ids:
        yield name, called.get(name, "")
