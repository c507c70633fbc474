"""Where the tiers are heading: a projection over one horizon, tested on the year before, and what present rates imply.

A projection uses a matrix of its own horizon, counted directly (`metrics.tiers.transition`), and only once: customers'
next year is not twelve of their months. Print `Backtest.miss` beside it. Steady states and first passages run a
matrix for ever: they describe "present rates" and forecast nothing.

Source: Kemeny and Snell (1960), Finite Markov Chains, chapters 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import ShapeError
from metrics.estimate import Intervals, Reason
from metrics.moments import Floats
from metrics.tiers.transition import Table, Transitions, credible, dirichlet_draws, probabilities

AT_PRESENT_RATES = "at present rates"


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


def steady_state(matrix: Table) -> Floats:
    """Shares of the tiers that a matrix (k, k) leaves unchanged, shape (k,); nan if there is not exactly one such.

    >>> steady_state(np.array([[0.9, 0.1], [0.3, 0.7]])).round(4)
    array([0.75, 0.25])
    """
    k = len(matrix)
    # One mix, if and only if some state is reached from everywhere.
    single = np.any(np.all(_leads_to(matrix > 0, np.eye(k, dtype=np.bool_)), axis=1))
    return _stationary(matrix) if single and not np.isnan(matrix).any() else np.full(k, np.nan)


def steady_states(
    transitions: Transitions, rng: np.random.Generator, *, draws: int = 2000, level: float = 0.95
) -> Intervals:
    """Shares of the tiers if present rates went on for ever among customers who stay with the bank.

    Returns:
        Intervals of groups x tiers rows, tiers running fastest, labelled "at present rates". Where the rates
        have no single such mix (an empty tier, tiers that nobody passes between): `Reason.TOO_FEW`.
    """
    table = transitions.continuing
    estimate = np.array([steady_state(matrix) for matrix in probabilities(table)], dtype=np.float64)
    sampled = _stationary(dirichlet_draws(table, rng, draws)).reshape(draws, -1)
    n = np.repeat(table.sum(axis=(1, 2)), len(transitions.tiers))
    return credible(estimate.ravel(), sampled, n, level, method=AT_PRESENT_RATES)


def first_passage(matrix: Table, target: npt.NDArray[np.bool_]) -> Table:
    """Mean number of steps until a state in `target` (k,) is first reached, for matrices (..., k, k).

    From the other states it solves (I - Q) t = 1; the target's own are 0. Infinite where the target may never
    be reached; nan for a matrix with an unknown row on the way.

    >>> oz = np.array([[0.5, 0.25, 0.25], [0.5, 0.0, 0.5], [0.25, 0.25, 0.5]])
    >>> first_passage(oz, np.array([True, False, False])).round(4)
    array([0.    , 2.6667, 3.3333])
    """
    inside = ~target
    step = matrix[..., inside, :][..., :, inside]
    arrives = _leads_to(step > 0, np.any(matrix[..., inside, :][..., :, target] > 0, axis=-1))
    may_miss = _leads_to(step > 0, ~arrives)
    # States that may miss the target make the system singular: it is solved for the others.
    sure = np.where(may_miss[..., :, None] | may_miss[..., None, :], 0.0, step)
    solved = np.linalg.solve(np.eye(step.shape[-1]) - sure, np.ones((*step.shape[:-1], 1)))[..., 0]
    unknown = np.any(np.isnan(step), axis=(-2, -1), keepdims=True)[..., 0]
    time = np.zeros(matrix.shape[:-1])
    time[..., inside] = np.where(unknown, np.nan, np.where(may_miss, np.inf, solved))
    return time


def months_to_reach(
    transitions: Transitions, tier: str, rng: np.random.Generator, *, draws: int = 2000, level: float = 0.95
) -> Intervals:
    """Mean months until a customer who stays with the bank first holds `tier` or a higher one, at present rates.

    Returns:
        Intervals of groups x tiers rows (the tier at the start running fastest), labelled "at present rates": 0 from
        `tier` upwards. `Reason.UNBOUNDED` where present rates never lead there, `Reason.TOO_FEW` where a tier is empty.

    Raises:
        ValueError: `tier` is not one of the tiers.
    """
    k = len(transitions.tiers)
    target = np.arange(k) >= transitions.tiers.index(tier)
    table = transitions.continuing
    estimate = transitions.months * first_passage(probabilities(table), target).ravel()
    sampled = transitions.months * first_passage(dirichlet_draws(table, rng, draws), target).reshape(draws, -1)
    never = np.isinf(estimate)
    passage = credible(
        np.where(never, 0.0, estimate), sampled, table.sum(axis=2).ravel(), level, method=AT_PRESENT_RATES
    )
    return passage.withheld(never, Reason.UNBOUNDED)


def _same_frame(before: Transitions, after: Transitions) -> None:
    if (before.groups, before.tiers, before.months) != (after.groups, after.tiers, after.months):
        raise ShapeError("A back-test needs the same groups, tiers and horizon before and after.")


def _stationary(matrix: Table) -> Table:
    """Left eigenvectors of eigenvalue one, summing to one, of matrices (..., k, k) with one closed class."""
    k = matrix.shape[-1]
    system = np.swapaxes(matrix, -1, -2) - np.eye(k)
    system[..., -1, :] = 1.0
    right = np.zeros((*matrix.shape[:-1], 1))
    right[..., -1, :] = 1.0
    return np.asarray(np.linalg.solve(system, right)[..., 0], dtype=np.float64)


def _leads_to(link: npt.NDArray[np.bool_], seed: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """States (..., k) from which links (..., k, k) lead to a state of `seed` (..., k), its own included."""
    leads = seed
    for _ in range(link.shape[-1]):
        leads = leads | np.any(link & leads[..., None, :], axis=-1)
    return leads
