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


def test_people_of_some_branches_are_those_who_were_ever_posted_there(reader, bank):
    posting = bank["staff_posting"]
    there = sorted(posting.loc[posting["branch_id"].isin(["B1", "B2"]), "staff_id"].unique())
    assert staff.people(reader, branches=["B1", "B2"])["staff_id"].tolist() == there
    assert 0 < len(there) < posting["staff_id"].nunique()
    assert staff.roles(reader)["role"].tolist() == sorted(bank["staff"]["role"].dropna().unique())


def test_results_are_told_apart_by_quarter_and_without_channels_left_out(reader, bank):
    member = bank["campaign_member"].merge(bank["campaign_arm"], on=["campaign_id", "arm"])
    closed = pd.to_datetime(member["matures_on"]) <= pd.Timestamp(AS_OF)
    member = member[closed & member["staff_id"].notna() & ~member["is_control"].astype(bool)]
    left = str(member["channel"].dropna().iloc[0])
    member = member[member["channel"].ne(left).fillna(True)]
    day = pd.to_datetime(member["assigned_at"])
    expected = member.groupby(day.dt.year * 4 + (day.dt.month - 1) // 3).size()
    got = staff.results_by_mix(reader, strata=["quarter"], but_channels=[left]).groupby("quarter")["n"].sum()
    assert got.to_dict() == expected.to_dict()
    assert len(got) > 1
    assert member["channel"].isna().any()


def test_sales_of_a_person_leave_out_what_was_reversed(reader, bank):
    sale = bank["sale"]
    sale = sale[within(sale["sold_at"]) & sale["reversed_at"].isna() & sale["staff_id"].notna()]
    expected = sale.groupby("staff_id").agg(sold=("sale_id", "size"), total=("amount", "sum"))
    got = staff.sales(reader, first=FIRST, last=LAST).set_index("staff_id")
    assert got["sold"].to_dict() == expected["sold"].to_dict()
    assert_allclose(got["sum_sales"].to_numpy(dtype=float), expected["total"].to_numpy(dtype=float))


RATED = [  # assessed, rating, valid until
    ("2024-01-10", "C3", "2024-03-31"),
    ("2024-02-20", "C2", "2024-12-31"),
]
SALES = [  # customer, product, day, breached
    ("X", "R3", "2024-01-09", True),  # nobody had assessed the customer
    ("X", "R3", "2024-01-10", False),  # on the day of the assessment, an hour later
    ("X", "R4", "2024-02-01", True),  # the risk is above the rating
    ("X", "R3", "2024-03-01", True),  # a later assessment holds, though the first would still be valid
    ("X", "R2", "2024-03-01", False),
    ("X", "R2", "2025-01-01", True),  # expired the day before
    ("Y", "R2", "2024-03-01", True),  # never assessed
    ("Z", "R5", "2024-03-01", False),  # a rating without an end
    ("X", "loan", "2024-03-01", None),  # no product that may lose money
    ("moved", "R3", "2024-03-01", None),  # served elsewhere now: their ratings are not seen here
]


def test_a_sale_is_judged_by_the_rating_of_its_day(bank, tmp_path):
    """Ten sales of one person, each at the edge of a rule; those that are not judged are left out of both counts."""
    levels = [f"R{risk}" for risk in range(1, 6)]
    product = (
        bank["product"]
        .iloc[:6]
        .assign(product_id=[*levels, "loan"], line=["fund"] * 5 + ["personal_loan"], risk_level=[*levels, "R1"])
    )
    customer = (
        bank["customer"].iloc[:4].assign(customer_id=["X", "Y", "Z", "moved"], branch_id=["B1", "B1", "B1", "B2"])
    )
    at = [pd.Timestamp(day) + pd.Timedelta(hours=10) for _, _, day, _ in SALES]
    sale = (
        bank["sale"]
        .iloc[: len(SALES)]
        .assign(
            sale_id=[str(place) for place in range(len(SALES))],
            customer_id=[row[0] for row in SALES],
            product_id=[row[1] for row in SALES],
            sold_at=at,
            branch_id="B1",
            staff_id="S",
            reversed_at=None,
        )
    )
    rated = pd.DataFrame(
        [
            {
                "customer_id": "X",
                "assessed_at": pd.Timestamp(day) + pd.Timedelta(hours=9),
                "rating": rating,
                "valid_until": pd.Timestamp(until).date(),
            }
            for day, rating, until in RATED
        ]
        + [{"customer_id": "Z", "assessed_at": pd.Timestamp("2023-01-01"), "rating": "C5", "valid_until": None}]
    )
    warehouse = warehouse_of(str(tmp_path))
    publish({**bank, "sale": sale, "product": product, "customer": customer, "risk_assessment": rated}, warehouse.store)
    reader = Reader(viewer("B1"), warehouse)
    judged = [breached for *_, breached in SALES if breached is not None]
    (row,) = staff.suitability(reader, first=date(2024, 1, 1), last=date(2025, 12, 31)).to_dict("records")
    assert row == {"staff_id": "S", "checked": len(judged), "breached": sum(judged)}
    for place, (*_, breached) in enumerate(SALES):
        day = at[place].date()
        alone = [other for other in range(len(SALES)) if at[other].date() == day]
        got = staff.suitability(reader, first=day, last=day)
        wanted = [SALES[other][3] for other in alone if SALES[other][3] is not None]
        assert (got["checked"].sum(), got["breached"].sum()) == (len(wanted), sum(wanted)), (day, breached)
    warehouse.close()
