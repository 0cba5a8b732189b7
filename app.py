"""Open the planner: ``streamlit run app.py``, or ``planning app``."""

from planning.ui.main import run

run()
