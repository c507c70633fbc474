"""Names in a chart of lines stand where no line crosses them; a curve says its own days."""

from __future__ import annotations

import numpy as np
import pytest

from story import words
from story.chart.over_time import trend
from story.chart.over_time.trend import free_place


@pytest.mark.parametrize(
    ("lines", "places"),
    [
        # a campaign: many contacts at first, few purchases spread evenly; those have their peak where all lines meet
        ([[360, 670, 540, 310, 95, 15, 5], [50, 180, 170, 120, 60, 10, 2], [5, 27, 25, 26, 30, 20, 8]], [1, 1, 2]),
        ([[0, 5, 9, 4]], [2]),
        ([[0, 0, 0], [0, 0, 0]], [0, 0]),
        ([[9, 9, 9], [8, 8, 8]], [0, 0]),
        ([[1, 2, 100], [50, 50, 50]], [2, 0]),
    ],
)
def test_a_name_stands_at_the_highest_place_with_room_above(lines: list[list[float]], places: list[int]):
    counts = np.array(lines, dtype=float)
    assert [free_place(counts, line) for line in range(len(counts))] == places


def test_a_curve_says_its_own_day_and_share_between_its_own_limits():
    words.speak("en")
    curve = ([0.0, 0.125], [0.0, 0.1], [0.02, 0.15])
    data = trend.survival([0, 7], {"treated": curve}, ["better"], alt_text="x", key="x").spec["datasets"]
    assert [(row["day"], row["low"], row["share"], row["high"]) for row in data["rows"]] == [
        (0, 0.0, 0.0, 0.02),
        (7, 0.1, 0.125, 0.15),
    ]
    assert data["rows"][1]["hover"] == "treated, day 7: 12.50\u202f%"
    assert [row["day"] for row in data["last"]] == [7]
