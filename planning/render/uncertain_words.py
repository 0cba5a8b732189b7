"""What a plan is worth under another need, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.model import PlanSettings, Scenario
    from planning.siting.uncertain import UncertainPlan

HALF = 0.5
"""A room that is in so many of the new plans stays more often than not."""


def summary_text(t: Translator, found: UncertainPlan, settings: PlanSettings, scenario: Scenario) -> str:
    """Say in Markdown what a plan reaches, how far it is from the best of each draw, how many rooms stay.

    Where scores count in the aim, what is missing is measured by the aim, not by need or walks alone.
    """
    walking = settings.objective == "walking"

    def text(figure: float) -> str:
        if walking:
            return t.number(figure / scenario.metres_per_minute, 1, "min")
        return t.share(figure, 1)

    low, middle, high = (text(figure) for figure in found.interval("plan"))
    _, lost, most = (t.share(share, 1) for share in found.interval("loss"))
    aim = "scores" if settings.score_share > 0 else settings.objective
    return " ".join(
        (
            t(
                f"confidence.plan.reach.{settings.objective}",
                low=low,
                middle=middle,
                high=high,
                draws=t.number(len(found.table)),
            ),
            t(f"confidence.plan.loss.{aim}", lost=lost, most=most),
            t("confidence.plan.stay", firm=int((found.kept >= HALF).sum()), count=len(found.kept)),
        )
    )
