"""A period has the days of the calendar, one spelling, and the other period that it can be held against."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers import period
from answers.period import Against, Comparison, Kind, Season

RED = [
    Season("RED24", "开门红 2024", date(2023, 10, 9), date(2024, 3, 31)),
    Season("RED25", "开门红 2025", date(2024, 11, 1), date(2025, 3, 31)),
    Season("MID25", "Mid-year", date(2025, 6, 1), date(2025, 6, 30)),
    Season("RED26", "开门红 2026", date(2025, 10, 1), date(2026, 3, 31)),
]
DAYS = st.dates(date(1951, 1, 7), date(2099, 12, 20))


def days(key: str, seasons=()) -> tuple[date, date]:
    found = period.read(key, seasons)
    assert found is not None
    assert found.key == key
    return found.first, found.last


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W46", date(2026, 11, 9), date(2026, 11, 15)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2027-W01", date(2027, 1, 4), date(2027, 1, 10)),
        ("2024-W09", date(2024, 2, 26), date(2024, 3, 3)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("season-RED26", date(2025, 10, 1), date(2026, 3, 31)),
    ],
)
def test_a_spelling_means_these_days(key, first, last):
    assert days(key, RED) == (first, last)


@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_a_quarter_is_its_three_months(quarter: int):
    last = quarter * 3
    assert period.span(f"2028-Q{quarter}") == (
        date(2028, last - 2, 1),
        date(2028, last, calendar.monthrange(2028, last)[1]),
    )


@pytest.mark.parametrize("typed", ["2026-q4", "2026-w46"])
def test_letters_typed_small_mean_the_same(typed):
    found = period.read(typed)
    assert found is not None
    assert found.key == typed.upper()


@pytest.mark.parametrize(
    "key",
    ["", "2025-W53",
     "2026-W00", "2026-W54", "2026-W1", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "26", "1950", "2100",
     "next-year", "2026-11-05", "season-", "season-BLUE", "season-red26", "RED26", "ALL", " 2026", "2026\n"],
)  # fmt: skip
def test_what_is_no_period_is_none_and_has_no_days(key):
    assert period.read(key, RED) is None
    with pytest.raises(ValueError, match=r"is no period\. Write 2026-W46"):
        period.span(key, RED)


@given(DAYS)
def test_the_week_of_a_day_is_the_iso_week_and_read_again_the_same(day):
    found = period.week(day)
    year, number, _ = day.isocalendar()
    assert found.key == f"{year}-W{number:02}"
    assert found.first <= day <= found.last
    assert found.days == 7
    assert period.read(found.key) == found


def test_the_default_is_the_year_of_the_data_and_all_stands_last():
    offered = period.options(date(2024, 5, 1), date(2026, 11, 15))
    assert (offered[0], offered[-1]) == ("2026", period.ALL)
    assert "2026-Q4" in offered
    assert "2024-Q1" not in offered


def test_weeks_are_offered_backwards_and_one_that_is_not_over_is_not():
    assert period.options(date(2026, 12, 20), date(2027, 1, 9), [Kind.WEEK]) == ["2026-W53", "2026-W52", "2026-W51"]
    assert period.options(date(2026, 12, 20), date(2027, 1, 10), [Kind.WEEK])[0] == "2027-W01"
    assert period.options(date(2026, 12, 28), date(2026, 12, 30), [Kind.WEEK]) == []


def test_the_first_kind_gives_the_default_and_longer_periods_stand_before_those_within():
    kinds = [Kind.MONTH, Kind.YEAR, Kind.QUARTER, Kind.SEASON]
    assert period.options(date(2025, 11, 20), date(2026, 2, 3), kinds, RED) == [
        "2026-02", "2026", "season-RED26", "2026-Q1", "2026-01", "2025", "2025-Q4", "2025-12", "2025-11",
    ]  # fmt: skip


def test_every_option_can_be_read_also_when_a_day_of_the_data_was_mistyped():
    kinds = list(Kind)
    offered = period.options(date(1900, 1, 1), date(2199, 1, 1), kinds, RED)
    assert all(period.read(key, RED) for key in offered)
    assert len(offered) == len(set(offered))
    assert {"1951", "2099", "1951-01", "2099-W53", "season-RED24", "all"} <= set(offered)


# Counted by hand from the notices: New Year's Day was 22 January 2023, 10 February 2024, 29 January 2025, and is
# 17 February 2026 and 6 February 2027; their weeks are W03, W06, W05, W08 and W05.
@pytest.mark.parametrize(
    ("week", "then"),
    [
        ("2024-W01", "2023-W01"),  # far from both
        ("2024-W05", "2023-W02"),  # the week before the festival
        ("2024-W06", "2023-W03"),  # the festival
        ("2024-W08", "2023-W05"),  # two weeks after
        ("2024-W09", "2023-W09"),
        ("2025-W03", "2024-W03"),
        ("2025-W04", "2024-W05"),
        ("2025-W05", "2024-W06"),
        ("2025-W07", "2024-W08"),
        ("2025-W08", "2024-W09"),  # three weeks after; W08 of 2024 was still near the festival
        ("2025-W09", "2024-W09"),
        ("2026-W03", "2025-W03"),
        ("2026-W04", "2025-W01"),  # four weeks before; W04 of 2025 was the week before the festival
        ("2026-W05", "2025-W02"),
        ("2026-W07", "2025-W04"),
        ("2026-W08", "2025-W05"),
        ("2026-W10", "2025-W07"),
        ("2026-W11", "2025-W11"),
        ("2026-W46", "2025-W46"),
        ("2026-W53", "2026-W01"),  # 28 December 2026 meets 29 December 2025
        ("2027-W01", "2026-W02"),  # 4 January 2027 meets 5 January 2026
        ("2027-W03", "2026-W04"),
        ("2027-W04", "2026-W07"),
        ("2027-W05", "2026-W08"),
        ("2027-W07", "2026-W10"),
        ("2027-W09", "2026-W12"),
        ("2027-W10", "2026-W11"),
        ("2027-W20", "2026-W21"),  # 17 May 2027 meets 18 May 2026
    ],
)
def test_a_week_meets_the_same_place_around_spring_festival_else_the_same_date(week, then):
    found = period.read(week)
    assert found is not None
    other = period.year_ago(found)
    assert other is not None
    assert other.key == then


@pytest.mark.parametrize(
    ("key", "before", "year_ago"),
    [
        ("2027-W01", "2026-W53", "2026-W02"),
        ("2026-01", "2025-12", "2025-01"),
        ("2024-03", "2024-02", "2023-03"),
        ("2026-Q1", "2025-Q4", "2025-Q1"),
        ("2026-Q4", "2026-Q3", "2025-Q4"),
        ("2026", "2025", "2025"),
        ("all", None, None),
        ("season-RED26", "season-MID25", "season-RED25"),
        ("season-RED25", "season-RED24", "season-RED24"),
        ("season-RED24", None, None),
        ("season-MID25", "season-RED25", None),
    ],
)
def test_a_period_has_one_before_and_one_a_year_ago(key, before, year_ago):
    found = period.read(key, RED)
    assert found is not None
    others = [act(found, RED) for act in (period.before, period.year_ago)]
    assert [other and other.key for other in others] == [before, year_ago]


def test_a_season_that_still_ran_is_not_the_one_before():
    running = Season("AUTUMN", "Autumn", date(2025, 9, 1), date(2025, 10, 1))
    found = period.read("season-RED26", RED)
    assert found is not None
    other = period.before(found, [*RED, running])
    assert other is not None
    assert other.key == "season-MID25"


@given(DAYS)
def test_periods_before_leave_no_day_out(day):
    for key in (period.week(day).key, period.month(day).key, f"{day.year}-Q{(day.month + 2) // 3}", str(day.year)):
        found = period.read(key)
        assert found is not None
        other = period.before(found)
        assert other is not None
        assert other.last + timedelta(days=1) == found.first
        assert other.kind is found.kind


def compared(key: str, against: Against, as_of: date) -> Comparison:
    found = period.read(key, RED)
    assert found is not None
    comparison = period.compared(found, against, as_of, RED)
    assert comparison is not None
    return comparison


SUNDAY = date(2026, 11, 15)


@pytest.mark.parametrize(
    ("key", "against", "as_of", "then", "until"),
    [
        ("2026-W46", Against.BEFORE, SUNDAY, "2026-W45", date(2026, 11, 8)),
        ("2026-11", Against.BEFORE, SUNDAY, "2026-10", date(2026, 10, 15)),
        ("2026-11", Against.YEAR_AGO, SUNDAY, "2025-11", date(2025, 11, 15)),
        ("2026-10", Against.BEFORE, SUNDAY, "2026-09", date(2026, 9, 30)),
        ("2026-03", Against.BEFORE, date(2026, 3, 30), "2026-02", date(2026, 2, 28)),  # no 30 February
        ("2026-03", Against.BEFORE, date(2026, 3, 1), "2026-02", date(2026, 2, 1)),
        ("2026-Q4", Against.BEFORE, SUNDAY, "2026-Q3", date(2026, 8, 15)),  # 46 days each
        ("2026", Against.YEAR_AGO, SUNDAY, "2025", date(2025, 11, 15)),
        ("2027", Against.BEFORE, SUNDAY, "2026", date(2026, 1, 1)),  # not begun
        ("season-RED26", Against.YEAR_AGO, date(2025, 10, 3), "season-RED25", date(2024, 11, 3)),
        ("season-RED26", Against.YEAR_AGO, date(2026, 3, 31), "season-RED25", date(2025, 3, 31)),
    ],
)
def test_as_many_days_are_compared_as_have_passed(key, against, as_of, then, until):
    comparison = compared(key, against, as_of)
    assert (comparison.period.key, comparison.until) == (then, until)


def test_days_around_the_festival_are_counted_on_both_sides():
    """20 January to 16 February 2025, 9 February to 8 March 2026."""
    february = compared("2026-02", Against.YEAR_AGO, date(2026, 2, 28))
    assert (february.festival_days, february.festival_days_then) == (20, 16)
    by_the_tenth = compared("2026-02", Against.YEAR_AGO, date(2026, 2, 10))
    assert (by_the_tenth.festival_days, by_the_tenth.festival_days_then) == (2, 10)
    week = compared("2026-W08", Against.YEAR_AGO, SUNDAY)
    assert (week.festival_days, week.festival_days_then) == (7, 7)
    year = compared("2026", Against.YEAR_AGO, date(2026, 12, 31))
    assert (year.festival_days, year.festival_days_then) == (28, 28)


def test_a_target_and_all_of_the_data_have_no_other_period():
    for key, against in (("2026-11", Against.TARGET), ("all", Against.BEFORE), ("all", Against.YEAR_AGO)):
        found = period.read(key)
        assert found is not None
        assert period.compared(found, against, SUNDAY) is None


@pytest.mark.parametrize(
    ("asked", "offered", "fits"),
    [
        ("2026-W46", ["2026", "2026-Q4", "2026-11"], "2026-11"),
        ("2026-W40", ["2026-09", "2026-10"], "2026-10"),  # Monday 28 September to Sunday 4 October: Thursday decides
        ("2026-W53", ["2026", "2027"], "2026"),
        ("2026-11", ["2026", "2026-Q4", "2026-W46"], "2026-Q4"),
        ("2026", ["2026-Q4", "2025"], None),
        ("2026-Q2", ["2026-Q2", "2026"], "2026-Q2"),
    ],
)
def test_a_period_carried_to_another_page_becomes_the_shortest_there_that_holds_it(asked, offered, fits):
    found = period.read(asked)
    assert found is not None
    holding = period.containing(found, [one for one in map(period.read, offered) if one])
    assert (holding.key if holding else None) == fits


def test_a_target_is_kept_for_periods_that_are_read_here():
    from data_access.workspace import targets

    assert targets.SEASON == period.SEASON
    for key in ("2026-11", "season-RED26"):
        targets.check(targets.Key("B1", "weekly_sales", key), 1.0)
        assert period.read(key, RED)
