"""All campaigns of a scope, scored once: every choice and every page takes its rows from here.

A verdict belongs to a campaign, not to a view: it is reached among all campaigns of the scope, whatever is listed. A
branch is a scope, not a view: choosing one counts other customers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
from data_access.queries import campaigns, data, experiments
from data_access.reading.reader import Reader
from metrics.campaigns import evaluation
from metrics.campaigns.evaluation import Scorecard

from answers import places
from answers.batches import in_batches
from answers.kept import kept

COST_KINDS = 8
SCALES = 2


@kept
def scored(reader: Reader, branch: str = "") -> Scorecard:
    """All metrics and verdicts of all campaigns with a customer of the viewer's, or of a region or branch of theirs."""
    branches = places.branches(reader, branch)
    every = campaigns.catalogue(reader, branches=branches)
    ids = [str(campaign) for campaign in every["campaign_id"]]
    widest = int(every["arms"].max()) + 1 if len(every) else 1

    def read(query: Callable[..., pd.DataFrame], rows_each: int, of: Sequence[str] = ids) -> pd.DataFrame:
        return in_batches(lambda part: query(reader, campaigns=part, branches=branches), of, rows_each)

    clustered = evaluation.assigned_by_branch(every)
    costs = read(campaigns.costs, COST_KINDS) if reader.has("campaign_cost") else None
    shared = costs is not None and bool(costs["shared_actual_amount"].notna().any())
    return evaluation.scorecard(
        every,
        read(campaigns.arms, widest).merge(read(experiments.top_sales, widest), how="left"),
        costs,
        read(campaigns.answers, SCALES) if reader.has("satisfaction") else None,
        read(campaigns.complaints, 1) if reader.has("complaint") else None,
        funding=read(campaigns.funding, 1) if reader.has("sale", "internally_funded_amount") else None,
        branches=read(partial(campaigns.arms, by_branch=True), widest * len(data.branches(reader)), clustered)
        if clustered
        else None,
        sizes=read(experiments.allocation, widest) if reader.has("campaign_arm", "allocation") else None,
        bank=campaigns.members_of_bank(reader, branches=branches) if shared else None,
        as_of=reader.as_of,
    )


@kept
def off_plan(reader: Reader) -> frozenset[str]:
    """Campaigns whose groups are not of their planned sizes: whoever they held out says nothing of what contact adds.

    All customers of the viewer are counted, whatever is looked at: a part of a broken draw is no better drawn.
    """
    card = scored(reader)
    return frozenset(str(one) for one, off in zip(card.campaign_id, card.off_plan, strict=True) if off)
