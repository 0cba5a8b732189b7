"""What is proven about a plan, and what it cannot know, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planning.access import open_sites

if TYPE_CHECKING:
    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.siting import Plan


def status_text(plan: Plan, t: Translator) -> str:
    """Say in one sentence what is proven about a plan."""
    if plan.status != "feasible":
        return t(f"siting.status.{plan.status}")
    if math.isinf(plan.gap):
        return t("siting.status.feasible_open")
    return t("siting.status.feasible", share=t.at_most(plan.gap))


def gains_need(plan: Plan) -> bool:
    """Tell whether what a room gains in the plan's order is need newly within reach."""
    return plan.settings.objective in {"coverage", "cover-all"}


def plan_notes(area: StudyArea, t: Translator) -> list[str]:
    """Say what a plan cannot know."""
    known = int((open_sites(area.sites)["kind"] == "dependance").sum())
    opened = area.programme.opened
    missing = [t("export.plan_missing", opened=opened, known=known)] if known < opened else []
    return [*missing, t("export.plan_rooms"), t("export.plan_proven")]
