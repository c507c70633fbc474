"""The two sides of a comparison against the same bank counted row by row in pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data_access.queries import comparison
from data_access.queries.comparison import AGES_FROM, Sides
from tests.data_access.small_bank import AS_OF

END = pd.Timestamp(AS_OF)
ARMS = Sides((("C2", "a"), ("C2", "b")), (("C2", "control"),))
ONE = Sides((("C1", "call"),), (("C1", "control"),))
CAMPAIGNS = Sides((("C1", "call"),), (("C3", "all"),), branches=("B1", "B2", "B3"))
AMOUNTS = ("sales", "contribution", "net_new", "baseline")


@pytest.fixture(scope="module")
def everybody(bank) -> pd.DataFrame:
    """Members with their traits before, as far as the bank records them."""
    rows = bank["campaign_member"].merge(
        bank["customer"][["customer_id", "birth_year", "acquired_channel", "opened_on"]], on="customer_id", how="left"
    )
    age = (rows["assigned_at"].dt.year - rows["birth_year"]).astype("float64")
    bands = pd.cut(age, [*AGES_FROM, np.inf], right=False, labels=AGES_FROM)
    bought_on = rows["converted_at"].dt.normalize()
    contact = bank["contact"][["customer_id", "contacted_at"]].rename(columns={"contacted_at": "touch"})
    touches = rows[["campaign_id", "customer_id", "assigned_at"]].merge(contact, on="customer_id")
    days = (touches["assigned_at"].dt.normalize() - touches["touch"].dt.normalize()).dt.days
    touches = touches[days.between(1, 90)].groupby(["campaign_id", "customer_id"]).size().rename("contacts")
    rows = rows.merge(touches.reset_index(), on=["campaign_id", "customer_id"], how="left")
    return rows.assign(
        years=age,
        age_from=bands.astype("float64"),
        won=rows["acquired_channel"],
        contacts=rows["contacts"].fillna(0),
        touched=(rows["contacts"].fillna(0) > 0).astype(int),
        bought=(rows["baseline_amount"] > 0).astype("float64").where(rows["baseline_amount"].notna()),
        matured=rows["matures_on"] <= END,
        converted=bought_on.notna() & (bought_on <= rows["matures_on"]),
    )


def on_sides(everybody: pd.DataFrame, sides: Sides) -> pd.DataFrame:
    arms = list(zip(everybody["campaign_id"], everybody["arm"], strict=True))
    side = np.select([[arm in sides.a for arm in arms], [arm in sides.b for arm in arms]], ["a", "b"], "")
    rows = everybody.assign(side=side)
    rows = rows[rows["side"] != ""]
    return rows[rows["branch_id"].isin(sides.branches)] if sides.branches else rows


@pytest.mark.parametrize("sides", [ARMS, ONE, CAMPAIGNS], ids=["arms", "one", "campaigns"])
def test_both_sides_are_their_members(reader, everybody, sides):
    rows = on_sides(everybody, sides)
    got = comparison.totals(reader, sides).set_index("side")
    assert list(got.index) == ["a", "b"]
    for side, group in rows.groupby("side"):
        row, closed = got.loc[side], group[group["matured"]]
        touched = closed[closed["contacted_at"].notna()]
        assert row["n"] == len(group)
        assert row["matured"] == len(closed)
        assert row["matured_contacted"] == len(touched)
        assert row["matured_converted"] == closed["converted"].sum()
        assert row["contacted_matured_converted"] == touched["converted"].sum()
        for name in AMOUNTS:
            values = closed[f"{name}_amount"].dropna().astype("float64")
            assert row[f"known_{name}"] == len(values)
            if values.empty:  # recorded for nobody is unknown, not zero
                assert np.isnan(row[f"sum_{name}"])
                continue
            assert row[f"sum_{name}"] == values.sum()
            assert row[f"squares_{name}"] == pytest.approx(((values - values.mean()) ** 2).sum(), rel=1e-9)
            if name == "baseline":
                continue
            of_touched = touched[f"{name}_amount"].dropna()
            assert row[f"contacted_known_{name}"] == len(of_touched)
            assert row[f"contacted_sum_{name}"] == of_touched.astype("float64").sum()
        both = closed[["sales_amount", "baseline_amount"]].dropna().astype("float64")
        if len(both):
            product = ((both - both.mean()).prod(axis=1)).sum()
            assert row["product_baseline_sales"] == pytest.approx(product, rel=1e-6, abs=1.0)


def test_the_largest_amounts_are_cut_over_both_sides_together(reader, everybody):
    rows = on_sides(everybody, ARMS)
    closed = rows[rows["matured"]]
    got = comparison.totals(reader, ARMS, capped=comparison.CAPPED).set_index("side")
    for name, lowest in (("sales", False), ("net_new", True)):
        ordered = closed[f"{name}_amount"].dropna().astype("float64").sort_values().to_numpy()
        most, least = (
            ordered[int(np.ceil(len(ordered) * 0.99)) - 1],
            ordered[max(int(np.ceil(len(ordered) * 0.01)), 1) - 1],
        )
        cut = closed[f"{name}_amount"].astype("float64").clip(upper=most, lower=least if lowest else None)
        expected = cut.groupby(closed["side"]).sum()
        assert got[f"sum_{name}"].astype("float64").to_dict() == expected.to_dict()
    assert got["sum_baseline"].equals(comparison.totals(reader, ARMS).set_index("side")["sum_baseline"])


@pytest.mark.parametrize("by", [("tier", "age_from", "won"), comparison.TRAITS, ("branch_id",), ("matures_on",)])
def test_parts_hold_every_member_once(reader, everybody, by):
    rows = on_sides(everybody, ARMS)
    got = comparison.parts(reader, ARMS, by, "net_new")
    keys = ["side", *by]
    counted = got.assign(**{key: got[key].astype(object).where(got[key].notna(), "?") for key in keys}).set_index(keys)
    told = rows.assign(**{key: rows[key].astype(object).where(rows[key].notna(), "?") for key in keys})
    groups = told.groupby(keys)
    assert len(counted) == len(groups)
    assert counted["n"].sum() == len(rows)
    for key, group in groups:
        row, closed = counted.loc[key], group[group["matured"]]
        values = closed["net_new_amount"].dropna().astype("float64")
        assert (row["n"], row["matured"], row["known_net_new"]) == (len(group), len(closed), len(values))
        assert np.nan_to_num(row["sum_net_new"]) == values.sum()


@pytest.mark.parametrize(("trait", "value"), [("tier", "wealth"), ("age_from", "25"), ("touched", "1")])
def test_a_group_of_customers_is_that_group(reader, everybody, trait, value):
    rows = on_sides(everybody, ARMS)
    chosen = rows[
        rows[trait].astype("string") == (value if trait == "tier" else rows[trait].dtype.type(value).__str__())
    ]
    got = comparison.totals(reader, Sides(ARMS.a, ARMS.b, trait, value)).set_index("side")["n"]
    assert got.to_dict() == chosen.groupby("side").size().to_dict()
    assert 0 < got.sum() < len(rows)


def test_what_the_sides_were_like_before(reader, bank, everybody):
    rows = on_sides(everybody, ARMS)
    month = rows["assigned_at"].dt.year * 12 + rows["assigned_at"].dt.month - 2
    aum = bank["tier_snapshot"][["customer_id", "month_no", "aum"]]
    rows = rows.assign(month_no=month).merge(aum, on=["customer_id", "month_no"], how="left")
    opened = (rows["assigned_at"].dt.normalize() - pd.to_datetime(rows["opened_on"])).dt.days / 30.4375
    values = {
        "assets": rows["aum"],
        "sales_before": rows["baseline_amount"],
        "months": opened,
        "age": rows["years"],
        "upper_tier": rows["tier"].isin(["wealth", "private"]).where(rows["tier"].notna()),
        "contacts": rows["contacts"],
    }
    got = comparison.traits(reader, ARMS, ["wealth", "private"]).set_index("side")
    for name, column in values.items():
        known = column.astype("float64").dropna()
        for side, group in known.groupby(rows["side"]):
            assert got.loc[side, f"known_{name}"] == len(group), name
            assert float(got.loc[side, f"sum_{name}"]) == pytest.approx(group.sum(), rel=1e-9), name
            squares = ((group - group.mean()) ** 2).sum()
            assert got.loc[side, f"squares_{name}"] == pytest.approx(squares, rel=1e-6, abs=1e-6), name


def test_customers_on_both_sides_of_two_campaigns_are_counted_once(reader, everybody):
    rows = on_sides(everybody, CAMPAIGNS)
    a, b = (set(rows.loc[rows["side"] == side, "customer_id"]) for side in "ab")
    # Of the members counted on the first side, those who were on the other in any branch.
    other = {
        customer
        for customer, arm in zip(
            everybody["customer_id"], zip(everybody["campaign_id"], everybody["arm"], strict=True), strict=True
        )
        if arm in CAMPAIGNS.b
    }
    got = comparison.on_both(reader, CAMPAIGNS).iloc[0]
    assert got.to_dict() == {"customers": len(a | b), "both": len(a & other)}
    assert got["both"] > 0


def test_customers_in_more_than_one_of_several_campaigns_are_counted_once(reader, everybody):
    arms = (("C1", "call"), ("C2", "a"), ("C2", "b"), ("C3", "all"))
    taken = np.array([arm in arms for arm in zip(everybody["campaign_id"], everybody["arm"], strict=True)])
    in_each = everybody[taken].groupby("customer_id")["campaign_id"].nunique()
    got = comparison.on_several(reader, arms).iloc[0]
    assert got.to_dict() == {"customers": len(in_each), "several": int((in_each > 1).sum())}
    assert 0 < got["several"] < got["customers"]
    of_branch = everybody[taken & everybody["branch_id"].eq("B1")]
    assert comparison.on_several(reader, arms, ("B1",)).iloc[0]["customers"] == of_branch["customer_id"].nunique()


def test_harm_is_counted_alike_on_both_sides(reader, bank, everybody):
    rows = on_sides(everybody, ARMS)
    closed = rows[rows["matured"]][["side", "customer_id", "assigned_at", "matures_on"]]
    got = comparison.harm(reader, ARMS).set_index("side")

    def told(table: str, when: str) -> pd.DataFrame:
        both = closed.merge(bank[table], on="customer_id")
        return both[(both[when] >= both["assigned_at"]) & (both[when].dt.normalize() <= both["matures_on"])]

    assert got["matured"].to_dict() == closed.groupby("side").size().to_dict()
    complaints = told("complaint", "opened_at").groupby("side").size().reindex(got.index, fill_value=0)
    assert got["complaints"].to_dict() == complaints.to_dict()
    left = told("consent", "withdrawn_at").groupby("side")["customer_id"].nunique().reindex(got.index, fill_value=0)
    assert got["opted_out"].to_dict() == left.to_dict()
    rated = told("satisfaction", "responded_at")
    rated = rated[rated["scale"] == "csat5"].dropna(subset=["score"])
    assert got["known_score"].to_dict() == rated.groupby("side").size().reindex(got.index, fill_value=0).to_dict()
