"""The list of what to do: each row of its words by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from answers.week.came import Came
from answers.week.tasks import LastList
from answers.week.to_do import ToDo
from answers.week.week import Choice, Week
from data_access.workspace.tasks import Key, Row, State, Step, Task
from metrics.estimate import Intervals
from metrics.moments import Counts
from story import words
from story.parts import Nothing, Table
from story.week import last_list, to_do, week

ON = date(2026, 11, 15)
ROW: dict[str, Any] = {
    "kind": "grace", "customer_id": "00007", "period": "2026-11", "branch_id": "B1", "about": "wealth",
    "since_on": pd.NaT, "due_on": pd.Timestamp("2026-11-30"), "at_stake": 30_000_00.0, "gap": 5_000_00.0,
    "staff_id": None, "do_not_contact": False,
}  # fmt: skip


def listed(*rows: dict[str, Any], **changes: Any) -> ToDo:
    """The list of a branch that holds these rows, each with what stands in `ROW` but for what it says."""
    every = pd.DataFrame([ROW | row for row in rows])
    counts = pd.DataFrame({"kind": ["grace"], "n": [len(rows)], "soon": [1], "sum_at_stake": [1.0]})
    answer = ToDo(
        on=ON, counts=counts, rows=every, steps=(Step(),) * len(rows), kind="", page=1, pages=1, size=50, branch="B1",
        handled=0, with_handled=False, current=True, last=None, came=None, happened={}, lacks={},
        staff={"S1": "Wang Li", "S2": "Zhao Min"}, posted={},
    )  # fmt: skip
    return replace(answer, **changes)


@pytest.fixture(autouse=True)
def english():
    words.speak("en")


def read(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def what(answer: ToDo) -> str:
    return read(to_do.lines(answer, "CNY")[0].what)


def about(answer: ToDo) -> str:
    return read(to_do.lines(answer, "CNY")[0].about)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "Last month of grace, wealth tier: ¥5,000 short"),
        ({"kind": "near"}, "¥5,000 below the wealth tier"),
        ({"kind": "upgrade"}, "Risen to the wealth tier, nobody has called yet"),
        ({"kind": "overdue"}, "No contact on record, wealth tier"),
        (
            {"kind": "overdue", "since_on": pd.Timestamp("2026-11-14")},
            "Promised contact overdue, wealth tier: the last was 1 day ago",
        ),
        ({"kind": "complaint", "since_on": pd.Timestamp("2026-11-01")}, "Complaint open for 14 days"),
        ({"kind": "booking", "since_on": pd.Timestamp("2026-11-10")}, "Booked 5 days ago and did not come"),
        ({"kind": "maturing", "about": "Fixed 12"}, "Fixed 12 matures"),
        ({"kind": "window", "about": "Spring"}, "Spring: the window closes, nothing bought"),
        (
            {"do_not_contact": True},
            "Last month of grace, wealth tier: ¥5,000 short · asked not to be contacted on some channel",
        ),
    ],
)
def test_a_row_says_whom_it_is_about_and_why_now(row: dict[str, Any], said: str):
    assert what(listed(row)) == f"00007 · {said}"


def test_what_became_of_such_customers_is_that_of_their_tier_and_else_of_their_kind():
    of_tier, of_kind = {("grace", "wealth"): (40, 30)}, {("grace", ""): (90, 50)}
    assert what(listed({}, happened=of_tier | of_kind)).endswith("· of 40 such customers 30 fell")
    assert what(listed({}, happened=of_kind)).endswith("· of 90 such customers 50 fell")
    assert what(listed({}, happened={("grace", "wealth"): (0, 0)})).endswith("short")
    complaint = {"kind": "complaint", "since_on": pd.Timestamp("2026-11-01")}
    assert what(listed(complaint, happened={("complaint", ""): (9, 1)})).endswith("open for 14 days")


@pytest.mark.parametrize(("due", "said"), [("2026-11-14", "now"), ("2026-11-15", "now"), ("2026-11-16", "16 Nov")])
def test_what_is_due_today_is_due_now(due: str, said: str):
    assert about(listed({"due_on": pd.Timestamp(due)})) == f"¥30.0 k · nobody yet · {said}"


def test_a_row_is_whose_it_was_assigned_to_and_else_whose_customer_it_is():
    own = {"staff_id": "S1"}
    assert "Wang Li" in about(listed(own))
    assert "Zhao Min" in about(listed(own, steps=(Step(1, staff_id="S2"),)))
    assert "S9" in about(listed({"staff_id": "S9"})), "who has left is told by the identifier"


AT = {"changed_by": "li@bank", "changed_at": datetime(2026, 11, 12, 9)}


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step(), ""),
        (Step(1, **AT), ""),
        (Step(1, staff_id="S1", **AT), "assigned: li@bank · 12 Nov"),
        (Step(1, State.DONE, **AT), "done: li@bank · 12 Nov"),
        (Step(1, State.DISMISSED, reason="moved\naway", **AT), "dismissed, “moved away”: li@bank · 12 Nov"),
        (Step(1, State.PUT_OFF, until_on=date(2026, 11, 16), **AT), "put off until 16 Nov 2026: li@bank · 12 Nov"),
        (Step(1, State.PUT_OFF, until_on=ON, **AT), "was put off until 15 Nov 2026: li@bank · 12 Nov"),
    ],
)
def test_what_was_last_done_is_said_with_who_and_when(step: Step, said: str):
    assert to_do.state(step, ON) == said


def test_the_rows_of_a_later_page_are_numbered_on():
    answer = listed({}, {}, page=3, pages=3)
    assert to_do.block(answer, "CNY").caption.endswith("rows 101 to 102 of the list")
    assert "of the list" not in to_do.block(listed({}), "CNY").caption


def test_a_list_of_which_all_is_done_is_not_called_empty():
    none = listed({}).rows.iloc[:0]
    waits = "Nothing waits here: all rows are done, dismissed or put off."
    done = to_do.block(listed({}, rows=none, handled=2, steps=()), "CNY")
    assert done.shown == Nothing(waits)
    nobody = replace(listed({}), counts=listed({}).counts.iloc[:0], rows=none, steps=())
    assert to_do.block(nobody, "CNY").shown == Nothing("Nobody waits for anything that the data tell.")


def test_a_kind_of_which_all_is_done_can_still_be_the_one_looked_at():
    assert to_do.kinds(listed({}, {})) == {"all": "all: 2", "grace": "last month of grace: 2"}
    assert to_do.kinds(listed({}, kind="near"))["near"] == "near the next tier: 0"


def kept(kind: str, *states: State) -> dict[Key, Task]:
    """Rows of a kind with what was last done with each."""
    rows = [Row(Key(kind, str(place), "2026-11"), "B1") for place in range(len(states))]
    return {row.key: Task(row, ON, Step(1, state)) for row, state in zip(rows, states, strict=True)}


OPEN, DONE, PUT_OFF, DISMISSED = State
LAST = LastList(
    kept("booking", DONE, DONE, OPEN) | kept("grace", PUT_OFF, DISMISSED, DISMISSED, OPEN, OPEN), 2, 2, 1, 3
)


def table(answer: ToDo) -> dict[str, list[Any]]:
    block = last_list.block(answer)
    assert block is not None
    assert isinstance(block.shown, Table)
    assert block.heading == "Last week's list: 2 of 8 done"
    return {
        column.name: list(column.values) for column in block.shown.columns if not isinstance(column.values, Intervals)
    }


def test_last_week_s_list_is_counted_by_kind_and_by_what_was_done():
    assert table(listed({}, last=LAST)) == {
        "Kind": ["last month of grace", "bookings not kept"],
        "Listed": [5.0, 3.0],
        "Done": [0.0, 2.0],
        "Put off": [1.0, 0.0],
        "Dismissed": [2.0, 0.0],
        "Untouched": [2.0, 1.0],
    }
    assert last_list.block(listed({})) is None


def test_what_came_of_it_is_told_beside_what_was_not_done_and_of_no_kind_that_is_not_known():
    between = Intervals.of([0.5, np.nan], [0.1, np.nan], [0.8, np.nan], n=[3, 0])
    came = Came(("booking", "grace"), Counts.of([2, 0], [2, 0]), Counts.of([1, 0], [0, 0]), between)
    answer = listed({}, last=LAST, came=came)
    told = table(answer)
    assert told["Came true, done"] == ["not known yet", "2 of 2"]
    assert told["Came true, not done"] == ["not known yet", "0 of 1"]
    block = last_list.block(answer)
    assert block is not None
    assert isinstance(block.shown, Table)
    difference = block.shown.columns[-1].values
    assert isinstance(difference, Intervals)
    np.testing.assert_array_equal(difference.estimate, [np.nan, 0.5])
    paper = last_list.on_paper(answer)
    assert paper is not None
    assert paper.caption.startswith(
        "Came true of those done: 2 of 2, of the others: 0 of 1. Who was worked on was chosen"
    )


@pytest.mark.parametrize(
    ("kind", "dated", "undated"),
    [
        ("complaint", "Complaint open for 6 days", "Complaint open, its day is not recorded"),
        ("booking", "Booked 6 days ago and did not come", "Booked and did not come, its day is not recorded"),
        ("referral", "Referral to funds has waited 6 days", "Referral to funds waits, its day is not recorded"),
    ],
)
def test_what_has_no_day_says_so_and_leaves_no_gap_where_the_days_would_stand(kind: str, dated: str, undated: str):
    row = {"kind": kind, "about": "fund", "since_on": pd.Timestamp("2026-11-09")}
    assert what(listed(row)) == f"00007 · {dated}"
    assert what(listed(row | {"since_on": pd.NaT})) == f"00007 · {undated}"


@pytest.mark.parametrize(("rows", "which"), [(8, ""), (9, "rows 1 to 8 of the list")])
def test_a_sheet_lists_what_has_room_and_whose_it_is_but_not_who_said_so(rows: int, which: str):
    given = Step(1, State.OPEN, "S1", changed_by="gu@bank.example", changed_at=datetime(2026, 11, 15, 9))
    late = replace(given, state=State.PUT_OFF, until_on=ON)
    answer = listed(*[{"customer_id": f"{place:05}"} for place in range(rows)])
    answer = replace(answer, steps=(given, late, *answer.steps[2:]))
    told = week.sheet(Week(Choice(), date(2026, 11, 9), (), None, None, None, (), ON, "CNY"), answer)
    (block,) = [each for row in told.rows for each in row if isinstance(each.shown, Table)]
    assert isinstance(block.shown, Table)
    customers, whose = (block.shown.columns[place].texts("CNY") for place in (1, 3))
    assert list(customers) == [f"{place:05}" for place in range(8)]
    assert block.caption.endswith(which or "in the year before")
    assert whose[0] == "Wang Li · 30 Nov"
    assert "put off until" in whose[1]
    assert "gu@bank.example" in whose[1]
