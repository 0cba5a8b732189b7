"""Decide where a city should open its next neighbourhood counselling points."""

__version__ = "0.1.0"
