"""Faults of what people decide: rights, versions, and what is told to the second of two."""

from tests.mutations.mutation import Mutation

_ROOM = "data_access/workspace"
_TESTS = "tests/data_access/workspace"
_MIGRATIONS, _TARGETS = f"{_TESTS}/test_migrations.py", f"{_TESTS}/test_targets.py"
_FILES = f"{_TESTS}/test_target_files.py"
_PLANS = f"{_TESTS}/loop/test_plans.py"
_REFUSED = f"{_TESTS}/test_refusals.py"
_NOTES, _TASKS = f"{_TESTS}/test_notes.py", f"{_TESTS}/test_tasks.py"

MUTATIONS = [
    Mutation(f"{_ROOM}/database.py", 'connection.exec_driver_sql("BEGIN IMMEDIATE")', "pass", _MIGRATIONS),
    Mutation(f"{_ROOM}/database.py", "if recorded is not None:", "if recorded == 0:", f"{_MIGRATIONS} -k newer"),
    Mutation(f"{_ROOM}/database.py", "    command.stamp(config, found)\n", "", f"{_MIGRATIONS} -k before_migrations"),
    Mutation(f"{_ROOM}/database.py", "if tables == ours", "if ours <= tables", f"{_MIGRATIONS} -k lost"),
    Mutation(f"{_ROOM}/database.py", "before and before != after", "before != after", f"{_MIGRATIONS} -k written"),
    Mutation(f"{_ROOM}/database.py", "before and before != after", "before", f"{_MIGRATIONS} -k written"),
    Mutation(f"{_ROOM}/rights.py", "_SETS_TARGETS and sees", "_SETS_TARGETS or sees", _TARGETS),
    Mutation(f"{_ROOM}/rights.py", "_WORKS_ON_TASKS and sees", "_WORKS_ON_TASKS or sees", _TASKS),
    Mutation(f"{_ROOM}/rights.py", "viewer.scope.whole_bank if branch_id is None", "True if branch_id is None", _NOTES),
    Mutation(f"{_ROOM}/targets.py", "before.version if before else 0) == seen", "seen) == seen", _TARGETS),
    Mutation(
        f"{_ROOM}/targets.py", "target.c.version.desc())\n        .label", "target.c.version)\n        .label", _TARGETS
    ),
    Mutation(f"{_ROOM}/targets.py", "before[key].value != value", "True", _TARGETS),
    Mutation(f"{_ROOM}/targets.py", "not 0 <= value <= 1", "not 0 < value <= 1", _TARGETS),
    Mutation(f"{_ROOM}/targets.py", "abs(value) < LARGEST", "abs(value) <= LARGEST", _TARGETS),
    Mutation(f"{_ROOM}/targets.py", "conditions = [_seen(scope)]", "conditions = [sa.true()]", _TARGETS),
    Mutation(f"{_ROOM}/notes.py", "viewer.email == one.author and", "", _NOTES),
    Mutation(f"{_ROOM}/notes.py", "may_change(viewer, _note(found))", "may_change(viewer, seen)", _NOTES),
    Mutation(f"{_ROOM}/notes.py", "            note.c.version == seen.version,\n", "", _NOTES),
    Mutation(f"{_ROOM}/notes.py", "[note.c.deleted_at.is_(None), _read_by(scope)]", "[_read_by(scope)]", _NOTES),
    Mutation(
        f"{_ROOM}/notes.py",
        "sa.or_(note.c.branch_id.is_(None), note.c.branch_id.in_(sorted",
        "sa.or_(note.c.branch_id.in_(sorted",
        _NOTES,
    ),
    Mutation(f"{_ROOM}/written.py", "> LONGEST", ">= LONGEST", _NOTES),
    Mutation(f"{_ROOM}/tasks.py", "if before.version == seen:", "if True:", _TASKS),
    Mutation(f"{_ROOM}/tasks.py", "self.until_on > as_of", "self.until_on >= as_of", _TASKS),
    Mutation(f"{_ROOM}/tasks.py", "step.version == seen - 1", "step.version == seen", _TASKS),
    Mutation(f"{_ROOM}/tasks.py", "sa.func.max(every", "sa.func.min(every", _TASKS),
    Mutation(
        f"{_ROOM}/tasks.py",
        '        set_={"branch_id": listed.excluded.branch_id},',
        '        set_={"branch_id": task.c.branch_id},',
        _TASKS,
    ),
    Mutation(f"{_ROOM}/tasks.py", '"listed_on": as_of', '"listed_on": row.due_on or as_of', _TASKS),
    Mutation(f"{_ROOM}/tasks.py", "start + KEYS_AT_ONCE]", "start + KEYS_AT_ONCE - 1]", _TASKS),
    Mutation(f"{_ROOM}/target_file.py", "number.scaleb(decimals)", "number.scaleb(2)", _FILES),
    Mutation(f"{_ROOM}/target_file.py", "if faults:", "if len(faults) > 1:", _FILES),
    Mutation(f"{_ROOM}/target_file.py", "if key in first_line:", "if key in faults:", _FILES),
    Mutation(f"{_ROOM}/target_file.py", "number / 100 if share", "number if share", _FILES),
    Mutation(f"{_ROOM}/target_file.py", "if not share and number > 1:", "if not share and number > 100:", _FILES),
    Mutation(f"{_ROOM}/target_file.py", "if one.value is not None", "if one.value != 0", _FILES),
    Mutation(
        f"{_ROOM}/rights.py",
        "_SETS_TARGETS and viewer.scope.whole_bank",
        "_SETS_TARGETS",
        "tests/data_access/workspace/test_weights.py -k yardstick",
    ),
    Mutation(
        f"{_ROOM}/weights.py",
        "if newest == seen:",
        "if True:",
        "tests/data_access/workspace/test_weights.py -k never_there",
    ),
    Mutation(
        f"{_ROOM}/notes.py",
        "pin.to is PinnedTo.STAFF and branch_id is None",
        "False",
        "tests/data_access/workspace/test_weights.py -k goal",
    ),
    Mutation(f"{_ROOM}/rights.py", "_PLANS and sees_all", "_PLANS or sees_all", f"{_PLANS} -k may_not_plan"),
    Mutation(f"{_ROOM}/rights.py", "scope.branches <= viewer", "scope.branches >= viewer", f"{_PLANS} -k may_not_plan"),
    Mutation(f"{_ROOM}/loop/plans.py", "plan.c.version == seen.version)", "sa.true())", f"{_PLANS} -k never_was"),
    Mutation(f"{_ROOM}/loop/plans.py", "if one.before != one.mine or", "if", f"{_PLANS} -k second_of_two"),
    Mutation(f"{_ROOM}/loop/plans.py", "sa.false()), ~others)", "sa.false()), sa.true())", f"{_PLANS} -k sees_all"),
    Mutation(f"{_ROOM}/loop/frozen.py", "if content.digest != row.digest:", "if False:", f"{_PLANS} -k by_hand"),
    Mutation(f"{_ROOM}/loop/frozen.py", "if current.version != seen.version:", "if False:", f"{_PLANS} -k saved_since"),
    Mutation("story/refusal.py", "return term(value)", "return str(value)", f"{_REFUSED} -k role"),
    Mutation(
        "story/refusal.py", "bool(error.args) and isinstance(error.args[0], Said)", "True", f"{_REFUSED} -k program"
    ),
    Mutation(f"{_ROOM}/written.py", "what=Said.of(what),\n            most", "what=what,\n            most", _REFUSED),
    Mutation(f"{_ROOM}/loop/plans.py", '_name(marked("A plan")', '_name("A plan"', f"{_REFUSED} -k marked"),
    Mutation(
        "ui/errors.py",
        "isinstance(error, AccessError):",
        "False:",
        "tests/ui/test_errors.py -k rights",
    ),
    Mutation(
        "ui/errors.py",
        "isinstance(error, (WorkspaceError, TooManyRowsError)):",
        "False:",
        "tests/ui/test_errors.py -k reference_beside",
    ),
    Mutation("ui/errors.py", "isinstance(error, StoreError):", "False:", "tests/ui/test_errors.py -k damaged"),
    Mutation("ui/take/withheld.py", "speak(spoken)", "pass", "tests/ui/take/test_withheld.py"),
    Mutation("ui/take/withheld.py", "if refusal.sayable(error):", "if True:", "tests/ui/take/test_withheld.py"),
    Mutation("answers/summary/held.py", "recorded.isna().any()", "False", "tests/pages/test_nobody_told.py"),
    Mutation(
        "metrics/campaigns/findings.py",
        'card["members"].estimate).any()',
        'card["members"].estimate).all()',
        "tests/pages/test_nobody_told.py tests/metrics/campaigns/test_findings.py",
    ),
    Mutation(
        "data_access/workspace/loop/frozen.py",
        ".where(plans.visible(scope))",
        "",
        "tests/data_access/workspace/loop/test_plans.py -k heads_are",
    ),
]
