"""Two plans in plain words: statements with their figures, and their text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from planning.render.explanation import Statement
from planning.render.labels import district_names, short_number
from planning.render.side_by_side_words import chance_text, listed, shown_difference
from planning.scoring.confidence import DRAWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.siting.effect import Effect, Figures
    from planning.siting.two_plans import TwoPlans

AB = ("A", "B")
_SURE, _LIKELY, _OPEN = 0.95, 0.75, 0.55
_SAME = 1e-9
_GAINING, _NAMED = 2, 3
DIGITS = {"share": 1, "mean": 1, "p90": 1, "worst": 1, "gini": 2}
"""Decimals of each figure as it is shown; shares in percent."""
_HIGHER_IS_BETTER = {"share", "worst"}
_TOLD = {"share", "mean", "worst"}
_SHARES = {"share_a", "share_more", "share_less", "before", "low_a", "high_a", "low_b", "high_b"}
_SHARES |= {"worst_a", "worst_b"}
_WALKS = {"walk_a", "walk_short", "walk_long", "walk_before", "apart"}
_WHOLE = {"need_both", "need_a", "need_b", "unreached_a", "unreached_b"}
_COUNTS = {"in_both", "only_a", "only_b"}


def shown(figures: Figures, measure: str) -> float:
    """Return a figure as it is shown: rounded, shares in percent."""
    value = {
        "share": figures.share * 100.0,
        "mean": figures.mean_minutes,
        "p90": figures.p90_minutes,
        "worst": figures.worst_share * 100.0,
        "gini": figures.gini,
    }[measure]
    return round(value, DIGITS[measure])


def better(plans: TwoPlans, measure: str) -> int | None:
    """Return which plan has the better figure as it is shown, 0 or 1; ``None`` where neither has."""
    one, other = (shown(effect.after, measure) for effect in plans.effects)
    if not (math.isfinite(one) and math.isfinite(other)) or one == other:
        return None
    return int((one < other) == (measure in _HIGHER_IS_BETTER))


def explain_plans(plans: TwoPlans, minutes: float) -> tuple[tuple[Statement, ...], ...]:
    """Say which of two plans covers more, how sure that is, and what else differs; by paragraph.

    Parameters
    ----------
    minutes
        Walking time that counts as within reach.
    """
    if math.isnan(plans.effects[0].after.share):
        return ((Statement("no_need"), _rooms(plans)),)
    told = (
        (_lead(plans, minutes), *_chances(plans)),
        (*_walks(plans), *_worst(plans)),
        (_rooms(plans), *_gains(plans)),
        (_remark(plans),),
    )
    return tuple(one for one in told if one)


def _lead(plans: TwoPlans, minutes: float) -> Statement:
    shares = [effect.after.share for effect in plans.effects]
    params = {"minutes": minutes, "before": plans.effects[0].before.share}
    if _is_even(plans):
        return Statement("even", params | {"a": 0, "b": 1, "share_a": shares[0]})
    more, less = _ahead(plans)
    params |= {"more": more, "less": less, "share_more": shares[more], "share_less": shares[less]}
    points = shown_difference(shares[more] * 100.0, shares[less] * 100.0)
    return Statement("ahead" if points > 0 else "barely", params | {"points": points})


def _is_even(plans: TwoPlans) -> bool:
    one, other = plans.effects
    return math.isclose(one.after.share, other.after.share, abs_tol=_SAME)


def _ahead(plans: TwoPlans) -> tuple[int, int]:
    one, other = plans.effects
    return (0, 1) if one.after.share > other.after.share else (1, 0)


def _chances(plans: TwoPlans) -> Iterator[Statement]:
    if plans.ranges is None or plans.a_ahead is None:
        return
    params: dict[str, Any] = {"a": 0, "b": 1, "draws": DRAWS}
    for letter, found in zip("ab", plans.ranges, strict=True):
        params |= {f"low_{letter}": found.low, f"high_{letter}": found.high}
    if plans.need_a == 0 and plans.need_b == 0:
        yield Statement("range_same", params)
        return
    if _is_even(plans):
        yield Statement("either", params | {"chance": plans.a_ahead})
    else:
        more, less = _ahead(plans)
        chance = plans.a_ahead if more == 0 else 1.0 - plans.a_ahead
        limits = (("sure", _SURE), ("likely", _LIKELY), ("rather", _OPEN), ("open", 1.0 - _OPEN))
        key = next((key for key, least in limits if chance >= least), "doubtful")
        yield Statement(key, {"more": more, "less": less, "chance": chance, "draws": DRAWS})
    yield Statement("ranges", params)


def _walks(plans: TwoPlans) -> Iterator[Statement]:
    walks = [effect.after.mean_minutes for effect in plans.effects]
    if not all(map(math.isfinite, walks)):
        return
    before = plans.effects[0].before.mean_minutes
    apart = shown_difference(walks[0], walks[1])
    if apart == 0:
        yield Statement("walk_same", {"walk_a": walks[0], "walk_before": before})
    else:
        short, long = (0, 1) if apart < 0 else (1, 0)
        params = {"walk_short": walks[short], "walk_long": walks[long], "walk_before": before}
        yield Statement("walk", params | {"short": short, "long": long, "apart": abs(apart)})
    left = {f"unreached_{letter}": effect.after.unreached for letter, effect in _sides(plans)}
    if any(left.values()):
        yield Statement("unreached", {"a": 0, "b": 1} | left)


def _sides(plans: TwoPlans) -> Iterator[tuple[str, Effect]]:
    return zip("ab", plans.effects, strict=True)


def _worst(plans: TwoPlans) -> Iterator[Statement]:
    if plans.boroughs.empty:
        return
    params: dict[str, Any] = {"a": 0, "b": 1}
    for side, letter in enumerate("ab"):
        params[f"names_{letter}"] = lowest(plans, side)
        params[f"worst_{letter}"] = plans.effects[side].after.worst_share
    same = params["names_a"] == params["names_b"]
    same = same and shown_difference(params["worst_a"] * 100.0, params["worst_b"] * 100.0) == 0
    yield Statement("worst_same" if same else "worst", params)


def lowest(plans: TwoPlans, side: int) -> tuple[str, ...]:
    """Return the keys of the boroughs with the lowest share, as it is shown, with *A* (0) or *B* (1)."""
    column = plans.boroughs[("share_a", "share_b")[side]]
    shares = {
        str(key): round(share * 100.0, DIGITS["worst"])
        for key, share in zip(plans.boroughs["key"], column, strict=True)
    }
    return tuple(sorted(key for key, share in shares.items() if share == min(shares.values())))


def _rooms(plans: TwoPlans) -> Statement:
    params = {"a": 0, "b": 1, "in_both": len(plans.in_both)}
    return Statement("rooms", params | {"only_a": len(plans.only_a), "only_b": len(plans.only_b)})


def _gains(plans: TwoPlans) -> Iterator[Statement]:
    needs = {"need_both": plans.need_both, "need_a": plans.need_a, "need_b": plans.need_b}
    yield Statement("reached", {"a": 0, "b": 1} | needs)
    columns = ("key", "share_a", "share_b")
    for more, less in ((0, 1), (1, 0)):
        rows = [
            (points, str(key))
            for key, *shares in zip(*(plans.boroughs[name] for name in columns), strict=True)
            if (points := shown_difference(shares[more] * 100.0, shares[less] * 100.0)) > 0
        ]
        rows.sort(key=lambda row: -row[0])
        params: dict[str, Any] = {"more": more, "less": less, "rows": tuple(rows[:_GAINING])}
        yield Statement("gain" if rows else "no_gain", params)


def _remark(plans: TwoPlans) -> Statement:
    """Say whether one plan is better throughout, or what speaks for each."""
    found = {name: better(plans, name) for name in DIGITS}
    figures = [effect.after for effect in plans.effects]
    lists = [
        tuple(
            (name, shown(figures[place], name), shown(figures[1 - place], name))
            for name, side in found.items()
            if side == place
        )
        for place in (0, 1)
    ]
    if not any(lists):
        return Statement("level")
    if all(lists):
        return Statement("trade", {"a": 0, "b": 1, "better_a": lists[0], "better_b": lists[1]})
    more = 0 if lists[0] else 1
    key = "every" if len(lists[more]) == len(DIGITS) else "never_worse"
    return Statement(key, {"more": more, "less": 1 - more, "better": lists[more]})


def plans_text(
    t: Translator, area: StudyArea, plans: TwoPlans, names: tuple[str, str], minutes: float
) -> tuple[str, ...]:
    """Return what is said of two plans as paragraphs, not escaped.

    Parameters
    ----------
    names
        What the plans are called.
    """
    return tuple(
        " ".join(plan_statement_text(t, area, names, one) for one in paragraph)
        for paragraph in explain_plans(plans, minutes)
    )


def plan_statement_text(t: Translator, area: StudyArea, names: tuple[str, str], statement: Statement) -> str:
    """Return one statement as a sentence or two, not escaped."""
    words: dict[str, Any] = {}
    for key, value in statement.params.items():
        if key in {"a", "b", "more", "less", "short", "long"}:
            words |= {key: AB[value], f"name_{key}": names[value]}
        else:
            words[key] = _written(t, area, key, value)
    return t(f"two_plans.say.{statement.key}", **words)


def _written(t: Translator, area: StudyArea, key: str, value: Any) -> Any:  # noqa: PLR0911 - one line for each kind
    if key in _SHARES:
        return t.share(value, 1)
    if key in _WALKS:
        return t.number(value, 1, "min")
    if key in _WHOLE:
        return t.number(value)
    if key == "points":
        return t.number(value, 1)
    if key == "chance":
        return chance_text(t, value)
    if key in _COUNTS or key == "draws":
        return t.number(float(value))
    if key == "minutes":
        return short_number(t, value)
    if key.startswith("names_"):
        return boroughs_text(t, area, value)
    if key == "rows":
        called = district_names(area, "borough")
        return listed(
            t,
            [
                t("two_plans.say.gain_row", name=called.get(name, name), points=t.number(points, 1))
                for points, name in value
            ],
        )
    return listed(t, [_measure_text(t, *row) for row in value])


def _measure_text(t: Translator, name: str, good: float, bad: float) -> str:
    """Name a figure in which one plan is better; with both values, unless they have been told before."""
    label = t(f"two_plans.measure.{name}")
    if name in _TOLD:
        return label
    first = t.number(good, DIGITS[name])
    second = t.number(bad, DIGITS[name], "min" if name == "p90" else "")
    return t("two_plans.say.measure", label=label, good=first, bad=second)


def boroughs_text(t: Translator, area: StudyArea, keys: Sequence[str]) -> str:
    """Return the names of boroughs as a list in a sentence, of many the first ones and how many more."""
    called = district_names(area, "borough")
    named = [called.get(key, key) for key in keys]
    if len(named) > _NAMED + 1:
        named = [*named[:_NAMED], t("two_plans.say.more_names", count=len(named) - _NAMED)]
    return listed(t, named)
