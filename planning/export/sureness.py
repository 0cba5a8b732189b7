"""How sure a ranking and a plan are, as columns and plain values for files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from planning.render.labels import room_names
from planning.scoring.confidence import INTERVAL

if TYPE_CHECKING:
    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.model import Certainty
    from planning.scoring.agreement import Agreement
    from planning.scoring.confidence import Confidence
    from planning.siting.uncertain import UncertainPlan

UNITS = {"coverage": "share", "walking": "metres"}
_DIGITS = 6


@dataclass(frozen=True, eq=False)
class Sureness:
    """How sure a ranking is.

    Parameters
    ----------
    confidence, agreement
        Of the same candidates and the same number of best ones.
    dominated_by
        By candidate one that dominates it, empty where there is none.
    certainty
        How sure the person is of the weights.
    year
        The year up to which the age of the data counts.
    """

    confidence: Confidence
    agreement: Agreement
    dominated_by: pd.Series[str]
    certainty: Certainty
    year: int

    def columns(self) -> pd.DataFrame:
        """Return further columns of a ranking, by ``candidate_id``; see ``docs/ranking-files.md``."""
        drawn = self.confidence.table
        ranks = self.agreement.ranks.loc[drawn.index]
        return pd.DataFrame(
            {
                "in_best": drawn["in_best"].round(_DIGITS),
                "first": drawn["first"].round(_DIGITS),
                "rank_low_90": drawn["rank_low"],
                "rank_high_90": drawn["rank_high"],
                "score_low_90": drawn["low"].round(_DIGITS),
                "score_high_90": drawn["high"].round(_DIGITS),
                "rank_topsis": ranks["topsis"],
                "rank_promethee": ranks["promethee"],
                "dominated_by": self.dominated_by.loc[drawn.index],
            }
        )

    def record(self) -> dict[str, Any]:
        """Return how the columns came about, as plain values."""
        drawn = self.confidence
        return {
            "draws": drawn.draws,
            "seed": drawn.seed,
            "certainty": self.certainty,
            "year": self.year,
            "best": drawn.count,
            "interval": INTERVAL,
        }


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """What becomes of a plan under other need; ``certainty`` and ``year`` as in :class:`Sureness`."""

    found: UncertainPlan
    certainty: Certainty
    year: int


def uncertainty_record(
    area: StudyArea, uncertainty: Uncertainty, objective: str, t: Translator
) -> dict[str, Any]:
    """Return what becomes of a plan as plain values; where no draw was done, figures are ``None``.

    Parameters
    ----------
    objective
        Of the plan: ``coverage`` or ``walking``.
    """
    found = uncertainty.found
    done = len(found.table)

    def spread(column: str) -> dict[str, float | None]:
        ends = found.interval(column, INTERVAL) if done else (None, None, None)
        return dict(zip(("low", "median", "high"), ends, strict=True))

    def rooms(shares: pd.Series[float]) -> list[dict[str, Any]]:
        table = area.candidates.set_index("candidate_id", drop=False).loc[list(shares.index)]
        return [
            {"candidate_id": str(name), "shown_name": shown, "share": float(share)}
            for name, shown, share in zip(shares.index, room_names(t, table), shares, strict=True)
            if done
        ]

    return {
        "draws": done,
        "asked": found.asked,
        "seed": found.seed,
        "certainty": uncertainty.certainty,
        "year": uncertainty.year,
        "interval": INTERVAL,
        "unit": UNITS[objective],
        **{name: spread(name) for name in ("plan", "best", "loss")},
        "unproven": done - int(found.table["proven"].sum()),
        "kept": rooms(found.kept),
        "others": rooms(found.others),
    }
