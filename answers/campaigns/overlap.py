"""Which campaigns reach the same customers, and does that touch what is said of each?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd
from data_access.queries import campaigns
from data_access.queries.campaigns import overlap
from data_access.reading.reader import Reader
from metrics.estimate import Intervals
from metrics.inference.effect import difference_in_shares
from metrics.inference.proportion import wilson
from metrics.moments import Counts

from answers import places
from answers.batches import ROWS
from answers.campaigns import overview
from answers.campaigns.overview import Choice
from answers.kept import kept

LEVEL: Final = 0.95


@dataclass(frozen=True, eq=False)
class Overlap:
    """Campaigns of a choice with another that reached their customers, the largest share first.

    Attributes:
        pairs: Each two campaigns once, from the side that shares the larger part, as
            `data_access.queries.campaigns.overlap` counts them.
        reached: Share of the treated customers whom the other campaign reached.
        reached_control: The same of the control; where there is none, no number.
        between: The first less the second, at a level that allows for all pairs (Bonferroni).
        names: Name of every campaign that the viewer sees, by its identifier.
        by_contact: Whether contacts are recorded; else all count whom the other campaign did not hold out.
    """

    pairs: pd.DataFrame
    reached: Intervals
    reached_control: Intervals
    between: Intervals
    names: Mapping[str, str]
    by_contact: bool


@kept
def ask(reader: Reader, choice: Choice) -> Overlap:
    """The campaigns that share customers with one of the choice."""
    listed = tuple(str(campaign) for campaign in overview.ask(reader, choice).listed["campaign_id"])
    found = _once(_pairs(reader, listed, choice.branch))
    of = [
        Counts.of(found[n].to_numpy(float), found[reached].to_numpy(float))
        for n, reached in (("n", "reached"), ("n_control", "reached_control"))
    ]
    every = campaigns.catalogue(reader)
    return Overlap(
        found,
        wilson(of[0]),
        wilson(of[1]),
        difference_in_shares(of[1], of[0], 1 - (1 - LEVEL) / max(len(found), 1)),
        dict(zip(every["campaign_id"].astype(str), every["name"].astype(str), strict=True)),
        reader.has("campaign_member", "contacted_at"),
    )


def _pairs(reader: Reader, listed: tuple[str, ...], branch: str) -> pd.DataFrame:
    """The pairs of some campaigns: of all that are known, which is cheap; where those are too many, asked for."""
    every = _of_all(reader, branch)
    if len(every) < ROWS:
        return every[every["campaign_id"].isin(listed)].head(overlap.MOST)
    return overlap.pairs(reader, campaigns=listed, branches=places.branches(reader, branch)) if listed else every[:0]


@kept
def _of_all(reader: Reader, branch: str) -> pd.DataFrame:
    """The pairs of all campaigns, read once for all choices of a place; as many as a reader hands out."""
    return overlap.pairs(reader, branches=places.branches(reader, branch), most=ROWS)


def _once(found: pd.DataFrame) -> pd.DataFrame:
    """Each two campaigns once: the rows come with the larger share first."""
    two = [frozenset(ids) for ids in zip(found["campaign_id"], found["other_id"], strict=True)]
    return found[~pd.Series(two, index=found.index, dtype=object).duplicated()].reset_index(drop=True)
