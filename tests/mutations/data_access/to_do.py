"""Faults of the list of what to do: who is on it, who is not, and what came of it."""

from tests.mutations.mutation import Mutation

_LIST = "tests/data_access/queries/test_to_do.py -k 'duckdb or begin or came'"
_CAME = "tests/answers/test_came.py"

MUTATIONS = [
    Mutation("data_access/to_do/contacts.py", "opened > begun_on, opened", "opened < begun_on, opened", _LIST),
    Mutation("data_access/to_do/tiers.py", "each.grace_months - 1)", "each.grace_months)", _LIST),
    Mutation("data_access/measures.py", 'contact.c["direction"] != "inbound"', "sa.true()", _LIST),
    Mutation("data_access/measures.py", '["visit", "wait", "consult", "apply", "complete"]', '["visit"]', _LIST),
    Mutation("answers/week/came.py", "State.PUT_OFF: NOT_DONE", "State.DISMISSED: NOT_DONE", _CAME),
    Mutation(
        "answers/week/came.py", "difference_in_shares(not_done, done)", "difference_in_shares(done, not_done)", _CAME
    ),
]
