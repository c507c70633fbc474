"""Faults of intervals, tests and sizes."""

from tests.mutations.mutation import Mutation

_IN = "tests/metrics/inference"
_PROPORTION = f"{_IN}/test_proportion.py"
_MEAN = f"{_IN}/test_mean.py"
_EFFECT = f"{_IN}/test_effect.py -m 'not slow'"
_SIGNIFICANCE = f"{_IN}/test_significance.py"
_RATIO = f"{_IN}/test_ratio.py"
_RATE = f"{_IN}/test_rate.py"
_SATISFACTION = f"{_IN}/test_satisfaction.py"
_ADJUSTMENT = f"{_IN}/test_adjustment.py -m 'not slow'"
_STANDARDISATION = f"{_IN}/test_standardisation.py -m 'not slow'"
_SHRINKAGE = f"{_IN}/test_shrinkage.py -m 'not slow'"
_FUNNEL = f"{_IN}/test_funnel_plot.py"
_SURVIVAL = f"{_IN}/test_survival.py"
_SEQUENTIAL = f"{_IN}/test_sequential.py -m 'not slow'"
_POWER = f"{_IN}/test_power.py"
_COMPLIER = f"{_IN}/test_complier.py"
_CLUSTER = f"{_IN}/test_cluster.py -m 'not slow'"
_BAYES = f"{_IN}/test_bayes.py -m 'not slow'"
_MANY = f"{_IN}/test_multiplicity.py"
_RANKING = f"{_IN}/test_ranking.py -m 'not slow'"
_SCORE = f"{_IN}/test_score_difference.py"


def _of(module: str, old: str, new: str, killed_by: str) -> Mutation:
    return Mutation(f"metrics/inference/{module}.py", old, new, killed_by)


