"""What must hold between the columns of a row, and what is odd enough to be counted.

Conditions are SQL over a row of the table. Where one side has no time of day, days are compared, so that a sale on the
day of its assignment is not taken for one before it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that no row may meet, or that is counted: the column it is about, and its words."""

    column: str
    condition: str
    words: str


def before(earlier: str, later: str) -> str:
    """SQL: `later` is truly before `earlier`."""
    day = f"date_trunc('day', {later})"  # worked out only where the order is wrong
    return (
        f"CASE WHEN {later} < {earlier} THEN NOT ({later} = {day} AND {day} = date_trunc('day', {earlier})) "
        "ELSE false END"
    )


def _order(earlier: str, later: str) -> Rule:
    return Rule(later, before(earlier, later), f"is before {earlier}")


_ARM = Rule(
    "arm",
    "arm IS NOT NULL AND EXISTS (SELECT 1 FROM campaign_arm) AND NOT EXISTS (SELECT 1 FROM campaign_arm AS known "
    "WHERE known.campaign_id = row_of.campaign_id AND known.arm = row_of.arm)",
    "is not an arm of its campaign in campaign_arm",
)

REFUSED: dict[str, tuple[Rule, ...]] = {
    "staff": (_order("hired_on", "left_on"),),
    "staff_posting": (_order("from_on", "to_on"),),
    "consent": (_order("given_at", "withdrawn_at"),),
    "risk_assessment": (_order("assessed_at", "valid_until"),),
    "season": (_order("starts_on", "ends_on"),),
    "campaign": (_order("starts_on", "ends_on"),),
    "campaign_member": (_ARM, _order("assigned_at", "participated_at"), _order("assigned_at", "converted_at")),
    "sale": (_order("sold_at", "reversed_at"),),
    "holding": (_order("opened_on", "matures_on"), _order("opened_on", "closed_on")),
    "referral": (_order("made_at", "accepted_at"), _order("made_at", "closed_at")),
    "satisfaction": (
        _order("invited_at", "responded_at"),
        Rule("score", "scale = 'csat5' AND score NOT BETWEEN 1 AND 5", "is outside 1 to 5, the scale csat5"),
        Rule("score", "scale = 'nps' AND score NOT BETWEEN 0 AND 10", "is outside 0 to 10, the scale nps"),
    ),
    "complaint": (_order("opened_at", "closed_at"),),
}

_ENDED = "(SELECT ends_on FROM campaign WHERE campaign.campaign_id = row_of.campaign_id)"

FLAGGED: dict[str, tuple[Rule, ...]] = {
    "campaign_member": (
        Rule("converted_at", before("contacted_at", "converted_at"), "converted before they were contacted"),
        Rule("contacted_at", before("assigned_at", "contacted_at"), "were contacted before they were assigned"),
        Rule("contacted_at", f"CAST(contacted_at AS DATE) > {_ENDED}", "were contacted after the campaign's end"),
    ),
    "contact": (Rule("contacted_at", f"CAST(contacted_at AS DATE) > {_ENDED}", "were made after the campaign's end"),),
}

OPEN_WORDS = (
    "region", "role", "segment", "acquired_channel", "gender", "theme", "channel", "tier", "asset_tier", "life_stage",
    "arm", "touchpoint",
)  # fmt: skip
"""Columns whose vocabulary is the bank's own: what was seen is listed, and near-doubles are pointed at."""
