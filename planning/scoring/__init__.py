"""How good is a room: raw criteria, value functions, the weighted sum and what explains a score."""

from planning.scoring.criteria import CRITERIA, demand, raw_criteria, surroundings
from planning.scoring.evaluation import Evaluation, evaluate, ranking
from planning.scoring.facts import CandidateFacts, candidate_facts
from planning.scoring.functions import changed_functions, check_functions, criteria_of, with_function
from planning.scoring.scores import Reason, Scores, reasons, score
from planning.scoring.values import value
from planning.scoring.weights import shares

__all__ = [
    "CRITERIA",
    "CandidateFacts",
    "Evaluation",
    "Reason",
    "Scores",
    "candidate_facts",
    "changed_functions",
    "check_functions",
    "criteria_of",
    "demand",
    "evaluate",
    "ranking",
    "raw_criteria",
    "reasons",
    "score",
    "shares",
    "surroundings",
    "value",
    "with_function",
]
