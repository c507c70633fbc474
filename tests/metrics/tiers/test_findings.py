import numpy as np
import pandas as pd
import pytest

from metrics.errors import ShapeError
from metrics.estimate import Tests
from metrics.finding import FindingCode
from metrics.tiers.assets_moved import Bridge
from metrics.tiers.findings import (
    assets_findings,
    backtest_findings,
    branch_findings,
    change_findings,
    largest_move,
    migration_findings,
    order_findings,
    periods_findings,
)
from metrics.tiers.markov import OrderTest
from metrics.tiers.projection import backtest_rates
from metrics.tiers.transition import Transitions


def year(stay, up, down, missing=0):
    return Transitions.of([[[stay, up, 0], [down, stay, 0], [0, 0, 0]]], tiers=("a", "b"), months=12, missing=[missing])


def with_p_values(*p_values):
    values = np.array(p_values, dtype=float)
    return Tests(values, values, np.full(len(values), "x"), np.where(np.isnan(values), "too_few", ""))


def codes(found):
    return [finding.code for finding in found]


@pytest.mark.parametrize(
    ("up", "down", "code"),
    [(90, 40, FindingCode.TIERS_RISE), (40, 90, FindingCode.TIERS_FALL), (50, 48, FindingCode.TIERS_HOLD)],
)
def test_customers_rise_fall_or_hold_by_the_limits_of_the_net(up, down, code):
    found = migration_findings(year(500, up, down, missing=7))
    assert codes(found) == [code, FindingCode.TIER_MONTHS_MISSING]
    assert found[0].values["n"] == 1000 + up + down
    assert found[1].values["customers"] == 7


def test_nobody_to_judge_is_said():
    assert codes(migration_findings(year(0, 0, 0))) == [FindingCode.TIERS_TOO_FEW]


def bridge(*rows):
    columns = ["from_tier", "to_tier", "fate", "n", "sum_before", "sum_after", "sum_valuation"]
    return Bridge.from_frame(pd.DataFrame(rows, columns=columns), ("a", "b"))


def test_the_part_that_did_most_of_the_change_is_named():
    risen = bridge(("a", "a", "kept", 1, 100, 90, 0), ("a", "b", "kept", 1, 100, 300, 0))
    finding = assets_findings(risen)[0]
    assert (finding.code, finding.values["part"], finding.values["change"]) == (
        FindingCode.ASSETS_ROSE,
        "up_movers",
        190,
    )
    fallen = assets_findings(bridge(("b", None, "left", 1, 50, None, None), (None, "a", "entered", 1, None, 20, None)))
    assert codes(fallen) == [FindingCode.ASSETS_FELL, FindingCode.VALUATION_INCLUDED]
    assert (fallen[0].values["part"], fallen[0].values["amount"]) == ("exits", -50)
    assert codes(assets_findings(bridge(("a", "a", "kept", 1, 100, 100, 0)))) == [FindingCode.ASSETS_UNCHANGED]


def test_branches_are_called_different_only_allowing_for_their_number():
    assert branch_findings(with_p_values(0.03, 0.5, 0.6))[0].code == FindingCode.TIER_BRANCHES_ALIKE
    differ = branch_findings(with_p_values(0.001, 0.5, np.nan))[0]
    assert (differ.code, dict(differ.values)) == (FindingCode.TIER_BRANCHES_DIFFER, {"branches": 2, "differing": 1})
    assert branch_findings(with_p_values(np.nan)) == []


def test_a_change_of_rates_is_said_and_its_lack_too():
    assert codes(change_findings(with_p_values(0.01))) == [FindingCode.TIER_RATES_CHANGED]
    assert codes(change_findings(with_p_values(0.4))) == [FindingCode.TIER_RATES_STEADY]
    assert change_findings(with_p_values(np.nan)) == []
    with pytest.raises(ShapeError):
        change_findings(with_p_values(0.1, 0.2))


@pytest.mark.parametrize(
    ("p_value", "explained", "code"),
    [
        (0.5, np.nan, FindingCode.TIER_ORDER_ONE),
        (0.001, 0.8, FindingCode.TIER_ORDER_CLOCK),
        (0.001, 0.2, FindingCode.TIER_ORDER_HISTORY),
        (0.001, np.nan, FindingCode.TIER_ORDER_NO_CLOCK),
    ],
)
def test_a_rejected_order_is_explained_by_the_grace_clock_where_it_can_be(p_value, explained, code):
    found = order_findings(OrderTest(with_p_values(p_value), with_p_values(0.5), explained, 900.0))
    assert codes(found) == [code]


