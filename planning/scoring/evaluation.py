"""One scenario judged on one study area: need, raw criteria, scores, and the ranking as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from planning.need import cell_need
from planning.scoring.criteria import raw_criteria
from planning.scoring.functions import criteria_of
from planning.scoring.scores import Scores, score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from planning.access import Distances
    from planning.area.study_area import StudyArea
    from planning.model import Scenario

DESCRIPTION = ["candidate_id", "name", "kind", "borough", "quarter"]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a scenario makes of the open candidates of a study area.

    Parameters
    ----------
    need
        Shape (cells,): weighted persons by cell.
    raw
        Raw criteria, index ``candidate_id``, in their units.
    scores
        Scores of the same candidates.
    """

    need: NDArray[np.float64]
    raw: pd.DataFrame
    scores: Scores


def evaluate(
    area: StudyArea, scenario: Scenario, distances: Distances, *, around: pd.DataFrame | None = None
) -> Evaluation:
    """Compute need, raw criteria and scores of a scenario.

    Parameters
    ----------
    area, scenario, distances
        Distances are those of this area.
    around
        :func:`planning.scoring.surroundings` of the same area and distances, if it is at hand.

    Raises
    ------
    SettingError
        A weight or a value function of the scenario is not usable.
    """
    judged = criteria_of(scenario)
    need = cell_need(area.cells, scenario.need_weights)
    raw = raw_criteria(area, scenario, distances, need=need, around=around)
    return Evaluation(need=need, raw=raw, scores=score(raw, judged, scenario.criteria_weights))


def ranking(area: StudyArea, evaluation: Evaluation) -> pd.DataFrame:
    """Return the open candidates, best first, one row each.

    Returns
    -------
    DataFrame
        ``rank``, ``candidate_id``, ``name``, ``kind``, ``borough`` and ``quarter`` (keys), ``score`` with
        ``low`` and ``high`` (0-100), ``contribution_<criterion>`` (points of the score) and
        ``raw_<criterion>`` (in the criterion's unit; ``NaN`` unknown, ``inf`` out of reach).
    """
    scores = evaluation.scores
    rooms = area.candidates.set_index("candidate_id", drop=False).loc[scores.total.index, DESCRIPTION]
    table = pd.concat(
        [
            scores.rank,
            pd.DataFrame(rooms),
            scores.total,
            scores.low,
            scores.high,
            scores.contributions.add_prefix("contribution_"),
            evaluation.raw.add_prefix("raw_"),
        ],
        axis=1,
    )
    return table.sort_values("rank", ignore_index=True)
