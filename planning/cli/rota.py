"""``planning rota``: weekday, hours and team for every dependance, as table, calendars and posters."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning.cli.console import DONE, FAULTY, count_progress, say, stoppable, tell
from planning.cli.export import tell_notices, with_plan
from planning.cli.start import begin
from planning.errors import SourceError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from planning.access import Distances
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.rota.defaults import Week
    from planning.rota.model import Rota
    from planning.rota.open_days import WeekShares
    from planning.scenarios.work import Work

_LOOK_S = 0.1
_YEAR = 365


def add_rota(sub: argparse.ArgumentParser, t: Translator) -> None:
    """Add the options of ``planning rota``; those of a scenario are there already."""
    sub.add_argument("--plan", metavar="FILE", help=t("cli.help_export_plan"))
    sub.add_argument("--last", metavar="FILE", help=t("cli.help_rota_last"))
    sub.add_argument("--time-limit", type=float, default=60.0, metavar="S", help=t("cli.help_rota_time"))
    sub.add_argument("--start", type=dt.date.fromisoformat, metavar="DATE", help=t("cli.help_rota_start"))
    sub.add_argument("--until", type=dt.date.fromisoformat, metavar="DATE", help=t("cli.help_rota_until"))
    sub.add_argument("--out", required=True, metavar="FOLDER", help=t("cli.help_rota_out"))


def run_rota(args: argparse.Namespace, t: Translator) -> int:
    """Plan the week and write it; where there is no plan, say why and what would help."""
    from planning.access import measure
    from planning.export.plan import check_folder, write_plan
    from planning.export.rota import rota_files
    from planning.render.findings import area_of
    from planning.render.rota_words import (
        access_lines,
        assumption_text,
        conflict_lines,
        duty_line,
        rota_lines,
    )
    from planning.rota.defaults import first_week
    from planning.walking import build_network

    check_folder(Path(args.out))
    begun = begin(args, t)
    opened = with_plan(
        args.plan, replace(begun.kept, area=begun.area, scenario=begun.scenario), begun.original
    )
    tell_notices(opened, t)
    area = area_of(opened.work)
    network = build_network(area.nodes, area.edges)
    distances = measure(area, network=network, progress=count_progress(t))
    rooms = () if opened.work.plan is None else opened.work.plan.plan.candidate_ids
    week = first_week(area, rooms, distances, network, names=_names(area, rooms, t))
    if args.last:
        week = _after(week, args.last)
    rota = _solved(week, args.time_limit)
    tell(*rota_lines(t, rota))
    if not rota.found:
        if rota.status == "infeasible":
            tell(*conflict_lines(t, week.task, _conflict(week)))
        return FAULTY
    tell(*(duty_line(t, week.task, duty) for duty in rota.duties))
    scenario = opened.work.scenario
    tell(*access_lines(t, week.task, _shares(week, rota, opened.work, distances), scenario.minutes))
    start = args.start or args.date
    files = rota_files(
        week, rota, t, area=area, date=args.date, start=start,
        until=args.until or start + dt.timedelta(days=_YEAR),
        assumptions=[assumption_text(t, one) for one in week.assumptions],
    )  # fmt: skip
    write_plan(Path(args.out), files)
    say(t("cli.rota_written", count=len(files), path=args.out))
    return DONE


def _names(area: StudyArea, rooms: Sequence[str], t: Translator) -> dict[str, str]:
    """Return what each room is called."""
    from planning.render.labels import room_names

    table = area.candidates.set_index("candidate_id", drop=False).loc[list(rooms)]
    return dict(zip(rooms, room_names(t, table), strict=True))


def _after(week: Week, path: str) -> Week:
    """Return the week with the plan of last week, of which as little as possible is to change."""
    from planning.rota.change import replanned
    from planning.rota.record import read_duties

    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError("plan_file_unreadable", path=path, reason=reason) from error
    return replace(week, task=replanned(week.task, read_duties(content)))


def _beside(work: Callable[[Callable[[], bool]], Any]) -> Any:
    """Do a work in a thread, so that the first Ctrl-C ends it with what it has."""
    with stoppable() as stop, ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, stop)
        while True:
            try:
                return future.result(_LOOK_S)
            except NotYet:
                if future.done():
                    raise


def _solved(week: Week, limit_s: float) -> Rota:
    from planning.rota.solving import solve

    rota: Rota = _beside(lambda stop: solve(week.task, time_limit_s=limit_s, over=stop))
    return rota


def _conflict(week: Week) -> Any:
    from planning.rota.conflict import Conflict, find_conflict

    found = _beside(lambda stop: find_conflict(week.task, over=stop))
    return Conflict((), minimal=False) if found is None else found


def _shares(week: Week, rota: Rota, work: Work, distances: Distances) -> WeekShares:
    from planning.need import cell_need
    from planning.render.findings import area_of
    from planning.rota.open_days import open_days, week_shares

    columns = dict(zip(distances.site_ids, distances.sites.T, strict=True))
    columns |= dict(zip(distances.candidate_ids, distances.candidates.T, strict=True))
    ids = [place.id for place in week.task.places] + [team.id for team in week.task.teams]
    near = {name: columns[name] for name in ids}
    found = open_days(week.task, rota.duties, near, work.scenario.reach_m)
    return week_shares(found, cell_need(area_of(work).cells, work.scenario.need_weights))
