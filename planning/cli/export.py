"""``planning export`` and ``planning reproduce``: everything that leaves the planner, and the same again."""

from __future__ import annotations

import datetime as dt
import signal
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning.cli.console import DONE, FAULTY, count_progress, say, share_progress, tell, tell_share
from planning.cli.lookup import content_of, read_file
from planning.cli.settings import area_path
from planning.cli.start import begin
from planning.errors import SettingError, SourceError
from planning.model import EXPORT_FORMATS, ORIENTATIONS, PAPERS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from planning.area import StudyArea
    from planning.export.choice import Choice
    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.scenarios.snapshot import Snapshot
    from planning.scenarios.work import Opened, Work

    Shares = Callable[[float, str], None]

_MEASURED = 0.1
"""Share of the work that is done once everything is computed."""


def add_export(sub: argparse.ArgumentParser, t: Translator) -> None:
    """Add the options of ``planning export``; those of a scenario are there already."""
    sub.add_argument("--plan", metavar="FILE", help=t("cli.help_export_plan"))
    sub.add_argument("--week", metavar="FILE", help=t("cli.help_export_week"))
    known = ",".join(EXPORT_FORMATS)
    sub.add_argument("--formats", default="all", metavar="LIST", help=t("cli.help_formats", known=known))
    sub.add_argument("--paper", choices=PAPERS, default=PAPERS[0], help=t("cli.help_paper"))
    sub.add_argument(
        "--orientation", choices=ORIENTATIONS, default=ORIENTATIONS[0], help=t("cli.help_orientation")
    )
    sub.add_argument("--indicators", default="", metavar="LIST", help=t("cli.help_indicators"))
    sub.add_argument("--follow", action="store_true", help=t("cli.help_follow"))
    sub.add_argument("--out", required=True, metavar="FOLDER", help=t("cli.help_results_out"))


def add_reproduce(sub: argparse.ArgumentParser, t: Translator) -> None:
    """Add the arguments of ``planning reproduce``."""
    sub.add_argument("manifest", metavar="MANIFEST", help=t("cli.help_manifest"))
    sub.add_argument("area", nargs="?", metavar="AREA", help=t("cli.help_area"))
    sub.add_argument("--out", metavar="FOLDER", help=t("cli.help_reproduce_out"))


def run_export(args: argparse.Namespace, t: Translator) -> int:
    """Write maps, report, fact sheets, data and web page of a scenario and its plan into a folder."""
    from planning.export.choice import make_choice
    from planning.export.plan import check_folder

    folder = Path(args.out)
    check_folder(folder)
    start = begin(args, t)
    formats = [one.strip() for one in args.formats.split(",") if one.strip()]
    maps = [one for one in args.indicators.split(",") if one.strip()]
    choice = make_choice(
        start.area, formats, paper=args.paper, orientation=args.orientation, indicators=maps,
        week=content_of(args.week, "rota_unreadable") if args.week else b"",
    )  # fmt: skip
    kept = start.kept
    work = replace(kept, area=start.area, scenario=start.scenario, certainty=start.certainty)
    opened = with_plan(args.plan, work, start.original)
    tell_notices(opened, t)
    told = tell_share if args.follow else share_progress(t)
    with _tidy_end():
        made = _write(folder, opened.work, start.original, choice, args.date, t, told)
    if opened.work.plan is None:
        say(t("cli.export_no_plan"))
    if choice.week and "pdf" not in choice.formats:
        say(t("cli.export_week_unseen"))
    say(t("cli.export_written", count=len(made["files"]), path=folder))
    return DONE


@contextmanager
def _tidy_end() -> Iterator[None]:
    """Let a wish to end (SIGTERM) unwind like any other error, so that nothing is left half done."""

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    try:
        usual = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, usual)


def with_plan(path: str | None, work: Work, original: StudyArea) -> Opened:
    """Return the work with the plan that counts: that of the file, else the one it has.

    Raises
    ------
    SettingError
        ``plan_file_lost``: a plan was asked for, but rooms of it are not there.
    """
    from planning.scenarios.plan_file import with_plan_file
    from planning.scenarios.work import Opened

    if path is None:
        return Opened(work)
    opened = with_plan_file(content_of(path, "plan_file_unreadable"), work, original)
    lost = [room for one in opened.notices if one.code == "plan_lost" for room in one.params["rooms"]]
    if lost:
        raise SettingError("plan_file_lost", path=path, rooms="; ".join(lost))
    return opened


def tell_notices(opened: Opened, t: Translator) -> None:
    """Say on standard error what of a scenario or plan does not fit the data."""
    from planning.render.scenario_words import notice_text

    say(*(notice_text(t, notice) for notice in opened.notices))
    work = opened.work
    if work.plan is not None and _settings_of(work) != _settings_of(work, of_plan=True):
        say(t("cli.export_plan_settings"))


def _settings_of(work: Work, *, of_plan: bool = False) -> object:
    from planning.scenarios.work import complete_scenario

    scenario = work.plan.plan.scenario if of_plan and work.plan is not None else work.scenario
    return complete_scenario(scenario)


