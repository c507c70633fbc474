import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from metrics.errors import DomainError, ShapeError
from metrics.moments import Counts
from metrics.planning.hierarchy import Hierarchy, Outcomes, fit


def history(rng, campaigns=70, spread=0.4, own=0.2):
    factors = pd.DataFrame(
        {
            "objective": rng.choice(["acquire", "activate", "retain", "grow"], campaigns),
            "line": rng.choice(list("abcdefgh"), campaigns),
            "channel": rng.choice(["phone", "message", "branch"], campaigns),
        }
    )
    truth = np.full(campaigns, -3.0) + rng.normal(0, own, campaigns)
    for name in factors:
        effect = {level: rng.normal(0, spread) for level in factors[name].unique()}
        truth += factors[name].map(effect).to_numpy()
    n = rng.integers(300, 5000, campaigns)
    return Counts.of(n, rng.binomial(n, 1 / (1 + np.exp(-truth)))), factors


@pytest.mark.slow
def test_what_is_left_out_falls_inside_80_percent_limits_80_percent_of_the_time():
    rng = np.random.default_rng(11)
    inside = []
    for _ in range(15):
        counts, factors = history(rng)
        model = fit(Outcomes.of_shares(counts), factors)
        left_out = model.leave_one_out()
        z = (model.outcomes.value - left_out.mean) / left_out.standard_deviation
        inside.append(np.mean(np.abs(z) < stats.norm.isf(0.1)))
    assert abs(np.mean(inside) - 0.8) < 0.03


def test_leaving_one_out_in_closed_form_is_fitting_without_it():
    counts, factors = history(np.random.default_rng(3), campaigns=20)
    outcomes = Outcomes.of_shares(counts)
    components = np.array([0.1, 0.2, 0.05, 0.04])
    whole = Hierarchy(outcomes, factors, components).leave_one_out()
    for row in range(20):
        others = np.arange(20) != row
        rest = Outcomes(outcomes.value[others], outcomes.variance[others])
        alone = Hierarchy(rest, factors[others].reset_index(drop=True), components).predict(factors[~others])
        np.testing.assert_allclose(whole.mean[row], alone.mean[0])
        np.testing.assert_allclose(
            whole.standard_deviation[row] ** 2, alone.standard_deviation[0] ** 2 + outcomes.variance[row]
        )


def test_balanced_groups_without_sampling_error_give_the_anova_components():
    """REML on a balanced one-way layout is the analysis of variance: Searle and others (1992), 3.8."""
    rng = np.random.default_rng(8)
    groups, size = 12, 10
    y = rng.normal(0, 1.0, groups)[:, None] + rng.normal(0, 0.5, (groups, size))
    between = size * y.mean(axis=1).var(ddof=1)
    within = y.var(axis=1, ddof=1).mean()
    assert stats.f_oneway(*y).statistic == pytest.approx(between / within)
    model = fit(
        Outcomes(y.ravel(), np.zeros(groups * size)),
        pd.DataFrame({"group": np.repeat(np.arange(groups), size)}),
        away_from_zero=0.0,
    )
    np.testing.assert_allclose(model.components, [(between - within) / size, within], rtol=1e-3)


def test_a_level_never_seen_is_forecast_at_the_mean_with_the_widest_limits():
    counts, factors = history(np.random.default_rng(5))
    model = fit(Outcomes.of_shares(counts), factors)
    new = pd.DataFrame({"objective": ["never"], "line": ["seen"], "channel": ["before"]})
    unseen, seen = model.predict(new), model.predict(factors)
    assert unseen.mean[0] == pytest.approx(model.mean)
    assert unseen.standard_deviation[0] > seen.standard_deviation.max()


def test_the_order_of_campaigns_and_the_unit_of_amounts_change_nothing():
    counts, factors = history(np.random.default_rng(6), campaigns=30)
    mean = counts.share * 1e4
    model = fit(Outcomes.of_amounts(mean, mean / 10), factors)
    turned = fit(Outcomes.of_amounts(mean[::-1] * 100, mean[::-1] * 10), factors[::-1])
    np.testing.assert_allclose(turned.predict(factors).mean, model.predict(factors).mean + np.log(100), atol=1e-3)


