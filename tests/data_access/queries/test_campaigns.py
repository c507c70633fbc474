"""Campaign queries against the same bank counted in pandas."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from data_access.queries import campaigns
from data_access.reading.reader import Reader
from tests.data_access.small_bank import AS_OF, publish, viewer, warehouse_of

END = pd.Timestamp(AS_OF)


@pytest.fixture(scope="module")
def members(bank):
    """Members with what can be said of each."""
    rows = bank["campaign_member"].merge(bank["campaign_arm"], on=["campaign_id", "arm"], how="left")
    bought_on = rows["converted_at"].dt.normalize()
    return rows.assign(
        contacted=rows["contacted_at"].notna(),
        participated=rows["participated_at"].notna(),
        converted=bought_on.notna() & (bought_on <= rows["matures_on"]),
        matured=rows["matures_on"] <= END,
        bought_on=bought_on,
    )


@pytest.fixture
def arms(reader):
    return campaigns.arms(reader).set_index(["campaign_id", "arm"])


def test_arms_count_every_member_once(arms, members):
    grouped = members.groupby(["campaign_id", "arm"])
    assert arms["n"].to_dict() == grouped.size().to_dict()
    for name in ("contacted", "participated", "converted", "matured"):
        assert arms[name].to_dict() == grouped[name].sum().to_dict(), name


def test_arms_count_nested_steps_of_closed_windows(arms, members):
    closed = members["matured"]
    for name, condition in {
        "matured_contacted": members["contacted"],
        "matured_participated": members["participated"],
        "matured_converted": members["converted"],
        "contacted_matured_converted": members["contacted"] & members["converted"],
        "participants_matured_converted": members["participated"] & members["converted"],
    }.items():
        expected = (closed & condition).groupby([members["campaign_id"], members["arm"]]).sum()
        assert arms[name].to_dict() == expected.to_dict(), name


def test_an_open_window_is_counted_apart(arms, members):
    open_now = members[(members["campaign_id"] == "C4")]
    assert 0 < open_now["matured"].sum() < len(open_now)
    assert (arms.loc["C4", "matured"] < arms.loc["C4", "n"]).all()
    late = members[members["converted_at"].notna() & ~members["converted"]]
    assert len(late) > 0  # the small bank has purchases after the window


def test_arms_sum_amounts_over_closed_windows(arms, members):
    for key, group in members[members["matured"]].groupby(["campaign_id", "arm"]):
        row = arms.loc[key]
        for name in ("sales", "contribution", "net_new", "baseline"):
            values = group[f"{name}_amount"].dropna().astype("float64")
            assert row[f"known_{name}"] == len(values)
            if len(values):
                assert row[f"sum_{name}"] == values.sum()
                assert row[f"squares_{name}"] == pytest.approx(((values - values.mean()) ** 2).sum(), rel=1e-9)
            else:  # not recorded is missing, not zero
                assert np.isnan(row[f"sum_{name}"])
                assert np.isnan(row[f"squares_{name}"])
        for first, name in (
            *(("baseline", m) for m in ("sales", "contribution", "net_new")),
            ("contribution", "sales"),
        ):
            pair = group[[f"{first}_amount", f"{name}_amount"]].dropna().astype("float64")
            if len(pair):
                centred = pair - pair.mean()
                expected = centred.prod(axis="columns").sum()
                assert row[f"product_{first}_{name}"] == pytest.approx(expected, rel=1e-6, abs=1e-3)
            else:
                assert np.isnan(row[f"product_{first}_{name}"])


def test_winsorised_sales_are_cut_at_the_campaigns_own_quantile(reader, members):
    got = campaigns.arms(reader, winsorised_at=0.9).set_index(["campaign_id", "arm"])
    closed = members[members["matured"]]
    for campaign_id, group in closed.groupby("campaign_id"):
        sales = group["sales_amount"].astype("int64")
        cap = np.quantile(sales, 0.9, method="inverted_cdf")  # percentile_disc: the first value at or above the share
        for arm, cut in sales.clip(upper=cap).groupby(group["arm"]):
            row = got.loc[(campaign_id, arm)]
            assert row["sum_sales_winsorised"] == cut.sum()
            assert row["squares_sales_winsorised"] == pytest.approx(((cut - cut.mean()) ** 2).sum(), rel=1e-9)
    assert (got["sum_sales_winsorised"] < got["sum_sales"]).any()


def test_control_arms_are_marked(arms, bank):
    control = bank["campaign_arm"].set_index(["campaign_id", "arm"])["is_control"]
    assert arms["is_control"].to_dict() == control.reindex(arms.index).astype(bool).to_dict()


def test_arms_by_branch_add_up_to_the_arms(reader, arms):
    by_branch = campaigns.arms(reader, by_branch=True).groupby(["campaign_id", "arm"])
    for name in ("n", "contacted", "matured_converted", "sum_sales"):
        assert by_branch[name].sum().to_dict() == arms[name].to_dict(), name


def test_what_the_feeds_do_not_record_is_missing_and_not_zero(bank, tmp_path):
    lacking = dict(bank)
    member = bank["campaign_member"].assign(participated_at=pd.NaT, contribution_amount=pd.NA)
    lacking["campaign_member"] = member.astype(bank["campaign_member"].dtypes)
    columns = bank["version_column"]
    gone = (columns["table_name"] == "campaign_member") & columns["column_name"].isin(
        ["participated_at", "contribution_amount"]
    )
    lacking["version_column"] = columns[~gone]
    warehouse = warehouse_of(str(tmp_path))
    publish(lacking, warehouse.store)
    reader = Reader(viewer(), warehouse)
    arms = campaigns.arms(reader)
    for name in ("participated", "matured_participated", "participants_matured_converted", "sum_contribution"):
        assert arms[name].isna().all(), name
    assert (arms["contacted"] > 0).any()
    assert campaigns.weeks(reader, "C1")["participated"].isna().all()
    warehouse.close()


def test_the_catalogue_lists_campaigns_that_overlap_the_period(reader, bank):
    def listed(**choice):
        return set(campaigns.catalogue(reader, **choice)["campaign_id"])

    assert listed() == {"C1", "C2", "C3", "C4", "C5"}
    assert listed(first=date(2024, 2, 4), last=date(2024, 2, 4)) == {"C1"}
    assert listed(first=date(2024, 2, 5), last=date(2024, 3, 4)) == {"C2", "C3"}
    assert listed(first=date(2024, 8, 1)) == set()
    assert listed(branches=["B1"]) == set(
        bank["campaign_member"].loc[bank["campaign_member"]["branch_id"] == "B1", "campaign_id"]
    )


def test_the_catalogue_describes_each_campaign(reader):
    frame = campaigns.catalogue(reader).set_index("campaign_id")
    assert list(frame.index) == ["C4", "C3", "C2", "C1", "C5"]  # latest first
    assert frame.loc["C2", ["arms", "control_arms", "line", "product"]].tolist() == [3, 1, "wealth", "Product 1"]
    assert frame.loc["C3", ["arms", "control_arms", "assignment"]].tolist() == [1, 0, "targeted"]
    assert pd.isna(frame.loc["C4", "line"])


def test_weeks_add_up_to_the_arms(reader, arms):
    for campaign_id in ("C1", "C2", "C3", "C4"):
        weeks = campaigns.weeks(reader, campaign_id)
        assert (weeks["week_start"].dt.day_of_week == 0).all()
        totals = weeks.groupby("arm")[["assigned", "contacted", "participated", "converted"]].sum()
        expected = arms.loc[campaign_id, ["n", "contacted", "participated", "converted"]]
        assert totals.to_numpy().tolist() == expected.to_numpy().tolist()
        assert weeks.groupby("arm")["is_control"].first().tolist() == arms.loc[campaign_id, "is_control"].tolist()


@pytest.mark.parametrize("since", ["contact", "assignment"])
def test_members_are_watched_until_they_buy_or_can_no_longer(reader, members, since):
    start = members["contacted_at" if since == "contact" else "assigned_at"].dt.normalize()
    end = members["bought_on"].where(members["converted"], members["matures_on"].clip(upper=END))
    day = (end - start).dt.days
    watched = members.assign(day=day)[start.notna() & (day >= 0)]
    got = campaigns.days_to_conversion(reader, ["C1", "C2", "C3", "C4"], since=since)
    expected = watched.groupby(["campaign_id", "arm", "day"])["converted"].agg(["sum", "size"])
    got = got.set_index(["campaign_id", "arm", "day"])
    assert got["converted"].to_dict() == expected["sum"].to_dict()
    assert (got["converted"] + got["censored"]).to_dict() == expected["size"].to_dict()


def test_costs_by_kind(reader, bank):
    got = campaigns.costs(reader).set_index(["campaign_id", "category"])
    grouped = bank["campaign_cost"].groupby(["campaign_id", "category"])
    for name in ("planned_amount", "actual_amount"):
        expected = grouped[name].sum(min_count=1)
        assert got[name].dropna().to_dict() == expected.dropna().to_dict()
        assert got[name].isna().sum() == expected.isna().sum()


def test_the_banks_own_costs_are_not_a_branchs(warehouse, bank):
    head = Reader(viewer(*bank["branch"]["branch_id"]), warehouse)
    of_branches = bank["campaign_cost"]["branch_id"].notna()
    assert not of_branches.all()
    assert campaigns.costs(head)["planned_amount"].sum() == bank["campaign_cost"]["planned_amount"][of_branches].sum()


def test_answers_by_scale(reader, bank):
    got = campaigns.answers(reader).set_index(["campaign_id", "scale"])
    asked = bank["satisfaction"].dropna(subset=["campaign_id"])
    for key, group in asked.groupby(["campaign_id", "scale"]):
        scores = group["score"].dropna().astype("float64")
        row = got.loc[key]
        assert [row["invited"], row["answers"], row["sum_score"]] == [len(group), len(scores), scores.sum()]
        assert row["squares_score"] == pytest.approx(((scores - scores.mean()) ** 2).sum(), abs=1e-9)
        csat = key[1] == "csat5"
        assert row["top_two"] == (scores.isin([4, 5]).sum() if csat else 0)
        assert row["promoters"] == (0 if csat else scores.isin([9, 10]).sum())
        assert row["detractors"] == (0 if csat else (scores < 7).sum())


def test_complaints_by_campaign(reader, bank):
    got = campaigns.complaints(reader).set_index("campaign_id")
    grouped = bank["complaint"].groupby("campaign_id")
    assert got["complaints"].to_dict() == grouped.size().to_dict()
    assert got["upheld"].to_dict() == grouped["upheld"].sum().to_dict()


def test_attributed_sales_are_a_part_of_all_sales(reader, bank):
    first, last = date(2024, 2, 1), date(2024, 4, 30)
    got = campaigns.attributed_sales(reader, first, last).iloc[0]
    sale = bank["sale"][bank["sale"]["sold_at"].dt.date.between(first, last)]
    stands, named = sale["reversed_at"].isna(), sale["campaign_id"].notna()
    assert got["sales"] == stands.sum()
    assert got["amount"] == sale["amount"][stands].sum()
    assert got["attributed_amount"] == sale["amount"][stands & named].sum() < got["amount"]
    assert got["attributed_contribution"] == sale["contribution"][stands & named].sum()
    assert got["reversed_amount"] == sale["amount"][~stands].sum() > 0


def test_the_last_day_of_a_period_belongs_to_it(reader, bank):
    day = bank["sale"]["sold_at"].dt.date.mode()[0]
    expected = (bank["sale"]["sold_at"].dt.date == day) & bank["sale"]["reversed_at"].isna()
    assert campaigns.attributed_sales(reader, day, day)["sales"].item() == expected.sum()


def test_internal_funding_knows_what_it_does_not_know(reader, bank):
    got = campaigns.funding(reader).set_index("campaign_id")
    sale = bank["sale"][bank["sale"]["reversed_at"].isna()]
    grouped = sale.groupby("campaign_id")
    assert got["amount"].to_dict() == grouped["amount"].sum().to_dict()
    assert got["internally_funded_amount"].to_dict() == grouped["internally_funded_amount"].sum().to_dict()
    known = sale[sale["internally_funded_amount"].notna()].groupby("campaign_id")
    assert got["funding_known"].to_dict() == known.size().to_dict()
    assert got["amount_known"].to_dict() == known["amount"].sum().to_dict()


def test_a_branch_with_no_member_has_no_arm(warehouse):
    nowhere = Reader(replace(viewer("B1"), scope=viewer("B0").scope), warehouse)
    frame = campaigns.arms(nowhere)
    assert frame.empty
    assert {"n", "matured_converted", "sum_sales", "product_baseline_sales"} <= set(frame.columns)


def test_a_campaign_without_members_is_empty_everywhere(reader):
    assert campaigns.weeks(reader, "C5").empty
    assert campaigns.days_to_conversion(reader, ["C5"]).empty
    assert campaigns.arms(reader, campaigns=["none"]).empty
