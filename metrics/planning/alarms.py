"""Alarms of a running campaign: looked at again and again, and all watches together are wrong once a year at most.

A watch raises its alarm at a look whose one-sided p value is under `chance`. However the looks hang together, the
expected number of looks with a false alarm in a year of one campaign is at most 1 (the chances of looks add up), and so
is the number of false alarms. What "stable" means stands beside each watch: the hypothesis under which it is silent.

The count is held against its forecast once a week: from one day to the next it says little that is new, and fewer looks
leave each of them more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from scipy import stats

from metrics.errors import DomainError
from metrics.moments import Floats
from metrics.planning.monitoring import Progress


class Watch(StrEnum):
    """What is watched."""

    BEHIND = "behind"  # fewer than the forecast, which was right
    AHEAD = "ahead"  # more than it
    SPENDING = "spending"  # dearer than booked plans of past campaigns turned out
    SATISFACTION = "satisfaction"  # the mean of answers is at its limit or above
    COMPLAINTS = "complaints"  # their rate is at its limit or below
    OPT_OUTS = "opt_outs"  # their share is at its limit or below


SHARES: Final[Mapping[Watch, float]] = {
    Watch.BEHIND: 0.4,  # what is asked first, and what the spread of forecasts hides best
    Watch.COMPLAINTS: 0.2,
    Watch.AHEAD: 0.1,
    Watch.SPENDING: 0.1,
    Watch.SATISFACTION: 0.1,
    Watch.OPT_OUTS: 0.1,
}
"""What each watch may spend of the one false alarm a year."""

WEEKLY: Final = frozenset({Watch.BEHIND, Watch.AHEAD})
"""Looked at once in seven days of a campaign's life; the others every day."""

_STUDENT: Any = stats.t  # its methods are not typed

FEWEST_ANSWERS: Final = 30
"""Answers from which a mean is judged."""

FEWEST_CAMPAIGNS: Final = 8
"""Past campaigns from which their own spread is known."""


def chance(watch: Watch) -> float:
    """Chance of a false alarm at one look.

    >>> round(chance(Watch.BEHIND), 4), round(chance(Watch.OPT_OUTS), 5)
    (0.0077, 0.00027)
    """
    return SHARES[watch] * (7 if watch in WEEKLY else 1) / 365


@dataclass(frozen=True, slots=True)
class Judged:
    """One watch at one look. `p_value` is nan where it could not be judged, and no alarm is raised then."""

    watch: Watch
    p_value: float

    @property
    def raised(self) -> bool:
        """Whether it is an alarm; the forecast's is judged on the last day of a week of the campaign's life."""
        return self.p_value < chance(self.watch)


def against_forecast(seen: Progress, counted: int) -> Judged:
    """Behind or ahead of the forecast at the same age, whichever side the count lies on."""
    side = Watch.BEHIND if counted < seen.expected.estimate[0] else Watch.AHEAD
    return Judged(side, seen.tail / 2)


def share_above(watch: Watch, count: float, n: float, limit: float) -> Judged:
    """Whether a share is above its limit, by the exact binomial tail.

    Args:
        watch: Which.
        count: Customers, nan where it is not recorded.
        n: Of so many.
        limit: Largest share that is accepted, nan where none is known.

    Raises:
        DomainError: more than all of them.

    >>> share_above(Watch.OPT_OUTS, 40, 1000, 0.02).raised, share_above(Watch.OPT_OUTS, 25, 1000, 0.02).raised
    (True, False)
    """
    if count > n:
        raise DomainError(f"{count} of {n} customers.")
    known = n > 0 and bool(np.isfinite([count, limit]).all())
    return Judged(watch, float(stats.binom.sf(count - 1, n, limit)) if known else float("nan"))


def rate_above(watch: Watch, count: float, exposed: float, limit: float) -> Judged:
    """Whether events are more frequent than their limit, by the exact Poisson tail. Arguments as `share_above`.

    >>> rate_above(Watch.COMPLAINTS, 15, 2000, 0.002).raised, rate_above(Watch.COMPLAINTS, 9, 2000, 0.002).raised
    (True, False)
    """
    known = exposed > 0 and bool(np.isfinite([count, limit]).all())
    return Judged(watch, float(stats.poisson.sf(count - 1, exposed * limit)) if known else float("nan"))


def mean_below(watch: Watch, n: float, mean: float, squares: float, limit: float) -> Judged:
    """Whether the mean of answers is below its limit, by Student's t.

    Scores crowd at the upper end of their scale; a sample with few low ones has a small spread, so that the statistic
    leans upwards and the lower tail is used up less than promised: the alarm errs on the quiet side.

    Args:
        watch: Which.
        n: Answers.
        mean: Their mean.
        squares: Sum of squares about the mean.
        limit: Lowest mean that is accepted, nan where none is known.
    """
    if not n >= FEWEST_ANSWERS or not np.isfinite(np.array([mean, squares, limit])).all() or squares <= 0:
        return Judged(watch, float("nan"))
    error = np.sqrt(squares / (n - 1) / n)
    return Judged(watch, float(_STUDENT.cdf((mean - limit) / error, n - 1)))


def dearer(spent: float, planned: float, past: Floats) -> Judged:
    """Whether what was spent, over what was planned for the same entries, is above what past campaigns let expect.

    By the predictive t of the logarithm of the ratio.

    Args:
        spent: So far.
        planned: For the entries that are booked so far.
        past: The same ratio of finished campaigns, shape (campaigns,).
    """
    known = np.log(past[np.isfinite(past) & (past > 0)])
    if len(known) < FEWEST_CAMPAIGNS or not (spent > 0 and planned > 0) or np.ptp(known) == 0:
        return Judged(Watch.SPENDING, float("nan"))
    error = known.std(ddof=1) * np.sqrt(1 + 1 / len(known))
    above = (np.log(spent / planned) - known.mean()) / error
    return Judged(Watch.SPENDING, float(_STUDENT.sf(above, len(known) - 1)))
