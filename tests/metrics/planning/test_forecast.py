import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.planning.experience import learn
from metrics.planning.forecast import Forecast, Plan, forecast
from tests.metrics.planning import simulated

FACTORS = ("objective", "channel")
OUTCOMES = ("participated", "converted", "sales", "contribution", "cost", "roi", "roi_incremental", "roi_measured")


def campaigns(rng, count=60):
    """Past campaigns with known laws: sales of 20,000 a conversion (CV 1), 1 % contribution, 3 a customer."""
    frame = pd.DataFrame(
        {"objective": rng.choice(["acquire", "grow"], count), "channel": rng.choice(["phone", "message"], count)}
    )
    base = frame["objective"].map({"acquire": -3.2, "grow": -2.6}).to_numpy()
    conversion = 1 / (1 + np.exp(-(base + rng.normal(0, 0.2, count))))
    n = rng.integers(1000, 6000, count)
    frame["n"] = n
    frame["participated"] = rng.binomial(n, 0.25 + 0.1 * (frame["channel"] == "phone"))
    frame["converted"] = rng.binomial(n, conversion)
    level = np.exp(rng.normal(np.log(20_000), 0.15, count))
    for name, part in (("sales", 1.0), ("contribution", 0.01)):
        rows = [rng.exponential(a * part, k) for a, k in zip(level, frame["converted"], strict=True)]
        total = np.array([r.sum() for r in rows])
        frame[f"sum_{name}"] = total
        frame[f"squares_{name}"] = np.array([(r**2).sum() for r in rows]) - total**2 / n
    frame["cost"] = n * np.exp(rng.normal(np.log(3.0), 0.2, count))
    return frame


@pytest.fixture(scope="module")
def experience():
    return learn(campaigns(np.random.default_rng(1)), FACTORS)


def plan(**changes):
    return Plan(**({"customers": 4000, "factors": {"objective": "grow", "channel": "phone"}} | changes))


@pytest.mark.slow
def test_80_percent_limits_hold_80_percent_of_campaigns_drawn_from_the_model():
    """Twenty banks, each with a past of 45 campaigns and 25 new ones: 500 forecasts of each of eight outcomes."""
    inside: dict[str, list[float]] = {}
    for seed in range(20):
        rng = np.random.default_rng(seed)
        own = simulated.bank(rng)
        known = learn(simulated.campaigns(rng, own, 45), simulated.FACTORS, simulated.CROSSED)
        for place, row in enumerate(simulated.campaigns(rng, own, 25).to_dict("records")):
            wanted = Plan(row["n"], {name: row[name] for name in simulated.FACTORS})
            seen = forecast(known, wanted, control=row["control_n"], draws=800, seed=100 * seed + place)
            for outcome in OUTCOMES:
                limits = seen.interval(outcome)
                inside.setdefault(outcome, []).append(limits.low[0] <= row[outcome] <= limits.high[0])
    coverage = {outcome: round(float(np.mean(hits)), 3) for outcome, hits in inside.items()}
    assert all(0.73 <= share <= 0.87 for share in coverage.values()), coverage
    assert 0.78 <= np.mean(list(coverage.values())) <= 0.82, coverage


