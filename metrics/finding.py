"""What the numbers say, free of language: a code and the values that its sentence needs.

`ui.words` turns a finding into English or Chinese. A finding is never stronger than the design of the study:
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
    NONE_WITH_CONTROL = "none_with_control"  # campaigns
    CAMPAIGNS_JUDGED = "campaigns_judged"  # campaigns, judged, higher, lower, no_difference
    CAMPAIGNS_PAID = "campaigns_paid"  # judged, paid, lost, unclear: by incremental return on investment
    PARTICIPATION_HIGHEST = "participation_highest"  # campaign_id, estimate, low, high, n
    WINDOWS_OPEN = "windows_open"  # campaigns, open_members

    # One campaign
    EFFECT_HIGHER = "effect_higher"  # campaign_id, estimate, low, high, n (conversion, share)
    EFFECT_LOWER = "effect_lower"  # campaign_id, estimate, low, high, n
    EFFECT_NONE_SHOWN = "effect_none_shown"  # campaign_id, estimate, low, high, n
    ATTRIBUTED_ONLY = "attributed_only"  # campaign_id: no control group drawn at random
    TOO_FEW = "too_few"  # campaign_id, n
    CAMPAIGN_OPEN = "campaign_open"  # campaign_id, open_members, n
    ASSIGNED_BY_BRANCH = "assigned_by_branch"  # campaign_id: judged by the comparison of branches
    PAID = "paid"  # campaign_id, estimate, low, high (incremental return)
    LOST = "lost"  # campaign_id, estimate, low, high
    PAYS_UNCLEAR = "pays_unclear"  # campaign_id, estimate, low, high
    BEFORE_STAFF_TIME = "before_staff_time"  # campaign_id: staff time is not among its costs
    COST_NOT_RECORDED = "cost_not_recorded"  # campaign_id


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement about the data.

    >>> Finding(FindingCode.ALL_WINDOWS_OPEN, {"campaigns": 3, "open_members": 1200}).values["campaigns"]
    3
    """

    code: FindingCode
    values: Mapping[str, int | float | str] = field(default_factory=dict[str, int | float | str])
