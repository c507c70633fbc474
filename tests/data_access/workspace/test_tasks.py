"""To-do rows: listed once whatever is loaded, worked on by who may, never overwritten unseen, undone step by step."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import sqlalchemy as sa

from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import WHOLE_BANK, Scope
from data_access.workspace import tables, tasks
from data_access.workspace.tasks import Key, Row, State, Step
from tests.data_access.workspace.conftest import ADMINISTRATOR, EXECUTIVE, HEAD, OTHER_HEAD, PLANNER

SUNDAY = date(2026, 11, 15)
NEXT = date(2026, 11, 22)
GRACE = Row(Key("grace", "c1", "2026-11"), "B1", 5_000_000_000_000, date(2026, 11, 30))
MATURES = Row(Key("maturity", "c1", "2026-11-24"), "B1", 700_000, date(2026, 11, 24))
BOOKING = Row(Key("booking", "c2", "2026-11-12"), "B2")
ROWS = [GRACE, MATURES, BOOKING]
KEYS = [row.key for row in ROWS]


def last(workspace, key) -> Step:
    return tasks.of(workspace, WHOLE_BANK, [key])[key].last


def steps(workspace) -> list[tuple[int, str]]:
    """Version and person of every step that was kept of `GRACE`."""
    table = tables.task_change
    of_grace = sa.select(table.c.version, table.c.changed_by).where(table.c.kind == GRACE.key.kind)
    with workspace.connect() as connection:
        return [tuple(row) for row in connection.execute(of_grace.order_by(table.c.version))]


@pytest.fixture
def listed(workspace):
    tasks.keep(workspace, ROWS, SUNDAY)
    return workspace


def test_a_listed_row_comes_back_as_it_was(listed):
    found = tasks.of(listed, WHOLE_BANK, KEYS)
    assert [found[row.key].row for row in ROWS] == ROWS
    assert {one.listed_on for one in found.values()} == {SUNDAY}
    assert {one.last for one in found.values()} == {Step()}


def test_a_new_load_lists_no_row_twice_and_loses_none(listed):
    tasks.done(listed, HEAD, GRACE.key, seen=0)
    again = Row(GRACE.key, "B1", 1, date(2026, 12, 1))
    new = Row(Key("grace", "c9", "2026-11"), "B1", 3)
    tasks.keep(listed, [again, new], NEXT)
    tasks.keep(listed, [], NEXT)
    found = tasks.of(listed, WHOLE_BANK, [*KEYS, new.key])
    assert len(found) == 4
    assert found[GRACE.key].row == GRACE
    assert found[GRACE.key].listed_on == SUNDAY
    assert found[GRACE.key].last.state is State.DONE
    assert found[new.key].listed_on == NEXT
    assert list(tasks.listed(listed, WHOLE_BANK, NEXT, NEXT)) == [new.key]
    assert set(tasks.listed(listed, WHOLE_BANK, date(2026, 11, 9), SUNDAY)) == set(KEYS)


def test_the_same_customer_and_kind_in_another_period_is_another_task(listed):
    december = Row(Key("grace", "c1", "2026-12"), "B1", 8)
    tasks.done(listed, HEAD, GRACE.key, seen=0)
    tasks.keep(listed, [december], NEXT)
    assert last(listed, december.key) == Step()


def test_a_task_goes_where_its_customer_went(listed):
    tasks.assign(listed, HEAD, GRACE.key, "S1", seen=0)
    tasks.keep(listed, [Row(GRACE.key, "B3", GRACE.amount, GRACE.due_on)], NEXT)
    assert GRACE.key not in tasks.of(listed, HEAD.scope, [GRACE.key])
    assert tasks.of(listed, OTHER_HEAD.scope, [GRACE.key])[GRACE.key].last.staff_id == "S1"
    with pytest.raises(AccessError):
        tasks.done(listed, HEAD, GRACE.key, seen=1)
    tasks.done(listed, OTHER_HEAD, GRACE.key, seen=1)


def test_many_pages_list_the_same_rows_at_once(workspace):
    rows = [Row(Key("grace", f"c{number}", "2026-11"), "B1") for number in range(300)]

    def keep(turn: int) -> None:
        tasks.keep(workspace, rows if turn % 2 else rows[::-1], SUNDAY)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(keep, range(12)))
    assert len(tasks.listed(workspace, WHOLE_BANK, SUNDAY, SUNDAY)) == 300
    assert len(tasks.of(workspace, WHOLE_BANK, [row.key for row in rows])) == 300


def test_each_deed_changes_what_it_says_and_keeps_the_rest(listed):
    tasks.assign(listed, HEAD, GRACE.key, "S7", seen=0)
    off = tasks.put_off(listed, HEAD, GRACE.key, date(2026, 11, 20), seen=1)
    assert (off.state, off.staff_id, off.until_on) == (State.PUT_OFF, "S7", date(2026, 11, 20))
    assert off.waits(date(2026, 11, 19))
    assert not off.waits(date(2026, 11, 20))
    assert not Step().waits(SUNDAY)
    gone = tasks.dismiss(listed, HEAD, GRACE.key, " moved abroad ", seen=2)
    assert (gone.state, gone.staff_id, gone.until_on, gone.reason) == (State.DISMISSED, "S7", None, "moved abroad")
    assert not gone.waits(SUNDAY)
    finished = tasks.done(listed, HEAD, GRACE.key, seen=3)
    assert (finished.state, finished.reason, finished.version) == (State.DONE, None, 4)
    assert last(listed, GRACE.key) == finished
    assert tasks.assign(listed, HEAD, GRACE.key, None, seen=4).staff_id is None
    assert steps(listed) == [(version, "lin@bank.example") for version in range(1, 6)]
    assert last(listed, MATURES.key) == Step()


def test_undoing_goes_back_one_step_and_undoing_that_brings_it_back(listed):
    tasks.assign(listed, HEAD, GRACE.key, "S7", seen=0)
    tasks.dismiss(listed, HEAD, GRACE.key, "moved", seen=1)
    undone = tasks.undo(listed, HEAD, GRACE.key, seen=2)
    assert (undone.state, undone.staff_id, undone.reason, undone.version) == (State.OPEN, "S7", None, 3)
    again = tasks.undo(listed, HEAD, GRACE.key, seen=3)
    assert (again.state, again.staff_id, again.reason) == (State.DISMISSED, "S7", "moved")


def test_undoing_the_first_step_leaves_the_task_as_it_was_listed(listed):
    tasks.done(listed, HEAD, GRACE.key, seen=0)
    undone = tasks.undo(listed, HEAD, GRACE.key, seen=1)
    assert (undone.state, undone.staff_id, undone.until_on, undone.reason) == (State.OPEN, None, None, None)


def test_there_is_something_to_undo_or_it_is_said(listed):
    for seen in (0, 1):
        with pytest.raises(WorkspaceError, match="nothing to undo"):
            tasks.undo(listed, HEAD, GRACE.key, seen=seen)
    assert last(listed, GRACE.key) == Step()


@pytest.mark.parametrize(
    "act",
    [
        lambda workspace: tasks.assign(workspace, OTHER_HEAD, BOOKING.key, "S9", seen=0),
        lambda workspace: tasks.done(workspace, OTHER_HEAD, BOOKING.key, seen=0),
        lambda workspace: tasks.put_off(workspace, OTHER_HEAD, BOOKING.key, NEXT, seen=0),
        lambda workspace: tasks.dismiss(workspace, OTHER_HEAD, BOOKING.key, "no", seen=0),
    ],
    ids=["assign", "done", "put_off", "dismiss"],
)
def test_the_second_of_two_who_change_one_row_is_told_by_whom(listed, act):
    first = tasks.done(listed, HEAD, BOOKING.key, seen=0)
    with pytest.raises(ChangedError, match=r"lin@bank\.example did something .* it is done now") as told:
        act(listed)
    assert (told.value.by, told.value.at) == ("lin@bank.example", first.changed_at)
    assert last(listed, BOOKING.key) == first


def test_an_undo_of_what_somebody_else_changed_meanwhile_is_told(listed):
    tasks.done(listed, HEAD, BOOKING.key, seen=0)
    tasks.dismiss(listed, OTHER_HEAD, BOOKING.key, "no", seen=1)
    with pytest.raises(ChangedError, match="dismissed now"):
        tasks.undo(listed, HEAD, BOOKING.key, seen=1)
    assert last(listed, BOOKING.key).state is State.DISMISSED


def test_of_many_at_once_exactly_one_comes_through(listed):
    def act(number: int) -> bool:
        try:
            tasks.assign(listed, HEAD, GRACE.key, f"S{number}", seen=0)
        except ChangedError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        came_through = list(threads.map(act, range(24)))
    assert came_through.count(True) == 1
    assert last(listed, GRACE.key).staff_id == f"S{came_through.index(True)}"
    assert len(steps(listed)) == 1


@pytest.mark.parametrize(
    ("viewer", "key", "may"),
    [
        (HEAD, GRACE.key, True),
        (OTHER_HEAD, GRACE.key, False),
        (OTHER_HEAD, BOOKING.key, True),
        (ADMINISTRATOR, GRACE.key, True),
        (PLANNER, GRACE.key, False),
        (EXECUTIVE, GRACE.key, False),
    ],
    ids=lambda value: getattr(value, "email", str(value)),
)
def test_heads_of_the_branch_and_administrators_work_on_its_list(listed, viewer, key, may):
    for number, act in enumerate(
        (
            lambda seen: tasks.assign(listed, viewer, key, "S1", seen=seen),
            lambda seen: tasks.put_off(listed, viewer, key, NEXT, seen=seen),
            lambda seen: tasks.dismiss(listed, viewer, key, "no", seen=seen),
            lambda seen: tasks.done(listed, viewer, key, seen=seen),
        )
    ):
        if may:
            assert act(number).version == number + 1
        else:
            with pytest.raises(AccessError, match=f"{viewer.email} may not work on the tasks"):
                act(0)
    assert last(listed, key).version == (4 if may else 0)


def test_a_viewer_reads_the_tasks_of_their_branches(listed):
    tasks.done(listed, HEAD, GRACE.key, seen=0)
    assert set(tasks.of(listed, OTHER_HEAD.scope, KEYS)) == {BOOKING.key}
    assert set(tasks.listed(listed, OTHER_HEAD.scope, SUNDAY, SUNDAY)) == {BOOKING.key}
    assert set(tasks.listed(listed, HEAD.scope, SUNDAY, SUNDAY, branches=["B1"])) == {GRACE.key, MATURES.key}
    assert tasks.listed(listed, Scope(frozenset()), SUNDAY, SUNDAY) == {}


def test_a_row_that_was_never_listed_is_said_to_be_so(listed):
    with pytest.raises(WorkspaceError, match="not on any list"):
        tasks.done(listed, HEAD, GRACE.key._replace(customer_id="c99"), seen=0)
    with pytest.raises(WorkspaceError, match="no step 2"):
        tasks.done(listed, HEAD, GRACE.key, seen=2)


def test_a_dismissal_gives_its_reason(listed):
    with pytest.raises(WorkspaceError, match="needs a text"):
        tasks.dismiss(listed, HEAD, GRACE.key, "  ", seen=0)
    assert last(listed, GRACE.key) == Step()
