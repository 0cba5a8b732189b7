"""What is wrong with a document, in codes whose words are in the catalogue of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning.area.schema import shown
from planning.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jsonschema.exceptions import ValidationError

_FORMS = {"object": "table", "array": "list", "string": "text", "boolean": "flag", "null": "null"}
_MOST_NAMED = 20


def place_of(path: Iterable[object]) -> str:
    """Return where in a document something is, its keys joined by dots."""
    return shown(".".join(str(part) for part in path)) or "–"


def schema_fault(error: ValidationError) -> Fault:
    """Return what one violation of the schema is."""
    if error.context:
        # of several allowed forms, the one is meant that comes furthest
        return schema_fault(
            max(error.context, key=lambda one: (len(one.absolute_path), one.validator != "type"))
        )
    code, params = _WORDED.get(str(error.validator), _value)(error)
    return Fault(code, column=place_of(error.absolute_path), params=params)


def _missing(error: ValidationError) -> tuple[str, dict[str, Any]]:
    given: Any = error.instance
    wanted: Any = error.validator_value
    return "scenario_key_missing", {"keys": _listed(name for name in wanted if name not in given)}


def _unknown(error: ValidationError) -> tuple[str, dict[str, Any]]:
    given: Any = error.instance
    schema: Any = error.schema
    return "scenario_key_unknown", {
        "keys": _listed(name for name in given if name not in schema["properties"])
    }


def _listed(names: Iterable[object]) -> str:
    return ", ".join([shown(name) for name in names][:_MOST_NAMED])


def _form(error: ValidationError) -> tuple[str, dict[str, Any]]:
    form = _FORMS.get(str(error.validator_value), "number")
    return f"scenario_form_{form}", {"value": shown(error.instance)}


def _choice(error: ValidationError) -> tuple[str, dict[str, Any]]:
    wanted: Any = error.validator_value
    allowed = ", ".join(str(one) for one in wanted) if isinstance(wanted, list) else str(wanted)
    return "scenario_choice", {"value": shown(error.instance), "allowed": allowed}


def _range(error: ValidationError) -> tuple[str, dict[str, Any]]:
    schema: Any = error.schema
    low = schema.get("minimum", "–")
    high = schema.get("maximum", schema.get("exclusiveMaximum", "–"))
    return "scenario_range", {"value": shown(error.instance), "low": str(low), "high": str(high)}


def _value(error: ValidationError) -> tuple[str, dict[str, Any]]:
    return "scenario_value", {"rule": str(error.validator), "limit": shown(error.validator_value)}


_WORDED: dict[str, Callable[[ValidationError], tuple[str, dict[str, Any]]]] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "type": _form,
    "enum": _choice,
    "const": _choice,
    "minimum": _range,
    "maximum": _range,
    "exclusiveMaximum": _range,
}
