"""Deliberate faults in the week's lists: each is put into a copy of the module, and a row on the edge must notice."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pandas as pd
import pytest

from data_access.engines import Warehouse
from data_access.queries import week_lists
from data_access.reading.reader import Reader
from tests.data_access import test_week_lists as edges
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of
from tests.mutations.test_data_access_queries import faulty

FAULTS = [
    # what stands there, the fault, the test that notices
    ('["months_below"] >= months', '["months_below"] > months', "the_grace_clock"),
    ('snapshot.c["tier"] == tier, snapshot.c["months_below"]', 'sa.true(), snapshot.c["months_below"]', "the_grace"),
    ("tiers[number + 1 :]", "tiers[number:]", "an_upgrade"),
    ("tiers[number + 1 :]", "tiers", "an_upgrade"),
    ("(month + 1) % 12 + 1, 1)", "month % 12 + 1, 1)", "an_upgrade"),
    ('contact.c["contacted_at"] >= since', 'contact.c["contacted_at"] > since', "an_upgrade"),
    (", ~called]", "]", "an_upgrade"),
    ('snapshot.c["month_no"] - 1', 'snapshot.c["month_no"] - 2', "an_upgrade"),
    ('direction != "inbound"', "sa.true()", "a_contact_is_overdue"),
    ("direction.is_(None), ", "", "a_contact_is_overdue"),
    ("aum < limit)", "aum <= limit)", "near_is"),
    ("aum >= limit", "aum > limit", "near_is"),
    ("tier == low, aum", "sa.true(), aum", "near_is"),
    ("reader.as_of + timedelta(days=1), reader", "reader.as_of, reader", "money_matures"),
    ("reader.as_of + timedelta(days=days)\n    keys", "reader.as_of + timedelta(days=days + 1)\n    keys", "money"),
    (', holding.c["closed_on"].is_(None))', ")", "money_matures"),
    ("last < kept_from", "last <= kept_from", "a_contact_is_overdue"),
    ("sa.and_(last.is_(None), long_known)", "last.is_(None)", "a_contact_is_overdue"),
    ("every=True", "every=False", "a_contact_is_overdue"),
    ("sa.func.max(contact", "sa.func.min(contact", "a_contact_is_overdue"),
    ("> accept_days", ">= accept_days", "a_referral_is_stuck"),
    ("> close_days", ">= close_days", "a_referral_is_stuck"),
    ('            referral.c["closed_at"].is_(None),\n', "", "a_referral_is_stuck"),
    ('staff=referral.c["to_staff_id"],', "", "a_referral_is_stuck"),
    ('sa.func.coalesce(staff, customer.c["manager_staff_id"])', "staff", "a_referral_is_stuck"),
    ('"closed_at"), complaint.c["closed_at"].is_(None)]', '"closed_at")]', "a_complaint"),
    ('oldest=complaint.c["opened_at"],', "", "a_complaint"),
    ("between(after_days, oldest_days)", "between(after_days + 1, oldest_days)", "a_booking"),
    ("between(after_days, oldest_days)", "between(after_days, oldest_days - 1)", "a_booking"),
    ('["occurred_at"] >= last', '["occurred_at"] > last', "a_booking"),
    ('["occurred_at"] >= last.c["booked_at"],\n', '["occurred_at"].is_not(None),\n', "a_booking"),
    ("sa.func.max(booked)", "sa.func.min(booked)", "a_booking"),
    ('        later.c["step"].in_(CAME),\n', "", "a_booking"),
    ("            measures.treated(reader, member),\n", "", "a_window"),
    ("as_of + timedelta(days=1), as_of", "as_of, as_of", "a_window"),
    ("as_of + timedelta(days=days)),\n", "as_of + timedelta(days=days - 1)),\n", "a_window"),
    ('            member.c["contacted_at"].is_(None),\n', "", "a_window"),
    ('            member.c["converted_at"].is_(None),\n', "", "a_window"),
    (', consent.c["do_not_contact"])', ")", "who_refuses"),
    ('consent.c["customer_id"] == who, ', "", "who_refuses"),
    (".nulls_last()", ".nulls_first()", "the_grace_clock"),
    ("*measures.among(rows.c", "*measures.among(customer.c", "lists_are_of"),
    ("    if said is not None:", "    if said is None:", "the_grace_clock"),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Iterator[Warehouse]:
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("faults")))
    bank = bank_of(edges.BANK)
    is_snapshots = bank["version_table"]["table_name"] == "tier_snapshot"
    bank["version_table"].loc[is_snapshots, "as_of"] = pd.Timestamp("2024-06-30")
    publish(bank, warehouse.store)
    yield warehouse
    warehouse.close()


def run(name: str, warehouse: Warehouse) -> None:
    (test,) = (function for key, function in vars(edges).items() if key.startswith(f"test_{name}"))
    given = {"reader": Reader(viewer(), warehouse), "edges": warehouse}
    test(**{parameter: given[parameter] for parameter in inspect.signature(test).parameters})


@pytest.mark.parametrize("name", sorted({name for *_, name in FAULTS}))
def test_without_a_fault_nothing_is_noticed(name, warehouse):
    run(name, warehouse)


@pytest.mark.parametrize(("right", "wrong", "name"), FAULTS, ids=[" ".join(wrong.split()) for _, wrong, _ in FAULTS])
def test_a_fault_is_noticed(right, wrong, name, warehouse, monkeypatch):
    assert inspect.getsource(week_lists).count(right) == 1
    monkeypatch.setattr(edges, "week_lists", faulty(week_lists, right, wrong))
    with pytest.raises(AssertionError):
        run(name, warehouse)
