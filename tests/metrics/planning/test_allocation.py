import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import optimize

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals
from metrics.planning.allocation import Constraints, ResponseCurves, allocate, fit_curves, spending


def curves(scale, elasticity=0.5):
    scale = np.asarray(scale, dtype=float)
    power = Intervals.of([elasticity], [elasticity], [elasticity], n=[100])
    return ResponseCurves(np.arange(len(scale)).astype(str), scale, power)


def test_without_other_limits_the_split_is_the_closed_form():
    """Equal marginal returns: with elasticity e, spend is in proportion to scale^(1 / (1 - e))."""
    some = curves([1.0, 2.0, 4.0], 0.5)
    best = allocate(some, Constraints(2100.0, np.full(3, 1e9)))
    np.testing.assert_allclose(best.spend, [100, 400, 1600], rtol=0.12)
    exact = some.contribution(np.array([100.0, 400.0, 1600.0])).sum()
    assert exact * 0.999 < best.contribution <= exact * (1 + 1e-9)
    assert best.last_unit == pytest.approx(0.05, rel=0.08)


@hypothesis_settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_under_all_limits_at_once_it_is_no_worse_than_a_general_solver(seed):
    rng = np.random.default_rng(seed)
    k = 6
    some = curves(rng.uniform(0.5, 5, k), 0.6)
    branch = np.array(["north", "south"] * 3)
    limits = Constraints(
        1000.0, rng.uniform(100, 500, k), rng.uniform(0.1, 1.0, k), 400.0, branch, {"north": 150.0, "south": 100.0}
    )
    try:
        best = allocate(some, limits)
    except DomainError:
        return
    tight = [
        {"type": "ineq", "fun": lambda s: 1000 - s.sum()},
        {"type": "ineq", "fun": lambda s: 400 - limits.hours_per_unit @ s},
        {"type": "ineq", "fun": lambda s: s[branch == "north"].sum() - 150},
        {"type": "ineq", "fun": lambda s: s[branch == "south"].sum() - 100},
    ]
    bounds = [(1e-6, cap) for cap in limits.caps]
    general = optimize.minimize(
        lambda s: -some.contribution(np.maximum(s, 0)).sum(), np.full(k, 50.0), bounds=bounds, constraints=tight
    )
    assert best.spend.sum() <= 1000 * (1 + 1e-9)
    assert (best.spend <= limits.caps + 1e-6).all()
    assert limits.hours_per_unit @ best.spend <= 400 * (1 + 1e-9)
    assert best.spend[branch == "north"].sum() >= 150 - 1e-6
    if general.success:
        assert best.contribution >= 0.998 * -general.fun


def test_the_price_of_the_last_unit_is_what_a_little_more_budget_brings():
    some = curves(np.linspace(1, 5, 8), 0.4)
    at = [allocate(some, Constraints(budget, np.full(8, 1e9))) for budget in (5000.0, 5250.0)]
    assert (at[1].contribution - at[0].contribution) / 250 == pytest.approx(at[0].last_unit, rel=0.06)
    capped = allocate(some, Constraints(5000.0, np.full(8, 10.0)))
    assert capped.spend.sum() == pytest.approx(80)
    assert capped.last_unit == pytest.approx(0, abs=1e-9)


def test_the_best_split_beats_the_equal_one_within_the_caps():
    some = curves([1.0, 2.0, 8.0])
    limits = Constraints(900.0, np.array([100.0, 1e6, 1e6]))
    even = np.array([100.0, 400.0, 400.0])
    assert allocate(some, limits).contribution > some.contribution(even).sum()


def test_curves_are_recovered_from_a_history_of_known_law():
    rng = np.random.default_rng(4)
    cells = np.repeat([f"cell {i}" for i in range(12)], 20)
    scale = np.repeat(np.exp(rng.normal(3, 0.5, 12)), 20)
    spend = np.exp(rng.normal(7, 0.8, 240)) * scale
    contribution = scale * spend**0.55 * np.exp(rng.normal(0, 0.2, 240))
    fitted = fit_curves(pd.DataFrame({"cell": cells, "spend": spend, "contribution": contribution}))
    assert fitted.elasticity.low[0] < 0.55 < fitted.elasticity.high[0]
    truth = pd.Series(scale, index=cells).groupby(level=0).first().loc[fitted.cell]
    middle = float(np.exp(7) * np.median(scale))
    np.testing.assert_allclose(fitted.contribution(np.full(12, middle)), truth * middle**0.55, rtol=0.2)
    np.testing.assert_allclose(
        fitted.marginal(np.full(12, 100.0)),
        (fitted.contribution(np.full(12, 100.01)) - fitted.contribution(np.full(12, 100.0))) / 0.01,
        rtol=1e-3,
    )


@pytest.mark.slow
def test_the_elasticity_s_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(5)
    cells = np.repeat([f"cell {i}" for i in range(8)], 10)
    covered = 0
    for _ in range(150):
        spend = np.exp(rng.normal(5, 0.7, 80))
        contribution = 3 * spend**0.5 * np.exp(rng.normal(0, 0.3, 80))
        power = fit_curves(pd.DataFrame({"cell": cells, "spend": spend, "contribution": contribution})).elasticity
        covered += bool(power.low[0] <= 0.5 <= power.high[0])
    assert covered / 150 > 0.91


def test_limits_that_no_split_can_keep_are_said_to_be_so():
    some = curves([1.0, 2.0])
    branch = np.array(["north", "south"])
    with pytest.raises(DomainError, match="minimum"):
        allocate(some, Constraints(100.0, np.full(2, 1e6), branch=branch, minimum={"north": 200.0}))
    with pytest.raises(ShapeError):
        allocate(some, Constraints(100.0, np.full(3, 1e6)))
    with pytest.raises(DomainError):
        fit_curves(pd.DataFrame({"cell": ["a"] * 9, "spend": [5.0] * 9, "contribution": range(1, 10)}))
    assert allocate(some, Constraints(0.0, np.full(2, 1e6))).spend.tolist() == [0.0, 0.0]