def test_the_worst_miss_of_a_projection_is_named():
    before, after = year(900, 100, 50), year(800, 200, 50)
    finding = backtest_findings(backtest_rates(before, after, np.random.default_rng(1)), after)[0]
    assert (finding.values["from_tier"], finding.values["to_state"]) in {("a", "a"), ("a", "b")}
    assert abs(finding.values["predicted"] - finding.values["actual"]) == pytest.approx(0.1)
    # 1,000 customers of the lower tier missed by ten points, 850 of the upper one by 50/950 - 50/850 the other way.
    expected = (1000 * 0.1 + 850 * (50 / 850 - 50 / 950)) / 1850
    assert finding.values["misplaced"] == pytest.approx(expected)
    assert (finding.values["n"], finding.values["tier_n"]) == (1850, 1000)
    empty = year(0, 0, 0)
    assert backtest_findings(backtest_rates(empty, empty, np.random.default_rng(1)), empty) == []


def test_a_fall_is_not_explained_by_the_largest_rise():
    moved = bridge(("a", "a", "kept", 1, 500, 100, 0), (None, "a", "entered", 1, None, 390, None))
    found = assets_findings(moved)[0]
    assert (found.code, found.values["change"]) == (FindingCode.ASSETS_FELL, -10)
    assert (found.values["part"], found.values["amount"]) == ("stayers", -400)
    near = assets_findings(bridge(("a", "a", "kept", 1, 500, 480, 0), (None, "a", "entered", 1, None, 15, None)))[0]
    assert near.values["part"] == "stayers"
    grown = assets_findings(
        bridge(
            ("a", "a", "kept", 1, 500, 100, 0),
            (None, "a", "entered", 1, None, 390, None),
            ("b", None, "left", 1, 5, None, None),
        )
    )
    assert grown[0].values["part"] == "stayers"
    risen = assets_findings(
        bridge(
            ("a", "a", "kept", 1, 400, 10, 0),
            (None, "a", "entered", 1, None, 300, None),
            ("a", "b", "kept", 1, 0, 200, 0),
        )
    )[0]
    assert (risen.code, risen.values["part"], risen.values["amount"]) == (FindingCode.ASSETS_ROSE, "entries", 300)


def test_a_rate_foreseen_too_low_is_a_miss_like_one_foreseen_too_high():
    """Ten points of the lower tier rose where none had, seven and three of them out of two other states."""
    before = Transitions.of([[[700, 0, 300], [0, 100, 0], [0, 0, 0]]], tiers=("a", "b"), months=12)
    after = Transitions.of([[[630, 100, 270], [0, 100, 0], [0, 0, 0]]], tiers=("a", "b"), months=12)
    found = backtest_findings(backtest_rates(before, after, np.random.default_rng(1)), after)[0].values
    assert (found["from_tier"], found["to_state"], found["predicted"]) == ("a", "b", 0)
    assert found["actual"] == pytest.approx(0.1)


def test_periods_differ_or_are_alike_by_one_test():
    differ, alike = (periods_findings(with_p_values(p), 8, 3)[0] for p in (0.049, 0.051))
    assert (differ.code, alike.code) == (FindingCode.TIER_PERIODS_DIFFER, FindingCode.TIER_PERIODS_ALIKE)
    assert (differ.values["periods"], differ.values["months"]) == (8, 3)
    assert periods_findings(with_p_values(np.nan), 8, 3) == []


def test_the_largest_move_is_the_surest_not_the_highest_share():
    """One of two customers is half, and says less than 300 of 1,000; who stayed did not move."""
    moves = Transitions.of(
        [[[690, 300, 0, 10], [1, 1, 0, 0], [0, 0, 40, 0], [5, 0, 0, 0]]], tiers=("a", "b", "c"), months=12
    )
    (found,) = largest_move(moves)
    assert found.code is FindingCode.TIER_MOVE_LARGEST
    assert (found.values["from_tier"], found.values["to_state"]) == ("a", "b")
    assert (found.values["n"], found.values["tier_n"], found.values["estimate"]) == (300, 1000, 0.3)
    assert largest_move(year(500, 0, 0)) == []


def test_leaving_is_a_move_too():
    moves = Transitions.of([[[5, 0, 95], [0, 9, 0], [0, 0, 0]]], tiers=("a", "b"), months=1)
    assert largest_move(moves)[0].values["to_state"] == "left"
