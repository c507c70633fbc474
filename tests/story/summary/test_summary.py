"""Net new money on the summary is called unusual by a rule alone, and on the right side."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from answers.summary.summary import Money
from metrics.week.control_chart import xmr
from story import words
from story.summary import summary

USUAL = [100.0, 104, 98, 101, 103, 97, 102, 99, 100, 105, 96, 101, 103, 98]


@pytest.mark.parametrize(
    ("newest", "badge"),
    [
        (101.0, ("as usual", "gray")),
        (160.0, ("above usual in Oct 2026", "blue")),
        (40.0, ("below usual in Oct 2026", "orange")),
    ],
)
def test_a_month_is_unusual_by_a_rule_and_money_that_comes_is_good(newest: float, badge: tuple[str, str]):
    words.speak("en")
    values = np.array([*USUAL, newest])
    months = (date(2026, 1, 1),) * len(USUAL)  # only the newest is named
    inside = np.arange(len(values)) == len(values) - 1
    money = Money((*months, date(2026, 10, 1)), xmr(values, baseline=~inside), newest, np.nan)
    assert summary._signal(money) == badge
