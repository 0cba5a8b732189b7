"""What a browser loads to draw the map: Leaflet (installed), our drawing code, the area's geometry.

Nothing is fetched from elsewhere. The names of the files carry digests, so that a cached copy is never stale.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from planning.errors import SourceError
from planning.render.geometry import area_data, script_json

if TYPE_CHECKING:
    from planning.area.study_area import StudyArea

LEAFLET_PACKAGE, LEAFLET_DISTRIBUTION = "js_lib_leaflet", "django-js-lib-leaflet"
_OWN_SCRIPTS = ("planner_paint.js", "planner_widgets.js", "planner_map.js")
_DIGITS = 10


@dataclass(frozen=True)
class FoliumAssets:
    """Where the page finds what it loads: addresses of scripts and styles, in loading order.

    Empty tuples mean that the page holds everything itself.
    """

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


def leaflet_folder() -> Path:
    """Return the folder with ``leaflet.js`` and ``leaflet.css`` of the installed package.

    Raises
    ------
    SourceError
        The package ``django-js-lib-leaflet`` is not installed.
    """
    spec = find_spec(LEAFLET_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SourceError("leaflet_missing")
    return Path(spec.submodule_search_locations[0]) / "static" / LEAFLET_PACKAGE


def leaflet_licence() -> str:
    """Return the licence that Leaflet was installed with, as a comment for scripts; empty if it has none.

    Who passes Leaflet on, as our pages do, passes its licence on.
    """
    try:
        found = distribution(LEAFLET_DISTRIBUTION).files or []
    except PackageNotFoundError:
        return ""
    texts = [file.read_text(encoding="utf-8") for file in found if file.name.upper().startswith("LICEN")]
    said = "\n".join(texts).replace("*/", "* /").replace("</", "< /").strip()
    return f"/*\n{said}\n*/\n" if said else ""


@cache
def _code() -> dict[str, bytes]:
    folder = leaflet_folder()
    leaflet = re.sub(r"//# sourceMappingURL=\S+", "", (folder / "leaflet.js").read_text(encoding="utf-8"))
    # The pictures belong to controls that are not used; without the addresses nothing can ask for them.
    style = re.sub(r"url\([^)]*\)", "none", (folder / "leaflet.css").read_text(encoding="utf-8"))
    own = files("planning.render").joinpath("assets")
    scripts = [own.joinpath(name).read_text(encoding="utf-8") for name in _OWN_SCRIPTS]
    contents = {
        # one file, since the frame asks for its scripts one after the other
        "planner.js": "\n;\n".join([leaflet_licence() + leaflet, *scripts]),
        "planner.css": style + "\n" + own.joinpath("planner.css").read_text(encoding="utf-8"),
    }
    named = {}
    for name, text in contents.items():
        content = text.encode()
        stem, suffix = name.rsplit(".", 1)
        named[f"{stem}-{hashlib.sha256(content).hexdigest()[:_DIGITS]}.{suffix}"] = content
    return named


def _geometry_digest(area: StudyArea) -> str:
    encoder = files("planning.render").joinpath("geometry.py").read_bytes()
    return hashlib.sha256(area.digest.encode() + encoder).hexdigest()[:_DIGITS]


def _area_file(area: StudyArea) -> str:
    return f"area-{_geometry_digest(area)}.js"


def area_script(area: StudyArea) -> bytes:
    """Return the script that gives the page the area's base map, districts and cells."""
    return f"window.planningArea={script_json(area_data(area))};".encode()


def asset_files(area: StudyArea) -> dict[str, bytes]:
    """Return every file the map's page loads, by name: scripts, styles and the area's geometry.

    Raises
    ------
    SourceError
        The package with Leaflet is not installed.
    """
    return {**_code(), _area_file(area): area_script(area)}


def folium_assets(area: StudyArea, base_url: str) -> FoliumAssets:
    """Return the addresses of :func:`asset_files` when they are served under ``base_url``.

    ``base_url`` is put before each name as it is; end it with a slash.
    """
    names = [*_code(), _area_file(area)]
    return FoliumAssets(
        scripts=tuple(base_url + name for name in names if name.endswith(".js")),
        styles=tuple(base_url + name for name in names if name.endswith(".css")),
    )


def inline_assets(area: StudyArea) -> tuple[tuple[str, ...], str]:
    """Return scripts, in loading order, and style to put into a page itself.

    None of them holds the end of a script or style element.
    """
    contents = {name: content.decode() for name, content in asset_files(area).items()}
    scripts = tuple(text for name, text in contents.items() if name.endswith(".js"))
    style = "\n".join(text for name, text in contents.items() if name.endswith(".css"))
    return scripts, style
