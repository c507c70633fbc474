"""Boundary rows with answers counted by hand: the last day of a window, midnight, day 90 and 91, A-B-A, "among".

Queries for lists, comparisons and people are in `test_boundaries_of_lists`.
"""

from __future__ import annotations

from datetime import date

import pytest

from data_access.queries import campaigns, experiments, history, staff, tiers, week
from data_access.reading.reader import Reader
from tests.data_access.edge_bank import APRIL, M0, MAY, of, told
from tests.data_access.small_bank import viewer


@pytest.fixture
def reader(edges) -> Reader:
    return Reader(viewer(), edges)


LAST_OF_APRIL = date(2024, 4, 30)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (LAST_OF_APRIL, None, {"C1", "C2", "C3", "C4"}),
        (MAY, None, {"C2", "C3", "C4"}),
        (None, APRIL, {"C1", "C3", "C4"}),
        (None, date(2024, 3, 31), {"C3", "C4"}),
    ],
)
def test_a_campaign_belongs_to_a_period_that_it_touches(reader, first, last, found):
    assert set(campaigns.catalogue(reader, first=first, last=last)["campaign_id"]) == found


def test_a_purchase_on_the_last_day_of_the_window_counts_and_one_at_midnight_after_it_does_not(reader):
    got = campaigns.arms(reader, campaigns=["C1"])
    assert told(got, "arm", "is_control", "n", "contacted", "participated", "converted", "matured_converted") == [
        ("call", False, 4, 4, 2, 1, 1),
        ("hold", True, 2, 2, 0, 2, 2),
    ]
    assert told(experiments.arms(reader, "C1"), "arm", "is_control", "n", "matured_converted") == [
        ("call", False, 4, 1),
        ("hold", True, 2, 2),
    ]


def test_a_window_that_closes_on_the_last_day_of_the_data_is_closed(reader):
    for got in (campaigns.arms(reader, campaigns=["C2"]), experiments.arms(reader, "C2")):
        assert told(of(got, arm="call"), "n", "matured", "known_sales", "sum_sales") == [(2, 1, 1, 5)]


def test_an_arm_that_the_campaign_does_not_list_was_not_held_out(reader):
    assert told(campaigns.arms(reader, campaigns=["C3"]), "arm", "is_control") == [("all", False)]
    assert "C3" in set(history.campaigns(reader)["campaign_id"])
    assert told(of(campaigns.members_of_bank(reader), campaign_id="C3"), "n_bank", "n_scope") == [(101, 101)]
    assert set(experiments.top_sales(reader)["campaign_id"]) == {"C1", "C2", "C3", "C4"}


def test_a_week_begins_on_monday_at_midnight(reader):
    got = campaigns.weeks(reader, "C1")
    assert told(of(got, arm="call"), "week_start", "assigned", "contacted", "participated", "converted") == [
        ("04-01", 3, 3, 0, 0),
        ("04-08", 1, 1, 1, 0),
        ("04-15", 0, 0, 1, 0),
        ("04-29", 0, 0, 0, 1),
    ]


def test_a_watch_lasts_from_the_day_of_the_contact_to_the_last_of_the_window(reader):
    got = campaigns.days_to_conversion(reader, ["C1"])
    assert told(of(got, arm="call"), "day", "converted", "censored") == [(29, 0, 1), (30, 1, 2)]
    assert told(of(got, arm="hold"), "day", "converted", "censored") == [(0, 1, 0)]  # who bought the day before is out
    got = campaigns.days_to_conversion(reader, ["C2"], since="assignment")
    assert told(of(got, arm="call"), "day", "censored") == [(29, 1), (30, 1)]  # the data ends before the window


