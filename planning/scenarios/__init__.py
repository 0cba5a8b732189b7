"""Scenarios: kept, compared, shared."""

STORE_VARIABLE = "PLANNING_STORE"
"""Environment variable that names where scenarios are kept."""
