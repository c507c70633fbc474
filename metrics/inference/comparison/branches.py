"""Arms assigned by branch, several campaigns at once: branches, not customers, are compared on every outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.catalogue import OUTCOMES, Metric, Unit
from metrics.inference.cluster import ClusterComparison, difference_by_cluster
from metrics.inference.comparison.members import Members
from metrics.inference.comparison.outcomes import Rows, shifted
from metrics.moments import Floats, Groups, Moments


@dataclass(frozen=True, slots=True)
class Branches:
    """The branches of some campaigns, each branch of a campaign one row for each of its arms' roles."""

    rows: npt.NDArray[np.intp]  # the campaigns' places among all, in the order of the comparisons
    number: Groups  # comparison of each branch
    treated: Rows  # whether the branch was treated
    members: Members
    crossed: Rows  # comparisons in which a branch has customers in both roles
    contradicted: Rows  # comparisons in which a branch has more customers who bought than customers
    level: float

    @classmethod
    def of(cls, frame: pd.DataFrame, campaign_id: pd.Index[str], level: float) -> Self:
        """The branches of the campaigns in `campaign_id`; other campaigns are passed over.

        Args:
            frame: one row per campaign, arm and branch: `campaign_id`, `is_control`, `branch_id` and what was counted.
            campaign_id: the campaigns in their order; those without a row in `frame` have no comparison.
            level: confidence level.
        """
        place = campaign_id.get_indexer(pd.Index(frame["campaign_id"]))
        among, place = frame[place >= 0], place[place >= 0]
        rows, number = np.unique(place, return_inverse=True)
        treated = ~among["is_control"].to_numpy(dtype=np.bool_)
        branch, _ = pd.factorize(among["branch_id"], use_na_sentinel=False)
        # One branch is one draw, however many arms or rows it comes in.
        unit, first, group = np.unique(
            np.column_stack([number, branch, treated]), axis=0, return_index=True, return_inverse=True
        )
        members = Members.grouped(among, group.ravel().astype(np.intp), len(first), level)
        number, treated = unit[:, 0].astype(np.intp), unit[:, 2].astype(np.bool_)
        crossed, contradicted = np.zeros((2, len(rows)), dtype=np.bool_)
        populated = members.n > 0
        pair = pd.MultiIndex.from_arrays([number, unit[:, 1]])
        twice = populated & treated & pair.isin(pair[populated & ~treated])
        crossed[number[twice]] = True
        for entry in OUTCOMES:
            if entry.unit is Unit.POINTS:
                contradicted[number[members.contradicts(entry.numerator, entry.denominator)]] = True
        return cls(rows.astype(np.intp), number, treated, members, crossed, contradicted, level)

    def records(self, entry: Metric) -> bool:
        """Whether the outcome can be compared at all."""
        return entry.unit is Unit.POINTS or self.members.records(entry.numerator)

    def compared(self, entry: Metric, against: Floats | float = 0.0) -> ClusterComparison:
        """Treated branches against the control's on one outcome, one row per comparison.

        Args:
            entry: an outcome that is recorded (`records`).
            against: what treated must exceed control by: for all comparisons, or one each.
        """
        if entry.unit is Unit.POINTS:
            moments = Moments.of_counts(self.members.counts(entry.numerator, entry.denominator))
        else:
            moments = self.members.moments(entry.numerator)
        line = np.broadcast_to(np.asarray(against, dtype=np.float64), len(self.rows))[self.number]
        return difference_by_cluster(
            self.number, self.treated, shifted(moments, np.where(self.treated, line, 0.0)), self.level
        )
