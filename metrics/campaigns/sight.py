"""What the judge of a campaign could have seen: net new money beside the net new money that would pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.campaigns import verdict
from metrics.campaigns.evaluation import Scorecard


@dataclass(frozen=True, slots=True)
class Sight:
    """How closely net new money per customer tells the campaigns that it judges; medians over these, minor units.

    Attributes:
        judged: Campaigns that it judges, and of which is known what would pay.
        half: Half of its interval: smaller differences are not seen.
        pays: Net new money per customer that earns the cost of a customer, at the margin of the campaign's own sales.
    """

    judged: int
    half: float
    pays: float

    @property
    def blunt(self) -> bool:
        """Whether it cannot see what would pay."""
        return self.judged > 0 and self.half > self.pays


def of_net_new_money(card: Scorecard) -> Sight:
    """How closely the campaigns of a scorecard are told by net new money.

    The margin is contribution over sales of the treated customers; campaigns without a cost or a sale are left out.
    """
    # Means, not totals: one may be recorded of more customers than the other.
    sales, contribution = (card[f"{amount}_per_customer"].estimate for amount in ("sales", "contribution"))
    told = card[verdict.NET_NEW]
    cost, members = card["campaign_cost"].estimate, card["members"].estimate
    with np.errstate(divide="ignore", invalid="ignore"):
        pays = cost / members * (sales / contribution)
    rows = (np.array(card.judges, dtype=np.str_) == verdict.NET_NEW) & np.isfinite(pays) & (pays > 0)
    if not rows.any():
        return Sight(0, float("nan"), float("nan"))
    half = (told.high - told.low)[rows] / 2
    return Sight(int(rows.sum()), float(np.median(half)), float(np.median(pays[rows])))
