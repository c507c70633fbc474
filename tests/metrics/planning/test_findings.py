import numpy as np
import pytest

from metrics.estimate import Intervals
from metrics.finding import FindingCode
from metrics.inference.power import Design, sample_size_of_shares
from metrics.planning.allocation import Constraints, ResponseCurves, allocate, equal_split
from metrics.planning.calibration import calibrate
from metrics.planning.findings import (
    allocation_findings,
    calibration_findings,
    control_findings,
    forecast_findings,
    progress_findings,
)
from metrics.planning.forecast import Forecast, Plan
from metrics.planning.monitoring import pace, progress

CUSTOMERS = 3000


def planned(contribution, cost=2.0, draws=2000):
    """A forecast of about 5 % conversion, whose contribution a conversion varies by a tenth."""
    rng = np.random.default_rng(0)
    rate = np.clip(rng.normal(0.05, 0.008, draws), 0.001, 1)
    assumed = {
        "participation": np.full(draws, 0.3),
        "conversion": rate,
        "sales": np.full(draws, 100.0),
        "contribution": rng.normal(contribution, contribution / 10, draws),
        "cost": np.full(draws, cost),
    }
    converted = rng.binomial(CUSTOMERS, rate).astype(float)
    earned, spent = converted * assumed["contribution"], np.full(draws, CUSTOMERS * cost)
    roi = earned / spent - 1 if cost else np.full(draws, np.nan)
    outcomes = {"converted": converted, "contribution": earned, "cost": spent, "roi": roi}
    return Forecast(Plan(CUSTOMERS, {}), assumed, outcomes)


def codes(found):
    return [finding.code for finding in found]


@pytest.mark.parametrize(
    ("contribution", "code"),
    [(80.0, FindingCode.FORECAST_PAYS), (40.0, FindingCode.FORECAST_OPEN), (20.0, FindingCode.FORECAST_LOSES)],
)
def test_a_plan_pays_loses_or_leaves_it_open(contribution, code):
    found = forecast_findings(planned(contribution))
    assert codes(found) == [code, FindingCode.BREAK_EVEN, FindingCode.MATTERS_MOST]
    assert found[1].values["needed"] == pytest.approx(CUSTOMERS * 2 / contribution, rel=0.02)
    # The chance to break even in conversions is that to pay, but for the amount of one.
    assert found[1].values["chance"] == pytest.approx(found[0].values["chance"], abs=0.08)
    assert found[2].values["assumption"] == "conversion"
    assert found[2].values["low"] < found[2].values["high"]


def test_a_plan_without_cost_has_no_return():
    assert codes(forecast_findings(planned(40.0, cost=0.0))) == [FindingCode.FORECAST_NO_COST]


def test_a_control_group_is_held_against_what_the_difference_needs():
    design = Design(power=0.9)
    needed = sample_size_of_shares([0.50], [0.75], design)  # R: power.prop.test gives 76.7 an arm
    small, enough = control_findings(76, needed, design)[0], control_findings(77, needed, design)[0]
    assert (small.code, small.values["needed"]) == (FindingCode.CONTROL_TOO_SMALL, 77)
    assert enough.code == FindingCode.CONTROL_LARGE_ENOUGH
    nothing = sample_size_of_shares([0.5], [0.5], design)
    assert codes(control_findings(500, nothing, design)) == [FindingCode.CONTROL_NEVER_ENOUGH]


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        (75, FindingCode.ON_TRACK),
        (25, FindingCode.BEHIND_FORECAST),
        (150, FindingCode.AHEAD_OF_FORECAST),
    ],
)
def test_a_running_campaign_is_on_track_ahead_or_behind(counted, code):
    age = np.linspace(0, 1, 5)
    rng = np.random.default_rng(1)
    steady = pace(age, np.round(100 * age[None, :] * rng.uniform(0.8, 1.2, (20, 1))))
    plan = planned(40.0, draws=4000)
    seen = progress(plan, steady, 2, counted, outcome="converted", target=140.0, looks=4)
    found = progress_findings("converted", seen, counted, 140.0, fewest_draws=1)
    assert codes(found) == [code, FindingCode.TARGET_CHANCE]
    assert found[0].values["expected"] == pytest.approx(CUSTOMERS * 0.05 / 2, rel=0.1)
    assert 0 <= found[1].values["chance"] <= 1


def test_a_count_beyond_all_draws_overtakes_the_forecast():
    age = np.linspace(0, 1, 3)
    steady = pace(age, np.array([[0.0, 50.0, 100.0], [0.0, 50.0, 100.0]]))
    seen = progress(planned(40.0), steady, 1, 700, outcome="converted", target=150.0)
    assert codes(progress_findings("converted", seen, 700, 150.0)) == [FindingCode.FORECAST_OVERTAKEN]


