"""An estimate on screen carries its interval, or says why it can't."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from metrics.catalogue import Unit
from metrics.estimate import Intervals, Reason
from story import spreadsheet, words
from story.cards import measured
from story.columns import Column
from story.estimates import Style, alone, limits, value
from story.figures import THIN
from story.parts import Table

SHARES = Intervals.of(
    [0.31, 0.0612, np.nan, 0.5],
    [0.27, 0.042, np.nan, np.nan],
    [0.36, 0.088, np.nan, np.nan],
    n=[412, 412, 0, 1],
    reason=["", "", Reason.NO_CONTROL.value, Reason.TOO_FEW.value],
)


def test_a_cell_has_number_and_limits_with_the_same_digits():
    assert Style.of(Unit.SHARE).cell(SHARES, 0) == "31 (27–36)"
    assert Style.of(Unit.SHARE).cell(SHARES, 1) == "6.1 (4.2–8.8)"


def test_a_number_alone_has_the_digits_of_its_interval_and_not_those_of_a_limit_near_nought():
    sums = Intervals.of([1_942_148.8], [-3_076.5], [3_887_374.0], n=[121])
    assert alone(sums, 0, Unit.MONEY, "CNY") == f"¥19{THIN}k"
    words.speak("zh")
    assert alone(sums, 0, Unit.MONEY, "CNY") == "1.9 万元"
    words.speak("en")
    shares = Intervals.of([0.099, np.nan], [0.084, np.nan], [0.116, np.nan], n=[1344, 0])
    assert alone(shares, 0, Unit.SHARE) == f"9.9{THIN}%"
    assert (alone(shares, 1, Unit.SHARE), alone(shares, 1, Unit.MONEY, "CNY")) == ("none", "none")
    points = Intervals.of([0.0078], [0.0004], [0.0152], n=[900])
    assert (alone(points, 0, Unit.POINTS), value(points, 0, Unit.POINTS)) == ("+0.8", "+0.78")


def test_a_missing_number_says_why_and_is_never_zero():
    assert Style.of(Unit.SHARE).cell(SHARES, 2) == "no control group"
    assert value(SHARES, 2, Unit.SHARE) == "no control group"
    assert limits(SHARES, 2, Unit.SHARE) == ""


def test_a_number_whose_uncertainty_nobody_knows_gives_way_to_the_reason():
    assert Style.of(Unit.SHARE).cell(SHARES, 3) == "too few"
    assert value(SHARES, 3, Unit.SHARE) == "too few"
    shares = Column("Share", SHARES, Unit.SHARE)
    assert_array_equal(shares.numbers(), [0.31, 0.0612, np.nan, np.nan])
    (exact, *_) = spreadsheet.fields(Table((shares,), "Shares", "shares"), "")
    assert_array_equal(exact.cells, [0.31, 0.0612, np.nan, np.nan])
    assert measured("Share", "reach_rate", SHARES[3:], ["1 assigned"], "").value == "\N{EM DASH}"


def test_a_return_shows_its_sign_on_the_number_and_on_both_limits():
    returns = Intervals.of([0.9], [-0.3], [1.6], n=[10])
    assert Style.of(Unit.RATIO).cell(returns, 0) == "+0.9 (\N{MINUS SIGN}0.3 to +1.6)"


def test_amounts_of_a_column_share_one_scale():
    style = Style.of(Unit.MONEY, "CNY", 460_000_000)
    amounts = Intervals.of([460e6, 46e6], [290e6, 29e6], [630e6, 63e6], n=[9, 9])
    assert style.mark == "¥ m"
    assert [style.cell(amounts, row) for row in (0, 1)] == ["4.6 (2.9–6.3)", "0.5 (0.3–0.6)"]


def test_what_was_counted_has_no_interval():
    cost = Intervals.of([91_890_000.0], [91_890_000.0], [91_890_000.0], n=[9])
    assert value(cost, 0, Unit.MONEY, "CNY") == f"¥919{THIN}k"
    assert limits(cost, 0, Unit.MONEY, "CNY") == ""


def test_a_share_in_a_million_is_not_written_as_none():
    share = Intervals.of([1.5e-6], [0.6e-6], [4.4e-6], n=[2_000_000])
    assert Style.of(Unit.SHARE).cell(share, 0) == "0.0002 (0.0001–0.0004)"


def test_a_limit_just_beside_nought_is_not_written_as_nought():
    effect = Intervals.of([0.009], [0.0003], [0.018], n=[5])
    assert Column("Effect", effect, Unit.POINTS, signed=True).texts("") == ["+0.90 (+0.03 to +1.80)"]
    money = Column("Net", Intervals.of([-42e5], [-81e5], [-3e4], n=[5]), Unit.MONEY, signed=True)
    assert money.texts("CNY") == ["\N{MINUS SIGN}42.0 (\N{MINUS SIGN}81.0 to \N{MINUS SIGN}0.3)"]
    words.speak("zh")
    assert money.texts("CNY") == ["\N{MINUS SIGN}4.20 (\N{MINUS SIGN}8.10 至 \N{MINUS SIGN}0.03)"]
