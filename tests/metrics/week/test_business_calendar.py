from datetime import date, timedelta

import chinese_calendar
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.week.business_calendar import (
    comparable_week,
    festival_days,
    festival_offset,
    is_working,
    monday,
    same_week,
    spring_festival,
)

DAYS = st.dates(date(2005, 1, 3), date(2026, 12, 31))


@given(DAYS)
def test_a_week_starts_on_its_iso_monday(day):
    year, week, _ = day.isocalendar()
    assert monday([day.isoformat()])[0] == np.datetime64(date.fromisocalendar(year, week, 1))


@given(DAYS, st.integers(1, 8))
def test_the_same_week_lies_within_half_a_week_of_the_same_date(day, years):
    start = monday([day.isoformat()])
    thursday = (start[0] + np.timedelta64(3, "D")).astype(object)
    if (thursday.month, thursday.day) == (2, 29):
        thursday -= timedelta(days=1)
    target = thursday.replace(year=thursday.year - years)
    found = same_week(start, years)[0].astype(object) + timedelta(days=3)
    assert found.weekday() == 3
    assert abs((found - target).days) <= 4


def test_after_a_year_of_53_weeks_the_date_decides_and_not_the_number():
    assert date.fromisocalendar(2020, 53, 1) == date(2020, 12, 28)
    week_30 = np.datetime64(date.fromisocalendar(2021, 30, 1))
    assert same_week([week_30])[0] == np.datetime64(date.fromisocalendar(2020, 31, 1))


# State Council notices: New Year's Day of the lunar calendar.
@pytest.mark.parametrize(
    "day",
    [date(2019, 2, 5), date(2020, 1, 25), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17)],
)
def test_spring_festival_is_where_the_notices_put_it(day):
    assert spring_festival(day.year) == day
    assert festival_offset(monday([day.isoformat()]))[0] == 0


def test_the_festival_reaches_from_the_week_before_it_to_the_second_after():
    """New Year's Day is Tuesday, 17 February 2026."""
    weeks = ["2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23", "2026-03-02", "2026-03-09"]
    np.testing.assert_array_equal(festival_offset(weeks), [np.nan, -1, 0, 1, 2, np.nan])


def test_festival_weeks_meet_the_same_place_around_the_festival_and_others_the_same_date():
    weeks = monday(["2026-02-17", "2026-02-10", "2026-08-05"])
    assert comparable_week(weeks).tolist() == [date(2025, 1, 27), date(2025, 1, 20), date(2025, 8, 4)]


def test_an_ordinary_week_is_not_held_against_the_festival_of_another_year():
    """26 January 2026 is three weeks before the festival; 27 January 2025 was the festival's own week."""
    weeks = monday(["2026-01-26", "2026-01-12", "2025-02-17", "2027-03-01"])
    assert comparable_week(weeks).tolist() == [
        date(2025, 1, 6),
        date(2025, 1, 13),  # far from both: the same date
        date(2024, 2, 26),  # three weeks after the festival, where the same date was two weeks after
        date(2026, 3, 16),
    ]


def test_days_around_the_festival_are_those_of_four_weeks():
    """9 February to 8 March 2026."""
    assert festival_days(date(2026, 1, 1), date(2026, 12, 31)) == 28
    assert festival_days(date(2026, 2, 8), date(2026, 2, 8)) == 0
    assert festival_days(date(2026, 2, 8), date(2026, 2, 9)) == 1
    assert festival_days(date(2026, 3, 8), date(2026, 3, 9)) == 1


def test_working_days_agree_with_a_second_calendar_week_by_week():
    mondays = np.arange(np.datetime64("2012-01-02"), np.datetime64("2026-12-21"), np.timedelta64(7, "D"))
    expected = [
        sum(chinese_calendar.is_workday(start + timedelta(days=i)) for i in range(7)) for start in mondays.tolist()
    ]
    found = is_working((mondays[:, None] + np.arange(7)).ravel()).reshape(-1, 7).sum(axis=1).tolist()
    assert found == expected
    assert set(found) >= {0, 3, 4, 5, 6}