def test_past_forecasts_are_held_to_their_promise():
    rng = np.random.default_rng(2)
    actual = np.exp(rng.normal(0, 0.2, 400))
    ones, z80 = np.ones(400), 1.2816 * 0.2
    told = calibrate(ones, ones * np.exp(-z80), ones * np.exp(z80), actual, 0.8)
    assert codes(calibration_findings(told)) == [FindingCode.COVERAGE_HONEST, FindingCode.FORECASTS_UNBIASED]
    narrow = calibrate(ones * 1.3, ones * 1.25, ones * 1.35, actual, 0.8)
    found = calibration_findings(narrow)
    assert codes(found) == [FindingCode.COVERAGE_TOO_NARROW, FindingCode.FORECASTS_HOPEFUL]
    assert found[1].values["estimate"] == pytest.approx(1 / 1.3 - 1, abs=0.03)
    wide = calibrate(ones * 0.7, ones * 0.1, ones * 9, actual, 0.8)
    assert codes(calibration_findings(wide)) == [FindingCode.COVERAGE_TOO_WIDE, FindingCode.FORECASTS_CAUTIOUS]
    nothing = calibrate(*(np.array([1.0]) for _ in range(4)), 0.8)
    assert codes(calibration_findings(nothing)) == [FindingCode.FORECASTS_TOO_FEW]


def split(scale, budget, cap=1e9):
    curves = ResponseCurves(
        np.array(["a", "b"]), np.array(scale, dtype=float), Intervals.of([0.5], [0.4], [0.6], n=[50])
    )
    limits = Constraints(budget, np.full(2, cap))
    return allocation_findings(curves, limits, allocate(curves, limits), equal_split(limits))


def test_the_best_split_is_held_against_the_equal_one_and_the_last_yuan_against_one():
    """With scales 1 and 2 and elasticity a half the best split is 1 : 4, and brings sqrt(5 B) against 3 sqrt(B / 2)."""
    found = split([10.0, 20.0], 10_000.0)
    assert codes(found) == [FindingCode.SPLIT_GAINS, FindingCode.LAST_YUAN_LOSES]
    assert found[0].values["gain"] == pytest.approx(10 * (5**0.5 - 3 / 2**0.5) * 100, rel=0.05)
    assert found[1].values["last_unit"] == pytest.approx(10 * 5**0.5 / 2 / 100, rel=0.1)


def test_alike_cells_gain_nothing_and_a_budget_can_be_too_large():
    assert codes(split([20.0, 20.0], 100.0)) == [FindingCode.SPLIT_GAINS_NOTHING, FindingCode.LAST_YUAN_PAYS]
    assert codes(split([20.0, 20.0], 100_000.0))[1] == FindingCode.LAST_YUAN_LOSES
    left = split([20.0, 20.0], 1000.0, cap=100.0)[1]
    assert (left.code, left.values["left"]) == (FindingCode.BUDGET_LEFT, pytest.approx(800.0))


def four_draws(*converted):
    """A plan of 100 customers that costs 100 and earns 10 a conversion, with these draws of conversions."""
    sold = np.array(converted, dtype=float)
    assumed = {name: np.full(len(sold), 0.1) for name in ("participation", "conversion")}
    assumed |= {"sales": np.full(len(sold), 50.0), "contribution": np.full(len(sold), 10.0), "cost": np.ones(len(sold))}
    outcomes = {"converted": sold, "contribution": 10 * sold, "cost": np.full(len(sold), 100.0), "roi": sold / 10 - 1}
    return Forecast(Plan(100, {}), assumed, outcomes)


def test_the_break_even_is_reached_by_whoever_just_reaches_it():
    """Ten conversions pay for it; of 9, 10, 11 and 12 three reach that, two earn more than the cost."""
    found = forecast_findings(four_draws(9, 10, 11, 12))
    assert (found[1].values["needed"], found[1].values["chance"]) == (10, 0.75)
    assert found[0].values["chance"] == 0.5


@pytest.mark.parametrize(
    ("above", "code"),
    [
        (8, FindingCode.FORECAST_PAYS),
        (7, FindingCode.FORECAST_OPEN),
        (3, FindingCode.FORECAST_OPEN),
        (2, FindingCode.FORECAST_LOSES),
    ],
)
def test_likely_is_four_in_five_and_unlikely_one_in_five(above, code):
    found = forecast_findings(four_draws(*[20] * above, *[5] * (10 - above)))
    assert (found[0].code, found[0].values["chance"]) == (code, above / 10)
