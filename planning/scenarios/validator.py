"""The published schema put to work on documents that may be hostile, so that a huge one costs little."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from planning.area.schema import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_NULL = {"type": "null"}
_PARTS = ("items", "properties", "additionalProperties", "propertyNames")


def published_schema(version: int) -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a version of the document."""
    name = f"scenario-{version}.schema.json"
    text = files("planning.scenarios").joinpath("schema", name).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def validator_of(version: int) -> Validator:
    """Return what checks documents of a version.

    Some keywords differ in how, not in what they check. Lists and tables that have more than they may are not
    looked into. ``anyOf`` with null looks at the other form only, where the library would collect every
    fault of it before giving the first. ``uniqueItems`` looks at texts only, for our lists hold nothing else,
    and does not compare all pairs. ``pattern`` means the whole text, where Python's ``$`` lets a line break
    pass.
    """
    from jsonschema import Draft202012Validator, validators  # loads slowly

    own = {"anyOf": _any_of, "uniqueItems": _unique, "pattern": _pattern}
    own |= {name: _bounded(name) for name in _PARTS}
    untyped: Any = validators
    whole = untyped.extend(Draft202012Validator, own)
    return cast("Validator", whole(published_schema(version)))


def _bounded(keyword: str) -> Callable[..., Iterator[ValidationError]]:
    """Return a keyword that looks into lists and tables only if they are not too long."""
    from jsonschema import Draft202012Validator

    looks = Draft202012Validator.VALIDATORS[keyword]

    def check(validator: Any, wanted: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        limit = schema.get("maxItems" if isinstance(value, list) else "maxProperties")
        if not (isinstance(value, list | dict) and limit is not None and len(value) > limit):
            yield from looks(validator, wanted, value, schema) or ()

    return check


def _any_of(validator: Any, allowed: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    from jsonschema import Draft202012Validator

    others = [one for one in allowed if one != _NULL]
    if len(others) == len(allowed) or len(others) != 1:
        yield from Draft202012Validator.VALIDATORS["anyOf"](validator, allowed, value, schema) or ()
    elif value is not None:
        yield from validator.descend(value, others[0], schema_path=allowed.index(others[0]))


def _unique(_validator: Any, wanted: Any, value: Any, _schema: Any) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    if wanted and isinstance(value, list):
        texts = [one for one in value if isinstance(one, str)]
        if len(set(texts)) < len(texts):
            yield ValidationError("not unique")


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    if isinstance(value, str) and re.fullmatch(pattern, value) is None:
        yield ValidationError(f"{shown(value)} does not match")
