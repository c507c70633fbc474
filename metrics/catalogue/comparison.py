"""Treated against control, or one campaign against another."""

from __future__ import annotations

from typing import Final

from metrics.catalogue.entry import Direction, Metric, Unit
from metrics.catalogue.entry import marked as _

_MEMBER = ("campaign_member", "campaign", "campaign_arm")
_BOTH_ARMS = _("customer assigned to either arm whose attribution window has closed")
_RANDOM = "campaign_member, arms assigned at random, intention to treat"


def _difference_in_means(compares: str, name: str, formula: str, measure: str) -> Metric:
    """An entry for a difference of amounts per customer, with what earlier sales predict taken out where known."""
    return Metric(
        key=f"incremental_{compares}",
        name=name,
        formula=formula,
        numerator=measure,
        denominator="matured",
        unit=Unit.MONEY,
        direction=Direction.UP,
        grain=_BOTH_ARMS,
        source=f"{_RANDOM}; adjusted for the customer's sales before (CUPED) where everybody's are recorded",
        tables=_MEMBER,
        compares=compares,
        covariate="baseline",
    )


COMPARISON: Final = (
    Metric(
        key="incremental_conversion",
        name=_("Incremental conversion"),
        formula=_("conversion of the treated - conversion of the control group, closed windows only"),
        numerator="matured_converted",
        denominator="matured",
        unit=Unit.POINTS,
        direction=Direction.UP,
        grain=_BOTH_ARMS,
        source=_RANDOM,
        tables=_MEMBER,
        compares="conversion_rate",
    ),
    Metric(
        key="incremental_conversions",
        name=_("Incremental conversions"),
        formula=_("incremental conversion x treated customers"),
        unit=Unit.COUNT,
        direction=Direction.UP,
        grain=_BOTH_ARMS,
        source=_RANDOM,
        tables=_MEMBER,
        needs=("matured_converted", "matured"),
    ),
    Metric(
        key="relative_lift",
        name=_("Relative lift"),
        formula=_("conversion of the treated / conversion of the control group - 1"),
        unit=Unit.RATIO,
        direction=Direction.UP,
        grain=_BOTH_ARMS,
        source=_RANDOM,
        tables=_MEMBER,
        needs=("matured_converted", "matured"),
    ),
    Metric(
        key="effect_on_contacted",
        name=_("Effect on those contacted"),
        formula=_("incremental conversion / (share contacted of the treated - share contacted of the control group)"),
        unit=Unit.POINTS,
        direction=Direction.UP,
        grain=_("customer whom assignment brought into contact"),
        source=_RANDOM,
        tables=_MEMBER,
        needs=("matured_converted", "matured", "matured_contacted", "contacted_matured_converted"),
    ),
    Metric(
        key="difference_in_conversion",
        name=_("Difference in conversion"),
        formula=_("conversion of one group - conversion of the other; nobody assigned them at random"),
        numerator="matured_converted",
        denominator="matured",
        unit=Unit.POINTS,
        direction=Direction.UP,
        grain=_BOTH_ARMS,
        source="campaign_member, adjusted for the mix of tier and age; never an effect",
        tables=_MEMBER,
    ),
    _difference_in_means(
        "sales_per_customer",
        _("Incremental sales per customer"),
        _("sales per customer of the treated - of the control group, closed windows only"),
        "sales",
    ),
    _difference_in_means(
        "sales_per_customer_winsorised",
        _("Incremental sales per customer, largest amounts capped"),
        _("sales per customer, capped at the 99th percentile, of the treated - of the control group"),
        "sales_winsorised",
    ),
    _difference_in_means(
        "net_new_money_per_customer",
        _("Incremental net new money per customer"),
        _("net new money per customer of the treated - of the control group, closed windows only"),
        "net_new",
    ),
    _difference_in_means(
        "contribution_per_customer",
        _("Incremental contribution per customer"),
        _("contribution per customer of the treated - of the control group, closed windows only"),
        "contribution",
    ),
    Metric(
        key="probability_better",
        name=_("Chance to be better"),
        formula=_("probability that the treated rate is above the control's, given the counts and a flat prior"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        grain=_BOTH_ARMS,
        source=_RANDOM,
        tables=_MEMBER,
        needs=("matured_converted", "matured"),
    ),
    Metric(
        key="expected_loss",
        name=_("Expected loss"),
        formula=_("how much lower the chosen arm's rate is on average over the cases in which it is the worse one"),
        unit=Unit.POINTS,
        direction=Direction.DOWN,
        grain=_BOTH_ARMS,
        source=_RANDOM,
        tables=_MEMBER,
        needs=("matured_converted", "matured"),
    ),
    Metric(
        key="sample_ratio",
        name=_("Sample ratio"),
        formula=_("customers found in the arm / customers assigned to any arm, against the planned allocation"),
        numerator="n",
        unit=Unit.SHARE,
        direction=Direction.NEITHER,
        grain=_("customer assigned to any arm"),
        source="campaign_member, campaign_arm.allocation",
        tables=_MEMBER,
    ),
    Metric(
        key="standardised_difference",
        name=_("Difference of the mix"),
        formula=_("(share of the treated - share of the control group) / pooled standard deviation"),
        unit=Unit.RATIO,
        direction=Direction.NEITHER,
        grain=_BOTH_ARMS,
        source="campaign_member.tier, customer.birth_year",
        tables=("campaign_member", "customer"),
        needs=("n",),
    ),
)

OUTCOMES: Final = tuple(entry for entry in COMPARISON if entry.compares)
"""What arms are compared on, each once: a share (in points) or an amount per customer, its method and its covariate."""
