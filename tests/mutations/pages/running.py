"""Faults of running campaigns: alarms, advice, matches, what is counted, what a click does."""

from tests.mutations.mutation import Mutation

_ALARMS, _STOPPING = "tests/metrics/planning/test_alarms.py", "tests/metrics/planning/test_stopping.py"
_KEPT = "tests/data_access/workspace/loop/test_alarms.py"
_MATCHES = "tests/data_access/workspace/loop/test_matches.py"
_RULES = "tests/answers/test_running.py"
_RESTATED = "tests/metrics/planning/test_restated.py"
_SHOWN, _PAGES = "tests/pages/running/test_shown.py", "tests/pages/running/test_pages.py"

MUTATIONS = [
    Mutation(
        "ui/running/desk.py",
        "            for one in done:\n                alarms.undo(workspace, viewer, one)\n",
        "",
        "tests/pages/running/test_pages.py -k several_alarms",
    ),
    Mutation(
        "answers/running/running.py",
        "current[plan_id].scope.branches == own",
        "current[plan_id].scope.branches != own",
        "tests/pages/running/test_pages.py -k one_branch_is_not_held",
    ),
    Mutation("metrics/planning/alarms.py", "(7 if watch in WEEKLY else 1) / 365", "7 / 365", f"{_ALARMS} -k together"),
    Mutation("metrics/planning/alarms.py", "stats.binom.sf(count - 1,", "stats.binom.sf(count,", f"{_ALARMS} -k tails"),
    Mutation("metrics/planning/alarms.py", "poisson.sf(count - 1,", "poisson.sf(count,", f"{_ALARMS} -k tails"),
    Mutation("metrics/planning/alarms.py", "(1 + 1 / len(known))", "(1)", f"{_ALARMS} -k tails"),
    Mutation("metrics/planning/alarms.py", "if counted < seen", "if counted > seen", f"{_ALARMS} -k side"),
    Mutation("metrics/planning/stopping.py", "if high < line:", "if high < 2 * line:", _STOPPING),
    Mutation("metrics/planning/stopping.py", "if high < 0:", "if low < 0:", _STOPPING),
    Mutation("metrics/planning/stopping.py", "minutes_each / 60", "minutes_each / 6", _STOPPING),
    Mutation("data_access/workspace/loop/matches.py", "if before == seen:", "if True:", _MATCHES),
    Mutation("data_access/workspace/loop/matches.py", "        held.said_at == was.said_at,\n", "", _MATCHES),
    Mutation("data_access/workspace/loop/alarms.py", "if (one.plan_id, one.kind) not in settled", "if True", _KEPT),
    Mutation("data_access/workspace/loop/alarms.py", "if one.settled}", "if one.deed}", _KEPT),
    Mutation("data_access/workspace/loop/alarms.py", ".where(own, before)", ".where(own)", _KEPT),
    Mutation(
        "data_access/queries/running.py", "day < age - age % WEEK", "day <= age - age % WEEK", f"{_SHOWN} -k week"
    ),
    Mutation("data_access/queries/running.py", "between(0, within - 1)", "between(0, within)", f"{_SHOWN} -k thirty"),
    Mutation(
        "data_access/queries/running.py", 'each.c["times"] > cap', 'each.c["times"] >= cap', f"{_SHOWN} -k thirty"
    ),
    Mutation("data_access/queries/running.py", "within) <= today", "within) < today", f"{_SHOWN} -k early"),
    Mutation("answers/running/matching.py", "abs(later) > APART", "abs(later) >= APART", _RULES),
    Mutation("answers/running/running.py", "and one.phase is Phase.CALLING else None", "else None", _RULES),
    Mutation("answers/running/running.py", "and self.settled(one) is None", "", _RULES),
    Mutation("story/running/charts.py", '"worse" if Watch.BEHIND', '"better" if Watch.BEHIND', _RULES),
    Mutation("story/figures.py", "if share < LEAST_CHANCE:", "if share < 0.001:", "tests/story/test_figures.py"),
    Mutation(
        "ui/running/desk.py",
        "        if deed is Deed.STOP:\n",
        "        if deed is Deed.GO_ON:\n",
        f"{_PAGES} -k stopping",
    ),
    Mutation("ui/running/desk.py", '"ends_on": ends_on}', '"ends_on": "2027-01-01"}', f"{_PAGES} -k stopping"),
    Mutation("answers/plan/freeze.py", "if says(drawn, quantiles):", "if True:", f"{_PAGES} -k older_model"),
    Mutation("metrics/planning/restated.py", "set(drawn.outcomes) == set(kept) and", "", f"{_RESTATED} -k no_other"),
    Mutation("metrics/planning/restated.py", "return np.maximum(told, least)", "return told", f"{_RESTATED} -k beyond"),
    Mutation(
        "metrics/planning/restated.py", 'times[name] / times["converted"]', "times[name]", f"{_RESTATED} -k quantiles"
    ),
    Mutation("answers/running/standing.py", 'every[every["n"] > 0]', "every", f"{_SHOWN} -k 'table_counts and head'"),
    Mutation(
        "data_access/queries/running.py",
        ', sa.func.max(campaign.c["ends_on"]) > today)',
        ")",
        "tests/data_access/queries/test_running.py",
    ),
    Mutation(
        "answers/running/running.py", ".isin(owners(reader, choice.branch))", ".isin([])", f"{_SHOWN} -k elsewhere"
    ),
]
