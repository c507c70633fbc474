"""The month and the season beside their targets, counted by hand.

Every working day brings 10 yuan in odd months and 20 in even ones. June 2024 has 19 working days by the official
calendar: the Dragon Boat festival is on Monday the 10th. By Sunday the 16th 9 are over. The season begins on Wednesday
5 June, with 7 of its days over, and ends on Friday 12 July, after 27.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from answers import kept
from answers.week import reach, week
from answers.week.reach import Reach
from data_access.reading.reader import Reader
from data_access.workspace import targets
from data_access.workspace.database import open_database
from data_access.workspace.targets import Key
from metrics.finding import FindingCode
from metrics.week.business_calendar import is_working
from story import words
from story.week import ends
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of

DAYS = [date(2023, 6, 1) + timedelta(days=number) for number in range(396)]
WORKED = [day for day, works in zip(DAYS, is_working(DAYS), strict=True) if works]
SALES = [
    {"sale_id": str(day), "customer_id": "K", "branch_id": "B1", "product_id": "P", "amount": 3_000,
     "sold_at": datetime.combine(day, time(12)), "internally_funded_amount": 1_000 + 1_000 * (day.month % 2)}
    for day in WORKED
]  # fmt: skip
BANK = {
    "branch": [{"branch_id": "B1", "name": "One", "region": "North"}],
    "season": [
        {"season_id": "OLD", "name": "Old", "starts_on": datetime(2024, 4, 1), "ends_on": datetime(2024, 6, 16)},
        {"season_id": "MID", "name": "Mid-year", "starts_on": datetime(2024, 6, 5), "ends_on": datetime(2024, 7, 12)},
    ],
    "sale": SALES,
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    kept.forget()
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("reach")))
    publish(bank_of(BANK), warehouse.store)
    yield Reader(viewer(), warehouse)
    warehouse.close()


@pytest.fixture
def workspace(tmp_path) -> sa.Engine:
    return open_database(f"sqlite:///{tmp_path / 'workspace.sqlite'}")


@pytest.fixture(autouse=True)
def english() -> None:
    words.speak("en")


def asked(workspace: sa.Engine, reader: Reader, which: str = "2024-W24") -> list[Reach]:
    return list(reach.ask(workspace, reader, week.ask(reader, week.Choice(which))))


def test_what_is_booked_and_which_days_are_over(reader, workspace):
    month, season = asked(workspace, reader)
    assert (month.period.key, month.booked, month.days, month.working_days) == ("2024-06", 9 * 2_000, 9, 19)
    assert (season.period.key, season.booked, season.days, season.working_days) == ("season-MID", 7 * 2_000, 7, 27)
    # Ten days of June at what June brings, ten of July at the mean of six months of 10 yuan and six of 20.
    rest = month.ends.total.estimate[0] - month.booked
    assert season.ends.total.estimate[0] == pytest.approx(7 * 2_000 + rest + 10 * 1_500)
    assert season.ends.total.low[0] < season.ends.total.estimate[0] < season.ends.total.high[0]


def test_without_a_target_none_is_spoken_of(reader, workspace):
    for each in asked(workspace, reader):
        assert each.goal.value is None
        assert [found.code for found in each.found] == [FindingCode.MONTH_END_EXPECTED]
        block = ends.block(each, "CNY")
        assert block is not None
        assert block.caption.endswith("no target")


def test_a_target_is_read_as_it_stands_now_with_the_chance_of_reaching_it(reader, workspace):
    targets.put_all(
        workspace, "gu", {Key("B1", "new_money", "2024-06"): 10_000.0, Key("B1", "new_money", "season-MID"): 10.0**9}
    )
    month, season = asked(workspace, reader)
    assert (month.goal.value, month.ends.chance) == (10_000, 1)
    assert month.found[0].code == FindingCode.MONTH_END_LIKELY
    assert season.goal.value == 10**9
    assert season.ends.chance < 0.01
    told = ends.block(season, "CNY")
    assert told is not None
    assert told.heading.startswith("Mid-year: New money: the target of ¥10.0")
    assert "unlikely to be reached, chance under 1" in told.heading
    assert "7 of 27 working days are over" in told.caption
    targets.put_all(workspace, "gu", {Key("B1", "new_money", "season-MID"): 16_000.0})
    assert asked(workspace, reader)[1].ends.chance > 0.9


def test_a_region_reaches_for_the_targets_of_its_branches(reader, workspace):
    targets.put_all(workspace, "gu", {Key("B1", "new_money", "2024-06"): 10_000.0})
    month, _ = reach.ask(workspace, reader, week.ask(reader, week.Choice("2024-W24", "region-North")))
    assert month.goal.value == 10_000


def test_of_two_seasons_the_later_is_told_and_where_there_is_none_the_month_alone(reader, workspace):
    assert [each.period.key for each in asked(workspace, reader, "2024-W22")] == ["2024-06", "season-OLD"]
    assert [each.period.key for each in asked(workspace, reader, "2024-W10")] == ["2024-03"]
