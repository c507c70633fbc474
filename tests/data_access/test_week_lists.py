"""The week's lists on rows at the edge of every rule, with answers counted by hand, on both engines.

The data ends on Sunday 30 June 2024, the last snapshot is that of June. Customers are named for the list that they
stand at the edge of.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from data_access.engines import Warehouse
from data_access.errors import AccessError
from data_access.queries import week_lists
from data_access.reading.reader import Reader
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of

APRIL, MAY, JUNE, JULY = (2024 * 12 + month - 1 for month in (4, 5, 6, 7))
GRACE = {"wealth": 3, "private": 6}
TIERS = ("basic", "potential", "wealth")
THRESHOLDS = {"basic": 0, "potential": 1_000, "wealth": 5_000}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-{text}")


def held(
    customer: str, month: int, tier: str, aum: int | None = 100, branch: str = "B1", **more: Any
) -> dict[str, Any]:
    return {"customer_id": customer, "month_no": month, "branch_id": branch, "tier": tier, "aum": aum} | more


SNAPSHOTS = [
    held("G1", JUNE, "wealth", 500, months_below=3),
    held("G2", JUNE, "wealth", 9_000, months_below=2),
    held("G3", JUNE, "wealth", 900, months_below=4),
    held("G4", JUNE, "private", months_below=3),
    held("G5", MAY, "wealth", months_below=3),  # not in the last month
    held("G6", JUNE, "potential", months_below=9),  # a tier that is never lost
    held("G7", JUNE, "wealth", None, "B2", months_below=3),
    held("U1", MAY, "basic"), held("U1", JUNE, "potential", 300),
    held("U2", MAY, "wealth"), held("U2", JUNE, "potential"),
    held("U3", MAY, "potential"), held("U3", JUNE, "potential"),
    held("U4", MAY, "basic"), held("U4", JUNE, "wealth"),
    held("U5", MAY, "basic"), held("U5", JUNE, "wealth", 200),
    held("U6", MAY, "potential"), held("U6", JUNE, "wealth", 100),
    held("U7", APRIL, "basic"), held("U7", JUNE, "potential"),  # a gap is no rise
    held("U8", MAY, "basic"), held("U8", JUNE, "gold"),
    held("U9", APRIL, "basic"), held("U9", MAY, "potential"), held("U9", JUNE, "potential"),  # rose a month before
    held("N1", JUNE, "basic", 900),
    held("N2", JUNE, "basic", 899),
    held("N3", JUNE, "basic", 999),
    held("N4", JUNE, "basic", 1_000),
    held("N5", JUNE, "potential", 4_500),
    held("N6", JUNE, "potential", 999),
    held("N7", JUNE, "wealth", 4_999),
    held("N8", MAY, "basic", 950),
    *(held(f"O{number}", JUNE, "care", 10 - number) for number in range(1, 7)),
    held("O7", JUNE, "slow"),
    held("G2", JULY, "wealth", months_below=3),  # a month that is not over
]  # fmt: skip

CONTACTS = [
    ("U4", "07-01 00:00:00", "outbound"), ("U5", "07-01 00:00:00", "inbound"), ("U6", "06-30 23:59:59", "outbound"),
    ("O1", "05-31 00:00:00", "outbound"), ("O2", "05-30 23:59:59", "outbound"), ("O4", "06-20 12:00:00", "inbound"),
    ("O5", "06-20 12:00:00", None), ("O6", "05-02 12:00:00", "outbound"), ("O6", "06-15 12:00:00", "outbound"),
]  # fmt: skip

HOLDINGS = [
    ("H1", "P1", "06-30", None, 99), ("H2", "P1", "07-01", None, 10), ("H3", "P1", "07-14", None, 5),
    ("H3", "P2", "07-14", None, 6), ("H4", "P1", "07-15", None, 99), ("H5", "P1", "07-05", "06-29", 99),
    ("H6", "P1", "07-05", None, None),
]  # fmt: skip

REFERRALS = [
    ("R1", "06-27 00:00:00", None, None, "S2"),
    ("R2", "06-26 23:59:59", None, None, "S2"),
    ("R3", "06-01", "06-16 00:00:00", None, "S2"),
    ("R4", "06-01", "06-15 23:59:59", None, None),
    ("R5", "06-01", None, "06-20", "S2"),
]

EVENTS = [
    ("E1", "book", "06-23 23:59:59"), ("E2", "book", "06-24 00:00:00"),
    ("E3", "book", "06-02 00:00:00"), ("E4", "book", "06-01 23:59:59"),
    ("E5", "book", "06-10 10:00:00"), ("E5", "consult", "06-10 10:00:00"),
    ("E6", "book", "06-10 10:00:00"), ("E6", "visit", "06-10 09:59:59"),
    ("E7", "book", "06-11 10:00:00"), ("E7", "view", "06-12"), ("E7", "follow_up", "06-13"),
    ("E8", "book", "06-05"), ("E8", "visit", "06-06"), ("E8", "book", "06-20"),
    ("E9", "book", "06-10"), ("E9", "book", "06-28"),
]  # fmt: skip

MEMBERS = [
    ("W1", "call", "06-30", {}), ("W2", "call", "07-01", {"staff_id": "S2"}), ("W3", "call", "07-07", {}),
    ("W4", "call", "07-08", {}), ("W5", "call", "07-03", {"contacted_at": at("06-20")}),
    ("W6", "call", "07-03", {"converted_at": at("06-20")}), ("W7", "hold", "07-03", {}),
]  # fmt: skip

BANK: dict[str, list[dict[str, Any]]] = {
    "branch": [{"branch_id": branch, "name": branch} for branch in ("B1", "B2")],
    "staff": [{"staff_id": person, "name": person} for person in ("S1", "S2")],
    "product": [{"product_id": name, "name": name, "line": "deposit"} for name in ("P1", "P2")],
    "customer": [{"customer_id": name, "branch_id": "B1", "manager_staff_id": "S1"} for name in ("N1", "R4", "W3")],
    "consent": [
        {"customer_id": name, "channel": channel, "purpose": "marketing", "given_at": at("01-01"), "do_not_contact": no}
        for name, channel, no in (("N1", "phone", True), ("N1", "mail", False), ("N3", "phone", False))
    ],
    "tier_snapshot": SNAPSHOTS,
    "contact": [
        {"contact_id": str(i), "customer_id": who, "branch_id": "B1", "channel": "phone", "direction": direction,
         "contacted_at": at(when)}
        for i, (who, when, direction) in enumerate(CONTACTS)
    ],
    "holding": [
        {"customer_id": who, "product_id": product, "opened_on": at("01-01"), "branch_id": "B1", "amount": amount,
         "matures_on": at(matures), "closed_on": closed and at(closed)}
        for who, product, matures, closed, amount in HOLDINGS
    ],
    "referral": [
        {"referral_id": who, "customer_id": who, "branch_id": "B1", "to_staff_id": staff, "made_at": at(made),
         "accepted_at": accepted and at(accepted), "closed_at": closed and at(closed)}
        for who, made, accepted, closed, staff in REFERRALS
    ],
    "complaint": [
        {"complaint_id": who, "customer_id": who, "branch_id": "B1", "opened_at": at(opened),
         "closed_at": closed and at(closed)}
        for who, opened, closed in (("X1", "06-20", None), ("X2", "06-20", "06-21"), ("X3", "01-02", None))
    ],
    "journey_event": [
        {"event_id": str(i), "customer_id": who, "branch_id": "B1", "step": step, "occurred_at": at(when)}
        for i, (who, step, when) in enumerate(EVENTS)
    ],
    "campaign": [
        {"campaign_id": "C1", "name": "C1", "objective": "grow", "starts_on": at("06-01"), "ends_on": at("06-30"),
         "attribution_days": 30, "assignment": "randomised"}
    ],
    "campaign_arm": [
        {"campaign_id": "C1", "arm": arm, "is_control": arm == "hold"} for arm in ("call", "hold")
    ],
    "campaign_member": [
        {"campaign_id": "C1", "customer_id": who, "arm": arm, "branch_id": "B1", "assigned_at": at("06-01"),
         "matures_on": at(closes), **more}
        for who, arm, closes, more in MEMBERS
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def edges(request, tmp_path_factory, postgresql_server) -> Iterator[Warehouse]:
    duck = request.param == "duckdb"
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("lists")) if duck else postgresql_server("lists"))
    bank = bank_of(BANK)
    is_snapshots = bank["version_table"]["table_name"] == "tier_snapshot"
    bank["version_table"].loc[is_snapshots, "as_of"] = pd.Timestamp("2024-06-30")
    publish(bank, warehouse.store)
    yield warehouse
    warehouse.close()


@pytest.fixture
def reader(edges) -> Reader:
    return Reader(viewer(), edges)


def who(frame: pd.DataFrame) -> list[str]:
    return frame["customer_id"].tolist()


def at_stake(frame: pd.DataFrame) -> list[int | None]:
    return [None if pd.isna(amount) else int(amount) for amount in frame["amount"]]


def test_the_grace_clock_runs_out_after_the_months_of_the_tier(reader):
    found = week_lists.last_month_of_grace(reader, GRACE)
    assert who(found) == ["G3", "G1", "G7"]
    assert at_stake(found) == [900, 500, None]
    assert found["months_below"].tolist() == [4, 3, 3]
    assert set(found["month_no"]) == {JUNE}
    assert who(week_lists.last_month_of_grace(reader, {})) == []


def test_an_upgrade_is_fresh_until_the_bank_called(reader):
    found = week_lists.fresh_upgrades(reader, TIERS)
    assert who(found) == ["U1", "U5", "U6"]
    assert found["from_tier"].tolist() == ["basic", "basic", "potential"]
    assert found["tier"].tolist() == ["potential", "wealth", "wealth"]
    assert at_stake(found) == [300, 200, 100]


def test_near_is_a_tenth_below_the_next_threshold(reader):
    found = week_lists.near_threshold(reader, THRESHOLDS)
    assert who(found) == ["N5", "N1", "N3"]
    assert at_stake(found) == [500, 100, 1]
    assert found["next_tier"].tolist() == ["wealth", "potential", "potential"]
    assert found["aum"].tolist() == [4_500, 900, 999]
    assert who(week_lists.near_threshold(reader, THRESHOLDS, within=0.101)) == ["N5", "N2", "N1", "N3"]
    assert who(week_lists.near_threshold(reader, {"basic": 0})) == []


def test_money_matures_from_the_day_after_the_data_to_the_fourteenth(reader):
    found = week_lists.maturing(reader)
    assert who(found) == ["H3", "H2", "H6"]
    assert at_stake(found) == [11, 10, None]
    assert found["holdings"].tolist() == [2, 1, 1]
    assert who(week_lists.maturing(reader, days=15)) == ["H4", "H3", "H2", "H6"]


def test_a_contact_is_overdue_on_the_day_after_the_promised_ones(reader):
    found = week_lists.overdue_contacts(reader, {"care": 30, "slow": 90})
    assert who(found) == ["O2", "O3", "O4"]
    assert at_stake(found) == [8, 7, 6]
    assert [None if pd.isna(last) else str(last) for last in found["last_contact_at"]] == [
        "2024-05-30 23:59:59", None, None,
    ]  # fmt: skip
    assert who(week_lists.overdue_contacts(reader, {"slow": 30})) == ["O7"]


def test_a_referral_is_stuck_on_the_day_after_it_should_have_moved(reader):
    found = week_lists.stuck_referrals(reader)
    assert who(found) == ["R4", "R2"]
    assert found["staff_id"].tolist() == ["S1", "S2"]
    assert at_stake(found) == [None, None]
    assert who(week_lists.stuck_referrals(reader, accept_days=2, close_days=13)) == ["R3", "R4", "R2", "R1"]


def test_a_complaint_is_open_until_it_is_closed(reader):
    assert who(week_lists.open_complaints(reader)) == ["X3", "X1"]


def test_a_booking_is_missed_after_a_week_and_let_go_after_four(reader):
    found = week_lists.missed_bookings(reader)
    assert who(found) == ["E3", "E6", "E7", "E8", "E1"]
    assert str(found["booked_at"][3]) == "2024-06-20 00:00:00"
    assert who(week_lists.missed_bookings(reader, after_days=6, oldest_days=7)) == ["E1", "E2"]


def test_a_window_closes_in_the_next_seven_days_for_those_to_be_called(reader):
    found = week_lists.closing_windows(reader)
    assert who(found) == ["W2", "W3"]
    assert found["staff_id"].tolist() == ["S2", "S1"]
    assert who(week_lists.closing_windows(reader, days=8)) == ["W2", "W3", "W4"]


def test_who_refuses_contact_is_marked(reader):
    found = week_lists.near_threshold(reader, THRESHOLDS).set_index("customer_id")["refuses_contact"]
    assert found.to_dict() == {"N5": False, "N1": True, "N3": False}


def test_lists_are_of_the_branch_asked_for_and_of_the_readers_own(reader, edges):
    assert who(week_lists.last_month_of_grace(reader, GRACE, branches=["B2"])) == ["G7"]
    assert who(week_lists.last_month_of_grace(Reader(viewer("B2"), edges), GRACE)) == ["G7"]
    assert who(week_lists.last_month_of_grace(Reader(viewer("B2"), edges), GRACE, branches=["B1"])) == []


def test_a_list_is_read_page_by_page(reader):
    pages = [who(week_lists.last_month_of_grace(reader, GRACE, page=page, size=2)) for page in (1, 2, 3)]
    assert pages == [["G3", "G1"], ["G7"], []]


def test_who_may_not_see_customers_gets_no_list(edges):
    with pytest.raises(AccessError, match="names customers"):
        week_lists.open_complaints(Reader(viewer(may_see_customers=False), edges))


def test_a_version_that_does_not_say_its_last_month_is_read_to_its_last_snapshot(unrecorded):
    found = week_lists.last_month_of_grace(unrecorded, GRACE)
    assert who(found) == ["G2"]
    assert found["month_no"].tolist() == [JULY]


@pytest.fixture(scope="module")
def unrecorded(tmp_path_factory) -> Iterator[Reader]:
    """The same bank from feeds that record no closing, no acceptance, no visit, no consent and no contact."""
    bank = {name: rows for name, rows in BANK.items() if name != "consent"}
    bank["referral"] = [row | {"accepted_at": None, "closed_at": None} for row in BANK["referral"]]
    bank["complaint"] = [row | {"closed_at": None} for row in BANK["complaint"]]
    bank["journey_event"] = [row for row in BANK["journey_event"] if row["step"] not in week_lists.CAME]
    bank["campaign_member"] = [row | {"contacted_at": None} for row in BANK["campaign_member"]]
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("unrecorded")))
    publish(bank_of(bank), warehouse.store)
    yield Reader(viewer(), warehouse)
    warehouse.close()


@pytest.mark.parametrize(
    "query",
    [
        week_lists.stuck_referrals,
        week_lists.open_complaints,
        week_lists.missed_bookings,
        week_lists.closing_windows,
    ],
)
def test_nobody_is_named_for_a_reason_that_no_feed_records(unrecorded, query):
    assert who(query(unrecorded)) == []


def test_consent_that_no_feed_records_is_missing(unrecorded):
    assert week_lists.near_threshold(unrecorded, THRESHOLDS)["refuses_contact"].isna().all()
