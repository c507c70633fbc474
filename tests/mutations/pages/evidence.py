"""Faults of equal age, holdouts, several side by side taken along, worked examples, the fan of tiers, what pays."""

from tests.mutations.mutation import Mutation

_WHOLE = "tests/pages/campaigns/test_programme_shown.py -k '[bank and equal_age'"
_WITHOUT = "tests/answers/test_holdouts.py"
_HOLDOUT = "tests/pages/campaigns/test_holdout_shown.py"
_SEVERAL = "tests/pages/compare/test_several_shown.py -k recomputes"
_EXAMPLES = "tests/pages/evidence/test_examples_shown.py"
_MOVED = "tests/pages/tiers/test_shown.py -k compared_over"
_FAN = "tests/story/chart/test_tiers.py"
_FAN_SHOWN = "tests/pages/tiers/test_shown.py -k 'fan_stands and bank and 3 and not asset'"
_COMPARE = "tests/pages/compare/test_compare_shown.py"
_ESTIMATES = "tests/story/test_estimates.py"
_PLAN = "tests/pages/plan/test_plan_shown.py"

MUTATIONS = [
    Mutation("answers/campaigns/ages.py", "key=lambda row: -size[row]", "key=lambda row: size[row]", _WHOLE),
    Mutation(
        "metrics/inference/survival.py",
        "self.at_risk[:, :1] / 2",
        "self.at_risk[:, :1] / 4",
        "tests/metrics/campaigns/test_arms.py",
    ),
    Mutation(
        "metrics/inference/survival.py", "int(enough[-1])", "int(enough[0])", "tests/metrics/campaigns/test_arms.py"
    ),
    Mutation(
        "answers/campaigns/holdout.py",
        "_times(self.effect, self.held_out)",
        "_times(self.effect, self.programme)",
        _HOLDOUT,
    ),
    Mutation("data_access/reading/holdouts.py", "else ~of_holdouts", "else sa.true()", _HOLDOUT),
    Mutation("answers/kept.py", ", reader.of_holdouts\n", "\n", _WITHOUT),
    Mutation(
        "answers/compare/compare.py",
        "reader = reader.holdouts if two.a.holdout else reader",
        "reader = reader",
        _WITHOUT,
    ),
    Mutation("answers/compare/compare.py", "    if two.a.holdout:\n", "    if False:\n", _WITHOUT),
    Mutation(
        "answers/compare/offered.py",
        "one.starts_on + timedelta(days=one.days)",
        "one.closes_on",
        _WITHOUT,
    ),
    Mutation("story/summary/summary.py", "added if whole is None else whole", "added", _HOLDOUT),
    Mutation("story/compare/verdict.py", "answer.reached > FEW_REACHED", "answer.reached > 1", _HOLDOUT),
    Mutation("metrics/inference/study/beside.py", "arms[~held_out],", "arms[held_out],", _SEVERAL),
    Mutation(
        "answers/worked.py", "one.review.chart.value[-1], one.part", "one.review.chart.value[-2], one.part", _EXAMPLES
    ),
    Mutation("answers/tiers/effects.py", "moved_further(control, treated)", "moved_further(treated, control)", _MOVED),
    Mutation("story/chart/over_time/sizes.py", "(size - low) / (high - low)", "(high - size) / (high - low)", _FAN),
    Mutation("story/chart/over_time/sizes.py", '"worse" if row.missed', '"worse" if not row.missed', _FAN),
    Mutation("story/chart/over_time/sizes.py", "max(_LEAST * high, 1.0)", "0.0", _FAN),
    Mutation("story/chart/over_time/sizes.py", "dates.midnight(begun)", "dates.midnight(months[1])", _FAN),
    Mutation("story/chart/crossings.py", "3.3 * most, max(net", "3.3 * most, min(net", _FAN),
    Mutation("answers/tiers/forecast.py", "span.before.start if before", "span.start if before", _FAN_SHOWN),
    Mutation(
        "answers/tiers/forecast.py",
        "monthly.departures.sum(axis=2)",
        "monthly.departures.sum(axis=1)[:, :-1]",
        _FAN_SHOWN,
    ),
    Mutation("story/tiers/ahead.py", "if miss > 0:\n", "if miss < 0:\n", _FAN_SHOWN),
    Mutation(
        "story/compare/forest.py",
        "_pays(seen) and abs(one.line) > 0",
        "abs(one.line) > 0",
        f"{_COMPARE} -k never_mixed",
    ),
    Mutation(
        "story/compare/forest.py",
        "key=lambda line: not line.lined",
        "key=lambda line: line.lined",
        f"{_COMPARE} -k never_mixed",
    ),
    Mutation(
        "story/compare/forest.py", "abs(gap - found) > 1e-6", "abs(gap - found) < 1e-6", f"{_COMPARE} -k allows_for"
    ),
    Mutation("story/estimates.py", "figures.digits((high - low) / 2 / style.divisor, most=2)", "2", _ESTIMATES),
    Mutation(
        "ui/plan/handed_over.py",
        'filters.parameter("cell") != NO_MOVE',
        'filters.parameter("cell") == NO_MOVE',
        f"{_PLAN} -k goes_to_the_plan",
    ),
]