def test_a_branch_bears_its_own_costs_and_shares_those_of_the_bank(edges):
    columns = ("category", "planned_amount", "actual_amount", "shared_planned_amount", "shared_actual_amount")
    whole, head = Reader(viewer(), edges), Reader(viewer("B1"), edges)
    assert told(campaigns.costs(whole), *columns) == [
        ("gift", None, 111, None, None),
        ("media", 1000, None, None, None),
    ]
    shared = [("gift", None, 1, None, 100), ("media", None, None, 1000, None)]
    assert told(campaigns.costs(head), *columns) == shared
    assert told(campaigns.costs(whole, branches=["B1"]), *columns) == shared
    assert told(campaigns.costs(head, branches=["B2"]), *columns) == [
        ("gift", None, None, None, 100),
        ("media", None, None, 1000, None),
    ]
    assert of(history.campaigns(head), campaign_id="C1")["cost"].item() == 1
    assert of(history.campaigns(whole), campaign_id="C1")["cost"].item() == 111


def test_shares_of_a_campaign_are_of_its_treated_customers(edges):
    for reader, branches, mine in (
        (Reader(viewer(), edges), (), 4),
        (Reader(viewer("B1"), edges), (), 4),
        (Reader(viewer(), edges), ("B2",), 0),
        (Reader(viewer("B2"), edges), (), 0),
    ):
        got = campaigns.members_of_bank(reader, ["C1"], branches=branches)
        assert told(got, "campaign_id", "n_bank", "n_scope") == [("C1", 4, mine)]


def test_scores_are_good_from_four_of_five_and_promote_from_nine_of_ten(reader):
    got = campaigns.answers(reader)
    columns = ("scale", "invited", "answers", "top_two", "promoters", "detractors")
    assert told(got, *columns) == [("csat5", 5, 4, 3, 0, 0), ("nps", 4, 4, 0, 1, 1)]
    assert told(campaigns.complaints(reader), "complaints", "upheld") == [(5, 3)]


def test_a_period_begins_at_midnight_and_ends_with_the_last_second_of_its_last_day(reader):
    sold = {"first": date(2024, 1, 1), "last": date(2024, 1, 1)}
    assert told(campaigns.attributed_sales(reader, **sold), "sales", "amount", "reversed_amount") == [
        (10, 11111, 10**7 + 10**8)
    ]
    assert campaigns.attributed_sales(reader, APRIL, APRIL)["amount"].item() == 10**5
    assert campaigns.attributed_sales(reader, APRIL, APRIL, lines=["wealth"])["sales"].item() == 0
    assert campaigns.attributed_sales(reader, **sold, lines=["wealth"])["sales"].item() == 5
    assert campaigns.attributed_sales(reader, **sold, branches=["B2"])["sales"].item() == 0
    april = {"first": APRIL, "last": LAST_OF_APRIL}
    assert told(staff.answers(reader, **april), "invited", "satisfied", "known_score") == [(3, 1, 2)]
    assert told(staff.complaints(reader, **april), "complaints", "upheld") == [(2, 1)]
    assert len(staff.training(reader, **april)) == 2
    columns = (
        "staff_id",
        "given",
        "given_accepted",
        "given_closed",
        "received",
        "received_accepted",
        "received_closed",
    )
    assert told(staff.referrals(reader, **april), *columns) == [("S1", 2, 2, 1, 0, 0, 0), ("S2", 0, 0, 0, 2, 2, 1)]
    assert told(week.open_days(reader, **april), "day", "n", "open") == [("04-01", 1, 1), ("04-30", 1, 0)]
    assert told(week.daily_sales(reader, APRIL, APRIL), "day", "n", "sum_sales") == [("04-01", 1, 10**5)]
    assert told(staff.postings(reader, **april), "staff_id", "branch_id", "from_on", "to_on") == [
        ("S1", "B1", "04-01", "04-01"),
        ("S1", "B2", "04-30", "04-30"),
    ]


def test_members_of_a_period_are_those_assigned_in_it(reader):
    for day, n in ((APRIL, 2), (date(2024, 4, 2), 0), (date(2024, 3, 31), 0)):  # K5 was held out
        got = staff.results_by_mix(reader, first=day, last=day, strata=[])
        assert (got["n"].sum(), got["converted"].sum()) == (n, min(n, 1))


