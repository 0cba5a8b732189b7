"""What a folder of results was made of and with, so that the same can be made again and compared."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyogrio
import pyproj
import shapely

from planning import __version__
from planning.errors import SourceError
from planning.scenarios.document import snapshot_id
from planning.scenarios.reading import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planning.export.choice import Choice
    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.scenarios.snapshot import Snapshot

FORMAT, VERSION = "dependance-export", 1
MANIFEST, SCENARIO = "manifest.json", "scenario.json"
_PACKAGES = (
    "geopandas", "matplotlib", "numpy", "openpyxl", "pandas", "pyogrio",
    "pyproj", "scipy", "shapely", "typst",
)  # fmt: skip
_MOST_FILES, _SHOWN = 1000, 8


@dataclass(frozen=True)
class Difference:
    """A file that came out ``missing``, ``new`` or ``changed``, or was ``altered`` or ``lost`` since."""

    name: str
    kind: str


def versions() -> dict[str, str]:
    """Return what the files are made with: Python, packages and the libraries below them."""
    found = {name: metadata.version(name) for name in _PACKAGES}
    return {
        "python": platform.python_version(),
        **found,
        "gdal": ".".join(map(str, pyogrio.__gdal_version__)),
        "geos": ".".join(map(str, shapely.geos_version)),
        "proj": pyproj.proj_version_str,
    }


@cache
def sources_digest() -> str:
    """Return the SHA-256 of the planner's own files: two states of one version are told apart by it."""
    found, folder = hashlib.sha256(), Path(__file__).parents[1]
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and "__pycache__" not in one.parts):
        found.update(f"{path.relative_to(folder).as_posix()}\0{digest(path.read_bytes())}\n".encode())
    return found.hexdigest()


def digest(content: bytes) -> str:
    """Return the SHA-256 of a content, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def manifest(
    findings: Findings, snapshot: Snapshot, choice: Choice, t: Translator, files: Mapping[str, Path]
) -> dict[str, Any]:
    """Return what a folder of results holds and how it came about, as plain values.

    Parameters
    ----------
    snapshot
        The scenario that the folder holds as ``scenario.json``, plan included.
    files
        Every other file of the folder by its name, in order.
    """
    area, plan, sure = findings.area, findings.plan, findings.confidence
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": {"name": "dependance-planner", "version": __version__, "sources": sources_digest()},
        "made_with": versions(),
        "system": platform.system(),
        "area": {
            "id": area.id,
            "name": area.name,
            "crs": area.crs,
            "digest": snapshot.area.digest,
            "layers": {name: str(one) for name, one in sorted(area.digests.items())},
        },
        "scenario": {"file": SCENARIO, "name": snapshot.name, "id": snapshot_id(snapshot)},
        "plan": None
        if plan is None
        else {"status": plan.status, "rooms": list(plan.candidate_ids), "seed": plan.settings.seed},
        "confidence": None
        if sure is None
        else {"draws": sure.draws, "seed": sure.seed, "certainty": findings.certainty},
        "options": choice.record() | {"language": t.language, "date": findings.date.isoformat()},
        "command": choice.command(t.language, findings.date),
        "files": [
            {"name": name, "bytes": path.stat().st_size, "sha256": digest(path.read_bytes())}
            for name, path in files.items()
        ],
    }


def read_manifest(path: Path) -> dict[str, Any]:
    """Return a manifest, read strictly.

    Raises
    ------
    SourceError
        ``manifest_unreadable``, ``manifest_not_one``.
    UploadError
        ``scenario_large``, ``scenario_deep``, ``scenario_not_json``.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(
            "manifest_unreadable", path=str(path), reason=error.strerror or str(error)
        ) from error
    found = parse(content)
    if not _is_manifest(found):
        raise SourceError("manifest_not_one", path=str(path), format=FORMAT, version=VERSION)
    return dict(found)


def _state(program: Mapping[str, Any]) -> str:
    return f"{program['version']} ({str(program['sources'])[:_SHOWN]})"


def _is_manifest(found: Any) -> bool:
    def texts(value: Any, *names: str) -> bool:
        return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in names)

    return (
        isinstance(found, dict)
        and found.get("format") == FORMAT
        and found.get("version") == VERSION
        and texts(found.get("area"), "id", "digest")
        and isinstance(found["area"].get("layers"), dict)
        and texts(found.get("program"), "version")
        and isinstance(found.get("made_with"), dict)
        and "system" in found
        and texts(found.get("scenario"), "file", "id")
        and found["scenario"]["file"] == SCENARIO
        and texts(found.get("options"), "language", "date", "paper", "orientation")
        and all(_are_texts(found["options"].get(name)) for name in ("formats", "indicators"))
        and isinstance(found.get("made_with"), dict)
        and isinstance(found.get("files"), list)
        and len(found["files"]) <= _MOST_FILES
        and all(texts(one, "name", "sha256") for one in found["files"])
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def differences(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> list[Difference]:
    """Return which files of two manifests are not the same, by name."""
    old, new = ({one["name"]: one["sha256"] for one in files} for files in (before, after))
    kinds = {name: "missing" for name in old if name not in new}
    kinds |= {name: "new" for name in new if name not in old}
    kinds |= {name: "changed" for name in old if name in new and old[name] != new[name]}
    return [Difference(name, kinds[name]) for name in sorted(kinds)]


def altered(folder: Path, files: Iterable[Mapping[str, Any]]) -> list[Difference]:
    """Return which files of a manifest are not in its folder, or no longer as they were written."""
    found = []
    for one in files:
        path = folder / Path(str(one["name"])).name
        try:
            same = hashlib.sha256(path.read_bytes()).hexdigest() == one["sha256"]
            kind = "" if same else "altered"
        except OSError:
            kind = "lost"
        if kind:
            found.append(Difference(str(one["name"]), kind))
    return found


def changed_versions(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return what two folders were not made with alike: the old and the new version by name."""
    names = dict.fromkeys((*before["made_with"], *after["made_with"]))
    pairs = {
        name: (str(before["made_with"].get(name, "–")), str(after["made_with"].get(name, "–")))
        for name in names
    }
    old, new = ({"sources": "", **one["program"]} for one in (before, after))
    pairs["dependance-planner"] = (str(old["version"]), str(new["version"]))
    if old["version"] == new["version"] and old["sources"]:
        pairs["dependance-planner"] = (_state(old), _state(new))
    pairs["system"] = (str(before["system"]), str(after["system"]))
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
