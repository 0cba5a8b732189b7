"""Classes, colours and legend texts of a choropleth."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from planning.i18n import Translator
from planning.render.classes import UNKNOWN_COLOR, ZERO_COLOR, classify, ink, quantile_breaks, ramp_colors

DE, EN = Translator("de"), Translator("en")


def _luminance(color):
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def test_zeros_and_unknown_figures_have_classes_of_their_own():
    classes = classify(np.array([0.0, np.nan, 1.0, 5.0, 9.0, 100.0]), DE, count=2)
    assert classes.colors[0] == ZERO_COLOR
    assert classes.colors[-1] == UNKNOWN_COLOR
    assert classes.labels[0] == "0"
    assert classes.labels[-1] == "unbekannt"
    assert classes.index.tolist() == [0, 3, 1, 1, 2, 2]
    assert classes.codes == "031122"


def test_zero_is_an_ordinary_figure_among_negative_ones():
    classes = classify(np.array([-5.0, 0.0, 5.0, 10.0]), DE, count=2)
    assert ZERO_COLOR not in classes.colors
    assert classes.index.tolist() == [0, 0, 1, 1]


def test_legend_speaks_the_language():
    figures = np.array([1000.5, 1500.0, 2500.0, 9000.0])
    assert classify(figures, DE, count=2).labels == ("unter 2.000", "ab 2.000")
    assert classify(figures, EN, count=2).labels == ("below 2,000", "2,000 and more")


def test_ties_stay_together_and_no_class_is_empty():
    classes = classify(np.array([3.0] * 50 + [4.0]), DE)
    assert classes.breaks == ()
    assert set(classes.index) == set(range(len(classes.colors)))


def test_all_equal_is_one_class():
    classes = classify(np.array([7.0, 7.0]), DE)
    assert classes.labels == ("alle Werte",)
    assert classes.index.tolist() == [0, 0]


def test_nothing_known_is_only_unknown():
    classes = classify(np.array([np.nan, np.nan]), EN)
    assert classes.labels == ("unknown",)
    assert classes.index.tolist() == [0, 0]


@given(
    arrays(
        np.float64,
        st.integers(1, 60),
        elements=st.one_of(st.just(0.0), st.just(float("nan")), st.floats(1e-6, 1e6)),
    )
)
def test_every_figure_lies_in_the_class_the_legend_promises(figures):
    classes = classify(figures, DE)
    assert len(classes.colors) == len(classes.labels)
    has_zero = bool((figures == 0).any())
    for figure, number in zip(figures, classes.index, strict=True):
        if np.isnan(figure):
            assert classes.colors[number] == UNKNOWN_COLOR
        elif figure == 0:
            assert classes.colors[number] == ZERO_COLOR
        else:
            limits = (-np.inf, *classes.breaks, np.inf)
            k = number - has_zero
            assert limits[k] <= figure < limits[k + 1]


@given(arrays(np.float64, st.integers(1, 60), elements=st.floats(0.001, 1e6)), st.integers(2, 7))
def test_breaks_ascend_and_leave_no_class_empty(figures, count):
    breaks = quantile_breaks(figures, count)
    assert len(breaks) < count
    assert all(low < high for low, high in pairwise(breaks))
    counts = np.bincount(np.searchsorted(breaks, figures, side="right"), minlength=len(breaks) + 1)
    assert counts.min() > 0


@pytest.mark.parametrize("ramp", ["viridis", "blues", "score"])
def test_ramps_run_from_light_to_dark(ramp):
    luminance = [_luminance(color) for color in ramp_colors(ramp, 6)]
    assert luminance == sorted(luminance, reverse=True)


@pytest.mark.parametrize("ramp", ["viridis", "blues", "score"])
def test_ink_is_legible_on_every_colour(ramp):
    for color in ramp_colors(ramp, 6):
        light, dark = sorted([_luminance(color), _luminance(ink(color))], reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