def test_sources_of_funds_are_those_of_sales_that_stand(reader):
    assert campaigns.funding(reader).empty  # none of these sales names a campaign


def test_a_product_counts_if_it_was_there_by_day_90_and_still_on_day_91(reader):
    columns = ("n", "cross_sold", "lines", "sold", "reversed")
    got = staff.cross_selling(reader, first=date(2024, 1, 1), last=date(2024, 1, 1))
    # Q0 and Q3 keep both lines; Q1, Q2 and Q4 one; Q7 was reversed in time, Q8 held nothing.
    assert told(got, *columns) == [(7, 2, 7, 12, 1)]
    got = staff.cross_selling(reader, first=APRIL, last=LAST_OF_APRIL)
    assert told(got, *columns) == [(1, 0, 0, 1, 0)]  # the sale of 2 April is 89 days old


def test_a_customer_is_won_after_the_start_month(reader):
    got = staff.books(reader, start=M0, end=M0 + 2)
    columns = ("staff_id", "n", "retained", "sum_before", "sum_retained", "won")
    assert told(got, *columns) == [("S1", 2, 2, 200, 200, 1), ("S2", 1, 1, 100, 100, 0)]


def test_the_top_customers_are_one_in_a_hundred_rounded_up(reader):
    got = experiments.top_sales(reader, campaigns=["C3", "C4"])
    assert told(got, "campaign_id", "sum_sales_top") == [("C3", 201), ("C4", 100)]


def test_sizes_of_arms_beside_their_plan(reader):
    got = experiments.allocation(reader, campaigns=["C1"])
    assert told(got, "arm", "allocation", "n", "assigned_branches") == [("call", None, 4, 1), ("hold", None, 2, 1)]


def test_a_campaign_is_past_once_it_and_every_window_have_ended(reader):
    # C2 has a window open until 1 July, C4 ends on that day; C3 ends on the last day of the data.
    assert set(history.campaigns(reader)["campaign_id"]) == {"C1", "C3"}
    assert set(history.pace(reader, ages=1)["campaign_id"]) == {"C1", "C3"}
    assert set(history.cells(reader)["campaign_id"]) == {"C1", "C3"}


def test_a_campaign_ages_by_whole_days(reader):
    got = of(history.pace(reader, ages=59), campaign_id="C1")  # a life of 29 + 30 days: an age a day
    assert got["life"].item() == 59
    columns = [f"converted_by_{age}" for age in (29, 30, 59)]
    assert told(got, *columns) == [(0, 1, 1)]  # K1, on 1 May, day 30
    assert told(got, "participated_by_12", "participated_by_13", "participated_by_15") == [(0, 1, 2)]


def test_a_tier_left_and_taken_again_is_two_moves(reader):
    one = tiers.transition_counts(reader, 1)
    assert told(one, "from_tier", "to_tier", "fate", "n") == [
        ("basic", "basic", "kept", 2),
        ("basic", "wealth", "kept", 1),
        ("wealth", "basic", "kept", 1),
        (None, None, "missing", 2),
    ]
    two = tiers.transition_counts(reader, 2)
    assert told(two, "from_tier", "to_tier", "n") == [("basic", "basic", 2), ("wealth", "basic", 1)]
    assert told(tiers.tier_triples(reader), "before", "present", "after", "months_below", "n") == [
        ("basic", "basic", "basic", None, 1),
        ("basic", "wealth", "basic", 1, 1),
    ]
    assert len(tiers.tier_triples(reader, first=M0 + 1, last=M0 + 1)) == 2
    assert tiers.tier_triples(reader, first=M0 + 2).empty
    assert tiers.tier_triples(reader, last=M0).empty


