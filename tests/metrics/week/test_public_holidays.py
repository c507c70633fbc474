"""Holidays against the State Council's notices, read by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from metrics.week.business_calendar import is_working
from metrics.week.public_holidays import public_holidays


@pytest.mark.parametrize(
    ("year", "name", "first", "last"),
    [
        (2024, "spring_festival", date(2024, 2, 10), date(2024, 2, 16)),
        (2025, "spring_festival", date(2025, 1, 28), date(2025, 2, 4)),
        (2026, "spring_festival", date(2026, 2, 16), date(2026, 2, 23)),
        (2024, "labour_day", date(2024, 5, 1), date(2024, 5, 3)),
        (2026, "national_day", date(2026, 10, 1), date(2026, 10, 7)),
        (2026, "new_year", date(2026, 1, 1), date(2026, 1, 2)),
    ],
)
def test_a_holiday_runs_from_the_first_to_the_last_day_off(year: int, name: str, first: date, last: date):
    (found,) = [one for one in public_holidays(date(year, 1, 1), date(year, 12, 31)) if name in one.names]
    assert (found.first, found.last) == (first, last)


def test_festivals_that_meet_are_one_holiday_with_both_names():
    (found,) = public_holidays(date(2025, 9, 15), date(2025, 10, 31))
    assert found.names == ("national_day", "mid_autumn")
    assert (found.first, found.last) == (date(2025, 10, 1), date(2025, 10, 8))


def test_a_year_has_its_seven_holidays():
    assert [one.names[0] for one in public_holidays(date(2026, 1, 1), date(2026, 12, 31))] == [
        "new_year", "spring_festival", "tomb_sweeping", "labour_day", "dragon_boat", "mid_autumn", "national_day",
    ]  # fmt: skip


def test_no_day_of_a_holiday_is_worked():
    for one in public_holidays(date(2024, 1, 1), date(2026, 12, 31)):
        days = [one.first + timedelta(days=number) for number in range((one.last - one.first).days + 1)]
        assert not is_working(days).any(), one


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (date(2026, 10, 7), date(2026, 10, 31), 1),
        (date(2026, 10, 8), date(2026, 10, 31), 0),
        (date(2026, 9, 26), date(2026, 10, 1), 1),
        (date(2026, 9, 26), date(2026, 9, 30), 0),
    ],
    ids=["its last day", "the day after", "its first day", "the day before"],
)
def test_a_period_meets_a_holiday_by_a_single_day(first: date, last: date, found: int):
    assert len(public_holidays(first, last)) == found
