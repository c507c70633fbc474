"""What the numbers say, free of language: a code and the values that its sentence needs.

`story.words` turns a finding into English or Chinese. A finding is never stronger than the design of the study:
codes that say "effect" are used for randomised comparisons only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FindingCode(StrEnum):
    """Kinds of finding, with the values each carries."""

    # All campaigns of a period
    NO_CAMPAIGNS = "no_campaigns"
    ALL_WINDOWS_OPEN = "all_windows_open"  # campaigns, open_members
    NOBODY_ASSIGNED = "nobody_assigned"  # campaigns
    NONE_WITH_CONTROL = "none_with_control"  # campaigns
    NONE_JUDGED = "none_judged"  # campaigns, reason: why most of them have no verdict
    # campaigns, judged, higher, lower, hint, no_difference, each by its objective; metric: if one judges them all
    CAMPAIGNS_JUDGED = "campaigns_judged"
    JUDGED_BY = "judged_by"  # metric, judged, higher, lower, hint, no_difference: the campaigns that one metric judges
    SPEAKS_AGAINST = "speaks_against"  # metric, better (by their objective), against: of these, metric points down in
    CAMPAIGNS_PAID = "campaigns_paid"  # judged, paid, lost, hint, unclear: by incremental return on investment
    PARTICIPATION_HIGHEST = "participation_highest"  # campaign_id, estimate, low, high, n
    WINDOWS_OPEN = "windows_open"  # campaigns, open_members

    # One campaign: verdicts in the family of its year carry campaign_id, metric, estimate, low, high, n
    EFFECT_HIGHER = "effect_higher"  # campaign_id, estimate, low, high, n (conversion, share)
    EFFECT_LOWER = "effect_lower"  # campaign_id, estimate, low, high, n
    EFFECT_NONE_SHOWN = "effect_none_shown"  # campaign_id, estimate, low, high, n
    AMOUNT_RAISED = "amount_raised"  # the same of an amount per customer
    AMOUNT_LOWERED = "amount_lowered"
    AMOUNT_NONE_SHOWN = "amount_none_shown"
    # and family (campaigns), expected (of them that chance alone gives), year: of any metric, a return among them
    HINT = "hint"  # by itself it leaves no doubt, its family does not carry it
    HINT_AMONG = "hint_among"  # the same, where the family has no year
    NOT_JUDGED = "not_judged"  # campaign_id, reason
    VERDICT_MAY_MOVE = "verdict_may_move"  # campaign_id, year: others of its family are still to be judged
    ATTRIBUTED_ONLY = "attributed_only"  # campaign_id: no control group drawn at random
    TOO_FEW = "too_few"  # campaign_id, n
    CAMPAIGN_OPEN = "campaign_open"  # campaign_id, open_members, n
    ASSIGNED_BY_BRANCH = "assigned_by_branch"  # campaign_id: judged by the comparison of branches
    PAID = "paid"  # campaign_id, estimate, low, high (incremental return)
    LOST = "lost"  # campaign_id, estimate, low, high
    PAYS_UNCLEAR = "pays_unclear"  # campaign_id, estimate, low, high
    SHARED_COST_INCLUDED = "shared_cost_included"  # campaign_id, amount: the branch's share, by members
    BEFORE_SHARED_COST = "before_shared_cost"  # campaign_id: costs of the bank as a whole are not in the return
    BEFORE_STAFF_TIME = "before_staff_time"  # campaign_id: staff time is not among its costs
    COST_NOT_RECORDED = "cost_not_recorded"  # campaign_id

    # Staff
    STAFF_TOO_FEW = "staff_too_few"  # staff: fewer than three, or nothing that varies
    STAFF_NO_DIFFERENCES = "staff_no_differences"  # staff, p_value, reliability, low, high
    STAFF_ORDER_HIDDEN = "staff_order_hidden"  # the same: they differ, but under half of the spread is real
    STAFF_DIFFER = "staff_differ"  # the same
    STAFF_ABOVE = "staff_above"  # staff_id, ratio, low, high, observed, expected, n
    STAFF_BELOW = "staff_below"  # the same
    STAFF_MIX_OF_THEIR_OWN = "staff_mix_of_their_own"  # staff_id, comparable: most customers are like nobody else's
    SCORE_GATED = "score_gated"  # staff_id, breaches: a breach cannot be bought back
    TRAINED_HIGHER = "trained_higher"  # course, estimate, low, high, trained, untrained: nobody was drawn at random
    TRAINED_LOWER = "trained_lower"  # the same
    TRAINED_NO_DIFFERENCE = "trained_no_difference"  # the same
    TRAINED_BEGAN_LOWER = "trained_began_lower"  # course, estimate, low, high: part may be a return to the mean
    TRAINED_BEGAN_HIGHER = "trained_began_higher"  # the same
    MENTOR_SUGGESTED = "mentor_suggested"  # mentee, mentor, skill, gap, probability, gain

    # One comparison of two arms: each carries comparison (its number), metric, estimate, low, high, n, p_value
    # (allowing for all comparisons looked at) and comparisons (how many those are)
    ARM_EFFECT_HIGHER = "arm_effect_higher"  # randomised
    ARM_EFFECT_LOWER = "arm_effect_lower"
    ARM_EFFECT_NONE_SHOWN = "arm_effect_none_shown"
    ARM_DIFFERENCE_HIGHER = "arm_difference_higher"  # nobody randomised: never "because of"
    ARM_DIFFERENCE_LOWER = "arm_difference_lower"
    ARM_DIFFERENCE_NONE_SHOWN = "arm_difference_none_shown"
    ARMS_TOO_FEW = "arms_too_few"  # comparison, metric, n, reason
    NO_PRIMARY_METRIC = "no_primary_metric"  # metrics (how many were looked at): nothing was named to judge by
    SAMPLE_RATIO_MISMATCH = "sample_ratio_mismatch"  # comparison or campaign_id, p_value: the verdict is withheld

    # Beside the verdict on a comparison
    # effective: of one size they would tell as much
    FEW_BRANCHES = "few_branches"  # comparison, clusters, effective, design_effect: arms assigned by branch

    # Tiers: months is the horizon, counted directly
    TIERS_TOO_FEW = "tiers_too_few"  # months
    TIERS_RISE = "tiers_rise"  # months, estimate, low, high, n (upgrades less downgrades, share of customers)
    TIERS_FALL = "tiers_fall"  # the same
    TIERS_HOLD = "tiers_hold"  # the same: no more ups than downs shown
    TIER_LINE_LOSES = "tier_line_loses"  # tier, up, down, estimate, low, high (customers), months
    TIER_LINE_GAINS = "tier_line_gains"  # the same
    TIER_MOVE_LARGEST = "tier_move_largest"  # from_tier, to_state, estimate, low, high, n, tier_n: of one cell
    TIER_MONTHS_MISSING = "tier_months_missing"  # months, customers, n: no tier at one end, counted as no move
    ASSETS_ROSE = "assets_rose"  # before, after, change, part, amount (the part of the bridge that did most of it)
    ASSETS_FELL = "assets_fell"  # the same
    ASSETS_UNCHANGED = "assets_unchanged"  # before, after
    VALUATION_INCLUDED = "valuation_included"  # changes of prices are not recorded and stay inside the parts
    TIER_BRANCHES_DIFFER = "tier_branches_differ"  # branches, differing: from the rest of the bank, after Holm
    TIER_BRANCHES_ALIKE = "tier_branches_alike"  # branches
    TIER_PERIODS_DIFFER = "tier_periods_differ"  # periods, months, p_value: whole horizons one after the other
    TIER_PERIODS_ALIKE = "tier_periods_alike"  # the same
    TIER_RATES_CHANGED = "tier_rates_changed"  # p_value: this period against the one before
    TIER_RATES_STEADY = "tier_rates_steady"  # p_value: no change shown
    TIER_ORDER_ONE = "tier_order_one"  # p_value, n: the month before shows no bearing on the next
    TIER_ORDER_CLOCK = "tier_order_clock"  # p_value, n, explained: mostly or wholly the grace months of the rule
    TIER_ORDER_HISTORY = "tier_order_history"  # p_value, n, explained: mostly customers' own levels
    TIER_ORDER_NO_CLOCK = "tier_order_no_clock"  # p_value, n: the feed has no grace clock to explain it by
    # months, misplaced (share of customers), n; the rate missed most: from_tier, to_state, predicted, actual, tier_n
    PROJECTION_MISSED = "projection_missed"

    # The week of one metric: value, centre, low, high (its usual limits) and weeks that set them
    WEEK_AS_USUAL = "week_as_usual"
    WEEK_ABOVE_LIMITS = "week_above_limits"
    WEEK_BELOW_LIMITS = "week_below_limits"
    WEEK_RUN_ABOVE = "week_run_above"  # the eighth or later in a row above the centre
    WEEK_RUN_BELOW = "week_run_below"
    WEEK_NEAR_UPPER = "week_near_upper"  # the third or fourth of four nearer to the limit than to the centre
    WEEK_NEAR_LOWER = "week_near_lower"
    FESTIVAL_AS_USUAL = "festival_as_usual"  # judged by the same place around earlier Spring Festivals
    FESTIVAL_ABOVE = "festival_above"
    FESTIVAL_BELOW = "festival_below"
    FESTIVAL_NOT_JUDGED = "festival_not_judged"  # metric, value: the first festival of the series
    WEEK_OF_HOLIDAYS = "week_of_holidays"  # metric, value: too few working days to judge
    WEEK_TOO_FEW_WEEKS = "week_too_few_weeks"  # metric, weeks, needed
    WEEK_NO_VARIATION = "week_no_variation"  # metric, value, weeks: all alike, so there are no limits
    WEEK_NO_VALUE = "week_no_value"  # metric
    # metric, estimate, low, high, n, compared_with (Monday, ISO date): against the comparable week of the year before
    YEAR_HIGHER = "year_higher"
    YEAR_LOWER = "year_lower"
    YEAR_NO_DIFFERENCE = "year_no_difference"
    # metric, before, after, estimate, low, high, n: a share of this period against that of the one before
    SHARE_ROSE = "share_rose"
    SHARE_FELL = "share_fell"
    SHARE_HELD = "share_held"
    # metric, before, after, change, amount (the largest part in the direction of the change)
    MONTH_END_LIKELY = "month_end_likely"  # metric, estimate, low, high, level, target, chance
    MONTH_END_UNLIKELY = "month_end_unlikely"  # the same
    MONTH_END_OPEN = "month_end_open"  # the same: neither likely nor unlikely
    MONTH_END_EXPECTED = "month_end_expected"  # metric, estimate, low, high, level: no target is set
    MONTH_END_TOO_FEW = "month_end_too_few"  # metric, months, needed
    MONTH_REACHED = "month_reached"  # metric, estimate, target: the month is over
    MONTH_MISSED = "month_missed"  # the same
    MONTH_OVER = "month_over"  # metric, estimate: no target was set


LIKELY = 0.8
"""The chance from which a finding calls something likely."""

UNLIKELY = 0.2
"""The chance up to which it calls something unlikely; written out, for 1 - 0.8 falls a hair short of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement about the data.

    Attributes:
        code: Which kind of statement.
        values: What its sentence needs.
        qualifies: It speaks against the finding before it, or decides where that leaves it open: no headline tells
            the one without the other.

    >>> Finding(FindingCode.ALL_WINDOWS_OPEN, {"campaigns": 3, "open_members": 1200}).values["campaigns"]
    3
    """

    code: FindingCode
    values: Mapping[str, int | float | str] = field(default_factory=dict[str, int | float | str])
    qualifies: bool = False
