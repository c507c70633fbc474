"""Why a figure changed from one period to the next: volume, mix and rate of each segment, adding up exactly.

A total is customers x share of each segment x rate within it. Each of the three factors is credited by its
Shapley value, first between volume and average rate, then within the average rate between mix and rate. No order of
the factors is preferred, and the parts add up to the change.

Source: Shapley (1953); for two factors the value is the midpoint decomposition of Bennet (1920), Journal of
the Royal Statistical Society 83, 455-462; nesting the factors as Owen (1977).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.errors import DomainError, ShapeError
from metrics.moments import Floats, floats


@dataclass(frozen=True, slots=True)
class ExplainedChange:
    """A change in parts. `volume` is one number, `mix` and `rate` have one entry a segment, in the total's unit."""

    before: float
    after: float
    volume: float
    mix: Floats
    rate: Floats

    def frame(self, segments: Sequence[str]) -> pd.DataFrame:
        """One row per part: the `volume` of all, then the `mix` and the `rate` of each segment; they add up.

        Raises:
            ShapeError: another number of names than of segments.
        """
        if len(segments) != len(self.mix):
            raise ShapeError(f"{len(segments)} names of {len(self.mix)} segments.")
        kinds = ["volume", *["mix"] * len(segments), *["rate"] * len(segments)]
        amounts = np.concatenate([[self.volume], self.mix, self.rate])
        return pd.DataFrame({"part": kinds, "segment": ["", *segments, *segments], "amount": amounts})

    @property
    def by_segment(self) -> Floats:
        """Mix and rate of each segment together."""
        return self.mix + self.rate


def explain_rate(n_before: Floats, total_before: Floats, n_after: Floats, total_after: Floats) -> ExplainedChange:
    """Change of an average rate (conversions a customer, sales a customer) by segment.

    Args:
        n_before: Customers of each segment in the first period, shape (segments,).
        total_before: Conversions or amounts of each segment in the first period.
        n_after: Customers in the second period, the same segments.
        total_after: Conversions or amounts in the second period.

    Returns:
        The change of the overall rate; `volume` is 0. A segment present in one period alone has no rate in the
        other: its coming or going is mix. With no customer at all in a period every part is nan.

    Raises:
        ShapeError: the columns differ in length.
    """
    n_before, total_before, n_after, total_after = _checked(n_before, total_before, n_after, total_after)
    all_before, all_after = n_before.sum(), n_after.sum()
    if all_before == 0 or all_after == 0:
        unknown = np.full(len(n_before), np.nan)
        return ExplainedChange(float("nan"), float("nan"), float("nan"), unknown, unknown)
    rate_before, rate_after = _rates(n_before, total_before, n_after, total_after)
    overall_before, overall_after = total_before.sum() / all_before, total_after.sum() / all_after
    share_before, share_after = n_before / all_before, n_after / all_after
    midpoint = (rate_before + rate_after) / 2 - (overall_before + overall_after) / 2
    mix = (share_after - share_before) * midpoint
    rate = (rate_after - rate_before) * (share_before + share_after) / 2
    return ExplainedChange(float(overall_before), float(overall_after), 0.0, mix, rate)


def explain_total(n_before: Floats, total_before: Floats, n_after: Floats, total_after: Floats) -> ExplainedChange:
    """Change of a total (conversions, sales) by volume, and by mix and rate of each segment.

    Arguments and errors as `explain_rate`. A period without customers has a total of 0: all change is then volume.
    """
    n_before, total_before, n_after, total_after = _checked(n_before, total_before, n_after, total_after)
    before, after = float(total_before.sum()), float(total_after.sum())
    all_before, all_after = n_before.sum(), n_after.sum()
    if all_before == 0 or all_after == 0:
        nothing = np.zeros(len(n_before))
        return ExplainedChange(before, after, after - before, nothing, nothing)
    average = explain_rate(n_before, total_before, n_after, total_after)
    customers = (all_before + all_after) / 2
    volume = (all_after - all_before) * (average.before + average.after) / 2
    return ExplainedChange(before, after, float(volume), average.mix * customers, average.rate * customers)


def to_whole_units(parts: Floats, total: int) -> list[int]:
    """`parts` rounded to whole minor units so that they still add up to `total`, to the cent.

    The units that plain rounding down leaves over go to the parts with the largest remainders.

    Raises:
        DomainError: the parts do not add up to the total in the first place.

    >>> to_whole_units(np.array([10.4, 20.5, -5.9]), 25)
    [10, 21, -6]
    """
    floor = np.floor(parts)
    left = total - int(floor.sum())
    if not 0 <= left <= len(parts):
        raise DomainError(f"The parts add up to {parts.sum()}, not to {total}.")
    whole = [int(part) for part in floor]
    for row in np.argsort(-(parts - floor), kind="stable")[:left]:
        whole[row] += 1
    return whole


def _rates(n_before: Floats, total_before: Floats, n_after: Floats, total_after: Floats) -> tuple[Floats, Floats]:
    """Rates of each segment; where a period has no customer, the other period's rate."""
    before = np.divide(total_before, n_before, out=np.full_like(total_before, np.nan), where=n_before > 0)
    after = np.divide(total_after, n_after, out=np.full_like(total_after, np.nan), where=n_after > 0)
    known_before = np.where(np.isnan(before), np.nan_to_num(after), before)
    known_after = np.where(np.isnan(after), np.nan_to_num(before), after)
    return known_before, known_after


def _checked(*columns: Floats) -> list[Floats]:
    """The columns as floats: counts come as whole numbers, of which a share is none."""
    whole = [floats(column) for column in columns]
    if len({len(column) for column in whole}) > 1:
        raise ShapeError("Both periods have the same segments, in the same order.")
    return whole
