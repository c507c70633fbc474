"""A campaign while it runs: where it stands in its forecast, where it will end, and whether that is an alarm.

The pace of earlier campaigns says which share of the final count is there at each age. A frozen forecast and the pace
give a fan; what has been counted so far weighs the forecast's draws and so moves the projected end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, checked_level
from metrics.moments import Floats, floats
from metrics.planning.forecast import Forecast

RATE_OF = {"participated": "participation", "converted": "conversion"}


@dataclass(frozen=True, slots=True)
class Pace:
    """Share of the final count that is there at each age: Beta distributions, one an age.

    `age` runs from 0, the start, to 1, the end of the attribution window; all arrays have shape (ages,).
    """

    age: Floats
    mean: Floats
    precision: Floats  # of the Beta distribution; infinite where all campaigns agree

    def share(self, position: int, uniform: Floats) -> Floats:
        """Quantiles of the share at one age: the same uniforms give paths that keep their order through time."""
        mean, precision = self.mean[position], self.precision[position]
        if not 0 < mean < 1 or np.isinf(precision):
            return np.full_like(uniform, mean)
        quantile: Any = special.betaincinv
        return floats(quantile(mean * precision, (1 - mean) * precision, uniform))


@dataclass(frozen=True, slots=True)
class Progress:
    """A running campaign at one look.

    `projected` is the final count with limits; `chance` that of reaching the target (nan without one); `tail` the
    two-sided predictive p value of what was counted so far.
    """

    expected: Intervals
    projected: Intervals
    chance: float
    tail: float
    alarm: bool


def pace(age: Floats, cumulative: Floats) -> Pace:
    """The pace of earlier campaigns, from their cumulative counts.

    Args:
        age: Ages, from 0 to 1, increasing, shape (ages,).
        cumulative: Counts up to each age, one row a finished campaign, shape (campaigns, ages).

    Raises:
        ShapeError: the columns are not the ages.
        DomainError: no campaign with a count at its end.
    """
    if cumulative.ndim != 2 or cumulative.shape[1] != len(age):
        raise ShapeError("Cumulative counts have one row a campaign and one column an age.")
    finished = cumulative[cumulative[:, -1] > 0]
    if len(finished) == 0:
        raise DomainError("The pace is learned from campaigns with at least one count at their end.")
    total = finished[:, -1:]
    mean = finished.sum(axis=0) / total.sum()
    # Counting itself scatters a share by S (1 - S) / total; only what exceeds that is a difference of pace.
    scatter = np.mean((finished / total - mean) ** 2, axis=0) - mean * (1 - mean) * np.mean(1 / total)
    inner = mean * (1 - mean)
    precision = np.divide(inner, scatter, out=np.full_like(mean, np.inf), where=scatter > 1e-9) - 1
    return Pace(age, mean, np.where(precision > 0, precision, 1.0))


def on_days(age: Floats, cumulative: Floats, wanted: Floats) -> Floats:
    """Cumulative counts at other ages, straight between those known. Shape (campaigns, wanted).

    >>> on_days(np.array([0.0, 1.0]), np.array([[0.0, 8.0]]), np.array([0.25, 0.5]))
    array([[2., 4.]])
    """
    rows: list[Any] = [np.interp(wanted, age, counts) for counts in cumulative]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(wanted))


def quantiles(forecast: Forecast, path: Pace, at: Floats, outcome: str = "converted", seed: int = 0) -> Floats:
    """Quantiles of the cumulative count at each age of the pace. Shape (ages, quantiles)."""
    ages = range(len(path.age))
    return np.array([np.quantile(_counted_by(forecast, path, position, outcome, seed), at) for position in ages])


def progress(
    forecast: Forecast,
    path: Pace,
    position: int,
    counted: int,
    *,
    outcome: str = "converted",
    target: float | None = None,
    looks: int = 1,
    false_alarms: float = 0.05,
    level: float = 0.8,
    seed: int = 0,
) -> Progress:
    """Judge a running campaign at one age.

    An alarm is raised when the predictive p value is under `false_alarms` / `looks`: over all the looks of one
    campaign, whose forecast was right, that is at most `false_alarms` (Bonferroni, whatever the looks share).

    Args:
        forecast: The frozen forecast.
        path: The pace of earlier campaigns.
        position: Which of the pace's ages this look is at.
        counted: Customers who participated or converted so far.
        outcome: ``participated`` or ``converted``.
        target: Final count to reach.
        looks: Looks planned over the campaign's life.
        false_alarms: Chance of any false alarm in that life.
        level: Level of the limits.
        seed: Seed of the draws.

    Raises:
        DomainError: a count below 0 or above the number of customers, or no look.
    """
    n = forecast.plan.customers
    if not 0 <= counted <= n or looks < 1:
        raise DomainError(f"Counted {counted} of {n} customers at {looks} looks.")
    lower = (1 - checked_level(level)) / 2
    by_now = _counted_by(forecast, path, position, outcome, seed)
    expected = np.quantile(by_now, [0.5, lower, 1 - lower])
    draws = len(by_now)
    below, above = np.sum(by_now <= counted) + 1, np.sum(by_now >= counted) + 1
    tail = float(min(1.0, 2 * min(below, above) / (draws + 1)))

    rng = np.random.default_rng(seed + 1)
    rate = forecast.assumptions[RATE_OF[outcome]]
    share = path.share(position, _uniforms(draws, seed))
    likelihood = floats(stats.binom.logpmf(counted, n, rate * share))
    weight = np.exp(likelihood - likelihood.max()) if np.isfinite(likelihood.max()) else np.ones(draws)
    weight /= weight.sum()
    kept = rng.choice(draws, size=draws, p=weight)
    still = np.divide(rate * (1 - share), 1 - rate * share, out=np.zeros(draws), where=rate * share < 1)
    final = counted + rng.binomial(n - counted, np.clip(still[kept], 0, 1))
    middle, low, high = np.quantile(final, [0.5, lower, 1 - lower])
    return Progress(
        Intervals.of(expected[:1], expected[1:2], expected[2:], n=[n], level=level, method="simulation"),
        Intervals.of([middle], [low], [high], n=[n], level=level, method="simulation"),
        float("nan") if target is None else float(np.mean(final >= target)),
        tail,
        tail < false_alarms / looks,
    )


def _uniforms(draws: int, seed: int) -> Floats:
    return np.random.default_rng([seed, 1]).uniform(size=draws)


def _counted_by(forecast: Forecast, path: Pace, position: int, outcome: str, seed: int) -> Floats:
    """Draws of the count at one age: of the final count's customers, those who are early enough."""
    final = forecast.outcomes[outcome].astype(np.int64)
    share = path.share(position, _uniforms(len(final), seed))
    rng = np.random.default_rng([seed, 2, position])
    return rng.binomial(final, share).astype(np.float64)
