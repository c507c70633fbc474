"""A holdout of the whole bank is no campaign: every query says what it says of a bank that has none."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest
import sqlalchemy as sa
from pandas.testing import assert_frame_equal

from data_access.engines import Warehouse
from data_access.queries import campaigns, experiments
from data_access.reading.reader import Reader
from data_access.settings import ComparisonRules
from tests.data_access.reading.test_scope import CALLS, rows
from tests.data_access.small_bank import Bank, publish, viewer, warehouse_of

HOLDOUT = "H1"
NAMED = ComparisonRules(holdouts=(HOLDOUT,))


def with_holdout(bank: Bank) -> Bank:
    """The bank with every customer in a campaign that stands for all: one of ten held out, the others open to it."""
    like, first = bank["campaign"].iloc[[0]], bank["campaign_member"].iloc[[0]]
    member = pd.concat([first] * len(bank["customer"]), ignore_index=True)
    member["customer_id"] = bank["customer"]["customer_id"].to_numpy()
    member["branch_id"] = bank["customer"]["branch_id"].to_numpy()
    member["arm"] = ["held_out" if place % 10 == 0 else "open" for place in range(len(member))]
    arm = bank["campaign_arm"].iloc[:2].assign(arm=["held_out", "open"], is_control=[True, False])
    cost = bank["campaign_cost"].iloc[[0]].assign(cost_id="H1 cost")
    own = {"campaign": like, "campaign_arm": arm, "campaign_cost": cost, "campaign_member": member}
    added = {name: pd.concat([bank[name], new.assign(campaign_id=HOLDOUT)]) for name, new in own.items()}
    return bank | added


@pytest.fixture(scope="module")
def held_out(bank, tmp_path_factory) -> Iterator[Warehouse]:
    opened = warehouse_of(str(tmp_path_factory.mktemp("held_out")), comparison=NAMED)
    publish(with_holdout(bank), opened.store)
    yield opened
    opened.close()


@pytest.mark.parametrize(("function", "arguments"), CALLS)
def test_no_query_counts_it_as_a_campaign(function, arguments, warehouses, held_out):
    without = function(Reader(viewer(), warehouses["duckdb"]), **arguments)
    beside = function(Reader(viewer(), held_out), **arguments)
    assert_frame_equal(rows(beside), rows(without), rtol=1e-9)


@pytest.mark.parametrize("table", ["campaign", "campaign_arm", "campaign_member"])
def test_a_branch_head_does_not_either(table, warehouses, held_out):
    beside, without = (Reader(viewer("B2", "B5"), one) for one in (held_out, warehouses["duckdb"]))
    found = [
        reader.frame(sa.select(sa.func.count().label("n")).select_from(reader.table(table)))
        for reader in (beside, without)
    ]
    assert_frame_equal(*found)
    own = beside.holdouts
    assert own.frame(sa.select(sa.func.count().label("n")).select_from(own.table(table)))["n"].item() > 0


def test_it_is_read_by_itself(bank, held_out):
    own = Reader(viewer(), held_out).holdouts
    assert list(campaigns.catalogue(own)["campaign_id"]) == [HOLDOUT]
    sizes = experiments.allocation(own).set_index("arm")["n"]
    assert sizes["held_out"] == -(-len(bank["customer"]) // 10)
    assert sizes.sum() == len(bank["customer"])


def test_what_is_told_of_the_whole_bank_leaves_it_out(warehouses, held_out):
    head = viewer("B1")
    for told in (Reader.campaign_sizes, lambda reader: reader.rates_by_mix(())):
        beside, without = told(Reader(head, held_out)), told(Reader(head, warehouses["duckdb"]))
        assert_frame_equal(rows(beside), rows(without))


def test_a_bank_that_names_none_has_none(warehouses):
    assert campaigns.catalogue(Reader(viewer(), warehouses["duckdb"]).holdouts).empty


def test_whom_a_campaign_spoke_to_while_held_out_by_hand(held_out, bank):
    own = Reader(viewer(), held_out).holdouts
    (held,) = experiments.reached_by_any(own, (HOLDOUT,)).query("is_control").to_dict("records")
    member = with_holdout(bank)["campaign_member"].query("campaign_id == @HOLDOUT and arm == 'held_out'")
    contact = bank["contact"].query("direction == 'outbound' and campaign_id.notna()")
    both = member.merge(contact, on="customer_id", suffixes=("", "_of"))
    after = pd.to_datetime(both["contacted_at_of"]) >= pd.to_datetime(both["assigned_at"])
    before = pd.to_datetime(both["contacted_at_of"]).dt.normalize() <= pd.to_datetime(both["matures_on"])
    assert held["reached"] == both[after & before]["customer_id"].nunique() > 0
