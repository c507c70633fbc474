"""What the branch head reads on Monday: the last complete week."""

from __future__ import annotations

from typing import Final

from metrics.catalogue.entry import Direction, Metric, Unit
from metrics.catalogue.entry import marked as _

_WEEK = _("ISO week of a branch")

WEEK: Final = (
    Metric(
        key="weekly_contacts",
        name=_("Contacts of the week"),
        formula=_("contacts made by the branch"),
        numerator="contacts",
        unit=Unit.COUNT,
        direction=Direction.UP,
        grain=_WEEK,
        source="contact.week_start",
        tables=("contact",),
    ),
    Metric(
        key="weekly_conversions",
        name=_("Conversions of the week"),
        formula=_("customers with a first conversion in the week"),
        numerator="converted",
        unit=Unit.COUNT,
        direction=Direction.UP,
        grain=_WEEK,
        source="campaign_member.converted_week",
        tables=("campaign_member",),
    ),
    Metric(
        key="weekly_participation_rate",
        name=_("Participation of the week"),
        formula=_(
            "customers who took part within seven days / customers first contacted in the week, at the usual mix of "
            "channels"
        ),
        numerator="watched_participated",
        denominator="watched",
        unit=Unit.SHARE,
        direction=Direction.UP,
        grain=_("customer first contacted in the week"),
        source="campaign_member.contacted_week",
        tables=("campaign_member",),
    ),
    Metric(
        key="weekly_sales",
        name=_("Sales of the week"),
        formula=_("sum of sales, reversals left out"),
        numerator="sales",
        unit=Unit.MONEY,
        direction=Direction.UP,
        grain=_WEEK,
        source="sale.week_start",
        tables=("sale",),
    ),
    Metric(
        key="new_money",
        name=_("New money"),
        formula=_(
            "sales of the period - what of them came from the customer's own products here, reversals left out; money "
            "that left the bank is known by the month only"
        ),
        numerator="new_money",
        unit=Unit.MONEY,
        direction=Direction.UP,
        grain=_WEEK,
        source="sale.week_start, sale.internally_funded_amount",
        tables=("sale",),
    ),
    Metric(
        key="weekly_satisfied",
        name=_("Satisfied customers of the week"),
        formula=_("answers of 4 or 5 out of 5 / answers, to the invitations of the week"),
        numerator="top_two",
        denominator="answered",
        unit=Unit.SHARE,
        direction=Direction.UP,
        grain=_("answer on the scale of 1 to 5"),
        source="satisfaction.week_start",
        tables=("satisfaction",),
    ),
    Metric(
        key="promises_kept",
        name=_("Promised contacts kept"),
        formula=_(
            "promises kept / promises of a contact that fell due in the week: each contact promises the next within "
            "the days of the customer's tier; messages to many count for nothing"
        ),
        numerator="kept",
        denominator="promised",
        unit=Unit.SHARE,
        direction=Direction.UP,
        grain=_("promise of a contact"),
        source="contact, tier_snapshot, the setting to_do",
        tables=("contact", "tier_snapshot"),
    ),
    Metric(
        key="sales_per_working_day",
        name=_("Sales per working day"),
        formula=_("sales of the week / days the branch was open, official holiday swaps included"),
        numerator="sales",
        denominator="days_open",
        unit=Unit.MONEY,
        direction=Direction.UP,
        grain=_("working day of a branch"),
        source="sale.week_start, branch_calendar",
        tables=("sale",),
    ),
    Metric(
        key="customers_won_and_funded",
        name=_("Customers won and funded"),
        formula=_("customers opened in the week who held a funded product by its Sunday"),
        numerator="won",
        unit=Unit.COUNT,
        direction=Direction.UP,
        grain=_WEEK,
        source="customer.opened_on, holding",
        tables=("customer", "holding"),
    ),
    Metric(
        key="week_on_week",
        name=_("Against the week before"),
        formula=_("this week - last week; a signal only where a rule of the control chart fires"),
        unit=Unit.COUNT,
        direction=Direction.UP,
        grain=_WEEK,
        source="the series of weeks",
        tables=("campaign_member",),
    ),
    Metric(
        key="year_on_year",
        name=_("Against the year before"),
        formula=_("this week - the same ISO week last year, by lunar position around Spring Festival"),
        unit=Unit.COUNT,
        direction=Direction.UP,
        grain=_WEEK,
        source="the series of weeks",
        tables=("campaign_member",),
    ),
    Metric(
        key="run_rate",
        name=_("Run rate"),
        formula=_("month to date + what the rest of the month usually brings, by working day"),
        unit=Unit.COUNT,
        direction=Direction.UP,
        grain=_("month of a branch"),
        source="the series of days, targets of the workspace",
        tables=("campaign_member",),
    ),
    Metric(
        key="maturity_roll_over",
        name=_("Maturing money kept"),
        formula=_("matured amount still at the bank 30 days later / matured amount"),
        numerator="kept",
        denominator="matured_amount",
        unit=Unit.SHARE,
        direction=Direction.UP,
        grain=_("holding that matured in the week"),
        source="holding.matures_on",
        tables=("holding",),
    ),
)
