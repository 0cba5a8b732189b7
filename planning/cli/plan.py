"""``planning plan``: choose the next rooms and write what is proven about them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from planning.cli.console import (
    DONE,
    FAULTY,
    count_progress,
    end_line,
    say,
    search_progress,
    stoppable,
)
from planning.cli.settings import area_path, check_range, read_constraints, read_scenario
from planning.errors import SettingError
from planning.model import Constraints, PlanSettings

if TYPE_CHECKING:
    import argparse

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.siting import Effect, Plan, SitingTask

_MOST_ROOMS = 100_000
_MOST_SEED = 2**31 - 1
_THERE = ("optimal", "feasible")


def _settings(args: argparse.Namespace) -> PlanSettings:
    if args.count is not None:
        check_range("-p", args.count, 0, _MOST_ROOMS)
    check_range("seed", args.seed, 0, _MOST_SEED)
    return PlanSettings(
        objective=args.objective,
        count=args.count,
        constraints=read_constraints(Path(args.constraints)) if args.constraints else Constraints(),
        score_share=args.score_share,
        time_limit_s=args.time_limit,
        seed=args.seed,
    )


def run_plan(args: argparse.Namespace, t: Translator) -> int:
    """Choose the rooms, write the plan and say in one line what is proven about it."""
    from planning.access import measure
    from planning.area import load_area
    from planning.export.plan import RECORD, check_folder, plan_files, problem_texts, write_plan
    from planning.scoring import evaluate
    from planning.siting import plan_distances, plan_effect, prepare
    from planning.walking import build_network

    if not (args.out or args.json):
        raise SettingError("plan_output_missing")
    if args.out:
        check_folder(Path(args.out))
    scenario, settings = read_scenario(args), _settings(args)
    area = load_area(area_path(args.area))
    network = build_network(area.nodes, area.edges)
    show = count_progress(t)
    near = measure(area, network=network, progress=show)
    evaluation = evaluate(area, scenario, near)
    # the effect names mean walks, for which walks of any length count, whatever the aim
    far = replace(settings, objective="walking")
    distances = plan_distances(area, near, far, network=network, progress=show)
    task = prepare(area, scenario, settings, distances, scores=evaluation.scores.total, network=network)
    plan = _solve(task, scenario, t)
    effect = (
        plan_effect(area, scenario, distances, evaluation.need, plan.candidate_ids)
        if plan.status in _THERE
        else None
    )
    files = plan_files(area, plan, effect, evaluation, t, args.date)
    if args.out and effect is None and (Path(args.out) / RECORD).exists():
        say(t("cli.plan_kept", path=args.out))
    elif args.out:
        write_plan(Path(args.out), files)
        say(t("cli.plan_written", path=args.out))
    if args.count is not None and settings.objective == "cover-all":
        say(t("cli.plan_count_found"))
    told = [_status_line(area, plan, effect, t), *problem_texts(area, plan, t)]
    if args.json:
        sys.stdout.write(files[RECORD].decode())
    print("\n".join(told), file=sys.stderr if args.json else sys.stdout)
    return DONE if plan.status in _THERE else FAULTY


def _solve(task: SitingTask, scenario: Scenario, t: Translator) -> Plan:
    """Search; Ctrl-C ends the search with the best found and interrupts where nothing was found yet."""
    from planning.siting import make_plan

    with stoppable() as stop:
        plan = make_plan(task, scenario, stop=stop, progress=search_progress(t))
        end_line()
        if plan.status == "unknown" and stop():
            raise KeyboardInterrupt
    return plan


def _status_line(area: StudyArea, plan: Plan, effect: Effect | None, t: Translator) -> str:
    from planning.export.plan import status_text

    status = status_text(plan, t)
    if effect is None:
        return status
    found = t(
        "cli.plan_found",
        status=status,
        count=t.number(len(plan.candidate_ids)),
        before=t.share(effect.before.share, 1),
        after=t.share(effect.after.share, 1),
        minutes_before=t.number(effect.before.mean_minutes, 1),
        minutes_after=t.number(effect.after.mean_minutes, 1),
    )
    parts = [found]
    if effect.after.worst_key:
        name = area.level("borough")["name"].get(effect.after.worst_key, effect.after.worst_key)
        parts.append(t("cli.plan_worst", name=name, share=t.share(effect.after.worst_share)))
    if plan.need_out_of_reach > 0:
        parts.append(t("cli.plan_out_of_reach", need=t.number(plan.need_out_of_reach)))
    if plan.settings.objective == "worst":
        longest = t.number(plan.objective / plan.scenario.metres_per_minute, 1)
        parts.append(t("cli.plan_longest", minutes=longest))
    return " ".join(parts)
