"""What is told of staff elsewhere, against the same bank in pandas: rates of like customers, nameless results."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from data_access.errors import ScopeError
from data_access.reading import colleagues
from data_access.reading.reader import Reader
from tests.data_access.small_bank import AS_OF, publish, viewer, warehouse_of

MIX = ["campaign_id", "tier", "channel"]
FIRST, LAST = date(2024, 1, 1), date(2024, 3, 31)
MASS = {"sms", "app", "email"}


@pytest.fixture(scope="module")
def crowd(bank):
    """The small bank with its members many times over, and a role that one person alone has."""
    member = bank["campaign_member"]
    several = pd.concat(
        [member.assign(customer_id=member["customer_id"] + f"-{copy}") for copy in range(30)], ignore_index=True
    )
    several = several[~((several["staff_id"] == "S17") & several["branch_id"].isin(["B2", "B3"]))]
    role = np.where(bank["staff"]["staff_id"] == "S17", "adviser", "teller")
    return {**bank, "campaign_member": several, "staff": bank["staff"].assign(role=role)}


@pytest.fixture(scope="module")
def warehouse(crowd, tmp_path_factory):
    opened = warehouse_of(str(tmp_path_factory.mktemp("colleagues")))
    publish(crowd, opened.store)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def given(crowd) -> pd.DataFrame:
    """Members whose result is some staff member's, with whether they bought inside the window."""
    member = crowd["campaign_member"].merge(crowd["campaign_arm"], on=["campaign_id", "arm"])
    closed = pd.to_datetime(member["matures_on"]) <= pd.Timestamp(AS_OF)
    human = ~member["channel"].isin(list(MASS))
    member = member[closed & human & member["staff_id"].notna() & ~member["is_control"].astype(bool)]
    bought = pd.to_datetime(member["converted_at"]).dt.normalize() <= pd.to_datetime(member["matures_on"])
    return member.assign(bought=bought.astype(int))


def test_rates_are_the_banks_of_kinds_that_enough_others_have_in_fives(given, warehouse, caplog):
    caplog.set_level("INFO", logger="branchlight.audit")
    got = Reader(viewer("B1"), warehouse).rates_by_mix([]).set_index(MIX)
    others = given[given["branch_id"] != "B1"].groupby(MIX, dropna=False)["branch_id"]
    told = set(others.size().index[(others.size() >= 50) & (others.nunique() >= 5)])
    whole = given.groupby(MIX, dropna=False)["bought"].agg(["size", "sum"])
    assert set(got.index) == told
    assert 0 < len(told) < len(whole)
    for key in told:
        assert abs(got.loc[key, "n"] - whole.loc[key, "size"]) <= 2
        assert abs(got.loc[key, "converted"] - whole.loc[key, "sum"]) <= 2
    assert (got % 5 == 0).all(axis=None)
    assert (caplog.records[-1].deed["event"], caplog.records[-1].deed["of"]) == ("benchmark", "rates by mix")


def test_rates_of_some_campaigns_are_those_of_all(warehouse):
    reader = Reader(viewer("B2"), warehouse)
    every = reader.rates_by_mix([])
    campaign = every["campaign_id"].iloc[0]
    some = reader.rates_by_mix([campaign])
    assert some.equals(every[every["campaign_id"] == campaign].reset_index(drop=True))


def test_never_more_conversions_than_customers():
    told = colleagues.rounded(pd.DataFrame({"n": [52, 8], "converted": [3, 8]}))
    assert told["n"].tolist() == [50, 10]
    assert told["converted"].tolist() == [5, 10]
    assert colleagues.rounded(pd.DataFrame({"n": [52], "converted": [53]}))["converted"].tolist() == [50]


def test_results_elsewhere_are_those_of_pandas_and_bear_no_name(given, crowd, warehouse, caplog):
    caplog.set_level("INFO", logger="branchlight.audit")
    got = Reader(viewer("B1"), warehouse).results_elsewhere(FIRST, LAST, ["B1"])
    assert list(got.columns) == ["role", "expected", "ratio"]
    rate = given.groupby(MIX, dropna=False)["bought"].transform("mean")
    mine = given.assign(rate=rate)
    day = pd.to_datetime(mine["assigned_at"])
    mine = mine[(day >= "2024-01-01") & (day < "2024-04-01") & (mine["branch_id"] != "B1")]
    sums = mine.groupby(["staff_id", "branch_id"]).agg(n=("rate", "size"), due=("rate", "sum"), won=("bought", "sum"))
    sums = sums[(sums["n"] >= 30) & (sums["due"] > 0)].reset_index()
    sums = sums.merge(crowd["staff"][["staff_id", "role"]], how="left")
    known = sums.groupby("role", dropna=False)["branch_id"].transform("nunique") >= 5
    assert 0 < known.sum() < len(sums)  # a role that few branches have would tell whose result it is
    wanted = sorted(
        zip((sums["due"][known]).round(), ((sums["won"] / sums["due"] / 0.05).round() * 0.05)[known], strict=True)
    )
    np.testing.assert_allclose(sorted(zip(got["expected"], got["ratio"], strict=True)), wanted)
    assert caplog.records[-1].deed["of"] == "results of staff"


def test_results_are_in_an_order_that_tells_nothing(warehouse):
    got = Reader(viewer("B3"), warehouse).results_elsewhere(FIRST, LAST, ["B3"])
    assert got.equals(got.sort_values(["expected", "ratio", "role"]).reset_index(drop=True))


@pytest.mark.parametrize("limits", [{"benchmark_branches": 6}, {"benchmark_customers": 50_000}])
def test_too_few_others_are_not_told_of(limits, crowd, tmp_path):
    small = warehouse_of(str(tmp_path), **limits)
    publish(crowd, small.store)
    reader = Reader(viewer("B1"), small)
    assert reader.rates_by_mix([]).empty
    if "benchmark_branches" in limits:
        assert reader.results_elsewhere(FIRST, LAST, ["B1"]).empty
    small.close()


def test_own_customers_do_not_make_up_for_too_few_others(given, crowd, tmp_path):
    whole = given.groupby(MIX, dropna=False).size()
    most = int(given[given["branch_id"] != "B1"].groupby(MIX, dropna=False).size().max())
    assert whole.max() > most
    small = warehouse_of(str(tmp_path), benchmark_customers=most + 1)
    publish(crowd, small.store)
    assert Reader(viewer("B1"), small).rates_by_mix([]).empty
    small.close()


@pytest.mark.parametrize(("first", "last"), [(date(2024, 1, 2), LAST), (FIRST, date(2024, 3, 30))])
def test_results_of_a_day_more_or_less_are_not_told(first, last, warehouse):
    with pytest.raises(ScopeError, match="whole months"):
        Reader(viewer("B1"), warehouse).results_elsewhere(first, last, ["B1"])
