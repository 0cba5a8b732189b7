"""Enter weights otherwise than by sliders: as shares in percent, or by comparing criteria in pairs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from planning.area import criteria
from planning.ui import work
from planning.ui.components.pairwise_entry import draw_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.i18n import Translator

MODES = ("shares", "pairs")
_BOX = "weight_entry"
_WHOLE, _TENTHS = 100.0, 1000
_SAME = 0.05
_COLUMNS = 3


def draw_weight_entry(t: Translator, shares: Mapping[str, float]) -> None:
    """Draw the button that opens the entry, and the entry.

    ``shares`` are the normalised weights in force; empty where they cannot be used.
    """
    box = st.popover(t("weights.entry.title"), help=t("weights.entry.help"), key=_BOX, on_change="rerun")
    if not box.open:  # in a closed one a field would not take up what it is to hold
        return
    with box, st.container(key="weight_entry_box"):
        mode = st.segmented_control(
            t("weights.entry.mode"),
            MODES,
            default=MODES[0],
            format_func=lambda name: t(f"weights.mode.{name}"),
            key="weight_mode",
            required=True,
            label_visibility="collapsed",
        )
        if mode == "pairs":
            draw_pairs(t, shares)
        else:
            _draw_shares(t, shares)


def tenths(shares: Mapping[str, float]) -> dict[str, float]:
    """Return shares in percent with one decimal that add up to 100 (largest remainders are rounded up).

    >>> tenths({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3})
    {'a': 33.4, 'b': 33.3, 'c': 33.3}
    """
    exact = {name: share * _TENTHS for name, share in shares.items()}
    whole = {name: math.floor(value) for name, value in exact.items()}
    lacking = round(sum(exact.values())) - sum(whole.values())
    for name in sorted(exact, key=lambda name: whole[name] - exact[name])[:lacking]:
        whole[name] += 1
    return {name: value / 10 for name, value in whole.items()}


def _draft(shares: Mapping[str, float]) -> dict[str, float]:
    """Return the percentages as they are being entered; new weights in force begin them anew."""
    base = tenths({one.id: shares.get(one.id, 0.0) for one in criteria()})
    held: tuple[dict[str, float], dict[str, float]] | None = st.session_state.get("share_draft")
    if held is None or held[0] != base:
        held = (base, base)
        st.session_state["share_draft"] = held
    return held[1]


def _note(name: str, key: str) -> None:
    base, draft = st.session_state["share_draft"]
    st.session_state["share_draft"] = (base, draft | {name: float(st.session_state[key])})


def _forget() -> None:
    st.session_state.pop("share_draft", None)


def _draw_shares(t: Translator, shares: Mapping[str, float]) -> None:
    draft = _draft(shares)
    for place, criterion in enumerate(criteria()):
        if place % _COLUMNS == 0:  # row by row, so that the order holds where columns stand below each other
            columns = st.columns(_COLUMNS, gap="small", vertical_alignment="bottom")
        key = f"share_{criterion.id}"
        st.session_state[key] = draft[criterion.id]
        columns[place % _COLUMNS].number_input(
            f"{t(f'criteria.{criterion.id}.label')} (%)",
            min_value=0.0,
            max_value=_WHOLE,
            step=1.0,
            format="%g",
            key=key,
            on_change=_note,
            args=(criterion.id, key),
            help=t(f"criteria.{criterion.id}.description"),
        )
    total = sum(draft.values())
    _draw_sum(t, total)
    _draw_buttons(t, draft, total)


def _draw_sum(t: Translator, total: float) -> None:
    written = t.share(total / _WHOLE, 0 if round(total, 1).is_integer() else 1)
    if total <= 0:
        st.error(t("weights.shares.sum_zero"), icon=":material/error:")
    elif abs(total - _WHOLE) < _SAME:
        st.markdown(f"**{t('weights.shares.sum', sum=written)}**")
    else:
        st.warning(t("weights.shares.sum_other", sum=written), icon=":material/info:")


def _draw_buttons(t: Translator, draft: Mapping[str, float], total: float) -> None:
    base, _ = st.session_state["share_draft"]
    is_pending = draft != base
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("weights.entry.apply"),
            type="primary",
            key="share_apply",
            disabled=not is_pending or total <= 0,
            on_click=_apply,
            args=(dict(draft), total),
        )
        st.button(t("weights.shares.reset"), key="share_reset", disabled=not is_pending, on_click=_forget)
        st.caption(t(f"weights.entry.{'pending' if is_pending else 'in_force'}"), width="content")


def _apply(draft: Mapping[str, float], total: float) -> None:
    if abs(total - _WHOLE) < _SAME:
        work.set_criteria_weights(draft)
    else:
        work.set_criteria_weights(work.percentages({name: one / total for name, one in draft.items()}))
    _forget()
