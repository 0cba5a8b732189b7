"""How sure a ranking and a plan are: drawn, and told in lines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from planning.cli.console import aligned, draw_progress, end_line, say, stoppable
from planning.cli.settings import check_range, check_seed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from planning.access import Distances
    from planning.area import StudyArea
    from planning.cli.start import Start
    from planning.export.sureness import Sureness, Uncertainty
    from planning.i18n import Translator
    from planning.scoring import Evaluation
    from planning.siting import Plan, SitingTask

MOST_DRAWS, MOST_WORKERS = 10_000, 64
_USUAL_WORKERS = 4
_SURE, _OPEN = 0.9, 0.1
_OTHERS = 10


def check_sure(args: argparse.Namespace, t: Translator) -> None:
    """See before the work begins that the options for the sureness of a ranking can be used.

    Raises
    ------
    SettingError
        ``setting_range``.
    """
    check_seed(args.seed)
    if not args.sure and (args.seed is not None or args.certainty is not None):
        say(t("cli.sure_only"))


def check_draws(args: argparse.Namespace) -> None:
    """See the same of the options for a plan under other need."""
    check_range("--draws", args.draws, 0, MOST_DRAWS)
    if args.workers is not None:
        check_range("--workers", args.workers, 1, MOST_WORKERS)


def draw_ranking(
    args: argparse.Namespace, start: Start, distances: Distances, evaluation: Evaluation
) -> Sureness:
    """Rank in many draws of weights and data, by other methods, and see which rooms others dominate."""
    from planning.export.sureness import Sureness
    from planning.scoring.agreement import agreement
    from planning.scoring.confidence import SEED, confidence
    from planning.scoring.dominance import dominators
    from planning.scoring.perturbation import perturbation
    from planning.siting.task import rooms_to_open

    count, year = max(rooms_to_open(start.area), 1), args.date.year
    around = perturbation(
        start.area, start.scenario, distances, evaluation, certainty=start.certainty, year=year
    )
    return Sureness(
        confidence=confidence(around, count=count, seed=SEED if args.seed is None else args.seed),
        agreement=agreement(evaluation.scores, count),
        dominated_by=dominators(evaluation.scores.values),
        certainty=start.certainty,
        year=year,
    )


def ranking_lines(t: Translator, area: StudyArea, evaluation: Evaluation, sure: Sureness) -> Iterator[str]:
    """Say how sure the ranking is: the best rooms and those that could be, the methods, the weights."""
    drawn, count = sure.confidence, sure.confidence.count
    table, rank = drawn.table, evaluation.scores.rank.loc[sure.confidence.table.index]
    best, chance = rank <= count, table["in_best"]
    yield _unmarked(
        t(
            "confidence.ranking.summary",
            count=count,
            draws=t.number(drawn.draws),
            firm=int((chance[best] >= _SURE).sum()),
            share=t.share(_SURE),
            open=int((chance[~best] >= _OPEN).sum()),
            least=t.share(_OPEN),
        )
    )
    yield ""
    yield from _rooms(t, area, evaluation, sure, list(table.index[best | (chance >= _OPEN)]))
    yield ""
    ranks = sure.agreement.ranks.le(count)
    yield _unmarked(
        t(
            "confidence.methods.summary",
            count=count,
            all=int(ranks.all(axis=1).sum()),
            some=int(ranks.any(axis=1).sum()),
            dominated=int((sure.dominated_by != "").sum()),
            of=len(sure.dominated_by),
        )
    )
    yield ""
    yield from _limits(t, evaluation, count)
    yield ""
    yield t(
        "cli.sure_read",
        draws=t.number(drawn.draws),
        seed=drawn.seed,
        certainty=t(f"weights.certainty.{sure.certainty}"),
        year=sure.year,
    )


def _rooms(
    t: Translator, area: StudyArea, evaluation: Evaluation, sure: Sureness, ids: Sequence[str]
) -> Iterator[str]:
    from planning.render.side_by_side_words import chance_text
    from planning.scoring.methods import METHODS

    others = [name for name in METHODS if name != "weighted_sum"]
    names = _names(t, area)
    heads = ("rank", "name", "in_best", "ranks", "score", "band", "first")
    rows = [
        [
            *(t(f"confidence.column.{name}", count=sure.confidence.count) for name in heads),
            *(t(f"confidence.method.{name}") for name in others),
            t("confidence.column.dominated"),
        ]
    ]
    drawn = sure.confidence.table.to_dict("index")
    for name in ids:
        row = drawn[name]
        rows.append(
            [
                t.number(int(evaluation.scores.rank[name])),
                f"{names[name]} ({name})",
                chance_text(t, row["in_best"]),
                f"{t.number(row['rank_low'])} – {t.number(row['rank_high'])}",
                t.number(float(evaluation.scores.total[name]), 1),
                f"{t.number(row['low'], 1)} – {t.number(row['high'], 1)}",
                chance_text(t, row["first"]),
                *(t.number(int(sure.agreement.ranks.loc[name, other])) for other in others),  # type: ignore[arg-type]
                names.get(str(sure.dominated_by[name]), ""),
            ]
        )
    return aligned(rows, left=(1, len(rows[0]) - 1))


def _limits(t: Translator, evaluation: Evaluation, count: int) -> Iterator[str]:
    """Say between which shares of each weight alone the best rooms stay the same."""
    from planning.scoring.swaps import stable_intervals

    table = stable_intervals(evaluation.scores, count)
    rows = [[t("confidence.limits.title"), t("confidence.limits.now"), t("confidence.limits.same")]]
    rows += [
        [t(f"criteria.{name}.label"), t.share(now, 1), f"{t.share(low, 1)} – {t.share(high, 1)}"]
        for name, now, low, high in zip(table.index, table["share"], table["low"], table["high"], strict=True)
    ]
    return aligned(rows, left=(0,))


def draw_plan(
    args: argparse.Namespace,
    start: Start,
    t: Translator,
    *,
    plan: Plan,
    task: SitingTask,
    distances: Distances,
    evaluation: Evaluation,
) -> Uncertainty | None:
    """Plan anew for many draws of need; Ctrl-C takes the draws done.

    Gives ``None`` where none were asked for, where need does not count in the aim and where no room is
    chosen; the latter two are told.

    Parameters
    ----------
    distances
        Those of the evaluation.
    """
    from planning.export.sureness import Uncertainty
    from planning.scoring.perturbation import perturbation
    from planning.siting.uncertain import OBJECTIVES, uncertain_plan

    if not args.draws:
        return None
    if plan.settings.objective not in OBJECTIVES:
        say(t("cli.draws_not_need", aim=t(f"siting.objective.{plan.settings.objective}.label")))
        return None
    if not plan.candidate_ids:
        say(t("cli.draws_no_rooms"))
        return None
    year, show = args.date.year, draw_progress(t)
    show(0, args.draws)
    around = perturbation(
        start.area, start.scenario, distances, evaluation, certainty=start.certainty, year=year
    )
    with stoppable() as stop:
        found = uncertain_plan(
            task,
            plan.candidate_ids,
            around,
            draws=args.draws,
            seed=plan.settings.seed,
            workers=args.workers or min(os.cpu_count() or 1, _USUAL_WORKERS),
            stop=stop,
            progress=show,
        )
    end_line()
    return Uncertainty(found, start.certainty, year)


def plan_lines(t: Translator, area: StudyArea, plan: Plan, uncertainty: Uncertainty | None) -> Iterator[str]:
    """Say what a plan is worth under other need, how often each room stays and which others come in."""
    if uncertainty is None:
        return
    found = uncertainty.found
    done = len(found.table)
    yield ""
    if done < found.asked:
        yield t("confidence.plan.partial", done=t.number(done), asked=t.number(found.asked))
    if not done:
        return
    from planning.render.uncertain_words import summary_text

    yield _unmarked(summary_text(t, found, plan.settings, plan.scenario))
    yield ""
    yield from _shares(t, area, found.kept, "confidence.plan.kept", numbered=True)
    if len(found.others):
        yield ""
        yield from _shares(t, area, found.others.head(_OTHERS), "confidence.plan.others", numbered=False)
    yield ""
    unproven = done - int(found.table["proven"].sum())
    if unproven:
        yield t("confidence.plan.unproven", count=t.number(unproven))
    yield t("confidence.plan.read", seed=found.seed)


def _shares(
    t: Translator, area: StudyArea, shares: pd.Series[float], head: str, *, numbered: bool
) -> Iterator[str]:
    from planning.render.side_by_side_words import chance_text

    names = _names(t, area)
    rows = [[t(head), t("confidence.plan.share")]]
    for place, (name, share) in enumerate(shares.items(), start=1):
        number = f"{place}. " if numbered else ""
        rows.append([f"{number}{names[str(name)]} ({name})", chance_text(t, float(share))])
    return aligned(rows, left=(0,))


def _names(t: Translator, area: StudyArea) -> dict[str, str]:
    from planning.render.labels import room_names

    return dict(zip(area.candidates["candidate_id"], room_names(t, area.candidates), strict=True))


def _unmarked(text: str) -> str:
    """Return a text without the marks that make it bold on a page."""
    return text.replace("**", "")
