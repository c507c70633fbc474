"""The names beside a control chart's last week cross nothing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from metrics.catalogue import Unit
from metrics.week.control_chart import ControlChart
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
