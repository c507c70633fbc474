"""What of the to-do list still waits, and what was done with the list of an earlier week?

The rows come anew from every version of the data; what people did with them stands in the workspace. Both meet here, by
kind, customer and period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from data_access.reading.reader import Reader
from data_access.workspace import tasks
from data_access.workspace.tasks import Key, Row, State, Step, Task

Workspace = Any


@dataclass(frozen=True, eq=False)
class Standing:
    """A to-do list and what people did with it.

    Attributes:
        rows: The rows that were asked about, as they came.
        steps: What was last done with each, in the same order.
        on: Day on which the list is made.
    """

    rows: pd.DataFrame
    steps: tuple[Step, ...]
    on: date

    @property
    def waiting(self) -> list[int]:
        """Positions of the rows that wait: open, or put off until a day that has come."""
        return [
            number
            for number, step in enumerate(self.steps)
            if step.state in (State.OPEN, State.PUT_OFF) and not step.waits(self.on)
        ]


@dataclass(frozen=True, slots=True)
class LastList:
    """What became of the rows that some days listed first.

    Attributes:
        tasks: Each row with its last step.
        done: Rows that were marked done.
        dismissed: Rows that were taken off with a reason.
        put_off: Rows that were put off and wait, or have come back.
        untouched: Rows that are open, assigned to somebody or not.
    """

    tasks: Mapping[Key, Task]
    done: int
    dismissed: int
    put_off: int
    untouched: int


def standing(workspace: Workspace, reader: Reader, rows: pd.DataFrame, on: date) -> Standing:
    """Remember the rows of a list, and say what was done with each.

    Args:
        workspace: Where tasks are kept.
        reader: Whose list it is.
        rows: ``kind``, ``customer_id``, ``period`` (together each once), ``branch_id``, ``at_stake`` (minor units) and
            ``due_on``; all of the list, not a page of it, so that next week knows what was on it.
        on: Day on which the list is made.
    """
    listed = _listed(rows)
    kept = tasks.of(workspace, reader.scope, [row.key for row in listed])
    new = [row for row in listed if row.key not in kept or kept[row.key].row.branch_id != row.branch_id]
    if new:  # most looks at a list find every row remembered, and write nothing
        tasks.keep(workspace, new, on)
        kept |= tasks.of(workspace, reader.scope, [row.key for row in new])
    return _standing(rows, listed, kept, on)


def looked_at(workspace: Workspace, reader: Reader, rows: pd.DataFrame, on: date) -> Standing:
    """What was done with each row of a list, without remembering any: of an earlier day, or of many branches at once.

    Arguments as `standing`; a page of the list will do.
    """
    listed = _listed(rows)
    return _standing(rows, listed, tasks.of(workspace, reader.scope, [row.key for row in listed]), on)


def _listed(rows: pd.DataFrame) -> list[Row]:
    return [
        Row(
            Key(str(kind), str(customer), str(period)),
            str(branch),
            None if pd.isna(amount) else int(amount),
            None if pd.isna(due) else pd.Timestamp(due).date(),
        )
        for kind, customer, period, branch, amount, due in zip(
            *(rows[name] for name in ("kind", "customer_id", "period", "branch_id", "at_stake", "due_on")), strict=True
        )
    ]


def _standing(rows: pd.DataFrame, listed: Sequence[Row], kept: Mapping[Key, Task], on: date) -> Standing:
    return Standing(rows, tuple(kept[row.key].last if row.key in kept else Step() for row in listed), on)


def last_list(
    workspace: Workspace, reader: Reader, first: date, last: date, branches: Sequence[str] = ()
) -> LastList | None:
    """What became of the rows that were first listed on these days of the data; None where none was.

    Args:
        workspace: Where tasks are kept.
        reader: Whose branches.
        first: First day.
        last: Last day.
        branches: These alone; all of the reader's if empty.
    """
    found = tasks.listed(workspace, reader.scope, first, last, branches=branches)
    if not found:
        return None
    states = [one.last.state for one in found.values()]
    done, dismissed, put_off, untouched = (
        states.count(state) for state in (State.DONE, State.DISMISSED, State.PUT_OFF, State.OPEN)
    )
    return LastList(found, done, dismissed, put_off, untouched)
