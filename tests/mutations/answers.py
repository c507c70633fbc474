"""Faults of what is asked."""

from tests.mutations.mutation import Mutation

_SHOWN = "tests/pages/test_shown_campaigns.py"
_CHOICE = f"{_SHOWN} -k sql_finds[bank-duckdb"
_CELLS = f"{_SHOWN} -k sql_counts[filter-duckdb"
_BATCHES = "tests/answers/test_batches.py"
_KEPT = "tests/answers/test_kept.py"

MUTATIONS = [
    Mutation("answers/campaigns.py", '("themes", choice.theme)', '("themes", "")', _CHOICE),
    Mutation("answers/campaigns.py", '("lines", choice.line)', '("lines", "")', _CHOICE),
    Mutation("answers/campaigns.py", '("objectives", choice.objective)', '("objectives", "")', _CHOICE),
    Mutation("answers/campaigns.py", "first=first, last=last, branches=branches", "branches=branches", _CHOICE),
    Mutation("answers/campaigns.py", "scored(reader, choice.branch)", "scored(reader)", f"{_CELLS}"),
    Mutation(
        "answers/campaigns.py",
        "-returned.estimate, np.inf",
        "returned.estimate, np.inf",
        f"{_SHOWN} -k own_campaign[bank",
    ),
    Mutation(
        "answers/campaign.py",
        "arms.outcomes(own)",
        "arms.outcomes(own[::-1])",
        "tests/pages/test_shown_campaign.py -k arms_of_a_campaign_say_what_sql_counts[two",
    ),
    Mutation(
        "answers/campaign.py",
        "unadjusted(about, own, scores.booked.actual)",
        "unadjusted(about, own, scores.booked.own)",
        "tests/pages/test_shown_campaign.py -k that_of_sql[two",
    ),
    Mutation("answers/period.py", "last - 2, 1)", "last - 1, 1)", "answers/period.py --doctest-modules", quick=True),
    Mutation(
        "answers/period.py",
        "30 if last in (6, 9) else 31",
        "30",
        "answers/test_period.py".replace("answers", "tests/answers", 1),
    ),
    Mutation("answers/batches.py", "ROWS // max(rows_each, 1)", "len(campaigns)", _BATCHES),
    Mutation(
        "answers/batches.py",
        "range(0, len(campaigns), several)",
        "range(0, len(campaigns) - several, several)",
        _BATCHES,
        quick=True,
    ),
    Mutation("answers/kept.py", "who = reader.scope, reader.viewer.may_see_customers", 'who = ""', _KEPT),
    Mutation("answers/kept.py", "return reader.version, who,", "return who,", _KEPT, quick=True),
    Mutation("answers/kept.py", "question, args,", "question,", _KEPT),
]