def test_the_same_seed_gives_the_same_forecast_and_another_one_nearly_so(experience):
    first, again, other = (forecast(experience, plan(), seed=seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first.outcomes["roi"], again.outcomes["roi"])
    assert not np.array_equal(first.outcomes["roi"], other.outcomes["roi"])
    assert first.interval("converted").estimate[0] == pytest.approx(other.interval("converted").estimate[0], rel=0.03)


def test_the_chance_of_paying_agrees_with_the_break_even_and_falls_with_cost(experience):
    cheap, dear = (forecast(experience, plan(cost_per_customer=c)) for c in (1.0, 30.0))
    assert cheap.chance("roi") > 0.99
    assert dear.chance("roi") < 0.05
    assert cheap.break_even_conversions() == pytest.approx(4000 / np.median(cheap.assumptions["contribution"]))
    assert cheap.chance("converted", above=cheap.break_even_conversions()) > 0.99


def test_what_is_certain_swings_nothing_and_what_is_irrelevant_neither(experience):
    table = forecast(experience, plan(cost_per_customer=5.0)).sensitivity("roi").set_index("assumption")["swing"]
    assert table["cost"] == 0
    assert table["participation"] == 0
    assert table["conversion"] > 0
    assert table.is_monotonic_decreasing


def test_amounts_in_another_unit_change_the_money_and_not_the_return(experience):
    past = campaigns(np.random.default_rng(1))
    for name in ("sum_sales", "sum_contribution", "cost"):
        past[name] *= 100
    for name in ("squares_sales", "squares_contribution"):
        past[name] *= 100**2
    minor, major = forecast(learn(past, FACTORS), plan()), forecast(experience, plan())
    np.testing.assert_allclose(minor.interval("sales").low, 100 * major.interval("sales").low, rtol=1e-3)
    np.testing.assert_allclose(minor.interval("roi").high, major.interval("roi").high, rtol=1e-2)


def test_a_campaign_that_costs_nothing_has_no_return(experience):
    free = forecast(experience, plan(cost_per_customer=0.0))
    assert np.isnan(free.outcomes["roi"]).all()
    assert np.isnan(free.chance("roi"))
    assert np.isnan(free.interval("roi").estimate[0])
    assert free.interval("roi").reason[0] != ""


def test_what_no_campaign_records_is_named_when_a_plan_needs_it():
    past = campaigns(np.random.default_rng(2))
    past["cost"] = np.nan
    known = learn(past, FACTORS)
    with pytest.raises(DomainError, match="cost"):
        forecast(known, plan())
    assert forecast(known, plan(cost_per_customer=2.0)).chance("roi") > 0
    with pytest.raises(ShapeError, match="sum_sales"):
        learn(past.drop(columns="sum_sales"), FACTORS)
    with pytest.raises(DomainError):
        forecast(known, plan(customers=0))


def test_to_break_even_is_not_to_pay():
    """Of four draws one earns more than it cost, one exactly that."""
    drawn = Forecast(Plan(10, {}), {}, {"roi": np.array([0.5, 0.0, -0.1, -1.0]), "converted": np.array([3.0, 4, 5, 6])})
    assert drawn.chance("roi") == 0.25
    assert drawn.chance("converted", above=4) == 0.5


def test_the_costs_that_stand_whatever_happens_are_paid_once(experience):
    bare, fixed = (forecast(experience, plan(cost_per_customer=2.0, fixed_cost=c)) for c in (0.0, 5000.0))
    assert set(bare.outcomes["cost"]) == {8000.0}
    assert set(fixed.outcomes["cost"]) == {13_000.0}
    np.testing.assert_allclose(fixed.outcomes["roi"], fixed.outcomes["contribution"] / 13_000 - 1)


def test_the_middle_and_the_limits_are_those_of_the_draws_by_order():
    """Of 101 draws 0 to 100 the tenth, the fiftieth and the ninetieth."""
    drawn = Forecast(Plan(200, {}), {}, {"converted": np.arange(101.0)[::-1]}).interval("converted", level=0.8)
    np.testing.assert_allclose([drawn.low[0], drawn.estimate[0], drawn.high[0]], [10, 50, 90])
    assert drawn.n[0] == 200


def test_customers_convert_whether_they_participated_or_not(experience):
    seen = forecast(experience, plan(), draws=4000)
    expected = 4000 * np.median(seen.assumptions["conversion"])
    assert seen.interval("converted").estimate[0] == pytest.approx(expected, rel=0.02)
    assert seen.interval("participated").estimate[0] == pytest.approx(
        4000 * np.median(seen.assumptions["participation"]), rel=0.02
    )


def test_the_break_even_is_that_of_the_middle_of_what_it_may_cost():
    """A cost of 10, 10 and 100 at a contribution of 2, 2 and 5 a conversion: five conversions."""
    amounts = {"contribution": np.array([2.0, 2.0, 5.0])}
    drawn = Forecast(Plan(10, {}), amounts, {"cost": np.array([10.0, 10.0, 100.0])})
    assert drawn.break_even_conversions() == 5


def test_a_forecast_is_the_same_to_the_digit_whatever_the_number_of_threads():
    """250 campaigns: linear algebra of so many is shared out among threads, and its sums are then rounded otherwise."""
    asked = """
import hashlib
from benchmarks.bench_plan import past
from metrics.planning.experience import learn
from metrics.planning.forecast import Plan, forecast
drawn = forecast(learn(past(250), ["tier", "channel"]), Plan(1_000, {"tier": "s1", "channel": "a"}), draws=2_000)
print(hashlib.sha256(b"".join(values.tobytes() for values in drawn.outcomes.values())).hexdigest())
"""
    root = Path(__file__).parents[3]
    told = [
        subprocess.run(
            [sys.executable, "-c", asked],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": str(root)},
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert len(told[0]) > 60
    assert told[0] == told[1]


def holding_out(count=60):
    rng = np.random.default_rng(3)
    return simulated.campaigns(rng, simulated.bank(rng), count)


def told_of(past, **changes):
    known = learn(past, simulated.FACTORS, simulated.CROSSED)
    wanted = Plan(2000, {name: past[name].iloc[0] for name in simulated.FACTORS}, **changes)
    return known, lambda **asked: forecast(known, wanted, draws=20_000, seed=2, **asked)


def test_the_return_is_measured_with_the_luck_of_those_held_out():
    """Of few held out it says little more than chance; of very many, all but what the contacted add by chance."""
    _, seen = told_of(holding_out())
    few, many = seen(control=100), seen(control=2_000_000)
    assert "roi_measured" not in seen().outcomes
    true = few.outcomes["roi_incremental"]
    for one in (few, many):
        assert np.median(one.outcomes["roi_measured"]) == pytest.approx(np.median(true), abs=0.35)
    rate = float(np.median(few.assumptions["conversion"] - few.assumptions["effect"]))
    worth = float(np.median(few.assumptions["contribution"] / (few.assumptions["cost"] + 1e-9)))
    # By hand: the share of 100 customers that buys by itself, seen as that of the contacted; amounts vary besides.
    at_least = worth * np.sqrt(rate * (1 - rate) / 100)
    noise = np.sqrt(np.var(few.outcomes["roi_measured"]) - np.var(many.outcomes["roi_measured"]))
    assert at_least < noise < 3 * at_least


def test_what_hung_together_in_the_past_is_drawn_together():
    known, seen = told_of(holding_out())
    drawn = seen()
    names = list(known.models)
    scale = {name: drawn.assumptions[name] if name == "effect" else np.log(drawn.assumptions[name]) for name in names}
    ranks = np.corrcoef([stats.rankdata(scale[name]) for name in names])
    np.testing.assert_allclose(ranks, 6 / np.pi * np.arcsin(known.together / 2), atol=0.04)
    assert known.together[names.index("sales"), names.index("contribution")] > 0.7


def test_a_cost_that_is_set_leaves_the_others_as_they_were():
    _, seen = told_of(holding_out(), cost_per_customer=3.0)
    assert set(seen().outcomes["cost"]) == {6000.0}
    assert np.corrcoef(seen().assumptions["sales"], seen().assumptions["contribution"])[0, 1] > 0.6