def test_a_customer_without_a_tier_at_the_end_is_not_one_who_left(reader):
    got = tiers.transition_counts(reader, 2, rule="asset_tier")
    assert told(got, "from_tier", "to_tier", "fate", "n") == [(None, None, "missing", 3)]


def test_a_branch_left_and_returned_to_is_a_gap_there_and_a_visit_elsewhere(reader):
    got = tiers.transition_counts(reader, 1, by=["branch_id", "month_no"])
    assert told(of(got, branch_id="B2"), "month_no", "fate", "n") == [(M0, "entered", 1), (M0 + 1, "left", 1)]
    first = of(got, branch_id="B1", month_no=M0)
    assert told(first, "from_tier", "to_tier", "fate", "n") == [
        ("basic", "wealth", "kept", 1),
        (None, None, "missing", 2),  # K2 comes back, K3 is seen again
    ]


def test_start_months_are_bounded_on_both_sides(reader):
    for first, last, n in ((M0, M0, 3), (M0 + 1, M0 + 1, 3), (M0 + 2, None, 0), (None, M0 - 1, 0)):
        assert tiers.transition_counts(reader, 1, first=first, last=last)["n"].sum() == n


def test_prices_move_in_the_months_after_the_start(reader):
    got = tiers.asset_sums(reader, M0, 2)
    assert told(of(got, to_tier="basic", from_tier="basic"), "n", "sum_before", "sum_after", "sum_valuation") == [
        (2, 200, 170, 110)
    ]


def test_the_grace_clock_starts_at_one_month(reader):
    assert tiers.grace_clock(reader, M0).empty
    assert told(tiers.grace_clock(reader, M0 + 1), "tier", "months_below", "n", "sum_aum") == [("wealth", 1, 1, 150)]


def test_a_member_moves_from_the_month_before_the_assignment(reader):
    got = of(tiers.campaign_transitions(reader, 1, campaigns=["C1"]), is_control=False)
    # Assigned in April: from March to April. K4 has no tier; K3 none in April.
    assert told(got, "from_tier", "to_tier", "fate", "n") == [
        ("basic", "basic", "kept", 1),
        ("basic", "wealth", "kept", 1),
        (None, None, "missing", 2),
    ]
    later = of(tiers.campaign_transitions(reader, 1, campaigns=["C2"]), is_control=False)
    # K1 was assigned on 31 May: from April to May; K2 on 1 June: from May, and June is not in the data.
    assert told(later, "from_tier", "to_tier", "fate", "n") == [("wealth", "basic", "kept", 1), (None, None, "open", 1)]


def test_a_customer_is_watched_for_whole_days_after_the_contact(reader):
    got = week.contacts(reader, date(2024, 4, 1), date(2024, 4, 8)).query("n > 0")
    # K3 took part on day 7, K4 on day 8.
    assert told(got, "week_start", "n", "watched", "participated", "watched_participated") == [
        ("04-01", 3, 3, 1, 1),
        ("04-08", 1, 1, 1, 0),
    ]
    june = week.contacts(reader, date(2024, 6, 17), date(2024, 6, 24))
    # 23 June is seven days before the end of the data, 24 June six.
    assert told(june, "week_start", "n", "watched", "matured") == [("06-17", 1, 1, 1), ("06-24", 1, 0, 0)]


def test_weeks_of_sales_and_answers_are_those_that_begin_in_the_period(reader):
    first, last = date(2024, 4, 1), date(2024, 4, 29)
    assert told(week.sales(reader, first, last), "week_start", "n", "sum_sales") == [("04-01", 2, 10**5 + 10**6)]
    assert week.sales(reader, date(2024, 4, 2), last).empty
    got = of(week.answers(reader, first, last), scale="csat5")
    assert told(got, "week_start", "invited", "n", "top_two") == [
        ("04-01", 1, 1, 0),
        ("04-08", 1, 0, 0),
        ("04-29", 2, 2, 2),
    ]
