"""The Streamlit user interface: state, cache, components and pages."""