def _write(
    folder: Path, work: Work, original: StudyArea, choice: Choice, date: dt.date, t: Translator, tell: Shares
) -> dict[str, Any]:
    """Compute what is drawn and written, and write it."""
    from planning.export.folder import write_folder

    tell(0.0, "measure")
    findings, snapshot = _findings(work, original, date, t)
    tell(_MEASURED, "measure")

    def further(share: float, step: str) -> None:
        tell(_MEASURED + (1 - _MEASURED) * share, step)

    return write_folder(folder, findings, snapshot, choice, t, progress=further)


def _findings(work: Work, original: StudyArea, date: dt.date, t: Translator) -> tuple[Findings, Snapshot]:
    """Measure, score, and see how sure that is; return it with the scenario that leads to the same again."""
    from planning.access import measure
    from planning.model import PlanSettings
    from planning.render.findings import area_of, find
    from planning.render.scenario_words import notice_text
    from planning.scenarios.plan_file import checked
    from planning.scenarios.work import capture, open_snapshot
    from planning.scoring.confidence import confidence
    from planning.scoring.perturbation import perturbation
    from planning.siting.task import plan_distances, rooms_to_open
    from planning.walking import build_network

    area = area_of(work)
    network = build_network(area.nodes, area.edges)
    near = measure(area, network=network, progress=count_progress(t))
    far = near
    if work.plan is not None:
        far = plan_distances(area, near, PlanSettings(objective="walking"), network=network)
    found = find(work, network, far, date)
    if found.kept is not None and found.effect is not None:
        kept, doubts = checked(found.kept, found.effect)
        say(*(notice_text(t, doubt) for doubt in doubts))
        work = replace(work, plan=kept)
    snapshot = capture(work, original, work.scenario.name, effect=found.effect)
    # what is written is what the scenario that goes with it says, so that it can be made again
    again = open_snapshot(snapshot, original).work
    found = replace(find(again, network, far, date), certainty=work.certainty)
    if len(found.evaluation.scores.total):
        around = perturbation(
            found.area, found.scenario, near, found.evaluation, certainty=found.certainty, year=date.year
        )
        found = replace(found, confidence=confidence(around, count=max(rooms_to_open(found.area), 1)))
    return found, snapshot


def run_reproduce(args: argparse.Namespace, t: Translator) -> int:
    """Make the files of a manifest again and say which are the same and why others are not."""
    from planning.area import load_area
    from planning.export.choice import WEEK, make_choice
    from planning.export.manifest import altered, read_manifest
    from planning.i18n import LANGUAGES, Translator
    from planning.scenarios.document import snapshot_id
    from planning.scenarios.work import open_snapshot

    path = Path(args.manifest)
    path = path / "manifest.json" if path.is_dir() else path
    told = read_manifest(path)
    options, wanted = told["options"], told["scenario"]
    snapshot = read_file(path.parent / wanted["file"])
    if snapshot_id(snapshot) != wanted["id"]:
        raise SourceError("manifest_scenario", path=str(path.parent / wanted["file"]))
    original = load_area(area_path(args.area))
    if original.id != told["area"]["id"]:
        raise SettingError("manifest_area", made_on=told["area"]["id"], at_hand=original.id)
    choice = make_choice(
        original,
        options["formats"],
        paper=options["paper"],
        orientation=options["orientation"],
        indicators=options["indicators"],
        week=content_of(path.parent / WEEK, "rota_unreadable") if options.get("week") else b"",
    )
    date, language = _date(options["date"], path), options["language"]
    speaker = Translator(language if language in LANGUAGES else LANGUAGES[0])
    opened = open_snapshot(snapshot, original)
    tell_notices(opened, t)
    if args.out and Path(args.out).resolve() == path.parent.resolve():
        raise SettingError("reproduce_same_folder", path=args.out)
    touched = altered(path.parent, told["files"])
    with tempfile.TemporaryDirectory(prefix="planning-") as name:
        folder = Path(args.out) if args.out else Path(name) / "again"
        made = _write(folder, opened.work, original, choice, date, speaker, share_progress(t))
    tell(*(f"  {t(f'cli.reproduce.{one.kind}', name=one.name)}" for one in touched))
    code = _compare(told, made, original, t)
    return FAULTY if touched else code


def _date(text: str, path: Path) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise SourceError("manifest_date", path=str(path), date=text) from error


def _compare(told: dict[str, Any], made: dict[str, Any], area: StudyArea, t: Translator) -> int:
    from planning.export.manifest import changed_versions, differences

    found = differences(told["files"], made["files"])
    same = len(made["files"]) - sum(one.kind != "missing" for one in found)
    tell(t("cli.reproduced", same=same, count=len(told["files"])))
    if not found:
        return DONE
    for one in found:
        tell(f"  {t(f'cli.reproduce.{one.kind}', name=one.name)}")
    layers = {name: str(digest) for name, digest in area.digests.items()}
    old = told["area"]["layers"]
    other = sorted(name for name in {*layers, *old} if layers.get(name) != old.get(name))
    reasons = [t("cli.reproduce.layer", name=name) for name in other]
    reasons += [
        t("cli.reproduce.version", name=name, old=old, new=new)
        for name, (old, new) in changed_versions(told, made).items()
    ]
    tell(t("cli.reproduce.why") if reasons else t("cli.reproduce.unknown"))
    for reason in reasons:
        tell(f"  {reason}")
    return FAULTY
