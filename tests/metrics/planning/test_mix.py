import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from metrics.errors import ShapeError
from metrics.planning.mix import averages, indices


def cells(*rows):
    names = ["campaign_id", "tier", "n", "participated", "converted", "sum_sales", "sum_contribution"]
    return pd.DataFrame(rows, columns=names)


def test_a_tier_is_held_against_the_others_of_its_campaigns():
    """In the poor campaign high buys six times as often as low; the rich one has no high and says nothing of that."""
    told = indices(
        cells(
            ("poor", "low", 600, 60, 30, 100.0, 10.0),
            ("poor", "high", 400, 60, 120, 800.0, 80.0),
            ("rich", "low", 1000, 500, 500, 5000.0, 500.0),
        ),
        ["tier"],
    ).set_index("tier")
    rates = told["index_conversion"]
    assert rates["high"] / rates["low"] == pytest.approx((120 / 400) / (30 / 600))
    assert (1600 * rates["low"] + 400 * rates["high"]) / 2000 == pytest.approx(1)
    amounts = told["index_sales"]
    assert amounts["high"] / amounts["low"] == pytest.approx((800 / 120) / (100 / 30))
    assert told.loc["high", "index_effect"] == rates["high"]


def test_the_indices_are_those_of_a_poisson_regression_on_campaign_and_tier():
    rng = np.random.default_rng(5)
    rows = [
        (f"c{c}", tier, n, 50, int(rng.poisson(n * rate * own)) + 1, 10.0, 1.0)
        for c, own in enumerate(rng.lognormal(0, 0.8, 12))
        for tier, rate in (("low", 0.03), ("middle", 0.06), ("high", 0.15))
        for n in [int(rng.integers(500, 3000))]
    ]
    every = cells(*rows)
    told = indices(every, ["tier"]).set_index("tier")["index_conversion"]
    design = pd.get_dummies(every[["campaign_id", "tier"]], dtype=float).drop(columns="tier_low")
    fitted = sm.GLM(every["converted"], design, family=sm.families.Poisson(), offset=np.log(every["n"])).fit()
    for tier in ("middle", "high"):
        assert np.log(told[tier] / told["low"]) == pytest.approx(fitted.params[f"tier_{tier}"], abs=1e-6)


def test_the_average_of_a_campaign_is_that_of_its_own_customers():
    every = cells(
        ("poor", "low", 900, 90, 45, 45.0, 5.0),
        ("poor", "high", 100, 30, 30, 90.0, 9.0),
        ("rich", "low", 100, 10, 5, 5.0, 1.0),
        ("rich", "high", 900, 270, 270, 810.0, 81.0),
    )
    parts = indices(every, ["tier"])
    of = averages(every, ["tier"], parts)
    rates, amounts = (parts.set_index("tier")[f"index_{name}"] for name in ("conversion", "sales"))
    assert of.loc["poor", "index_conversion"] == pytest.approx(0.9 * rates["low"] + 0.1 * rates["high"])
    assert of.loc["rich", "index_sales"] == pytest.approx((5 * amounts["low"] + 270 * amounts["high"]) / 275)
    # Both campaigns are alike but for whom they were for: their averages are as far apart as their rates.
    assert of.loc["rich", "index_conversion"] / of.loc["poor", "index_conversion"] == pytest.approx(275 / 75)


def test_few_customers_say_nothing():
    """29 who bought are taken for average customers, 30 are not: five times the others, and the average is 1."""
    for bought, expected in ((29, 1.0), (30, 5 * 1100 / 1500)):
        told = indices(
            cells(("a", "low", 1000, 100, 60, 10.0, 1.0), ("a", "high", 100, 90, bought, 10.0, 1.0)), ["tier"]
        ).set_index("tier")
        assert told.loc["high", "index_conversion"] == pytest.approx(expected)


def test_what_is_not_recorded_changes_nothing():
    told = indices(
        cells(("a", "low", 500, np.nan, 40, np.nan, np.nan), ("a", "high", 500, np.nan, 60, np.nan, np.nan)), ["tier"]
    ).set_index("tier")
    assert told["index_participation"].tolist() == [1.0, 1.0]
    assert told["index_sales"].tolist() == [1.0, 1.0]
    assert told.loc["high", "index_conversion"] == pytest.approx(1.2)


def test_a_missing_column_is_named():
    with pytest.raises(ShapeError, match="sum_sales"):
        indices(cells().drop(columns="sum_sales"), ["tier"])
