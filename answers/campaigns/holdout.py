"""What did the programme bring as a whole? Measured by customers who were held out from all of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from data_access.queries import experiments
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.campaigns import verdict
from metrics.campaigns.evaluation import Scorecard
from metrics.estimate import Intervals
from metrics.moments import Floats


@dataclass(frozen=True, eq=False)
class Holdouts:
    """One row a holdout, as the bank's settings name them: campaigns that stand for the whole programme of their time.

    Attributes:
        campaign_id: Identifiers, the latest first.
        name: As the feed writes it.
        held_out: Customers held out.
        programme: The others, whose window is closed.
        effect: Contribution of one of the others less one of those held out, minor units.
    """

    campaign_id: tuple[str, ...]
    name: tuple[str, ...]
    held_out: Floats
    programme: Floats
    effect: Intervals

    def __len__(self) -> int:
        """Number of holdouts."""
        return len(self.campaign_id)

    @property
    def total(self) -> Intervals:
        """What the programme brought of all whom it was open to."""
        return _times(self.effect, self.programme)

    @property
    def forgone(self) -> Intervals:
        """What it would have brought of those held out: the price of knowing."""
        return _times(self.effect, self.held_out)


def named() -> tuple[str, ...]:
    """Identifiers of the holdouts of this bank."""
    return settings().comparison.holdouts


def of(reader: Reader, listed: pd.DataFrame, every: Scorecard, branches: tuple[str, ...]) -> Holdouts:
    """The holdouts among listed campaigns.

    Args:
        reader: whose rows.
        listed: campaigns of a choice.
        every: the scores of all campaigns.
        branches: whose customers are counted; all of the reader's if empty.
    """
    rows = listed[listed["campaign_id"].isin(named())]
    ids = tuple(str(campaign) for campaign in rows["campaign_id"])
    card = every.among(ids)
    sizes = experiments.allocation(reader, campaigns=ids, branches=branches) if ids else pd.DataFrame()
    held_out = [
        float(sizes.loc[(sizes["campaign_id"] == campaign) & sizes["is_control"].eq(True), "n"].sum())
        for campaign in ids
    ]
    return Holdouts(
        ids,
        tuple(str(name) for name in rows["name"]),
        np.array(held_out, dtype=np.float64),
        card["members"].estimate - card["open_members"].estimate,
        card[verdict.CONTRIBUTION],
    )


def _times(effect: Intervals, customers: Floats) -> Intervals:
    return Intervals.of(
        effect.estimate * customers,
        effect.low * customers,
        effect.high * customers,
        n=effect.n,
        level=effect.level,
        reason=effect.reason,
        method="of each, times customers",
    )
