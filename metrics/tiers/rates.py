"""The rates of a tier matrix: who rises, stays, falls and leaves, each with its interval.

Limits take customers as independent. Counts over several start months hold the same customers again and again, and
their limits are too narrow: show one start month, or no limits.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from metrics.estimate import Intervals, checked_level
from metrics.inference.proportion import wilson
from metrics.moments import Counts, Floats
from metrics.tiers.transition import Movement, Transitions

BISECTIONS = 50  # halvings of an interval of length 2: below the last digit of a double


def cell_rates(transitions: Transitions, level: float = 0.95) -> Intervals:
    """Share of each tier's customers who reached each state, with Wilson limits.

    Returns:
        Intervals of groups x k tiers x (k tiers and exit) rows, the last index running fastest; `n` is the
        number of customers in the tier at the start. An empty tier has nan and `Reason.TOO_FEW`.

    >>> year = Transitions.of([[[90, 8, 2], [5, 15, 0], [6, 1, 0]]], tiers=("basic", "wealth"), months=12)
    >>> cell_rates(year).estimate.reshape(1, 2, 3)
    array([[[0.9 , 0.08, 0.02],
            [0.25, 0.75, 0.  ]]])
    """
    table = transitions.departures
    n = np.broadcast_to(table.sum(axis=2, keepdims=True), table.shape)
    return wilson(Counts(n.ravel(), table.ravel()), level)


def movement_rate(transitions: Transitions, movement: Movement, level: float = 0.95) -> Intervals:
    """Share of all customers there at the start who made the movement: one row per group, Wilson limits.

    >>> year = Transitions.of([[[90, 8, 2], [5, 15, 0], [6, 1, 0]]], tiers=("basic", "wealth"), months=12)
    >>> movement_rate(year, Movement.STAY).estimate
    array([0.875])
    """
    return wilson(Counts(transitions.base, transitions.of_movement(movement)), level)


def net_upgrade(transitions: Transitions, level: float = 0.95) -> Intervals:
    """Upgrades less downgrades, of all customers there at the start: one row per group.

    A customer goes either up or down, so the two shares are correlated: the limits invert the score test of a
    difference of paired shares, whose test of no difference is McNemar's. They have a width even if nobody moved.

    Source: Tango (1998), Statistics in Medicine 17, 891-908.

    >>> year = Transitions.of([[[90, 8, 2], [5, 15, 0], [6, 1, 0]]], tiers=("basic", "wealth"), months=12)
    >>> net = net_upgrade(year)
    >>> net.estimate.round(3).item(), net.low.round(3).item(), net.high.round(3).item()
    (0.025, -0.038, 0.091)
    """
    n = transitions.base
    base = np.where(n > 0, n, np.nan)
    up, down = transitions.of_movement(Movement.UPGRADE), transitions.of_movement(Movement.DOWNGRADE)
    net = (up - down) / base
    z = stats.norm.isf((1 - checked_level(level)) / 2)
    low, high = -_tango_limit(down, up, base, z), _tango_limit(up, down, base, z)
    return Intervals.of(net, low, high, n=n, level=level, method="Tango")


def _tango_limit(up: Floats, down: Floats, n: Floats, z: float) -> Floats:
    """Largest difference of the shares `up` and `down` that the score test does not reject, by bisection."""
    accepted, rejected = (up - down) / n, np.ones_like(n)
    for _ in range(BISECTIONS):
        middle = (accepted + rejected) / 2
        inside = _tango_deviate(up, down, n, middle) >= -z
        accepted, rejected = np.where(inside, middle, accepted), np.where(inside, rejected, middle)
    return np.where(np.isnan(n), np.nan, accepted)


def _tango_deviate(up: Floats, down: Floats, n: Floats, difference: Floats) -> Floats:
    """Score statistic of a difference, with the share going down at its maximum likelihood under it."""
    linear = (2 * n - up + down) * difference - up - down
    constant = -down * difference * (1 - difference)
    down_share = (np.sqrt(np.maximum(linear**2 - 8 * n * constant, 0.0)) - linear) / (4 * n)
    variance = n * (2 * down_share + difference * (1 - difference))
    gap = up - down - n * difference
    # No variance is left at a difference of one: only a sample in which everybody rose allows it.
    certain = np.where(gap == 0, 0.0, np.copysign(np.inf, gap))
    return np.where(variance > 0, gap / np.sqrt(np.where(variance > 0, variance, 1.0)), certain)
