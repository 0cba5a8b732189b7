"""The actions of the command line and how their arguments are read."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning import __version__
from planning.cli.compare import run_compare
from planning.cli.console import (
    DONE,
    FAULTY,
    INTERRUPTED,
    UNREADABLE,
    count_progress,
    end_line,
    say,
    share_progress,
    tell,
    tell_json,
)
from planning.cli.export import add_export, add_reproduce, run_export, run_reproduce
from planning.cli.plan import run_plan
from planning.cli.rota import add_rota, run_rota
from planning.cli.scenario import add_scenario_actions
from planning.cli.settings import area_path, day_of
from planning.cli.start import begin
from planning.cli.sureness import MOST_DRAWS, check_sure, draw_ranking, ranking_lines
from planning.errors import OutputError, PlanningError, SettingError, SourceError, StoreError, StudyAreaError
from planning.i18n import LANGUAGES, Translator, explain
from planning.model import CERTAINTIES, PLAN_OBJECTIVES, PlanSettings
from planning.scenarios import STORE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planning.area import StudyArea

    Action = Callable[[argparse.Namespace, Translator], int]

_PORTS = 1 << 16
OUTPUT_SUFFIXES = (".csv", ".geojson", ".gpkg", ".html", ".png")


def run_app(args: argparse.Namespace, t: Translator) -> int:
    """Serve the planner on this machine until interrupted."""
    from planning.ui.serve import port_is_free, serve

    _name_store(args.store)
    area = area_path(args.area)
    if area is not None:
        from planning.area.store import AREA_FILE  # reading areas is slow to load

        if not (area / AREA_FILE).is_file():
            raise StudyAreaError("area_missing", path=str(area))
    if not port_is_free(args.port):
        raise SourceError("port_taken", port=args.port)
    say(t("cli.app_starting", port=args.port))
    return serve(args.port, area=area, headless=args.headless, language=t.language)


def _name_store(given: str | None) -> None:
    """Let the app keep scenarios where the argument or else the environment says.

    A path means the same wherever the app is served from.
    """
    target = given or os.environ.get(STORE_VARIABLE)
    if target:
        from planning.scenarios.database import url_of  # loads the database

        url_of(target)
        os.environ[STORE_VARIABLE] = target if "://" in target else str(Path(target).expanduser().absolute())


def run_check(args: argparse.Namespace, t: Translator) -> int:
    """Report every fault of every table; exit code 1 if there is one."""
    from planning.area import bundled_path, check_area

    path = area_path(args.area) or bundled_path()
    faults = check_area(path, seal=args.seal)
    if not faults:
        tell(t("cli.check_clean", path=path))
        if args.seal:
            tell(t("cli.check_sealed", path=path))
        return DONE
    tell(*explain(StudyAreaError("area_faults", faults=faults, path=str(path), count=len(faults)), t))
    return FAULTY


def describe(area: StudyArea) -> dict[str, Any]:
    """Return what a study area holds: names, counts and where every layer comes from."""
    return {
        "version": __version__,
        "id": area.id,
        "name": area.name,
        "crs": area.crs,
        "digest": area.digest,
        "programme": asdict(area.programme) | {"remaining": area.programme.remaining},
        "districts": area.districts["level"].value_counts().sort_index().to_dict(),
        "sites": area.sites["kind"].value_counts().sort_index().to_dict(),
        "candidates": area.candidates["kind"].value_counts().sort_index().to_dict(),
        "layers": [asdict(layer) for layer in area.layers],
    }


def run_info(args: argparse.Namespace, t: Translator) -> int:
    """Print what the area holds, for people or as JSON."""
    from planning.area import load_area

    description = describe(load_area(area_path(args.area)))
    if args.json:
        tell_json(description)
        return DONE
    tell(t("cli.info_head", name=description["name"], crs=description["crs"]))
    for layer in description["layers"]:
        rows = t.number(layer["rows"])
        tell(f"  {layer['id']:<12} {rows:>8}  {layer['year']:<12} {layer['licence'] or t('data.not_stated')}")
    return DONE


def run_score(args: argparse.Namespace, t: Translator) -> int:
    """Score every candidate and write the ranking in the form that the suffix of ``--out`` names.

    How sure it is, if that is asked for, is printed, too.
    """
    from planning.access import measure
    from planning.export.result import SURE_SUFFIXES, write_result
    from planning.scoring import evaluate

    out = Path(args.out)
    if out.suffix.lower() not in OUTPUT_SUFFIXES:
        raise OutputError("output_suffix", path=str(out), allowed=", ".join(OUTPUT_SUFFIXES))
    check_sure(args, t)
    start = begin(args, t)
    area, scenario = start.area, start.scenario
    distances = measure(area, progress=count_progress(t))
    evaluation = evaluate(area, scenario, distances)
    sure = draw_ranking(args, start, distances, evaluation) if args.sure else None
    write_result(
        area, evaluation, scenario, out, t=t, date=args.date, progress=share_progress(t), sureness=sure
    )
    if sure is not None:
        tell(*ranking_lines(t, area, evaluation, sure))
        if out.suffix.lower() not in SURE_SUFFIXES:
            say(t("cli.sure_printed_only", allowed=", ".join(SURE_SUFFIXES)))
    say(t("cli.written", path=out, count=t.number(len(evaluation.scores.total))))
    return DONE


def run_bundle(args: argparse.Namespace, t: Translator) -> int:
    """Make a study area from a raw folder, or from OpenStreetMap and files the user names."""
    if (args.raw is None) == (args.place is None):
        raise SettingError("bundle_source")
    out = Path(args.out)
    if args.raw is not None:
        from planning.sources.folder import bundle_folder

        facts = Path(args.facts) if args.facts else None
        area = bundle_folder(Path(args.raw), out, facts=facts, name=args.name, progress=share_progress(t))
    else:
        from planning.sources.osm import bundle_place

        if not (args.boundaries and args.cells):
            raise SettingError("bundle_place_files")
        area = bundle_place(
            args.place,
            out,
            osm_file=Path(args.osm_file) if args.osm_file else None,
            boundaries=Path(args.boundaries),
            cells=Path(args.cells),
            overpass_url=args.overpass_url,
            progress=share_progress(t),
        )
    say(t("cli.bundled", name=area.name, path=out, count=t.number(len(area.candidates))))
    return DONE


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < _PORTS:
        raise ValueError(text)
    return number


def _language(arguments: Sequence[str]) -> str:
    """Return the language asked for, before the rest of the line is read: help speaks it, too."""
    asked = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    asked.add_argument("--lang", default=LANGUAGES[0])
    try:
        found, _ = asked.parse_known_args(arguments)
    except argparse.ArgumentError:
        return LANGUAGES[0]
    return found.lang if found.lang in LANGUAGES else LANGUAGES[0]


def _add_scenario(sub: argparse.ArgumentParser, t: Translator) -> None:
    sub.add_argument("--scenario", metavar="NAME|FILE|ID", help=t("cli.help_scenario_of"))
    sub.add_argument("--store", metavar="PATH|URL", help=t("cli.help_store"))
    sub.add_argument("--weights", metavar="FILE", help=t("cli.help_weights"))
    sub.add_argument("--minutes", type=float, help=t("cli.help_minutes"))
    sub.add_argument("--speed", type=float, help=t("cli.help_speed"))
    sub.add_argument("--date", type=day_of(t), default=dt.date.today(), help=t("cli.help_date"))  # noqa: DTZ011


def _add_plan(sub: argparse.ArgumentParser, t: Translator) -> None:
    usual = PlanSettings()
    aims = "; ".join(f"{name}: {t(f'siting.objective.{name}.label')}" for name in PLAN_OBJECTIVES)
    sub.add_argument("-p", dest="count", type=int, metavar="N", help=t("cli.help_count"))
    sub.add_argument(
        "--objective",
        choices=PLAN_OBJECTIVES,
        help=t("cli.help_objective", aims=aims, usual=usual.objective),
    )
    sub.add_argument("--constraints", metavar="FILE", help=t("cli.help_constraints"))
    sub.add_argument("--score-share", type=float, metavar="0-1", help=t("cli.help_score_share"))
    sub.add_argument("--time-limit", type=float, metavar="S", help=t("cli.help_time_limit"))
    sub.add_argument("--seed", type=int, metavar="N", help=t("cli.help_seed"))
    _add_certainty(sub, t)
    sub.add_argument("--draws", type=int, default=0, metavar="N", help=t("cli.help_draws", most=MOST_DRAWS))
    sub.add_argument("--workers", type=int, metavar="N", help=t("cli.help_workers"))
    sub.add_argument("--json", action="store_true", help=t("cli.help_plan_json"))
    sub.add_argument("--out", metavar="FOLDER", help=t("cli.help_plan_out"))
    sub.add_argument("--save-scenario", metavar="NAME", help=t("cli.help_save_scenario"))
    sub.add_argument("--author", metavar="A", help=t("cli.help_author"))


def _add_certainty(sub: argparse.ArgumentParser, t: Translator) -> None:
    levels = "; ".join(f"{name}: {t(f'weights.certainty.{name}')}" for name in CERTAINTIES)
    sub.add_argument("--certainty", choices=CERTAINTIES, help=t("cli.help_certainty", levels=levels))


def _add_score(sub: argparse.ArgumentParser, t: Translator) -> None:
    sub.add_argument("--sure", action="store_true", help=t("cli.help_sure"))
    _add_certainty(sub, t)
    sub.add_argument("--seed", type=int, metavar="N", help=t("cli.help_sure_seed"))
    sub.add_argument("--out", required=True, metavar="FILE", help=t("cli.help_out"))


def _add_compare(sub: argparse.ArgumentParser, t: Translator) -> None:
    sub.add_argument("rooms", nargs="+", metavar="ROOM", help=t("cli.help_compare_rooms"))
    sub.add_argument("--area", metavar="FOLDER", help=t("cli.help_area"))
    _add_scenario(sub, t)
    _add_certainty(sub, t)
    sub.add_argument("--seed", type=int, metavar="N", help=t("cli.help_compare_seed"))
    sub.add_argument("--out", metavar="FILE", help=t("cli.help_compare_out"))


def make_parser(t: Translator) -> argparse.ArgumentParser:
    """Return the parser of the command line, its help in the translator's language."""
    parser = argparse.ArgumentParser(prog="planning", description=t("cli.description"))
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--lang", choices=LANGUAGES, default="de", help=t("cli.help_lang"))
    actions = parser.add_subparsers(dest="action", required=True)

    def action(name: str, run: Action | None = None) -> argparse.ArgumentParser:
        # help texts are formatted by argparse, so a literal percent sign would need doubling
        sub = actions.add_parser(name, help=t(f"cli.help_{name}"), description=t(f"cli.help_{name}"))
        if run is not None:
            sub.set_defaults(run=run)
        sub.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=t("cli.help_lang"))
        if name not in {"bundle", "scenario", "compare", "reproduce"}:
            sub.add_argument("area", nargs="?", metavar="AREA", help=t("cli.help_area"))
        return sub

    sub = action("app", run_app)
    sub.add_argument("--port", type=_port, default=8501, metavar="PORT", help=t("cli.help_port"))
    sub.add_argument("--headless", action="store_true", help=t("cli.help_headless"))
    sub.add_argument("--store", metavar="PATH|URL", help=t("cli.help_store"))
    sub = action("check", run_check)
    sub.add_argument("--seal", action="store_true", help=t("cli.help_seal"))
    sub = action("info", run_info)
    sub.add_argument("--json", action="store_true", help=t("cli.help_json"))
    sub = action("score", run_score)
    _add_scenario(sub, t)
    _add_score(sub, t)
    sub = action("plan", run_plan)
    _add_scenario(sub, t)
    _add_plan(sub, t)
    _add_compare(action("compare", run_compare), t)
    sub = action("export", run_export)
    _add_scenario(sub, t)
    _add_certainty(sub, t)
    add_export(sub, t)
    sub = action("rota", run_rota)
    _add_scenario(sub, t)
    _add_certainty(sub, t)
    add_rota(sub, t)
    add_reproduce(action("reproduce", run_reproduce), t)
    add_scenario_actions(action("scenario"), t)
    sub = action("bundle", run_bundle)
    sub.add_argument("raw", nargs="?", metavar="RAW", help=t("cli.help_raw"))
    sub.add_argument("--facts", metavar="FOLDER", help=t("cli.help_facts"))
    sub.add_argument("--name", help=t("cli.help_name"))
    sub.add_argument("--place", metavar="NAME", help=t("cli.help_place"))
    sub.add_argument("--osm-file", metavar="FILE", help=t("cli.help_osm_file"))
    sub.add_argument("--boundaries", metavar="FILE", help=t("cli.help_boundaries"))
    sub.add_argument("--cells", metavar="FILE", help=t("cli.help_cells"))
    sub.add_argument("--overpass-url", metavar="URL", help=t("cli.help_overpass_url"))
    sub.add_argument("--out", required=True, metavar="FOLDER", help=t("cli.help_out_folder"))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one action; return its exit code."""
    line = sys.argv[1:] if arguments is None else list(arguments)
    t = Translator(_language(line))
    args = make_parser(t).parse_args(line)
    try:
        code: int = args.run(args, t)
    except (SourceError, OutputError, StoreError) as error:
        say(*explain(error, t))
        return UNREADABLE
    except PlanningError as error:
        say(*explain(error, t))
        return FAULTY
    except KeyboardInterrupt:
        end_line()
        say(t("cli.interrupted"))
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read has read enough; what is still in the pipe must not be written at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        return code
    return DONE
