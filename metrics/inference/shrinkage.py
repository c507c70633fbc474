"""Estimates of many units pulled towards their common centre by as much as chance alone explains.

Each unit's true value is a draw from a distribution of the whole group; what it showed is that value plus sampling.
With `k` customers' worth of prior weight the estimate is ``(k x centre + n x own) / (k + n)``: a unit of n customers
keeps the share ``n / (n + k)`` of its own result. That share is also its reliability: the part of the spread between
such units which is real.

How large `k` is, the units tell together, and with a dozen of them only roughly. So `k` and the centre are not
plugged in: they are averaged over what the data leave possible, starting from the prior under which every
reliability from 0 to 1 is as likely. Intervals and ranks are then as wide as they should be with few units, and a
group without any spread needs no special case.

The centre that goes with each `k` is distributed about the units' weighted mean, not about the mean of its own skewed
posterior: with few events that would lift everybody, fourteen units at exactly the rate expected among them. So no
estimate leaves the range of the units' own results.

Source: Christiansen and Morris (1997), Journal of the American Statistical Association 92, 618-632 (the uniform
shrinkage prior, posteriors matched by their first two moments); Gelman et al., Bayesian Data Analysis, section 5.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, checked_level
from metrics.moments import Counts, Floats, floats

Family = Literal["beta-binomial", "gamma-Poisson"]
_FEWEST = 3  # two units have one difference between them: no spread can be told from chance


@dataclass(frozen=True, slots=True)
class Hyperposterior:
    """What the units together say about the group: points and their weights, which add to 1."""

    centre: Floats  # the group's mean, shape (points,)
    prior_weight: Floats  # k, in customers (or in results expected)
    weight: Floats


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Units' values after shrinkage, one row a unit.

    `estimate` is the posterior mean with equal-tailed limits. With fewer than three usable units nothing can be said
    about their spread: all is nan with `Reason.TOO_FEW`. A unit without customers of its own gets the group's; one
    whose results are not recorded gets nothing: `Reason.NOT_RECORDED`.
    """

    raw: Floats
    estimate: Intervals
    kept: Floats  # share of its own result that a unit keeps, 0 to 1
    centre: float
    reliability: Intervals  # one row: share of the spread between units of median size that is real
    family: Family
    successes: Floats
    exposure: Floats
    group: Hyperposterior

    def frame(self) -> pd.DataFrame:
        """One row per unit: its own result, what is left of it after shrinkage, and the share of itself it keeps."""
        return self.estimate.frame().assign(raw=self.raw, kept=self.kept, pulled=self.pulled)

    @property
    def pulled(self) -> Floats:
        """How far each unit's result was moved, with its sign: estimate minus raw."""
        return self.estimate.estimate - self.raw

    def draw(self, draws: int, seed: int) -> Floats:
        """True values as they may be, shape (draws, k), jointly over all units; no rows without a posterior.

        A unit that is not recorded is nan in all of them.
        """
        if len(self.group.weight) == 0:
            return np.empty((0, len(self.raw)))
        rng = np.random.default_rng(seed)
        point = rng.choice(len(self.group.weight), size=draws, p=self.group.weight)
        centre, k = self.group.centre[point, None], self.group.prior_weight[point, None]
        if self.family == "beta-binomial":
            values = rng.beta(centre * k + self.successes, (1 - centre) * k + self.exposure - self.successes)
        else:
            values = rng.gamma(centre * k + self.successes) / (k + self.exposure)
        return np.where(np.isnan(self.estimate.estimate), np.nan, values)


def beta_binomial(counts: Counts, level: float = 0.95) -> Shrunken:
    """Shares of many units, shrunk.

    Raises:
        DomainError: the level is not between 0 and 1.

    >>> shrunken = beta_binomial(Counts.of([20, 200, 20, 200], [10, 50, 2, 40]))
    >>> shrunken.raw.round(2), shrunken.estimate.estimate.round(2)
    (array([0.5 , 0.25, 0.1 , 0.2 ]), array([0.31, 0.25, 0.2 , 0.21]))
    """
    return _shrink("beta-binomial", counts.successes, counts.n, counts.n, level)


