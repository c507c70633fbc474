"""The two sides of one comparison, row by row of what tells customers apart: a tier, a day, a stratum.

Side `a` is compared with side `b`: a treated arm with its control, one campaign with another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from metrics.catalogue import OUTCOMES, Metric, Unit
from metrics.inference.comparison.members import Members
from metrics.moments import Counts, Moments

A: Final = "a"
B: Final = "b"


@dataclass(frozen=True, slots=True)
class Paired:
    """Customers of both sides by the same keys, one row a combination of them, in their order."""

    keys: pd.DataFrame
    a: Members
    b: Members

    def __len__(self) -> int:
        """Number of combinations."""
        return len(self.keys)


def paired(frame: pd.DataFrame, keys: Sequence[str] = (), level: float = 0.95) -> Paired:
    """Both sides of an aggregate by some of its columns; without, everybody as one row.

    Args:
        frame: `side` ("a" or "b"), the keys, and the counts and moments that `Members` reads.
        keys: columns that tell the rows apart; a missing key is a value of its own.
        level: confidence level of what is read from the sides.
    """
    if keys:
        told = frame[list(keys)].astype(object).where(frame[list(keys)].notna(), None)
        group, _ = pd.factorize(pd.MultiIndex.from_frame(told), sort=False)
        firsts = pd.Series(group).drop_duplicates().index
        table = told.iloc[firsts].reset_index(drop=True)
    else:
        group, table = np.zeros(len(frame), dtype=np.intp), pd.DataFrame(index=pd.RangeIndex(1))
    numbers = frame.select_dtypes("number").drop(columns=list(keys), errors="ignore")
    sides = [
        Members.grouped(numbers[rows], group[rows].astype(np.intp), len(table), level)
        for rows in ((frame["side"] == side).to_numpy() for side in (A, B))
    ]
    return Paired(table, sides[0], sides[1])


def as_arms(frame: pd.DataFrame) -> pd.DataFrame:
    """The sides as the arms of one campaign: `b` takes the place of its control."""
    return frame.assign(campaign_id="", is_control=frame["side"] == B).drop(columns="side")


def outcome_for(compares: str) -> Metric:
    """The entry of the difference that compares a metric.

    >>> outcome_for("conversion_rate").numerator
    'matured_converted'
    """
    return next(entry for entry in OUTCOMES if entry.compares == compares)


def counts(members: Members, entry: Metric) -> Counts:
    """Customers who did, of those whose window has closed."""
    return members.counts(entry.numerator, entry.denominator)


def moments(members: Members, entry: Metric) -> Moments:
    """An outcome as a mean; a share is the mean of zeros and ones."""
    return Moments.of_counts(counts(members, entry)) if entry.unit is Unit.POINTS else members.moments(entry.numerator)
