"""Read a scenario that came from outside: bounded, strict, and with all faults told together."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from planning.area.criteria import criteria
from planning.area.schema import has_control, shown
from planning.errors import Fault, SettingError, UploadError
from planning.scenarios.document import (
    FORMAT,
    VERSION,
    canonical,
    content_id,
    document_of,
    functions_of,
    snapshot_of,
)
from planning.scenarios.faults import place_of, schema_fault
from planning.scenarios.snapshot import KEYS, search_key
from planning.scenarios.validator import validator_of
from planning.scenarios.versions import migrated
from planning.scoring.functions import check_functions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning.scenarios.snapshot import Snapshot

LIMIT_BYTES = 4 * 1024 * 1024
DEEPEST = 12
MOST_FAULTS = 20
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)  # once through, whatever stands there
_BRACKET = re.compile(rb"[\[\]{}]")


def read_snapshot(content: bytes) -> Snapshot:
    """Return the scenario that a JSON file holds.

    Parameters
    ----------
    content
        The file, at most :data:`LIMIT_BYTES` and nested at most :data:`DEEPEST` deep, UTF-8 with or without
        a byte order mark, of the present or an older version.

    Raises
    ------
    UploadError
        ``scenario_large``, ``scenario_deep``, ``scenario_not_json``, ``scenario_not_one``,
        ``scenario_version_newer``, ``scenario_version_unknown``, ``scenario_id_differs``, or
        ``scenario_unusable`` with one fault for each value that is not as the schema wants it.
    """
    return read_document(parse(content))


def read_document(document: Any) -> Snapshot:
    """Return the scenario of a parsed document; raises as :func:`read_snapshot` does."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UploadError("scenario_not_one", format=FORMAT)
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise UploadError("scenario_version_unknown", version=shown(version), known=VERSION)
    if version > VERSION:
        raise UploadError("scenario_version_newer", version=shown(version), known=VERSION)
    faults = [*schema_faults(document, version), *islice(_text_faults(document), MOST_FAULTS)]
    if faults:
        raise _unusable(faults)
    if document.get("id", content_id(document)) != content_id(document):
        raise UploadError("scenario_id_differs", id=document["id"])
    present = migrated(document)
    faults = [
        *islice(_row_faults(present), MOST_FAULTS),
        *_function_faults(present),
        *islice(_opinion_faults(present), MOST_FAULTS),
        *islice(_judgement_faults(present), MOST_FAULTS),
    ]
    if faults:
        raise _unusable(faults)
    return snapshot_of(present)


def checked_document(snapshot: Snapshot) -> dict[str, Any]:
    """Return the document of a scenario, having seen that it can be read again; raises as reading does."""
    document = document_of(snapshot)
    if len(canonical(document).encode()) > LIMIT_BYTES:
        raise UploadError("scenario_large", limit_mb=LIMIT_BYTES // 2**20)
    read_document(document)
    return document


def parse(content: bytes) -> Any:
    """Return what a bounded JSON text holds: no constants beyond JSON, no key twice."""
    if len(content) > LIMIT_BYTES:
        raise UploadError("scenario_large", limit_mb=LIMIT_BYTES // 2**20)
    if depth_of(content) > DEEPEST:
        raise UploadError("scenario_deep", limit=DEEPEST)
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UploadError("scenario_not_json", reason=shown(str(error))) from error


def depth_of(content: bytes) -> int:
    """Return how deep brackets are nested outside of texts."""
    deepest = depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", content)):
        depth += 1 if bracket.group() in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a table of a JSON object; a key that occurs twice is a mistake, as it is in TOML."""
    table = dict(pairs)
    if len(table) < len(pairs):
        name, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"{name!r} ×2")
    return table


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _unusable(faults: list[Fault]) -> UploadError:
    return UploadError("scenario_unusable", faults=tuple(faults[:MOST_FAULTS]), count=len(faults))


def schema_faults(document: Mapping[str, Any], version: int) -> list[Fault]:
    """Return what in a document is not as its version's schema wants it."""
    faults: list[Fault] = []
    for error in validator_of(version).iter_errors(document):
        faults.append(schema_fault(error))
        if len(faults) >= MOST_FAULTS:
            break
    return faults


def _text_faults(value: Any, path: tuple[object, ...] = ()) -> Iterator[Fault]:
    """Give the places of texts with control characters or halves of characters."""
    if isinstance(value, str):
        if has_control(value):
            yield Fault("scenario_text", column=place_of(path))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _text_faults(key, (*path, key))
            yield from _text_faults(part, (*path, key))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _text_faults(part, (*path, position))


def _row_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Give the changed rows whose identifier another row has as well."""
    for prefix, basis in _bases(document):
        for kind, key in KEYS.items():
            seen: set[str] = set()
            for position, row in enumerate(basis[kind]["changed"]):
                if row[key] in seen:
                    place = f"{prefix}{kind}.changed.{position}.{key}"
                    yield Fault("scenario_row_id", column=place, params={"key": key})
                seen.add(row[key])


def _bases(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give where settings and tables stand in a document: its own, and those of its plan."""
    yield "", document
    if document["plan"] is not None and document["plan"]["basis"] is not None:
        yield "plan.basis.", document["plan"]["basis"]


def _function_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Give what is wrong with value functions; criteria that the catalogue does not know are left alone."""
    known = {one.id for one in criteria()}
    for prefix, basis in _bases(document):
        functions = functions_of(basis["value_functions"])
        try:
            check_functions({name: one for name, one in functions.items() if name in known})
        except SettingError as error:
            for fault in error.faults:
                yield Fault(fault.code, column=f"{prefix}value_functions", params=fault.params)


def _opinion_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Give the opinions whose name another has as well, and those that hold nothing to be worth anything."""
    seen: set[str] = set()
    for position, one in enumerate(document["opinions"]):
        key = search_key(one["name"])
        if not key or key in seen:
            yield Fault(
                "scenario_opinion_name",
                column=f"opinions.{position}.name",
                params={"name": shown(one["name"])},
            )
        seen.add(key)
        if not any(one["weights"].values()):
            yield Fault("scenario_opinion_empty", column=f"opinions.{position}.weights")


def _judgement_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Give the judgements of a criterion with itself, and the pairs that are judged more than once."""
    seen: set[frozenset[str]] = set()
    for position, one in enumerate(document["judgements"]):
        pair = frozenset((one["criterion"], one["against"]))
        params = {"criterion": shown(one["criterion"]), "against": shown(one["against"])}
        place = f"judgements.{position}"
        if len(pair) == 1:
            yield Fault("scenario_judgement_itself", column=place, params=params)
        elif pair in seen:
            yield Fault("scenario_judgement_twice", column=place, params=params)
        seen.add(pair)
