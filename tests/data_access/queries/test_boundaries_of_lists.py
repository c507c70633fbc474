"""Boundary rows with answers counted by hand, of lists, evidence, comparisons, people, and the months of tiers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from data_access.queries import comparison, customer_lists, evidence, history, staff, summary, tier_customers, tiers
from data_access.queries.comparison import Sides
from data_access.queries.customer_lists import Chosen
from data_access.reading.reader import Reader
from tests.data_access.edge_bank import M0, told
from tests.data_access.small_bank import viewer

OF_C1, OF_C2 = Chosen(campaigns=("C1",)), Chosen(campaigns=("C2",))
IN_APRIL = Chosen(date(2024, 4, 1), date(2024, 4, 30))
FIRST = Sides((("C1", "call"),), (("C1", "hold"),))


@pytest.fixture
def reader(edges) -> Reader:
    return Reader(viewer(), edges)


@pytest.mark.parametrize(
    ("kind", "chosen", "who"),
    [
        # Whoever was held out is on no list of a campaign.
        ("assigned", OF_C1, ["K1", "K2", "K3", "K4"]),
        # A window that ends on 30 June is over, one that ends on 1 July is not.
        ("closed", OF_C2, ["K1"]),
        ("counting", OF_C2, ["K2"]),
        ("contacted", OF_C1, ["K1", "K2", "K3", "K4"]),
        ("participated", OF_C1, ["K3", "K4"]),
        # K1 bought in the last second of its window, K2 at midnight after it.
        ("converted", OF_C1, ["K1"]),
        ("complained", OF_C1, ["K1"] * 5),
        ("satisfied", OF_C1, ["K1"] * 3),
        ("dissatisfied", OF_C1, ["K1"]),
        ("opened", Chosen(last=date(2024, 3, 31)), ["K1", "K3"]),
        ("opened", IN_APRIL, ["K2"]),
        ("funded", IN_APRIL, []),
        ("converted_then", IN_APRIL, ["K5", "K6"]),
        ("converted_then", Chosen(last=date(2024, 5, 1)), ["K1", "K5", "K6"]),
        # Sunday's last second belongs to the week before, Monday's first to the next.
        ("contacted_then", Chosen(date(2024, 4, 1), date(2024, 4, 7)), ["K1", "K2", "K3"]),
        ("contacted_then", Chosen(date(2024, 4, 8), date(2024, 4, 14)), ["K4"]),
        ("contacted_then", Chosen(), ["K1", "K1", "K2", "K2", "K3", "K4", "K5", "K6"]),
        # K3 came seven days after the contact, K4 eight.
        ("participated_then", IN_APRIL, ["K3"]),
        ("satisfied_then", IN_APRIL, ["K1"]),
        ("satisfied_then", Chosen(date(2024, 5, 1), date(2024, 5, 1)), ["K1"]),
        ("dissatisfied_then", IN_APRIL, ["K1"]),
    ],
)
def test_a_list_ends_where_its_number_ends(reader, kind, chosen, who):
    listed = customer_lists.rows(reader, kind, chosen)
    assert sorted(listed["customer_id"]) == who
    ((n, customers),) = told(customer_lists.counts(reader, kind, chosen), "n", "customers")
    assert (n, customers) == (len(who), len(set(who)))


def test_sales_are_not_listed_where_nobody_knows_what_was_new_money(reader):
    counted = customer_lists.counts(reader, "bought", Chosen(date(2024, 1, 1), date(2024, 1, 1)))
    assert told(counted, "n", "customers", "amount") == [(None, None, None)]


@pytest.mark.parametrize(
    ("table", "chosen", "expected"),
    [
        ("sale", {"first": date(2024, 4, 1), "last": date(2024, 4, 1)}, ("sold_at", 1, 14)),
        ("sale", {"last": date(2024, 1, 1)}, ("sold_at", 12, 14)),
        ("complaint", {"last": date(2024, 5, 1)}, ("opened_at", 4, 5)),
        ("campaign_member", {"campaigns": ("C1",)}, ("campaign_id", 6, 211)),
        # Months are counted from the one in which the first day lies to the one of the last.
        ("tier_snapshot", {"first": date(2024, 4, 30)}, ("month_no", 5, 8)),
        ("tier_snapshot", {"last": date(2024, 4, 1), "branches": ("B2",)}, ("month_no, branch_id", 1, 8)),
        ("customer", {}, ("", 3, 3)),
    ],
)
def test_evidence_counts_whole_days_and_months(reader, table, chosen, expected):
    assert told(evidence.rows(reader, table, **chosen), "chosen_by", "n", "visible") == [expected]


def by_side(frame: pd.DataFrame, *columns: str) -> dict[str, tuple[Any, ...]]:
    return {side: tuple(rest) for side, *rest in told(frame, "side", *columns)}


def test_sides_count_those_whose_window_has_closed_and_who_bought_inside_it(reader):
    counted = ("n", "matured", "matured_contacted", "matured_converted", "known_sales", "sum_sales")
    assert by_side(comparison.totals(reader, FIRST), *counted) == {"a": (4, 4, 4, 1, 4, 0), "b": (2, 2, 2, 2, 2, 0)}
    second = Sides((("C2", "call"),), (("C2", "hold"),))
    assert by_side(comparison.totals(reader, second), *counted) == {"a": (2, 1, 1, 0, 1, 5), "b": (2, 2, 0, 0, 2, 0)}


def test_parts_begin_on_monday_and_at_the_birthday_year(reader):
    weeks = comparison.parts(reader, FIRST, ["assigned_week"], "sales")
    assert told(weeks, "side", "assigned_week", "n") == [("a", "04-01", 3), ("a", "04-08", 1), ("b", "04-01", 2)]
    ages = comparison.parts(reader, FIRST, ["age_from"], "sales")
    assert told(ages, "side", "age_from", "n") == [
        ("a", 0, 1),  # born in 2000: 24 in 2024
        ("a", 25, 1),  # born in 1999
        ("a", 55, 1),  # 64: the band of 55 to 64
        ("a", None, 1),
        ("b", None, 2),
    ]


def test_harm_lies_between_assignment_and_the_last_day_of_the_window(reader):
    harm = comparison.harm(reader, FIRST)
    told_of = ("matured", "complaints", "opted_out", "known_score", "sum_score")
    # K1 opted out in the last second of its window, K2 at midnight after it.
    assert by_side(harm, *told_of) == {"a": (4, 3, 1, 3, 12), "b": (2, 0, 0, 0, None)}


def test_traits_are_those_before_the_assignment(reader):
    traits = comparison.traits(reader, FIRST)
    counted = by_side(traits, "known_assets", "sum_assets", "known_age", "sum_age", "known_contacts", "sum_contacts")
    # Of K1's contacts one is of the day before the assignment; that of its midnight is no longer before.
    assert counted == {"a": (3, 300, 3, 25 + 24 + 64, 4, 1), "b": (0, None, 0, None, 2, 0)}
    # K1 was a customer for a day, K2 from that day on, K3 for 97 days.
    assert traits.set_index("side").loc["a", "sum_months"] == pytest.approx(98 / (365.25 / 12))


def test_customers_of_both_sides_are_counted_once(reader):
    both = comparison.on_both(reader, Sides((("C1", "call"),), (("C2", "call"),)))
    assert told(both, "customers", "both") == [(4, 2)]


def test_control_customers_are_those_whose_window_has_closed(reader):
    controls = history.controls(reader)
    assert told(controls, "campaign_id", "control_n", "control_converted") == [("C1", 2, 2), ("C2", 2, 0)]


def test_sales_of_a_person_end_with_the_last_second_of_the_last_day(reader):
    until = staff.sales(reader, first=date(2024, 1, 1), last=date(2024, 4, 1))
    assert told(until, "staff_id", "sold", "sum_sales") == [("S2", 11, 111_111)]
    after = staff.sales(reader, first=date(2024, 4, 2), last=date(2024, 6, 30))
    assert told(after, "staff_id", "sold", "sum_sales") == [("S2", 1, 1_000_000)]


def test_months_of_tiers_are_those_that_are_recorded(reader):
    assert told(tiers.months(reader), "first", "last") == [(M0, M0 + 2)]
    expected = [
        (M0, "basic", 2, 200),
        (M0, "wealth", 1, 100),
        (M0 + 1, "basic", 1, 100),
        (M0 + 1, "wealth", 1, 150),
        (M0 + 2, "basic", 3, 270),
    ]
    for sizes in (
        tiers.sizes(reader, months=[M0, M0 + 1, M0 + 2]),
        summary.tier_sizes(reader, first=M0, last=M0 + 2),
    ):
        assert sorted(told(sizes, "month_no", "tier", "n", "sum_aum")) == expected


def test_who_moved_and_came_back_stayed_over_the_longer_time(reader):
    up = tier_customers.moved(reader, start=M0, horizon=1, from_tier="basic", to_tier="wealth", size=50)
    assert told(up, "customer_id", "before", "after", "valuation") == [("K1", 100, 150, 10)]
    stayed = tier_customers.moved(reader, start=M0, horizon=2, from_tier="basic", to_tier="basic", size=50)
    # Prices of the two months after the start: 10 and 100; K2 was elsewhere in between.
    assert told(stayed, "customer_id", "after", "valuation") == [("K1", 70, 110), ("K2", 100, None)]
    gone = tier_customers.moved(reader, start=M0, horizon=1, from_tier="wealth", to_tier="basic", size=50)
    assert told(gone, "customer_id") == []  # K3 has no snapshot in between


def test_flows_are_of_both_end_months(reader):
    assert told(summary.flows(reader, first=M0, last=M0 + 1), "month_no", "n", "valuation") == [
        (M0, 1, 1),
        (M0 + 1, 1, 10),
    ]
