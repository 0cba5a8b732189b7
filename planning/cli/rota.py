"""``planning rota``: weekday, hours and team for every dependance, as table, calendars and posters."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning.cli.console import DONE, FAULTY, count_progress, say, stoppable, tell
from planning.cli.export import tell_notices, with_plan
from planning.cli.lookup import content_of
from planning.cli.settings import day_of
from planning.cli.start import begin
from planning.errors import SettingError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from planning.i18n import Translator
    from planning.rota.conflict import Conflict
    from planning.rota.defaults import Week
    from planning.rota.model import Rota, RotaTask

_LOOK_S, TIME_LIMIT_S = 0.1, 60.0


def add_rota(sub: argparse.ArgumentParser, t: Translator) -> None:
    """Add the options of ``planning rota``; those of a scenario are there already."""
    sub.add_argument("--plan", metavar="FILE", help=t("cli.help_export_plan"))
    sub.add_argument("--last", metavar="FILE", help=t("cli.help_rota_last"))
    sub.add_argument("--entries", metavar="FILE", help=t("cli.help_rota_entries"))
    sub.add_argument(
        "--time-limit", type=float, default=TIME_LIMIT_S, metavar="S", help=t("cli.help_rota_time")
    )
    sub.add_argument("--start", type=day_of(t), metavar="DATE", help=t("cli.help_rota_start"))
    sub.add_argument("--until", type=day_of(t), metavar="DATE", help=t("cli.help_rota_until"))
    sub.add_argument("--out", required=True, metavar="FOLDER", help=t("cli.help_rota_out"))


def run_rota(args: argparse.Namespace, t: Translator) -> int:
    """Plan the week and write it; where there is no plan, say why and what would help."""
    from planning.access import measure
    from planning.export.plan import check_folder
    from planning.export.rota import rota_files, write_week
    from planning.need import cell_need
    from planning.render.findings import area_of
    from planning.render.labels import called
    from planning.render.rota_words import (
        access_lines,
        assumption_text,
        change_lines,
        conflict_lines,
        duty_line,
        rota_lines,
    )
    from planning.rota.defaults import first_week
    from planning.rota.open_days import reached, week_shares
    from planning.walking import build_network

    _check(args)
    check_folder(Path(args.out))
    begun = begin(args, t)
    opened = with_plan(
        args.plan, replace(begun.kept, area=begun.area, scenario=begun.scenario), begun.original
    )
    tell_notices(opened, t)
    if opened.work.plan is None:
        say(t("cli.rota_no_plan"))
    area = area_of(opened.work)
    network = build_network(area.nodes, area.edges)
    distances = measure(area, network=network, progress=count_progress(t))
    rooms = () if opened.work.plan is None else opened.work.plan.plan.candidate_ids
    week = first_week(area, rooms, distances, network, names=called(t, area, rooms))
    if args.entries:
        week = _entered(week, args.entries, t)
    before = None
    if args.last:
        week, before = _after(week, args.last)
    rota = _solved(week, args.time_limit)
    tell(*rota_lines(t, week.task, rota))
    if not rota.found:
        if rota.status == "infeasible":
            tell(*conflict_lines(t, week.task, _conflict(week)))
        return FAULTY
    tell(*(duty_line(t, week.task, duty) for duty in rota.duties))
    if before is not None:
        changes = change_lines(t, week.task, (before, week.task.last), rota.duties)
        tell(
            t("rota.page.changes_why" if changes else "rota.page.no_changes"),
            *(f"- {one}" for one in changes),
        )
    scenario = opened.work.scenario
    days = reached(week.task, rota.duties, distances, scenario.reach_m)
    need = cell_need(area.cells, scenario.need_weights)
    with_offices = reached(week.task, rota.duties, distances, scenario.reach_m, offices=True)
    shares = (week_shares(days, need), week_shares(with_offices, need))
    tell(*access_lines(t, week.task, shares[0], scenario.minutes, shares[1]))
    files = rota_files(
        week, rota, t, area=area, date=args.date, start=args.start, until=args.until, need=need, days=days,
        assumptions=[assumption_text(t, one) for one in week.assumptions],
        before=None if before is None else (before, week.task.last),
    )  # fmt: skip
    write_week(Path(args.out), files)
    say(t("cli.rota_written", count=len(files), path=args.out))
    say(t("cli.rota_assumed", count=len(week.assumptions)))
    return DONE


def _check(args: argparse.Namespace) -> None:
    """Check what the options say before anything is computed.

    Raises
    ------
    SettingError
        ``siting_number_invalid`` or ``rota_dates``.
    """
    from planning.siting.pairs import read_number

    read_number("time_limit", args.time_limit)
    start = args.start or args.date
    if args.until is not None and args.until < start:
        raise SettingError("rota_dates", start=start.isoformat(), until=args.until.isoformat())


def _entered(week: Week, path: str, t: Translator) -> Week:
    """Return the week with what was entered on the page *Wochenplan*, and say what of it does not count."""
    from planning.render.rota_entered import strange_text, with_entries
    from planning.rota.entries import read_entries

    entries = read_entries(content_of(path, "rota_entries_file"))
    entered = with_entries(t, week.task, entries)
    if entered.doubts:
        say(*entered.doubts)
        raise SettingError("rota_entries_unclear")
    if not entered.task.places:
        raise SettingError("rota_all_off")
    say(t("cli.rota_entries", count=entries.count))
    if entered.strange:
        say(strange_text(t, entered.strange))
    return replace(week, task=entered.task, entries=entries)


def _after(week: Week, path: str) -> tuple[Week, RotaTask]:
    """Return the week with the plan of last week, of which little is to change, and what that was made of."""
    from planning.rota.change import replanned
    from planning.rota.record import read_plan

    before, duties = read_plan(content_of(path, "rota_unreadable"))
    return replace(week, task=replanned(week.task, duties)), before


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


def _conflict(week: Week) -> Conflict | None:
    from planning.rota.conflict import find_conflict

    found: Conflict | None = _beside(lambda stop: find_conflict(week.task, over=stop))
    return found
