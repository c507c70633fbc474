"""The effect through time: as it stood each day, inside limits that hold on all days at once, and the planned looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.catalogue import Metric
from metrics.estimate import Intervals
from metrics.inference.effect import welch_error
from metrics.inference.sequential import confidence_sequence, spending_boundaries
from metrics.inference.study.sides import moments, paired
from metrics.moments import Floats, Moments

FEWEST = 100
"""Customers in the smaller side from which the limits of a day can be believed."""


@dataclass(frozen=True, slots=True)
class Course:
    """One row per day on which windows closed, everybody so far."""

    day: tuple[pd.Timestamp, ...]
    band: Intervals  # a minus b with limits that hold on every day at once; earlier days than `FEWEST` have none
    looks: pd.DataFrame  # planned looks that were reached: `row` (of `day`), `share` (planned), `crossed`

    def __len__(self) -> int:
        """Number of days."""
        return len(self.day)

    def left_behind(self, line: float) -> int | None:
        """The first day from which on the whole band stays above the line; None if it does not at the end."""
        above = self.band.low > line
        if not len(above) or not above[-1]:
            return None
        below = np.flatnonzero(~above)
        return int(below[-1]) + 1 if len(below) else 0

    def swapped(self) -> Course:
        """The same with b minus a."""
        return Course(self.day, self.band.scaled(-1.0), self.looks)


def course(
    days: pd.DataFrame, entry: Metric, planned: float, looks: Sequence[float] = (1.0,), level: float = 0.95
) -> Course:
    """What every day's look would have seen.

    Args:
        days: `matures_on`, `side`, and the counts or moments of the outcome of customers whose window closed that day.
        entry: the outcome.
        planned: customers of both sides once every window has closed: where the band is tightest.
        looks: shares of them at which a look was planned, ending at 1; each says whether it would have ended the
            comparison by O'Brien and Fleming's boundary.
        level: confidence level of the whole band.

    Raises:
        DomainError: looks that do not rise to 1, or the level is not between 0 and 1.
    """
    by_day = days.sort_values("matures_on", kind="stable")
    sides = paired(by_day, ("matures_on",), level)
    so_far = [_running(moments(side, entry)) for side in (sides.b, sides.a)]
    seen = so_far[0].n + so_far[1].n
    early = np.minimum(so_far[0].n, so_far[1].n) < FEWEST
    few = [Moments(np.where(early, 0, arm.n), arm.mean, arm.squares) for arm in so_far]
    band = confidence_sequence(few[0], few[1], decision_at=max(planned, 1.0), level=level)
    return Course(tuple(pd.to_datetime(sides.keys["matures_on"])), band, _looks(so_far, seen, planned, looks, level))


def _looks(
    so_far: Sequence[Moments], seen: Floats, planned: float, looks: Sequence[float], level: float
) -> pd.DataFrame:
    """The planned looks that were reached, each on the first day with its share of the customers."""
    critical = spending_boundaries(looks, level).critical
    error, _, _ = welch_error(so_far[0], so_far[1])
    z = (so_far[1].mean - so_far[0].mean) / error
    rows = [int(np.searchsorted(seen, share * planned * (1 - 1e-9))) for share in looks]
    reached = [(row, share, limit) for row, share, limit in zip(rows, looks, critical, strict=True) if row < len(seen)]
    return pd.DataFrame(
        [(row, share, bool(abs(z[row]) >= limit)) for row, share, limit in reached],
        columns=["row", "share", "crossed"],
    )


def _running(arm: Moments) -> Moments:
    """Each row with all rows before it."""
    n, total = np.cumsum(arm.n), np.cumsum(arm.total)
    mean = np.divide(total, n, out=np.full_like(n, np.nan), where=n > 0)
    known = np.where(arm.n > 0, arm.mean, 0.0)
    # About one common point, near the data, so that the squares keep their digits.
    point = mean[-1] if len(mean) and n[-1] > 0 else 0.0
    about = np.where(arm.n > 0, arm.squares + arm.n * (known - point) ** 2, 0.0)
    return Moments(n, mean, np.maximum(np.cumsum(about) - n * (np.nan_to_num(mean) - point) ** 2, 0.0))
