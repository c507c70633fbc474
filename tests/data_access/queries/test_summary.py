"""Money, tiers and regions of a summary on the edge of every rule, counted by hand, on both engines.

The data ends on 30 June 2024.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from data_access.engines import Warehouse
from data_access.queries import summary
from data_access.reading.reader import Reader
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of

MARCH = 2024 * 12 + 2


def flow(customer: str, month: int, branch: str, inflow: int | None, outflow: int | None) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "month_no": MARCH + month,
        "branch_id": branch,
        "inflow": inflow,
        "outflow": outflow,
        "internal": 7_000_000,
        "valuation": -3,
    }


def member(
    customer: str, branch: str, arm: str, tier: str | None, matures: str, converted: str | None
) -> dict[str, Any]:
    return {
        "campaign_id": "C1",
        "customer_id": customer,
        "arm": arm,
        "branch_id": branch,
        "tier": tier,
        "assigned_at": datetime(2024, 3, 1),
        "matures_on": date.fromisoformat(matures),
        "converted_at": None if converted is None else datetime.fromisoformat(converted),
    }


def asked(number: int, at: str, score: int | None, scale: str = "csat5") -> dict[str, Any]:
    return {
        "response_id": f"R{number}",
        "customer_id": "K1",
        "branch_id": "B1",
        "scale": scale,
        "invited_at": datetime.fromisoformat(at),
        "score": score,
    }


BANK: dict[str, list[dict[str, Any]]] = {
    "branch": [
        {"branch_id": "B1", "name": "one", "region": "North"},
        {"branch_id": "B2", "name": "two", "region": "South"},
        {"branch_id": "B3", "name": "three"},  # lies in no region
    ],
    "campaign": [
        {"campaign_id": "C1", "name": "C1", "objective": "grow", "starts_on": datetime(2024, 3, 1),
         "ends_on": datetime(2024, 3, 31), "attribution_days": 30, "assignment": "randomised"},
    ],
    "campaign_arm": [
        {"campaign_id": "C1", "arm": "call", "is_control": False},
        {"campaign_id": "C1", "arm": "hold", "is_control": True},
    ],
    "campaign_member": [
        member("K1", "B1", "call", "basic", "2024-04-30", "2024-04-30T23:59:59"),  # bought in the window's last second
        member("K2", "B1", "call", "basic", "2024-04-30", "2024-05-01T00:00:00"),  # and one later
        member("K3", "B1", "call", "basic", "2024-06-30", None),  # window closes on the last day of the data
        member("K4", "B1", "call", "basic", "2024-07-01", "2024-04-01T00:00:00"),  # and on the day after: open
        member("K5", "B1", "hold", "basic", "2024-04-30", "2024-04-01T00:00:00"),  # held out
        member("K6", "B2", "call", "wealth", "2024-04-30", "2024-04-01T00:00:00"),
        member("K7", "B2", "call", None, "2024-04-30", None),  # no tier: no stratum
        member("K8", "B3", "call", "basic", "2024-04-30", None),  # no region
    ],
    "asset_flow": [
        flow("K1", -1, "B1", 1, 0),  # the month before the first
        flow("K1", 0, "B1", 100, 40),
        flow("K2", 0, "B2", 1_000, None),
        flow("K1", 2, "B1", 10_000, 70_000),
        flow("K1", 3, "B1", 1, 0),  # the month after the last
    ],
    "satisfaction": [
        asked(1, "2024-03-31T23:59:59", 5),  # the second before the first day
        asked(2, "2024-04-01T00:00:00", 4),
        asked(3, "2024-04-01T12:00:00", 3),
        asked(4, "2024-04-01T12:00:00", None),  # did not answer
        asked(5, "2024-04-01T12:00:00", 9, "nps"),
        asked(6, "2024-04-30T23:59:59", 5),
        asked(7, "2024-05-01T00:00:00", 5),  # the second after the last
    ],
    "tier_snapshot": [
        {"customer_id": "K1", "month_no": MARCH, "branch_id": "B1", "tier": "basic", "aum": 5},
        {"customer_id": "K2", "month_no": MARCH, "branch_id": "B2", "tier": "basic", "aum": None},
        {"customer_id": "K1", "month_no": MARCH + 2, "branch_id": "B1", "tier": "wealth", "aum": 50},
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def warehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    url = str(tmp_path_factory.mktemp("summary"))
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_server")("summary")
    opened = warehouse_of(url)
    publish(bank_of(BANK), opened.store)
    yield opened
    opened.close()


@pytest.fixture
def reader(warehouse: Warehouse) -> Reader:
    return Reader(viewer(), warehouse)


def rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return list(plain.itertuples(index=False, name=None))


def test_answers_are_of_those_who_were_asked_from_the_first_day_to_the_end_of_the_last(reader: Reader):
    first, last = date(2024, 4, 1), date(2024, 4, 30)
    told = summary.answers(reader, first, last)
    assert [(day.date(), n, top) for day, n, top in told.itertuples(index=False)] == [(first, 2, 1), (last, 1, 1)]
    assert summary.answers(reader, first, last, branches=["B2"]).empty


def test_flows_are_of_both_end_months_and_leave_out_what_stayed_inside(reader: Reader):
    assert rows(summary.flows(reader, MARCH, MARCH + 2)) == [
        (MARCH, 2, 1_100, 40, -6),
        (MARCH + 2, 1, 10_000, 70_000, -3),
    ]


def test_flows_of_a_branch_that_records_no_outflow_say_so(reader: Reader):
    assert rows(summary.flows(reader, MARCH, MARCH + 2, branches=["B2"])) == [(MARCH, 1, 1_000, None, -3)]


def test_tier_sizes_sum_the_assets_that_are_recorded(reader: Reader):
    assert rows(summary.tier_sizes(reader, MARCH, MARCH + 2)) == [
        (MARCH, "basic", 2, 5),
        (MARCH + 2, "wealth", 1, 50),
    ]


def test_a_region_counts_treated_customers_whose_window_has_closed(reader: Reader):
    assert rows(summary.conversions_by_region(reader, campaigns=["C1"])) == [
        ("North", "C1", "basic", 3, 1),  # K1 bought in time, K2 too late, K3 not
        ("South", "C1", "wealth", 1, 1),
    ]