def gamma_poisson(
    observed: npt.ArrayLike, expected: npt.ArrayLike, *, n: npt.ArrayLike | None = None, level: float = 0.95
) -> Shrunken:
    """Ratios of observed to expected, shrunk.

    Observed may be a fraction: counts or amounts divided by their dispersion are as many independent events.

    Args:
        observed: events, shape (k,).
        expected: events expected, shape (k,).
        n: the denominator to print beside the ratio; the expected number if it is left out.
        level: of the intervals.

    Raises:
        ShapeError: the columns differ in length.
        DomainError: a negative number, or a level that is not between 0 and 1.
    """
    y, e = floats(observed), floats(expected)
    if len(y) != len(e):
        raise ShapeError(f"{len(y)} observed results for {len(e)} expected.")
    if bool(np.any(y < 0) or np.any(e < 0)):
        raise DomainError("Observed and expected results are not negative.")
    return _shrink("gamma-Poisson", y, e, e if n is None else floats(n), level)


def _shrink(family: Family, successes: Floats, exposure: Floats, n: Floats, level: float) -> Shrunken:
    checked_level(level)
    recorded = ~(np.isnan(successes) | np.isnan(exposure))
    usable = recorded & (exposure > 0)
    raw = np.divide(successes, exposure, out=np.full_like(exposure, np.nan), where=usable)
    if usable.sum() < _FEWEST:
        return _unknown(family, successes, exposure, n, raw, level)

    typical = float(np.median(exposure[usable]))
    group = _hyperposterior(family, successes[usable], exposure[usable], typical)
    y, e = np.where(usable, successes, 0.0), np.where(usable, exposure, 0.0)
    k, centre, weight = group.prior_weight[:, None], group.centre[:, None], group.weight
    mean_given = (centre * k + y) / (k + e)
    variance_given = mean_given * (1 - mean_given) / (k + e + 1) if family == "beta-binomial" else mean_given / (k + e)
    mean = weight @ mean_given
    variance = weight @ (variance_given + (mean_given - mean) ** 2)
    low, high = _limits(family, mean, variance, level)
    lowest, highest = raw[usable].min(), raw[usable].max()
    mean = np.clip(mean, lowest, highest)
    estimate = Intervals.of(
        mean,
        np.minimum(low, mean),
        np.maximum(high, mean),
        n=n,
        level=level,
        method=family,
        standard_error=variance**0.5,
    )
    return Shrunken(
        raw=raw,
        estimate=estimate.withheld(~recorded, Reason.NOT_RECORDED),
        kept=np.where(recorded, weight @ (e / (k + e)), np.nan),
        centre=float(np.clip(weight @ group.centre, lowest, highest)),
        reliability=_reliability(group, typical, usable, raw, level),
        family=family,
        successes=y,
        exposure=e,
        group=group,
    )


def _hyperposterior(family: Family, y: Floats, e: Floats, typical: float) -> Hyperposterior:
    """Posterior of centre and prior weight on a grid that follows the data.

    Gauss-Legendre points of the reliability (they crowd at 0 and 1, where large data put it); at each, points of the
    centre over six standard errors of its conditional estimate, on the logit or log scale.
    """
    nodes, quadrature = np.polynomial.legendre.leggauss(64)
    reliability = (nodes + 1) / 2
    k = (typical * (1 - reliability) / reliability)[:, None]
    information = e * k / (k + e) if family == "gamma-Poisson" else e * (k + 1) / (k + e)
    total = information.sum(axis=1)
    # Half an event more keeps the grid finite when nobody, or everybody, converted.
    middle = ((information * (y / e)).sum(axis=1) + 0.5) / (total + 1)
    steps = np.linspace(-6, 6, 25)
    if family == "beta-binomial":
        error = 1 / np.sqrt((total + 1) * middle * (1 - middle))
        logit = np.log(middle / (1 - middle))
        centre = 1 / (1 + np.exp(-(logit[:, None] + error[:, None] * steps)))
        jacobian = centre * (1 - centre)
    else:
        error = 1 / np.sqrt((total + 1) * middle)
        centre = np.exp(np.log(middle)[:, None] + error[:, None] * steps)
        jacobian = centre
    log_weight = _log_marginal(family, y, e, centre[..., None], k[..., None]).sum(axis=-1)
    log_weight += np.log(jacobian) + np.log(error * quadrature)[:, None]
    weight = np.exp(log_weight - log_weight.max())
    if 0 < y.sum() < (e.sum() if family == "beta-binomial" else np.inf):
        centre = _about(centre, weight, (information * (y / e)).sum(axis=1) / total, family)
    return Hyperposterior(centre.ravel(), np.broadcast_to(k, centre.shape).ravel(), (weight / weight.sum()).ravel())


