"""Customers of several campaigns against the same bank counted customer by customer."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access import schema
from data_access.queries.campaigns import overlap
from data_access.reading.reader import Reader
from tests.data_access.small_bank import AS_OF, Bank, publish, random_bank, viewer, warehouse_of

KEYS = ["campaign_id", "other_id"]
LOOKED_AT = ("branch", "customer", "campaign", "campaign_arm", "campaign_member", *schema.SYSTEM)


def looked_at(bank: Bank) -> Bank:
    """The bank without the rows of tables that tell nothing of who was in which campaign."""
    return {name: rows if name in LOOKED_AT else rows.head(0) for name, rows in bank.items()}


def held_out(bank: dict[str, pd.DataFrame]) -> set[tuple[str, str]]:
    arms = bank["campaign_arm"]
    return set(arms.loc[arms["is_control"], ["campaign_id", "arm"]].itertuples(index=False, name=None))


def shared_by_hand(bank: dict[str, pd.DataFrame]) -> dict[tuple[str, str], dict[str, int]]:
    """Every two campaigns, customer by customer, as a person would leaf through the lists."""
    control = held_out(bank)
    members = list(bank["campaign_member"].itertuples(index=False))
    found: dict[tuple[str, str], dict[str, int]] = {}
    for a in members:
        for b in members:
            if a.customer_id != b.customer_id or a.campaign_id == b.campaign_id:
                continue
            if b.assigned_at.date() > a.matures_on.date() or a.assigned_at.date() > b.matures_on.date():
                continue
            pair = found.setdefault((a.campaign_id, b.campaign_id), {"both": 0, "reached": 0, "reached_control": 0})
            pair["both"] += 1
            if (b.campaign_id, b.arm) in control or pd.isna(b.contacted_at):
                continue
            if a.assigned_at.date() <= b.contacted_at.date() <= a.matures_on.date():
                pair["reached_control" if (a.campaign_id, a.arm) in control else "reached"] += 1
    return found


@pytest.fixture(scope="module")
def counted(bank):
    return shared_by_hand(bank)


def test_pairs_are_those_that_leafing_through_the_lists_finds(reader: Reader, bank, counted):
    found = overlap.pairs(reader)
    told = {
        tuple(row[:2]): dict(zip(("both", "reached", "reached_control"), row[2:], strict=True))
        for row in found[[*KEYS, "both", "reached", "reached_control"]].itertuples(index=False, name=None)
    }
    expected = {key: pair for key, pair in counted.items() if pair["both"] >= 10 and pair["reached"] > 0}
    assert 2 < len(expected) < len(counted)
    assert told == expected
    sides = bank["campaign_member"].assign(
        held=[
            pair in held_out(bank)
            for pair in zip(bank["campaign_member"]["campaign_id"], bank["campaign_member"]["arm"], strict=True)
        ]
    )
    for row in found.itertuples():
        own = sides[sides["campaign_id"] == row.campaign_id]["held"]
        assert (row.n, row.n_control) == (int((~own).sum()), int(own.sum()))


def test_the_largest_share_stands_first_and_a_limit_keeps_it(reader: Reader):
    found = overlap.pairs(reader)
    shares = found["reached"] / found["n"]
    assert shares.is_monotonic_decreasing
    assert overlap.pairs(reader, most=2)[KEYS].to_numpy().tolist() == found[KEYS].head(2).to_numpy().tolist()


def test_only_the_campaigns_asked_for_are_looked_at_and_the_others_may_be_any(reader: Reader):
    found, every = overlap.pairs(reader, campaigns=["C2"]), overlap.pairs(reader)
    assert set(found["campaign_id"]) == {"C2"}
    assert set(found["other_id"]) == {"C3"}
    pd.testing.assert_frame_equal(
        found.sort_values("other_id", ignore_index=True),
        every[every["campaign_id"] == "C2"].sort_values("other_id", ignore_index=True),
    )


DAY = datetime(2024, 5, 1, 9)


def two_campaigns(members: list[tuple[str, str, str, int, int | None, int]]) -> Bank:
    """The small bank with these members alone: customer, campaign, arm, day assigned, day contacted, days to buy."""
    bank = looked_at(random_bank(customers=40))
    template = bank["campaign_member"].iloc[0]
    rows = []
    for customer, campaign, arm, assigned, contacted, window in members:
        start = DAY + timedelta(days=assigned)
        rows.append(
            template.to_dict()
            | {
                "customer_id": customer, "campaign_id": campaign, "arm": arm, "branch_id": "B1", "assigned_at": start,
                "contacted_at": pd.NaT if contacted is None else DAY + timedelta(days=contacted),
                "matures_on": pd.Timestamp((start + timedelta(days=window)).date()),
                "participated_at": pd.NaT, "converted_at": pd.NaT,
            }
        )  # fmt: skip
    bank["campaign_member"] = pd.DataFrame(rows).astype(bank["campaign_member"].dtypes)
    return bank


@pytest.mark.parametrize(
    ("assigned", "contacted", "reached"),
    [(0, 0, 10), (0, 10, 10), (0, 11, 0), (10, 10, 10), (-5, -1, 0), (-5, 0, 10), (0, None, 0)],
    ids=["first day", "last day", "the day after", "assigned on the last day", "the day before", "on the day", "never"],
)
def test_a_contact_counts_from_the_day_of_assignment_to_the_last_day_of_the_window(
    tmp_path: Path, assigned: int, contacted: int | None, reached: int
):
    members = [
        member
        for number in range(10)
        for member in (
            (f"{number:05}", "C1", "call", 0, 0, 10),
            (f"{number:05}", "C2", "a", assigned, contacted, 20),
        )
    ]
    warehouse = warehouse_of(str(tmp_path))
    publish(two_campaigns(members), warehouse.store)
    found = overlap.pairs(Reader(viewer(), warehouse))
    told = found.loc[(found["campaign_id"] == "C1"), "reached"].tolist()
    assert told == ([reached] if reached else [])
    warehouse.close()


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_customers_in_both_are_the_same_from_either_side(tmp_path_factory: pytest.TempPathFactory, seed: int):
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("both")))
    publish(looked_at(random_bank(seed, customers=120)), warehouse.store)
    found = overlap.pairs(Reader(viewer(), warehouse)).set_index(KEYS)["both"]
    warehouse.close()
    for (one, other), both in found.items():
        assert found.get((other, one), both) == both
        assert both >= overlap.SMALLEST


def test_pulls_are_those_of_each_customer_at_each_campaign(reader: Reader, bank):
    members = bank["campaign_member"]
    closed = members[(members["matures_on"] <= pd.Timestamp(AS_OF)) & members["contribution_amount"].notna()]
    closed = closed[closed["campaign_id"].isin(["C1", "C2"])]
    control, pulls = held_out(bank), {}
    for campaign, rows in closed.groupby("campaign_id"):
        values = rows["contribution_amount"].astype(float)
        held = np.array([(campaign, arm) in control for arm in rows["arm"]])
        treated, other = values[~held].mean(), values[held].mean()
        for customer, value, is_held in zip(rows["customer_id"], values, held, strict=True):
            pull = (other - value) * (~held).sum() / held.sum() if is_held else value - treated
            pulls.setdefault(customer, []).append(pull)
    found = overlap.dependence(reader, ["C1", "C2"]).iloc[0]
    assert found["customers"] == len(pulls)
    assert found["several"] == sum(len(pull) > 1 for pull in pulls.values()) > 10
    assert found["apart"] == pytest.approx(sum(one**2 for pull in pulls.values() for one in pull))
    assert found["together"] == pytest.approx(sum(sum(pull) ** 2 for pull in pulls.values()))


def test_no_campaign_has_no_pull(reader: Reader):
    found = overlap.dependence(reader, []).iloc[0]
    assert found[["customers", "several", "together"]].isna().all()
