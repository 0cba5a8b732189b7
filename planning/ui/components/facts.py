"""The fact panel of one candidate, site or point."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from planning.render.labels import district_names, room_name, short_number, text_of
from planning.render.side_by_side_words import raw_text
from planning.scoring import candidate_facts, reasons
from planning.ui import cache, compared, state, work
from planning.ui.components.add_place import draw_add_form, to_metres
from planning.ui.components.correct import draw_corrections
from planning.ui.markup import html_table, plain

if TYPE_CHECKING:
    import pandas as pd

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.scoring import CandidateFacts, Evaluation
    from planning.scoring.facts import ScoreSplit
    from planning.ui.state import Selection

_GROUPS = ("residents", "foreign_nationals", "non_eu_nationals", "born_abroad", "under10")
_REASONS = 2
_VISIBLE_RANGE = 0.05
LONGEST_NOTE = 4000


def _place_kind(t: Translator, kind: str) -> str:
    key = f"data.place_kind.{kind}"
    return t(key) if t.has(key) else kind


def signed(t: Translator, value: float) -> str:
    """Write a difference with its sign, a true minus included."""
    return ("+" if value > 0 else "−") + t.number(abs(value))


def _split_table(t: Translator, score: ScoreSplit) -> str:
    rows = []
    for part in sorted(score.parts, key=lambda part: -part.contribution):
        raw = escape(raw_text(t, part.criterion, part.raw))
        if part.unknown:
            raw = f'<span class="unknown">{raw}</span>'
        width = f"{part.value:.0f}%"
        label = escape(t(f"criteria.{part.criterion}.label"))
        points = t.number(part.contribution, 1)
        bar = f'<span class="bar" style="width:{width}"></span>'
        bar = f'<span class="track" title="{t.number(part.value)}/100">{bar}</span>'
        rows.append((f"{label}<br>{bar}", f"{raw}<br><b>{points}</b> / {t.number(part.share * 100, 1)}"))
    return html_table(rows, t("ui.facts.split"))


def _why(t: Translator, evaluation: Evaluation, candidate_id: str) -> str:
    told = reasons(evaluation.scores, candidate_id)
    lifted = [r for r in sorted(told, key=lambda r: -r.difference) if r.difference > 0][:_REASONS]
    lowered = [r for r in sorted(told, key=lambda r: r.difference) if r.difference < 0][:_REASONS]
    parts = []
    for chosen, key in ((lifted, "ui.facts.lifted"), (lowered, "ui.facts.lowered")):
        if chosen:
            names = ", ".join(
                f"{t(f'criteria.{r.criterion}.label')} ({signed(t, r.difference)})" for r in chosen
            )
            parts.append(t(key, names=names))
    return " ".join(parts)


def _surroundings(t: Translator, facts: CandidateFacts) -> None:
    near = [
        (escape(site.name), f"{t.number(site.metres, 0, 'm')} · {t.number(site.minutes, 0, 'min')}")
        for site in facts.sites
    ]
    st.markdown(f"**{t('ui.facts.sites')}**")
    st.html(html_table(near, t("ui.facts.sites")) if near else escape(t("ui.facts.none")))
    st.markdown(f"**{t('ui.facts.stops')}**")
    stops = [
        (f"{escape(s.name)}<br><small>{escape(', '.join(s.lines))}</small>", t.number(s.metres, 0, "m"))
        for s in facts.stops
    ]
    st.html(html_table(stops, t("ui.facts.stops")) if stops else escape(t("ui.facts.none")))
    st.markdown(f"**{t('ui.facts.partners')}**")
    partners = [
        (
            escape(p.name or _place_kind(t, p.kind)) + f"<br><small>{escape(_place_kind(t, p.kind))}</small>",
            t.number(p.metres, 0, "m"),
        )
        for p in facts.partners
    ]
    st.html(html_table(partners, t("ui.facts.partners")) if partners else escape(t("ui.facts.none")))


def _headline(t: Translator, area: StudyArea, room: pd.Series[Any], facts: CandidateFacts) -> None:
    st.markdown(f"#### {plain(room_name(t, room))}")
    district = district_names(area, "quarter").get(str(room["quarter"]), "")
    place = [t(f"data.venue_kind.{room['kind']}"), text_of(room["address"]), district]
    st.caption(plain(" · ".join(part for part in place if part)))
    if facts.score is None:
        st.info(t("ui.facts.closed"))
        return
    rank = t("ui.facts.rank", rank=facts.score.rank, of=facts.score.of)
    st.markdown(f"**{t.number(facts.score.total, 1)}** / 100 · {rank}")
    if facts.score.high - facts.score.low > _VISIBLE_RANGE:
        low, high = t.number(facts.score.low), t.number(facts.score.high)
        st.caption(t("ui.facts.range", low=low, high=high))


def _persons(t: Translator, facts: CandidateFacts, minutes: str) -> list[tuple[str, str]]:
    rows = [
        (t("ui.facts.need_gained"), t.number(facts.need_gained)),
        (t("ui.facts.need_in_reach", minutes=minutes), t.number(facts.need_in_reach)),
    ]
    for group in _GROUPS:
        if group in facts.gained:
            gained, reach = t.number(facts.gained[group]), t.number(facts.in_reach[group])
            label = t(f"data.indicator.{group}.label")
            rows.append((label, t("ui.facts.gained_of", gained=gained, reach=reach)))
    return [(escape(label), figure) for label, figure in rows]


def _origin(t: Translator, area: StudyArea, room: pd.Series[Any], facts: CandidateFacts) -> None:
    names = [t(f"data.column.{name}.label") for name in facts.unknown]
    st.write(t("ui.facts.unknown", names=", ".join(names)) if names else t("ui.facts.all_known"))
    here = area.sites.loc[area.sites["site_id"] == room["at_site"], "name"]
    if not here.empty:
        st.info(t("ui.facts.at_site", name=plain(text_of(here.iloc[0]))))
    source, as_of = (plain(text_of(room[name])) or t("ui.answer.unknown") for name in ("source", "as_of"))
    st.caption(t("ui.facts.origin", source=source, as_of=as_of))
    if text_of(room["note"]):
        st.caption(t("ui.facts.note", note=plain(text_of(room["note"]))))


def _candidate(t: Translator, area: StudyArea, evaluation: Evaluation, candidate_id: str) -> None:
    room = area.candidates.set_index("candidate_id").loc[candidate_id]
    scenario = state.scenario()
    facts = candidate_facts(area, scenario, cache.distances(area, scenario), evaluation, candidate_id)
    _headline(t, area, room, facts)
    if facts.score is not None:
        st.write(_why(t, evaluation, candidate_id))
    split, reach, around, unknown = st.tabs(
        [t("ui.facts.split"), t("ui.facts.reach"), t("ui.facts.around"), t("ui.facts.open")]
    )
    with split:
        if facts.score is None:
            st.write(t("ui.facts.closed"))
        else:
            st.html(_split_table(t, facts.score))
            st.caption(t("ui.facts.split_why"))
    with reach:
        minutes = short_number(t, scenario.minutes)
        st.html(html_table(_persons(t, facts, minutes), t("ui.facts.reach")))
        st.caption(t("ui.facts.reach_why", minutes=minutes))
    with around:
        _surroundings(t, facts)
    with unknown:
        _origin(t, area, room, facts)


def _field(t: Translator, field: str, value: str) -> str:
    weekday = f"data.weekday.{value}"
    return t(weekday) if field == "weekday" and t.has(weekday) else value


def _site(t: Translator, area: StudyArea, site_id: str) -> None:
    site = area.sites.set_index("site_id").loc[site_id]
    name = text_of(site["name"]) or t(f"data.site_kind.{site['kind']}")
    st.markdown(f"#### {plain(name)}")
    fields = [
        "address",
        "weekday",
        "time_from",
        "time_to",
        "hours",
        "partner",
        "languages",
        "opened",
        "note",
        "source",
    ]
    rows = [
        (escape(t("data.column.kind.label")), escape(t(f"data.site_kind.{site['kind']}"))),
        (escape(t("data.column.status.label")), escape(t(f"data.status.{site['status']}"))),
    ]
    rows += [
        (escape(t(f"data.column.{field}.label")), escape(_field(t, field, site[field])))
        for field in fields
        if isinstance(site[field], str)
    ]
    st.html(html_table(rows, name, text=True))


def _store_note(candidate_id: str, key: str) -> None:
    work.set_candidate_note(candidate_id, str(st.session_state[key]).strip())


def draw_note(t: Translator, candidate_id: str, *, label: str, place: str = "note") -> None:
    """Draw what people noted on a room; it is kept with the scenario.

    ``place`` tells apart the fields for one note on one page or another.
    """
    key = f"{place}_{candidate_id}"
    st.session_state[key] = work.current().candidate_notes.get(candidate_id, "")
    st.text_area(
        label,
        key=key,
        height=80,
        max_chars=LONGEST_NOTE,
        placeholder=t("scenario.note_hint"),
        on_change=_store_note,
        args=(candidate_id, key),
    )


def _draw_compare(t: Translator, candidate_id: str) -> None:
    """Draw the button that puts a room into the comparison."""
    within = candidate_id in compared.chosen()
    st.button(
        t("confidence.added" if within else "confidence.add"),
        key=f"compare_add_{candidate_id}",
        icon=":material/compare_arrows:",
        help=t("confidence.add_why"),
        on_click=compared.add,
        args=(candidate_id,),
        disabled=within,
    )


def draw_facts(t: Translator, area: StudyArea, evaluation: Evaluation, picked: Selection | None) -> None:
    """Draw what is known about the selection, or how to select something."""
    if picked is None:
        st.info(t("ui.facts.nothing"))
        return
    if picked.kind == "point" and picked.point is not None:
        st.markdown(f"#### {t('ui.facts.point')}")
        st.caption(t("ui.facts.point_why", minutes=short_number(t, state.scenario().minutes)))
        x, y = to_metres(area, *picked.point)
        draw_add_form(t, area, x, y, address="", key=f"point_{x:.0f}_{y:.0f}")
    elif picked.kind == "candidate" and (area.candidates["candidate_id"] == picked.id).any():
        _candidate(t, area, evaluation, picked.id)
        _draw_compare(t, picked.id)
        draw_note(t, picked.id, label=t("scenario.candidate_note"))
        status = area.candidates.loc[area.candidates["candidate_id"] == picked.id, "status"].iloc[0]
        draw_corrections(t, picked, str(status))
    elif picked.kind == "site" and (area.sites["site_id"] == picked.id).any():
        _site(t, area, picked.id)
        status = area.sites.loc[area.sites["site_id"] == picked.id, "status"].iloc[0]
        draw_corrections(t, picked, str(status))
    else:
        st.info(t("ui.facts.gone"))
