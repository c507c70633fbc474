import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import tea_tasting
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import optimize, stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.bayes import posterior_of_shares
from metrics.inference.effect import (
    covariate_adjusted,
    difference_in_means,
    difference_in_shares,
    lift_in_means,
    lift_in_shares,
    linearised,
)
from metrics.inference.significance import compare_means, compare_shares
from metrics.moments import Counts, JointMoments, Moments
from tests.oracles import growthbook
from tests.oracles.comparison import NEWCOMBE_METHOD_10, SLEEP_FIRST, SLEEP_SECOND, SLEEP_WELCH


def test_difference_of_shares_matches_newcombe_1998_table_2():
    a, m, b, n, low, high = NEWCOMBE_METHOD_10.T
    effect = difference_in_shares(control=Counts.of(n, b), treated=Counts.of(m, a))
    assert_allclose(effect.estimate, a / m - b / n)
    assert_allclose(effect.low, low, atol=5e-5)
    assert_allclose(effect.high, high, atol=5e-5)


def test_difference_of_means_matches_r_on_the_sleep_data():
    effect = difference_in_means(Moments.from_rows(SLEEP_FIRST), Moments.from_rows(SLEEP_SECOND))
    assert_allclose([effect.low[0], effect.high[0]], [SLEEP_WELCH["low"], SLEEP_WELCH["high"]], atol=5e-8)


@pytest.fixture(scope="module")
def bank() -> pd.DataFrame:
    """Customers of two arms whose sales depend on what they bought before."""
    rng = np.random.default_rng(7)
    n = 4000
    treated = rng.integers(0, 2, n)
    baseline = rng.gamma(2.0, 50.0, n)
    sales = 0.8 * baseline + rng.gamma(1.0, 60.0, n) * (1 + 0.1 * treated)
    return pd.DataFrame(
        {
            "variant": treated,
            "sales": sales,
            "baseline": baseline,
            "contacts": rng.poisson(2, n) + 1,
            "moved": sales / 3,
        }
    )


@pytest.mark.parametrize("adjusted", [False, True])
def test_differences_and_lifts_of_means_match_tea_tasting(bank, adjusted):
    metric = tea_tasting.Mean("sales", "baseline" if adjusted else None)
    expected = tea_tasting.Experiment(sales=metric).analyze(bank)["sales"]
    control, treated = (
        JointMoments.from_rows(arm["sales"], arm["baseline"]) for _, arm in bank.groupby("variant", sort=True)
    )
    moments = covariate_adjusted(control, treated) if adjusted else (control.x, treated.x)
    effect, lift = difference_in_means(*moments), lift_in_means(*moments)
    assert_allclose(
        [effect.estimate[0], effect.low[0], effect.high[0], lift.estimate[0]],
        [
            expected.effect_size,
            expected.effect_size_ci_lower,
            expected.effect_size_ci_upper,
            expected.rel_effect_size,
        ],
        rtol=1e-9,
    )
    # Theirs are of the logarithm: the same at this size, to a thousandth of their width.
    width = expected.rel_effect_size_ci_upper - expected.rel_effect_size_ci_lower
    assert_allclose(
        [lift.low[0], lift.high[0]],
        [expected.rel_effect_size_ci_lower, expected.rel_effect_size_ci_upper],
        atol=1e-3 * float(np.max(width)),
    )


def test_limits_of_a_lift_are_the_ratios_that_the_t_test_does_not_reject():
    rng = np.random.default_rng(4)
    c, t = rng.gamma(1.0, 10.0, 60), rng.gamma(1.0, 14.0, 40)
    lift = lift_in_means(Moments.from_rows(c), Moments.from_rows(t))
    freedom = stats.ttest_ind(t, c * t.mean() / c.mean(), equal_var=False).df

    def excess(ratio):
        test = stats.ttest_ind(t, c * ratio, equal_var=False)
        return abs(test.statistic) - stats.t.isf(0.025, freedom)

    middle = t.mean() / c.mean()
    low, high = optimize.brentq(excess, 0.2, middle), optimize.brentq(excess, middle, 5)
    assert_allclose([lift.low[0] + 1, lift.high[0] + 1], [low, high], rtol=1e-9)


@pytest.mark.slow
def test_a_lift_in_sales_covers_the_truth_where_most_customers_buy_nothing():
    rng, runs, n = np.random.default_rng(5), 3000, 200

    def arm(scale):
        sales = (rng.random((runs, n)) < 0.05) * rng.lognormal(0, 1, (runs, n)) * scale
        return Moments(np.full(runs, float(n)), sales.mean(axis=1), sales.var(axis=1) * n)

    control, treated = arm(1.0), arm(1.0)
    lift = lift_in_means(control, treated)
    # Without an upper end the interval holds the truth unless Welch's test rejects it: inversion either way.
    kept = np.where(lift.known, (lift.low < 0) & (lift.high > 0), compare_means(control, treated).p_value > 0.05)
    assert 0.93 < kept.mean() < 0.975


