"""Queries for the comparison of arms against the same bank counted row by row in pandas."""

from __future__ import annotations

from typing import Any

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


def assert_same_outcomes(got: pd.DataFrame, rows: pd.DataFrame, keys: list[str]) -> None:
    """The counts and moments of every group are those of its rows."""
    got = got.set_index(keys)
    groups = rows.groupby(keys, dropna=False)
    assert len(got) == len(groups)
    assert got["n"].sum() == len(rows)
    for key, group in groups:
        row = got.loc[key]
        closed = group[group["matured"]]
        assert row["n"] == len(group)
        assert row["matured"] == len(closed)
        assert row["matured_converted"] == closed["converted"].sum()
        assert row["is_control"] == group["is_control"].iloc[0]
        for name in ("sales", "contribution", "net_new"):
            values = closed[f"{name}_amount"].dropna().astype("float64")
            assert row[f"known_{name}"] == len(values)
            if len(values):
                assert row[f"sum_{name}"] == values.sum()
                squares = ((values - values.mean()) ** 2).sum()
                assert row[f"squares_{name}"] == pytest.approx(squares, rel=1e-9, abs=1e-3)
            else:
                assert np.isnan(row[f"sum_{name}"])


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


def test_strata_hold_every_member_once(reader, bank, members):
    rows = members.merge(bank["customer"][["customer_id", "birth_year"]], on="customer_id", how="left")
    age = (rows["assigned_at"].dt.year - rows["birth_year"]).astype("float64")
    bands = pd.cut(age, [*experiments.AGES_FROM, np.inf], right=False, labels=experiments.AGES_FROM)
    rows["age_from"] = bands.astype("float64").fillna(-1)
    got = experiments.strata(reader, ALL)
    assert got["age_from"].isna().any()  # some years of birth are not recorded
    got["age_from"] = got["age_from"].astype("float64").fillna(-1)
    assert_same_outcomes(got, rows, [*ARM, "tier", "age_from"])


@pytest.mark.parametrize("by", ["assigned_week", "matures_on"])
def test_cohorts_hold_every_member_once(reader, members, by):
    assert_same_outcomes(experiments.cohorts(reader, ALL, by=by), members, [*ARM, by])


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


def test_members_elsewhere_in_the_same_window(reader, bank, members):
    pairs = members.merge(members, on="customer_id", suffixes=("", "_other"))
    pairs = pairs[
        (pairs["campaign_id"] != pairs["campaign_id_other"])
        & (pairs["assigned_on_other"] <= pairs["matures_on"])
        & (pairs["assigned_on"] <= pairs["matures_on_other"])
    ]
    got = experiments.spill_over(reader, ALL).set_index(ARM)
    assert got["n"].to_dict() == members.groupby(ARM).size().to_dict()
    for name, rows in {"elsewhere": pairs, "elsewhere_treated": pairs[~pairs["is_control_other"]]}.items():
        expected = rows.groupby(ARM)["customer_id"].nunique().reindex(got.index, fill_value=0)
        assert got[name].to_dict() == expected.to_dict()
    assert (got["elsewhere_treated"] < got["elsewhere"]).any()


def test_contacts_of_the_held_out_are_contamination(reader, bank, members):
    outbound = bank["contact"][bank["contact"]["direction"] == "outbound"]
    made = set(zip(outbound["campaign_id"], outbound["customer_id"], strict=True))
    pairs = zip(members["campaign_id"], members["customer_id"], strict=True)
    reached = members["contacted_at"].notna() | np.array([pair in made for pair in pairs])
    got = experiments.spill_over(reader, ALL).set_index(ARM)
    assert got["contacted"].to_dict() == reached.groupby([members["campaign_id"], members["arm"]]).sum().to_dict()
    assert got.loc[got["is_control"], "contacted"].gt(0).all()


def test_harm_is_counted_alike_in_every_arm(reader, bank, members):
    closed = members[members["matured"]][[*ARM, "customer_id", "assigned_at", "matures_on"]]

    def told(table: str, when: str) -> Any:
        both = closed.merge(bank[table].drop(columns="campaign_id", errors="ignore"), on="customer_id")
        return both[(both[when] >= both["assigned_at"]) & (both[when].dt.normalize() <= both["matures_on"])]

    got = experiments.guardrails(reader, ALL).set_index(ARM)
    groups = closed.groupby(ARM)
    assert got["matured"].to_dict() == groups.size().to_dict()
    complaints = told("complaint", "opened_at").groupby(ARM).size().reindex(got.index, fill_value=0)
    assert got["complaints"].to_dict() == complaints.to_dict()
    left = told("consent", "withdrawn_at").groupby(ARM)["customer_id"].nunique().reindex(got.index, fill_value=0)
    assert got["opted_out"].to_dict() == left.to_dict()
    assert left.sum() > 0
    rated = told("satisfaction", "responded_at")
    for key, group in rated[rated["scale"] == "csat5"].groupby(ARM):
        scores = group["score"].dropna().astype("float64")
        assert got.loc[key, ["known_score", "sum_score"]].tolist() == [len(scores), scores.sum()]
        assert got.loc[key, "squares_score"] == pytest.approx(((scores - scores.mean()) ** 2).sum(), abs=1e-9)
