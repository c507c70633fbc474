"""One scenario held against a target and a control, with answers from outside the module."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from metrics.errors import DomainError, ShapeError
from metrics.planning.experience import learn, learn_cost
from metrics.planning.forecast import Plan, forecast
from metrics.planning.what_if import what_if
from tests.metrics.planning.test_forecast import FACTORS, campaigns, plan

EFFECT = 0.02


def with_controls(rng: np.random.Generator, effect: float = EFFECT) -> pd.DataFrame:
    """Past campaigns that held 1,000 customers out each, whose customers buy less by the effect."""
    past = campaigns(rng)
    base = np.clip(past["converted"] / past["n"] - effect, 0.0, 1.0)
    return past.assign(control_n=1000, control_converted=rng.binomial(1000, base))


@pytest.fixture(scope="module")
def known():
    return learn(with_controls(np.random.default_rng(1)), FACTORS)


def test_what_contact_adds_is_learned_from_the_controls(known):
    drawn = forecast(known, plan(), seed=3)
    assert np.median(drawn.assumptions["effect"]) == pytest.approx(EFFECT, abs=0.004)
    assert drawn.roi == "roi_incremental"
    by_hand = drawn.outcomes["added"] * drawn.assumptions["contribution"] / drawn.outcomes["cost"] - 1
    np.testing.assert_allclose(drawn.outcomes["roi_incremental"], by_hand)


def test_without_controls_the_return_is_that_of_all_sales():
    answer = what_if(learn(campaigns(np.random.default_rng(1)), FACTORS), plan())
    assert answer.forecast.roi == "roi"
    assert answer.chance_pays == answer.forecast.chance("roi")


def test_the_dots_are_twenty_equally_likely_outcomes(known):
    answer = what_if(known, plan(cost_per_customer=30.0))
    roi = answer.forecast.outcomes["roi_incremental"]
    assert len(answer.dots) == 20
    below = [np.mean(roi < dot) for dot in answer.dots]
    np.testing.assert_allclose(below, (np.arange(20) + 0.5) / 20, atol=0.001)
    assert abs(np.mean(answer.dots > 0) - answer.chance_pays) <= 0.05


def test_the_target_is_reached_where_sales_equal_it(known):
    drawn = forecast(known, plan(), seed=0)
    sales = np.sort(drawn.outcomes["sales"])
    target = float(sales[4000])  # 6,000 of 10,000 are at least that
    assert what_if(known, plan(), target=target).chance_target == pytest.approx(0.6)
    assert np.isnan(what_if(known, plan()).chance_target)


def test_the_break_even_effect_pays_the_cost_and_the_power_is_statsmodels(known):
    """4,000 customers at 30 each and a worth of one conversion near 200: about 0.15 more each."""
    answer = what_if(known, plan(cost_per_customer=30.0), control=1000)
    worth = np.median(answer.forecast.assumptions["contribution"])
    assert answer.control.break_even * 4000 * worth == pytest.approx(4000 * 30.0)
    base, treated = answer.control.base, answer.control.base + answer.control.break_even
    theirs = NormalIndPower().power(proportion_effectsize(treated, base), 1000, 0.05, ratio=4.0)
    assert answer.control.power == pytest.approx(theirs, abs=0.03)


def test_the_best_share_is_the_smallest_that_shows_the_break_even(known):
    few = what_if(known, plan(cost_per_customer=5.0), control=80).control
    assert few.power < 0.8
    size = round(few.best * 4080)
    enough = what_if(known, plan(customers=4080 - size, cost_per_customer=5.0), control=size).control
    assert enough.power >= 0.79
    less = round((few.best - 0.02) * 4080)
    assert what_if(known, plan(customers=4080 - less, cost_per_customer=5.0), control=less).control.power < 0.8
    assert few.forgone == pytest.approx((few.best_customers - 80) * EFFECT, rel=0.2)


def test_nobody_held_out_shows_nothing(known):
    assert what_if(known, plan()).control.power == 0.0


def test_what_is_impossible_is_refused(known):
    for wrong in ({"control": -1}, {}):
        with pytest.raises(DomainError, match="not negative"):
            what_if(known, plan(fixed_cost=-1.0) if not wrong else plan(), **wrong)
    with pytest.raises(ShapeError, match="add up"):
        what_if(known, plan(parts=pd.DataFrame({"customers": [1, 2]})))


def test_parts_add_up_and_share_the_luck_of_their_campaign(known):
    """Two halves are as uncertain as the whole, not by the root of two surer."""
    halves = pd.DataFrame({"customers": [2000, 2000]})
    whole, both = (forecast(known, plan(parts=parts), seed=5, draws=20_000) for parts in (None, halves))
    for name in ("converted", "sales", "roi_incremental"):
        one, two = whole.interval(name), both.interval(name)
        np.testing.assert_allclose([one.low, one.high], [two.low, two.high], rtol=0.03)


def test_an_index_multiplies_the_rate_of_its_part(known):
    parts = pd.DataFrame({"customers": [3000, 1000], "index_conversion": [1.0, 3.0], "index_sales": [1.0, 2.0]})
    plain, rich = (forecast(known, plan(parts=p), seed=5) for p in (parts[["customers"]], parts))
    rate = np.median(rich.assumptions["conversion"]) / np.median(plain.assumptions["conversion"])
    assert rate == pytest.approx((3 + 1 * 3) / 4, rel=0.01)
    worth = np.median(rich.assumptions["sales"]) / np.median(plain.assumptions["sales"])
    assert worth == pytest.approx((3 * 1 + 3 * 2) / 6, rel=0.01), "half of those who buy buy twice as much"


@given(st.floats(1.0, 60.0), st.floats(0.0, 50_000.0))
@settings(max_examples=15, deadline=None)
def test_a_dearer_plan_is_never_likelier_to_pay(known, each, fixed):
    cheap = what_if(known, plan(cost_per_customer=each, fixed_cost=fixed), draws=500)
    dear = what_if(known, plan(cost_per_customer=each * 1.2, fixed_cost=fixed + 10), draws=500)
    assert dear.chance_pays <= cheap.chance_pays
    assert dear.control.break_even > cheap.control.break_even


def test_fifty_segments_in_six_channels_are_one_forecast(known):
    parts = pd.DataFrame(
        [(f"s{s}", c, 10) for s in range(50) for c in "abcdef"], columns=["tier", "channel", "customers"]
    )
    answer = what_if(known, Plan(3000, {"objective": "grow"}, parts=parts), control=300, draws=200)
    assert answer.forecast.interval("converted").n[0] == 3000


def test_each_arm_is_held_against_the_control_with_its_own_customers(known):
    """Power of two shares by the arcsine transformation, another library's, at 5 % for both arms together."""
    answer = what_if(known, plan(cost_per_customer=5.0), control=400, arms=[900, 300])
    control = answer.control
    effect = proportion_effectsize(control.base + control.break_even, control.base)
    for arm, power in zip((900, 300), control.by_arm, strict=True):
        by_hand = NormalIndPower().power(effect, nobs1=400, alpha=0.025, ratio=arm / 400)
        assert power == pytest.approx(by_hand, abs=0.06)
    assert control.by_arm[0] > control.by_arm[1]
    assert what_if(known, plan(cost_per_customer=5.0), control=0, arms=[900]).control.by_arm == (0.0,)


def test_a_cost_that_is_known_stands_beside_what_is_learned(known):
    learned = forecast(known, plan(), seed=3).outcomes["cost"]
    customers = plan().customers
    beside = forecast(known, plan(beside_per_customer=7.0), seed=3).outcomes["cost"]
    np.testing.assert_allclose(beside, learned + 7.0 * customers)
    with pytest.raises(DomainError):
        what_if(known, plan(beside_per_customer=-1.0))


def test_what_is_left_of_the_cost_is_learned_anew_and_nothing_else(known):
    past = with_controls(np.random.default_rng(1))
    half = learn_cost(known, past.assign(cost=past["cost"] / 2))
    ratio = np.median(forecast(half, plan(), seed=3).outcomes["cost"]) / np.median(
        forecast(known, plan(), seed=3).outcomes["cost"]
    )
    assert ratio == pytest.approx(0.5)
    assert half.models["sales"] is known.models["sales"]
    assert "cost" not in learn_cost(known, past.assign(cost=0.0)).models
