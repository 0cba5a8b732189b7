"""Who is to be credited for a result, and under which licence each source may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.area.catalogues import declaration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    """Write licences with their addresses, without what the credit says already."""
    if not licences(text):
        return t("map.licence_unknown")
    addresses = {name: "".join(licence_uris(name)) for name in licences(text)}
    return "; ".join(
        f"{name} ({address})" if address else name
        for name, address in addresses.items()
        if (address or name) not in said
    )


def credit_lines(t: Translator, layers: Iterable[Layer]) -> tuple[str, ...]:
    """Return one line for the layers of each source: what they hold, years, credit, licence with address.

    A licence that the source does not state is said to be missing.
    """
    groups: dict[tuple[str, str, str], dict[str, str]] = {}
    for layer in layers:
        key = f"data.layer.{layer.id}"
        label = t(key) if t.has(key) else layer.id
        groups.setdefault((layer.attribution, layer.source, layer.licence), {})[label] = layer.year
    return tuple(_line(t, *credit, content) for credit, content in groups.items())


def _line(t: Translator, attribution: str, source: str, licence: str, content: Mapping[str, str]) -> str:
    own = "" if source in attribution or not attribution else source
    credit = " · ".join(part for part in (attribution or source, own) if part)
    licence_text = _licence_text(t, licence, credit)
    [first, *others] = content
    if not others and credit.startswith(f"{first}:"):
        parts = [credit, content[first], licence_text]
    else:
        held = ", ".join(f"{label} ({year})" if year else label for label, year in content.items())
        parts = [f"{held}: {credit}" if credit else held, licence_text]
    return " · ".join(part for part in parts if part)