def _about(centre: Floats, weight: Floats, middle: Floats, family: Family) -> Floats:
    """The centres of each k scaled so that their mean is the units' weighted mean; shares from the nearer end."""
    row = np.maximum(weight.sum(axis=1), np.finfo(float).tiny)
    mean = np.where(weight.sum(axis=1) > 0, (weight * centre).sum(axis=1) / row, middle)
    from_below = centre * (middle / mean)[:, None]
    if family == "gamma-Poisson":
        return from_below
    from_above = 1 - (1 - centre) * ((1 - middle) / (1 - mean))[:, None]
    return np.clip(np.where((middle <= 0.5)[:, None], from_below, from_above), 1e-300, 1 - 1e-16)


def _log_marginal(family: Family, y: Floats, e: Floats, centre: Floats, k: Floats) -> Floats:
    a = centre * k
    if family == "beta-binomial":
        b = k - a
        return np.asarray(special.betaln(a + y, b + e - y) - special.betaln(a, b))
    # log(k + e) - log(k) by log1p: the difference of two large logarithms would lose it when k is large.
    return special.gammaln(a + y) - special.gammaln(a) - a * np.log1p(e / k) - y * np.log(k + e)


def _limits(family: Family, mean: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    """Equal-tailed limits of the beta or gamma distribution with that mean and variance."""
    tail = (1 - level) / 2
    if family == "beta-binomial":
        size = mean * (1 - mean) / variance - 1
        posterior = stats.beta(mean * size, (1 - mean) * size)
    else:
        posterior = stats.gamma(mean**2 / variance, scale=variance / mean)
    return floats(posterior.ppf(tail)), floats(posterior.isf(tail))


def _reliability(
    group: Hyperposterior, typical: float, usable: npt.NDArray[np.bool_], raw: Floats, level: float
) -> Intervals:
    units, name = [int(usable.sum())], "posterior median"
    if raw[usable].min() == raw[usable].max():  # no spread of which a share could be real
        return Intervals.of(np.nan, np.nan, np.nan, n=units, level=level, reason=Reason.NO_VARIATION.value, method=name)
    values = typical / (typical + group.prior_weight)
    order = np.argsort(values)
    reached = np.cumsum(group.weight[order])
    tail = (1 - level) / 2
    low, middle, high = np.interp([tail, 0.5, 1 - tail], reached, values[order])
    return Intervals.of(middle, low, high, n=units, level=level, method=name)


def _unknown(family: Family, y: Floats, e: Floats, n: Floats, raw: Floats, level: float) -> Shrunken:
    empty, none = np.full_like(raw, np.nan), np.empty(0)
    few = Reason.TOO_FEW.value
    why = np.where(np.isnan(y) | np.isnan(e), Reason.NOT_RECORDED.value, few)
    return Shrunken(
        raw=raw,
        estimate=Intervals.of(empty, empty, empty, n=n, level=level, reason=why, method=family),
        kept=empty,
        centre=np.nan,
        reliability=Intervals.of(
            np.nan, np.nan, np.nan, n=[int((e > 0).sum())], level=level, reason=few, method="posterior median"
        ),
        family=family,
        successes=y,
        exposure=e,
        group=Hyperposterior(none, none, none),
    )
