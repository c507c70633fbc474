"""Queries for the comparison of arms against the same bank counted row by row in pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data_access.queries import campaigns, experiments
from tests.data_access.small_bank import AS_OF

END = pd.Timestamp(AS_OF)
ALL = ["C1", "C2", "C3", "C4"]
ARM = ["campaign_id", "arm"]


@pytest.fixture(scope="module")
def members(bank):
    """Members with what can be said of each."""
    rows = bank["campaign_member"].merge(bank["campaign_arm"], on=ARM, how="left")
    bought_on = rows["converted_at"].dt.normalize()
    return rows.assign(
        assigned_on=rows["assigned_at"].dt.normalize(),
        converted=bought_on.notna() & (bought_on <= rows["matures_on"]),
        matured=rows["matures_on"] <= END,
        is_control=rows["is_control"].astype(bool),
    )


def test_sizes_stand_beside_their_plan(reader, bank, members):
    got = experiments.allocation(reader).set_index(ARM)
    planned = bank["campaign_arm"].set_index(ARM)
    assert got["allocation"].to_dict() == planned["allocation"].to_dict()
    groups = members.groupby(ARM)
    assert got["n"].to_dict() == groups.size().reindex(planned.index, fill_value=0).to_dict()
    assert got.loc[("C5", "all"), "n"] == 0  # an arm that got nobody is there
    places = groups["branch_id"].nunique().reindex(planned.index, fill_value=0)
    assert got["assigned_branches"].to_dict() == places.to_dict()


@pytest.mark.parametrize("campaign_id", ALL)
def test_the_arms_of_a_comparison_are_those_of_the_campaign_pages(reader, campaign_id):
    got = experiments.arms(reader, campaign_id)
    pages = campaigns.arms(reader, campaigns=[campaign_id], winsorised_at=None)
    assert len(got.columns) < len(pages.columns)
    for column in got.columns:
        expected = pages[column]
        if column.startswith("known"):  # an arm without a closed window is not among them
            expected = expected.where(pages["matured"] > 0)
        if column.startswith(("known", "sum", "squares", "product")):
            np.testing.assert_allclose(got[column].astype("float64"), expected.astype("float64"), rtol=1e-9)
        else:
            assert got[column].tolist() == expected.tolist(), column


def test_the_top_customers_of_a_campaign_are_picked_over_its_treated_arms(reader, members):
    got = experiments.top_sales(reader).set_index(ARM)["sum_sales_top"]
    rows = members[members["matured"] & ~members["is_control"]]
    assert set(got.index) == set(map(tuple, rows[ARM].to_numpy()))
    for campaign_id, group in rows.groupby("campaign_id"):
        most = int(np.ceil(len(group) / 100))
        expected = group["sales_amount"].astype("int64").nlargest(most).sum()
        assert got[campaign_id].sum() == expected > 0
    assert most >= 1


def test_the_top_customers_join_to_their_arms(reader):
    arms = campaigns.arms(reader).merge(experiments.top_sales(reader), how="left")
    treated = arms[~arms["is_control"]]
    assert (treated["sum_sales_top"] <= treated["sum_sales"]).all()
    assert arms.loc[arms["is_control"], "sum_sales_top"].isna().all()
