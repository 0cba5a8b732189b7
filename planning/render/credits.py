"""Who is to be credited for a result, and under which licence each source may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.area.catalogues import declaration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning.area.study_area import Layer, StudyArea
    from planning.i18n import Translator

BASEMAP = "basemap"
_COMPUTED = (
    "districts",
    "cells",
    "figures",
    "scaling",
    "nodes",
    "edges",
    "stops",
    "places",
    "sites",
    "candidates",
)


def used_layers(area: StudyArea, *, drawn: bool) -> tuple[Layer, ...]:
    """Return the layers a result rests on.

    Scores need boundaries, cells with the figures that scale them, the walking network, stops, places, sites
    and candidates; a drawing (``drawn``) needs the base map, too.
    """
    wanted = (BASEMAP, *_COMPUTED) if drawn else _COMPUTED
    by_id = {layer.id: layer for layer in area.layers}
    return tuple(by_id[name] for name in wanted if name in by_id)


def licences(text: str) -> list[str]:
    """Return the licences a layer names, one text each."""
    return [part.strip() for part in text.split(";") if part.strip()]


def licence_uris(text: str) -> list[str]:
    """Return where the licences of a layer can be read; one that is not in the catalogue has no address.

    >>> licence_uris("ODbL 1.0; CC BY")
    ['https://opendatacommons.org/licenses/odbl/1-0/']
    """
    known = dict(declaration("licences").itertuples(index=False, name=None))
    return [known[name] for name in licences(text) if name in known]


def _licence_text(t: Translator, text: str, said: str) -> str:
    """Write licences with their addresses, except those that the credit says already."""
    if not licences(text):
        return t("map.licence_unknown")
    written = []
    for name in licences(text):
        address = "".join(licence_uris(name))
        written.append(f"{name} ({address})" if address and address not in said else name)
    return "; ".join(written)


def credit_lines(t: Translator, layers: Iterable[Layer]) -> tuple[str, ...]:
    """Return one line for the layers of each source: what they hold, years, credit, licence with address.

    A licence that the source does not state is said to be missing.
    """
    groups: dict[tuple[str, str, str], dict[str, None]] = {}
    for layer in layers:
        key = f"data.layer.{layer.id}"
        label = t(key) if t.has(key) else layer.id
        shown = f"{label} ({layer.year})" if layer.year else label
        groups.setdefault((layer.attribution, layer.source, layer.licence), {})[shown] = None
    lines = []
    for (attribution, source, licence), content in groups.items():
        own = source if source not in attribution and attribution not in source else ""
        credit = " · ".join(dict.fromkeys(part for part in (attribution or source, own) if part))
        parts = (f"{', '.join(content)}: {credit}", _licence_text(t, licence, credit))
        lines.append(" · ".join(parts))
    return tuple(lines)
