"""How much customers move between tiers, in one number: mobility indices with credible limits.

The indices read the customers who are there at both ends; entries and exits are rates of their own
(`metrics.tiers.transition`). Most indices say how much moves and not which way: `DIRECTION` alone has a sign.

Sources: Shorrocks (1978), Econometrica 46, 1013-1024 (Prais, determinant); Sommers and Conlisk (1979), Journal of
Mathematical Sociology 6, 253-276 (second eigenvalue); Bartholomew (1973), Stochastic Models for Social Processes;
Ferretti and Ganugi (2013), Statistical Methods and Applications 22, 403-425 (direction); the normalisations are
those of Formby, Smith and Zheng (2004), Journal of Econometrics 120, 181-205.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from metrics.errors import ShapeError
from metrics.estimate import Intervals, Reason
from metrics.moments import Floats
from metrics.tiers.transition import Table, Transitions, credible, dirichlet_draws, probabilities


class Mobility(StrEnum):
    """A mobility index."""

    PRAIS_SHORROCKS = "prais_shorrocks"
    DETERMINANT = "determinant"
    SECOND_EIGENVALUE = "second_eigenvalue"
    BARTHOLOMEW = "bartholomew"
    DIRECTION = "direction"


def prais_shorrocks(matrix: Table) -> Table:
    """(k - trace P) / (k - 1) of matrices (..., k, k): 0 when nobody moves, 1 when the start says nothing."""
    k = _tiers(matrix)
    return (k - np.trace(matrix, axis1=-2, axis2=-1)) / (k - 1)


def determinant(matrix: Table) -> Table:
    """1 - abs det P of matrices (..., k, k)."""
    _tiers(matrix)
    return 1 - np.abs(np.linalg.det(matrix))


def second_eigenvalue(matrix: Table) -> Table:
    """1 - modulus of the second largest eigenvalue of matrices (..., k, k): how fast the shares settle."""
    return 1 - _second_modulus(matrix)


def bartholomew(matrix: Table, start: Table) -> Table:
    """Mean number of tiers moved, either way, as a share of k - 1; `start` are shares (..., k) that sum to one."""
    k = _tiers(matrix)
    step = np.subtract.outer(np.arange(k), np.arange(k))
    return np.sum(start[..., None] * matrix * np.abs(step), axis=(-2, -1)) / (k - 1)


def direction(matrix: Table, start: Table) -> Table:
    """Mean number of tiers moved, up less down, as a share of k - 1: between -1 and 1, its sign says which way.

    The member of Ferretti and Ganugi's family whose weights are the shares at the start and whose steps count
    evenly, so that it lies between minus and plus `bartholomew`.
    """
    k = _tiers(matrix)
    step = np.subtract.outer(np.arange(k), np.arange(k)).T
    return np.sum(start[..., None] * matrix * step, axis=(-2, -1)) / (k - 1)


def mobility(
    transitions: Transitions, index: Mobility, rng: np.random.Generator, *, draws: int = 2000, level: float = 0.95
) -> Intervals:
    """One mobility index of each group with the limits that its counts allow.

    Returns:
        Intervals, one row per group; `n` counts the customers there at both ends. A group with an empty tier
        has no matrix (`Reason.TOO_FEW`); with one tier nobody can move (`Reason.NO_VARIATION`).

    >>> year = Transitions.of([[[90, 10, 0], [20, 80, 0], [0, 0, 0]]], tiers=("basic", "wealth"), months=12)
    >>> mobility(year, Mobility.PRAIS_SHORROCKS, np.random.default_rng(1)).estimate.round(4)
    array([0.3])
    """
    table = transitions.continuing
    n = table.sum(axis=(1, 2))
    if len(transitions.tiers) < 2:
        nothing = np.full(len(transitions), np.nan)
        why = np.full(len(transitions), Reason.NO_VARIATION.value)
        return Intervals.of(nothing, nothing, nothing, n=n, level=level, reason=why, method="Dirichlet")
    total = table.sum(axis=2)
    known = np.all(total > 0, axis=1)
    # An empty tier makes the matrix unknown; zeros let the others be computed in one call.
    matrix = np.nan_to_num(probabilities(table))
    start = np.nan_to_num(probabilities(total))
    sampled = _index(dirichlet_draws(table, rng, draws), start, index)
    return credible(_index(matrix, start, index), sampled, n, level, known=known)


def _index(matrix: Table, start: Floats | Table, index: Mobility) -> Table:
    match index:
        case Mobility.PRAIS_SHORROCKS:
            return prais_shorrocks(matrix)
        case Mobility.DETERMINANT:
            return determinant(matrix)
        case Mobility.SECOND_EIGENVALUE:
            return second_eigenvalue(matrix)
        case Mobility.BARTHOLOMEW:
            return bartholomew(matrix, start)
        case Mobility.DIRECTION:
            return direction(matrix, start)


def _second_modulus(matrix: Table) -> Table:
    _tiers(matrix)
    moduli: Table = np.sort(np.abs(np.linalg.eigvals(matrix)), axis=-1)
    return moduli[..., -2]


def _tiers(matrix: Table) -> int:
    k = matrix.shape[-1]
    if matrix.ndim < 2 or matrix.shape[-2] != k or k < 2:
        raise ShapeError(f"A mobility index needs square matrices of two tiers or more, got {matrix.shape}.")
    return k