def test_too_little_to_learn_from_is_refused():
    counts, factors = history(np.random.default_rng(7), campaigns=7)
    with pytest.raises(DomainError):
        fit(Outcomes.of_shares(counts), factors)
    with pytest.raises(ShapeError):
        fit(Outcomes.of_shares(counts), factors[:3])
    with pytest.raises(DomainError):
        Outcomes.of_amounts(np.array([0.0]), np.array([1.0]))
    counts, factors = history(np.random.default_rng(7), campaigns=9)
    with pytest.raises(ShapeError):
        fit(Outcomes.of_shares(counts), factors).predict(factors[["line"]])


def test_a_share_on_the_logit_scale_has_half_a_customer_more_on_either_side():
    outcomes = Outcomes.of_shares(Counts.of([10], [3]))
    assert outcomes.value[0] == pytest.approx(np.log(3.5 / 7.5))
    assert outcomes.variance[0] == pytest.approx(1 / 3.5 + 1 / 7.5)


def test_amounts_have_their_relative_error_on_the_log_scale():
    """100 known to 10 is known to a tenth: a variance of 0.01."""
    outcomes = Outcomes.of_amounts(np.array([100.0, 50.0]), np.array([10.0, 1.0]))
    np.testing.assert_allclose(outcomes.value, np.log([100, 50]))
    np.testing.assert_allclose(outcomes.variance, [0.01, 0.0004])


def test_eight_campaigns_are_enough_to_learn_from_and_seven_are_not():
    factors = pd.DataFrame({"objective": ["grow"] * 8})
    outcomes = Outcomes(np.linspace(-1, 1, 8), np.full(8, 0.1))
    assert np.isfinite(fit(outcomes, factors).mean)
    with pytest.raises(DomainError, match="at least 8"):
        fit(Outcomes(outcomes.value[:7], outcomes.variance[:7]), factors[:7])


def crossed(rng: np.random.Generator, rows: int = 40) -> Hierarchy:
    factors = pd.DataFrame({"line": rng.choice(list("abc"), rows), "channel": rng.choice(list("xyz"), rows)})
    effects = {level: rng.normal(0, 0.5) for level in "abcxyz"}
    value = sum(factors[name].map(effects).to_numpy() for name in factors) + rng.normal(0, 0.3, rows)
    return fit(Outcomes(value, np.full(rows, 0.02)), factors)


def test_draws_of_parts_have_the_distribution_that_is_predicted():
    """Means and spreads are those of `predict`; parts of one campaign move together as the dense algebra says."""
    model = crossed(np.random.default_rng(3))
    planned = pd.DataFrame({"line": ["a", "a", "new"], "channel": ["x", "y", "y"]})
    drawn = model.draw(planned, 200_000, np.random.default_rng(1))
    predicted = model.predict(planned)
    heavier = predicted.degrees / (predicted.degrees - 2)
    np.testing.assert_allclose(drawn.mean(axis=1), predicted.mean, atol=0.01)
    np.testing.assert_allclose(drawn.var(axis=1), predicted.standard_deviation**2 * heavier, rtol=0.03)
    # By hand: prior covariance of the three, less what the past tells, and the overall mean's own uncertainty.
    own, past = np.ones((3, 3)) * model.components[-1], len(model.factors)

    def shared(left, right):
        return sum(
            c * (left[n].to_numpy()[:, None] == right[n].to_numpy()[None, :])
            for n, c in zip(("line", "channel"), model.components, strict=False)
        )

    covariance = shared(model.factors, model.factors) + np.eye(past) * (0.02 + model.components[-1])
    cross, inverse = shared(planned, model.factors), np.linalg.inv(covariance)
    slack = 1 - cross @ inverse @ np.ones(past)
    dense = shared(planned, planned) + own - cross @ inverse @ cross.T + np.outer(slack, slack) / inverse.sum()
    np.testing.assert_allclose(np.cov(drawn), dense * heavier, rtol=0.05, atol=0.01)


@pytest.mark.parametrize("nothing", [None, np.nan])
def test_no_season_is_a_level_like_any_other(nothing):
    """Named or not, the same campaigns are alike, for what is predicted and for what is drawn."""
    rng = np.random.default_rng(9)
    named = pd.DataFrame({"season": rng.choice(["spring", "none"], 30)})
    outcomes = Outcomes(1.0 * (named["season"] == "none").to_numpy() + rng.normal(0, 0.2, 30), np.full(30, 0.02))
    unnamed = named.replace({"none": nothing})
    forecasts = []
    for factors in (named, unnamed):
        model, planned = fit(outcomes, factors), factors[named["season"] == "none"][:1]
        drawn = model.draw(planned, 500, np.random.default_rng(2))
        forecasts.append((model.predict(planned).mean.item(), drawn.mean()))
    np.testing.assert_allclose(forecasts[0], forecasts[1])


