"""Cost against what came of it: lines of equal return end where the plot does, long intervals are cut."""

from __future__ import annotations

import pytest

from story.chart import scatter
from story.chart.scatter import Dot


def dot(cost: float, added: float, half: float = 1.0) -> Dot:
    return Dot("x", cost, added, added - half, added + half, "none", "", 0, False)


def drawn(*dots: Dot):
    lines = [(-1.0, "none"), (0.0, "even"), (2.0, "two")]
    return scatter.chart(dots, lines, ("cost", "added"), alt_text="x", key="s").spec


def test_a_line_of_equal_return_has_its_slope_and_ends_where_the_plot_does():
    spec = drawn(dot(100, 90), dot(50, -10))
    right = spec["layer"][0]["encoding"]["x"]["scale"]["domain"][1]
    bottom, top = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert right == pytest.approx(106)
    for line, slope in zip(spec["datasets"]["equal"], (0, 1, 3), strict=True):
        assert line["y2"] == pytest.approx(slope * line["x2"])
        assert line["x2"] == pytest.approx(right) or line["y2"] == pytest.approx(top)
        assert bottom <= line["y2"] <= top + 1e-9


def test_a_long_interval_is_cut_and_leaves_the_others_their_room():
    spec = drawn(dot(10, 5), dot(10, 6, half=1_000))
    bottom, top = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert top < 20
    assert spec["datasets"]["rows"][1]["from"] == bottom
    assert spec["datasets"]["rows"][1]["to"] == top


def test_a_campaign_without_cost_does_not_take_the_axis_away():
    assert drawn(dot(0, 3))["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0.0, 1.0]
