"""Weekly queries against the same bank counted in pandas, row by row."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from data_access.queries import week
from tests.data_access.small_bank import AS_OF

FIRST, LAST = date(2024, 1, 1), date(2024, 6, 30)
END = pd.Timestamp(AS_OF)


def monday(moments):
    day = pd.to_datetime(moments).dt.normalize()
    return day - pd.to_timedelta(day.dt.day_of_week, unit="D")


def days(start, end):
    return (end.dt.normalize() - start.dt.normalize()).dt.days


@pytest.fixture(scope="module")
def reached(bank):
    """Customers who were contacted, with what can be said of each."""
    rows = bank["campaign_member"]
    rows = rows[rows["contacted_at"].notna()].copy()
    bought_on = rows["converted_at"].dt.normalize()
    rows["week_start"] = monday(rows["contacted_at"])
    rows["participated"] = rows["participated_at"].notna()
    rows["converted"] = bought_on.notna() & (bought_on <= rows["matures_on"])
    rows["matured"] = rows["matures_on"] <= END
    rows["watched"] = (END - rows["contacted_at"].dt.normalize()).dt.days >= 14
    for step in ("participated", "converted"):
        soon = days(rows["contacted_at"], rows[f"{step}_at"]) <= 14
        rows[f"watched_{step}"] = rows["watched"] & rows[step] & soon
        rows[f"matured_{step}"] = rows["matured"] & rows[step]
    return rows


@pytest.mark.parametrize("by", [None, "channel", "campaign_id", "staff_id", "branch_id"])
def test_contacts_count_each_customer_in_the_week_they_were_reached(reader, reached, by):
    got = week.contacts(reader, FIRST, LAST, by=by, within_days=14)
    keys = ["week_start", *([by] if by else [])]
    grouped = reached.groupby(keys, dropna=False)
    expected = grouped[[name for name in got if name in reached and name not in keys]].sum()
    expected["n"] = grouped.size()
    got = got.set_index(keys).sort_index()
    assert len(got) == len(expected)
    both = got.reset_index().merge(expected.reset_index(), on=keys, suffixes=("", "_expected"))
    assert len(both) == len(expected)
    for name in expected:
        assert both[name].tolist() == both[f"{name}_expected"].tolist(), name


def test_moments_of_a_week_are_those_of_its_customers_with_a_closed_window(reader, reached):
    got = week.contacts(reader, FIRST, LAST).set_index("week_start")
    closed = reached[reached["matured"]]
    for name in ("sales", "contribution", "net_new"):
        amounts = closed.groupby("week_start")[f"{name}_amount"]
        weeks = amounts.count()[amounts.count() > 0].index
        assert_allclose(got.loc[weeks, f"known_{name}"], amounts.count()[weeks])
        assert_allclose(got.loc[weeks, f"sum_{name}"], amounts.sum()[weeks].astype(float))
        spread = amounts.var(ddof=0).astype(float) * amounts.count()
        assert_allclose(got.loc[weeks, f"squares_{name}"], spread[weeks], rtol=1e-9, atol=1e-3)


def test_sales_leave_out_what_was_reversed(reader, bank):
    sale = bank["sale"][bank["sale"]["reversed_at"].isna()]
    sale = sale.assign(week_start=monday(sale["sold_at"]), new_money=sale["amount"] - sale["internally_funded_amount"])
    sale = sale[sale["week_start"].between(pd.Timestamp(FIRST), pd.Timestamp(LAST))]
    got = week.sales(reader, FIRST, LAST).set_index("week_start")
    assert got["n"].to_dict() == sale.groupby("week_start").size().to_dict()
    for name, column in (("sales", "amount"), ("contribution", "contribution"), ("new_money", "new_money")):
        assert got[f"sum_{name}"].sum() == sale[column].sum()
        assert got[f"known_{name}"].sum() == sale[column].notna().sum()


def test_weeks_of_branches_and_of_staff_add_up_to_the_whole(reader):
    whole = week.sales(reader, FIRST, LAST).set_index("week_start")
    for by in ("branch_id", "staff_id", "channel", "campaign_id"):
        parts = week.sales(reader, FIRST, LAST, by=by).groupby("week_start")[["n", "sum_sales"]].sum()
        assert_allclose(parts.to_numpy(dtype=float), whole[["n", "sum_sales"]].to_numpy(dtype=float))


def test_answers_by_week_of_the_invitation(reader, bank):
    asked = bank["satisfaction"].assign(week_start=monday(bank["satisfaction"]["invited_at"]))
    got = week.answers(reader, FIRST, LAST).set_index(["week_start", "scale"])
    grouped = asked[asked["week_start"] >= pd.Timestamp(FIRST)].groupby(["week_start", "scale"])
    assert got["invited"].to_dict() == grouped.size().to_dict()
    assert got["n"].to_dict() == grouped["score"].count().to_dict()
    csat = asked[(asked["scale"] == "csat5") & (asked["week_start"] >= pd.Timestamp(FIRST))]
    assert got["top_two"].sum() == (csat["score"] >= 4).sum()
    assert got["sum_score"].sum() == asked.loc[asked["week_start"] >= pd.Timestamp(FIRST), "score"].sum()


def test_days_of_a_month_add_up_to_its_sales(reader, bank):
    first, last = date(2024, 5, 1), date(2024, 5, 31)
    sale = bank["sale"][bank["sale"]["reversed_at"].isna()]
    sale = sale[sale["sold_at"].dt.to_period("M") == "2024-05"]
    got = week.daily_sales(reader, first, last).set_index("day")
    assert got["n"].to_dict() == sale.groupby(sale["sold_at"].dt.normalize()).size().to_dict()
    assert got["sum_sales"].sum() == sale["amount"].sum()
    assert got["sum_contribution"].sum() == sale["contribution"].sum()


def test_open_days_say_how_many_branches_recorded_them(reader, reader_of):
    got = week.open_days(reader, FIRST, LAST)
    assert got["day"].dt.day.tolist() == list(range(1, 8))
    assert got["n"].tolist() == [6] * 7
    assert got["open"].tolist() == [6] * 6 + [0]
    assert week.open_days(reader_of("B1"), FIRST, LAST)["n"].tolist() == [1] * 7
