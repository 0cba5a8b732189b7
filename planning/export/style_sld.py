"""Styles in the form of the Open Geospatial Consortium: Styled Layer Descriptor with Symbology Encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from planning.export.styles import Rule, Style, Symbol

SLD, SE, OGC = "http://www.opengis.net/sld", "http://www.opengis.net/se", "http://www.opengis.net/ogc"
_PIXELS_PER_MM = 1 / 0.28
_QUARTER = "45"


def sld(layer: str, title: str, style: Style) -> str:
    """Return a style as SLD 1.1.

    References
    ----------
    OGC 05-078r4 (Styled Layer Descriptor 1.1.0) and OGC 05-077r4 (Symbology Encoding 1.1.0), where a pixel is
    0.28 mm.
    """
    for prefix, uri in (("sld", SLD), ("se", SE), ("ogc", OGC)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{SLD}}}StyledLayerDescriptor", version="1.1.0")
    named = ET.SubElement(root, f"{{{SLD}}}NamedLayer")
    _text(named, SE, "Name", layer)
    user = ET.SubElement(named, f"{{{SLD}}}UserStyle")
    _text(user, SE, "Name", layer)
    _text(_child(user, SE, "Description"), SE, "Title", title)
    features = _child(user, SE, "FeatureTypeStyle")
    for number, rule in enumerate(style.rules):
        features.append(_rule(style, rule, top=number == 0))
    if style.label:
        features.append(_label_rule(style.label))
    ET.indent(root, space=" ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def _child(parent: ET.Element, space: str, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{space}}}{name}")


def _text(parent: ET.Element, space: str, name: str, text: str) -> None:
    _child(parent, space, name).text = text


def _rule(style: Style, rule: Rule, *, top: bool) -> ET.Element:
    element = ET.Element(f"{{{SE}}}Rule")
    _text(element, SE, "Name", rule.label)
    _text(_child(element, SE, "Description"), SE, "Title", rule.label)
    tests = _tests(style, rule, top=top)
    if tests:
        within = _child(element, OGC, "Filter")
        inside = _child(within, OGC, "And") if len(tests) > 1 else within
        for operator, column, value in tests:
            one = _child(inside, OGC, operator)
            _text(one, OGC, "PropertyName", column)
            _text(one, OGC, "Literal", value)
    element.append(_point(rule.symbol) if rule.symbol.shape else _area(rule.symbol))
    return element


def _tests(style: Style, rule: Rule, *, top: bool) -> list[tuple[str, str, str]]:
    """Return operator, column and value of what has to hold."""
    only = [] if style.only is None else [("PropertyIsEqualTo", *style.only)]
    if style.kind == "categorizedSymbol":
        return [*only, ("PropertyIsEqualTo", style.column, rule.value or "")]
    if style.kind == "graduatedSymbol":
        upper = "PropertyIsLessThanOrEqualTo" if top else "PropertyIsLessThan"
        return [
            *only,
            ("PropertyIsGreaterThanOrEqualTo", style.column, repr(rule.low)),
            (upper, style.column, repr(rule.high)),
        ]
    return only


def _point(symbol: Symbol) -> ET.Element:
    symbolizer = ET.Element(f"{{{SE}}}PointSymbolizer")
    graphic = _child(symbolizer, SE, "Graphic")
    mark = _child(graphic, SE, "Mark")
    turned = symbol.shape == "diamond"
    _text(mark, SE, "WellKnownName", "square" if turned else symbol.shape)
    _paint(mark, symbol)
    _text(graphic, SE, "Size", _pixels(symbol.size_mm))
    if turned:
        _text(_child(graphic, SE, "Rotation"), OGC, "Literal", _QUARTER)
    return symbolizer


def _area(symbol: Symbol) -> ET.Element:
    symbolizer = ET.Element(f"{{{SE}}}PolygonSymbolizer")
    _paint(symbolizer, symbol)
    return symbolizer


def _paint(parent: ET.Element, symbol: Symbol) -> None:
    fill = _child(parent, SE, "Fill")
    _parameter(fill, "fill", symbol.fill)
    _parameter(fill, "fill-opacity", f"{symbol.opacity:g}")
    if symbol.edge_mm:
        stroke = _child(parent, SE, "Stroke")
        _parameter(stroke, "stroke", symbol.edge)
        _parameter(stroke, "stroke-width", _pixels(symbol.edge_mm))


def _parameter(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, f"{{{SE}}}SvgParameter", name=name).text = value


def _pixels(mm: float) -> str:
    return f"{mm * _PIXELS_PER_MM:.2f}"


def _label_rule(column: str) -> ET.Element:
    element = ET.Element(f"{{{SE}}}Rule")
    symbolizer = _child(element, SE, "TextSymbolizer")
    _text(_child(symbolizer, SE, "Label"), OGC, "PropertyName", column)
    font = _child(symbolizer, SE, "Font")
    _parameter(font, "font-size", "12")
    _parameter(font, "font-weight", "bold")
    fill = _child(symbolizer, SE, "Fill")
    _parameter(fill, "fill", "#ffffff")
    return element
