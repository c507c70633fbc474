"""Limits of a share against the binomial tail, added up by hand."""

from __future__ import annotations

from dataclasses import replace
from math import comb

import numpy as np
import pytest

from metrics.moments import Counts
from metrics.week.by_chance import no_narrower_than_chance
from metrics.week.control_chart import ControlChart, Rule, laney_p


def judged(value: list[float], centre: float, low: float, high: float) -> ControlChart:
    """Weeks that a chart with such limits calls outside."""
    weeks = len(value)
    chart = laney_p(Counts(np.full(weeks, 100.0), np.resize([88.0, 92.0], weeks)))
    return replace(
        chart,
        value=np.array(value),
        centre=np.full(weeks, centre),
        low=np.full(weeks, low),
        high=np.full(weeks, high),
        rule=np.full(weeks, Rule.OUTSIDE.value),
    )


TEN = Counts(np.full(3, 10.0), np.array([6.0, 4.0, 5.0]))


def test_of_ten_answers_of_which_nine_are_usual_five_are_chance_and_four_are_not():
    below = [sum(comb(10, k) * 0.9**k * 0.1 ** (10 - k) for k in range(most + 1)) for most in (4, 5)]
    assert below[0] < 0.00135 < below[1]
    chart = no_narrower_than_chance(judged([0.6, 0.4, 0.5], 0.9, 0.65, 1.0), TEN)
    assert chart.low.tolist() == [0.5] * 3
    assert chart.high.tolist() == [1.0] * 3
    assert chart.rule.tolist() == [Rule.USUAL, Rule.OUTSIDE, Rule.USUAL]


def test_of_ten_answers_of_which_one_is_usual_five_are_chance_and_six_are_not():
    chart = no_narrower_than_chance(judged([0.4, 0.6, 0.5], 0.1, 0.0, 0.35), TEN)
    assert chart.high.tolist() == [0.5] * 3
    assert chart.low.tolist() == [0.0] * 3
    assert chart.rule.tolist() == [Rule.USUAL, Rule.OUTSIDE, Rule.USUAL]


@pytest.mark.parametrize(("centre", "n"), [(float("nan"), 10.0), (0.9, 0.0)])
def test_a_week_without_a_centre_or_an_answer_is_left_as_it_is(centre: float, n: float):
    chart = judged([0.6, 0.6, 0.6], centre, 0.65, 0.95)
    left = no_narrower_than_chance(chart, Counts(np.full(3, n), np.zeros(3)))
    assert (left.low.tolist(), left.high.tolist()) == ([0.65] * 3, [0.95] * 3)
    assert left.rule.tolist() == [Rule.OUTSIDE] * 3


def test_limits_that_lie_farther_stay():
    chart = no_narrower_than_chance(judged([0.6, 0.4, 0.2], 0.9, 0.3, 1.0), TEN)
    assert chart.low.tolist() == [0.3] * 3
    assert chart.rule.tolist() == [Rule.USUAL, Rule.USUAL, Rule.OUTSIDE]
