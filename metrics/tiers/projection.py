"""Where the tiers are heading: a projection over one horizon, tested on the year before.

A projection uses a matrix of its own horizon, counted directly (`metrics.tiers.transition`), and only once: customers'
next year is not twelve of their months. Print `Backtest.miss` beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import ShapeError
from metrics.estimate import Intervals
from metrics.moments import Floats
from metrics.tiers.transition import Transitions, credible, dirichlet_draws, probabilities


def project(
    now: npt.ArrayLike, transitions: Transitions, rng: np.random.Generator, *, draws: int = 2000, level: float = 0.95
) -> Intervals:
    """Customers in each tier one horizon from now, if the last horizon's rates and entries repeat themselves.

    The limits hold both what the counts leave open (Dirichlet) and the chance of each customer (multinomial,
    Poisson for entries): they are limits for the number that will be counted.

    Args:
        now: customers in each tier today, shape (groups, k).
        transitions: the latest horizon that has ended.
        rng: the draws' source; the same seed gives the same limits.
        draws: simulated futures.
        level: confidence level.

    Returns:
        Intervals of groups x tiers rows, tiers running fastest; `n` is the number of customers the group's matrix
        rests on. A group with customers in a tier that nobody was in before has no projection (`Reason.TOO_FEW`).

    Raises:
        ShapeError: `now` does not have one row per group and one column per tier.
    """
    start = np.asarray(now, dtype=np.float64)
    if start.shape != transitions.entries.shape:
        raise ShapeError(f"Expected customers now for {transitions.entries.shape}, got {start.shape}.")
    table = transitions.departures
    known = np.all((table.sum(axis=2) > 0) | (start == 0), axis=1)
    expected = (start[..., None] * np.nan_to_num(probabilities(table)))[..., :-1].sum(axis=1) + transitions.entries
    futures = rng.multinomial(start.astype(np.int64), dirichlet_draws(table, rng, draws))[..., :-1].sum(axis=2)
    entries = rng.poisson(rng.standard_gamma(transitions.entries + 0.5, size=(draws, *start.shape)))
    rows = np.repeat(transitions.base, len(transitions.tiers))
    sampled = (futures + entries).reshape(draws, -1).astype(np.float64)
    return credible(expected.ravel(), sampled, rows, level, known=np.repeat(known, len(transitions.tiers)))


@dataclass(frozen=True, slots=True)
class Backtest:
    """What last year's matrix said of this year, beside what came."""

    predicted: Intervals
    actual: Floats

    def frame(self) -> pd.DataFrame:
        """One row per rate or size: what was predicted with its limits, what came, and the miss."""
        return self.predicted.frame().assign(actual=self.actual, miss=self.miss, covered=self.covered)

    @property
    def miss(self) -> Floats:
        """Predicted less actual, row by row; nan where either is unknown."""
        return self.predicted.estimate - self.actual

    @property
    def covered(self) -> npt.NDArray[np.bool_]:
        """Rows whose actual value lies within the limits; a row without a prediction is not covered."""
        return (self.actual >= self.predicted.low) & (self.actual <= self.predicted.high)


def backtest_rates(
    before: Transitions, after: Transitions, rng: np.random.Generator, *, draws: int = 2000, level: float = 0.95
) -> Backtest:
    """Each tier's rates of the horizon `after`, predicted from the horizon before it.

    Returns:
        Backtest of groups x k tiers x (k tiers and exit) rows, the last running fastest, as shares (0.02 is two
        points). The limits are for the share that will be counted among the customers of `after`.

    Raises:
        ShapeError: the groups, tiers or horizons differ.
    """
    _same_frame(before, after)
    old, size = before.departures, after.departures.sum(axis=2)
    counted = rng.multinomial(size.astype(np.int64), dirichlet_draws(old, rng, draws))
    shares = (counted / np.where(size > 0, size, 1.0)[..., None]).reshape(draws, -1)
    n = np.broadcast_to(old.sum(axis=2, keepdims=True), old.shape).ravel()
    actual = probabilities(after.departures).ravel()
    return Backtest(credible(probabilities(old).ravel(), shares, n, level, known=~np.isnan(actual)), actual)


def backtest_sizes(
    before: Transitions, after: Transitions, rng: np.random.Generator, *, draws: int = 2000, level: float = 0.95
) -> Backtest:
    """Customers in each tier at the end of `after`, projected from its start with the matrix of the horizon before.

    Returns:
        Backtest of groups x tiers rows, tiers running fastest, in customers.

    Raises:
        ShapeError: the groups, tiers or horizons differ.
    """
    _same_frame(before, after)
    predicted = project(after.departures.sum(axis=2), before, rng, draws=draws, level=level)
    return Backtest(predicted, (after.continuing.sum(axis=1) + after.entries).ravel())


def _same_frame(before: Transitions, after: Transitions) -> None:
    if (before.groups, before.tiers, before.months) != (after.groups, after.tiers, after.months):
        raise ShapeError("A back-test needs the same groups, tiers and horizon before and after.")
