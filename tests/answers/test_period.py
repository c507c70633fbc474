"""A period has the days of the calendar."""

from __future__ import annotations

import calendar
from datetime import date

import pytest

from answers import period


@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_a_quarter_is_its_three_months(quarter: int):
    last = quarter * 3
    assert period.span(f"2028-q{quarter}") == (
        date(2028, last - 2, 1),
        date(2028, last, calendar.monthrange(2028, last)[1]),
    )


def test_a_year_is_all_of_its_days():
    assert period.span("2026") == (date(2026, 1, 1), date(2026, 12, 31))


def test_the_default_is_the_year_of_the_data_and_all_stands_last():
    offered = period.options(date(2024, 5, 1), date(2026, 11, 15))
    assert (offered[0], offered[-1]) == ("2026", period.ALL)
    assert "2026-q4" in offered
    assert "2024-q1" not in offered