def test_difference_of_ratios_matches_tea_tasting(bank):
    expected = tea_tasting.Experiment(each=tea_tasting.RatioOfMeans("moved", "contacts")).analyze(bank)["each"]
    control, treated = (
        JointMoments.from_rows(arm["moved"], arm["contacts"]) for _, arm in bank.groupby("variant", sort=True)
    )
    effect = difference_in_means(linearised(control), linearised(treated))
    assert_allclose(
        [effect.estimate[0], effect.low[0], effect.high[0]],
        [expected.effect_size, expected.effect_size_ci_lower, expected.effect_size_ci_upper],
        rtol=1e-9,
    )


def test_adjusted_difference_agrees_with_regression_on_the_covariate(bank):
    control, treated = (
        JointMoments.from_rows(arm["sales"], arm["baseline"]) for _, arm in bank.groupby("variant", sort=True)
    )
    effect = difference_in_means(*covariate_adjusted(control, treated))
    ols = sm.OLS(bank["sales"], sm.add_constant(bank[["variant", "baseline"]])).fit(cov_type="HC1")
    assert_allclose(effect.estimate[0], ols.params["variant"], rtol=0.01)
    assert_allclose(effect.high[0] - effect.low[0], 2 * 1.96 * ols.bse["variant"], rtol=0.01)


@pytest.mark.parametrize(
    ("as_means", "expected"),
    [
        (lambda c, t: (c.x, t.x), growthbook.MEAN),
        (lambda c, t: (linearised(c), linearised(t)), growthbook.RATIO),
        (covariate_adjusted, growthbook.CUPED),
    ],
    ids=["mean", "ratio", "cuped"],
)
def test_means_ratios_and_adjusted_means_match_growthbook(as_means, expected):
    arms = as_means(growthbook.joint(growthbook.CONTROL), growthbook.joint(growthbook.TREATED))
    effect, p_value = difference_in_means(*arms), compare_means(*arms).p_value
    assert_allclose([effect.estimate[0], effect.low[0], effect.high[0], p_value[0]], expected, rtol=1e-7)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_cover_the_true_difference_as_often_as_they_promise(level):
    rng, runs = np.random.default_rng(3), 20_000
    shares = difference_in_shares(
        Counts.of(np.full(runs, 300), rng.binomial(300, 0.08, runs)),
        Counts.of(np.full(runs, 900), rng.binomial(900, 0.10, runs)),
        level,
    )
    assert np.mean((shares.low <= 0.02) & (shares.high >= 0.02)) == pytest.approx(level, abs=0.015)
    lifts = lift_in_shares(
        Counts.of(np.full(runs, 3000), rng.binomial(3000, 0.08, runs)),
        Counts.of(np.full(runs, 3000), rng.binomial(3000, 0.10, runs)),
        level,
    )
    assert np.mean((lifts.low <= 0.25) & (lifts.high >= 0.25)) == pytest.approx(level, abs=0.015)
    small, large = rng.normal(5, 1, (runs, 12)), rng.normal(6, 4, (runs, 30))
    means = difference_in_means(*(_moments(rows) for rows in (small, large)), level)
    assert np.mean((means.low <= 1) & (means.high >= 1)) == pytest.approx(level, abs=0.015)


def test_ratio_and_adjusted_intervals_cover_the_truth():
    rng, runs, n = np.random.default_rng(5), 4000, 200
    before, noise = rng.normal(10, 3, (2, runs, n)), rng.normal(0, 1, (2, runs, n))
    after = before + noise + np.array([0.0, 0.5])[:, None, None]
    control, treated = (_joint(after[arm], before[arm]) for arm in (0, 1))
    adjusted = difference_in_means(*covariate_adjusted(control, treated))
    assert np.mean((adjusted.low <= 0.5) & (adjusted.high >= 0.5)) == pytest.approx(0.95, abs=0.015)
    assert np.mean(adjusted.high - adjusted.low) < 0.5 * np.mean(
        difference_in_means(control.x, treated.x).high - difference_in_means(control.x, treated.x).low
    )
    ratios = difference_in_means(linearised(control), linearised(treated))
    assert np.mean((ratios.low <= 0.05) & (ratios.high >= 0.05)) == pytest.approx(0.95, abs=0.015)


counts = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (max(pair), min(pair)))


@given(counts, counts)
def test_swapping_the_arms_mirrors_the_difference_and_inverts_the_lift(first, second):
    a, b = Counts.of(*first), Counts.of(*second)
    there, back = difference_in_shares(a, b), difference_in_shares(b, a)
    assert_allclose([there.low, there.high], [-back.high, -back.low], atol=1e-12)
    up, down = lift_in_shares(a, b), lift_in_shares(b, a)
    assert_allclose((1 + up.low) * (1 + down.high), np.where(np.isnan(up.low), np.nan, 1), rtol=1e-9)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=8), st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=8))
def test_money_in_another_unit_gives_the_same_answer_in_that_unit(first, second):
    a, b = Moments.from_rows(first), Moments.from_rows(second)
    yuan, fen = difference_in_means(a, b), difference_in_means(a.scaled(100), b.scaled(100))
    assert_allclose(fen.estimate, yuan.estimate * 100, atol=1e-9)
    assert_allclose(fen.high, yuan.high * 100, rtol=1e-6, atol=1e-6)