def test_the_marginal_return_of_whole_money_is_no_whole_number():
    """4 x 0.5 / sqrt(9) = 0.667; the first unit of money brings more than any other."""
    curves = ResponseCurves(np.array(["a", "b"]), np.array([4.0, 8.0]), Intervals.of([0.5], [0.4], [0.6], n=[5]))
    np.testing.assert_allclose(curves.marginal(np.array([9, 0])), [2 / 3, np.inf])


def test_a_cell_bears_its_customers_part_of_the_cost_and_one_without_a_result_is_left_out():
    """30 of 40 customers bear 60 of 80; a campaign whose cost nobody recorded, and a cell that brought nothing, go."""
    cells = pd.DataFrame(
        [
            ("a", "gold", 30, 9.0),
            ("a", "basic", 10, 5.0),
            ("b", "gold", 10, 4.0),
            ("c", "gold", 10, 0.0),
            ("a", None, 5, 1.0),
        ],
        columns=["campaign_id", "tier", "n", "sum_contribution"],
    )
    past = pd.DataFrame({"campaign_id": ["a", "b", "c"], "n": [40, 10, 10], "cost": [80.0, np.nan, 20.0]})
    placed = spending(cells, past, ["tier"])
    assert placed[["campaign_id", "cell", "spend", "contribution"]].to_numpy().tolist() == [
        ["a", "gold", 60.0, 9.0],
        ["a", "basic", 20.0, 5.0],
    ]


def test_where_hours_and_not_money_are_short_one_more_unit_of_money_brings_nothing():
    """One cell at two hours a unit: 50 hours are 25."""
    limits = Constraints(1000.0, np.array([1e6]), np.array([2.0]), 50.0)
    best = allocate(curves([10.0]), limits)
    assert best.spend.tolist() == pytest.approx([25.0])
    assert best.last_unit == pytest.approx(0, abs=1e-9)


def test_the_elasticity_rests_on_the_changes_within_cells():
    """Of 24 rows in three cells 20 degrees of freedom are left; slope and error are those of the regression by cell."""
    rng = np.random.default_rng(7)
    history = pd.DataFrame({"cell": np.repeat(["a", "b", "c"], 8), "spend": np.exp(rng.normal(5, 0.7, 24))})
    history["contribution"] = 3 * history["spend"] ** 0.5 * np.exp(rng.normal(0, 0.2, 24))
    power = fit_curves(history).elasticity
    x = np.column_stack([np.log(history["spend"]), pd.get_dummies(history["cell"]).astype(float)])
    fitted = sm.OLS(np.log(history["contribution"]), x).fit()
    np.testing.assert_allclose(
        [power.estimate[0], power.standard_error[0]], [fitted.params.iloc[0], fitted.bse.iloc[0]]
    )
    assert power.degrees_of_freedom[0] == fitted.df_resid == 20
    np.testing.assert_allclose([power.low[0], power.high[0]], fitted.conf_int().iloc[0])


def test_a_customer_is_contacted_through_one_channel_alone():
    """100 customers of one tier, at 1 by one channel and 2 by the other: money left over stays unspent."""
    some = curves([4.0, 4.0, 1.0], 0.5)
    part = np.array(["low", "low", "high"])
    free = Constraints(1_000.0, np.array([100.0, 200.0, 1_000.0]))
    bound = Constraints(
        1_000.0, free.caps, part=part, customers_per_unit=np.array([1.0, 0.5, 1.0]), customers={"low": 100.0}
    )
    twice, once = allocate(some, free).spend, allocate(some, bound).spend
    assert twice[0] + twice[1] / 2 > 150, "each channel by itself takes them twice"
    assert once[0] + once[1] / 2 == pytest.approx(100)
    # 4 / (2 sqrt(a)) per customer at 1 against 2 x 4 / (2 sqrt(b)) at 2: b = 4 a, so a = 33 and b = 133.
    assert once[:2] == pytest.approx([100 / 3, 400 / 3], rel=0.08)
    with pytest.raises(ShapeError, match="part of each cell"):
        allocate(some, Constraints(1_000.0, free.caps, customers={"low": 100.0}))


def test_the_limits_of_a_gain_are_those_of_the_elasticity_and_of_the_levels():
    power = Intervals.of(
        [0.5], [0.4], [0.6], n=[100], standard_error=np.array([0.05]), degrees_of_freedom=np.array([1e6])
    )
    before, after = np.array([100.0, 100.0]), np.array([50.0, 150.0])
    one = ResponseCurves(np.array(["a", "b"]), np.array([1.0, 3.0]), power, np.full(2, np.log(100.0)))
    found = one.gain(before, after, level=0.9, draws=40_000)
    assert found.estimate.item() == pytest.approx((np.sqrt(50) - 10) + 3 * (np.sqrt(150) - 10))
    # At 100 both levels are known, so the gain is 10 x (0.5^e - 1 + 3 x 1.5^e - 3): rising in e.
    ends = [10 * (0.5**e - 1 + 3 * (1.5**e - 1)) for e in (0.5 - 1.645 * 0.05, 0.5 + 1.645 * 0.05)]
    assert [found.low.item(), found.high.item()] == pytest.approx(ends, rel=0.02)
    wide = ResponseCurves(one.cell, one.scale, power, one.centre, np.array([0.3, 0.3])).gain(before, after, level=0.9)
    assert wide.high.item() - wide.low.item() > 1.5 * (found.high.item() - found.low.item())
    assert one.gain(before, before).high.item() == 0
