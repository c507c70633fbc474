"""What is each metric of a campaign in these data? One campaign that has most of them stands for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from data_access.reading.reader import Reader
from metrics.estimate import Intervals

from answers.campaigns import overview as campaigns
from answers.kept import kept


@dataclass(frozen=True, eq=False)
class Examples:
    """One campaign's numbers.

    Attributes:
        campaign: Its identifier; empty where there is none.
        name: Its name, as the feed writes it.
        numbers: One interval a metric, by the catalogue's key; only those that are known.
        currency: Of amounts.
    """

    campaign: str
    name: str
    numbers: Mapping[str, Intervals]
    currency: str


@kept
def ask(reader: Reader) -> Examples:
    """The numbers of the campaign for which most metrics are known; of several such, of the latest."""
    every = campaigns.ask(reader, campaigns.Choice())
    if not len(every.scores):
        return Examples("", "", {}, every.currency)
    known = sum(intervals.known.astype(int) for intervals in every.scores.results.values())
    row = int(np.argmax(known))  # the latest comes first
    numbers = {key: intervals[row : row + 1] for key, intervals in every.scores.results.items() if intervals.known[row]}
    return Examples(every.scores.campaign_id[row], str(every.listed["name"].iloc[row]), numbers, every.currency)
