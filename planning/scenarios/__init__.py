"""Scenarios: kept, compared, shared."""
