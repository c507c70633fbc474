import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metrics.errors import DomainError, ShapeError
from metrics.planning.experience import learn
from metrics.planning.forecast import Forecast, Plan, forecast

FACTORS = ("objective", "channel")


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
def test_80_percent_limits_of_a_new_campaign_hold_about_80_percent_of_what_happens():
    inside = {"participated": [], "converted": [], "sales": [], "contribution": [], "cost": [], "roi": []}
    for seed in range(12):
        rng = np.random.default_rng(seed)
        past, new = campaigns(rng), campaigns(rng, 40)
        known = learn(past, FACTORS)
        new["sales"], new["contribution"] = new["sum_sales"], new["sum_contribution"]
        new["roi"] = new["contribution"] / new["cost"] - 1
        for row in new.to_dict("records"):
            seen = forecast(known, plan(customers=row["n"], factors={f: row[f] for f in FACTORS}), draws=800, seed=seed)
            for outcome, hits in inside.items():
                limits = seen.interval(outcome)
                hits.append(limits.low[0] <= row[outcome] <= limits.high[0])
    coverage = {outcome: np.mean(hits) for outcome, hits in inside.items()}
    assert all(0.72 < share < 0.88 for share in coverage.values()), coverage


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


def counted_by_hand(scales=(1, 2, 3, 1, 2, 3, 1, 2)):
    """Campaigns of ten customers of whom two bought, for 1 and for 3 times the campaign's scale."""
    scale = np.array(scales, dtype=float)
    frame = pd.DataFrame(
        {"objective": "grow", "channel": "phone", "n": 10, "participated": 4, "converted": 2}, index=range(8)
    )
    for name in ("sales", "contribution"):
        frame[f"sum_{name}"] = 4 * scale
        frame[f"squares_{name}"] = (1 + 9 - 4**2 / 10) * scale**2  # about the mean of all ten
    return frame.assign(cost=30.0)


def test_what_one_conversion_varies_by_is_the_spread_among_those_who_bought():
    """1 and 3 have the mean 2 and the standard deviation sqrt(2), a variation of 0.7071, whatever the scale."""
    known = learn(counted_by_hand(), FACTORS)
    assert known.spread["sales"] == pytest.approx(np.std([1, 3], ddof=1) / 2)
    assert known.spread["contribution"] == pytest.approx(2**0.5 / 2)
    # On the log scale each campaign's mean has that variation / sqrt(2) as its error.
    np.testing.assert_allclose(known.models["sales"].outcomes.variance, 0.25)


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
