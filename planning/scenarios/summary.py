"""What a list shows of a scenario without reading it whole."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning.scenarios.snapshot import Snapshot


@dataclass(frozen=True)
class Summary:
    """The gist of a scenario.

    Parameters
    ----------
    area_id, area_name, area_digest
        The data it was made on.
    minutes
        Walking time that counts as within reach.
    entries
        Number of own or corrected rows, sites and candidates together.
    objective, status
        Of the plan; empty without one.
    rooms
        Places of the plan's rooms, metres.
    share_before, share_after, mean_before, mean_after, worst_name, worst_share
        Covered share of need and mean walk in minutes without and with the plan, and the lowest borough with
        it; ``None`` where nobody measured them.
    on_other_data
        Whether the plan was computed on other data.
    """

    area_id: str
    area_name: str
    area_digest: str
    minutes: float
    entries: int = 0
    objective: str = ""
    status: str = ""
    rooms: tuple[tuple[float, float], ...] = ()
    share_before: float | None = None
    share_after: float | None = None
    mean_before: float | None = None
    mean_after: float | None = None
    worst_name: str = ""
    worst_share: float | None = None
    on_other_data: bool = False

    def text(self) -> str:
        """Return it as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def of_text(text: str) -> Summary:
        """Return the summary of a stored text; one that is damaged says nothing, for it is only a summary."""
        try:
            values = json.loads(text)
            names = [one.name for one in fields(Summary) if one.name in values]
            return Summary(**{name: _checked(name, values[name]) for name in names})
        except (ValueError, TypeError, KeyError):
            return Summary("", "", "", math.nan)


def _checked(name: str, value: Any) -> Any:
    """Return a stored value as its field wants it; raises where it cannot be."""
    if name == "rooms":
        return tuple((float(x), float(y)) for x, y in value)
    if name in {"minutes", "entries"}:
        return float(value) if name == "minutes" else int(value)
    if name == "on_other_data":
        return bool(value)
    if name.startswith(("share_", "mean_")) or name == "worst_share":
        return None if value is None else float(value)
    return str(value)


def summary_of(snapshot: Snapshot) -> Summary:
    """Return the gist of a scenario."""
    basis, plan, area = snapshot.basis, snapshot.plan, snapshot.area
    head = Summary(
        area_id=area.id,
        area_name=area.name,
        area_digest=area.digest,
        minutes=basis.scenario.minutes,
        entries=len(basis.sites) + len(basis.candidates),
    )
    if plan is None:
        return head
    before, after = plan.before, plan.after
    return replace(
        head,
        objective=plan.settings.objective,
        status=plan.status,
        rooms=tuple((room.x, room.y) for room in plan.rooms),
        share_before=None if before is None else before.share,
        share_after=None if after is None else after.share,
        mean_before=None if before is None else before.mean_minutes,
        mean_after=None if after is None else after.mean_minutes,
        worst_name="" if after is None else after.worst_name,
        worst_share=None if after is None else after.worst_share,
        on_other_data=plan.on_other_data,
    )
