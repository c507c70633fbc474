"""Which frozen plan a campaign of the data looks like: one of the same product, about then, about as large.

A person says whether it is so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from answers.running.expected import Kept

APART: Final = 14
"""Days between the planned first day and the campaign's at most."""

SIZES: Final = (0.2, 2.0)
"""Customers assigned so far over those planned: more or fewer is another campaign."""


@dataclass(frozen=True, eq=False)
class Match:
    """A campaign that looks like a plan.

    Attributes:
        plan: The plan's frozen forecast.
        campaign_id: Of the campaign.
        name: Of the campaign, as the feed writes it.
        days_later: Days from the planned first day to the campaign's.
        same_theme: Whether the themes are the same.
        part: Customers treated so far over those planned.
    """

    plan: Kept
    campaign_id: str
    name: str
    days_later: int
    same_theme: bool
    part: float


def proposed(
    campaigns: pd.DataFrame, plans: Sequence[Kept], taken: Iterable[str], rejected: Iterable[tuple[str, str]]
) -> tuple[Match, ...]:
    """At most one plan a campaign and one campaign a plan, the likest first.

    Args:
        campaigns: Those that run, as `data_access.queries.running.campaigns`.
        plans: Frozen plans that no campaign carries out yet.
        taken: Campaigns that carry out a plan.
        rejected: Plan and campaign of which somebody said no.
    """
    used, refused = set(taken), set(rejected)
    pairs = [
        match
        for row in campaigns.to_dict("records")
        for plan in plans
        if (match := _match(row, plan)) is not None
        and str(row["campaign_id"]) not in used
        and (plan.plan_id, str(row["campaign_id"])) not in refused
    ]
    pairs.sort(key=lambda one: (not one.same_theme, abs(one.days_later), one.campaign_id, one.plan.plan_id))
    found: list[Match] = []
    for match in pairs:
        if match.campaign_id not in used and match.plan.digest not in {one.plan.digest for one in found}:
            used.add(match.campaign_id)
            found.append(match)
    return tuple(found)


def _match(row: Mapping[Any, Any], plan: Kept) -> Match | None:
    told = plan.content["settings"]
    later = (row["starts_on"].date() - date.fromisoformat(told["starts_on"])).days
    product = str(row["product_id"]) if pd.notna(row["product_id"]) else ""
    part = float(row["n"]) / max(float(plan.content["plan"]["customers"]), 1.0)
    if abs(later) > APART or told["objective"] != row["objective"] or not SIZES[0] <= part <= SIZES[1]:
        return None
    if product != told["product"]:
        return None
    theme = str(row["theme"]) if pd.notna(row["theme"]) else ""
    return Match(plan, str(row["campaign_id"]), str(row["name"]), later, theme == told["theme"], part)
