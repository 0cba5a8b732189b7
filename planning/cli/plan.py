"""``planning plan``: choose the next rooms and write what is proven about them."""

from __future__ import annotations

import datetime as dt
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
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
    tell,
    tell_document,
)
from planning.cli.lookup import author_of
from planning.cli.start import begin
from planning.cli.sureness import check_draws, draw_plan, plan_lines
from planning.errors import ConflictError, PlanningError, SettingError
from planning.i18n import explain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from planning.area import StudyArea
    from planning.cli.start import Start
    from planning.export.sureness import Uncertainty
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scenarios.entries import Entry
    from planning.scenarios.snapshot import Snapshot
    from planning.scoring import Evaluation
    from planning.siting import Effect, Plan, SitingTask

_THERE = ("optimal", "feasible")


@dataclass(frozen=True, eq=False)
class _Outcome:
    """What a search came to; ``effect`` is ``None`` where there is no plan."""

    plan: Plan
    effect: Effect | None
    evaluation: Evaluation
    stopped: bool
    uncertainty: Uncertainty | None = None


def run_plan(args: argparse.Namespace, t: Translator) -> int:
    """Choose the rooms, write the plan and say in one line what is proven about it."""
    from planning.export.plan import RECORD, check_folder, plan_files, problem_texts

    check_draws(args)
    keeps = args.save_scenario is not None
    if not (args.out or args.json or keeps):
        raise SettingError("plan_output_missing")
    if args.out:
        check_folder(Path(args.out))
    name, author = _name_and_author(args) if keeps else ("", "")
    start = begin(args, t, plan=True)
    found, content_id = _search(args, start, t), start.content_id
    troubles: list[PlanningError] = []
    if keeps and found.effect is None:
        say(t("cli.scenario.not_saved", name=name))
    elif keeps:
        with _noted(troubles):  # what has been computed is told and written all the same
            entry = _keep(_snapshot(start, found, name), args.store, author, t)
            content_id = entry.content_id
            named = replace(found.plan, scenario=replace(start.scenario, name=entry.name))
            found = replace(found, plan=named)
    plan, effect = found.plan, found.effect
    files = plan_files(
        start.area,
        plan,
        effect,
        found.evaluation,
        t,
        args.date,
        scenario_id=content_id,
        uncertainty=found.uncertainty,
    )
    with _noted(troubles):
        _write(args, files, t, there=effect is not None)
    if args.count is not None and plan.settings.objective == "cover-all":
        say(t("cli.plan_count_found"))
    if args.json:
        tell_document(files[RECORD].decode())
    told = [_status_line(start.area, plan, effect, t), *problem_texts(start.area, plan, t)]
    (say if args.json else tell)(*told, *plan_lines(t, start.area, plan, found.uncertainty))
    for error in troubles[1:]:
        say(*explain(error, t))
    if troubles:
        raise troubles[0]
    return DONE if plan.status in _THERE else FAULTY


@contextmanager
def _noted(troubles: list[PlanningError]) -> Iterator[None]:
    """Go on where something cannot be kept or written, and remember it."""
    try:
        yield
    except PlanningError as error:
        troubles.append(error)


def _search(args: argparse.Namespace, start: Start, t: Translator) -> _Outcome:
    from planning.access import measure
    from planning.scoring import evaluate
    from planning.siting import plan_distances, plan_effect, prepare
    from planning.walking import build_network

    area, scenario, settings = start.area, start.scenario, start.settings
    network = build_network(area.nodes, area.edges)
    show = count_progress(t)
    near = measure(area, network=network, progress=show)
    evaluation = evaluate(area, scenario, near)
    # the effect names mean walks, for which walks of any length count, whatever the aim
    far = replace(settings, objective="walking")
    distances = plan_distances(area, near, far, network=network, progress=show)
    task = prepare(area, scenario, settings, distances, scores=evaluation.scores.total, network=network)
    plan, stopped = _solve(task, scenario, t)
    if plan.status not in _THERE:
        return _Outcome(plan, None, evaluation, stopped)
    effect = plan_effect(area, scenario, distances, evaluation.need, plan.candidate_ids)
    drawn = draw_plan(args, start, t, plan=plan, task=task, distances=near, evaluation=evaluation)
    return _Outcome(plan, effect, evaluation, stopped, drawn)


def _write(args: argparse.Namespace, files: dict[str, bytes], t: Translator, *, there: bool) -> None:
    """Write the files of a plan; where there is none, an earlier plan stays."""
    from planning.export.plan import RECORD, write_plan

    if args.out and not there and (Path(args.out) / RECORD).exists():
        say(t("cli.plan_kept", path=args.out))
    elif args.out:
        write_plan(Path(args.out), files)
        say(t("cli.plan_written", path=args.out))


def _name_and_author(args: argparse.Namespace) -> tuple[str, str]:
    """Return the name of a scenario to be kept and who keeps it, before the long work begins.

    Raises
    ------
    UploadError, SettingError
        Name or author cannot be kept.
    ConflictError
        ``scenario_name_taken``.
    StoreError
        The store cannot be opened.
    """
    from planning.scenarios.entries import clean_name
    from planning.scenarios.store import Store

    name, author = clean_name(args.save_scenario), author_of(args.author)
    with closing(Store(args.store)) as store:
        head = store.named(name)
    if head is not None:
        raise ConflictError("scenario_name_taken", head=head, name=name)
    return name, author


def _snapshot(start: Start, found: _Outcome, name: str) -> Snapshot:
    """Return settings and plan as a scenario; notes are those of the scenario that was opened."""
    from planning.scenarios.work import KeptPlan, capture
    from planning.siting.task import rooms_to_open

    asked = found.plan.settings
    if asked.count is None and asked.objective != "cover-all":
        asked = replace(asked, count=rooms_to_open(start.area))
    plan = KeptPlan(replace(found.plan, settings=asked), start.area, stopped=found.stopped)
    work = replace(
        start.kept,
        area=start.area,
        scenario=start.scenario,
        plan_settings=start.settings,
        plan=plan,
        certainty=start.certainty,
    )
    return capture(work, start.original, name, effect=found.effect)


def _keep(snapshot: Snapshot, target: str | None, author: str, t: Translator) -> Entry:
    from planning.scenarios.store import Store

    with closing(Store(target)) as store:
        entry = store.create(snapshot, author, dt.datetime.now(dt.UTC))
    say(t("cli.scenario.saved", name=entry.name, id=entry.scenario_id, number=entry.number))
    return entry


def _solve(task: SitingTask, scenario: Scenario, t: Translator) -> tuple[Plan, bool]:
    """Search; Ctrl-C ends the search with the best found and interrupts where nothing was found yet.

    Gives also whether the search was ended.
    """
    from planning.siting import make_plan

    with stoppable() as stop:
        plan = make_plan(task, scenario, stop=stop, progress=search_progress(t))
        end_line()
        if plan.status == "unknown" and stop():
            raise KeyboardInterrupt
        return plan, stop()


def _status_line(area: StudyArea, plan: Plan, effect: Effect | None, t: Translator) -> str:
    from planning.render.plan_words import status_text

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
