"""Faults of what is asked."""

from tests.mutations.mutation import Mutation

_SHOWN = "tests/pages/test_shown.py"
_CHOICE = f"{_SHOWN} -k choice"
_CELLS = f"{_SHOWN} -k cell"
_BATCHES = "tests/answers/test_batches.py"
_TARGETS = "tests/answers/test_targets.py"
_PERIOD = "tests/answers/test_period.py"
_KEPT = "tests/answers/test_kept.py"

MUTATIONS = [
    Mutation("answers/campaigns.py", '("themes", choice.theme)', '("themes", "")', _CHOICE),
    Mutation("answers/campaigns.py", '("lines", choice.line)', '("lines", "")', _CHOICE),
    Mutation("answers/campaigns.py", '("objectives", choice.objective)', '("objectives", "")', _CHOICE),
    Mutation("answers/campaigns.py", "first=first, last=last, branches=branches", "branches=branches", _CHOICE),
    Mutation("answers/campaigns.py", "scored(reader, choice.branch)", "scored(reader)", f"{_CELLS}"),
    Mutation("answers/campaigns.py", "np.argsort(-np", "np.argsort(np", f"{_SHOWN} -k first"),
    Mutation("answers/campaign.py", "arms.outcomes(own)", "arms.outcomes(own[::-1])", f"{_SHOWN} -k arms"),
    Mutation("answers/period.py", "number * 3 - 2)", "number * 3 - 1)", _PERIOD, quick=True),
    Mutation("answers/period.py", "calendar.monthrange(year, number)[1]", "28", _PERIOD),
    Mutation("answers/period.py", "as_of - 6 * DAY", "as_of - 7 * DAY", _PERIOD),
    Mutation("answers/period.py", "kind is not Kind.WEEK or", "True or", _PERIOD),
    Mutation("answers/period.py", "period.last >= earliest:", "period.last > earliest:", _PERIOD),
    Mutation("answers/period.py", "<= ALIKE", "<= ALIKE * 9", _PERIOD),
    Mutation("answers/period.py", "one.last < period.first", "one.first < period.first", _PERIOD),
    Mutation("answers/period.py", "min(other.last, other.first + passed * DAY)", "other.last", _PERIOD),
    Mutation("answers/period.py", "other.first + passed * DAY", "other.first + (passed + 1) * DAY", _PERIOD),
    Mutation("answers/period.py", "one.days >= period.days", "one.days > period.days", _PERIOD),
    Mutation("answers/period.py", "(period.days // 2)", "(period.days // 3)", _PERIOD),
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
    Mutation("answers/targets.py", "parts[-1:] if metric in LEVELS else parts", "parts", _TARGETS),
    Mutation("answers/targets.py", "parts[-1:] if", "parts[:1] if", _TARGETS),
    Mutation("answers/targets.py", "len(found) == len(wanted) > 0", "len(found) > 0", _TARGETS),
    Mutation("answers/targets.py", "is not Kind.SHARE)", "is Kind.SHARE)", _TARGETS),
    Mutation("answers/targets.py", "not branches or branch in branches", "True", _TARGETS),
    Mutation("answers/targets.py", "if one.value is not None", "if one.value", _TARGETS),
    Mutation("metrics/week/attainment.py", "where=aimed > 0", "where=aimed != 0", _TARGETS),
]
