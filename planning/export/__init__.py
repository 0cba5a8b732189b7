"""Results as files: web page, picture, GeoPackage, GeoJSON and table, each saying how it came about."""

from planning.export.result import SUFFIXES, write_result

__all__ = ["SUFFIXES", "write_result"]
