"""Faults of campaigns at equal age, of holdouts, of several side by side taken along, and of worked examples."""

from tests.mutations.mutation import Mutation

_WHOLE = "tests/pages/campaigns/test_programme_shown.py -k 'duckdb and equal_age'"
_WITHOUT = "tests/answers/test_holdouts.py"
_HOLDOUT = "tests/pages/campaigns/test_holdout_shown.py"
_SEVERAL = "tests/pages/compare/test_several_shown.py -k recomputes"
_EXAMPLES = "tests/pages/evidence/test_examples_shown.py"
_MOVED = "tests/pages/tiers/test_shown.py -k compared_over"

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
]
