"""Ask OpenStreetMap's services, or a local file, without leaving a trace in osmnx's global settings."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import re
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from xml.etree import ElementTree as ET
from xml.sax import SAXException

from planning import __version__
from planning.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import shapely

OVERPASS = "https://overpass-api.de/api"
NOMINATIM = "https://nominatim.openstreetmap.org/"
PAUSES_S = (20.0, 60.0)
WAY_TAGS = [
    *("highway", "bridge", "tunnel", "name", "access", "foot", "service", "area"),
    *("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"),
]

_HEAD_BYTES = 4096
_LATER = {429, 502, 503, 504}
_ROUTES = "bus|trolleybus|tram|light_rail|subway|train|ferry|monorail"
_Answer = TypeVar("_Answer")


class _RefusedError(Exception):
    """A service answered, but not with what was asked for."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(str(status))


@dataclass(frozen=True)
class Service:
    """Where to ask and how patiently: ``pauses`` are seconds between repeated attempts on a busy server."""

    overpass: str = OVERPASS
    nominatim: str = NOMINATIM
    pauses: tuple[float, ...] = PAUSES_S
    timeout_s: int = 180


def _judge(response: Any, *_: Any, **__: Any) -> None:
    """Raise on an answer that osmnx would wait for or take as complete.

    osmnx repeats 429 and 504 for ever, and keeps what a query that ran out of time had found so far.
    """
    if response.status_code >= 400:  # noqa: PLR2004 - HTTP: from here on errors
        response.close()
        raise _RefusedError(response.status_code)
    if b'"remark"' in response.content[-2000:] and b"runtime error" in response.content[-2000:]:
        raise _RefusedError(504)


@contextmanager
def osmnx_settings(service: Service) -> Iterator[None]:
    """Set osmnx up for one import and put everything back afterwards.

    Nothing is cached or logged to disk, the host is not asked for at a public name server, and the public
    Overpass service is asked for a free slot first.
    """
    from osmnx import settings

    ours = {
        "use_cache": False,
        "cache_only_mode": False,
        "log_file": False,
        "log_console": False,
        "doh_url_template": None,
        "overpass_url": service.overpass.rstrip("/"),
        "nominatim_url": service.nominatim,
        "overpass_rate_limit": service.overpass.rstrip("/") == OVERPASS,
        "requests_timeout": service.timeout_s,
        "requests_kwargs": {"hooks": {"response": _judge}},
        "http_user_agent": f"dependance-planner/{__version__}",
        "useful_tags_way": WAY_TAGS,
        "all_oneway": False,
        "default_crs": "epsg:4326",
    }
    before = {name: getattr(settings, name) for name in ours}
    resolve = socket.getaddrinfo
    try:
        for name, value in ours.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        # osmnx pins the host to one address for the whole process.
        socket.getaddrinfo = resolve


def asked(service: Service, what: str, call: Callable[[], _Answer]) -> _Answer:
    """Return the answer of a service, or raise ``SourceError`` that says what to do.

    Codes: ``osm_unreachable``, ``osm_busy`` (after all pauses), ``osm_refused``, ``osm_malformed`` and
    ``osm_empty``. ``what`` names the service's address in the message.
    """
    import requests

    for pause in (*service.pauses, None):
        try:
            return call()
        except _RefusedError as error:
            if error.status not in _LATER:
                raise SourceError("osm_refused", url=what, status=error.status) from error
            if pause is None:
                raise SourceError("osm_busy", url=what, status=error.status) from error
            time.sleep(pause)
        except requests.JSONDecodeError as error:
            raise SourceError("osm_malformed", source=what) from error
        except requests.RequestException as error:
            raise SourceError("osm_unreachable", url=what, reason=type(error).__name__) from error
        except (KeyError, TypeError, AttributeError) as error:
            raise SourceError("osm_malformed", source=what) from error
        except ValueError as error:
            # So says osmnx of an answer that is not JSON, or not of the form it expects.
            unreadable = re.search(r" responded: | did not return ", str(error))
            raise SourceError("osm_malformed" if unreadable else "osm_empty", source=what) from error
    raise SourceError("osm_busy", url=what, status=0)


