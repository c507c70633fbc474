"""Weeks made alike, by hand: of five working days, one of two around a holiday, one of a festival."""

from __future__ import annotations

import numpy as np

from metrics.week.working_week import WorkingWeeks

FESTIVAL = np.array([False, False, True, False, False])


def test_a_festival_week_is_judged_by_earlier_ones_whatever_its_days_and_a_short_week_not_at_all():
    weeks = WorkingWeeks.of([5, 5, 0, 5, 2], FESTIVAL, 1.0)
    assert weeks.days.tolist() == [1.0, 1.0, 1.0, 1.0, 0.4]
    assert weeks.short.tolist() == [False, False, False, False, True]
    assert WorkingWeeks.of([6, 6, 6, 6, 3], FESTIVAL, 1.0).short.tolist() == [False] * 5, "half a week is judged"


def test_totals_are_those_of_a_usual_week_on_the_scale_of_the_root():
    weeks = WorkingWeeks.of([5, 5, 0, 5, 2], FESTIVAL, 2.0)
    np.testing.assert_allclose(weeks.alike(np.array([100.0, 25.0, 4.0, 0.0, 40.0])), [10.0, 5.0, 2.0, 0.0, 10.0])


def test_where_no_day_is_a_working_day_all_weeks_count_alike():
    assert WorkingWeeks.of([0, 0, 0], np.zeros(3, dtype=bool), 1.0).days.tolist() == [1.0, 1.0, 1.0]
