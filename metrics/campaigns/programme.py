"""Campaigns taken together: what a period's programme cost, added and returned, each campaign against its own control.

Shares are pooled over customers. Effects are not, for campaigns differ in whom they ask and in how many they hold out:
each campaign's effect is taken on its own and the effects are added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from metrics.campaigns.evaluation import Scorecard
from metrics.estimate import Intervals, Reason
from metrics.inference.proportion import wilson
from metrics.moments import Counts, Floats

POOLED = ("reach_rate", "participation_rate", "conversion_rate", "top_two_box", "response_rate")
"""Shares whose customers (or answers) are simply more of the same."""


def together(card: Scorecard, level: float = 0.95, *, wider: float = 1.0) -> Mapping[str, Intervals]:
    """The campaigns of a scorecard as one programme, one row a metric.

    Args:
        card: campaigns, each with an effect against its own control group.
        level: that of the scorecard.
        wider: how many times customers in several campaigns widen the sum of effects (`widening`).

    Returns:
        The shares of `POOLED`; ``members``, ``open_members`` and ``campaign_cost``, summed over campaigns that record
        them; ``planned_cost`` of those that have a plan, ``budget_used`` of it, and of it ``planned_for_booked``, what
        was planned for the costs that are booked; ``contribution_added``, what the judged campaigns added against their
        controls, and ``contribution_added_per_customer``, for each treated one whose window has closed;
        ``judged_cost``, what that is set against; ``roi_incremental``, and ``roi_attributed`` of the same campaigns.
        Rows that rest on no campaign say why.
    """
    pooled = {key: _pooled(card[key], level) for key in POOLED}
    summed = {key: _summed(card[key], level) for key in ("members", "open_members", "campaign_cost")}
    return pooled | summed | _budget(card, level) | _returned(card, level, wider) | _attributed(card, level)


def widening(apart: float, together: float) -> float:
    """How many times wider the interval of summed effects is than if no customer were in two campaigns; at least 1.

    A customer of several campaigns counts in each, and their outcomes hang together: who has more money buys more at
    every campaign. Drawn by lot anew for each campaign, treated here and control there, this cancels but for chance;
    where the same customers are always held out it does not. The customers are the clusters of a sum of weighted
    outcomes (Liang and Zeger 1986), so the ratio of the two sums of squares is that of the variances.

    Args:
        apart: sum of squared pulls of customers at single campaigns
            (`data_access.queries.campaigns.overlap.dependence`).
        together: sum of squares of each customer's whole pull.

    >>> widening(100.0, 144.0), widening(100.0, 64.0), widening(float("nan"), float("nan"))
    (1.2, 1.0, 1.0)
    """
    ratio = together / apart if apart > 0 else 1.0
    return float(np.sqrt(ratio)) if ratio > 1 else 1.0


def _pooled(shares: Intervals, level: float) -> Intervals:
    """One share of all customers of the campaigns that have one."""
    known = ~np.isnan(shares.estimate)
    successes = np.rint(shares.estimate[known] * shares.n[known])
    if not known.any():
        return _nothing(shares.reason, level)
    return wilson(Counts.of(shares.n[known].sum(), successes.sum()), level)


def _summed(counted: Intervals, level: float) -> Intervals:
    """The sum of what was counted or booked."""
    known = ~np.isnan(counted.estimate)
    if not known.any():
        return _nothing(counted.reason, level)
    total = counted.estimate[known].sum()
    return Intervals.of(total, total, total, n=counted.n[known].sum(), level=level, method="counted")


def _budget(card: Scorecard, level: float) -> dict[str, Intervals]:
    """What was planned, the part of the plan that is booked, and what was planned for the costs that are booked.

    A campaign that has a plan and nothing booked yet has used none of it; a plan is judged against nothing where no
    campaign with a plan has booked anything, for then its costs may just not be recorded.
    """
    plan, actual, due = card.booked.plan, card.booked.actual, card.booked.planned
    known = plan > 0
    if not (known & ~np.isnan(actual)).any():
        nothing = _nothing(card["budget_used"].reason, level)
        return dict.fromkeys(("planned_cost", "planned_for_booked", "budget_used"), nothing)
    whole, campaigns = float(plan[known].sum()), int(known.sum())

    def counted(value: float) -> Intervals:
        return Intervals.of(value, value, value, n=campaigns, level=level, method="counted")

    return {
        "planned_cost": counted(whole),
        "planned_for_booked": counted(float(np.nansum(due[known]))),
        "budget_used": counted(float(np.nansum(actual[known])) / whole),
    }


def _returned(card: Scorecard, level: float, wider: float) -> dict[str, Intervals]:
    """Contribution added and the return on it, over the campaigns whose incremental return is known.

    Squared half-widths add; customers whom campaigns share make the whole so many times wider.
    """
    returned, (amounts, cost) = card["roi_incremental"], added(card)
    known = returned.known
    if not known.any():
        missing = ("contribution_added", "contribution_added_per_customer", "judged_cost", "roi_incremental")
        return {key: _nothing(returned.reason, level) for key in missing}
    spent = float(cost[known].sum())
    whole = amounts.estimate[known].sum()
    half = wider * float(np.sqrt((((amounts.high - amounts.low)[known] / 2) ** 2).sum()))
    contribution = Intervals.of(
        whole, whole - half, whole + half, n=returned.n[known].sum(), level=level, method="Welch, campaigns added"
    )
    judged = Intervals.of(spent, spent, spent, n=returned.n[known].sum(), level=level, method="counted")
    treated = float((card["members"].estimate - card["open_members"].estimate)[known].sum())
    return {
        "contribution_added": contribution,
        "contribution_added_per_customer": replace(contribution.scaled(1 / treated), n=np.array([treated])),
        "judged_cost": judged,
        "roi_incremental": contribution.scaled(1 / spent, shift=-1.0),
    }


def added(card: Scorecard) -> tuple[Intervals, Floats]:
    """What each campaign added against its control, and the cost that is set against: a return is made of these two.

    Both of the treated customers whose window has closed, minor units; known where the incremental return is.
    """
    returned, cost = card["roi_incremental"], _closed_cost(card)
    return returned.scaled(cost, shift=cost), cost


def _attributed(card: Scorecard, level: float) -> dict[str, Intervals]:
    """The return that is attributed to the campaigns whose incremental return is known: no effect, so no interval."""
    known = card["roi_incremental"].known & ~np.isnan(card["roi_attributed"].estimate)
    cost = _closed_cost(card)
    if not known.any():
        return {"roi_attributed": _nothing(card["roi_attributed"].reason, level)}
    spent = float(cost[known].sum())
    returned = float(((card["roi_attributed"].estimate[known] + 1) * cost[known]).sum()) / spent - 1
    n = card["roi_attributed"].n[known].sum()
    return {"roi_attributed": Intervals.of(returned, returned, returned, n=n, level=level, method="counted")}


def _closed_cost(card: Scorecard) -> Floats:
    """Cost of the members whose window has closed, their even share of the whole."""
    members, waiting = card["members"].estimate, card["open_members"].estimate
    return np.divide(
        card["campaign_cost"].estimate * (members - waiting), members, out=np.zeros_like(members), where=members > 0
    )


def _nothing(reasons: npt.NDArray[np.str_], level: float) -> Intervals:
    """No number, for the reason that most campaigns have none."""
    kinds, counts = np.unique(reasons, return_counts=True)
    why = kinds[counts.argmax()] if len(kinds) else Reason.TOO_FEW.value
    return Intervals.of(np.nan, np.nan, np.nan, n=0, level=level, reason=why or Reason.TOO_FEW.value)
