"""The past of planning against the same bank counted in pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from data_access.queries import history
from tests.data_access.small_bank import AS_OF

END = pd.Timestamp(AS_OF)


@pytest.fixture(scope="module")
def treated(bank):
    """Members of treated arms in campaigns that ended and whose last window closed."""
    rows = bank["campaign_member"].merge(bank["campaign_arm"], on=["campaign_id", "arm"])
    rows = rows.merge(bank["campaign"], on="campaign_id", suffixes=("", "_of_campaign"))
    rows = rows[~rows["is_control"].astype(bool)]
    rows = rows[rows.groupby("campaign_id")["matures_on"].transform("max") <= END]
    rows = rows[rows["ends_on"] <= END]
    bought_on = rows["converted_at"].dt.normalize()
    return rows.assign(
        contacted=rows["contacted_at"].notna(),
        participated=rows["participated_at"].notna(),
        converted=bought_on.notna() & (bought_on <= rows["matures_on"]),
    )


def test_only_finished_campaigns_are_past(reader, treated, bank):
    got = history.campaigns(reader)["campaign_id"].tolist()
    assert got == sorted(treated["campaign_id"].unique())
    assert 0 < len(got) < bank["campaign_member"]["campaign_id"].nunique()


def test_past_campaigns_count_their_treated_customers(reader, treated):
    got = history.campaigns(reader).set_index("campaign_id")
    grouped = treated.groupby("campaign_id")
    assert got["n"].to_dict() == grouped.size().to_dict()
    for name in ("contacted", "participated", "converted"):
        assert got[name].to_dict() == grouped[name].sum().to_dict(), name
    for name in ("sales", "contribution"):
        for campaign, amounts in treated.groupby("campaign_id")[f"{name}_amount"]:
            known = amounts.dropna().to_numpy(dtype=float)
            assert got.loc[campaign, f"known_{name}"] == len(known)
            if len(known):
                assert_allclose(got.loc[campaign, f"sum_{name}"], known.sum())
                assert_allclose(got.loc[campaign, f"squares_{name}"], np.var(known) * len(known), rtol=1e-9)
            else:
                assert np.isnan(got.loc[campaign, f"sum_{name}"])


def test_factors_are_those_of_most_members(reader, treated):
    got = history.campaigns(reader).set_index("campaign_id")
    for campaign, rows in treated.groupby("campaign_id"):
        for name in ("channel", "tier"):
            counted = rows[name].value_counts()
            assert counted[got.loc[campaign, name]] == counted.max()
        assert got.loc[campaign, "objective"] == rows["objective"].iloc[0]


def test_costs_are_what_the_viewer_bears(reader, reader_of, bank):
    cost = bank["campaign_cost"]
    whole = history.campaigns(reader).set_index("campaign_id")["cost"]
    own = history.campaigns(reader_of("B1", "B2")).set_index("campaign_id")["cost"]
    for got, rows in ((whole, cost), (own, cost[cost["branch_id"].isin(["B1", "B2"])])):
        expected = rows.groupby("campaign_id")["actual_amount"].sum(min_count=1)
        for campaign in got.index.intersection(expected.index):
            assert got[campaign] == expected[campaign]


def test_pace_ends_at_the_final_count_and_never_falls(reader, treated):
    ages = 8
    got = history.pace(reader, ages=ages).set_index("campaign_id")
    grouped = treated.groupby("campaign_id")
    for name in ("participated", "converted"):
        paths = got[[f"{name}_by_{age}" for age in range(ages + 1)]].to_numpy()
        assert (np.diff(paths, axis=1) >= 0).all()
        assert paths[:, -1].tolist() == grouped[name].sum()[got.index].tolist()
    for campaign, rows in grouped:
        life = (rows["ends_on"] - rows["starts_on"]).dt.days + rows["attribution_days"].astype(int)
        age = (rows["converted_at"].dt.normalize() - rows["starts_on"]).dt.days / life
        assert got.loc[campaign, "converted_by_3"] == (rows["converted"] & (age <= 3 / ages)).sum()


@pytest.mark.parametrize("by", [("tier", "channel"), ("branch_id",), ("tier", "channel", "branch_id")])
def test_cells_are_the_campaigns_in_parts(reader, treated, by):
    got = history.cells(reader, by=by)
    keys = ["campaign_id", *by]
    expected = treated.groupby(keys, dropna=False).agg(size=("arm", "size"), reached=("contacted", "sum")).reset_index()
    both = got.merge(expected, on=keys)
    assert len(both) == len(got) == len(expected)
    assert both["n"].tolist() == both["size"].tolist()
    assert both["contacted"].tolist() == both["reached"].tolist()
    assert got["sum_contribution"].sum() == treated["contribution_amount"].sum()
