"""``planning compare``: two to four rooms side by side, and why one ranks above another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.cli.console import DONE, aligned, count_progress, say, tell
from planning.cli.settings import check_seed
from planning.cli.start import begin
from planning.errors import Fault, SettingError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from planning.access import Distances
    from planning.area import StudyArea
    from planning.cli.start import Start
    from planning.i18n import Translator
    from planning.scoring import Evaluation
    from planning.scoring.comparison import ComparedRoom, Comparison
    from planning.walking import Network

_LISTED = 8


def run_compare(args: argparse.Namespace, t: Translator) -> int:
    """Print rooms side by side and why they rank as they do; write the page if one is asked for."""
    from planning.access import measure
    from planning.export.comparison import check_page_path
    from planning.render.explanation import explanation_text
    from planning.scoring import evaluate
    from planning.scoring.comparison import FEWEST, MOST, check_rooms
    from planning.walking import build_network

    if not FEWEST <= len(args.rooms) <= MOST:
        raise SettingError("compare_count", count=len(args.rooms), fewest=FEWEST, most=MOST)
    check_seed(args.seed)
    if args.out:
        check_page_path(args.out)
    start = begin(args, t)
    area = start.area
    ids = find_rooms(area, t, args.rooms)
    check_rooms(area, ids)
    network = build_network(area.nodes, area.edges)
    distances = measure(area, network=network, progress=count_progress(t))
    evaluation = evaluate(area, start.scenario, distances)
    compared = _compare(args, start, distances, evaluation, ids)
    tell(*_heads(t, area, compared), "", *_table(t, compared))
    for text in explanation_text(t, compared):
        tell("", text)
    if args.out:
        _write(args, t, start, network, distances, evaluation, compared)
        say(t("compare.line.written", path=args.out))
    return DONE


def find_rooms(area: StudyArea, t: Translator, wanted: Sequence[str]) -> list[str]:
    """Return the candidates that somebody names: by identifier, by whole name or by a part of it.

    Large and small letters are the same. A name that is a whole one of a room means that room, also where it
    is part of other names. What a room without a name is called counts as its name.

    Raises
    ------
    SettingError
        ``compare_rooms`` with one fault for each that nobody or that several are called.
    """
    from planning.render.labels import room_names, text_of

    rooms = area.candidates
    named = [
        (str(key), name, f"{name}\n{text_of(aliases)}".casefold())
        for key, name, aliases in zip(
            rooms["candidate_id"], room_names(t, rooms), rooms["aliases"], strict=True
        )
    ]
    found, faults = [], []
    for text in wanted:
        part = " ".join(text.split()).casefold()
        own = [one for one in named if one[0] == text.strip()]
        whole = [one for one in named if part == one[1].casefold()]
        meant = own or whole or [one for one in named if part and part in one[2]]
        if len(meant) == 1:
            found.append(meant[0][0])
        elif not meant:
            faults.append(Fault("compare_unknown", params={"room": text}))
        else:
            listed = "; ".join(f"{name} ({key})" for key, name, _ in meant[:_LISTED])
            more = len(meant) - _LISTED
            rooms_text = t("errors.compare_and_more", rooms=listed, count=more) if more > 0 else listed
            faults.append(
                Fault("compare_ambiguous", params={"room": text, "count": len(meant), "rooms": rooms_text})
            )
    if faults:
        raise SettingError("compare_rooms", faults=tuple(faults))
    return found


def _compare(
    args: argparse.Namespace, start: Start, distances: Distances, evaluation: Evaluation, ids: list[str]
) -> Comparison:
    """Compare rooms, with the confidence in their ranks."""
    from planning.scoring.comparison import compare_candidates
    from planning.scoring.confidence import SEED, confidence, pair_shares
    from planning.scoring.perturbation import perturbation
    from planning.siting.task import rooms_to_open

    seed = SEED if args.seed is None else args.seed
    around = perturbation(
        start.area,
        start.scenario,
        distances,
        evaluation,
        certainty=start.certainty,
        year=args.date.year,
    )
    sure = confidence(around, count=max(rooms_to_open(start.area), 1), seed=seed)
    above = pair_shares(around, ids, draws=sure.draws, seed=seed)
    return compare_candidates(
        start.area, start.scenario, distances, evaluation, ids, confidence=sure, above=above
    )


def _heads(t: Translator, area: StudyArea, compared: Comparison) -> Iterator[str]:
    from planning.render.side_by_side import room_place
    from planning.render.side_by_side_words import called
    from planning.scoring.comparison import LETTERS

    for letter, name, room in zip(LETTERS, called(t, compared), compared.rooms, strict=False):
        place = room_place(t, area, room)
        yield t("compare.line.room", letter=letter, name=name, id=room.candidate_id, place=place)


def _table(t: Translator, compared: Comparison) -> Iterator[str]:
    """Return the criteria with raw value and points of each room, in columns."""
    from planning.scoring.comparison import LETTERS

    rooms, points = compared.rooms, t("compare.line.points")
    rows = [[t("compare.table.criterion"), *(f"{letter} ({points})" for letter in LETTERS[: len(rooms)])]]
    for name in compared.criteria:
        unit = t(f"criteria.{name}.unit")
        label = t(f"criteria.{name}.label")
        head = label if "=" in unit else f"{label}, {unit}"
        rows.append([head, *(_cell(t, name, room) for room in rooms)])
    rows.append([t("compare.table.score"), *(t.number(room.score.total, 1) for room in rooms)])
    of = t.number(rooms[0].score.of)
    rows.append([t("compare.line.rank", of=of), *(t.number(room.score.rank) for room in rooms)])
    if all(room.chance is not None for room in rooms):
        from planning.render.side_by_side_words import chance_text

        shares = [chance_text(t, room.chance.in_best) for room in rooms if room.chance is not None]
        rows.append([t("compare.chance.in_best", best=compared.best), *shares])
    yield from aligned(rows, left=(0,))
    if any(part.unknown for room in rooms for part in room.score.parts):
        yield t("compare.line.unknown")


def _cell(t: Translator, name: str, room: ComparedRoom) -> str:
    from planning.render.side_by_side_words import raw_text

    part = room.part(name)
    raw = "?" if part.unknown else raw_text(t, name, part.raw, with_unit=False)
    return f"{raw} ({t.number(part.contribution, 1)})"


def _write(
    args: argparse.Namespace,
    t: Translator,
    start: Start,
    network: Network,
    distances: Distances,
    evaluation: Evaluation,
    compared: Comparison,
) -> None:
    from planning.export.comparison import comparison_page, write_comparison
    from planning.walking import isochrone

    column = {name: place for place, name in enumerate(distances.candidate_ids)}
    spots = [distances.snapped_candidates.take([column[room.candidate_id]]) for room in compared.rooms]
    reaches = [isochrone(network, spot, start.scenario.reach_m) for spot in spots]
    content = comparison_page(
        start.area,
        evaluation,
        start.scenario,
        compared,
        t,
        args.date,
        reaches=reaches,
        notes=start.kept.candidate_notes,
    )
    write_comparison(args.out, content)