@given(counts, counts)
def test_every_row_has_a_number_or_a_reason(first, second):
    a, b = Counts.of(*first), Counts.of(*second)
    results = [
        difference_in_shares(a, b),
        lift_in_shares(a, b),
        difference_in_means(Moments.of_counts(a), Moments.of_counts(b)),
        lift_in_means(Moments.of_counts(a), Moments.of_counts(b)),
    ]
    for effect in results:
        assert effect.known[0] == (effect.reason[0] == Reason.NONE.value)


def test_edges_have_their_reasons():
    one, some, none = Moments.from_rows([3.0]), Moments.from_rows([1.0, 2.0]), Moments.from_rows([])
    same = Moments.from_rows([2.0, 2.0])
    assert difference_in_means(one, some).reason == Reason.TOO_FEW.value
    assert difference_in_means(one, some).estimate == -1.5
    assert difference_in_means(none, some).reason == Reason.TOO_FEW.value
    assert difference_in_means(same, same).reason == Reason.NO_VARIATION.value
    assert difference_in_means(same, some).known.all()
    assert lift_in_shares(Counts.of([10], [0]), Counts.of([10], [3])).reason == Reason.UNBOUNDED.value
    assert lift_in_means(Moments.from_rows([-1.0, -2.0]), some).reason == Reason.UNBOUNDED.value
    flat = JointMoments.from_rows([1.0, 2.0], [0.0, 0.0])
    assert not difference_in_means(linearised(flat), linearised(flat)).known.any()
    assert difference_in_means(*covariate_adjusted(flat, flat)).known.all()


def test_standard_errors_and_degrees_of_freedom_are_those_of_welch():
    test = stats.ttest_ind(SLEEP_SECOND, SLEEP_FIRST, equal_var=False)
    effect = difference_in_means(Moments.from_rows(SLEEP_FIRST), Moments.from_rows(SLEEP_SECOND))
    assert_allclose(effect.degrees_of_freedom[0], test.df)
    assert_allclose(effect.estimate[0] / effect.standard_error[0], test.statistic)
    assert_allclose(effect.scaled(-100).standard_error, 100 * effect.standard_error)
    assert np.isnan(difference_in_shares(Counts.of([9], [1]), Counts.of([9], [2])).standard_error[0])
    assert np.isnan(difference_in_means(Moments.from_rows([1.0]), Moments.from_rows([1.0, 2.0])).standard_error[0])


def test_what_nobody_recorded_is_said_to_be_so():
    missing, known = Counts.of([np.nan, 10], [np.nan, np.nan]), Counts.of([10, 10], [2, 3])
    for result in (
        difference_in_shares(missing, known),
        lift_in_shares(known, missing),
        compare_shares(missing, known),
        posterior_of_shares(known, missing),
    ):
        assert result.reason.tolist() == [Reason.NOT_RECORDED.value] * 2
    sales, nothing = Moments.from_rows([1.0, 2.0]), Moments(np.array([2.0]), np.array([np.nan]), np.array([np.nan]))
    arm, without = JointMoments.from_rows([1.0, 2.0], [2.0, 5.0]), JointMoments(sales, nothing, np.array([np.nan]))
    assert difference_in_means(nothing, sales).reason == Reason.NOT_RECORDED.value
    assert difference_in_means(*covariate_adjusted(without, arm)).reason == Reason.NOT_RECORDED.value


def test_arms_of_ten_and_ten_million_and_of_a_hundred_million():
    effect = difference_in_shares(Counts.of([10, 1e8], [1, 5e6]), Counts.of([1e7, 1e8], [1e6, 5e6 + 20_000]))
    assert effect.known.all()
    assert effect.verdict().tolist() == ["no_difference", "higher"]


def test_arms_that_do_not_belong_together_are_refused():
    with pytest.raises(ShapeError, match="One control row per treated row"):
        difference_in_shares(Counts.of([1], [1]), Counts.of([1, 1], [1, 1]))
    with pytest.raises(DomainError):
        difference_in_means(Moments.from_rows([1.0, 2.0]), Moments.from_rows([1.0, 2.0]), level=95)


def _moments(rows):
    return Moments(np.full(len(rows), float(rows.shape[1])), rows.mean(axis=1), rows.var(axis=1) * rows.shape[1])


def _joint(x, y):
    product = np.sum((x - x.mean(axis=1, keepdims=True)) * (y - y.mean(axis=1, keepdims=True)), axis=1)
    return JointMoments(_moments(x), _moments(y), product)


def test_there_is_no_lift_on_a_base_that_is_negative():
    """Balances fell by 4 a customer and by 2: that is no lift of minus a half."""
    lift = lift_in_means(Moments.from_rows([-3.0, -4.0, -5.0]), Moments.from_rows([-1.0, -2.0, -3.0]))
    assert lift.reason.tolist() == [Reason.UNBOUNDED]
    assert np.isnan(lift.estimate).all()
