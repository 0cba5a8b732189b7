"""``planning scenario diff``: what differs between two scenarios, and what differs in what comes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning.cli.console import count_progress
from planning.cli.scenario_text import (
    difference_lines,
    difference_record,
    figure_lines,
    plain,
    room_texts,
    under,
)
from planning.cli.settings import area_path
from planning.errors import SettingError
from planning.i18n import explain
from planning.render.scenario_words import names_of, notice_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from planning.area import StudyArea
    from planning.cli.lookup import Found
    from planning.i18n import Translator
    from planning.render.scenario_words import Names
    from planning.scenarios.compare import Comparison
    from planning.scenarios.snapshot import PlanRecord
    from planning.scenarios.work import Opened, Work
    from planning.scoring import Scores

MOST_SHIFTS = 10
_SETS = ("common", "only_a", "only_b")
_SIDES = ("A", "B")


@dataclass(frozen=True, eq=False)
class Ranking:
    """How two rankings of the same study area differ.

    Parameters
    ----------
    shifts
        As in :func:`planning.scenarios.compare.rank_shifts`.
    best
        How many rooms count as the best: what the programme still lacks.
    entering, leaving
        Candidates among the best of the second only, and of the first only, in the order of their rank.
    only_a, only_b
        How many candidates only one of them ranks.
    """

    shifts: pd.DataFrame
    best: int
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    only_a: int
    only_b: int

    @property
    def changed(self) -> pd.DataFrame:
        """The candidates whose rank differs, greatest shift first."""
        return self.shifts[self.shifts["shift"] != 0]


@dataclass(frozen=True, eq=False)
class Compared:
    """Two scenarios side by side, each opened on the same study area.

    ``ranking`` if it was asked for and both can be ranked; ``unranked`` says of A and B why one cannot.
    """

    found: tuple[Found, Found]
    opened: tuple[Opened, Opened]
    comparison: Comparison
    names: Names
    ranking: Ranking | None
    unranked: Mapping[str, SettingError]


def compared(pair: tuple[Found, Found], area: str | None, t: Translator, *, ranking: bool) -> Compared:
    """Compare two scenarios on a study area."""
    from planning.area import load_area
    from planning.scenarios.compare import compare
    from planning.scenarios.work import open_snapshot

    original = load_area(area_path(area))
    a, b = pair
    opened = (open_snapshot(a.snapshot, original), open_snapshot(b.snapshot, original))
    works = (opened[0].work, opened[1].work)
    names = names_of(t, original, works[0].area, works[1].area)
    scores, unranked = _scores(works, t) if ranking else ({}, {})
    found = ranking_of(opened[0].work.area, *scores.values()) if len(scores) == len(works) else None
    return Compared(pair, opened, compare(a.snapshot, b.snapshot), names, found, unranked)


def _scores(works: tuple[Work, Work], t: Translator) -> tuple[dict[str, Scores], dict[str, SettingError]]:
    """Return the scores of A and B, or why there are none, as where all weights are zero."""
    from planning.access import measure
    from planning.scoring import evaluate
    from planning.walking import build_network

    network = build_network(works[0].area.nodes, works[0].area.edges)
    near: dict[str, Any] = {}
    scores: dict[str, Scores] = {}
    unranked: dict[str, SettingError] = {}
    for name, work in zip(_SIDES, works, strict=True):
        area = work.area
        if area.digest not in near:
            near[area.digest] = measure(area, network=network, progress=count_progress(t))
        try:
            scores[name] = evaluate(area, work.scenario, near[area.digest]).scores
        except SettingError as error:
            unranked[name] = error
    return scores, unranked


def ranking_of(area: StudyArea, first: Scores, second: Scores) -> Ranking:
    """Compare the rankings of two scenarios of a study area."""
    from planning.scenarios.compare import rank_shifts
    from planning.siting.task import rooms_to_open

    best = rooms_to_open(area)
    top_a, top_b = _best(first, best), _best(second, best)
    ranked_a, ranked_b = set(first.rank.index), set(second.rank.index)
    return Ranking(
        shifts=rank_shifts(first, second),
        best=best,
        entering=tuple(name for name in top_b if name not in top_a),
        leaving=tuple(name for name in top_a if name not in top_b),
        only_a=len(ranked_a - ranked_b),
        only_b=len(ranked_b - ranked_a),
    )


def _best(scores: Scores, count: int) -> list[str]:
    """Return the best candidates by rank."""
    best = scores.rank[scores.rank <= count].sort_values()
    return [str(name) for name in best.index]


def diff_lines(both: Compared, t: Translator) -> list[str]:
    """Return in words what differs."""
    titles = [_title(found, t) for found in both.found]
    settings = difference_lines(both.comparison.differences, both.names, t) or [t("scenario.same")]
    return [
        t("cli.scenario.diff_a", name=titles[0]),
        t("cli.scenario.diff_b", name=titles[1]),
        *under(t("cli.scenario.settings_of_both"), settings),
        *_room_lines(both, t),
        *_figures_of_both(both, t),
        *_ranking_lines(both, t),
    ]


def _title(found: Found, t: Translator) -> str:
    name = found.snapshot.name or t("scenario.draft")
    if found.entry is None:
        return t("cli.scenario.of_file", name=name, path=found.path)
    return t("cli.scenario.of_store", name=name, number=found.entry.number)


def _room_lines(both: Compared, t: Translator) -> list[str]:
    sets = both.comparison.rooms
    title = t("cli.scenario.rooms")
    if sets is None:
        lacking = [
            t("cli.scenario.has_no_plan", name=name)
            for name, one in zip(_SIDES, both.found, strict=True)
            if one.snapshot.plan is None
        ]
        return under(title, lacking)
    lines = []
    for name in _SETS:
        rooms = getattr(sets, name)
        lines.append(t(f"cli.scenario.room_set.{name}", count=t.number(len(rooms))))
        lines += [f"  {room}" for room in room_texts(rooms, both.names.rooms)]
    return under(title, lines)


def _plans(both: Compared) -> dict[str, PlanRecord]:
    pairs = zip(_SIDES, both.found, strict=True)
    return {name: one.snapshot.plan for name, one in pairs if one.snapshot.plan is not None}


def _figures_of_both(both: Compared, t: Translator) -> list[str]:
    return [
        line
        for name, plan in _plans(both).items()
        for line in under(t("cli.scenario.figures_of", name=name), figure_lines(plan, t))
    ]


def _ranking_lines(both: Compared, t: Translator) -> list[str]:
    ranking, title = both.ranking, t("cli.scenario.ranking")
    if ranking is None:
        return under(title, _unranked_lines(both, t))
    rooms, changed = both.names.rooms, ranking.changed
    lines = [
        t("cli.scenario.ranks", changed=t.number(len(changed)), count=t.number(len(ranking.shifts))),
        *(f"  {_shift(row, rooms, t)}" for row in changed.head(MOST_SHIFTS).to_dict("records")),
    ]
    for code, names in (("entering", ranking.entering), ("leaving", ranking.leaving)):
        told = ", ".join(rooms.get(name, name) for name in names) or t("scenario.none")
        lines.append(t(f"cli.scenario.{code}", best=t.number(ranking.best), rooms=told))
    for name, count in zip(_SIDES, (ranking.only_a, ranking.only_b), strict=True):
        if count:
            lines.append(t("cli.scenario.only_ranked", name=name, count=t.number(count)))
    return under(title, lines)


def _unranked_lines(both: Compared, t: Translator) -> list[str]:
    """Say why there is no ranking to compare."""
    return [
        t("cli.scenario.unranked", name=name, reason=line)
        for name, error in both.unranked.items()
        for line in explain(error, t)
    ]


def _shift(row: dict[Any, Any], rooms: Any, t: Translator) -> str:
    name = str(row["candidate_id"])
    return t(
        "cli.scenario.shift",
        room=rooms.get(name, name),
        id=name,
        a=row["rank_a"],
        b=row["rank_b"],
        score_a=t.number(row["score_a"], 1),
        score_b=t.number(row["score_b"], 1),
    )


def diff_record(both: Compared, t: Translator) -> dict[str, Any]:
    """Return what differs as plain values."""
    sets, ranking = both.comparison.rooms, both.ranking
    sides = zip(map(str.lower, _SIDES), both.found, both.opened, strict=True)
    return {
        **{name: _side(found, opened, t) for name, found, opened in sides},
        "differences": [difference_record(one, both.names, t) for one in both.comparison.differences],
        "rooms": None if sets is None else plain(sets),
        "ranking": None if ranking is None else _ranking_record(ranking),
        "unranked": _unranked_lines(both, t),
    }


def _side(found: Found, opened: Opened, t: Translator) -> dict[str, Any]:
    plan = found.snapshot.plan
    return {
        "name": found.snapshot.name,
        "content_id": found.content_id,
        "file": found.path,
        "id": None if found.entry is None else found.entry.scenario_id,
        "revision": None if found.entry is None else found.entry.number,
        "before": None if plan is None else plain(plan.before),
        "after": None if plan is None else plain(plan.after),
        "notices": [{"code": one.code, "text": notice_text(t, one)} for one in opened.notices],
    }


def _ranking_record(ranking: Ranking) -> dict[str, Any]:
    return {
        "candidates": len(ranking.shifts),
        "changed": len(ranking.changed),
        "only_a": ranking.only_a,
        "only_b": ranking.only_b,
        "best": ranking.best,
        "entering": list(ranking.entering),
        "leaving": list(ranking.leaving),
        "shifts": [_plain_row(row) for row in ranking.changed.to_dict("records")],
    }


def _plain_row(row: dict[Any, Any]) -> dict[str, Any]:
    ids = {"candidate_id": str(row["candidate_id"])}
    ranks = {name: int(row[name]) for name in ("rank_a", "rank_b", "shift")}
    return ids | ranks | {name: round(float(row[name]), 6) for name in ("score_a", "score_b")}
