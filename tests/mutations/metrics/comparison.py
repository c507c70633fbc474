"""Faults of the one engine that compares arms."""

from tests.mutations.mutation import Mutation

_IN = "tests/metrics/inference/comparison"
_VERDICT = f"{_IN}/test_verdict.py"
_EFFECTS = f"{_IN}/test_effects.py"
_GUARDRAIL = f"{_IN}/test_guardrail.py"
_HEALTH = f"{_IN}/test_health.py"
_CAVEATS = f"{_IN}/test_caveats.py"
_CONTRAST = f"{_IN}/test_contrast.py"
_EXPERIMENT = f"{_IN}/test_experiment.py"
_SIZES = "tests/metrics/campaigns/test_sample_ratio.py"


def _of(module: str, old: str, new: str, killed_by: str) -> Mutation:
    return Mutation(f"metrics/inference/comparison/{module}.py", old, new, killed_by)


MUTATIONS = [
    _of("verdict", "holds = adjusted < 1 - difference.level", "holds = p < 1 - difference.level", _VERDICT),
    _of("verdict", "rows = of_year == one", "rows = of_year >= one", _VERDICT),
    _of("verdict", "self.family * (1 - self.level)", "self.family * self.level", _VERDICT),
    _of("verdict", "Direction.DOWN: -1", "Direction.DOWN: 1", _VERDICT),
    _of(
        "verdict", "difference.low > line, difference.high < line", "difference.low > 0, difference.high < 0", _VERDICT
    ),
    _of("verdict", "np.where(difference.known, floats(p_value), np.nan)", "floats(p_value)", _VERDICT),
    _of("members", "n = np.where(known > 0, known, matured)", "n = matured", _EFFECTS),
    _of(
        "members",
        "for rows in ((row >= 0) & ~of_control, (row >= 0) & of_control)",
        "for rows in ((row >= 0) & of_control, (row >= 0) & ~of_control)",
        _EFFECTS,
    ),
    _of("members", "(known == columns[names[1]]) & (known > 0)", "(known > 0)", _EFFECTS),
    _of("members", 'columns.get("matured", known) != 0', 'columns.get("matured", known) < 0', _EFFECTS),
    _of(
        "effects",
        "(control.n == 0, Reason.NO_CONTROL),\n",
        "",
        "tests/metrics/campaigns/test_evaluation.py -k only_a_random",
    ),
    _of(
        "effects",
        "alone = comparison.effect.reason == Reason.TOO_FEW.value",
        "alone = comparison.effect.reason != Reason.TOO_FEW.value",
        _EFFECTS,
    ),
    _of(
        "branches",
        "np.where(self.treated, line, 0.0)",
        "np.where(self.treated, 0.0, line)",
        "tests/metrics/campaigns/test_evaluation.py -k by_branch_is_judged",
    ),
    _of("branches", "level, branch=self.branch)".replace("level", "self.level"), "self.level)", _EFFECTS),
    _of(
        "outcomes", "Moments(arm.n, arm.mean - by, arm.squares)", "Moments(arm.n, arm.mean + by, arm.squares)", _EFFECTS
    ),
    _of("outcomes", "randomised & complete[0] & complete[1]", "complete[0] & complete[1]", _EFFECTS),
    _of("guardrail", "good.low > -margin", "good.low > margin", _GUARDRAIL),
    _of("guardrail", "effect if higher_is_better else effect.scaled(-1.0)", "effect", _GUARDRAIL),
    _of("health", "np.maximum(planned - 1, 1)", "np.maximum(planned, 1)", _HEALTH),
    _of("health", "weight = error**-2", "weight = error**-1", _HEALTH),
    _of("health", "float(information**-0.5)", "float(information**-1)", _HEALTH),
    _of("health", "np.where(unplanned, np.inf, distance)", "distance", _HEALTH),
    _of("health", "MISMATCH_BELOW = 0.001", "MISMATCH_BELOW = 0.05", _CONTRAST),
    _of("contrast", "one_sided & (blocked | ~shown)", "one_sided & ~shown", _CONTRAST),
    _of(
        "contrast",
        "{True: holm, False: benjamini_hochberg}",
        "{True: benjamini_hochberg, False: benjamini_hochberg}",
        _CONTRAST,
    ),
    _of("contrast", "shown = p_values.adjusted <", "shown = p_values.raw <", _CONTRAST),
    _of(
        "experiment",
        'sizes = np.column_stack([control["n"], treated["n"]])',
        'sizes = np.column_stack([treated["n"], control["n"]])',
        _EXPERIMENT,
    ),
    _of("experiment", "control.take(row[row >= 0])", "control.head(int((row >= 0).sum()))", _EXPERIMENT),
    _of(
        "effects",
        "randomised & (sample_ratio.p_value < MISMATCH_BELOW)",
        "sample_ratio.p_value < MISMATCH_BELOW",
        _SIZES,
    ),
    _of(
        "effects",
        "randomised & (sample_ratio.p_value < MISMATCH_BELOW)",
        "randomised & (sample_ratio.p_value > MISMATCH_BELOW)",
        _SIZES,
    ),
    _of(
        "health", "np.bincount(place, np.isnan(weight + n), k) == 0", "np.bincount(place, np.isnan(n), k) == 0", _HEALTH
    ),
    _of(
        "health",
        'np.where(dealt[place], floats(among["assigned_branches"]), n)',
        'np.where(dealt[place], n, floats(among["assigned_branches"]))',
        _HEALTH,
    ),
    _of("health", "reason = np.select([~stated, few]", "reason = np.select([~stated, ~few]", _HEALTH),
    _of(
        "members",
        'self.count(f"sum_{plain}") > 0',
        'self.count(f"sum_{plain}") >= 0',
        "tests/metrics/campaigns/test_winsorised.py",
    ),
    _of(
        "outcomes",
        "control.cut_away(entry.numerator) | treated.cut_away(entry.numerator)",
        "nowhere",
        "tests/metrics/campaigns/test_winsorised.py",
    ),
]
