"""The scenario in the line above every page: name, saved or not, undo, and what became of a save."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from planning.errors import PlanningError
from planning.render.labels import date_text
from planning.render.scenario_words import DifferenceText, difference_text, names_of, notice_text
from planning.scenarios.compare import compare
from planning.scenarios.snapshot import LONGEST_NAME
from planning.ui import drafts, keeping, work
from planning.ui.areas import area_path, original_area
from planning.ui.components.faults import draw_error
from planning.ui.markup import html_grid, plain

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.scenarios.entries import Entry

_MOST_DIFFERENCES = 12
_SHOWN = 18
_LONGEST_FILE = 60
_BOX = "scenario_box"


def scenario_name(t: Translator) -> str:
    """Return what the present scenario is called."""
    return work.current().scenario.name or t("scenario.draft")


def file_name(t: Translator, name: str) -> str:
    """Return what a scenario is called as a file: its name, as far as every system can write it."""
    words = re.sub(r"[^\w]+", "-", name, flags=re.UNICODE).strip("-")[:_LONGEST_FILE]
    return f"{'-'.join(filter(None, (t('scenario.file'), words)))}.json"


def _zone(name: str | None) -> ZoneInfo | None:
    """Return the zone that a browser names; ``None``, this machine's, where it names none that is known."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def time_text(t: Translator, saved_at: str) -> str:
    """Write the time of a revision in the zone of the browser."""
    local = dt.datetime.fromisoformat(saved_at).astimezone(_zone(st.context.timezone))
    return t("scenario.time", date=date_text(local.date(), t), clock=f"{local:%H:%M}")


def author_text(t: Translator, entry: Entry) -> str:
    """Return who saved a revision."""
    return entry.author or t("scenario.nobody")


def draw_scenario(t: Translator) -> None:
    """Draw name and state of the present scenario with what can be done to it, and undo and redo."""
    unsaved = work.has_unsaved()
    mark = " *" if unsaved else ""
    named = work.current().scenario.name
    label = _short(named) if named else f"{t('scenario.label')}: {t('scenario.draft')}"
    box = st.popover(plain(f"{label}{mark}"), key=_BOX, on_change="rerun")
    if box.open:  # in a closed one a field would not take up what it is to hold
        with box:
            _draw_save(t, unsaved)
    for name, turn, action in (
        ("undo", work.undo, work.last_action()),
        ("redo", work.redo, work.next_action()),
    ):
        st.button(
            "",
            icon=f":material/{name}:",
            help=t(f"ui.{name}", action=t(action)) if action else t(f"ui.tables.{name}"),
            on_click=turn,
            disabled=action is None,
            key=name,
        )


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN else f"{name[: _SHOWN - 1]}…"


def _state(t: Translator, unsaved: bool) -> str:
    kept = work.saved()
    if kept is None:
        return t("scenario.state.never")
    told = t(
        "scenario.state.unsaved" if unsaved else "scenario.state.saved",
        number=kept.entry.number,
        author=author_text(t, kept.entry),
        time=time_text(t, kept.entry.saved_at),
    )
    return plain(told)


def _save(*, new: bool, copy: str = "") -> None:
    name = str(st.session_state["scenario_name"])
    if new and name == work.current().scenario.name:
        name = copy
    st.session_state[_BOX] = False  # what became of it is told below
    keeping.set_author(str(st.session_state["scenario_author"]))
    keeping.attempt(keeping.save_as if new else keeping.save, name)


def _fields() -> dict[str, str]:
    """Return what the fields hold: what was typed, until what holds changes."""
    held = (work.current().scenario.name, keeping.author())
    if st.session_state.get("scenario_held") != held:
        st.session_state["scenario_held"] = held
        st.session_state["scenario_name"], st.session_state["scenario_author"] = held
        st.session_state["scenario_typed"] = dict(zip(("name", "author"), held, strict=True))
    typed: dict[str, str] = st.session_state["scenario_typed"]
    return typed


def _type(field: str, key: str) -> None:
    st.session_state["scenario_typed"] = {**_fields(), field: str(st.session_state[key])}


def _draw_save(t: Translator, unsaved: bool) -> None:
    kept = work.saved()
    st.caption(_state(t, unsaved))
    for field, text in _fields().items():
        key = f"scenario_{field}"
        # only what is new is said, for somebody may be typing
        st.session_state.setdefault(key, text)
        st.text_input(
            t(f"scenario.{field}"), key=key, max_chars=LONGEST_NAME, on_change=_type, args=(field, key)
        )
    with st.container(horizontal=True):
        st.button(
            t("scenario.save" if kept is None else "scenario.save_revision"),
            key="scenario_save",
            type="primary",
            on_click=_save,
            kwargs={"new": False},
            disabled=kept is not None and not unsaved and _fields()["name"] == kept.entry.name,
        )
        if kept is not None:
            copy = t("scenario.copy_of", name=kept.entry.name)[:LONGEST_NAME]
            st.button(
                t("scenario.save_as"),
                key="scenario_save_as",
                on_click=_save,
                kwargs={"new": True, "copy": copy},
            )
    _draw_share(t)


