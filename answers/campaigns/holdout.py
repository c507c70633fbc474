"""What did the programme bring as a whole? Measured by customers who were held out from all of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from data_access.queries import campaigns, experiments
from data_access.reading.reader import Reader
from metrics.campaigns import verdict
from metrics.estimate import Intervals
from metrics.moments import Floats

from answers import places
from answers.campaigns import calendar
from answers.campaigns.scored import scored
from answers.kept import kept
from answers.period import Period


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
    def measured(self) -> Intervals | None:
        """The one number of the programme; None where no holdout, or more than one, can tell it.

        Several may hold out the same customers, so that their sum has no interval.
        """
        return self.total if len(self) == 1 and bool(self.total.known[0]) else None

    @property
    def forgone(self) -> Intervals:
        """What it would have brought of those held out: the price of knowing."""
        return _times(self.effect, self.held_out)


@kept
def ask(reader: Reader, looked_at: Period, branch: str) -> Holdouts:
    """The holdouts of a period.

    Args:
        reader: whose rows.
        looked_at: the period that they share a day with.
        branch: whose customers are counted, as `answers.places` spells it; all of the reader's if empty.
    """
    own, branches = reader.holdouts, places.branches(reader, branch)
    listed = calendar.within(campaigns.catalogue(own, branches=branches), looked_at)
    ids = tuple(str(campaign) for campaign in listed["campaign_id"])
    if not ids:
        return none()
    card = scored(own, branch).among(ids)
    sizes = experiments.allocation(own, campaigns=ids, branches=branches)
    control = sizes[sizes["is_control"].eq(True)].groupby("campaign_id")["n"].sum()
    return Holdouts(
        ids,
        tuple(str(name) for name in listed["name"]),
        control.reindex(list(ids), fill_value=0).to_numpy(np.float64),
        card["members"].estimate - card["open_members"].estimate,
        card[verdict.CONTRIBUTION],
    )


def none() -> Holdouts:
    """No holdout."""
    nobody = np.empty(0)
    return Holdouts((), (), nobody, nobody, Intervals.of(nobody, nobody, nobody, n=nobody))


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
