"""Faults of what is sent by mail: twice, never, at another hour, to whom it is not for, without a word of it."""

from tests.mutations.mutation import Mutation

_DELIVERY = "tests/reports/test_delivery.py"
_MAIL = "tests/reports/test_mail.py"
_DELIVERIES = "tests/data_access/workspace/test_deliveries.py"
_TWICE = f"{_DELIVERY}::test_nothing_is_sent_twice_in_a_week_and_the_next_week_is_another"
_DUE = f"{_DELIVERY}::test_a_subscription_is_due_from_its_hour_on_until_the_next"
_FIVE = f"{_DELIVERY}::test_a_failure_keeps_nobody_else_waiting_and_is_tried_by_the_next_run_five_times_in_all"
_SAME = f"{_DELIVERY}::test_the_same_rights_are_told_the_same_story_once_and_other_rights_their_own"

MUTATIONS = [
    Mutation("reports/delivery.py", "return at if at <= now else", "return at if at < now else", _DUE),
    Mutation("reports/delivery.py", "    deliveries.sent(workspace, key)\n", "", _TWICE),
    Mutation(
        "reports/delivery.py",
        "if at > one.since.replace",
        "if at >= one.since.replace",
        f"{_DELIVERY}::test_who_subscribes_after_the_hour_waits_for_the_next",
    ),
    Mutation("reports/delivery.py", "MOST: Final = 5", "MOST: Final = 6", _FIVE),
    Mutation(
        "reports/delivery.py",
        "    if not deliveries.begin(workspace, key, seen):\n        return None\n",
        "    deliveries.begin(workspace, key, seen)\n",
        f"{_DELIVERY}::test_of_two_programs_one_sends",
    ),
    Mutation(
        "reports/delivery.py",
        "        deliveries.doubtful(workspace, key, str(error))",
        "        deliveries.failed(workspace, key, str(error))",
        f"{_DELIVERY}::test_what_is_in_doubt_is_listed_with_what_to_do_and_sent_after_a_word",
    ),
    Mutation(
        "reports/delivery.py",
        "changed_at > UNDER_WAY",
        "changed_at > timedelta(0)",
        f"{_DELIVERY}::test_what_is_in_doubt_is_listed_with_what_to_do_and_sent_after_a_word",
    ),
    Mutation(
        "reports/delivery.py",
        "whose.open_reader(one.email, row)",
        'whose.open_reader("wu@bank.example", row)',
        f"{_DELIVERY}::test_rights_are_those_of_the_moment",
    ),
    Mutation("reports/delivery.py", "return viewer.role, viewer.scope, viewer.may_see_customers", "return ()", _SAME),
    Mutation("reports/delivery.py", "told_to = what, words.language(), ", "told_to = what, ", _SAME),
    Mutation("reports/delivery.py", "rights.get(one.email)", "one.email", _SAME),
    Mutation("reports/mail.py", "_LATER: Final = range(400, 500)", "_LATER: Final = range(400, 600)", _MAIL),
    Mutation("reports/mail.py", "            raise InDoubtError(", "            raise MailError(", _MAIL),
    Mutation("reports/mail.py", "isinstance(why, OSError) and not", "False and not", _MAIL),
    Mutation("reports/mail.py", 'if named.user and named.tls == "none":', "if False:", _MAIL),
    Mutation("reports/mail.py", 'if named.tls == "starttls":', "if False:", _MAIL),
    Mutation("data_access/workspace/deliveries.py", " & (delivery.c.attempts == attempts)", "", _DELIVERIES),
    Mutation("data_access/workspace/deliveries.py", "(delivery.c.state == State.FAILED.value)", "True", _DELIVERIES),
    Mutation("story/week/week.py", "LISTED: Final = 8", "LISTED: Final = 20", "tests/reports/test_commands.py -k week"),
]
