"""What is proven about a plan, and what it cannot know, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planning.access import open_sites

if TYPE_CHECKING:
    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.siting import Effect, Plan


_NEED = frozenset({"coverage", "cover-all"})


def status_text(plan: Plan, t: Translator) -> str:
    """Say in one sentence what is proven about a plan."""
    if plan.status != "feasible":
        return t(f"siting.status.{plan.status}")
    if math.isinf(plan.gap):
        return t("siting.status.feasible_open")
    return t("siting.status.feasible", share=t.at_most(plan.gap))


def gains_need(plan: Plan) -> bool:
    """Tell whether what a room gains in the plan's order is need newly within reach."""
    return plan.settings.objective in _NEED


def gain_text(t: Translator, objective: str, gain: float, metres_per_minute: float) -> str:
    """Return what a room gains when it opens, in the figure of a plan's objective.

    Parameters
    ----------
    gain
        Need, or metres of walk where the objective counts ways; ``inf`` where there was no way before.
    """
    if objective in _NEED:
        return t.number(gain)
    if math.isinf(gain):
        return t("plan.first_way")
    return t.number(gain / metres_per_minute, 1, "min")


def unreached_note(t: Translator, effect: Effect | None) -> str:
    """Say what need the walks leave out, as it has no way to any site; empty where all has one."""
    if effect is None:
        return ""
    before, after = (round(one.unreached) for one in (effect.before, effect.after))
    if not before and not after:
        return ""
    if before == after:
        return t("export.plan_unreached_same", need=t.number(after))
    return t("export.plan_unreached", before=t.number(before), after=t.number(after))


def plan_notes(area: StudyArea, effect: Effect | None, t: Translator) -> list[str]:
    """Say what a plan, and what it changes, cannot know."""
    known = int((open_sites(area.sites)["kind"] == "dependance").sum())
    opened = area.programme.opened
    missing = [t("export.plan_missing", opened=opened, known=known)] if known < opened else []
    left_out = [note] if (note := unreached_note(t, effect)) else []
    return [*missing, *left_out, t("export.plan_rooms"), t("export.plan_proven")]
