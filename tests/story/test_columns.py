"""A column says number and interval, or why there is none, and its unit in the header."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.catalogue import Unit
from metrics.estimate import Intervals
from story.columns import Column
from story.vocabulary import names

EQUAL = Intervals.of([0.1, 0.1, np.nan], [0.05, 0.09, np.nan], [0.2, 0.11, np.nan], n=[40, 4000, 1])


def test_a_rate_of_nobody_is_none_and_not_too_few():
    nobody = Intervals.of([np.nan, np.nan], [np.nan] * 2, [np.nan] * 2, n=[0, 1])
    assert Column("Participation", nobody, Unit.SHARE).texts("CNY") == ["none", "too few"]


def test_an_exact_number_that_was_not_recorded_says_so():
    column = Column("Cost", np.array([100.0, np.nan]), Unit.MONEY, missing="not recorded")
    assert column.texts("CNY") == ["1.00", "not recorded"]


def test_each_missing_number_has_its_own_reason():
    column = Column("Gifts", np.array([np.nan, np.nan]), Unit.MONEY, missing=["none of this kind", "not recorded"])
    assert column.texts("CNY") == ["none of this kind", "not recorded"]


def test_rows_of_different_metrics_are_written_in_their_own_units():
    mixed = Intervals.of([0.25, 500_000_000.0, np.nan], [0.2, 4e8, np.nan], [0.3, 6e8, np.nan], n=[10, 20, 0])
    column = Column("Value", mixed, (Unit.SHARE, Unit.MONEY, Unit.RATIO))
    assert column.texts("CNY") == ["25 (20–30)\N{NARROW NO-BREAK SPACE}%", "5.0 (4.0–6.0) ¥ m", "none"]
    assert column.header("CNY") == "Value"


@pytest.mark.parametrize(("currency", "text"), [("CNY", "5.00"), ("JPY", "500"), ("KWD", "500")])
def test_amounts_know_how_many_minor_units_the_currency_has(currency: str, text: str):
    assert Column("Sales", np.array([5e8]), Unit.MONEY).texts(currency) == [text]


def test_header_names_the_unit():
    assert Column("Sales", np.array([5e8]), Unit.MONEY).header("CNY") == "Sales, ¥ m"
    assert Column("Conversion", EQUAL, Unit.SHARE, "% of assigned").header("CNY") == "Conversion, % of assigned"


def test_names_in_both_languages_are_shown_in_the_readers_unless_two_would_be_equal():
    assert names(["新春黄金 New Year gold 2026", "Payroll"]) == ["New Year gold 2026", "Payroll"]
    assert names(["高端客户 VIP", "普通客户 VIP"]) == ["高端客户 VIP", "普通客户 VIP"]


def test_an_amount_that_is_missing_among_other_metrics_says_why():
    amounts = Intervals.of([np.nan, 0.2], [np.nan, 0.1], [np.nan, 0.3], n=[0, 9], reason=["not_recorded", ""])
    column = Column("Value", amounts, (Unit.MONEY, Unit.SHARE))
    assert column.texts("CNY")[0] == "not recorded"
