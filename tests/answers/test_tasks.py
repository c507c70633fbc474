"""The to-do list after what people did with it, today and a week later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from answers.week import tasks
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.workspace import tasks as kept
from data_access.workspace.database import open_database
from data_access.workspace.tasks import Key, State

HEAD = Viewer("lin@bank.example", "Lin", Role.BRANCH_HEAD, Scope(frozenset({"B1"})), True)
SUNDAY, NEXT = date(2026, 11, 15), date(2026, 11, 22)
MONDAY = date(2026, 11, 9)
ROWS = pd.DataFrame(
    [
        ("grace", "c1", "24322", "B1", 500.0, pd.Timestamp("2026-11-30")),
        ("grace", "c2", "24322", "B1", float("nan"), pd.NaT),
        ("maturing", "c1", "P1 2026-11-20", "B1", 9_007_199_254_740_991.0, pd.Timestamp("2026-11-20")),
        ("booking", "c3", "E9", "B1", 1.0, pd.NaT),
        ("booking", "c4", "E10", "B2", 1.0, pd.NaT),
    ],
    columns=["kind", "customer_id", "period", "branch_id", "at_stake", "due_on"],
)
GRACE, SECOND, MATURING, BOOKING, OTHER = (Key(*row) for row in ROWS[["kind", "customer_id", "period"]].to_numpy())


def reader(scope: Scope = WHOLE_BANK) -> Any:
    return SimpleNamespace(scope=scope)


@pytest.fixture
def workspace(tmp_path) -> Iterator[Any]:
    engine = open_database(f"sqlite:///{tmp_path}/workspace.sqlite")
    yield engine
    engine.dispose()


def test_a_list_that_nobody_touched_waits_as_it_came(workspace):
    found = tasks.standing(workspace, reader(), ROWS, SUNDAY)
    assert found.rows is ROWS
    assert found.waiting == [0, 1, 2, 3, 4]
    rows = kept.of(workspace, WHOLE_BANK, [GRACE, SECOND, MATURING])
    assert (rows[GRACE].row.amount, rows[GRACE].row.due_on) == (500, date(2026, 11, 30))
    assert (rows[SECOND].row.amount, rows[SECOND].row.due_on) == (None, None)
    assert rows[MATURING].row.amount == 2**53 - 1


def test_what_was_done_dismissed_or_put_off_waits_no_more_until_its_day(workspace):
    tasks.standing(workspace, reader(), ROWS, SUNDAY)
    kept.done(workspace, HEAD, GRACE, seen=0)
    kept.dismiss(workspace, HEAD, SECOND, "moved abroad", seen=0)
    kept.put_off(workspace, HEAD, MATURING, NEXT, seen=0)
    kept.assign(workspace, HEAD, BOOKING, "S1", seen=0)
    assert tasks.standing(workspace, reader(), ROWS, SUNDAY).waiting == [3, 4]
    later = tasks.standing(workspace, reader(), ROWS, NEXT)
    assert later.waiting == [2, 3, 4]
    assert [step.version for step in later.steps] == [1, 1, 1, 1, 0]
    assert later.steps[3].staff_id == "S1"
    assert kept.undo(workspace, HEAD, GRACE, seen=1).state is State.OPEN
    assert tasks.standing(workspace, reader(), ROWS, NEXT).waiting == [0, 2, 3, 4]


def test_next_week_looks_back_on_what_was_listed_first_and_what_became_of_it(workspace):
    tasks.standing(workspace, reader(), ROWS.iloc[:4], SUNDAY)
    tasks.standing(workspace, reader(), ROWS, NEXT)
    kept.done(workspace, HEAD, GRACE, seen=0)
    kept.done(workspace, HEAD, SECOND, seen=0)
    kept.put_off(workspace, HEAD, MATURING, NEXT, seen=0)
    kept.assign(workspace, HEAD, BOOKING, "S1", seen=0)
    last = tasks.last_list(workspace, reader(), MONDAY, SUNDAY)
    assert last is not None
    assert (last.done, last.dismissed, last.put_off, last.untouched) == (2, 0, 1, 1)
    assert set(last.tasks) == {GRACE, SECOND, MATURING, BOOKING}
    this = tasks.last_list(workspace, reader(), date(2026, 11, 16), NEXT)
    assert this is not None
    assert list(this.tasks) == [OTHER]
    assert tasks.last_list(workspace, reader(), MONDAY, SUNDAY, ["B2"]) is None
    assert tasks.last_list(workspace, reader(Scope(frozenset({"B2"}))), MONDAY, SUNDAY) is None


def test_a_row_goes_with_its_customer_to_another_branch_and_keeps_what_was_done(workspace):
    tasks.standing(workspace, reader(), ROWS, SUNDAY)
    kept.assign(workspace, HEAD, GRACE, "S1", seen=0)
    moved = ROWS.head(1).assign(branch_id="B2")
    for scope in (WHOLE_BANK, Scope(frozenset({"B2"}))):
        tasks.standing(workspace, reader(), ROWS, SUNDAY)
        found = tasks.standing(workspace, reader(scope), moved, NEXT)
        assert found.steps[0].staff_id == "S1"
        assert kept.of(workspace, WHOLE_BANK, [GRACE])[GRACE].row.branch_id == "B2"


def test_looking_again_writes_nothing(workspace, monkeypatch):
    tasks.standing(workspace, reader(), ROWS, SUNDAY)
    monkeypatch.setattr(kept, "keep", None)
    assert tasks.standing(workspace, reader(), ROWS, NEXT).waiting == [0, 1, 2, 3, 4]


def test_an_empty_list_is_one(workspace):
    assert tasks.standing(workspace, reader(), ROWS.head(0), SUNDAY).waiting == []
