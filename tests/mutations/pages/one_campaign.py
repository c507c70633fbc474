"""Faults of one campaign's groups, time, harm and forecast, and of several campaigns side by side."""

from tests.mutations.mutation import Mutation

_SEVERAL = "metrics/inference/study/several.py"
_SEVERAL_TESTS = "tests/metrics/inference/study/test_several.py"
_TIME = "metrics/campaigns/staff_time.py"
_TIME_TESTS = "tests/metrics/campaigns/test_staff_time.py"
_PARTS = "tests/pages/campaigns/test_parts_shown.py"
_PROMISED = "tests/answers/test_promised.py"

MUTATIONS = [
    Mutation(_SEVERAL, "_levels(members, len(members), looks", "_levels(members, 1, looks", _SEVERAL_TESTS),
    Mutation(_SEVERAL, "_levels(members, len(pairs), looks", "_levels(members, 1, looks", _SEVERAL_TESTS),
    Mutation(_SEVERAL, "for at, one in enumerate(members) if at != place", "for one in members", _SEVERAL_TESTS),
    Mutation(
        _SEVERAL,
        "if members[first].campaign == members[second].campaign",
        "if first < 0",
        f"{_SEVERAL_TESTS} -k without_their_control",
    ),
    Mutation(_SEVERAL, "seen=seen or planned", "seen=planned", f"{_SEVERAL_TESTS} -k still_counting"),
    Mutation(_TIME, "hours=numbers[of] * each / 60", "hours=numbers[of] * each", _TIME_TESTS),
    Mutation(_TIME, "if contacts is not None else np.nan", "if contacts is not None else 0.0", _TIME_TESTS),
    Mutation(_TIME, 'amount * column["matured"], assigned', "amount * assigned, assigned", _TIME_TESTS),
    Mutation(
        "answers/campaigns/promised.py",
        "if answer.branch and plan.scope.branches",
        "if not answer.branch and plan.scope.branches",
        f"{_PROMISED} -k branch_that_was_chosen",
    ),
    Mutation(
        "data_access/queries/campaigns/time_of_staff.py", "measures.treated(reader, member),", "", f"{_PARTS} -k staff"
    ),
    Mutation(
        "data_access/queries/campaigns/voices.py",
        'measures.within(complaint.c["opened_at"], first, last)',
        'measures.within(complaint.c["opened_at"], None, last)',
        f"{_PARTS} -k usual",
    ),
    Mutation(
        "data_access/workspace/loop/frozen.py",
        "one.frozen_at.date() <= first",
        "one.frozen_at.date() < first",
        "tests/data_access/workspace/loop/test_plans.py -k forecast_that_counts",
    ),
    Mutation("answers/campaigns/promised.py", "before or kept[-1]", "kept[-1]", f"{_PROMISED} -k before_the_campaign"),
    Mutation(
        "answers/campaigns/promised.py",
        "or said.state is not State.CONFIRMED",
        "",
        f"{_PROMISED} -k without_a_confirmed",
    ),
    Mutation(
        "data_access/queries/comparison.py",
        'each.c["campaigns"] > 1',
        'each.c["campaigns"] > 0',
        "tests/data_access/queries/test_comparison.py -k in_more_than_one",
    ),
    Mutation(
        "ui/compare.py",
        'Standing.LESS: "stop"',
        'Standing.LESS: "scale"',
        "tests/pages/compare/test_several_shown.py -k proposes",
    ),
]