MUTATIONS = [
    _of(
        "proportion", "special.ndtri((1 - checked_level(level)) / 2) ** 2", "special.ndtri(1 - level) ** 2", _PROPORTION
    ),
    _of(
        "proportion",
        "np.sqrt(z2 * share * (1 - share) / n + (z2 / (2 * n)) ** 2)",
        "np.sqrt(z2 * share * (1 - share) / n)",
        _PROPORTION,
    ),
    _of(
        "mean",
        "np.sqrt(moments.variance / np.where(moments.n > 1, moments.n, np.nan))",
        "np.sqrt(moments.variance)",
        _MEAN,
    ),
    _of("mean", "np.where(moments.n > 1, moments.n - 1, np.nan)", "np.where(moments.n > 1, moments.n, np.nan)", _MEAN),
    _of(
        "effect",
        "below = np.hypot(t.estimate - t.low, c.high - c.estimate)",
        "below = np.hypot(t.estimate - t.low, c.estimate - c.low)",
        _EFFECT,
    ),
    _of("effect", "estimate = treated.mean - control.mean\n", "estimate = control.mean - treated.mean\n", _EFFECT),
    _of("effect", "(1 - control.share) / c + (1 - treated.share) / t", "1 / c + 1 / t", _EFFECT),
    _of("effect", "share_t**2 / np.maximum(treated.n - 1, 1)", "share_t**2 / np.maximum(treated.n, 1)", _EFFECT),
    _of("effect", "- 2 * value * ratio.product", "- value * ratio.product", _EFFECT),
    _of("effect", "both = control + treated\n", "both = control\n", _EFFECT),
    _of("effect", "slope**2 * arm.y.squares", "slope * arm.y.squares", _EFFECT),
    _of("effect", "(control.mean <= 0) & (control.n > 0)", "(control.mean == 0) & (control.n > 0)", _EFFECT),
    _of("significance", "SMALLEST_EXPECTED_COUNT = 5 ", "SMALLEST_EXPECTED_COUNT = 1 ", _SIGNIFICANCE),
    _of("significance", "(expected < SMALLEST_EXPECTED_COUNT)", "(expected <= SMALLEST_EXPECTED_COUNT)", _SIGNIFICANCE),
    _of("significance", "np.minimum(n_c, n_t) * np.minimum", "np.maximum(n_c, n_t) * np.minimum", _SIGNIFICANCE),
    _of("significance", "p_value = 2 * stats.norm.sf(np.abs(z))", "p_value = stats.norm.sf(np.abs(z))", _SIGNIFICANCE),
    _of("significance", "log_seen[row] + 1e-7", "log_seen[row] - 1e-7", _SIGNIFICANCE),
    _of("ratio", "x.variance - 2 * ratio * joint.covariance", "x.variance - ratio * joint.covariance", _RATIO),
    _of("ratio", "a * b - critical * cov", "a * b + critical * cov", _RATIO),
    _of("ratio", "b**2 - critical * var_b", "b**2 + critical * var_b", _RATIO),
    _of(
        "ratio", "np.where(usable, joint.n - 1, np.nan)) * error", "np.where(usable, joint.n, np.nan)) * error", _RATIO
    ),
    _of("rate", "stats.chi2.isf(tail, 2 * (count + 1)) / 2", "stats.chi2.isf(tail, 2 * count + 1e-9) / 2", _RATE),
    _of("satisfaction", "(p + d - (p - d) ** 2)", "(p + d)", _SATISFACTION),
    _of("satisfaction", "FEW_ANSWERS: Final = 30", "FEW_ANSWERS: Final = 31", _SATISFACTION),
    _of("satisfaction", "np.minimum(mean.high, 5.0)", "mean.high", _SATISFACTION),
    _of("adjustment", "difference * p + q", "q", _ADJUSTMENT),
    _of("adjustment", "n_t * n_c * (n_c - n_t) / 2", "n_t * n_c * (n_c + n_t) / 2", _ADJUSTMENT),
    _of(
        "adjustment",
        "weight = control.n + treated.n if standard is None",
        "weight = treated.n if standard is None",
        _ADJUSTMENT,
    ),
    _of("adjustment", "share**2 * squared", "share * squared", _ADJUSTMENT),
    _of("adjustment", "- np.sum(excess) ** 2 / np.sum(variance)", "", _ADJUSTMENT),
    _of(
        "adjustment",
        "(_shown(self.crude) | _shown(self.adjusted))",
        "(_shown(self.crude) & _shown(self.adjusted))",
        _ADJUSTMENT,
    ),
    _of("standardisation", "customers == size[:, None] if others", "customers < 0 if others", _STANDARDISATION),
    _of(
        "standardisation",
        "np.diag(customers.T @ expecting.sample_variance) + shared",
        "np.diag(customers.T @ expecting.sample_variance)",
        _STANDARDISATION,
    ),
    _of("standardisation", "squares, size - 1, out", "squares, size, out", _STANDARDISATION),
    _of("standardisation", "int(kept.sum())", "len(result)", _STANDARDISATION),
    _of(
        "standardisation",
        "every.groupby(list(strata), dropna=False",
        "every.groupby(list(strata), dropna=True",
        _STANDARDISATION,
    ),
    _of("shrinkage", "(centre * k + y) / (k + e)", "(centre * k + y) / (k + e + 1)", _SHRINKAGE),
    _of("shrinkage", "weight @ (e / (k + e))", "weight @ (k / (k + e))", _SHRINKAGE),
    _of(
        "shrinkage",
        "mean_given * (1 - mean_given) / (k + e + 1)",
        "mean_given * (1 - mean_given) / (k + e + 30)",
        _SHRINKAGE,
    ),
    _of("shrinkage", "variance_given + (mean_given - mean) ** 2", "variance_given", _SHRINKAGE),
    _of("shrinkage", "centre = _about(centre, weight,", "_about(centre, weight,", _SHRINKAGE),
    _of(
        "shrinkage",
        "values = typical / (typical + group.prior_weight)",
        "values = group.prior_weight / (typical + group.prior_weight)",
        _SHRINKAGE,
    ),
    _of("funnel_plot", "max(1.0, float(", "max(0.0, float(", _FUNNEL),
    _of("funnel_plot", "stretch = np.sqrt(self.dispersion)", "stretch = self.dispersion", _FUNNEL),
    _of("funnel_plot", "self.value > high[-1]", "self.value > high[0]", _FUNNEL),
    _of("funnel_plot", "np.mean(np.clip(known, low, high) ** 2)", "np.mean(known**2)", _FUNNEL),
    _of("funnel_plot", "events = result.expected / scale", "events = result.expected", _FUNNEL),
    _of("survival", "events, at_risk * staying,", "events, at_risk * at_risk,", _SURVIVAL),
    _of(
        "survival",
        "(events + leaving)[:, ::-1], axis=1)[:, ::-1]",
        "(events + leaving)[:, ::-1], axis=1)[:, ::-1] - leaving",
        _SURVIVAL,
    ),
    _of(
        "survival",
        "1 - np.exp(log_survival * np.exp(-spread)), 1 - np.exp(log_survival * np.exp(spread))",
        "1 - np.exp(log_survival * np.exp(spread)), 1 - np.exp(log_survival * np.exp(-spread))",
        _SURVIVAL,
    ),
    _of("sequential", "np.log1p(seen) - 2 * np.log(alpha)", "np.log1p(seen) - np.log(alpha)", _SEQUENTIAL),
    _of("sequential", "stats.norm.isf(alpha / 4)", "stats.norm.isf(alpha / 2)", _SEQUENTIAL),
    _of("sequential", "+ np.log1p(spent)", "", _SEQUENTIAL),
    _of("power", "return self.alpha / self.treated_arms", "return self.alpha", _POWER),
    _of("power", "np.sqrt(n / design.design_effect)", "np.sqrt(n * design.design_effect)", _POWER),
    _of("power", "pooled = (c * p + t * q) / (c + t)", "pooled = (p + q) / 2", _POWER),
    _of("power", "return (1 - self.control_share) / self.treated_arms", "return 1 - self.control_share", _POWER),
    _of("power", "np.maximum(c + t - 2, 1e-3)", "np.maximum(c + t, 1e-3)", _POWER),
    _of(
        "complier",
        "treated.covariance / n_t + control.covariance / n_c",
        "treated.covariance / n_t - control.covariance / n_c",
        _COMPLIER,
    ),
    _of("complier", "treated.y.mean - control.y.mean", "treated.y.mean", _COMPLIER),
    _of("cluster", "variance * (1 - 2 * share) + s", "variance * (1 - share) + s", _CLUSTER),
    _of("cluster", "chance.critical(2 * tail)", "stats.t.isf(tail, freedom[known])", _CLUSTER),
    _of("cluster", "np.maximum(chance.beyond(t[known]), ", "np.maximum(0, ", _CLUSTER),
    _of("cluster", "pp * qq - pq**2", "pp * qq", _CLUSTER),
    _of("cluster", "between_freedom * within", "within", _CLUSTER),
    _of("cluster", "(error / independent) ** 2, np.add(*sides)", "error / independent, np.add(*sides)", _CLUSTER),
    _of("cluster", "counted[counted > 1]", "counted[counted > 2]", _CLUSTER),
    _of("cluster", "self.smaller < FEW_CLUSTERS", "self.smaller < 0", _CLUSTER),
    _of("cluster", "FEW_EFFECTIVE = 8 ", "FEW_EFFECTIVE = 2 ", _CLUSTER),
    _of("bayes", "better = np.where(swap, 1 - higher, higher)", "better = higher", _BAYES),
    _of("bayes", "loss = np.where(swap, excess, excess - gap)", "loss = np.where(swap, excess + gap, excess)", _BAYES),
    _of("bayes", "floats(stats.t.cdf(t, freedom))", "floats(stats.norm.cdf(t))", _BAYES),
    _of("multiplicity", "np.arange(len(p_values), 0, -1)", "len(p_values)", _MANY),
    _of("multiplicity", "n / np.arange(n, 0, -1)", "n", _MANY),
    _of("multiplicity", "family=int(np.count_nonzero(made))", "family=len(raw)", _MANY),
    _of("ranking", "values[:, known] if not higher_is_better else -values[:, known]", "values[:, known]", _RANKING),
    _of("ranking", "[(1 - level) / 2, (1 + level) / 2]", "[1 - level, level]", _RANKING),
    _of("ranking", "(high - low + 1 <= field / 2)", "(high - low <= field / 2)", _RANKING),
    _of("score_difference", "* n / (n - 1)", "", _SCORE),
    _of("standardisation", "(-1.0 if others is None else 1.0)", "-1.0", _STANDARDISATION),
    _of("standardisation", "np.where(known[own], moments.total, 0.0)", "moments.total", _STANDARDISATION),
    _of("standardisation", "_Strata.of(others, theirs, lines)", "_Strata.of(moments, own, lines)", _STANDARDISATION),
]
