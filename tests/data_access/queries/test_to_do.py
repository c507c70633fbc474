"""The list of what to do: rows on the edge of every rule, with answers counted by hand, on both engines.

The list is made on Saturday 15 June 2024; the data go on to the end of the month, so that what happened later must not
be known. The last whole month is May. Thresholds are 50,000 yuan (potential), 500,000 (wealth), 6,000,000 (private).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from data_access.engines import Warehouse
from data_access.errors import AccessError
from data_access.queries import to_do
from data_access.queries.to_do import outcome
from data_access.reading.reader import Reader
from data_access.settings import Settings, ToDoRules
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of

ON = date(2024, 6, 15)
MAY = 2024 * 12 + 4
TIERS, RULES = Settings().tiers_on(ON), ToDoRules()
LAKH = 100_000 * 100
"""100,000 yuan in fen."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-{text}")


def month(customer: str, tier: str, aum: int | None, month_no: int = MAY, **more: Any) -> dict[str, Any]:
    return {"customer_id": customer, "month_no": month_no, "branch_id": "B1", "tier": tier, "aum": aum} | more


def spoke(customer: str, when: str, channel: str = "phone", **more: Any) -> dict[str, Any]:
    return {"contact_id": f"{customer} {when} {channel}", "customer_id": customer, "branch_id": "B1",
            "channel": channel, "contacted_at": at(when)} | more  # fmt: skip


def held(customer: str, matures: str, product: str = "P1", **more: Any) -> dict[str, Any]:
    return {"customer_id": customer, "product_id": product, "opened_on": at("01-05"), "branch_id": "B1",
            "matures_on": at(matures), "amount": 700} | more  # fmt: skip


def referred(name: str, made: str, **more: Any) -> dict[str, Any]:
    return {"referral_id": name, "customer_id": "R1", "branch_id": "B1", "to_staff_id": "S2", "to_line": "fund",
            "made_at": at(made)} | more  # fmt: skip


def complained(name: str, opened: str, **more: Any) -> dict[str, Any]:
    return {"complaint_id": name, "customer_id": "R1", "branch_id": "B1", "opened_at": at(opened)} | more


def step(name: str, customer: str, kind: str, when: str) -> dict[str, Any]:
    return {"event_id": name, "customer_id": customer, "branch_id": "B1", "step": kind, "occurred_at": at(when)}


def member(customer: str, matures: str, arm: str = "call", **more: Any) -> dict[str, Any]:
    return {"campaign_id": "C1", "customer_id": customer, "arm": arm, "branch_id": "B1", "staff_id": "S3",
            "assigned_at": at("05-01"), "matures_on": at(matures)} | more  # fmt: skip


SNAPSHOTS = [
    # Grace: three months for potential and wealth, six for private; the clock stands at the last but one.
    month("G1", "potential", 4_000_000, months_below=1),
    month("G2", "potential", 4_000_000, months_below=2),
    month("G3", "potential", 4_000_000, months_below=3),
    month("G4", "private", 5 * 10**8, months_below=4),
    month("G5", "private", 5 * 10**8, months_below=5),
    month("G6", "basic", 0, months_below=0),
    month("G7", "potential", 4_000_000, MAY - 1, months_below=2),  # a month too old
    # Upgrades: risen from April to May, and called or not since the first of June.
    *(month(f"U{i}", "basic", 1, MAY - 1) for i in range(1, 7)),
    *(month(f"U{i}", "potential", 6_000_000) for i in range(1, 7)),
    month("U7", "wealth", LAKH * 6, MAY - 1), month("U7", "potential", 6_000_000),  # fell
    month("U8", "basic", 1, MAY - 2), month("U8", "potential", 6_000_000),  # no month before: a gap, no rise
    # Near: 95 in a hundred of the next threshold, and not the threshold itself.
    month("N1", "basic", 4_749_999), month("N2", "basic", 4_750_000), month("N3", "basic", 4_999_999),
    month("N4", "basic", 5_000_000), month("N5", "wealth", 599_999_999), month("N6", "private", 10**12),
    # Promised: wealth 30 days, private 14, potential 90, basic none.
    *(month(f"W{i}", "wealth", LAKH * 6) for i in range(1, 10)),
    month("R1", "basic", 77),
]  # fmt: skip

