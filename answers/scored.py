"""All campaigns of a scope, scored once: every choice and every page takes its rows from here.

A verdict belongs to a campaign, not to a view: it is reached among all campaigns of the scope, whatever is listed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from data_access.queries import campaigns, data, experiments
from data_access.reader import Reader
from metrics.campaigns import evaluation
from metrics.campaigns.evaluation import Scorecard

from answers.batches import in_batches
from answers.kept import kept

COST_KINDS = 8
SCALES = 2


@dataclass(frozen=True, eq=False)
class Scored:
    """The aggregates of all campaigns in a scope, one frame a query; None where the feed lacks the table.

    Attributes:
        every: The campaigns.
        arms: One row per campaign and arm.
        costs: One row per campaign and kind.
        answers: One row per campaign and scale.
        complaints: One row per campaign.
        funding: One row per campaign.
        branches: One row per campaign, arm and branch, of campaigns that were assigned by branch.
    """

    every: pd.DataFrame
    arms: pd.DataFrame
    costs: pd.DataFrame | None
    answers: pd.DataFrame | None
    complaints: pd.DataFrame | None
    funding: pd.DataFrame | None
    branches: pd.DataFrame | None

    def of(self, listed: pd.DataFrame) -> Scorecard:
        """The metrics of some of the campaigns, in their order."""
        return evaluation.scorecard(
            listed,
            self.arms,
            self.costs,
            self.answers,
            self.complaints,
            funding=self.funding,
            branches=self.branches,
        )


@kept
def scored(reader: Reader, branch: str = "") -> Scored:
    """The aggregates of all campaigns of the viewer, of one branch or of all of them."""
    branches = (branch,) if branch else ()
    every = campaigns.catalogue(reader, branches=branches)
    ids = [str(campaign) for campaign in every["campaign_id"]]
    widest = int(every["arms"].max()) + 1 if len(every) else 1

    def read(query: Callable[..., pd.DataFrame], rows_each: int, of: list[str] = ids) -> pd.DataFrame:
        return in_batches(lambda part: query(reader, campaigns=part, branches=branches), of, rows_each)

    def by_branch(reader: Reader, **chosen: tuple[str, ...]) -> pd.DataFrame:
        return campaigns.arms(reader, **chosen, by_branch=True)

    clustered = list(evaluation.assigned_by_branch(every))
    arms = read(campaigns.arms, widest)
    return Scored(
        every,
        arms.merge(read(experiments.top_sales, widest), how="left"),
        read(campaigns.costs, COST_KINDS) if reader.has("campaign_cost") else None,
        read(campaigns.answers, SCALES) if reader.has("satisfaction") else None,
        read(campaigns.complaints, 1) if reader.has("complaint") else None,
        read(campaigns.funding, 1) if reader.has("sale", "internally_funded_amount") else None,
        read(by_branch, widest * len(data.branches(reader)), clustered) if clustered else None,
    )
