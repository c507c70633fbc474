"""Staff queries against a count of the same bank in pandas, person by person."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal

from data_access.queries import staff
from data_access.reading.reader import Reader
from metrics.staff.performance import performance_of
from tests.data_access.small_bank import AS_OF, publish, viewer, warehouse_of

FIRST, LAST = date(2024, 1, 1), date(2024, 5, 31)


def within(moments, first=FIRST, last=LAST):
    day = pd.to_datetime(moments)
    return (day >= pd.Timestamp(first)) & (day < pd.Timestamp(last) + pd.Timedelta(days=1))


def plain(frame):
    return frame.reset_index(drop=True)


@pytest.fixture(scope="module")
def bank_with_holdings(bank, tmp_path_factory):
    """The small bank in which most sales opened a holding: some empty, some closed early, some without an amount."""
    rng = np.random.default_rng(3)
    sale = bank["sale"].drop_duplicates(["customer_id", "product_id"]).reset_index(drop=True)
    twin = sale.assign(sale_id="T" + sale["sale_id"], product_id="P7", sold_at=sale["sold_at"] + timedelta(hours=1))
    sale = pd.concat([sale, twin[rng.random(len(twin)) < 0.6]]).drop_duplicates(["customer_id", "product_id"])
    holding = pd.DataFrame(
        {
            "customer_id": sale["customer_id"],
            "product_id": sale["product_id"],
            "opened_on": (
                sale["sold_at"] + pd.to_timedelta(rng.choice([0, 3, 120], len(sale), p=[0.6, 0.3, 0.1]), "D")
            ).dt.date,
            "branch_id": sale["branch_id"],
            "matures_on": None,
            "closed_on": None,
            "amount": rng.choice([None, 0, 500], len(sale), p=[0.1, 0.2, 0.7]),
        }
    )
    early = rng.random(len(holding)) < 0.3
    holding.loc[early, "closed_on"] = [
        day + timedelta(days=int(days))
        for day, days in zip(holding.loc[early, "opened_on"], rng.integers(10, 200, early.sum()), strict=True)
    ]
    changed = {**bank, "sale": sale, "holding": holding}
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("holdings")))
    publish(changed, warehouse.store)
    yield changed, Reader(viewer(), warehouse)
    warehouse.close()


def test_results_leave_out_control_arms_open_windows_and_what_nobody_owns(reader, bank):
    member = bank["campaign_member"].merge(bank["campaign_arm"], on=["campaign_id", "arm"])
    closed = pd.to_datetime(member["matures_on"]) <= pd.Timestamp(AS_OF)
    member = member[closed & member["staff_id"].notna() & ~member["is_control"].astype(bool)]
    won = member["converted_at"].notna() & (
        pd.to_datetime(member["converted_at"]).dt.normalize() <= pd.to_datetime(member["matures_on"])
    )
    expected = (
        member.assign(won=won)
        .groupby("staff_id")
        .agg(n=("arm", "size"), won=("won", "sum"), sales=("sales_amount", "sum"))
    )
    got = staff.results_by_mix(reader).groupby("staff_id")[["n", "converted", "sum_sales"]].sum()
    assert_allclose(got.to_numpy(dtype=float), expected.to_numpy(dtype=float))


def test_the_aggregate_feeds_the_metrics(reader):
    frame = staff.results_by_mix(reader, strata=["tier", "campaign_id"])
    conversion = performance_of(frame, "converted", strata=["tier", "campaign_id"])
    sales = performance_of(frame, "sales", "amount", strata=["tier", "campaign_id"], n="known_sales")
    assert len(conversion.frame()) == frame["staff_id"].nunique()
    assert conversion.standardised.expected.sum() == pytest.approx(frame["converted"].sum())
    assert sales.standardised.expected.sum() == pytest.approx(frame["sum_sales"].sum())


def test_cross_selling_counts_only_what_is_funded_and_kept(bank_with_holdings):
    bank, reader = bank_with_holdings
    line = bank["product"].set_index("product_id")["line"]
    rows = {}
    for sale in bank["sale"].itertuples():
        sold = sale.sold_at.date()
        if sale.staff_id is None or pd.isna(sale.staff_id) or (AS_OF - sold).days < 90 or not FIRST <= sold <= LAST:
            continue
        undone = pd.notna(sale.reversed_at) and (sale.reversed_at.date() - sold).days <= 90
        mine = bank["holding"]
        mine = mine[(mine["customer_id"] == sale.customer_id) & (mine["product_id"] == sale.product_id)]
        held = any(
            0 <= (h.opened_on - sold).days <= 90
            and (pd.isna(h.amount) or h.amount > 0)
            and (pd.isna(h.closed_on) or (h.closed_on - sold).days > 90)
            for h in mine.itertuples()
        )
        person = rows.setdefault((sale.staff_id, sale.customer_id), {"lines": set(), "sold": 0, "reversed": 0})
        person["sold"] += 1
        person["reversed"] += undone
        if held and not undone:
            person["lines"].add(line[sale.product_id])
    counted = pd.DataFrame(
        [
            {
                "staff_id": who,
                "n": 1,
                "cross_sold": len(r["lines"]) >= 2,
                "lines": len(r["lines"]),
                "sold": r["sold"],
                "reversed": r["reversed"],
            }
            for (who, _), r in rows.items()
        ]
    )
    expected = counted.groupby("staff_id", as_index=False).sum().astype({"cross_sold": "int64"})
    assert expected["cross_sold"].sum() > 3
    assert expected["reversed"].sum() > 0
    assert_frame_equal(plain(staff.cross_selling(reader, first=FIRST, last=LAST)), expected, check_dtype=False)


def test_books_say_who_stayed_and_who_came(reader, bank):
    start, end = 2024 * 12 - 8, 2024 * 12 + 2
    snapshot = bank["tier_snapshot"]
    before, after = (snapshot[snapshot["month_no"] == month].set_index("customer_id")["aum"] for month in (start, end))
    book = bank["customer"].dropna(subset=["manager_staff_id"]).set_index("customer_id")
    book = book.assign(before=before, after=after)
    had, has = book["before"].notna(), book["after"].notna()
    expected = pd.DataFrame(
        {
            "n": had,
            "retained": had & has,
            "sum_before": book["before"].fillna(0),
            "sum_retained": book["before"].where(has).fillna(0),
        }
    )
    expected = expected.groupby(book["manager_staff_id"]).sum()
    got = staff.books(reader, start=start, end=end).set_index("staff_id")
    assert_allclose(got[list(expected.columns)].fillna(0).to_numpy(float), expected.to_numpy(float))
    assert (got["won"] == 0).all()  # every customer of this bank came before
    assert staff.books(reader, start=2021 * 12, end=end)["won"].sum() == has.sum()


def test_referrals_count_once_on_each_side(reader, bank):
    made = bank["referral"][within(bank["referral"]["made_at"])]
    got = staff.referrals(reader, first=FIRST, last=LAST).set_index("staff_id")
    assert got["given"].sum() == made["from_staff_id"].notna().sum()
    assert got["received"].sum() == made["to_staff_id"].notna().sum()
    taken = made[made["accepted_at"].notna()].groupby("to_staff_id").size()
    assert got["received_accepted"].loc[taken.index].tolist() == taken.tolist()


def test_answers_complaints_and_contacts_of_a_period(reader, bank):
    asked = bank["satisfaction"]
    asked = asked[within(asked["invited_at"]) & (asked["scale"] == "csat5") & asked["staff_id"].notna()]
    got = staff.answers(reader, first=FIRST, last=LAST)
    assert got["invited"].sum() == len(asked)
    assert got["sum_score"].sum() == asked["score"].sum()
    assert got["satisfied"].sum() == (asked["score"] >= 4).sum()
    complaint = bank["complaint"][within(bank["complaint"]["opened_at"]) & bank["complaint"]["staff_id"].notna()]
    got = staff.complaints(reader, first=FIRST, last=LAST)
    assert got["complaints"].sum() == len(complaint)
    assert got["upheld"].sum() == (complaint["upheld"] == True).sum()  # noqa: E712 - missing is not upheld
    contact = bank["contact"][within(bank["contact"]["contacted_at"]) & bank["contact"]["staff_id"].notna()]
    got = staff.contacts(reader, first=FIRST, last=LAST).set_index("staff_id")
    assert got["contacts"].to_dict() == contact.groupby("staff_id").size().to_dict()
    assert got["customers"].to_dict() == contact.groupby("staff_id")["customer_id"].nunique().to_dict()


def test_postings_are_cut_to_the_period(reader):
    got = staff.postings(reader, first=FIRST, last=LAST)
    mover = got[got["staff_id"] == "S00"]
    assert [(row.from_on.date(), row.to_on.date(), row.full_time_share) for row in mover.itertuples()] == [
        (FIRST, date(2024, 2, 29), 1.0),
        (date(2024, 3, 1), LAST, 0.5),
    ]
    assert len(staff.people(reader)) == 18
    assert set(staff.training(reader, first=date(2024, 3, 1), last=date(2024, 3, 1))["staff_id"]) == set(
        got["staff_id"]
    )