BANK: dict[str, list[dict[str, Any]]] = {
    "branch": [{"branch_id": "B1", "name": "One"}, {"branch_id": "B2", "name": "Two"}],
    "customer": [
        *({"customer_id": name, "branch_id": "B1", "opened_on": at("06-01"), "manager_staff_id": "S1"}
          for name in ("G1", "G2", "G3", "G4", "G5", "G6", "G7", "R1", *(f"U{i}" for i in range(1, 9)))),
        {"customer_id": "W4", "branch_id": "B1", "opened_on": at("05-16")},
        {"customer_id": "W5", "branch_id": "B1", "opened_on": at("05-15")},
        {"customer_id": "W6", "branch_id": "B1"},
        {"customer_id": "W7", "branch_id": "B1", "opened_on": datetime(2015, 1, 1)},
    ],
    "tier_snapshot": SNAPSHOTS,
    "contact": [
        # Before the month, by a message to many, at its first and the day's last moment, after the day.
        spoke("U1", "05-31 23:59:59"), spoke("U2", "06-10 10:00", "sms"), spoke("U3", "06-01 00:00"),
        spoke("U4", "06-15 23:59:59"), spoke("U5", "06-16 00:00"),
        # 30 days before, 31 days before, 31 days before and once more by a message to many.
        spoke("W1", "05-16 00:00"), spoke("W2", "05-15 23:59:59"), spoke("W3", "05-15 08:00"),
        spoke("W3", "06-14 08:00", "app"), spoke("W3", "06-16 00:00"),
        # Called by the bank 31 days before, and called the bank since; called by the bank within the days.
        spoke("W8", "05-15 09:00", direction="outbound"), spoke("W8", "06-10 09:00", direction="inbound"),
        spoke("W9", "05-15 09:00", direction="inbound"), spoke("W9", "05-16 09:00", direction="outbound"),
        *(spoke(name, "06-01 12:00") for name in ("N5", "N6", "G5")),  # 14 days before
        spoke("G4", "05-31 12:00"),  # 15 days before
    ],
    "holding": [
        held("H1", "06-15"), held("H2", "06-16"), held("H3", "06-29"), held("H4", "06-30"),
        held("H5", "06-20", closed_on=at("06-15")), held("H6", "06-20", closed_on=at("06-16")),
        held("H7", "06-20", opened_on=at("06-16")), held("H8", "06-20", "P2", amount=None),
    ],
    "referral": [
        referred("F1", "06-08 00:00"), referred("F2", "06-07 23:59:59"), referred("F3", "04-16 12:00"),
        referred("F4", "04-15 12:00"), referred("F5", "05-01 12:00", closed_at=at("06-15 23:59:59")),
        referred("F6", "05-01 12:00", closed_at=at("06-16 00:00")),
        referred("F7", "05-01 12:00", accepted_at=at("06-08 12:00")),
        referred("F8", "06-01 12:00", accepted_at=at("06-16 12:00"), to_staff_id=None),
    ],
    "complaint": [
        complained("X1", "06-15 23:59:59", staff_id="S4"), complained("X2", "06-16 00:00"),
        complained("X3", "03-01 12:00"), complained("X4", "03-01 12:00", closed_at=at("06-15 23:59:59")),
        complained("X5", "06-01 12:00", closed_at=at("06-16 00:00")),
    ],
    "journey_event": [
        step("E1", "J1", "book", "06-08 00:00"), step("E2", "J2", "book", "06-07 23:59:59"),
        step("E3", "J3", "book", "04-16 12:00"), step("E4", "J4", "book", "04-15 12:00"),
        step("E5", "J5", "book", "06-01 12:00"), step("E5v", "J5", "visit", "06-01 12:00"),
        step("E6", "J6", "book", "06-01 12:00"), step("E6v", "J6", "visit", "06-01 11:59:59"),
        step("E7", "J7", "book", "06-01 12:00"), step("E7v", "J7", "visit", "06-16 00:00"),
        step("E8", "J8", "book", "05-20 12:00"), step("E8b", "J8", "book", "06-02 12:00"),
        step("E9", "J9", "view", "06-01 12:00"),
        # Came, whatever was written down of it; looked once more, or was called, and did not come.
        *(row for i, came in enumerate(("wait", "consult", "apply", "complete"), 10)
          for row in (step(f"E{i}", f"J{i}", "book", "06-01 12:00"), step(f"E{i}c", f"J{i}", came, "06-02 12:00"))),
        step("E14", "J14", "book", "06-01 12:00"), step("E14v", "J14", "view", "06-02 12:00"),
        step("E15", "J15", "book", "06-01 12:00"), step("E15f", "J15", "follow_up", "06-02 12:00"),
    ],
    "campaign": [
        {"campaign_id": "C1", "name": "One", "objective": "grow", "starts_on": at("05-01"), "ends_on": at("06-30"),
         "attribution_days": 30, "assignment": "randomised"},
    ],
    "campaign_arm": [
        {"campaign_id": "C1", "arm": "call", "is_control": False},
        {"campaign_id": "C1", "arm": "hold", "is_control": True},
    ],
    "campaign_member": [
        member("K1", "06-15"), member("K2", "06-16"), member("K3", "06-22"), member("K4", "06-23"),
        member("K5", "06-20", "hold"), member("K6", "06-20", converted_at=at("06-15 23:59:59")),
        member("K7", "06-20", converted_at=at("06-16 00:00")), member("K8", "06-20", assigned_at=at("06-16")),
    ],
    "consent": [
        {"customer_id": "K2", "channel": "phone", "purpose": "marketing", "given_at": at("01-01"),
         "do_not_contact": True},
        {"customer_id": "K3", "channel": "phone", "purpose": "marketing", "given_at": at("01-01"),
         "do_not_contact": True, "withdrawn_at": at("06-15 12:00")},
        {"customer_id": "K7", "channel": "phone", "purpose": "marketing", "given_at": at("06-16 00:00"),
         "do_not_contact": True},
        {"customer_id": "K7", "channel": "sms", "purpose": "marketing", "given_at": at("01-01"),
         "do_not_contact": True, "withdrawn_at": at("06-16 00:00")},
    ],
}  # fmt: skip

