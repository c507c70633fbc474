"""The names beside a control chart's last week cross nothing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from metrics.catalogue import Unit
from metrics.week.control_chart import ControlChart
from story import words
from story.chart.over_time import strip


@pytest.mark.parametrize(
    ("centre", "named"),
    [
        (0.5, ["upper limit", "mean", "lower limit"]),
        (0.96, ["upper limit", "lower limit"]),  # of a plot of 220 pixels a line of text takes some 16
        (0.04, ["upper limit", "lower limit"]),
        (np.nan, ["upper limit", "lower limit"]),
    ],
)
def test_the_mean_is_named_where_its_name_crosses_no_limits(centre: float, named: list[str]):
    weeks = [date(2026, 10, 5) + timedelta(weeks=number) for number in range(6)]
    level = np.ones(6)
    chart = ControlChart(
        np.array([0.5, 0.4, 0.6, 0.5, 0.4, 0.5]),
        centre * level,
        0 * level,
        level,
        level / 6,
        np.full(6, "none"),
        np.ones(6, dtype=np.bool_),
        np.nan,
    )
    spec = strip.chart(weeks, chart, "none", Unit.SHARE, "CNY", alt_text="x", key="x").spec
    assert [row["name"] for row in spec["datasets"]["limits"]] == named


def test_money_is_drawn_in_the_unit_of_the_axis_with_its_limits_and_the_newest_week_stands_out():
    """An axis of money counts in 10,000 yuan: of 100 million fen each, 100."""
    words.speak("zh")
    weeks = [date(2026, 10, 19) + timedelta(weeks=number) for number in range(3)]
    money = np.array([2e8, 4e8, 3e8])
    level = np.full(3, 3e8)
    chart = ControlChart(
        money, level, level - 2e8, level + 2e8, level / 6, np.full(3, "none"), np.ones(3, dtype=np.bool_), np.nan
    )
    spec = strip.chart(weeks, chart, "worse", Unit.MONEY, "CNY", alt_text="x", key="x").spec
    rows = spec["datasets"]["rows"]
    assert [row["value"] for row in rows] == [200, 400, 300]
    assert {(row["low"], row["centre"], row["high"]) for row in rows} == {(100, 300, 500)}
    assert [row["role"] for row in rows] == ["text", "text", "worse"]
    assert rows[1]["week"] == "2026-10-26T00:00:00"
    assert {row["name"]: row["at"] for row in spec["datasets"]["limits"]} == {"上限": 500, "均值": 300, "下限": 100}
    assert spec["layer"][0]["encoding"]["x"]["axis"]["values"] == ["2026-11-01T00:00:00"]
