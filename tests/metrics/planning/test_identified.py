import numpy as np
import pandas as pd
import pytest
from scipy import optimize
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from metrics.estimate import Intervals
from metrics.planning.allocation import Constraints, ResponseCurves, allocate
from metrics.planning.identified import experiment, identified


def history(costs, cell="a"):
    """One customer a campaign at these costs."""
    return pd.DataFrame({"cell": cell, "spend": np.asarray(costs, dtype=float) * 10, "n": 10})


@pytest.mark.parametrize(
    ("costs", "told"),
    [
        ([1, 1, 1, 1, 1], False),
        ([1, 2, 4], False),  # three campaigns are too few
        ([1, 2, 4, 2], True),
        ([1.0, 1.1, 1.2, 1.1], False),
    ],
)
def test_history_tells_where_the_cost_of_a_customer_differed_often_enough(costs, told):
    assert identified(history(costs)).to_dict() == {"a": told}


def test_more_customers_at_one_price_tell_nothing():
    rows = pd.DataFrame({"cell": "a", "spend": [10.0, 100.0, 1000.0, 5000.0], "n": [10, 100, 1000, 5000]})
    assert not identified(rows)["a"]


def test_the_experiment_shows_the_rise_that_its_extra_cost_needs():
    """Twice 8 for a worth of 400: 2 points more than 5 %, shown in eight of ten by statsmodels' size."""
    found = experiment(0.05, 400.0, 8.0)
    theirs = NormalIndPower().solve_power(proportion_effectsize(0.07, 0.05), power=0.8, alpha=0.05)
    assert found.customers == pytest.approx(theirs, rel=0.02)
    assert found.cost == pytest.approx(found.customers * (8 + 16))
    assert np.isnan(experiment(0.05, 4.0, 8.0).customers), "no rise is large enough"


def curves(rng, cells):
    power = Intervals.of([0.6], [0.5], [0.7], n=[50])
    return ResponseCurves(np.array([f"c{n}" for n in range(cells)]), rng.lognormal(3, 1, cells), power)


@pytest.mark.parametrize("seed", range(3))
def test_the_split_is_that_of_a_solver_that_is_not_ours(seed):
    rng = np.random.default_rng(seed)
    told, caps = curves(rng, 12), rng.uniform(50, 400, 12)
    ours = allocate(told, Constraints(budget=900.0, caps=caps))
    theirs = optimize.minimize(
        lambda spend: -told.contribution(np.maximum(spend, 0.0)).sum() / 1000,
        np.full(12, 900.0 / 12).clip(max=caps),
        method="SLSQP",
        bounds=[(0.0, cap) for cap in caps],
        constraints=[{"type": "ineq", "fun": lambda spend: 900.0 - spend.sum()}],
        options={"maxiter": 500, "ftol": 1e-10},
    )
    assert ours.contribution == pytest.approx(-1000 * theirs.fun, rel=2e-3)
    assert ours.contribution >= -1000 * theirs.fun * (1 - 2e-3)


def test_more_budget_never_lowers_the_value_of_the_best_split():
    rng = np.random.default_rng(9)
    told, caps = curves(rng, 8), rng.uniform(50, 400, 8)
    values = [allocate(told, Constraints(budget=money, caps=caps)).contribution for money in np.linspace(1, 3000, 12)]
    assert (np.diff(values) >= -1e-6).all()
