"""Arguments with which every query function is tried, beside the reader. A query without an entry fails the tests.

To add a query, add a line: the function, and one mapping of arguments per interesting way to call it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from data_access.audience import Whom
from data_access.queries import (
    audience,
    campaigns,
    comparison,
    customer_lists,
    data,
    evidence,
    experiments,
    history,
    intended,
    lessons,
    running,
    staff,
    summary,
    tier_customers,
    tiers,
    to_do,
    week,
    week_customers,
)
from data_access.queries.campaigns import overlap, time_of_staff
from data_access.queries.comparison import Sides
from data_access.queries.to_do import outcome
from data_access.settings import PlanningRules, Settings
from data_access.tier_pairs import Audience

Scope = TypeVar("Scope")

FIRST, LAST = date(2024, 2, 1), date(2024, 5, 31)
START = 2024 * 12 - 8
TIERS = Settings().tiers_on(LAST)
WAITING = {"on": LAST, "tiers": Settings().tiers_on(LAST), "rules": Settings().to_do}

WHOM = Whom(("phone", "sms"), date(2024, 7, 8), date(2024, 7, 28))
SOME = Whom(
    ("phone",),
    date(2024, 6, 1),
    date(2024, 6, 30),
    tiers=("basic", "wealth"),
    segments=("young", "senior"),
    tags=(("behaviour", "app", "daily"), ("behaviour", "app", "rare")),
    branches=("B1", "B2"),
)

ARMS = Sides((("C1", "call"),), (("C1", "control"),))
CAMPAIGNS = Sides((("C1", "call"), ("C2", "a"), ("C2", "b")), (("C3", "all"),), branches=("B1", "B2"))
OF_AGE = Sides((("C2", "a"),), (("C2", "control"),), "age_from", "25")

LISTS = frozenset(
    {
        to_do.rows,
        outcome.became,
        tier_customers.moved,
        tier_customers.in_grace,
        customer_lists.rows,
        audience.rows,
    }
)
"""Lists of single customers, or counts of customers by name: refused to who may not see them."""

CHOSEN = customer_lists.Chosen(FIRST, LAST, branches=("B1", "B2"))
OF_CAMPAIGN = customer_lists.Chosen(campaigns=("C2",))
OF_MONTHS = customer_lists.Chosen(months=(date(2023, 12, 1), date(2024, 1, 1)), tiers=("wealth", "private"))

EXAMPLES: dict[Callable[..., Any], Sequence[Mapping[str, Any]]] = {
    campaigns.catalogue: [
        {},
        {"first": FIRST, "last": LAST},
        {"branches": ["B2", "B3"]},
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
    campaigns.as_usual: [{"first": FIRST, "last": LAST}, {"first": FIRST, "last": LAST, "branches": ["B2", "B3"]}],
    time_of_staff.served: [{"campaign_id": "C2"}, {"campaign_id": "C1", "branches": ["B1", "B2"]}],
    time_of_staff.contacts: [{"campaign_id": "C2"}, {"campaign_id": "C1", "branches": ["B1", "B2"]}],
    time_of_staff.measured: [{"campaign_id": "C2"}, {"campaign_id": "C1", "branches": ["B1", "B2"]}],
    campaigns.funding: [{}, {"campaigns": ["C2", "C3"]}],
    campaigns.attributed_sales: [
        {"first": FIRST, "last": LAST},
        {"first": FIRST, "last": LAST, "branches": ["B1", "B3"], "lines": ["deposit", "wealth"]},
    ],
    campaigns.members_of_bank: [{}, {"campaigns": ["C1", "C2"], "branches": ["B1", "B2"]}],
    experiments.arms: [{"campaign_id": "C1"}, {"campaign_id": "C2", "branches": ["B1", "B2"]}],
    experiments.allocation: [{}, {"campaigns": ["C2", "C5"], "branches": ["B1", "B2"]}],
    experiments.top_sales: [{}, {"campaigns": ["C2"], "branches": ["B1", "B5"]}],
    experiments.reached_by_any: [{"campaigns": ["C1", "C2"]}, {"campaigns": ["C3"], "branches": ["B3"]}],
    customer_lists.counts: [
        {"kind": kind, "chosen": chosen} for kind in customer_lists.LISTS for chosen in (CHOSEN, OF_CAMPAIGN, OF_MONTHS)
    ],
    customer_lists.rows: [
        *({"kind": kind, "chosen": CHOSEN} for kind in customer_lists.LISTS),
        *({"kind": kind, "chosen": OF_MONTHS} for kind in ("brought", "upper_tier")),
        {"kind": "converted", "chosen": OF_CAMPAIGN, "page": 2, "size": 3},
    ],
    evidence.rows: [
        {"table": "sale", "first": FIRST, "last": LAST, "branches": ["B1"]},
        {"table": "sale", "column": "week_start", "first": FIRST},
        {"table": "campaign_member", "campaigns": ["C1", "C2"]},
        {"table": "tier_snapshot", "last": LAST},
        {"table": "campaign", "first": FIRST, "last": LAST},
    ],
    comparison.totals: [
        {"sides": ARMS},
        {"sides": CAMPAIGNS, "by": ["campaign_id"], "capped": comparison.CAPPED},
        {"sides": OF_AGE, "by": ["branch_id"]},
    ],
    comparison.parts: [
        {"sides": ARMS, "by": comparison.TRAITS},
        {"sides": CAMPAIGNS, "by": ["branch_id"], "amount": "net_new"},
        {"sides": OF_AGE, "by": ["assigned_week", "matures_on"], "amount": "sales"},
    ],
    comparison.harm: [{"sides": ARMS}, {"sides": OF_AGE}],
    comparison.traits: [{"sides": ARMS, "upper": ["wealth", "private"]}, {"sides": CAMPAIGNS}],
    comparison.on_both: [{"sides": CAMPAIGNS}],
    overlap.pairs: [{}, {"campaigns": ["C2", "C4"], "branches": ["B1", "B2", "B3"]}],
    overlap.dependence: [{"campaigns": ["C1", "C2"]}, {"campaigns": ["C2", "C4"], "branches": ["B2", "B5"]}],
    comparison.on_several: [
        {"arms": (("C1", "call"), ("C2", "a"), ("C3", "all"))},
        {"arms": (("C1", "call"), ("C2", "b")), "branches": ["B1", "B2"]},
    ],
    data.version: [{}],
    data.tables: [{}],
    data.columns: [{}],
    data.files: [{}],
    data.rejections: [{}],
    data.branches: [{}],
    data.seasons: [{}],
    staff.people: [{}, {"branches": ["B1", "B2"]}],
    staff.roles: [{}],
    staff.postings: [{"first": FIRST, "last": LAST}],
    staff.results_by_mix: [
        {},
        {"first": FIRST, "last": LAST, "strata": ["arm"], "branches": ["B1", "B2"]},
        {"campaigns": ["C2"], "strata": [], "but_channels": ["sms"]},
        {"strata": ["quarter", "campaign_id"], "branches": ["B1"]},
    ],
    staff.sales: [{"first": date(2023, 1, 1), "last": LAST}, {"first": FIRST, "last": LAST, "branches": ["B2"]}],
    staff.suitability: [{"first": date(2023, 1, 1), "last": LAST}, {"first": FIRST, "last": LAST, "branches": ["B2"]}],
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
        {"horizon": 3, "audience": Audience("student", "young", "branch", "C2")},
        {"horizon": 3, "audience": Audience(campaign="none")},
    ],
    tiers.asset_sums: [
        {"start": START, "horizon": 3},
        {"start": START, "horizon": 3, "by_branch": True},
        {"start": START, "horizon": 3, "audience": Audience(campaign="C1")},
    ],
    tiers.months: [{}],
    tiers.sizes: [{"months": [START, START + 3]}, {"months": [START], "rule": "asset_tier", "branches": ["B1", "B2"]}],
    tiers.traits: [
        {"month_no": START, "trait": "life_stage"},
        {"month_no": START, "trait": "segment"},
        {"month_no": START, "trait": "acquired_channel"},
    ],
    tiers.grace_outcomes: [
        {"first": START, "last": START + 6, "tiers": TIERS},
        {"first": START, "last": START + 6, "tiers": TIERS, "branches": ["B1", "B2"]},
    ],
    tier_customers.moved: [
        {"start": START, "horizon": 3, "from_tier": "basic", "to_tier": "potential", "size": 500},
        {"start": START, "horizon": 3, "from_tier": "basic", "to_tier": None, "branches": ["B1", "B2"], "size": 500},
        {
            "start": START,
            "horizon": 3,
            "from_tier": None,
            "to_tier": "basic",
            "audience": Audience(campaign="none"),
            "size": 500,
        },
    ],
    tier_customers.in_grace: [
        {"month_no": START, "tiers": TIERS, "size": 500},
        {"month_no": START, "tiers": TIERS, "audience": Audience(campaign="none"), "horizon": 3, "size": 500},
    ],
    tiers.tier_triples: [{}],
    tiers.grace_clock: [{"month_no": START}, {"month_no": START, "branches": ["B1", "B2"]}],
    tiers.campaign_transitions: [{"horizon": 3}, {"horizon": 1, "campaigns": ["C1"], "branches": ["B1", "B2"]}],
    audience.products: [{}],
    audience.offered: [{}],
    audience.channels: [{}],
    audience.counts: [
        {"whom": WHOM, "rules": Settings().planning},
        {"whom": WHOM, "rules": PlanningRules(contact_cap=1, contact_days=90), "risk_level": "R3"},
        {"whom": SOME, "rules": Settings().planning, "risk_level": "R2"},
    ],
    audience.eligible: [
        {"whom": WHOM, "rules": Settings().planning},
        {"whom": SOME, "rules": Settings().planning, "by": "segment", "risk_level": "R2"},
    ],
    audience.rows: [{"whom": WHOM, "rules": Settings().planning, "risk_level": "R3"}],
    audience.capacity: [
        {"first": FIRST, "last": LAST, "roles": ["adviser"]},
        {"first": FIRST, "last": LAST, "roles": ["adviser", "teller"], "branches": ["B1"]},
    ],
    lessons.by_class: [{}, {"campaigns": ["K1", "K2"], "branches": ["B1", "B2"]}],
    history.controls: [{}, {"branches": ["B1", "B2"]}, {"until": LAST}],
    history.campaigns: [{}, {"branches": ["B1", "B2"]}, {"until": LAST}],
    history.pace: [{"ages": 4}, {"ages": 7, "branches": ["B3"]}],
    history.cells: [
        {},
        {"by": ["branch_id"], "branches": ["B1", "B2"]},
        {"until": LAST},
        {"by": ["segment", "channel", "region"]},
        {"by": ["segment", "branch_id"], "among": ["K1", "K2"]},
    ],
    intended.audiences: [{"first": FIRST}],
    intended.classes: [{"first": FIRST}],
    intended.costs: [{"first": FIRST}],
    intended.arms: [{"first": FIRST}],
    intended.assigned_by_age: [{"campaigns": ["C1", "C2"]}],
    running.campaigns: [{"within": 10}, {"within": 7, "branches": ["B1", "B2"]}],
    running.early: [{"within": 10}, {"within": 20, "branches": ["B1"]}],
    running.course: [{"campaign_id": "C4", "within": 10}, {"campaign_id": "C2", "within": 5, "branches": ["B1", "B4"]}],
    running.days: [{"campaign_id": "C4"}, {"campaign_id": "C2", "branches": ["B1", "B2"]}],
    running.guardrails: [{}, {"finished_since": date(2023, 1, 1)}, {"branches": ["B1", "B2"]}],
    running.pressure: [{"cap": 1, "within": 90}, {"cap": 3, "within": 30, "branches": ["B2"]}],
    to_do.kinds: [{}],
    to_do.counts: [WAITING, {**WAITING, "on": date(2024, 6, 30), "branches": ["B1", "B2"]}],
    to_do.rows: [
        {**WAITING, "size": 500},
        {**WAITING, "chosen": ["grace", "overdue"], "branches": ["B3"], "size": 500},
    ],
    to_do.base_rates: [WAITING, {**WAITING, "branches": ["B1", "B4"]}],
    outcome.became: [
        {
            "on": date(2024, 6, 15),
            "since": date(2024, 6, 8),
            "rules": Settings().to_do,
            "rows": [
                outcome.Rows("overdue", "done", tuple((f"{number:05}", "never") for number in range(400))),
                outcome.Rows("referral", "not done", tuple(("", f"{number}") for number in range(400))),
            ],
        }
    ],
    week.contacts: [
        {"first": FIRST, "last": LAST},
        {"first": FIRST, "last": LAST, "by": "staff_id", "within_days": 14, "branches": ["B1", "B2"]},
    ],
    week_customers.won: [{"first": date(2022, 1, 1), "last": LAST}],
    week_customers.conversions: [
        {"first": FIRST, "last": LAST},
        {"first": FIRST, "last": LAST, "branches": ["B1", "B4"]},
    ],
    week_customers.promises: [
        {"first": FIRST, "last": LAST, "promised_days": {"wealth": 30, "basic": 60}},
        {"first": FIRST, "last": LAST, "promised_days": {"wealth": 30}, "mass_channels": ["sms"], "branches": ["B1"]},
    ],
    week.sales: [
        {"first": FIRST, "last": LAST},
        {"first": FIRST, "last": LAST, "by": "campaign_id"},
        {"first": FIRST, "last": LAST, "by": "line", "branches": ["B2"]},
    ],
    week.answers: [{"first": FIRST, "last": LAST}, {"first": FIRST, "last": LAST, "branches": ["B4"]}],
    week.daily_sales: [{"first": FIRST, "last": LAST}, {"first": FIRST, "last": LAST, "branches": ["B5"]}],
    summary.answers: [{"first": FIRST, "last": LAST}, {"first": FIRST, "last": LAST, "branches": ["B4"]}],
    summary.flows: [{"first": START, "last": START + 3}, {"first": START, "last": START + 6, "branches": ["B1", "B4"]}],
    summary.tier_sizes: [
        {"first": START, "last": START + 1},
        {"first": START, "last": START + 6, "branches": ["B2", "B3"]},
    ],
    summary.conversions_by_region: [{"campaigns": ["C1", "C2"]}, {"campaigns": ["C4"], "branches": ["B1", "B2"]}],
    week.open_days: [{"first": FIRST, "last": date(2024, 6, 30)}],
}


def in_turn(scopes: Sequence[Scope], number: int) -> Sequence[Scope]:
    """The scopes in which an example is tried: the first of a function in all of them, the others in one each.

    A scope is put before a query in one way, whatever its arguments: only every pair of a function and a scope is to
    be tried.
    """
    return scopes if number == 0 else (scopes[number % len(scopes)],)
