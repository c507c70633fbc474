"""What campaigns reached, brought, cost and were told: `campaigns.arms(reader)`, whichever file counts it."""

from data_access.queries.campaigns.money import attributed_sales, costs, funding, members_of_bank
from data_access.queries.campaigns.reached import arms, catalogue, days_to_conversion, weeks
from data_access.queries.campaigns.voices import answers, as_usual, complaints

__all__ = (
    "answers",
    "arms",
    "as_usual",
    "attributed_sales",
    "catalogue",
    "complaints",
    "costs",
    "days_to_conversion",
    "funding",
    "members_of_bank",
    "weeks",
)
