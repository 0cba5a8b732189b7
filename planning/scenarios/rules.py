"""Rules of a scenario on the data at hand: what they name and what is no longer there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.model import Constraints


def known_rules(constraints: Constraints, area: StudyArea) -> tuple[Constraints, tuple[str, ...]]:
    """Return rules without candidates and boroughs that a study area does not have.

    Closed candidates are there all the same. Of a group of which at most one may be chosen, what is left
    has to be at least two to be a rule.

    Returns
    -------
    tuple
        The rules, and the identifiers and keys that were left out, in the order of the rules.
    """
    known = set(area.candidates["candidate_id"])
    boroughs = set(area.level("borough").index)
    groups = (tuple(name for name in group if name in known) for group in constraints.either_or)
    rules = replace(
        constraints,
        boroughs={key: limits for key, limits in constraints.boroughs.items() if key in boroughs},
        must=tuple(name for name in constraints.must if name in known),
        must_not=tuple(name for name in constraints.must_not if name in known),
        either_or=tuple(group for group in groups if len(group) > 1),
    )
    named = [*constraints.must, *constraints.must_not]
    named += [name for group in constraints.either_or for name in group]
    lost = [*(name for name in named if name not in known)]
    lost += [key for key in constraints.boroughs if key not in boroughs]
    return rules, tuple(dict.fromkeys(lost))
