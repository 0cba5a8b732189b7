"""The week: which day, which hours, which team for every dependance."""

from planning.rota.check import Violation, check
from planning.rota.goals import goal_values
from planning.rota.model import (
    GOALS,
    STEP,
    WEEKDAYS,
    Duty,
    GoalResult,
    Member,
    Place,
    Rota,
    RotaTask,
    RuleRef,
    Rules,
    Slot,
    Team,
    Window,
)

__all__ = [
    "GOALS",
    "STEP",
    "WEEKDAYS",
    "Duty",
    "GoalResult",
    "Member",
    "Place",
    "Rota",
    "RotaTask",
    "RuleRef",
    "Rules",
    "Slot",
    "Team",
    "Violation",
    "Window",
    "check",
    "goal_values",
]
