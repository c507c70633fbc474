import numpy as np
import pandas as pd
import pytest

from metrics.planning.experience import learn, learn_cost
from metrics.planning.hierarchy import Outcomes, fit
from tests.metrics.planning import simulated

FACTORS = ("objective", "channel")
PARTS = pd.DataFrame({"objective": ["grow"], "channel": ["phone"]})


def counted_by_hand(scales=(1, 2, 3, 1, 2, 3, 1, 2)):
    """Campaigns of ten customers of whom two bought, for 1 and for 3 times the campaign's scale."""
    scale = np.array(scales, dtype=float)
    frame = pd.DataFrame(
        {"objective": "grow", "channel": "phone", "n": 10, "participated": 4, "converted": 2}, index=range(len(scales))
    )
    for name in ("sales", "contribution"):
        frame[f"sum_{name}"] = 4 * scale
        frame[f"squares_{name}"] = (1 + 9 - 4**2 / 10) * scale**2  # about the mean of all ten
    return frame.assign(cost=30.0)


def test_what_one_conversion_varies_by_is_the_spread_among_those_who_bought():
    """1 and 3 have the mean 2 and the standard deviation sqrt(2), a variation of 0.7071, whatever the scale."""
    known = learn(counted_by_hand(), FACTORS)
    assert known.variation("sales", PARTS).tolist() == pytest.approx([np.std([1, 3], ddof=1) / 2])
    assert known.variation("contribution", PARTS).tolist() == pytest.approx([2**0.5 / 2])
    # On the log scale: half over one degree of freedom, and half over two for the mean.
    np.testing.assert_allclose(known.spread["sales"].outcomes.variance, 1 / 2 + 0.5 / 2)
    # On the log scale each campaign's mean has that variation / sqrt(2) as its error.
    np.testing.assert_allclose(known.models["sales"].outcomes.variance, 0.25)


def test_two_buyers_of_like_amounts_do_not_make_a_campaign_certain():
    """A ninth campaign in which both bought for 2: its mean is as uncertain as that of the others."""
    past = counted_by_hand((1, 2, 3, 1, 2, 3, 1, 2, 1))
    past.loc[8, ["squares_sales", "squares_contribution"]] = 2 * 2**2 - 4**2 / 10
    known = learn(past, FACTORS)
    np.testing.assert_allclose(known.models["sales"].outcomes.variance, 0.25)
    assert len(known.spread["sales"].factors) == 8


def test_amounts_that_are_all_alike_do_not_vary():
    past = counted_by_hand()
    for name in ("sales", "contribution"):
        past[f"squares_{name}"] = 2 * (past[f"sum_{name}"] / 2) ** 2 - past[f"sum_{name}"] ** 2 / 10
    known = learn(past, FACTORS)
    assert known.spread == {}
    assert known.variation("sales", PARTS).tolist() == [0.0]
    assert known.models["sales"].outcomes.variance.max() == 0.0


def test_what_is_sold_says_how_much_one_sale_differs_from_the_next():
    rng = np.random.default_rng(4)
    past = simulated.campaigns(rng, simulated.bank(rng), 60)
    known = learn(past, simulated.FACTORS, simulated.CROSSED)
    told = known.variation("sales", past)
    true = past["line"].str.removeprefix("line").astype(int) % 4
    calm, wild = told[true == 0].mean(), told[true == 3].mean()
    assert calm == pytest.approx(0.6, rel=0.15)
    assert wild > 2 * calm


def columns(rng, count=40, **more):
    """Campaigns of 1,000 customers without factors that matter."""
    share = rng.uniform(0.05, 0.15, count)
    frame = pd.DataFrame(
        {
            "objective": "grow",
            "channel": "phone",
            "n": 100_000,
            "participated": 30_000,
            "converted": (100_000 * share).round(),
        },
        index=range(count),
    )
    for name in ("sales", "contribution"):
        frame[f"sum_{name}"], frame[f"squares_{name}"] = frame["converted"] * 5.0, frame["converted"] * 40.0
    return frame.assign(cost=100_000 * share, **more)


def test_what_missed_together_is_drawn_together_less_what_chance_would_show():
    """Cost a customer is the rate itself: a correlation of 1, less sqrt(log 5 / 40) for five assumptions."""
    past = columns(np.random.default_rng(2))
    known = learn(past, FACTORS)
    names = list(known.models)
    assert names == ["participation", "conversion", "sales", "contribution", "cost"]
    found = known.together[names.index("conversion"), names.index("cost")]
    assert found == pytest.approx(1 - np.sqrt(np.log(5) / 40), abs=0.02)
    np.testing.assert_allclose(np.diag(known.together), 1.0)
    np.linalg.cholesky(known.together)


def test_campaigns_that_tell_one_thing_only_do_not_count_for_two():
    """Of the twenty that record a cost, all were dear where they sold well."""
    past = columns(np.random.default_rng(2))
    past.loc[20:, "cost"] = np.nan
    known = learn(past, FACTORS)
    names = list(known.models)
    found = known.together[names.index("conversion"), names.index("cost")]
    assert found == pytest.approx(1 - np.sqrt(np.log(5) / 20), abs=0.03)


def test_a_cost_that_is_learned_anew_hangs_together_anew():
    past = columns(np.random.default_rng(2))
    known = learn(past, FACTORS)
    rng = np.random.default_rng(9)
    other = learn_cost(known, past.assign(cost=100_000 * rng.uniform(1, 2, len(past))))
    at = [list(known.models).index(name) for name in ("conversion", "cost")]
    assert known.together[*at] > 0.7
    assert abs(other.together[*at]) < 0.3
    assert other.crossed == known.crossed


def test_editions_tell_of_each_other_what_no_factor_tells():
    """Lines a and b do well in opposite themes: apart they tell nothing, together everything."""
    rng = np.random.default_rng(1)
    factors = pd.DataFrame({"theme": ["x", "x", "y", "y"] * 6, "line": ["a", "b"] * 12})
    value = np.where((factors["theme"] == "x") == (factors["line"] == "a"), 1.0, -1.0) + rng.normal(0, 0.05, 24)
    outcomes = Outcomes(value, np.full(24, 0.0025))
    planned = pd.DataFrame({"theme": ["x", "x"], "line": ["a", "b"]})
    plain, crossed = fit(outcomes, factors), fit(outcomes, factors, crossed=("theme", "line"))
    np.testing.assert_allclose(plain.predict(planned).mean, 0.0, atol=0.1)
    np.testing.assert_allclose(crossed.predict(planned).mean, [1.0, -1.0], atol=0.1)
    assert crossed.predict(planned).standard_deviation.max() < 0.2 < plain.predict(planned).standard_deviation.min()
    drawn = crossed.draw(planned, 4_000, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.mean(axis=1), [1.0, -1.0], atol=0.1)
    np.testing.assert_allclose(crossed.weights(planned) @ value, crossed.predict(planned).mean)
