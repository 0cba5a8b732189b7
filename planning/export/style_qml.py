"""Styles in the form of QGIS: QML with symbols, labels and the names of the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.export.styles import Style, Symbol

_VERSION = "3.22.0"
_TEXT, _HALO = "#ffffff", "#1c2a33"
_GEOMETRY = {"marker": "0", "fill": "2"}


def drawn_by(style: Style) -> str:
    """Return what decides on the symbol: a column, or an expression that leaves rows out."""
    if style.only is None:
        return style.column
    column, value = style.only
    return f'CASE WHEN "{column}" = \'{value}\' THEN "{style.column}" END'


def qml(style: Style, titles: Mapping[str, str]) -> str:
    """Return a style as QML.

    Parameters
    ----------
    titles
        What each column is called, in the order of the layer.

    References
    ----------
    QGIS 3, ``QgsMapLayer::importNamedStyle``: elements that are missing keep their defaults. A figure belongs
    to the first range that holds it, limits included.
    """
    root = ET.Element(
        "qgis",
        version=_VERSION,
        styleCategories="Symbology|Labeling|Fields",
        labelsEnabled="1" if style.label else "0",
    )
    root.append(_renderer(style))
    if style.label:
        root.append(_labels(style.label))
    aliases = ET.SubElement(root, "aliases")
    for index, (name, title) in enumerate(titles.items()):
        ET.SubElement(aliases, "alias", index=str(index), field=name, name=title)
    kind = "marker" if style.rules and style.rules[0].symbol.shape else "fill"
    ET.SubElement(root, "layerGeometryType").text = _GEOMETRY[kind]
    ET.indent(root, space=" ")
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return head + ET.tostring(root, encoding="unicode")


def _renderer(style: Style) -> ET.Element:
    renderer = ET.Element(
        "renderer-v2", type=style.kind, symbollevels="0", enableorderby="0", forceraster="0"
    )
    if style.kind == "categorizedSymbol":
        renderer.set("attr", style.column)
        entries = ET.SubElement(renderer, "categories")
    elif style.kind == "graduatedSymbol":
        renderer.set("attr", drawn_by(style))
        renderer.set("graduatedMethod", "GraduatedColor")
        entries = ET.SubElement(renderer, "ranges")
    symbols = ET.SubElement(renderer, "symbols")
    for number, rule in enumerate(style.rules):
        told = {"symbol": str(number), "label": rule.label, "render": "true"}
        if style.kind == "categorizedSymbol":
            ET.SubElement(entries, "category", {"value": rule.value or "", "type": "string"} | told)
        elif style.kind == "graduatedSymbol":
            limits = {"lower": repr(rule.low), "upper": repr(rule.high)}
            ET.SubElement(entries, "range", limits | told)
        symbols.append(_symbol(rule.symbol, str(number)))
    return renderer


def _symbol(symbol: Symbol, name: str) -> ET.Element:
    marker = bool(symbol.shape)
    element = ET.Element(
        "symbol", name=name, type="marker" if marker else "fill", alpha="1", clip_to_extent="1", force_rhr="0"
    )
    layer = ET.SubElement(
        element,
        "layer",
        {"class": "SimpleMarker" if marker else "SimpleFill", "pass": "0"},
        enabled="1",
        locked="0",
    )
    edge = {
        "outline_color": _rgba(symbol.edge),
        "outline_style": "solid" if symbol.edge_mm else "no",
        "outline_width": str(symbol.edge_mm),
        "outline_width_unit": "MM",
    }
    fill = {"color": _rgba(symbol.fill, symbol.opacity)}
    if marker:
        own = {"name": symbol.shape, "size": str(symbol.size_mm), "size_unit": "MM", "angle": "0"}
    else:
        own = {"style": "solid"}
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in (fill | edge | own).items():
        ET.SubElement(options, "Option", type="QString", name=key, value=value)
    for key, value in (fill | edge | own).items():  # what QGIS before 3.18 reads
        ET.SubElement(layer, "prop", k=key, v=value)
    return element


def _rgba(color: str, opacity: float = 1.0) -> str:
    channels = [str(int(color[start : start + 2], 16)) for start in (1, 3, 5)]
    return ",".join([*channels, str(round(255 * opacity))])


def _labels(column: str) -> ET.Element:
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings,
        "text-style",
        fieldName=column,
        isExpression="0",
        fontSize="8",
        fontSizeUnit="Point",
        fontWeight="75",
        textColor=_rgba(_TEXT),
        textOpacity="1",
    )
    ET.SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.4",
        bufferSizeUnits="MM",
        bufferColor=_rgba(_HALO),
        bufferOpacity="1",
    )
    ET.SubElement(settings, "placement", placement="1", quadOffset="4", priority="10")
    ET.SubElement(settings, "rendering", displayAll="1", drawLabels="1", obstacle="1")
    return labeling
