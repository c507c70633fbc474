"""Effects of campaigns that were assigned by branch, for the scorecard: branches, not customers, are the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.campaigns import return_on_investment
from metrics.campaigns.members import Members
from metrics.estimate import Intervals, Tests
from metrics.inference.cluster import ClusterComparison, difference_by_cluster
from metrics.moments import Floats, Moments

EFFECTS_ON_MEANS: Final = {
    "incremental_sales_per_customer": "sales",
    "incremental_sales_per_customer_winsorised": "sales_winsorised",
    "incremental_net_new_money_per_customer": "net_new",
    "incremental_contribution_per_customer": "contribution",
}
"""Effects on an amount per customer, and the measure of each."""


@dataclass(frozen=True, slots=True)
class BranchEffects:
    """Comparisons of branches, one row per campaign at `rows` of the scorecard."""

    rows: npt.NDArray[np.intp]
    conversion: ClusterComparison
    amounts: Mapping[str, Intervals]  # by the key of the effect

    def among(self, effects: Mapping[str, Intervals], matured: Floats, cost: Floats) -> dict[str, Intervals]:
        """The scorecard's effects with those of branches put in their rows.

        Args:
            effects: of all campaigns, by key.
            matured: treated customers of all campaigns whose window has closed.
            cost: of treating them.
        """
        customers = matured[self.rows]
        found = {
            "incremental_conversion": self.conversion.effect,
            "incremental_conversions": self.conversion.effect.scaled(customers),
            **self.amounts,
        }
        contribution = self.amounts.get("incremental_contribution_per_customer")
        if contribution is not None:
            found["roi_incremental"] = return_on_investment.on_effect(contribution, customers, cost[self.rows])
        return {
            key: effect.with_rows(self.rows, found[key]) if key in found else effect for key, effect in effects.items()
        }

    def tested_among(self, test: Tests) -> Tests:
        """The tests of the effects on conversion with those of branches put in their rows."""
        columns: list[npt.NDArray[np.generic]] = []
        for name in ("statistic", "p_value", "method", "reason"):
            column = getattr(test, name).astype(object)
            column[self.rows] = getattr(self.conversion.test, name)
            columns.append(column)
        statistic, p_value, method, reason = columns
        return Tests(
            statistic.astype(np.float64), p_value.astype(np.float64), method.astype(np.str_), reason.astype(np.str_)
        )


def estimate(
    branches: pd.DataFrame, campaign_id: pd.Series[str], rows: npt.NDArray[np.intp], level: float = 0.95
) -> BranchEffects:
    """Compare the branches of the campaigns at `rows`; campaigns without a row in `branches` are left out.

    Args:
        branches: one row per campaign, arm and branch, with the columns of `evaluation.scorecard`'s arms.
        campaign_id: all campaigns of the scorecard, in its order.
        rows: positions among them of the campaigns that were assigned by branch.
        level: confidence level.

    Raises:
        DomainError: the level is not between 0 and 1.
    """
    place = pd.Index(campaign_id.iloc[rows]).get_indexer(pd.Index(branches["campaign_id"]))
    among, (present, number) = branches[place >= 0], np.unique(place[place >= 0], return_inverse=True)
    treated = ~among["is_control"].to_numpy(dtype=np.bool_)

    def compared(moments: Moments) -> ClusterComparison:
        return difference_by_cluster(number, treated, moments, level)

    members = Members.of_rows(among, level)
    converted = Moments.of_counts(members.counts("matured_converted", "matured"))
    amounts = {
        key: compared(members.moments(measure)).effect
        for key, measure in EFFECTS_ON_MEANS.items()
        if f"sum_{measure}" in among.columns
    }
    return BranchEffects(rows[present], compared(converted), amounts)
