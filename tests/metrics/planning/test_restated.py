"""A forecast of an older model keeps what it said."""

import numpy as np
import pandas as pd
import pytest

from metrics.planning.experience import learn
from metrics.planning.forecast import Forecast, Plan, forecast
from metrics.planning.restated import restated, says
from tests.metrics.planning import simulated

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@pytest.fixture(scope="module")
def drawn() -> Forecast:
    rng = np.random.default_rng(1)
    past = simulated.campaigns(rng, simulated.bank(rng), 60)
    factors = {name: str(past[name].iloc[-1]) for name in simulated.FACTORS}
    learned = learn(past, simulated.FACTORS, simulated.CROSSED)
    return forecast(learned, Plan(2_000, factors, fixed_cost=10_000.0), control=500, draws=4_000, seed=3)


def kept(drawn: Forecast, times: float = 1.0) -> dict[str, dict[float, float]]:
    return {
        name: {level: times * float(np.quantile(values, level)) for level in LEVELS}
        for name, values in drawn.outcomes.items()
    }


def test_a_forecast_says_what_was_kept_of_it_and_no_other_does(drawn: Forecast):
    assert says(drawn, kept(drawn))
    assert not says(drawn, kept(drawn, 1.001))
    told = kept(drawn)
    del told["sales"]
    assert not says(drawn, told)


def test_restated_it_has_the_quantiles_that_were_kept(drawn: Forecast):
    older = kept(drawn, 1.3)
    found = restated(drawn, older)
    for name, told in older.items():
        np.testing.assert_allclose(np.quantile(found.outcomes[name], LEVELS), list(told.values()), rtol=1e-2)
    assert np.median(found.assumptions["sales"]) == pytest.approx(np.median(drawn.assumptions["sales"]), rel=0.02)
    of_all = found.outcomes["converted"] / found.plan.customers
    assert np.median(found.assumptions["conversion"]) == pytest.approx(np.median(of_all), rel=0.02)
    costs = found.plan.fixed_cost + found.plan.customers * found.assumptions["cost"]
    np.testing.assert_allclose(costs, found.outcomes["cost"])


def test_what_hung_together_still_does(drawn: Forecast):
    found = restated(drawn, kept(drawn, 0.7))
    ranks = [
        pd.DataFrame({n: one.outcomes[n] for n in ("converted", "sales", "cost")}).rank().corr()
        for one in (drawn, found)
    ]
    np.testing.assert_allclose(ranks[0], ranks[1], atol=0.02)


def test_restating_what_is_said_already_changes_next_to_nothing(drawn: Forecast):
    found = restated(drawn, kept(drawn))
    for name, values in found.outcomes.items():
        assert np.corrcoef(values, drawn.outcomes[name])[0, 1] > 0.99


def test_what_was_not_kept_is_not_said(drawn: Forecast):
    older = {
        name: told for name, told in kept(drawn).items() if name not in ("added", "roi_incremental", "roi_measured")
    }
    found = restated(drawn, older)
    assert set(found.outcomes) == set(older)
    assert "effect" not in found.assumptions
    assert found.roi == "roi"


def test_beyond_the_outermost_the_normal_score_is_straight_and_counts_stay_above_nothing(drawn: Forecast):
    older = kept(drawn)
    older["converted"] = dict(zip(LEVELS, [0.0, 1.0, 2.0, 4.0, 6.0, 9.0, 12.0], strict=True))
    found = restated(drawn, older).outcomes["converted"]
    assert found.min() == 0
    assert 12 < found.max() < 20
