"""Arguments with which every query function is tried, beside the reader. A query without an entry fails the tests.

To add a query, add a line: the function, and one mapping of arguments per interesting way to call it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from data_access.queries import campaigns, data, experiments, history, staff, tiers, week, week_lists

FIRST, LAST = date(2024, 2, 1), date(2024, 5, 31)
START = 2024 * 12 - 8

EXAMPLES: dict[Callable[..., Any], Sequence[Mapping[str, Any]]] = {
    campaigns.catalogue: [
        {},
        {"first": FIRST, "last": LAST},
        {"objectives": ["grow"], "lines": ["wealth"]},
        {"branches": ["B2", "B3"]},
        {"themes": ["festival"]},
    ],
    campaigns.arms: [
        {},
        {"campaigns": ["C1", "C4"], "branches": ["B1"], "winsorised_at": None},
        {"campaigns": ["C4"], "by_branch": True, "winsorised_at": 0.9},
    ],
    campaigns.weeks: [{"campaign_id": "C2"}, {"campaign_id": "C2", "branches": ["B1", "B4"]}],
    campaigns.days_to_conversion: [{"campaigns": ["C1", "C2"]}, {"campaigns": ["C4"], "since": "assignment"}],
    campaigns.costs: [{}, {"campaigns": ["C1"], "branches": ["B1", "B2"]}],
    campaigns.answers: [{}, {"campaigns": ["C2"]}],
    campaigns.complaints: [{}, {"branches": ["B5"]}],
    campaigns.funding: [{}, {"campaigns": ["C2", "C3"]}],
    campaigns.attributed_sales: [
        {"first": FIRST, "last": LAST},
        {"first": FIRST, "last": LAST, "branches": ["B1", "B3"], "lines": ["deposit", "wealth"]},
    ],
    campaigns.members_of_bank: [{}, {"campaigns": ["C1", "C2"], "branches": ["B1", "B2"]}],
    experiments.arms: [{"campaign_id": "C1"}, {"campaign_id": "C2", "branches": ["B1", "B2"]}],
    experiments.allocation: [{}, {"campaigns": ["C2", "C5"], "branches": ["B1", "B2"]}],
    experiments.strata: [{"campaigns": ["C2"]}, {"campaigns": ["C1", "C3"], "branches": ["B2", "B3"]}],
    experiments.cohorts: [{"campaigns": ["C1", "C2"]}, {"campaigns": ["C4"], "by": "matures_on", "branches": ["B1"]}],
    experiments.top_sales: [{}, {"campaigns": ["C2"], "branches": ["B1", "B5"]}],
    experiments.spill_over: [{"campaigns": ["C1", "C2", "C4"]}, {"campaigns": ["C3"], "branches": ["B3"]}],
    experiments.guardrails: [{"campaigns": ["C1", "C2", "C3", "C4"]}, {"campaigns": ["C2"], "branches": ["B4"]}],
    data.version: [{}],
    data.tables: [{}],
    data.columns: [{}],
    data.files: [{}],
    data.rejections: [{}],
    data.branches: [{}],
    data.seasons: [{}],
    staff.people: [{}],
    staff.postings: [{"first": FIRST, "last": LAST}],
    staff.results_by_mix: [
        {},
        {"first": FIRST, "last": LAST, "strata": ["arm"], "branches": ["B1", "B2"]},
        {"campaigns": ["C2"], "strata": []},
    ],
    staff.contacts: [{"first": FIRST, "last": LAST}],
    staff.cross_selling: [{"first": date(2023, 1, 1), "last": LAST}],
    staff.books: [{"start": START, "end": START + 6}, {"start": START, "end": START + 6, "branches": ["B1"]}],
    staff.referrals: [{"first": date(2023, 1, 1), "last": LAST}],
    staff.answers: [{"first": date(2023, 1, 1), "last": LAST}],
    staff.complaints: [{"first": date(2023, 1, 1), "last": LAST}],
    staff.training: [{}, {"first": FIRST, "last": LAST}],
    tiers.transition_counts: [
        {"horizon": 1, "by": ["branch_id"]},
        {"horizon": 3, "by": ["life_stage", "segment"], "branches": ["B1", "B2"]},
        {"horizon": 12, "rule": "asset_tier"},
    ],
    tiers.asset_sums: [{"start": START, "horizon": 3}, {"start": START, "horizon": 3, "by_branch": True}],
    tiers.tier_triples: [{}],
    tiers.grace_clock: [{"month_no": START}, {"month_no": START, "by_branch": True, "branches": ["B1", "B2"]}],
    tiers.campaign_transitions: [{"horizon": 3}, {"horizon": 1, "campaigns": ["C1"], "branches": ["B1", "B2"]}],
    history.campaigns: [{}, {"branches": ["B1", "B2"]}],
    history.pace: [{"ages": 4}, {"ages": 7, "branches": ["B3"]}],
    history.cells: [{}, {"by": ["branch_id"], "branches": ["B1", "B2"]}],
    week.contacts: [
        {"first": FIRST, "last": LAST},
        {"first": FIRST, "last": LAST, "by": "staff_id", "within_days": 14, "branches": ["B1", "B2"]},
    ],
    week.sales: [{"first": FIRST, "last": LAST}, {"first": FIRST, "last": LAST, "by": "campaign_id"}],
    week.answers: [{"first": FIRST, "last": LAST}, {"first": FIRST, "last": LAST, "branches": ["B4"]}],
    week.daily_sales: [{"first": FIRST, "last": LAST}, {"first": FIRST, "last": LAST, "branches": ["B5"]}],
    week.open_days: [{"first": FIRST, "last": date(2024, 6, 30)}],
    week_lists.last_month_of_grace: [
        {"grace_months": {"potential": 2, "wealth": 1}, "size": 500},
        {"grace_months": {"wealth": 2}, "branches": ["B1", "B2"], "size": 500},
    ],
    week_lists.fresh_upgrades: [{"tiers": ["basic", "potential", "wealth"], "size": 500}],
    week_lists.near_threshold: [
        {"thresholds": {"basic": 0, "potential": 5_000_000, "wealth": 20_000_000}, "within": 0.5, "size": 500}
    ],
    week_lists.maturing: [{"size": 500}, {"days": 40, "branches": ["B2"], "size": 500}],
    week_lists.overdue_contacts: [{"promised_days": {"wealth": 30, "potential": 90}, "size": 500}],
    week_lists.stuck_referrals: [{"size": 500}, {"accept_days": 60, "close_days": 1, "size": 500}],
    week_lists.open_complaints: [{"size": 500}],
    week_lists.missed_bookings: [{"after_days": 0, "oldest_days": 200, "size": 500}],
    week_lists.closing_windows: [{"size": 500}, {"days": 60, "branches": ["B1", "B4"], "size": 500}],
}
