"""Documents of older versions brought to the present one, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _functions_and_notes(document: dict[str, Any]) -> dict[str, Any]:
    """Make version 2 of version 1, in which value functions were fixed and rooms had no notes."""
    present = document | {"version": 2, "value_functions": {}, "candidate_notes": {}}
    plan = document["plan"]
    if plan is not None and plan["basis"] is not None:
        present["plan"] = plan | {"basis": plan["basis"] | {"value_functions": {}}}
    return present


STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _functions_and_notes}
"""What makes a document of the next version of one of the version that is the key."""


def migrated(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checked document as one of the present version, without its identifier."""
    present = {key: value for key, value in document.items() if key != "id"}
    while present["version"] in STEPS:
        present = STEPS[present["version"]](present)
    return present
