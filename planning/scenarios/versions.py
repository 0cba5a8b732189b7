"""Documents of older versions brought to the present one, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""What makes a document of the next version of one of the version that is the key."""


def migrated(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checked document as one of the present version, without its identifier."""
    present = {key: value for key, value in document.items() if key != "id"}
    while present["version"] in STEPS:
        present = STEPS[present["version"]](present)
    return present
