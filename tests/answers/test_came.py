"""What came of last week's list, of the done and of the others, and what the page says of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from answers.week import came
from answers.week.tasks import LastList
from answers.week.to_do import ToDo
from data_access.reading.reader import Reader
from data_access.workspace.tasks import Key, Row, State, Step, Task
from story import words
from story.parts import Table
from story.week import last_list as story
from tests.data_access.queries.test_to_do import BANK, MAY, ON
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of

LISTED = date(2024, 6, 8)
STATES = {
    Key("referral", "R1", "F5"): State.DONE,  # closed
    Key("referral", "R1", "F6"): State.DONE,
    Key("referral", "R1", "F2"): State.OPEN,
    Key("referral", "R1", "F3"): State.PUT_OFF,
    Key("complaint", "R1", "X4"): State.DISMISSED,
    Key("booking", "J5", "E5"): State.OPEN,  # came
    Key("grace", "G2", str(MAY)): State.DONE,
}
LAST = LastList(
    {key: Task(Row(key, "B1", None, None), LISTED, Step(state=state)) for key, state in STATES.items()}, 3, 1, 1, 2
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("came")))
    publish(bank_of(BANK), warehouse.store)
    yield lambda **who: Reader(viewer(**who), warehouse)
    warehouse.close()


def test_the_done_are_told_apart_from_the_others_and_the_dismissed_are_in_neither(reader):
    found = came.ask(reader(), LAST, ON)
    assert found is not None
    assert found.kinds == ("booking", "referral")
    assert found.done.n.tolist() == [0, 2]
    assert found.done.successes.tolist() == [0, 1]
    assert found.not_done.n.tolist() == [1, 2]
    assert found.not_done.successes.tolist() == [1, 0]
    assert found.difference.estimate[1] == 0.5
    assert found.difference.low[1] < 0 < found.difference.high[1]
    assert np.isnan(found.difference.estimate[0])


def test_who_sees_no_customers_is_told_nothing(reader):
    assert came.ask(reader(may_see_customers=False), LAST, ON) is None


def test_the_page_says_difference_and_not_effect(reader):
    words.speak("en")
    waiting = cast("ToDo", SimpleNamespace(last=LAST, came=came.ask(reader(), LAST, ON)))
    told = story.block(waiting)
    assert told is not None
    assert "the difference is not its effect" in told.after.replace("their difference", "the difference")
    assert isinstance(told.shown, Table)
    columns = {column.name: column for column in told.shown.columns}
    kinds = list(columns["Kind"].texts("CNY"))
    referral, grace = kinds.index("referrals that wait"), kinds.index("last month of grace")
    assert columns["Came true, done"].texts("CNY")[referral] == "1 of 2"
    assert columns["Came true, not done"].texts("CNY")[referral] == "0 of 2"
    assert columns["Came true, done"].texts("CNY")[grace] == "not known yet"
    assert columns["Difference"].texts("CNY")[referral].startswith("+50")
    assert columns["Difference"].texts("CNY")[grace] == "too few"
