"""Where to open: exact siting models on arrays, and plans for a study area."""

from planning.siting.coverage import max_coverage
from planning.siting.covering import p_center, set_cover
from planning.siting.effect import Effect, Figures, plan_effect
from planning.siting.median import p_median
from planning.siting.plan import Plan, make_plan
from planning.siting.solution import OPTIMAL_GAP, Progress, Solution
from planning.siting.task import SitingTask, plan_distances, prepare

__all__ = [
    "OPTIMAL_GAP",
    "Effect",
    "Figures",
    "Plan",
    "Progress",
    "SitingTask",
    "Solution",
    "make_plan",
    "max_coverage",
    "p_center",
    "p_median",
    "plan_distances",
    "plan_effect",
    "prepare",
    "set_cover",
]