def test_the_weights_of_past_campaigns_make_the_prediction():
    model = crossed(np.random.default_rng(4))
    planned = pd.DataFrame({"line": ["a", "new"], "channel": ["x", "new"]})
    weights = model.weights(planned)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    np.testing.assert_allclose(weights @ model.outcomes.value, model.predict(planned).mean)
    alike = ((model.factors == ["a", "x"]).all(axis=1)).to_numpy()
    assert weights[0, alike].min() > weights[0, ~alike].max()


def test_a_sum_added_up_in_another_order_draws_the_same():
    """Databases add up in any order: the last digit may differ, and the same seed still draws the same future."""
    planned = pd.DataFrame({"line": ["new", "newer", "newest", "a"], "channel": ["x", "y", "other", "another"]})
    one = crossed(np.random.default_rng(3))
    for shift in (1e-15, -3e-15, 1e-14):
        moved = fit(Outcomes(one.outcomes.value * (1 + shift), one.outcomes.variance), one.factors)
        drawn = [model.draw(planned, 500, np.random.default_rng(1)) for model in (one, moved)]
        np.testing.assert_allclose(drawn[0], drawn[1], atol=1e-6)


def test_no_component_is_estimated_as_nothing():
    """Twelve campaigns that hardly differ: by likelihood alone the levels would be sure to be alike."""
    rng = np.random.default_rng(5)
    factors = pd.DataFrame({"line": list("abc") * 4})
    outcomes = Outcomes(rng.normal(0, 0.1, 12), np.full(12, 0.01))
    bare, kept = (fit(outcomes, factors, away_from_zero=weight).components for weight in (0.0, 1.0))
    assert bare.min() < 1e-6
    assert kept.min() > 1e-4


def test_components_are_the_most_likely_with_their_pull_away_from_nothing():
    """Balanced levels have the restricted likelihood in closed form: sums of squares within and between them."""
    rng = np.random.default_rng(8)
    levels, each, luck, weight = 6, 5, 0.04, 1.0
    values = rng.normal(0, 0.7, (levels, 1)) + rng.normal(0, 0.4, (levels, each))
    within = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum()
    between = each * ((values.mean(axis=1) - values.mean()) ** 2).sum()

    def loss(logs: np.ndarray) -> float:
        of_level, of_campaign = np.exp(logs)
        alone = of_campaign + luck
        together = alone + each * of_level
        fit_of = levels * (each - 1) * np.log(alone) + within / alone + (levels - 1) * np.log(together)
        return float(fit_of + between / together - weight * logs.sum())

    best = optimize.minimize(loss, np.log([0.3, 0.3]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9})
    outcomes = Outcomes(values.ravel(), np.full(values.size, luck))
    factors = pd.DataFrame({"line": np.repeat(list("abcdef"), each)})
    found = fit(outcomes, factors, away_from_zero=weight).components
    np.testing.assert_allclose(found, np.exp(best.x), rtol=1e-4)


def test_parts_without_a_factor_are_refused_by_name():
    model = crossed(np.random.default_rng(3))
    for deed in (lambda p: model.draw(p, 10, np.random.default_rng(0)), model.weights):
        with pytest.raises(ShapeError, match="channel"):
            deed(pd.DataFrame({"line": ["a"]}))


def test_luck_that_is_given_is_that_of_all_parts_together():
    """The whole follows it to the letter, and each part keeps its distribution."""
    model = crossed(np.random.default_rng(3))
    planned = pd.DataFrame({"line": ["a", "b", "new"], "channel": ["x", "y", "y"], "customers": [700, 200, 100]})
    rng = np.random.default_rng(1)
    luck = rng.standard_normal(100_000)
    free, led = model.draw(planned, len(luck), rng), model.draw(planned, len(luck), rng, luck)
    np.testing.assert_allclose(np.cov(led), np.cov(free), rtol=0.05, atol=0.01)
    whole = np.array([0.7, 0.2, 0.1]) @ led
    assert stats.spearmanr(whole, luck).statistic > 0.99
    assert stats.spearmanr(led[2], luck).statistic < 0.9
