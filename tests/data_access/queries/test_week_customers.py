"""Customers won, conversions and promises: rows on the edge of every rule, counted by hand, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from data_access.engines import Warehouse
from data_access.queries import week, week_customers
from data_access.reading.reader import Reader
from tests.data_access.queries.test_to_do import at, held, spoke, told
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of

FIRST, LAST = date(2024, 4, 1), date(2024, 6, 30)
APRIL = 2024 * 12 + 3
DAYS = {"wealth": 30, "private": 14}


def customer(name: str, opened: str | None) -> dict[str, Any]:
    return {"customer_id": name, "branch_id": "B1", "opened_on": at(opened) if opened else None}


def month(name: str, tier: str, month_no: int) -> dict[str, Any]:
    return {"customer_id": name, "month_no": month_no, "branch_id": "B1", "tier": tier}


def bought(name: str, assigned: str, converted: str | None, matures: str) -> dict[str, Any]:
    return {"campaign_id": "C1", "customer_id": name, "arm": "all", "branch_id": "B1", "assigned_at": at(assigned),
            "converted_at": at(converted) if converted else None, "matures_on": at(matures)}  # fmt: skip


def sold(number: int, day: str, product: str, amount: int, internal: int | None, **more: Any) -> dict[str, Any]:
    return {"sale_id": str(number), "customer_id": "A1", "branch_id": "B1", "product_id": product, "sold_at": at(day),
            "amount": amount, "internally_funded_amount": internal} | more  # fmt: skip


BANK: dict[str, list[dict[str, Any]]] = {
    "branch": [{"branch_id": "B1", "name": "One"}],
    # Monday 6 May to Sunday 12 May.
    "customer": [customer(f"A{i}", "05-06") for i in range(1, 6)]
    + [customer("A6", "05-12"), customer("A7", "05-12"), customer("A8", None)],
    "holding": [
        held("A1", "12-31", opened_on=at("05-06")), held("A2", "12-31", opened_on=at("05-12")),
        held("A3", "12-31", opened_on=at("05-13")), held("A4", "12-31", opened_on=at("05-07"), amount=0),
        held("A5", "12-31", opened_on=at("05-07"), amount=None), held("A6", "12-31", opened_on=at("05-12")),
        held("A7", "12-31", opened_on=at("05-11")), held("A8", "12-31", opened_on=at("05-11")),
    ],
    "campaign_member": [
        bought("A1", "05-01", "05-06 00:00", "05-31"), bought("A2", "05-01", "05-12 23:59:59", "05-31"),
        bought("A3", "05-01", "05-13 00:00", "05-31"), bought("A4", "05-01", "05-10 12:00", "05-09"),
        bought("A5", "05-01", None, "05-31"),
    ],
    "tier_snapshot": [
        month("W1", "wealth", APRIL - 1), month("W1", "basic", APRIL), month("W1", "wealth", APRIL + 1),
        month("P1", "private", APRIL - 1), month("P1", "private", APRIL), month("B1", "basic", APRIL - 1),
    ],
    "contact": [
        # Wealth in March: promised by 1 May, kept that day; by then basic, promised nothing; in June wealth again.
        spoke("W1", "04-01 09:00"), spoke("W1", "04-01 18:00"), spoke("W1", "05-01 23:59"), spoke("W1", "06-01 09:00"),
        # Private: 14 days. A day late; on time; a message to many and then nobody.
        spoke("P1", "04-01 09:00"), spoke("P1", "04-16 09:00"), spoke("P1", "04-30 09:00"), spoke("P1", "05-10", "sms"),
        spoke("P1", "05-12 09:00", direction="inbound"),  # the customer's own call keeps no promise and makes none
        spoke("B1", "04-01 09:00"), spoke("B1", "04-02 09:00"),
    ],
    "product": [
        {"product_id": "P1", "name": "One", "line": "fund"}, {"product_id": "P2", "name": "Two", "line": "deposit"},
    ],
    "sale": [
        sold(1, "05-06 00:00", "P1", 100, 30), sold(2, "05-12 23:59:59", "P1", 1_000, 0),
        sold(3, "05-07", "P2", 10_000, None), sold(4, "05-07", "P2", 10**6, 0, reversed_at=at("05-08")),
        sold(5, "05-13 00:00", "P2", 10**5, 10**5),
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def counted(request, tmp_path_factory, postgresql_server) -> Iterator[Warehouse]:
    duck = request.param == "duckdb"
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("won")) if duck else postgresql_server("won"))
    publish(bank_of(BANK), warehouse.store)
    yield warehouse
    warehouse.close()


@pytest.fixture
def reader(counted) -> Reader:
    return Reader(viewer(), counted)


def test_a_customer_is_won_when_funded_by_the_sunday_of_the_week(reader):
    # A3 on the Monday after, A4 with nothing in it; A7 held it before the first account.
    assert told(week_customers.won(reader, FIRST, LAST), "day", "n", "funded") == [("05-06", 5, 3), ("05-12", 2, 1)]
    assert told(week_customers.won(reader, date(2024, 5, 7), LAST), "day", "n") == [("05-12", 2)]
    assert told(week_customers.won(reader, FIRST, date(2024, 5, 11)), "day", "n") == [("05-06", 5)]


def test_a_conversion_belongs_to_the_week_in_which_it_happened_inside_the_window(reader):
    got = week_customers.conversions(reader, FIRST, LAST)
    assert told(got, "week_start", "converted") == [("05-06", 2), ("05-13", 1)]


def test_a_promise_is_kept_up_to_its_last_day(reader):
    got = week_customers.promises(reader, FIRST, LAST, promised_days=DAYS, mass_channels=["sms"])
    assert told(got, "day", "n", "kept") == [
        ("04-15", 1, 0),  # P1 came a day late
        ("04-30", 1, 1),  # on the last day
        ("05-01", 1, 1),  # W1, whose two contacts of one day are one
        ("05-14", 1, 0),  # the message to many does not count
    ]
    # W1's contact in June follows a May without a promise, and falls due after the period.
    with_messages = week_customers.promises(reader, FIRST, LAST, promised_days=DAYS)
    assert told(with_messages, "day", "kept")[-2:] == [("05-14", 1), ("05-24", 0)]
    assert week_customers.promises(reader, FIRST, LAST, promised_days={"basic": 1}).to_dict("list")["kept"] == [1, 0, 0]


def test_sales_of_a_line_add_up_to_those_of_the_week(reader):
    by_line = week.sales(reader, FIRST, LAST, by="line")
    columns = ("week_start", "line", "n", "known_new_money", "sum_new_money")
    assert told(by_line, *columns) == [
        ("05-06", "deposit", 1, 0, None),
        ("05-06", "fund", 2, 2, 1_070),
        ("05-13", "deposit", 1, 1, 0),
    ]
    daily = week.daily_sales(reader, FIRST, LAST)
    assert told(daily, "day", "sum_sales", "sum_new_money") == [
        ("05-06", 100, 70),
        ("05-07", 10_000, None),
        ("05-12", 1_000, 1_000),
        ("05-13", 100_000, 0),
    ]