def _draw_share(t: Translator) -> None:
    """Draw the scenario as a file and as a link."""
    from planning.scenarios.document import document_bytes, document_of

    snapshot = work.snapshot()
    st.download_button(
        t("scenario.download"),
        lambda: document_bytes(document_of(snapshot)),
        file_name=file_name(t, scenario_name(t)),
        mime="application/json",
        on_click="ignore",
        key="scenario_download",
        icon=":material/download:",
    )
    if st.toggle(t("scenario.link"), key="scenario_link"):
        try:
            st.code(keeping.link_of(snapshot), language=None, wrap_lines=True, height=90)
            st.caption(t("scenario.link_why"))
        except PlanningError as error:
            draw_error(t, error)


def draw_outcome(t: Translator) -> None:
    """Draw what became of the last attempt to save or open, and what does not fit the data at hand."""
    entry: Entry | None = st.session_state.pop("saved_now", None)
    if entry is not None:
        told = t("scenario.saved_now", name=entry.name, number=entry.number)
        st.toast(plain(told), icon=":material/check_circle:")
    opened: str | None = st.session_state.pop("opened_now", None)
    if opened is not None:
        st.toast(
            plain(t("scenario.opened_now", name=opened or t("scenario.draft"))), icon=":material/folder_open:"
        )
    met = keeping.conflict()
    if met is not None:
        _draw_conflict(t, met.head, t(f"errors.{met.code}", **_worded(t, met.params)), met.code)
    error = keeping.trouble()
    if error is not None:
        st.session_state["trouble_told"] = True
        draw_error(t, error)
        st.button(t("scenario.dismiss"), key="trouble_dismiss", on_click=keeping.forget_trouble)
    if keeping.notices():
        lines = [f"- {plain(notice_text(t, one))}" for one in keeping.notices()]
        st.warning("\n".join(lines), icon=":material/info:")
        st.button(t("scenario.dismiss"), key="notices_dismiss", on_click=keeping.forget_notices)
    lost = drafts.draft_trouble()
    if lost is not None:
        st.warning(plain(f"{t('scenario.draft_in_memory')} {t(f'errors.{lost.code}', **lost.params)}"))


def _worded(t: Translator, params: dict[str, object]) -> dict[str, object]:
    worded = dict(params)
    if "author" in worded:
        worded["author"] = worded["author"] or t("scenario.nobody")
    return worded


def _draw_conflict(t: Translator, head: Entry, told: str, code: str) -> None:
    """Draw whose change was met, what differs, and the three ways out; none is taken by itself."""
    with st.container(border=True, key="conflict"):
        st.warning(plain(told), icon=":material/group:")
        if code == "scenario_changed":
            _draw_difference(t, head)
        theirs = t("scenario.conflict.theirs", author=author_text(t, head))
        names = {"theirs": plain(theirs), "mine": t("scenario.conflict.mine")}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if code == "scenario_changed":
                args = (keeping.take_theirs, head)
                st.button(names["theirs"], key="conflict_theirs", on_click=keeping.attempt, args=args)
                args = (keeping.save_over, head)
                st.button(names["mine"], key="conflict_mine", on_click=keeping.attempt, args=args)
            copy = t("scenario.copy_of", name=head.name)[:LONGEST_NAME]
            st.text_input(t("scenario.name"), value=copy, key="conflict_name", max_chars=LONGEST_NAME)
            st.button(t("scenario.conflict.copy"), key="conflict_copy", on_click=_save_copy)
            st.button(t("scenario.dismiss"), key="conflict_dismiss", on_click=keeping.forget_trouble)


def _save_copy() -> None:
    keeping.attempt(keeping.save_as, str(st.session_state["conflict_name"]))


def _draw_difference(t: Translator, head: Entry) -> None:
    """Draw what differs between the own work and what the other person saved."""
    try:
        _, theirs = keeping.store().read(head.scenario_id, head.number)
    except PlanningError as error:
        draw_error(t, error)
        return
    area = original_area(area_path())
    names = names_of(t, area, work.current().area)
    found = compare(theirs, work.snapshot()).differences
    if not found and keeping.asked_name() in {"", head.name}:
        st.caption(t("scenario.same"))
        return
    texts = [difference_text(t, one, names) for one in found[:_MOST_DIFFERENCES]]
    if keeping.asked_name() not in {"", head.name}:
        texts.insert(0, DifferenceText(t("scenario.name"), head.name, keeping.asked_name()))
    heads = (t("scenario.setting"), author_text(t, head), t("scenario.conflict.yours"))
    st.html(html_grid(heads, [(one.what, one.a, one.b) for one in texts], t("scenario.differences")))
    if len(found) > _MOST_DIFFERENCES:
        st.caption(t("scenario.and_more", count=len(found) - _MOST_DIFFERENCES))
