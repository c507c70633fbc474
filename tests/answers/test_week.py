"""The week: the clock, what is not covered, parts that add up to the cent, and whatever a feed may hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import numpy as np
import pytest

from answers import kept
from answers.week import to_do, week
from answers.week.change import SEGMENTS
from answers.week.month import month
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from story import words
from story.week import week as story
from tests.data_access.small_bank import bank_of, publish, random_bank, viewer, warehouse_of

MONDAY = date(2024, 6, 24)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Iterator[Warehouse]:
    opened = warehouse_of(str(tmp_path_factory.mktemp("week")))
    publish(random_bank(), opened.store)
    yield opened
    opened.close()


@pytest.fixture
def reader(warehouse) -> Reader:
    kept.forget()
    return Reader(viewer(), warehouse)


def told(reader: Reader, choice: week.Choice | None = None) -> str:
    answer = week.ask(reader, choice or week.Choice())
    waiting = to_do.ask(reader, answer.listed_on)
    return " ".join(story.tell(answer, waiting, by).headline for by in SEGMENTS)


def test_the_last_complete_week_is_meant_and_an_unknown_one_passed_over(reader):
    assert week.ask(reader, week.Choice()).monday == MONDAY
    assert week.ask(reader, week.Choice("2024-W99")).monday == MONDAY
    earlier = week.ask(reader, week.Choice("2024-W24"))
    assert (earlier.monday, earlier.sunday, earlier.listed_on) == (date(2024, 6, 10), *[date(2024, 6, 16)] * 2)
    assert week.ask(reader, week.Choice()).listed_on == date(2024, 6, 30)
    assert week.offered(reader)[:2] == ("2024-W26", "2024-W25")


def test_a_week_is_spelled_by_its_iso_year():
    assert [week.key(date(2026, 12, 28)), week.key(date(2027, 1, 4)), week.key(date(2024, 12, 30))] == [
        "2026-W53",
        "2027-W01",
        "2025-W01",
    ]


def test_participation_is_of_the_week_before_for_whom_seven_days_have_passed(reader):
    of = {measured.key: measured.week for measured in week.ask(reader, week.Choice()).measures}
    assert of["weekly_participation_rate"] == date(2024, 6, 17)
    assert {day for key, day in of.items() if key != "weekly_participation_rate"} == {MONDAY}


@pytest.mark.parametrize("branches", [(), ("B1",), ("B2", "B5")])
@pytest.mark.parametrize("asked", ["2024-W26", "2024-W20", "2024-W10"])
def test_the_parts_of_a_change_add_up_to_the_cent(warehouse, bank, branches, asked):
    answer = week.ask(Reader(viewer(*branches), warehouse), week.Choice(asked))
    sales = bank["sale"]
    stands = sales["reversed_at"].isna() & sales["internally_funded_amount"].notna()
    own = sales[stands & (sales["branch_id"].isin(branches) if branches else True)]
    money = own["amount"] - own["internally_funded_amount"]
    totals = [
        int(money[own["week_start"] == np.datetime64(answer.monday) - np.timedelta64(days, "D")].sum())
        for days in (7, 0)
    ]
    changed = answer.changed
    assert changed is not None
    assert [changed.before, changed.after] == totals
    for by in SEGMENTS:
        assert sum(part.amount for part in changed.parts[by]) == totals[1] - totals[0]


@pytest.fixture(scope="module")
def bank():
    return random_bank()


def test_the_month_is_what_is_booked_by_the_day(reader, bank):
    sales = bank["sale"]
    sold = sales["sold_at"].dt.normalize()
    june = sales["reversed_at"].isna() & sold.between("2024-06-01", "2024-06-16")
    expected = (sales["amount"] - sales["internally_funded_amount"])[june].sum()
    got = month(reader, date(2024, 6, 16), ())
    assert got is not None
    assert got.booked == pytest.approx(float(expected))
    # 19 working days by the official calendar, Dragon Boat Festival on the 10th; the branches kept the first week
    # open but on Friday the 7th, and so on the Saturday and Sunday of the first two days, too.
    assert got.working_days == 20
    assert got.days == 10


def test_a_table_that_ends_before_the_week_is_said_and_not_filled_with_zeros(tmp_path):
    bank = random_bank()
    bank["version_table"].loc[bank["version_table"]["table_name"] == "sale", "as_of"] = np.datetime64("2024-06-20")
    warehouse = warehouse_of(str(tmp_path))
    publish(bank, warehouse.store)
    first, *others = week.ask(Reader(viewer(), warehouse), week.Choice()).measures
    assert (first.lacks, first.ends_before, first.review) == ("sale", True, None)
    assert all(measured.review is not None for measured in others if measured.key == "weekly_conversions")
    warehouse.close()


@pytest.mark.parametrize(("ends", "days"), [("2024-06-20", 14), ("2024-05-31", None)])
def test_the_month_is_told_as_far_as_sales_reach_and_not_filled_with_zeros(tmp_path, ends: str, days: int | None):
    """Ten working days by the 16th, Monday to Thursday after it; of a month that sales do not reach, nothing."""
    bank = random_bank()
    bank["version_table"].loc[bank["version_table"]["table_name"] == "sale", "as_of"] = np.datetime64(ends)
    warehouse = warehouse_of(str(tmp_path))
    publish(bank, warehouse.store)
    told = week.ask(Reader(viewer(), warehouse), week.Choice("2024-W26"))
    assert told.monday == date(2024, 6, 24)
    assert (told.month.days if told.month else None) == days
    warehouse.close()


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "missing", ["", "sale", "contact", "campaign_member", "satisfaction", "tier_snapshot", "holding"]
)
def test_a_bank_without_a_table_is_told_all_the_same(tmp_path, missing):
    bank = random_bank(seed=3, customers=60)
    if missing:
        bank[missing] = bank[missing].iloc[:0]
        rows = bank["version_table"]
        rows.loc[rows["table_name"] == missing, "rows"] = 0
        bank["version_column"] = bank["version_column"].query("table_name != @missing")
    warehouse = warehouse_of(str(tmp_path))
    publish(bank, warehouse.store)
    for who, language in ((viewer("B1"), "zh"), (viewer(may_see_customers=False), "en")):
        words.speak(language)
        assert told(Reader(who, warehouse))
    warehouse.close()


def test_an_empty_warehouse_says_what_is_not_loaded(tmp_path):
    warehouse = warehouse_of(str(tmp_path))
    publish(bank_of({"branch": [{"branch_id": "B1", "name": "One"}]}), warehouse.store)
    reader = Reader(viewer(), warehouse)
    answer = week.ask(reader, week.Choice())
    shown = story.tell(answer, to_do.ask(reader, answer.listed_on))
    assert shown.headline == "It is too early to say what is usual here"
    assert [card.value for card in shown.cards] == ["\N{EM DASH}"] * 6
    assert {card.badge for card in shown.cards} == {("not recorded", "gray")}
    assert [measured.lacks for measured in answer.measures] == [
        "sale",
        "customer",
        "campaign_member",
        "campaign_member",
        "satisfaction",
        "contact",
    ]
    warehouse.close()


def test_one_sale_and_nothing_before_it_is_no_week_to_judge(tmp_path):
    warehouse = warehouse_of(str(tmp_path))
    sale = {"sale_id": "1", "customer_id": "K", "branch_id": "B1", "product_id": "P", "sold_at": datetime(2024, 6, 26),
            "amount": 500, "internally_funded_amount": 100}  # fmt: skip
    publish(bank_of({"branch": [{"branch_id": "B1", "name": "One"}], "sale": [sale]}), warehouse.store)
    reader = Reader(viewer(), warehouse)
    answer = week.ask(reader, week.Choice())
    shown = story.tell(answer, to_do.ask(reader, answer.listed_on))
    assert (shown.cards[0].value, shown.cards[0].badge) == ("¥4.00", ("not judged yet", "gray"))
    assert answer.changed is not None
    assert (answer.changed.before, answer.changed.after) == (0, 400)
    warehouse.close()