def from_file(path: Path, call: Callable[[], _Answer]) -> _Answer:
    """Return what is read from an ``.osm`` file, else ``SourceError`` (``osm_malformed``, ``osm_empty``)."""
    try:
        return call()
    except (
        SyntaxError,
        SAXException,
        UnicodeError,
        LookupError,
        TypeError,
        AttributeError,
        OSError,
    ) as error:
        raise SourceError("osm_malformed", source=path.name) from error
    except ValueError as error:
        unreadable = re.search(r"invalid literal|could not convert|length", str(error))
        raise SourceError("osm_malformed" if unreadable else "osm_empty", source=path.name) from error


def check_file(path: Path) -> None:
    """Raise ``SourceError`` unless the file is there and begins like OSM XML without a document type."""
    if not path.is_file():
        raise SourceError("osm_file_missing", path=str(path))
    try:
        with opened(path) as stream:
            head = stream.read(_HEAD_BYTES).replace(b"\0", b"").upper()
    except (OSError, EOFError) as error:
        raise SourceError("osm_malformed", source=path.name) from error
    if b"<OSM" not in head or b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise SourceError("osm_malformed", source=path.name)


def opened(path: Path) -> Any:
    """Open a plain or packed file for reading bytes."""
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return bz2.open(path, "rb") if path.suffix == ".bz2" else path.open("rb")


def geocoded(service: Service, place: str) -> Any:
    """Return the outline of a place by name as a GeoDataFrame in degrees; raises ``SourceError``."""
    import osmnx

    try:
        with osmnx_settings(service):
            return asked(service, service.nominatim, lambda: osmnx.geocode_to_gdf(place))
    except SourceError as error:
        if error.code in {"osm_empty", "osm_malformed"}:
            raise SourceError("place_not_found", place=place) from error
        raise


Members = dict[tuple[str, int], set[str]]


def routes_from_file(path: Path) -> tuple[Members, str]:
    """Return line numbers by OSM element from a file's route relations, and the year of its newest edit."""
    lines: Members = {}
    newest = ""
    with opened(path) as stream:
        # Document types, and with them entities, were refused by check_file.
        for _, element in ET.iterparse(stream, events=("end",)):  # noqa: S314
            newest = max(newest, element.get("timestamp", "")[:4])
            if element.tag == "relation":
                tags = {tag.get("k", ""): tag.get("v", "") for tag in element.iter("tag")}
                members = [(m.get("type", ""), int(m.get("ref", "0"))) for m in element.iter("member")]
                _add_route(lines, tags, members)
            if element.tag in {"node", "way", "relation"}:
                element.clear()
    return lines, newest


def routes_from_service(service: Service, polygon: shapely.Geometry) -> Members:
    """Return line numbers by OSM element from the route relations around a city's bounding box."""
    import requests

    west, south, east, north = polygon.bounds
    box = f"({south:.5f},{west:.5f},{north:.5f},{east:.5f})"
    wanted = f'relation["type"="route"]["route"~"^({_ROUTES})$"]{box}'
    query = f"[out:json][timeout:{service.timeout_s}];{wanted};out body;"

    def ask() -> Members:
        answer = requests.post(
            service.overpass.rstrip("/") + "/interpreter",
            data={"data": query},
            timeout=service.timeout_s,
            headers={"User-Agent": f"dependance-planner/{__version__}"},
            hooks={"response": _judge},
        ).json()
        lines: Members = {}
        for element in answer["elements"]:
            members = [(member["type"], int(member["ref"])) for member in element.get("members", [])]
            _add_route(lines, element.get("tags", {}), members)
        return lines

    return asked(service, service.overpass, ask)


def _add_route(lines: Members, tags: dict[str, str], members: list[tuple[str, int]]) -> None:
    if tags.get("type") == "route" and re.fullmatch(_ROUTES, tags.get("route", "")) and tags.get("ref"):
        for member in members:
            lines.setdefault(member, set()).add(tags["ref"].strip())


def today() -> str:
    """Return the year in which something is downloaded."""
    return str(dt.datetime.now(dt.UTC).year)
