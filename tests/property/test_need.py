"""Need is neither lost nor made between cells and districts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from planning.area import LEVELS
from planning.need import cell_need, district_need

persons = st.floats(0, 1e5)
weight = st.floats(0, 10)
key = st.sampled_from(["north", "south", "east", None])
cell = st.tuples(persons, persons, key)


def table(rows):
    return pd.DataFrame(rows, columns=["adults", "children", "quarter"])


@given(st.lists(cell, min_size=1, max_size=40), weight, weight)
def test_districts_sum_to_the_cells(rows, adult, child):
    cells = table(rows)
    need = cell_need(cells, {"adults": adult, "children": child}, defaults={"adults": 1.0, "children": 1.0})
    by_key = district_need(cells, need, "quarter")
    assert by_key.index.is_unique
    np.testing.assert_allclose(by_key.sum(), need.sum(), rtol=1e-9, atol=1e-6)


@given(st.lists(cell, min_size=1, max_size=40), weight, weight, st.floats(0, 5))
def test_need_never_falls_with_a_weight_and_scales_with_all(rows, adult, child, more):
    cells = table(rows)
    defaults = {"adults": 1.0, "children": 1.0}
    need = cell_need(cells, {"adults": adult, "children": child}, defaults=defaults)
    assert (cell_need(cells, {"adults": adult + more, "children": child}, defaults=defaults) >= need).all()
    scaled = cell_need(cells, {"adults": adult * more, "children": child * more}, defaults=defaults)
    np.testing.assert_allclose(scaled, need * more, rtol=1e-9, atol=1e-6)


def test_need_of_dortmund_is_conserved_at_every_level(dortmund):
    need = cell_need(dortmund.cells)
    assert need.sum() > 0
    for level in LEVELS:
        by_key = district_need(dortmund.cells, need, level, districts=dortmund.districts)
        assert abs(by_key.sum() - need.sum()) < 1e-6
        assert set(by_key.index.dropna()) <= set(dortmund.level(level).index)
