"""The few style rules that the theme file cannot express."""

from __future__ import annotations

import streamlit as st

_STYLE = """
<style>
.block-container {padding-top: 4.1rem; padding-bottom: 1rem; padding-left: 1.25rem; padding-right: 1.25rem;}
[data-testid="stVerticalBlock"] {gap: .5rem;}
.stSlider [data-testid="stWidgetLabel"] p {font-size: .85rem;}
.planner-title {font-weight: 600; font-size: 1.15rem; white-space: nowrap; margin: 0; line-height: 2.2rem;}
.planner-facts {width: 100%; border-collapse: collapse; font-size: .9rem;}
.planner-facts th {text-align: left; font-weight: 500; padding: .15rem .5rem .15rem 0; vertical-align: top;}
.planner-facts td {text-align: right; padding: .15rem 0; vertical-align: top;
  font-variant-numeric: tabular-nums;}
.planner-facts tr {border-bottom: 1px solid #e2e8ec;}
.planner-facts .bar {display: block; height: .4rem; background: #00587a; border-radius: .2rem;}
.planner-facts .track {display: block; width: 5.5rem; background: #e2e8ec; border-radius: .2rem;}
.planner-facts .unknown {color: #7a4a00;}
</style>
"""


def apply_style() -> None:
    """Put the rules on the page."""
    st.html(_STYLE)
