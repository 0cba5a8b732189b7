"""Documents of older versions brought to the present one, step by step."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _functions_and_notes(document: dict[str, Any]) -> dict[str, Any]:
    """Make version 2 of version 1, in which value functions were fixed and rooms had no notes.

    The functions are those of that time, whatever the catalogue says by now.
    """
    functions = _functions_of_version_1()
    present = document | {"version": 2, "value_functions": functions, "candidate_notes": {}}
    plan = document["plan"]
    if plan is not None:
        basis = None if plan["basis"] is None else plan["basis"] | {"value_functions": functions}
        present["plan"] = plan | {"basis": basis, "on_other_data": False}
    return present


def _no_opinions(document: dict[str, Any]) -> dict[str, Any]:
    """Make version 3 of version 2, which knew no opinions, no judgements and not how sure a person is."""
    return document | {"version": 3, "opinions": [], "judgements": [], "certainty": "medium"}


def _functions_of_version_1() -> dict[str, Any]:
    file = files("planning.scenarios").joinpath("schema", "value-functions-1.json")
    functions: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return functions


STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _functions_and_notes, 2: _no_opinions}
"""What makes a document of the next version of one of the version that is the key."""


def migrated(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checked document as one of the present version, without its identifier."""
    present = {key: value for key, value in document.items() if key != "id"}
    while present["version"] in STEPS:
        present = STEPS[present["version"]](present)
    return present
