"""Bars in lanes: none lies upon another, names have their room, nothing reaches beyond the axis."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from story.chart.over_time import timeline
from story.chart.over_time.timeline import Bar, Span

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def bar(start: int, days: int = 10, window: int = 5, name: str = "x", place: int = 0) -> Bar:
    first = FIRST + timedelta(days=start)
    last = first + timedelta(days=days - 1)
    return Bar(name, first, last, last + timedelta(days=window), "none", False, "", place)


def drawn(bars: list[Bar], **spans: list[Span]):
    return timeline.chart(
        [("All", bars)],
        FIRST,
        LAST,
        seasons=spans.get("seasons", []),
        holidays=spans.get("holidays", []),
        today=(date(2026, 6, 1), "today"),
        alt_text="x",
        key="t",
    )


@given(
    st.lists(
        st.builds(bar, st.integers(-40, 360), st.integers(1, 90), st.integers(0, 60), st.sampled_from(["a", "b" * 30])),
        max_size=40,
    )
)
def test_no_bar_lies_upon_another_and_every_bar_has_a_lane(bars: list[Bar]):
    placed, used = timeline.lanes(bars, FIRST, 365)
    assert sorted(id(one.bar) for one in placed) == sorted(map(id, bars))
    assert {one.lane for one in placed} == set(range(used))
    for lane in range(used):
        own = sorted((one.bar for one in placed if one.lane == lane), key=lambda one: one.first)
        assert all(before.until < after.first for before, after in pairwise(own))


def test_a_lane_is_free_again_a_day_after_the_thin_line_ends():
    """Day 0 to 9, thin to day 14, an empty day: the next begins on day 16, or in a lane of its own."""
    assert timeline.lanes([bar(0), bar(16)], FIRST, 365)[1] == 1
    assert timeline.lanes([bar(0), bar(15)], FIRST, 365)[1] == 2


def test_a_name_longer_than_its_bar_keeps_the_lane():
    """Of 900 pixels a year, 30 letters take 218 pixels: 88 days."""
    assert timeline.lanes([bar(0, name="x" * 30), bar(80)], FIRST, 365)[1] == 2
    assert timeline.lanes([bar(0, name="x" * 30), bar(95)], FIRST, 365)[1] == 1
    assert timeline.lanes([bar(0, name="新" * 30), bar(95)], FIRST, 365)[1] == 2


def test_only_the_last_name_of_a_lane_may_end_with_the_axis():
    placed, _ = timeline.lanes([bar(0), bar(100)], FIRST, 365)
    assert [one.back for one in placed] == [0, pytest.approx((365 - 14) / 365)]
    assert [one.room for one in placed] == [pytest.approx(100 / 365), pytest.approx(265 / 365)]


def test_a_bar_is_cut_where_the_axis_begins_and_ends():
    cut = drawn([bar(-10, days=20), bar(360, days=20)]).spec["datasets"]["rows"]
    assert [(row["from"][:10], row["to"][:10], row["until"][:10]) for row in cut] == [
        ("2026-01-01", "2026-01-11", "2026-01-16"),
        ("2026-12-27", "2027-01-01", "2027-01-01"),
    ]


def test_a_span_has_room_for_its_name_until_the_next_begins():
    holidays = [
        Span("New Year", date(2025, 12, 30), date(2026, 1, 3)),
        Span("Labour", date(2026, 5, 1), date(2026, 5, 5)),
    ]
    rows = drawn([bar(0)], holidays=holidays).spec["datasets"]["holidays"]
    assert [(row["from"][:10], row["to"][:10]) for row in rows] == [
        ("2026-01-01", "2026-01-04"),
        ("2026-05-01", "2026-05-06"),
    ]
    assert [row["room"] for row in rows] == [pytest.approx(120 / 365), pytest.approx(245 / 365)]


def test_the_chart_grows_by_a_lane_and_a_heading():
    assert drawn([bar(0), bar(5)]).height == timeline.HEAD + 3 * timeline.LANE
    assert drawn([bar(0), bar(100)]).height == timeline.HEAD + 2 * timeline.LANE
