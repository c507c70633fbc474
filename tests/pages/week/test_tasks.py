"""Working on the list of what to do: assigned, done, put off, dismissed and undone, by who may; the others look on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from data_access.door import access
from data_access.reading.scope import WHOLE_BANK, Scope, Viewer
from data_access.workspace import tasks
from data_access.workspace.tasks import Key, Row, State, Step
from tests.pages.conftest import read, texts

App = Callable[..., AppTest]
HEAD, OTHER_HEAD, PLANNER, ADMINISTRATOR = "gu.ruolan", "ji.mingchuan", "lu.zhixing", "bai.yuan"
AS_OF = date(2026, 11, 15)


def kept() -> dict[Key, Step]:
    every = tasks.listed(access.workspace(), WHOLE_BANK, date(2000, 1, 1), date(2100, 1, 1))
    return {key: task.last for key, task in every.items()}


def touched() -> list[Step]:
    return [step for step in kept().values() if step.version]


def whoever(person: str) -> Viewer:
    return next(one for one in access.offered(access.current()) if one.email == f"{person}@demo.example")


def rows(page: AppTest) -> list[str]:
    """Keys of the widgets that tick a row, in the order of the list."""
    return [str(one.key) for one in page.checkbox if str(one.key).startswith("task_")]


def key_of(tick: str) -> Key:
    return next(key for key in kept() if tick == f"task_{'_'.join(key)}")


def press(page: AppTest, key: str, *ticks: str) -> AppTest:
    for tick in ticks:
        page.checkbox(key=tick).check()
    page.button(key=key).click().run()
    assert not page.exception
    assert not page.error
    return page


def warned(page: AppTest) -> str:
    return "".join(read(str(one.value)) for one in page.warning)


def waiting(page: AppTest) -> int:
    heading = next(str(one.value) for one in page.header if str(one.value).startswith("To do: "))
    return int(heading.split(",")[0].removeprefix("To do: "))


def behind(app: App) -> AppTest:
    """The end of the list with what is done."""
    page = app("week", HEAD, rows="all")
    numbers = [one for one in page.selectbox if one.key == "filter_page"]
    return numbers[0].select(str(len(numbers[0].options))).run() if numbers else page


def test_the_whole_list_is_remembered_not_only_its_page(app: App):
    page = app("week", HEAD)
    assert len(rows(page)) == min(waiting(page), 20)
    assert len(kept()) == waiting(page)
    assert touched() == []


def test_rows_that_are_done_leave_the_list_and_the_deed_is_undone(app: App):
    page = app("week", HEAD)
    first, second, third, *_ = rows(page)
    before = waiting(page)
    press(page, "task_done", first, third)
    assert kept()[key_of(first)].state is kept()[key_of(third)].state is State.DONE
    assert len(touched()) == 2
    assert (waiting(page), rows(page)[0]) == (before - 2, second)
    assert "2 rows were changed." in texts(page)
    page.button(key="undo_task").click().run()
    assert [step.state for step in touched()] == [State.OPEN, State.OPEN]
    assert (waiting(page), rows(page)[:3]) == (before, [first, second, third])
    assert not any(page.checkbox(key=tick).value for tick in rows(page))
    assert "undo_task" not in [one.key for one in page.button]


def test_who_wants_to_sees_what_is_done_behind_what_waits_and_takes_it_back(app: App):
    page = app("week", HEAD)
    first, second = rows(page)[:2]
    press(page, "task_done", first)
    assert "1 row is done, dismissed or put off" in texts(page)
    every = behind(app)
    assert rows(every)[-1] == first
    assert "done: gu.ruolan@demo.example" in texts(every)
    press(every, "task_back", first)
    assert kept()[key_of(first)].state is State.OPEN
    assert rows(app("week", HEAD))[:2] == [first, second]


def test_a_row_is_assigned_to_somebody_of_the_branch_and_named(app: App, posted: dict[str, set[str]]):
    page = app("week", HEAD)
    first = rows(page)[0]
    press(page, "task_assign", first)
    assert "Assigning needs a person" in warned(page)
    assert touched() == []
    chooses = page.selectbox(key="task_staff_B001")
    assert len(chooses.options) == len(posted["B001"]) + 1
    person = max(posted["B001"])
    chooses.set_value(person)
    press(page, "task_assign")
    step = kept()[key_of(first)]
    assert (step.state, step.staff_id) == (State.OPEN, person)
    assert rows(page)[0] == first
    (about,) = (read(str(one.value)) for one in page.caption if "assigned: " in str(one.value))
    assert chooses.options[sorted(posted["B001"]).index(person)] in about


@pytest.fixture
def posted(copied: Path) -> dict[str, set[str]]:
    """Staff by the branch to which they are posted on the day."""
    with duckdb.connect(str(copied), read_only=True) as file:
        rows = file.execute(
            "SELECT branch_id, staff_id FROM staff_posting WHERE from_on <= ? AND (to_on IS NULL OR to_on >= ?)",
            [AS_OF, AS_OF],
        ).fetchall()
    return {branch: {one for where, one in rows if where == branch} for branch in ("B001", "B002")}


def test_a_row_is_put_off_until_a_day(app: App):
    page = app("week", HEAD)
    first = rows(page)[0]
    page.date_input(key=f"task_until_{AS_OF}").set_value(date(2026, 11, 23))
    press(page, "task_put_off", first)
    step = kept()[key_of(first)]
    assert (step.state, step.until_on) == (State.PUT_OFF, date(2026, 11, 23))
    assert first not in rows(page)


def test_a_row_is_dismissed_with_a_reason_alone(app: App):
    page = app("week", HEAD)
    first = rows(page)[0]
    press(page, "task_dismiss", first)
    assert "Dismissing needs a reason" in warned(page)
    assert page.checkbox(key=first).value
    page.text_input(key="task_reason").input("moved *abroad*")
    press(page, "task_dismiss")
    step = kept()[key_of(first)]
    assert (step.state, step.reason) == (State.DISMISSED, "moved *abroad*")
    assert first not in rows(page)
    assert page.text_input(key="task_reason").value == ""
    every = behind(app)
    assert "dismissed, “moved *abroad*”: gu.ruolan@demo.example" in texts(every)


def test_nothing_ticked_is_said_and_nothing_done(app: App):
    page = press(app("week", HEAD), "task_done")
    assert "No row is ticked" in warned(page)
    assert touched() == []


@pytest.mark.parametrize(("language", "said"), [("en", "changed rows meanwhile"), ("zh", "刚处理过以下客户的事项")])
def test_the_second_of_two_is_told_and_what_was_typed_stays(app: App, language: str, said: str):
    page = app("week", HEAD, lang=language)
    first, second = rows(page)[:2]
    tasks.put_off(access.workspace(), whoever(ADMINISTRATOR), key_of(first), AS_OF, seen=0)
    page.text_input(key="task_reason").input("moved away")
    press(page, "task_dismiss", first, second)
    assert said in warned(page)
    assert "bai.yuan@demo.example" in warned(page)
    assert key_of(first).customer_id in warned(page)
    assert (kept()[key_of(first)].state, kept()[key_of(second)].state) == (State.PUT_OFF, State.DISMISSED)
    assert page.text_input(key="task_reason").value == "moved away"
    assert page.checkbox(key=first).value
    assert second not in rows(page)
    press(page, "task_dismiss")  # having looked at it again
    assert kept()[key_of(first)].state is State.DISMISSED
    assert kept()[key_of(first)].version == 2


def test_what_somebody_else_did_since_is_not_undone(app: App):
    page = app("week", HEAD)
    first = rows(page)[0]
    press(page, "task_done", first)
    tasks.assign(access.workspace(), whoever(ADMINISTRATOR), key_of(first), None, seen=1)
    page.button(key="undo_task").click().run()
    assert "changed rows meanwhile" in warned(page)
    assert kept()[key_of(first)].state is State.DONE


def test_rights_that_were_taken_meanwhile_are_taken(app: App, monkeypatch: pytest.MonkeyPatch):
    page = app("week", HEAD)
    first = rows(page)[0]
    less = replace(whoever(HEAD), scope=Scope(frozenset({"B002"})))
    monkeypatch.setattr(access, "offered", lambda _version: (less,))
    press(page, "task_done", first)
    assert "Your rights" in warned(page)
    assert touched() == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_planner_sees_what_was_done_without_a_control(app: App, posted: dict[str, set[str]], language: str):
    head = app("week", HEAD)
    first = rows(head)[0]
    tasks.assign(access.workspace(), whoever(HEAD), key_of(first), min(posted["B001"]), seen=0)
    page = app("week", PLANNER, branch="B001", lang=language)
    assert rows(page) == []
    assert [one for one in page.button if str(one.key).startswith("task_")] == []
    shown = " ".join(str(one.value.to_dict()) for one in page.table)
    assert {"en": "assigned: ", "zh": "已分派："}[language] in shown
    assert waiting(app("week", HEAD)) == len(kept())


def test_the_whole_bank_at_once_is_looked_at_and_not_remembered(app: App):
    for person in (PLANNER, ADMINISTRATOR):
        page = app("week", person)
        assert rows(page) == []
        assert "choose one to see what waits" in texts(page)
    assert kept() == {}
    assert rows(app("week", ADMINISTRATOR, branch="B001")) == rows(app("week", HEAD))


def test_who_may_not_see_customers_sees_no_list(app: App):
    page = app("week", "shen.qinghe", branch="B001")
    assert rows(page) == []
    assert kept() == {}


def test_the_list_of_an_earlier_week_is_looked_at_and_not_remembered(app: App):
    page = app("week", HEAD, week="2026-W45")
    assert rows(page) == []
    assert "the list of an earlier week" in texts(page)
    assert kept() == {}


def test_one_branch_sees_nothing_of_another_s_deeds(app: App):
    page = app("week", HEAD)
    press(page, "task_done", rows(page)[0])
    other = app("week", OTHER_HEAD)
    assert "undo_task" not in [one.key for one in other.button]
    assert waiting(other) == len(kept()) - len([key for key in kept() if key in seen_by(HEAD)])


def seen_by(person: str) -> set[Key]:
    return set(tasks.listed(access.workspace(), whoever(person).scope, date(2000, 1, 1), date(2100, 1, 1)))


def test_a_list_of_which_all_is_done_says_so_and_can_be_undone(app: App):
    page = app("week", HEAD, kind="grace")
    ticks = rows(page)
    assert ticks
    press(page, "task_done", *ticks)
    assert "Nothing waits here" in texts(page)
    assert page.selectbox(key="filter_kind").value == "grace"
    page.button(key="undo_task").click().run()
    assert rows(page) == ticks


def test_last_week_s_list_is_counted_by_what_was_done(app: App):
    assert "Last week's list" not in texts(app("week", HEAD))
    listed = [Row(Key("grace", f"c{place}", "24300"), "B001") for place in range(3)]
    listed += [Row(Key("near", f"c{place}", "24300"), "B001") for place in range(4)]
    tasks.keep(access.workspace(), listed, date(2026, 11, 8))
    tasks.keep(access.workspace(), [Row(Key("grace", "c9", "24299"), "B001")], date(2026, 11, 7))
    tasks.keep(access.workspace(), [Row(Key("grace", "c8", "24299"), "B002")], date(2026, 11, 14))
    head = whoever(HEAD)
    tasks.done(access.workspace(), head, listed[0].key, seen=0)
    tasks.done(access.workspace(), head, listed[3].key, seen=0)
    tasks.dismiss(access.workspace(), head, listed[4].key, "gone", seen=0)
    tasks.put_off(access.workspace(), head, listed[5].key, date(2026, 12, 1), seen=0)
    for person, chosen in ((HEAD, {}), (PLANNER, {"branch": "B001"}), ("shen.qinghe", {"branch": "B001"})):
        page = app("week", person, **chosen)
        assert "Last week's list: 2 of 7 done" in texts(page)
        table = next(one.value for one in page.table if "Untouched" in one.value.columns)
        assert table.to_numpy().tolist() == [
            ["last month of grace", "3", "1", "0", "0", "2"],
            ["near the next tier", "4", "1", "1", "1", "1"],
        ]
    assert "上周清单：7 项中已完成 2 项" in texts(app("week", HEAD, lang="zh"))
