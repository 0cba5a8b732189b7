"""Weights of criteria: completed from the catalogue, checked, and normalised to shares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from planning.errors import Fault, SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planning.model import Criterion


def _fault(criterion: str, weight: object) -> Fault | None:
    try:
        number = float(weight)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        return Fault("criteria_weight_not_a_number", params={"criterion": criterion, "value": str(weight)})
    if number < 0.0:
        return Fault("criteria_weight_negative", params={"criterion": criterion, "value": str(weight)})
    return None


def check_weights(criteria: Sequence[Criterion], weights: Mapping[str, float]) -> None:
    """Raise one ``SettingError`` that lists every weight which is unknown, negative or not a finite number.

    Also raised, with code ``criteria_weights_all_zero``, where every criterion ends up with weight 0:
    then nothing is left to rank by.
    """
    known = [criterion.id for criterion in criteria]
    faults = [
        Fault("criteria_weight_unknown", params={"criterion": name, "known": ", ".join(known)})
        for name in weights
        if name not in known
    ]
    faults += [fault for name in known if name in weights and (fault := _fault(name, weights[name]))]
    if faults:
        raise SettingError("criteria_weights_invalid", faults=tuple(faults))
    if not any(float(weights.get(criterion.id, criterion.default_weight)) for criterion in criteria):
        raise SettingError("criteria_weights_all_zero")


def shares(criteria: Sequence[Criterion], weights: Mapping[str, float] | None = None) -> NDArray[np.float64]:
    r"""Return the share of each criterion, :math:`s_c = w_c / \sum_k w_k`, in the order of ``criteria``.

    Criteria that ``weights`` leaves out have their default weight.

    Raises
    ------
    SettingError
        As in :func:`check_weights`.
    """
    chosen = dict(weights or {})
    check_weights(criteria, chosen)
    plain = np.array([float(chosen.get(criterion.id, criterion.default_weight)) for criterion in criteria])
    scaled = plain / plain.max()
    return np.asarray(scaled / scaled.sum(), dtype=np.float64)
