"""Faults of My week: how far it is told, and its words."""

from tests.mutations.mutation import Mutation

_LIST = "tests/story/week/test_to_do.py"
_CARDS = "tests/story/week/test_week.py"


def _of(file: str, old: str, new: str, killed_by: str) -> Mutation:
    return Mutation(f"story/week/{file}.py", old, new, killed_by)


MUTATIONS = [
    Mutation(
        "answers/week/reach.py",
        "branches = places.branches(reader, answer.choice.branch)",
        "branches = (answer.choice.branch,) if answer.choice.branch else ()",
        "tests/answers/test_reach.py -k region",
    ),
    _of("to_do", 'say("now") if due <= on', 'say("now") if due < on', f"{_LIST} -k due_today"),
    _of("to_do", "answer.page - 1) * answer.size", "answer.page) * answer.size", f"{_LIST} -k numbered_on"),
    _of("to_do", "given or own for given, own", "own or given for given, own", f"{_LIST} -k whose"),
    _of("to_do", "if step.waits(on):", "if True:", f"{_LIST} -k last_done"),
    _of("to_do", "if step.staff_id else", "if step.changed_by else", f"{_LIST} -k last_done"),
    _of("to_do", '"near", "overdue"):', '"near"):', f"{_LIST} -k why_now"),
    _of(
        "to_do",
        "(on - pd.Timestamp(since).date()).days",
        "(on - pd.Timestamp(since).date()).days + 1",
        f"{_LIST} -k why",
    ),
    _of("to_do", "answer.happened.get((kind, str(row", "answer.happened.get((str(row", f"{_LIST} -k became"),
    _of("to_do", "counted.setdefault(answer.kind, 0)", "pass", f"{_LIST} -k looked_at"),
    _of(
        "to_do",
        "if answer.rows is not None and answer.rows.empty and answer.handled:",
        "if False:",
        f"{_LIST} -k empty",
    ),
    _of("last_list", "[task.last.state] += 1", "[task.last.state] = 1", f"{_LIST} -k counted_by_kind"),
    _of("last_list", 'column(say("Untouched"), State.OPEN)', 'column(say("Untouched"), *State)', f"{_LIST} -k counted"),
    _of("last_list", "of(came.not_done)),", "of(came.done)),", f"{_LIST} -k came_of_it"),
    _of("last_list", "if kind in place and counts.n[place[kind]] else", "if kind in place else", f"{_LIST} -k no_kind"),
    _of(
        "cards", '"better" if _above(measured) is up_is_good', '"better" if _above(measured) is not up_is_good', _CARDS
    ),
    _of("cards", "measured.review and not measured.few else", "measured.review else", f"{_CARDS} -k handful"),
    _of("cards", "figures.number(np.ceil(low))", "figures.number(np.floor(low))", f"{_CARDS} -k rests_on"),
    _of("cards", "if low <= chart.floor:", "if low < chart.floor:", f"{_CARDS} -k limits"),
    _of("cards", "chart.value[-27:]", "chart.value[-26:]", f"{_CARDS} -k rests_on"),
    _of("cards", "measured.whole < FEW_ANSWERS", "measured.whole < 3", f"{_CARDS} -k handful"),
    Mutation(
        "answers/week/week.py",
        'min(sunday, reader.as_of_tables("sale"))',
        "sunday",
        "tests/answers/test_week.py -k as_far_as_sales",
    ),
    Mutation(
        "answers/week/week.py",
        "if sold >= sunday.replace(day=1) else",
        "if sold else",
        "tests/answers/test_week.py -k as_far_as_sales",
    ),
]
