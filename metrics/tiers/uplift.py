"""If more customers rose: tiers and assets one horizon on, beside what the last horizon's rates alone would bring.

Those who rise beside the others come out of those who would have stayed, go where risers of their tier went, and then
gain what risers of their tier gained more than who stayed. Nobody randomised who rises, so that last step is an
assumption and no effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals
from metrics.moments import Floats, Moments
from metrics.tiers.transition import Transitions, credible, dirichlet_draws, probabilities

FEWEST = 2
"""Customers of whom a mean has an error."""


@dataclass(frozen=True, slots=True)
class Uplift:
    """What more upgrades would change.

    Attributes:
        sizes: Customers in each tier one horizon on, one row a tier.
        more: Of these, the difference to the rates as they were; below 0 where they come from.
        risen: Customers who rise beside those who would anyway, one row.
        assets: What these then gain more than had they stayed, minor units, one row; unknown where a tier has too few
            risers to tell.
    """

    sizes: Intervals
    more: Intervals
    risen: Intervals
    assets: Intervals


def uplift(
    now: npt.ArrayLike,
    transitions: Transitions,
    risers: Moments,
    stayers: Moments,
    rng: np.random.Generator,
    *,
    factor: float,
    draws: int = 2000,
    level: float = 0.95,
) -> Uplift:
    """One group's tiers if each tier's upgrade rate were `factor` times what it was.

    A tier of which more would rise than stayed has all of these rise.

    Args:
        now: Customers in each tier today, shape (k,).
        transitions: The latest horizon that has ended, of one group.
        risers: Change of the assets of who rose, by the tier they rose from, minor units.
        stayers: The same of who stayed in the tier.
        rng: The draws' source.
        factor: 1.25 for a quarter more upgrades.
        draws: Simulated futures.
        level: Of the limits.

    Raises:
        DomainError: the factor is below 1.
        ShapeError: there are several groups, or the tiers differ.
    """
    start = np.asarray(now, dtype=np.float64)
    k = len(transitions.tiers)
    if len(transitions.groups) != 1 or start.shape != (k,) or len(risers.n) != k or len(stayers.n) != k:
        raise ShapeError("One group, and one number a tier of customers, risers and stayers.")
    if factor < 1:
        raise DomainError(f"Upgrades go up by a factor of 1 or more, got {factor}.")
    table = transitions.departures[0]
    above = np.triu(np.ones((k, k + 1)), 1)
    above[:, k] = 0
    rates = np.nan_to_num(probabilities(table))
    base = (start[:, None] * rates)[:, :k].sum(axis=0) + transitions.entries[0]
    extra = start[:, None] * _added(rates, above, factor)
    more = extra.sum(axis=0)[:k] - extra.sum(axis=1)

    drawn = dirichlet_draws(table, rng, draws)
    futures = rng.multinomial(start.astype(np.int64), drawn)
    entries = rng.poisson(rng.standard_gamma(transitions.entries[0] + 0.5, size=(draws, k)))
    added = _added(drawn, above, factor)
    rising = added.sum(axis=2)
    stay = np.einsum("dii->di", drawn[..., :k])
    share = np.divide(rising, stay, out=np.zeros_like(rising), where=stay > 0)
    stayed = np.einsum("dii->di", futures[..., :k])
    total = np.asarray(rng.binomial(stayed, np.minimum(share, 1.0)), dtype=np.int64)
    where = np.divide(added, rising[..., None], out=np.zeros_like(added), where=rising[..., None] > 0)
    where[..., k] = np.maximum(1.0 - where[..., :k].sum(axis=2), 0.0)  # a tier that nobody can rise from sends nobody
    moved = rng.multinomial(total, where)[..., :k]
    change = moved.sum(axis=1) - moved.sum(axis=2)

    gains, errors = _gain(risers, stayers)
    came = (extra.sum(axis=1) > 0) | (moved.sum(axis=2) > 0).any(axis=0)
    known = bool(np.all(~came | ~np.isnan(gains)))
    worth = np.nan_to_num(gains) + np.nan_to_num(errors) * rng.standard_normal((draws, k))
    rests = np.full(k, table.sum())
    one = rests[:1]
    return Uplift(
        credible(base + more, (futures[..., :k].sum(axis=1) + entries + change).astype(np.float64), rests, level),
        credible(more, change.astype(np.float64), rests, level),
        credible(extra.sum()[None], moved.sum(axis=(1, 2))[:, None].astype(np.float64), one, level),
        credible(
            (extra.sum(axis=1) @ np.nan_to_num(gains))[None],
            (moved.sum(axis=2) * worth).sum(axis=1)[:, None],
            one,
            level,
            known=known,
        ),
    )


def _added(rates: npt.NDArray[np.float64], above: Floats, factor: float) -> npt.NDArray[np.float64]:
    """The part of each tier that rises in addition, by where it goes; no more than stayed."""
    up = rates * above
    rising = up.sum(axis=-1, keepdims=True)
    stay = np.diagonal(rates, axis1=-2, axis2=-1)[..., None]
    share = np.minimum(rising * (factor - 1), stay)
    return np.divide(up * share, rising, out=np.zeros_like(up), where=rising > 0)


def _gain(risers: Moments, stayers: Moments) -> tuple[Floats, Floats]:
    """What a riser gained more than who stayed, and the error of that; nan where there are too few."""
    enough = (risers.n >= FEWEST) & (stayers.n >= FEWEST)
    means: list[Floats] = []
    variance = np.zeros(len(enough))
    for side in (risers, stayers):
        n = np.where(enough, side.n, np.nan)
        means.append(side.mean)
        variance = variance + side.squares / (n - 1) / n
    return np.where(enough, means[0] - means[1], np.nan), np.sqrt(variance)
