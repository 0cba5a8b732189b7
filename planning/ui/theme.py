"""The few style rules that the theme file cannot express."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from planning.i18n import Translator

_STYLE = """
<style>
.block-container {padding-top: 4.1rem; padding-bottom: 1rem; padding-left: 1.25rem; padding-right: 1.25rem;}
[data-testid="stVerticalBlock"] {gap: .5rem;}
.stSlider [data-testid="stWidgetLabel"] p {font-size: .85rem;}
.planner-title {font-weight: 600; font-size: 1.15rem; white-space: nowrap; margin: 0; padding: 0;
  line-height: 2.2rem;}
.planner-facts {width: 100%; border-collapse: collapse; font-size: .9rem; table-layout: fixed;}
.planner-facts td, .planner-facts th {overflow-wrap: anywhere;}
.planner-facts.text th {width: 32%;}
.planner-facts.text td {text-align: left;}
.planner-facts th {text-align: left; font-weight: 500; padding: .15rem .5rem .15rem 0; vertical-align: top;}
.planner-facts td {text-align: right; padding: .15rem 0; vertical-align: top;
  font-variant-numeric: tabular-nums;}
.planner-facts tr {border-bottom: 1px solid #e2e8ec;}
.planner-facts .bar {display: block; height: .4rem; background: #00587a; border-radius: .2rem;}
.planner-facts .track {display: block; width: 5.5rem; background: #e2e8ec; border-radius: .2rem;}
.planner-grid th[scope="col"] {text-align: right; font-weight: 600; vertical-align: bottom;
  padding: .15rem 0 .15rem .35rem;}
.planner-grid th[scope="col"]:first-child {text-align: left; padding-left: 0;}
.planner-list {font-size: .9rem; margin: 0; padding-left: 1.1rem;}
.planner-list li {margin: 0 0 .2rem;}
.planner-grid td {padding-left: .35rem;}
.planner-facts .unknown {color: #7a4a00;}
.st-key-ranking_table [data-testid="stElementToolbar"] {display: none;}
[data-testid="stPopoverBody"]:has(.st-key-function_editor) {min-height: min(26rem, 70vh);
  width: min(38rem, 94vw);}
.planner-card {display: flex; gap: .75rem; align-items: center;}
.planner-card img {flex: none;}
.planner-card > div {min-width: 0; overflow-wrap: anywhere;}
.planner-card h2 {font-size: 1rem; font-weight: 600; line-height: 1.3; margin: 0; padding: 0;}
.planner-card p {font-size: .88rem; line-height: 1.35; margin: .1rem 0 0; color: #43525c;}
.planner-card p:last-child {color: #1c2a33;}
@media (min-width: 641px) {
  .st-key-scenario_cards [class*="st-key-card_"], [class*="st-key-revision_"] {flex-wrap: nowrap;}
  .st-key-scenario_cards [class*="st-key-card_"] > [data-testid="stElementContainer"] {flex: 1 1 0;
    min-width: 0;}
}
.planner-key {font-size: .88rem; margin: 0;}
.planner-key span {display: inline-flex; justify-content: center; align-items: center; width: 1.5rem;
  height: 1.35rem; margin: 0 .3rem 0 0; font-size: .75rem; font-weight: 700; color: #1c1207;
  border: 1.5px solid #1c1207; background: #ffd447; border-radius: .75rem / .68rem; }
.planner-key b {font-weight: 400; margin-right: 1rem; white-space: nowrap;}
.planner-key .AB {border-radius: 35% / 50%;}
.planner-key .A {width: 1.35rem; border-radius: 50%; background: #9ad7f5;}
.planner-key .B {width: 1.35rem; border-radius: .15rem; background: #f7b08d;}
.planner-compare td, .planner-compare th {hyphens: auto;}
@media (max-width: 640px) {
  .planner-figures .planner-grid th[scope="col"]:first-child {width: 28% !important;}
}
.planner-mark {display: inline-block; font-size: .78rem; font-weight: 500; line-height: 1.35; color: #00303f;
  background: #dbeaf1; border-radius: .2rem; padding: 0 .35rem;}
[data-testid="stPopoverBody"]:has([class*="st-key-scenario_more_"]) {width: min(38rem, 94vw);
  max-width: min(38rem, 94vw); min-height: min(26rem, 70vh);}
[data-testid="stPopoverBody"]:has(.st-key-weight_entry_box) {width: min(46rem, 94vw);
  max-width: min(46rem, 94vw); min-height: min(24rem, 70vh);}
.st-key-weight_entry_box .planner-facts th {width: 60%;}
.st-key-weight_entry_box [data-testid="stAlert"] p, .st-key-pair_check p {font-size: .9rem;}
.planner-opinions {overflow-x: auto;}
.planner-opinions th:first-child {position: sticky; left: 0; background: #fff;}
.planner-rooms td, .planner-rooms th {hyphens: auto;}
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {color: #43525c; opacity: 1;}
</style>
"""


_NAMES = """
<script>
(() => {{
  const name = () => {{
    document.documentElement.lang = {language};
    for (const frame of document.querySelectorAll("iframe[title*='st_folium']")) frame.ariaLabel = {map};
  }};
  name();
  new MutationObserver(name).observe(document.body, {{childList: true, subtree: true}});
}})();
</script>
"""


def apply_style(t: Translator) -> None:
    """Put the rules on the page, and tell assistive technology its language and what the frame is."""
    st.html(_STYLE)
    names = _NAMES.format(language=json.dumps(t.language), map=json.dumps(t("map.map")))
    st.html(names, unsafe_allow_javascript=True)