# kind, customer, by when, short of the threshold, at stake, whose
EXPECTED = {
    "grace": [
        ("G2", "06-30", 1_000_000, 4_000_000, "S1"),
        ("G5", "06-30", 10**8, 5 * 10**8, "S1"),
    ],
    "upgrade": [(name, "06-30", None, 6_000_000, "S1") for name in ("U1", "U2", "U5", "U6")],
    "near": [
        ("N2", "06-30", 250_000, 4_750_000, None),
        ("N3", "06-30", 1, 4_999_999, None),
        ("N5", "06-30", 1, 599_999_999, None),
    ],
    "maturing": [
        ("H2", "06-16", None, 700, None),
        ("H3", "06-29", None, 700, None),
        ("H6", "06-20", None, 700, None),
        ("H8", "06-20", None, None, None),
    ],
    "overdue": [
        ("G4", "06-14", None, 5 * 10**8, "S1"),
        ("W2", "06-14", None, 60_000_000, None),
        ("W3", "06-14", None, 60_000_000, None),
        ("W5", "06-14", None, 60_000_000, None),
        ("W6", "06-14", None, 60_000_000, None),  # never, as far as the records go back: to 15 May
        ("W7", "06-14", None, 60_000_000, None),
        ("W8", "06-14", None, 60_000_000, None),
    ],
    "referral": [
        ("R1", "06-14", None, 77, "S2"),  # F2
        ("R1", "04-23", None, 77, "S2"),  # F3
        ("R1", "05-08", None, 77, "S2"),  # F6
        ("R1", "06-08", None, 77, "S1"),  # F8
    ],
    "complaint": [
        ("R1", "06-30", None, 77, "S4"),
        ("R1", "03-16", None, 77, "S1"),
        ("R1", "06-16", None, 77, "S1"),
    ],
    "booking": [
        ("J2", "06-14", None, None, None),
        ("J3", "04-23", None, None, None),
        ("J6", "06-08", None, None, None),
        ("J7", "06-08", None, None, None),
        ("J8", "06-09", None, None, None),
        ("J14", "06-08", None, None, None),
        ("J15", "06-08", None, None, None),
    ],
    "window": [
        ("K2", "06-16", None, None, "S3"),
        ("K3", "06-22", None, None, "S3"),
        ("K7", "06-20", None, None, "S3"),
    ],
}


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def waiting(request, tmp_path_factory, postgresql_server) -> Iterator[Warehouse]:
    duck = request.param == "duckdb"
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("waiting")) if duck else postgresql_server("waiting"))
    publish(bank_of(BANK), warehouse.store)
    yield warehouse
    warehouse.close()


