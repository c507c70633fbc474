"""Faults of what administrators do on the data page: who may, which files, how many refused rows, the way back."""

from tests.mutations.mutation import Mutation

_PAGE = "tests/pages/act/test_loading.py"
_SAID = "tests/data_access/test_said.py"
_FEEDS, _PANEL = "data_access/door/feeds.py", "ui/act/loading.py"

MUTATIONS = [
    Mutation(_FEEDS, "viewer.role is Role.ADMINISTRATOR and viewer", "viewer", f"{_PAGE} -k nobody_else_may"),
    Mutation(_FEEDS, " and viewer.scope.whole_bank", "", f"{_PAGE} -k nobody_else_may"),
    Mutation(_FEEDS, "Allowance(rows=put_up_with)", "Allowance(share=1.0)", f"{_PAGE} -k more_refused"),
    Mutation(_FEEDS, 'Path(name).name != name or name.startswith(".")', "False", f"{_PAGE} -k leads_elsewhere"),
    Mutation(_FEEDS, "found is None or found.id != current", "found is None", f"{_PAGE} -k no_longer_current"),
    Mutation(_PANEL, "begin if latest.about == about and chosen else None", "begin", f"{_PAGE} -k other_files"),
    Mutation(_PANEL, "and latest.person == viewer.email", "", f"{_PAGE} -k theirs_alone"),
    Mutation(_PANEL, "    confirm()\n    files =", "    files =", f"{_PAGE} -k taken_since"),
    Mutation(_PANEL, "disabled=not willing", "disabled=False", f"{_PAGE} -k refused_rows_are"),
    Mutation(_PANEL, "and viewer.may_see_customers", "", f"{_PAGE} -k refused_values"),
    Mutation(
        _PANEL,
        "if not feeds.may(viewer):\n        return\n",
        "if False:\n        return\n",
        f"{_PAGE} -k nobody_else_is",
    ),
    Mutation("ui/act/job.py", "_latest is not None and _latest.runs", "False", f"{_PAGE} -k runs_one_at_a_time"),
    Mutation("story/refusal.py", "if isinstance(message, Said) else", "if False else", _SAID),
    Mutation("story/refusal.py", "if isinstance(value, Said):", "if False:", _SAID),
    Mutation(_PANEL, "isinstance(ended.error, load_report.TOLD)", "False", f"{_PAGE} -k machine_stopped"),
    Mutation(_PANEL, "if not ended.reference and ended.error is not None:", "if True:", f"{_PAGE} -k logged_once"),
    Mutation(
        "ui/errors.py",
        "isinstance(error, UnreachableError)",
        "False",
        "tests/ui/test_errors.py -k does_not_answer",
    ),
    Mutation(
        "metrics/planning/hierarchy.py",
        "(values, 0.0))) @ vectors.T",
        "(values, 0.0)))",
        "tests/metrics/planning/test_hierarchy.py -k another_order",
    ),
]
