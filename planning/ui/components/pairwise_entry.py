"""Weights from questions about two criteria at a time, with what the answers give and whether they agree."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from planning.area import criteria
from planning.render.scenario_words import times_text
from planning.scoring.pairwise import CONSISTENT, is_connected, next_question, pairwise_weights
from planning.ui import work
from planning.ui.markup import html_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planning.i18n import Translator
    from planning.scoring.pairwise import Judgement, PairwiseWeights

Pair = tuple[str, str]
SIDES = ("first", "equal", "second")
STEPS = tuple(float(step) for step in range(2, 10))
_USUAL = 3.0
_WORDED = (3, 5, 7, 9)
_SAME = 5e-4
_DECIMALS = 6


@cache
def questions(names: tuple[str, ...]) -> tuple[Pair, ...]:
    """Return all pairs of criteria in the order in which they are asked."""
    asked: dict[Pair, float] = {}
    while (pair := next_question(names, asked)) is not None:
        asked[pair] = 1.0
    return tuple(asked)


def _names() -> tuple[str, ...]:
    return tuple(one.id for one in criteria())


def _label(t: Translator, name: str) -> str:
    return t(f"criteria.{name}.label")


def answer_to(pair: Pair) -> float | None:
    """Return how many times as important the first criterion of a pair was said to be as the second."""
    judgements, (one, other) = work.current().judgements, pair
    if pair in judgements:
        times = judgements[pair]
    elif (other, one) in judgements:
        times = 1.0 / judgements[other, one]
    else:
        return None
    return times if times < 1.0 else round(times, _DECIMALS)


def groups(names: Sequence[str], judgements: Mapping[Pair, float]) -> int:
    """Return in how many groups criteria fall that no chain of answers connects."""
    left, count = list(names), 0
    while left:
        reached = {left[0]}
        while True:
            more = {name for pair in judgements if reached & set(pair) for name in pair} - reached
            if not more:
                break
            reached |= more
        left = [name for name in left if name not in reached]
        count += 1
    return count


def draw_pairs(t: Translator, shares: Mapping[str, float]) -> None:
    """Draw one question and what the answers so far give; ``shares`` are the weights in force."""
    names, judgements = _names(), dict(work.current().judgements)
    _draw_progress(t, names, judgements)
    found = pairwise_weights(names, judgements) if is_connected(names, judgements) else None
    left, right = st.columns([8, 9], gap="medium")
    with left:
        _draw_question(t, _position())
        if found is not None:
            _draw_consistency(t, found)
    with right:
        if found is not None:
            _draw_result(t, found, shares)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(t("weights.pair.clear"), key="pair_clear", disabled=not judgements, on_click=_clear)
            st.caption(t("weights.pair.kept"))


def _clear() -> None:
    work.clear_judgements()
    st.session_state.pop("pair_at", None)


def _position() -> int:
    """Return the number of the question that is shown, from 0."""
    asked = questions(_names())
    if "pair_at" not in st.session_state:
        following = next_question(_names(), work.current().judgements)
        st.session_state["pair_at"] = 0 if following is None else _place(following)
    at: int = st.session_state["pair_at"]
    return min(at, len(asked) - 1)


def _place(pair: Pair) -> int:
    return next(at for at, one in enumerate(questions(_names())) if set(one) == set(pair))


def _go(place: int) -> None:
    st.session_state["pair_at"] = place


def _draw_progress(t: Translator, names: Sequence[str], judgements: Mapping[Pair, float]) -> None:
    given, every = len(judgements), len(questions(_names()))
    lacking = groups(names, judgements) - 1
    if lacking:
        text = t("weights.pair.lacking", given=given, lacking=lacking)
        st.progress(given / (given + lacking), text=text)
    elif given < every:
        st.progress(given / every, text=t("weights.pair.enough", given=given, all=every))
    else:
        st.progress(1.0, text=t("weights.pair.complete", all=every))


def _draw_question(t: Translator, place: int) -> None:
    asked = questions(_names())
    pair = asked[place]
    stored = answer_to(pair)
    st.caption(t("weights.pair.position", number=place + 1, all=len(asked)))
    said = _draw_answer(t, pair, stored, key=f"{place}_{stored}")
    with st.container(horizontal=True):
        st.button(
            t("weights.pair.answer"),
            type="primary",
            key="pair_answer",
            disabled=said is None or answer_to(said[0]) == said[1],
            on_click=_answer,
            args=(said, stored is not None),
        )
        last = len(asked) - 1
        st.button(
            t("weights.pair.back"), key="pair_back", disabled=place == 0, on_click=_go, args=(place - 1,)
        )
        st.button(
            t("weights.pair.next"), key="pair_next", disabled=place == last, on_click=_go, args=(place + 1,)
        )
    if stored is not None:
        st.button(
            t("weights.pair.take_back"), key="pair_remove", on_click=work.set_judgement, args=(*pair, None)
        )


def _draw_answer(t: Translator, pair: Pair, stored: float | None, *, key: str) -> tuple[Pair, float] | None:
    """Draw the two fields of a question and return the answer, turned so that it is at least 1."""
    called = {"first": _label(t, pair[0]), "equal": t("weights.pair.equal"), "second": _label(t, pair[1])}
    index = None if stored is None else 0 if stored > 1 else 2 if stored < 1 else 1
    side = st.radio(
        t("weights.pair.question"), SIDES, index, format_func=called.__getitem__, key=f"pair_side_{key}"
    )
    amount = _USUAL if stored in (None, 1.0) else stored if stored > 1.0 else round(1.0 / stored, _DECIMALS)
    steps = sorted({*STEPS, amount})
    picked = st.select_slider(
        t("weights.pair.how_much"),
        steps,
        amount,
        format_func=lambda times: _step_text(t, times),
        key=f"pair_times_{key}",
        disabled=side in (None, "equal"),
        help=t("weights.pair.how_much_help"),
    )
    if side is None:
        return None
    if side == "equal":
        return pair, 1.0
    return (pair if side == "first" else (pair[1], pair[0])), float(picked)


def _step_text(t: Translator, times: float) -> str:
    number = t.number(times, 0 if times.is_integer() else 1)
    if times in _WORDED:
        return t("weights.pair.times_worded", times=number, word=t(f"weights.pair.word_{times:.0f}"))
    return t("weights.pair.times", times=number)


def _answer(said: tuple[Pair, float], was_answered: bool) -> None:
    """Keep an answer and go on to what is to be asked next; an answer that was changed stays in sight."""
    (criterion, against), times = said
    work.set_judgement(criterion, against, times)
    following = next_question(_names(), work.current().judgements)
    if not was_answered and following is not None:
        _go(_place(following))


def _draw_result(t: Translator, found: PairwiseWeights, shares: Mapping[str, float]) -> None:
    proposed = {str(name): float(share) for name, share in found.shares.items()}
    st.html(_bars(t, proposed))
    in_force = all(abs(share - shares.get(name, 0.0)) < _SAME for name, share in proposed.items())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("weights.entry.apply"),
            type="primary",
            key="pair_apply",
            disabled=in_force,
            on_click=work.set_criteria_weights,
            args=(work.percentages(proposed),),
        )
        st.caption(t(f"weights.entry.{'in_force' if in_force else 'pending'}"), width="content")


def _bars(t: Translator, shares: Mapping[str, float]) -> str:
    longest = max(shares.values())
    rows = [(escape(_label(t, name)), _bar(t, share, longest)) for name, share in shares.items()]
    return html_table(rows, t("weights.pair.result"))


def _bar(t: Translator, share: float, longest: float) -> str:
    bar = f'<span class="bar" style="width: {share / longest:.1%}"></span>'
    track = f'<span class="track" style="display: inline-block; width: 50%">{bar}</span>'
    return f'{track} <span style="display: inline-block; min-width: 3.4rem">{t.share(share, 1)}</span>'


def _draw_consistency(t: Translator, found: PairwiseWeights) -> None:
    if found.given < len(found.shares):
        st.caption(t("weights.pair.no_check"))
        return
    is_consistent = found.ratio <= CONSISTENT
    digits = 2 if is_consistent or round(found.ratio, 2) > CONSISTENT else 3
    verdict = "consistent" if is_consistent else "inconsistent"
    told = t(f"weights.pair.{verdict}", ratio=t.number(found.ratio, digits), limit=t.number(CONSISTENT, 2))
    if is_consistent:
        st.success(told, icon=":material/check:")
    else:
        st.warning(told, icon=":material/warning:")
    if found.worst is not None:
        with st.container(key="pair_check"):
            _draw_worst(t, found.worst)


def _draw_worst(t: Translator, worst: Judgement) -> None:
    st.markdown(
        t(
            "weights.pair.worst",
            criterion=_label(t, worst.criterion),
            against=_label(t, worst.against),
            times=times_text(t, worst.times),
            expected=times_text(t, worst.expected),
        )
    )
    place = _place((worst.criterion, worst.against))
    st.button(t("weights.pair.again"), key="pair_again", on_click=_go, args=(place,))
