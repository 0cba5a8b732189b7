"""The Streamlit user interface: state, cache, components and pages."""

LANGUAGE_VARIABLE = "PLANNING_LANG"
"""Environment variable that names the language the app begins in."""
