"""Campaigns taken together: what a period's programme cost, added and returned, each campaign against its own control.

Shares are pooled over customers. Effects are not, for campaigns differ in whom they ask and in how many they hold out:
each campaign's effect is taken on its own and the effects are added.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from metrics.campaigns.evaluation import Scorecard
from metrics.estimate import Intervals, Reason
from metrics.inference.proportion import wilson
from metrics.moments import Counts, Floats

POOLED = ("reach_rate", "participation_rate", "conversion_rate", "top_two_box", "response_rate")
"""Shares whose customers (or answers) are simply more of the same."""


def together(card: Scorecard, level: float = 0.95) -> Mapping[str, Intervals]:
    """The campaigns of a scorecard as one programme, one row a metric.

    Args:
        card: campaigns that do not share members' outcomes; each effect is of its own control group.
        level: that of the scorecard.

    Returns:
        The shares of `POOLED`; ``members``, ``open_members`` and ``campaign_cost``, summed over campaigns that record
        them; ``planned_cost`` of those that have a plan, ``budget_used`` of it, and of it ``planned_for_booked``, what
        was planned for the costs that are booked; ``contribution_added``,
        what the judged campaigns added against their controls; ``judged_cost``, what that is set against; and
        ``roi_incremental``. Rows that rest on no campaign say why.
    """
    pooled = {key: _pooled(card[key], level) for key in POOLED}
    summed = {key: _summed(card[key], level) for key in ("members", "open_members", "campaign_cost")}
    return pooled | summed | _budget(card, level) | _returned(card, level)


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


def _returned(card: Scorecard, level: float) -> dict[str, Intervals]:
    """Contribution added and the return on it, over the campaigns whose incremental return is known.

    Campaigns are independent of each other, so their squared half-widths add.
    """
    returned, cost = card["roi_incremental"], _closed_cost(card)
    known = returned.known
    if not known.any():
        missing = ("contribution_added", "judged_cost", "roi_incremental")
        return {key: _nothing(returned.reason, level) for key in missing}
    spent = float(cost[known].sum())
    added = ((returned.estimate[known] + 1) * cost[known]).sum()
    half = float(np.sqrt((((returned.high - returned.low)[known] / 2 * cost[known]) ** 2).sum()))
    contribution = Intervals.of(
        added, added - half, added + half, n=returned.n[known].sum(), level=level, method="Welch, campaigns added"
    )
    judged = Intervals.of(spent, spent, spent, n=returned.n[known].sum(), level=level, method="counted")
    return {
        "contribution_added": contribution,
        "judged_cost": judged,
        "roi_incremental": contribution.scaled(1 / spent, shift=-1.0),
    }


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