@pytest.fixture
def reader(waiting) -> Reader:
    return Reader(viewer(), waiting)


def told(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The rows, days as text and missing values as None."""
    kept = frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None)
    return [
        tuple(f"{value:%m-%d}" if isinstance(value, datetime) else value for value in row)
        for row in kept.itertuples(index=False, name=None)
    ]


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_kind_holds_whom_it_should_and_nobody_else(reader, kind):
    rows = to_do.rows(reader, ON, TIERS, RULES, chosen=[kind])
    got = told(rows, "customer_id", "due_on", "gap", "at_stake", "staff_id")
    assert sorted(got, key=str) == sorted(EXPECTED[kind], key=str)
    assert set(rows["kind"]) == {kind}


def test_where_the_records_of_contacts_begin_within_the_days_promised_nobody_is_known_to_have_waited(tmp_path):
    """Wealth customers are promised 30 days: records from 16 May are too young on 15 June, and old enough on the 16th.

    The other branch's reach back further and say nothing of this one's.
    """
    warehouse = warehouse_of(str(tmp_path))
    bank = {
        "branch": BANK["branch"],
        "customer": [{"customer_id": "W7", "branch_id": "B1", "opened_on": datetime(2015, 1, 1)}],
        "tier_snapshot": [month("W7", "wealth", 5)],
        "contact": [spoke("W1", "05-16 08:00", "sms"), spoke("W2", "01-01 08:00", branch_id="B2")],
    }
    publish(bank_of(bank), warehouse.store)
    reader = Reader(viewer(), warehouse)
    assert to_do.rows(reader, ON, TIERS, RULES, chosen=["overdue"]).empty
    late = to_do.rows(reader, date(2024, 6, 16), TIERS, RULES, chosen=["overdue"])
    assert told(late, "customer_id", "period", "since_on", "due_on") == [("W7", "never", None, "06-15")]
    warehouse.close()


def test_a_row_names_what_it_rests_on_so_that_a_later_load_knows_it_again(reader):
    rows = to_do.rows(reader, ON, TIERS, RULES, size=100)
    named = {kind: set(of["period"]) for kind, of in rows.groupby("kind")}
    assert named["grace"] == named["upgrade"] == named["near"] == {str(MAY)}
    assert named["maturing"] == {"P1 2024-01-05", "P2 2024-01-05"}
    assert named["overdue"] == {"2024-05-15", "2024-05-31", "never"}
    assert named["referral"] == {"F2", "F3", "F6", "F8"}
    assert named["complaint"] == {"X1", "X3", "X5"}
    assert named["booking"] == {"E2", "E3", "E6", "E7", "E8b", "E14", "E15"}
    assert named["window"] == {"C1"}
    assert not rows.duplicated(["kind", "customer_id", "period"]).any()
    about = {kind: set(of["about"].dropna()) for kind, of in rows.groupby("kind")}
    assert about["near"] == {"potential", "private"}
    assert about["maturing"] == {"P1", "P2"}
    assert about["referral"] == {"fund"}


def test_most_is_at_stake_first_and_pages_follow_each_other(reader):
    every = to_do.rows(reader, ON, TIERS, RULES, size=100)
    assert len(every) == sum(map(len, EXPECTED.values()))
    known = every["at_stake"].dropna()
    assert known.tolist() == sorted(known, reverse=True)
    assert every["at_stake"].notna().iloc[: len(known)].all()
    pages = [to_do.rows(reader, ON, TIERS, RULES, page=page, size=10) for page in (1, 2, 3, 4, 5)]
    names = ["kind", "customer_id", "period"]
    assert [row for page in pages for row in told(page, *names)] == told(every, *names)


def test_who_asked_not_to_be_contacted_is_marked_as_of_the_day(reader):
    """K3 asked it on the day, withdrawing a consent; K7 only on the day after."""
    rows = to_do.rows(reader, ON, TIERS, RULES, chosen=["window"])
    assert dict(zip(rows["customer_id"], rows["do_not_contact"], strict=True)) == {"K2": True, "K3": True, "K7": False}


def test_counts_are_those_of_the_list_and_may_be_seen_by_all(waiting):
    reader = Reader(viewer(may_see_customers=False), waiting)
    got = to_do.counts(reader, ON, TIERS, RULES, soon=date(2024, 6, 20))
    of_kind = {row[0]: row[1:] for row in told(got, "kind", "n", "customers", "soon", "sum_at_stake", "known_at_stake")}
    assert of_kind["grace"] == (2, 2, 0, 504_000_000, 2)
    assert of_kind["maturing"] == (4, 4, 3, 2_100, 3)
    assert of_kind["referral"] == (4, 1, 4, 308, 4)
    assert of_kind["complaint"] == (3, 1, 2, 231, 3)
    assert of_kind["window"] == (3, 3, 2, None, 0)
    assert {kind: row[0] for kind, row in of_kind.items()} == {kind: len(rows) for kind, rows in EXPECTED.items()}
    with pytest.raises(AccessError):
        to_do.rows(reader, ON, TIERS, RULES)


def test_another_branch_has_nothing_to_do(reader, waiting):
    assert to_do.counts(reader, ON, TIERS, RULES, branches=["B2"]).empty
    assert to_do.counts(Reader(viewer("B2"), waiting), ON, TIERS, RULES).empty


def test_a_snapshot_that_is_months_late_puts_nobody_into_the_last_month(reader):
    got = to_do.counts(
        reader, date(2024, 8, 1), TIERS, RULES
    )  # the newest month of the feed is then June, without rows
    assert set(got["kind"]) <= {"complaint", "referral", "booking"}


def test_a_kind_that_the_feeds_cannot_tell_says_what_it_lacks(tmp_path):
    warehouse = warehouse_of(str(tmp_path))
    without = {name: rows for name, rows in BANK.items() if name not in ("contact", "referral")}
    without["complaint"] = [complained("X1", "06-01 12:00")]
    publish(bank_of(without), warehouse.store)
    reader = Reader(viewer(), warehouse)
    lacks = dict(told(to_do.kinds(reader), "kind", "lacks"))
    assert {kind: lack for kind, lack in lacks.items() if lack} == {
        "upgrade": "contact",
        "overdue": "contact",
        "referral": "referral",
        "complaint": "complaint.closed_at",
    }
    assert set(to_do.counts(reader, ON, TIERS, RULES)["kind"]) == {"grace", "near", "maturing", "booking", "window"}
    warehouse.close()


def test_a_bank_without_any_of_its_tables_has_an_empty_list(tmp_path):
    warehouse = warehouse_of(str(tmp_path))
    publish(bank_of({"branch": BANK["branch"]}), warehouse.store)
    reader = Reader(viewer(), warehouse)
    assert to_do.counts(reader, ON, TIERS, RULES).empty
    assert to_do.rows(reader, ON, TIERS, RULES).empty
    assert to_do.base_rates(reader, ON, TIERS, RULES).empty
    warehouse.close()


# What became of their like. On 15 June outcomes of 30 days are known of what happened up to 16 May.
PAST: dict[str, list[dict[str, Any]]] = {
    "branch": BANK["branch"],
    "tier_snapshot": [
        # In the last month of grace in March, in April (known in June only: May is the last whole month), a year ago.
        month("A1", "potential", 1, MAY - 2, months_below=2), month("A1", "basic", 1, MAY),
        month("A2", "potential", 1, MAY - 2, months_below=2), month("A2", "potential", 1, MAY),
        month("A3", "potential", 1, MAY - 1, months_below=2), month("A3", "basic", 1, MAY + 1),
        month("A4", "wealth", 1, MAY - 13, months_below=2), month("A4", "potential", 1, MAY - 11),
        month("A5", "wealth", 1, MAY - 14, months_below=2), month("A5", "potential", 1, MAY - 12),
        # Risen in February and three months later; near in February.
        month("B1", "basic", 1, MAY - 4), month("B1", "potential", 6_000_000, MAY - 3), month("B1", "basic", 1, MAY),
        month("B2", "basic", 1, MAY - 4), month("B2", "potential", 6_000_000, MAY - 3), month("B2", "wealth", 1, MAY),
        month("B3", "basic", 4_800_000, MAY - 3), month("B3", "potential", 1, MAY),
        month("B4", "basic", 4_800_000, MAY - 3), month("B4", "basic", 1, MAY),
    ],
    "contact": [spoke("A1", "01-01")],
    "holding": [
        held("D1", "05-16", closed_on=at("05-16")),  # taken out
        held("D2", "05-17", closed_on=at("05-17")),  # not known yet
        held("D3", "05-16", closed_on=at("05-15")),  # before it was due
        held("D4", "05-01"),  # left in
        held("D5", "05-01", closed_on=at("05-01")), held("D5", "12-31", "P2", opened_on=at("05-31")),  # day 30
        held("D6", "05-01", closed_on=at("05-01")), held("D6", "12-31", "P2", opened_on=at("06-01")),  # day 31
        held("D7", "05-16") | {"matures_on": datetime(2023, 5, 18), "opened_on": datetime(2023, 1, 1),
                               "closed_on": datetime(2023, 5, 18)},
        held("D8", "05-16") | {"matures_on": datetime(2023, 5, 17), "opened_on": datetime(2023, 1, 1),
                               "closed_on": datetime(2023, 5, 17)},
    ],
    "referral": [
        referred("F1", "05-16 12:00", closed_at=at("05-23 12:00"), sale_id="1"),  # seven days: never on the list
        referred("F2", "05-16 12:00", closed_at=at("05-24 12:00"), sale_id="2"),
        referred("F3", "05-16 12:00", closed_at=at("06-16 12:00"), sale_id="3"),  # after the day
        referred("F4", "05-17 12:00"), referred("F5", "05-16 12:00"),
        # Taken up in time and closed in time: never on the list; too late the one, or the other.
        referred("F6", "05-10 12:00", accepted_at=at("05-16"), closed_at=at("05-22"), sale_id="6"),
        referred("F7", "05-01 12:00", accepted_at=at("05-03"), closed_at=at("05-12"), sale_id="7"),
        referred("F8", "05-01 12:00", accepted_at=at("05-10"), closed_at=at("05-12"), sale_id="8"),
        referred("F9", "05-16 12:00", accepted_at=at("05-17")),
    ],
    "journey_event": [
        step("E1", "J1", "book", "05-01 12:00"), step("E1v", "J1", "visit", "05-08 23:00"),  # day 7: kept
        step("E2", "J2", "book", "05-01 12:00"), step("E2v", "J2", "visit", "05-09 00:00"),  # day 8
        step("E3", "J3", "book", "05-01 12:00"), step("E3v", "J3", "visit", "05-31 23:00"),  # day 30
        step("E4", "J4", "book", "05-01 12:00"), step("E4v", "J4", "visit", "06-01 00:00"),  # day 31
        step("E5", "J5", "book", "05-17 12:00"),
        step("E6", "J6", "book", "05-01 12:00"), step("E6c", "J6", "consult", "05-08 23:00"),  # came by day 7
        step("E7", "J7", "book", "05-01 12:00"), step("E7c", "J7", "apply", "05-09 00:00"),
        step("E8", "J8", "book", "05-01 12:00"), step("E8f", "J8", "follow_up", "05-09 00:00"),
        # Booked anew on day 7: the newer one alone, which was kept on its day 8; on day 8: both, of which none came.
        step("E9", "J9", "book", "05-01 12:00"), step("E9b", "J9", "book", "05-08 23:00"),
        step("E9v", "J9", "visit", "05-16 12:00"),
        step("E10", "J10", "book", "05-01 12:00"), step("E10b", "J10", "book", "05-09 00:00"),
    ],
    "campaign": BANK["campaign"],
    "campaign_arm": BANK["campaign_arm"],
    "campaign_member": [
        member("K1", "06-15", converted_at=at("06-08 23:00")),  # seven days left: not on the list
        member("K2", "06-15", converted_at=at("06-09 00:00")),
        member("K3", "06-15", converted_at=at("06-16 00:00")),  # after the window
        member("K4", "06-16"), member("K5", "06-10", "hold"), member("K6", "06-10"),
    ],
}  # fmt: skip


def test_what_became_of_their_like_in_the_year_before(tmp_path, postgresql_server):
    for url in (str(tmp_path), postgresql_server("became")):
        warehouse = warehouse_of(url)
        publish(bank_of(PAST), warehouse.store)
        got = to_do.base_rates(Reader(viewer(), warehouse), ON, TIERS, RULES)
        assert set(told(got, "kind", "about", "n", "happened")) == {
            ("grace", "potential", 2, 1),
            ("grace", "wealth", 1, 1),
            ("upgrade", "potential", 2, 1),
            ("near", "potential", 2, 1),
            ("maturing", None, 5, 2),
            ("referral", None, 6, 3),
            ("booking", None, 8, 4),
            ("window", None, 3, 1),
        }
        warehouse.close()


def test_what_came_of_rows_by_a_day_after_them(tmp_path, postgresql_server):
    """The list was made on 8 June; what came of it by the 15th is told of each row of the same bank, whose edges are
    those of the lists: the day's last second counts, the next does not.
    """
    pair = tuple[str, str]
    rows: dict[str, list[pair]] = {
        "overdue": [("W3", "2024-05-15"), ("U4", "never"), ("U5", "never"), ("W8", "2024-05-15"), ("G5", "x")],
        "referral": [("R1", "F5"), ("R1", "F6"), ("R1", "F2")],
        "complaint": [("R1", "X4"), ("R1", "X5")],
        "booking": [("J5", "E5"), ("J6", "E6"), ("J7", "E7"), ("J11", "E11"), ("J15", "E15")],
        "maturing": [
            ("H1", "P1 2024-01-05"),  # matured on the day and is here
            ("H2", "P1 2024-01-05"),  # matures tomorrow: not known
            ("H9", "P1 2024-01-05"), ("H10", "P1 2024-01-05"), ("H10", "P1 2024-01-06"),
        ],
        "window": [("K6", "C1"), ("K7", "C1"), ("K2", "C1"), ("K2", "C2")],
        "grace": [("G2", str(MAY))],
    }  # fmt: skip
    more = [
        held("H9", "06-10", closed_on=at("06-10")),
        held("H10", "06-10", closed_on=at("06-10")), held("H10", "12-31", "P2", opened_on=at("06-15")),
    ]  # fmt: skip
    bank = BANK | {"holding": [*BANK["holding"], *more]}
    wanted = [outcome.Rows(kind, "done", tuple(keys)) for kind, keys in rows.items()]
    wanted.append(outcome.Rows("referral", "not done", (("R1", "F3"),)))
    for url in (str(tmp_path), postgresql_server("came")):
        warehouse = warehouse_of(url)
        publish(bank_of(bank), warehouse.store)
        got = outcome.became(Reader(viewer(), warehouse), ON, date(2024, 6, 8), RULES, wanted)
        assert set(told(got, "kind", "group", "n", "happened")) == {
            (
                "overdue",
                "done",
                3,
                1,
            ),  # U4; U5 is called tomorrow, W8 called us; the others are not in the list of customers
            ("referral", "done", 3, 1),
            ("referral", "not done", 1, 0),
            ("complaint", "done", 2, 1),
            ("booking", "done", 5, 2),  # E5 came, E11 was advised
            ("maturing", "done", 3, 2),  # H1, and H10 put it into P2
            ("window", "done", 3, 1),
        }
        assert outcome.became(Reader(viewer("B2"), warehouse), ON, date(2024, 6, 8), RULES, wanted).empty
        warehouse.close()


def test_the_rule_of_a_day_is_the_last_that_holds():
    old, new = (
        {"valid_from": date(2020 + year, 1, 1), "tiers": [{"key": str(year), "threshold": 0, "grace_months": 1}]}
        for year in (0, 4)
    )
    bank = Settings(tier_rules=(old, new))
    assert [bank.tiers_on(day)[0].key for day in (date(2019, 1, 1), date(2023, 12, 31), date(2024, 1, 1))] == list(
        "004"
    )
