"""Why one room ranks above another, in plain words: statements with their figures, and their text."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from planning.render.side_by_side_words import (
    called,
    chance_text,
    listed,
    raw_pair,
    shown_difference,
)
from planning.scoring.comparison import LETTERS
from planning.scoring.scores import TIE_DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planning.i18n import Translator
    from planning.scoring.comparison import Comparison

_DECIDE, _AGAINST, _MOVED = 3, 2, 2
_ENOUGH = 0.8
"""Criteria are named until they make up this share of what speaks for a room."""
_SURE, _LIKELY, _OPEN = 0.95, 0.75, 0.55
_TINY = 1e-9
_POINTS = {"score_a", "score_b", "points", "low", "high", "low_a", "high_a", "low_b", "high_b"}
_WHOLE = {"together", "both", "sum", "draws", "rank_a", "rank_b", "of"}


@dataclass(frozen=True)
class Statement:
    """One thing to say: which, and the figures behind it, not rounded.

    ``key`` names the text ``compare.say.<key>``; rooms are given as places in the comparison.
    """

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Paragraph:
    """What is said of two rooms, the higher one first; ``()`` of all rooms together."""

    rooms: tuple[int, ...]
    statements: tuple[Statement, ...]


def paragraphs(comparison: Comparison) -> tuple[Paragraph, ...]:
    """Say why each room ranks above the next one; of three or more, what all gain together at the end."""
    places = range(len(comparison.rooms))
    told = [Paragraph(pair, tuple(_pair(comparison, *pair))) for pair in pairwise(places)]
    if len(comparison.rooms) > 2:  # noqa: PLR2004 - two are said in their own paragraph
        whole = sum(room.need_gained for room in comparison.rooms)
        params = {"together": comparison.together, "sum": whole, "count": len(comparison.rooms)}
        told.append(Paragraph((), (Statement("all_together", params),)))
    return tuple(told)


def _pair(comparison: Comparison, a: int, b: int) -> Iterator[Statement]:
    short = len(comparison.rooms) > 2  # noqa: PLR2004 - of two, everything is said
    yield _ahead(comparison, a, b)
    yield from _reasons(comparison, a, b, short=short)
    yield from _chances(comparison, a, b, short=short)
    yield from _turning(comparison, a, b, short=short)
    unknown = tuple(_unknown(comparison, a, b))
    if not short or any(one.key == "may_turn" for one in unknown):
        yield from unknown
    yield _overlap(comparison, a, b)


def _tied(comparison: Comparison, a: int, b: int) -> bool:
    one, other = (comparison.rooms[place].score.total for place in (a, b))
    return round(one, TIE_DECIMALS) == round(other, TIE_DECIMALS)


def _ahead(comparison: Comparison, a: int, b: int) -> Statement:
    one, other = (comparison.rooms[place].score for place in (a, b))
    params = {"a": a, "b": b, "score_a": one.total, "score_b": other.total, "rank_a": one.rank}
    params |= {"rank_b": other.rank, "of": one.of, "points": shown_difference(one.total, other.total)}
    if _tied(comparison, a, b):
        apart = (name for name in comparison.criteria if not _equal(comparison, name, a, b))
        first = next(apart, None)
        return (
            Statement("tie_equal", params)
            if first is None
            else Statement("tie", params | {"criterion": first})
        )
    return Statement("ahead" if params["points"] > 0 else "barely", params)


def _reasons(comparison: Comparison, a: int, b: int, *, short: bool) -> Iterator[Statement]:
    """Say which criteria decide, and which speak for the lower room."""
    rows: list[dict[str, Any]] = []
    for name in comparison.criteria:
        one, other = (comparison.rooms[place].part(name) for place in (a, b))
        points = shown_difference(one.contribution, other.contribution)
        if points != 0:
            rows.append(
                {
                    "criterion": name,
                    "points": abs(points),
                    "raw": (one.raw, other.raw) if points > 0 else (other.raw, one.raw),
                    "exact": one.contribution - other.contribution,
                }
            )
    rows_for = sorted((row for row in rows if row["exact"] > 0), key=lambda row: -row["exact"])
    rows_against = sorted((row for row in rows if row["exact"] < 0), key=lambda row: row["exact"])
    if not rows:
        equal = all(_equal(comparison, name, a, b) for name in comparison.criteria)
        yield Statement("equal" if equal else "all_alike", {"a": a, "b": b})
    elif rows_for:
        key = "for_a" if _tied(comparison, a, b) else "decided"
        yield Statement(key, {"a": a, "b": b, "rows": _main(rows_for, _DECIDE - short)})
    if rows_against:
        yield Statement("against", {"a": a, "b": b, "rows": _main(rows_against, _AGAINST - short)})


def _equal(comparison: Comparison, name: str, a: int, b: int) -> bool:
    one, other = (comparison.rooms[place].part(name) for place in (a, b))
    return math.isclose(one.value, other.value, abs_tol=_TINY)


def _main(rows: Sequence[dict[str, Any]], most: int) -> tuple[dict[str, Any], ...]:
    whole = sum(abs(row["exact"]) for row in rows)
    told: list[dict[str, Any]] = []
    for row in rows[:most]:
        if told and sum(abs(one["exact"]) for one in told) >= _ENOUGH * whole:
            break
        told.append(row)
    return tuple(told)


def _chances(comparison: Comparison, a: int, b: int, *, short: bool) -> Iterator[Statement]:
    if comparison.above is not None and not _tied(comparison, a, b):
        share = float(comparison.above[a, b])
        limits = (("sure", _SURE), ("likely", _LIKELY), ("rather", _OPEN), ("open", 1.0 - _OPEN))
        key = next((key for key, least in limits if share >= least), "doubtful")
        yield Statement(key, {"a": a, "b": b, "share": share, "draws": comparison.draws})
    one, other = (comparison.rooms[place].chance for place in (a, b))
    if one is not None and other is not None and not short:
        params = {"a": a, "b": b, "in_best_a": one.in_best, "in_best_b": other.in_best}
        yield Statement("in_best", params | {"best": comparison.best, "draws": comparison.draws})


def _turning(comparison: Comparison, a: int, b: int, *, short: bool) -> Iterator[Statement]:
    turning = comparison.turning[a]
    if turning is None:
        return
    if turning.joint is None:
        yield Statement("no_weights", {"a": a, "b": b})
        return
    if turning.single:
        change = turning.single[0]
        params = {"a": a, "b": b, "criterion": change.criterion, "now": change.now, "then": change.then}
        yield Statement("weight_up" if change.then > change.now else "weight_down", params)
        if short:
            return
    else:
        yield Statement("no_single", {"a": a, "b": b})
    shares = {part.criterion: part.share for part in comparison.rooms[a].score.parts}
    moves = {str(name): float(to) - shares[str(name)] for name, to in turning.joint.shares.items()}
    params = {"a": a, "b": b, "moved": turning.joint.moved}
    for key, sign in (("more", 1.0), ("less", -1.0)):
        ordered = sorted(moves, key=lambda name: -sign * moves[name])
        params[key] = tuple(name for name in ordered if sign * moves[name] > _TINY)[:_MOVED]
    if params["more"] and params["less"]:
        yield Statement("joint", params)


def _unknown(comparison: Comparison, a: int, b: int) -> Iterator[Statement]:
    one, other = (comparison.rooms[place].score for place in (a, b))
    of_a, of_b = (
        tuple(part.criterion for part in score.parts if part.unknown and part.share > 0)
        for score in (one, other)
    )
    if of_a and of_a == of_b:
        params = {"a": a, "b": b, "criteria": of_a, "low_a": one.low, "high_a": one.high}
        yield Statement("unknown_both", params | {"low_b": other.low, "high_b": other.high})
    else:
        for place, score, names in ((a, one, of_a), (b, other, of_b)):
            if names:
                params = {"room": place, "criteria": names, "low": score.low, "high": score.high}
                yield Statement("unknown", params)
    if (of_a or of_b) and not _tied(comparison, a, b):
        yield Statement("may_turn" if other.high > one.low else "stays", {"a": a, "b": b})


def _overlap(comparison: Comparison, a: int, b: int) -> Statement:
    found = next(one for one in comparison.overlaps if (one.a, one.b) == (a, b))
    params = {"a": a, "b": b, "together": found.together, "both": found.both}
    if found.together <= 0:
        return Statement("nobody", params)
    return Statement("overlap" if found.both > 0 else "apart", params)


def explanation_text(t: Translator, comparison: Comparison) -> tuple[str, ...]:
    """Return the paragraphs as texts, not escaped; each gives the names of its rooms first."""
    return tuple(paragraph_text(t, comparison, paragraph) for paragraph in paragraphs(comparison))


def paragraph_text(t: Translator, comparison: Comparison, paragraph: Paragraph) -> str:
    """Return one paragraph as text, not escaped."""
    return " ".join(statement_text(t, comparison, one) for one in paragraph.statements)


def statement_text(t: Translator, comparison: Comparison, statement: Statement) -> str:
    """Return one statement as a sentence or two, not escaped."""
    params = dict(statement.params)
    words: dict[str, Any] = {key: LETTERS[params[key]] for key in ("a", "b", "room") if key in params}
    if statement.key in {"ahead", "barely", "tie", "tie_equal"}:
        names = called(t, comparison)
        words |= {"name_a": names[params["a"]], "name_b": names[params["b"]]}
    words |= {key: _written(t, key, params[key]) for key in params if key not in words}
    if "then" in params:
        words["then"] = _beyond(t, params["now"], params["then"])
    return t(f"compare.say.{statement.key}", **words)


def _written(t: Translator, key: str, value: Any) -> Any:  # noqa: PLR0911 - one line for each kind
    if key in _POINTS:
        return t.number(value, 1)
    if key in {"share", "in_best_a", "in_best_b"}:
        return chance_text(t, value)
    if key in _WHOLE:
        return t.number(float(value))
    if key == "now":
        return t.share(value, 1)
    if key == "moved":
        return _beyond(t, 0.0, value)
    if key == "rows":
        return _rows_text(t, value)
    if key == "criterion":
        return t(f"criteria.{value}.label")
    if key in {"criteria", "more", "less"}:
        return listed(t, [t(f"criteria.{name}.label") for name in value])
    return value


def _beyond(t: Translator, now: float, then: float) -> str:
    """Write a share that has to be reached, rounded away from where it is now, so that it suffices."""
    tenths = then * 1000.0
    whole = math.ceil(tenths - _TINY) if then > now else math.floor(tenths + _TINY)
    return t.share(min(max(whole, 0), 1000) / 1000.0, 1)


def _rows_text(t: Translator, rows: Sequence[Mapping[str, Any]]) -> str:
    return listed(
        t,
        [
            t(
                "compare.say.row",
                criterion=t(f"criteria.{row['criterion']}.label"),
                points=t.number(row["points"], 1),
                raw=raw_pair(t, row["criterion"], *row["raw"]),
            )
            for row in rows
        ],
    )
