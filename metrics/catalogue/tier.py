"""Who moves between customer tiers, and what the moves are worth."""

from __future__ import annotations

from typing import Final

from metrics.catalogue.entry import Direction, Metric, Unit
from metrics.catalogue.entry import marked as _

_SNAPSHOT = ("tier_snapshot",)
_AT_START = _("customer of a tier at the start, over 1, 3 or 12 months counted directly")
_TWO_MONTH_ENDS = "tier_snapshot, two month-ends the horizon apart; a missing month is not a move"


def _rate(key: str, name: str, formula: str, numerator: str, direction: Direction) -> Metric:
    """An entry for a share of the customers a tier had at the start."""
    return Metric(
        key=key,
        name=name,
        formula=formula,
        numerator=numerator,
        denominator="at_start",
        unit=Unit.SHARE,
        direction=direction,
        grain=_AT_START,
        source=_TWO_MONTH_ENDS,
        tables=_SNAPSHOT,
    )


def _index(key: str, name: str, formula: str) -> Metric:
    """An entry for a number that sums up a whole matrix."""
    return Metric(
        key=key,
        name=name,
        formula=formula,
        unit=Unit.RATIO,
        direction=Direction.NEITHER,
        grain=_("matrix of moves between tiers"),
        source=_TWO_MONTH_ENDS,
        tables=_SNAPSHOT,
        needs=("moves",),
    )


TIER: Final = (
    _rate(
        "upgrade_rate",
        _("Upgrades"),
        _("customers in a higher tier at the end / customers at the start"),
        "upgraded",
        Direction.UP,
    ),
    _rate("stay_rate", _("Stays"), _("customers in the same tier / customers at the start"), "stayed", Direction.UP),
    _rate(
        "downgrade_rate",
        _("Downgrades"),
        _("customers in a lower tier at the end / customers at the start"),
        "downgraded",
        Direction.DOWN,
    ),
    _rate(
        "exit_rate",
        _("Exits"),
        _("customers who left the bank by the end / customers at the start"),
        "left",
        Direction.DOWN,
    ),
    Metric(
        key="net_upgrade_rate",
        name=_("Net upgrades"),
        formula=_("(customers who rose - customers who fell) / customers at the start"),
        unit=Unit.POINTS,
        direction=Direction.UP,
        grain=_AT_START,
        source=_TWO_MONTH_ENDS,
        tables=_SNAPSHOT,
        needs=("upgraded", "downgraded", "at_start"),
    ),
    Metric(
        key="assets_moved",
        name=_("Assets moved"),
        formula=_("entries - exits + growth of those who stay + change of those who rise + change of those who fall"),
        numerator="aum",
        unit=Unit.MONEY,
        direction=Direction.UP,
        grain=_("customer in either month"),
        source="tier_snapshot.aum; net of valuation where asset_flow is loaded; adds up to the balance",
        tables=_SNAPSHOT,
    ),
    _index("shorrocks_index", _("Mobility, Shorrocks"), _("(k - trace of P) / (k - 1), P the matrix of k tiers")),
    _index(
        "bartholomew_index",
        _("Mobility, Bartholomew"),
        _("sum of share of tier i x P(i, j) x tiers moved / (k - 1)"),
    ),
    _index(
        "directional_index",
        _("Direction of mobility"),
        _("mobility upwards less mobility downwards: positive in a good year"),
    ),
    Metric(
        key="upgrade_effect",
        name=_("Effect on upgrades"),
        formula=_("share of the treated in a higher tier - share of the control group, at 3, 6 and 12 months"),
        numerator="upgraded",
        denominator="n",
        unit=Unit.POINTS,
        direction=Direction.UP,
        grain=_("customer assigned to either arm"),
        source="campaign_member, tier_snapshot; an effect only where arms were assigned at random",
        tables=("campaign_member", "tier_snapshot"),
    ),
    Metric(
        key="last_month_of_grace",
        name=_("Last month of grace"),
        formula=_("customers who fall next month unless their average rises above the threshold"),
        numerator="last_grace",
        unit=Unit.COUNT,
        direction=Direction.DOWN,
        grain=_("customer whose assets are below the tier they hold"),
        source="tier_snapshot.tier, asset_tier, months_below; grace months of the settings",
        tables=_SNAPSHOT,
    ),
    Metric(
        key="average_assets",
        name=_("Monthly average assets"),
        formula=_("sum of customers' monthly average balance"),
        numerator="aum",
        unit=Unit.MONEY,
        direction=Direction.UP,
        grain=_("customer in the month"),
        source="tier_snapshot.aum",
        tables=_SNAPSHOT,
    ),
    Metric(
        key="month_end_deviation",
        name=_("Month-end deviation"),
        formula=_("(balance at month end - monthly average) / monthly average"),
        numerator="aum_end",
        denominator="aum",
        unit=Unit.RATIO,
        direction=Direction.NEITHER,
        grain=_("customer in the month"),
        source="tier_snapshot.aum_end, aum",
        tables=_SNAPSHOT,
    ),
)
