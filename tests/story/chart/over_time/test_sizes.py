"""The fan of the tiers' sizes: what was missed is orange, and more stands higher."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from story.chart.over_time import sizes
from story.chart.over_time.sizes import Row

MONTHS = [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
HELD = Row("a", "", (100.0, 110.0, 120.0), ("", "", ""), (110, 120, 130, 140, 150), (118, 105, 130), False, "")


def test_the_ring_is_orange_only_where_now_lies_outside_its_limits_and_more_stands_higher():
    rows = [HELD, replace(HELD, tried=(150, 140, 160), missed=True)]
    spec = sizes.chart(rows, MONTHS, MONTHS[0], date(2026, 12, 1), alt_text="x", key="x").spec
    assert [ring["role"] for ring in spec["datasets"]["rings"]] == ["none", "worse"]
    first = [point["at"] for point in spec["datasets"]["course"] if point["row"] == "0"]
    assert first == sorted(first, reverse=True)  # counted from the top
    assert spec["datasets"]["marks"][0]["at"] < first[-1]
