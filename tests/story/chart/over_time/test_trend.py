"""Names in a chart of lines stand where no line crosses them."""

from __future__ import annotations

import numpy as np
import pytest

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
