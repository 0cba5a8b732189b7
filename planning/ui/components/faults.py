"""An error in words: what is wrong, where, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

if TYPE_CHECKING:
    from planning.errors import PlanningError
    from planning.i18n import Translator


def draw_error(t: Translator, error: PlanningError) -> None:
    """Draw an error; many faults become a table with row and column."""
    st.error(t(f"errors.{error.code}", **error.params), icon=":material/error:")
    if not error.faults:
        return
    rows = [
        {
            t("ui.faults.row"): "" if fault.row is None else str(fault.row),
            t("ui.faults.column"): fault.column or "",
            t("ui.faults.what"): t(f"errors.{fault.code}", **fault.params),
        }
        for fault in error.faults
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height="auto")
    st.caption(t("ui.faults.nothing_taken"))
