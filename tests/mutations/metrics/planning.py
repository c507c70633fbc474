"""Faults of what is expected of the next campaign and what became of the last."""

from tests.mutations.mutation import Mutation

_IN = "tests/metrics/planning"
_FORECAST = f"{_IN}/test_forecast.py"
_EXPERIENCE = f"{_IN}/test_experience.py"
_VARIES = f"{_EXPERIENCE} -k one_conversion_varies"
_HIERARCHY = f"{_IN}/test_hierarchy.py -m 'not slow'"
_ALLOCATION = f"{_IN}/test_allocation.py -m 'not slow'"
_MONITORING = f"{_IN}/test_monitoring.py -m 'not slow'"
_CALIBRATION = f"{_IN}/test_calibration.py -m 'not slow'"
_WHAT_IF, _MIX = f"{_IN}/test_what_if.py", f"{_IN}/test_mix.py"
_LOTS, _TOLD = f"{_IN}/test_assignment.py", f"{_IN}/test_identified.py"


def _of(module: str, old: str, new: str, killed_by: str) -> Mutation:
    return Mutation(f"metrics/planning/{module}.py", old, new, killed_by)


MUTATIONS = [
    _of("experience", "/ (converted - 1) / converted", "/ converted / converted", _VARIES),
    _of("experience", "/ (converted - 1) / converted", "/ (converted - 1)", _VARIES),
    _of("experience", "+ variation**2 / converted", "", _VARIES),
    _of("experience", "np.abs(seen) - chance", "np.abs(seen)", f"{_EXPERIENCE} -k missed_together"),
    _of("experience", "np.maximum(common, 1.0)", "len(errors)", f"{_EXPERIENCE} -k one_thing_only"),
    _of("experience", "        if name in spread:", "        if not spread:", f"{_EXPERIENCE} -k like_amounts"),
    _of("forecast", "own * (plan.customers / control)", "own", f"{_FORECAST} -k held_out"),
    _of(
        "forecast",
        "rng.binomial(control, base)",
        'rng.binomial(control, assumed["conversion"])',
        f"{_FORECAST} -k held_out",
    ),
    _of("forecast", "root @ rng.standard_normal", "rng.standard_normal", f"{_FORECAST} -k hung_together"),
    _of("hierarchy", "whole - towards @ noise[:-1]", "whole", f"{_HIERARCHY} -k luck_that"),
    _of("hierarchy", "repr(tuple(row))", "repr(row[0])", f"{_EXPERIENCE} -k editions"),
    _of("forecast", "np.mean(drawn > above)", "np.mean(drawn >= above)", f"{_FORECAST} -k to_pay"),
    _of(
        "forecast",
        "np.quantile(self.outcomes[outcome], [tail, 0.5, 1 - tail])",
        "np.quantile(self.outcomes[outcome], [2 * tail, 0.5, 1 - 2 * tail])",
        f"{_FORECAST} -k middle_and",
    ),
    _of("experience", "moments.n * moments.mean**2 - converted * mean**2", "moments.n * moments.mean**2", _VARIES),
    _of(
        "forecast",
        'plan.fixed_cost + plan.customers * assumed["cost"]\n    outcomes["roi"]',
        'plan.customers * assumed["cost"]\n    outcomes["roi"]',
        f"{_FORECAST} -k stand_whatever",
    ),
    _of(
        "forecast",
        'rng.binomial(plan.customers, assumed["conversion"])',
        'rng.binomial(participated.astype(int), assumed["conversion"])',
        f"{_FORECAST} -k customers_convert",
    ),
    _of("experience", "error / mean * np.sqrt(converted)", "error / mean", _VARIES),
    _of(
        "forecast",
        'sort_values("swing", ascending=False',
        'sort_values("swing", ascending=True',
        f"{_FORECAST} -k swings_nothing",
    ),
    _of(
        "forecast",
        'float(np.median(self.outcomes["cost"])) / contribution',
        'float(np.mean(self.outcomes["cost"])) / contribution',
        f"{_FORECAST} -k middle_of_what",
    ),
    _of("hierarchy", "1 / yes + 1 / no", "1 / yes", _HIERARCHY),
    _of("hierarchy", "(standard_error / mean) ** 2", "standard_error / mean", _HIERARCHY),
    _of("hierarchy", "+ np.log(information) +", "+", _HIERARCHY),
    _of("hierarchy", "- np.sum(cross * solved.T, axis=1) + slack", "- np.sum(cross * solved.T, axis=1)", _HIERARCHY),
    _of("hierarchy", "expected = mean + solved.T", "expected = mean - solved.T", _HIERARCHY),
    _of("hierarchy", "np.sqrt(1 / np.diag(projection))", "1 / np.diag(projection)", _HIERARCHY),
    _of("hierarchy", "rows < FEWEST_CAMPAIGNS", "rows <= FEWEST_CAMPAIGNS", _HIERARCHY),
    _of(
        "allocation",
        "sparse.csr_matrix(np.repeat(np.vstack(rows), PIECES, axis=1))",
        "sparse.csr_matrix(np.tile(np.vstack(rows), (1, PIECES)))",
        _ALLOCATION,
    ),
    _of("allocation", "bounds.append(-least)", "bounds.append(least)", _ALLOCATION),
    _of("allocation", "len(x) - grouped.ngroups - 1", "len(x) - 1", _ALLOCATION),
    _of("allocation", "np.divide(1.0, money ** (1 - power)", "np.divide(1.0, money**power", _ALLOCATION),
    _of("allocation", 'rows["n"] / rows["n_all"] * rows["cost"]', 'rows["cost"]', _ALLOCATION),
    _of("monitoring", "2 * min(below, above) / (draws + 1)", "min(below, above) / (draws + 1)", _MONITORING),
    _of("monitoring", "tail < false_alarms / looks", "tail < false_alarms", _MONITORING),
    _of("monitoring", "- mean * (1 - mean) * np.mean(1 / total)", "", _MONITORING),
    _of("monitoring", "final = counted + rng.binomial", "final = rng.binomial", _MONITORING),
    _of("monitoring", "rate * (1 - share), 1 - rate * share,", "rate, 1 - rate * share,", _MONITORING),
    _of("monitoring", "np.mean(final >= target)", "np.mean(final > target)", _MONITORING),
    _of(
        "monitoring", "mean = finished.sum(axis=0) / total.sum()", "mean = (finished / total).mean(axis=0)", _MONITORING
    ),
    _of(
        "calibration",
        "(low <= actual) & (actual <= high) & known",
        "(low < actual) & (actual < high) & known",
        _CALIBRATION,
    ),
    _of("calibration", "(low <= actual) & (actual <= high) & known", "(low <= actual) & known", _CALIBRATION),
    _of(
        "calibration",
        "np.log(actual[positive] / median[positive])",
        "np.log(median[positive] / actual[positive])",
        _CALIBRATION,
    ),
    _of(
        "calibration",
        "np.abs(actual - median)[known], np.abs(actual)[known]",
        "np.abs(actual - median)[known], np.abs(median)[known]",
        _CALIBRATION,
    ),
    _of("hierarchy", "np.outer(pull, pull) / weights.sum()", "0.0", f"{_HIERARCHY} -k draws_of_parts"),
    _of("hierarchy", "constant = latent[0] + latent[-1]", "constant = latent[0]", f"{_HIERARCHY} -k draws_of_parts"),
    _of("hierarchy", "np.asarray(slopes) - away_from_zero", "np.asarray(slopes)", f"{_HIERARCHY} -k most_likely"),
    _of("forecast", 'outcomes["added"] * assumed', 'outcomes["converted"] * assumed', f"{_WHAT_IF} -k controls"),
    _of("forecast", '"ij,ij->j", buying, values) / buyers', '"ij,ij->j", buying, values)', f"{_WHAT_IF} -k index"),
    _of("what_if", ">= target", "> target", f"{_WHAT_IF} -k target"),
    _of("what_if", "SHARES[enough[0]]", "SHARES[enough[-1]]", f"{_WHAT_IF} -k best_share"),
    _of("what_if", "(np.arange(DOTS) + 0.5) / DOTS", "np.arange(DOTS) / DOTS", f"{_WHAT_IF} -k dots"),
    _of("mix", "by_part(told) >= fewest", "by_part(told) > fewest", f"{_MIX} -k few"),
    _of("mix", "by_part(there * own[campaign])", "by_part(there)", f"{_MIX} -k poisson"),
    _of("mix", '"converted" if column.removeprefix("index_") in _AMOUNTS else "n"', '"n"', f"{_MIX} -k average"),
    _of("what_if", "design.alpha / max(len(arms), 1)", "design.alpha", f"{_WHAT_IF} -k each_arm"),
    _of("forecast", 'assumed["cost"] + plan.beside_per_customer', 'assumed["cost"]', f"{_WHAT_IF} -k stands_beside"),
    _of("assignment", "left = left[~taken]", "left = left[taken]", f"{_LOTS} -k several_arms"),
    _of("assignment", "order[_every(len(order), size, rng)]", "order[:size]", f"{_LOTS} -k every_stratum"),
    _of("assignment", '[*strata, "customer_id"]', "[*strata]", f"{_LOTS} -k same_seed"),
    _of("identified", ">= FEWEST", "> FEWEST", f"{_TOLD} -k often_enough"),
    _of("identified", "each * (1 + level)", "each * level", f"{_TOLD} -k extra_cost"),
]
