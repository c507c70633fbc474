"""Findings of every code: run from small data where that is short, else with values as the metrics carry them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import numpy as np

from metrics.finding import Finding, FindingCode
from metrics.inference.comparison.contrast import Assignment, Comparison, compare, of_means, of_shares
from metrics.inference.comparison.health import sample_ratio
from metrics.moments import Counts, Moments
from metrics.staff import performance
from metrics.tiers.assets_moved import PARTS
from metrics.tiers.findings import migration_findings
from metrics.tiers.transition import Transitions
from metrics.week.business_calendar import monday
from metrics.week.findings import month_end_findings, week_findings
from metrics.week.review import review_share, review_total
from metrics.week.run_rate import month_end
from tests.metrics.simulated_staff import staff_table
from tests.metrics.week.mean_review import review_of_means

ARMS = Counts.of([8000, 8000, 8000, 0], [320, 440, 320, 0]), Counts.of([8000, 8000, 8000, 50], [440, 320, 325, 2])
USUAL = [4.0, 4.1, 3.9, 4.05, 3.95] * 4
LIMITS = {"estimate": 0.028, "low": 0.004, "high": 0.052}


def compared(assignment: Assignment, *, swapped: bool = False, metric: str = "conversion_rate") -> Comparison:
    """Four comparisons: higher, lower, no difference, too few."""
    control, treated = ARMS[::-1] if swapped else ARMS
    return compare([of_shares(metric, control, treated, primary=True)], assignment)


def compared_amounts(assignment: Assignment) -> Comparison:
    """One comparison of sales per customer in minor units."""
    control, treated = (Moments(np.array([900.0]), np.array([m]), np.array([900 * 4e8])) for m in (12_000.0, 18_000.0))
    return compare([of_means("sales_per_customer", control, treated, primary=True)], assignment)


def _comparisons() -> Iterable[Finding]:
    yield from compared(Assignment.RANDOMISED).findings
    yield from compared(Assignment.TARGETED).findings
    one = of_shares("conversion_rate", Counts.of([8000], [320]), Counts.of([6000], [440]), primary=True)
    yield from compare([one], Assignment.RANDOMISED, sample_ratio([[8000, 6000]], [1, 1])).findings
    yield from compare([replace(one, primary=False)], Assignment.RANDOMISED).findings


def _tiers() -> Iterable[Finding]:
    for up, down in ((300, 100), (100, 300), (100, 101), (0, 0)):
        counts = [[[(up > 0) * 900, up, 0], [down, (up > 0) * 900, 0], [0, 0, 0]]]
        yield from migration_findings(Transitions.of(counts, tiers=("a", "b"), months=12, missing=[7]))


def _staff() -> Iterable[Finding]:
    rng = np.random.default_rng(5)
    for skill, size in ((np.repeat([0.4, 1.0, 2.2], 5), 120), (np.ones(12), 20)):
        yield from performance.findings(
            performance.performance_of(staff_table(rng, skill, customers=size), "converted", strata=["stratum"])
        )


def _weeks() -> Iterable[Finding]:
    newest = [[4.05], [5.0], [3.0], [4.02, 4.03] * 4, [3.98, 3.97] * 4, [4.3, 4.28, 4.3], [3.7, 3.72, 3.7], [np.nan]]
    for values in ([*USUAL, *USUAL, *latest] for latest in newest):
        yield from week_findings("csat_mean", _scores(values))
    yield from week_findings("csat_mean", _scores(USUAL[:1]))
    for value in (3.0, 5.0, 4.04):
        yield from week_findings("csat_mean", _scores([*[4.0, 4.1] * 26, value], n=4000.0))
    days = np.arange(np.datetime64("2024-09-02"), np.datetime64("2026-02-17"), np.timedelta64(7, "D"))
    for before, now in ((2.0, 2.0), (2.0, 1.0), (2.0, 4.0), (np.nan, 2.0)):
        values = np.resize(USUAL, len(days))
        values[days == monday(["2025-01-29"])], values[-1] = before, now
        yield from week_findings("csat_mean", _scores(values.tolist(), "2026-02-16"))
    mondays = monday(["2026-06-01"]) + np.arange(13) * np.timedelta64(7, "D")
    totals = Moments(np.ones(13), np.resize([5.0, 6.0], 13), np.ones(13))
    yield from week_findings("new_money", review_total(mondays, totals, working_days=np.append(np.full(12, 5.0), 1.0)))
    yield from week_findings(
        "weekly_participation_rate", review_share(mondays, Counts.of(np.full(13, 50), np.zeros(13)))
    )


def _scores(values: list[float], last: str = "2026-11-09", n: float = 200.0):
    mondays = monday([last]) - np.arange(len(values))[::-1] * np.timedelta64(7, "D")
    size = np.full(len(values), n)
    return review_of_means(mondays, Moments(np.where(np.isnan(values), 0, size), np.array(values), size * 0.5))


def _month_ends() -> Iterable[Finding]:
    months = [np.random.default_rng(seed).uniform(3e6, 7e6, 20) for seed in range(8)]
    for days, target in ((2, 6e7), (2, 1e8), (2, 2e8), (2, None), (20, 9e7), (20, 1.2e8), (20, None)):
        ending = month_end(months, np.full(days, 5e6), 20, target=target)
        yield from month_end_findings("weekly_sales", ending, target)
    yield from month_end_findings("weekly_sales", month_end(months[:1], np.full(5, 5e6), 20, target=1e8), 1e8)


def _written() -> Iterable[Finding]:
    """The codes whose data would be long: values as `metrics.finding` lists them."""
    p = {"p_value": 0.012}
    who, training = {"campaign_id": "K1"}, {"course": "C7", "estimate": -0.12, "low": -0.2, "high": -0.04}
    money = {"metric": "incremental_net_new_money_per_customer", "estimate": 4200, "low": 300, "high": 8100}
    hint, returned = (
        {"metric": "incremental_conversion", "family": 21, "expected": 1.05, "year": 2026},
        {"metric": "roi_incremental"},
    )
    counts = {"campaigns": 14, "judged": 9, "higher": 4, "lower": 1, "hint": 1, "no_difference": 3, "open_members": 1}
    group = {"staff": 14, "reliability": 0.41, "low": 0.2, "high": 0.6} | p
    order = {"p_value": 1e-9, "n": 9000, "explained": 0.62}
    satisfied = {"metric": "top_two_box", "before": 0.87, "after": 0.91, "n": 780}
    lower = {"estimate": -0.028, "low": -0.052, "high": -0.004}
    tiers = {"from_tier": "财富", "to_state": "left", "predicted": 0.031, "actual": 0.052, "tier_n": 900}
    yield from (
        Finding(code, values)
        for code, values in {
            FindingCode.NO_CAMPAIGNS: {},
            FindingCode.ALL_WINDOWS_OPEN: counts,
            FindingCode.NOBODY_ASSIGNED: counts,
            FindingCode.NONE_WITH_CONTROL: counts,
            FindingCode.NONE_JUDGED: counts | {"reason": "clustered"},
            FindingCode.CAMPAIGNS_JUDGED: counts | {"metric": ""},
            FindingCode.JUDGED_BY: counts | {"metric": "incremental_net_new_money_per_customer"},
            FindingCode.SPEAKS_AGAINST: {"metric": "roi_incremental", "better": 5, "against": 1},
            FindingCode.CAMPAIGNS_PAID: {"judged": 9, "paid": 1, "lost": 3, "hint": 2, "unclear": 3},
            FindingCode.PARTICIPATION_HIGHEST: who | LIMITS,
            FindingCode.WINDOWS_OPEN: counts,
            FindingCode.EFFECT_HIGHER: who | LIMITS,
            FindingCode.EFFECT_LOWER: who | lower,
            FindingCode.EFFECT_NONE_SHOWN: who | LIMITS | {"low": -0.004},
            FindingCode.AMOUNT_RAISED: who | money,
            FindingCode.AMOUNT_LOWERED: who | money | {"estimate": -4200, "low": -8100, "high": -300},
            FindingCode.AMOUNT_NONE_SHOWN: who | money | {"low": -300},
            FindingCode.HINT: who | LIMITS | hint,
            FindingCode.HINT_AMONG: who | {"estimate": -0.4, "low": -0.7, "high": -0.1} | hint | returned,
            FindingCode.NOT_JUDGED: who | {"reason": "not_nested"},
            FindingCode.VERDICT_MAY_MOVE: who | {"year": 2026},
            FindingCode.SHARED_COST_INCLUDED: who | {"amount": 120_000_00.0},
            FindingCode.BEFORE_SHARED_COST: who,
            FindingCode.ATTRIBUTED_ONLY: who,
            FindingCode.TOO_FEW: who | {"n": 12},
            FindingCode.CAMPAIGN_OPEN: who | {"open_members": 120, "n": 3000},
            FindingCode.ASSIGNED_BY_BRANCH: who,
            FindingCode.PAID: who | {"estimate": 0.8, "low": 0.3, "high": 1.3},
            FindingCode.LOST: who | {"estimate": -0.8, "low": -1.3, "high": -0.3},
            FindingCode.PAYS_UNCLEAR: who | {"estimate": 0.2, "low": -0.3, "high": 0.7},
            FindingCode.BEFORE_STAFF_TIME: who,
            FindingCode.COST_NOT_RECORDED: who,
            FindingCode.STAFF_TOO_FEW: {"staff": 1},
            FindingCode.STAFF_ORDER_HIDDEN: group,
            FindingCode.STAFF_MIX_OF_THEIR_OWN: {"staff_id": "S1", "comparable": 0.31},
            FindingCode.SCORE_GATED: {"staff_id": "S1", "breaches": 1},
            FindingCode.TRAINED_HIGHER: training | {"estimate": 0.12, "low": 0.04, "high": 0.2},
            FindingCode.TRAINED_LOWER: training,
            FindingCode.TRAINED_NO_DIFFERENCE: training | {"high": 0.1},
            FindingCode.TRAINED_BEGAN_LOWER: training,
            FindingCode.TRAINED_BEGAN_HIGHER: training | {"estimate": 0.12, "low": 0.04, "high": 0.2},
            FindingCode.MENTOR_SUGGESTED: {
                "mentee": "S1",
                "mentor": "S2",
                "skill": "fund",
                "gap": 0.03,
                "probability": 0.999,
                "gain": 12.4,
            },
            FindingCode.FEW_BRANCHES: {"comparison": 0, "clusters": 10, "effective": 7, "design_effect": 2.345},
            **{
                code: {"before": 9_000_000_000, "after": 9_100_000_000, "change": 1e8, "part": part, "amount": 2e8}
                for code, part in ((FindingCode.ASSETS_ROSE, PARTS[0]), (FindingCode.ASSETS_FELL, PARTS[1]))
            },
            FindingCode.ASSETS_UNCHANGED: {"before": 9_000_000_000, "after": 9_000_000_000},
            FindingCode.VALUATION_INCLUDED: {},
            **{
                code: {
                    "tier": "财富",
                    "up": 42,
                    "down": 65,
                    "estimate": -23.0,
                    "low": -43.0,
                    "high": -3.0,
                    "months": 12,
                }
                for code in (FindingCode.TIER_LINE_LOSES, FindingCode.TIER_LINE_GAINS)
            },
            FindingCode.TIER_MOVE_LARGEST: LIMITS | {"from_tier": "财富", "to_state": "left", "n": 58, "tier_n": 212},
            FindingCode.TIER_PERIODS_DIFFER: p | {"periods": 8, "months": 3},
            FindingCode.TIER_PERIODS_ALIKE: {"p_value": 0.44, "periods": 8, "months": 3},
            FindingCode.TIER_BRANCHES_DIFFER: {"branches": 12, "differing": 1},
            FindingCode.TIER_BRANCHES_ALIKE: {"branches": 12},
            FindingCode.TIER_RATES_CHANGED: p,
            FindingCode.TIER_RATES_STEADY: {"p_value": 0.44},
            FindingCode.TIER_ORDER_ONE: {"p_value": 0.44, "n": 9000},
            FindingCode.TIER_ORDER_CLOCK: order,
            FindingCode.TIER_ORDER_HISTORY: order | {"explained": 0.21},
            FindingCode.TIER_ORDER_NO_CLOCK: order,
            FindingCode.PROJECTION_MISSED: tiers | {"months": 12, "misplaced": 0.013, "n": 40_000},
            FindingCode.SHARE_ROSE: satisfied | {"estimate": 0.04, "low": 0.01, "high": 0.07},
            FindingCode.SHARE_FELL: satisfied | {"estimate": -0.04, "low": -0.07, "high": -0.01},
            FindingCode.SHARE_HELD: satisfied | {"estimate": 0.01, "low": -0.02, "high": 0.04},
        }.items()
    )


@cache
def findings() -> tuple[Finding, ...]:
    """All of them, several of some codes."""
    sources = (_comparisons, _tiers, _staff, _weeks, _month_ends, _written)
    return tuple(finding for source in sources for finding in source())
