"""Before the experiment: how many customers it takes, what it could show, how long it runs.

One row per plan. Sizes are not rounded; a page rounds them up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from metrics.errors import DomainError
from metrics.estimate import Reason, table
from metrics.moments import Floats, floats

_LARGE = 1e6  # degrees of freedom from which Student's and the normal distribution agree to six digits
_MOST = 1e12  # customers: no plan is larger


@dataclass(frozen=True, slots=True)
class Design:
    """How an experiment is laid out and what it promises.

    Raises:
        DomainError: a chance or share outside (0, 1), no treated arm, or a design effect under 1.
    """

    alpha: float = 0.05  # chance of a false alarm, two-sided, over all treated arms together
    power: float = 0.8  # chance to show a difference that is there
    control_share: float = 0.5  # of all customers; the treated arms share the rest equally
    treated_arms: int = 1
    design_effect: float = 1.0  # over 1 where arms are assigned by branch: `cluster.design_effect`

    def __post_init__(self) -> None:
        if not (0 < self.alpha < 1 and 0 < self.power < 1 and 0 < self.control_share < 1):
            raise DomainError("The chance of a false alarm, the power and the control's share lie between 0 and 1.")
        if self.treated_arms < 1 or self.design_effect < 1:
            raise DomainError("A design has at least one treated arm and a design effect of at least 1.")

    @property
    def alpha_each(self) -> float:
        """Chance of a false alarm of one arm against the control (Bonferroni)."""
        return self.alpha / self.treated_arms

    @property
    def method(self) -> str:
        """How several arms share the chance of a false alarm; empty for one arm."""
        return "Bonferroni" if self.treated_arms > 1 else ""

    @property
    def treated_share(self) -> float:
        """Share of all customers in each treated arm."""
        return (1 - self.control_share) / self.treated_arms


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Customers needed, one row per plan; nan and a reason where no number of them is enough."""

    control: Floats
    treated: Floats  # in each treated arm
    total: Floats  # in all arms
    reason: npt.NDArray[np.str_]
    method: str

    def frame(self) -> pd.DataFrame:
        """One row per plan."""
        return table(self, "control", "treated", "total", "reason").assign(method=self.method)

    @classmethod
    def of(cls, total: Floats, design: Design, recorded: npt.NDArray[np.bool_]) -> SampleSize:
        """A total laid out over the arms of a design; a plan that lacks a number has none for that reason."""
        reason = np.select(
            [~recorded, np.isnan(total)], [Reason.NOT_RECORDED.value, Reason.NO_EFFECT.value], Reason.NONE.value
        )
        return cls(total * design.control_share, total * design.treated_share, total, reason, design.method)


@dataclass(frozen=True, slots=True)
class Detectable:
    """Smallest difference an experiment of a given size shows with the promised power; nan where it shows none."""

    difference: Floats
    relative: Floats  # to the control
    reason: npt.NDArray[np.str_]
    method: str

    def frame(self) -> pd.DataFrame:
        """One row per plan."""
        return table(self, "difference", "relative", "reason").assign(method=self.method)


def power_of_shares(total: npt.ArrayLike, control: npt.ArrayLike, treated: npt.ArrayLike, design: Design) -> Floats:
    """Chance to show the difference of two true shares, by the score test's normal approximation.

    Args:
        total: customers in all arms, shape (k,).
        control: true share of the control.
        treated: true share of each treated arm.
        design: the layout; its own `power` is not used.

    Source: Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, section 4.2; R's
    power.prop.test.

    >>> power_of_shares([100], [0.50], [0.75], Design()).round(3)
    array([0.74])
    """
    n, p, q = np.broadcast_arrays(floats(total), floats(control), floats(treated))
    if bool(np.any((p < 0) | (p > 1) | (q < 0) | (q > 1))):
        raise DomainError("A share lies between 0 and 1.")
    c, t = design.control_share, design.treated_share
    pooled = (c * p + t * q) / (c + t)
    null = pooled * (1 - pooled) * (1 / c + 1 / t)
    alternative = np.maximum(p * (1 - p) / c + q * (1 - q) / t, np.finfo(float).tiny)
    shift = np.abs(q - p) * np.sqrt(n / design.design_effect) - stats.norm.isf(design.alpha_each / 2) * np.sqrt(null)
    return floats(stats.norm.cdf(shift / np.sqrt(alternative)))


def power_of_means(
    total: npt.ArrayLike, difference: npt.ArrayLike, standard_deviation: npt.ArrayLike, design: Design
) -> Floats:
    """Chance to show a true difference of two means, by the noncentral t distribution.

    Args:
        total: customers in all arms, shape (k,).
        difference: true difference, in the measure's unit.
        standard_deviation: between customers, the same in all arms; of a ratio, that of `effect.linearised`;
            of an adjusted mean, that of `effect.covariate_adjusted`.
        design: the layout; its own `power` is not used.

    Source: Cohen (1988); R's power.t.test.

    >>> power_of_means([40], [1.0], [1.0], Design()).round(4)
    array([0.869])
    """
    n, gap, spread = np.broadcast_arrays(floats(total), floats(difference), floats(standard_deviation))
    if bool(np.any(spread <= 0)):
        raise DomainError("A standard deviation is positive.")
    effective = n / design.design_effect
    c, t = effective * design.control_share, effective * design.treated_share
    freedom = np.maximum(c + t - 2, 1e-3)
    shift = np.abs(gap) / spread / np.sqrt(1 / c + 1 / t)
    critical = floats(stats.t.isf(design.alpha_each / 2, freedom))
    # scipy's noncentral t loses its digits far out, where the answer is 1 or the normal distribution has it.
    exact = (freedom < _LARGE) & (shift < 30)
    power = floats(stats.norm.sf(critical - shift))
    power[exact] = stats.nct.sf(critical[exact], freedom[exact], shift[exact])
    return power


def sample_size_of_shares(control: npt.ArrayLike, treated: npt.ArrayLike, design: Design) -> SampleSize:
    """Customers needed to show the difference of two shares with the design's power.

    >>> sample_size_of_shares([0.50], [0.75], Design(power=0.9)).treated.round(1)
    array([76.7])
    """
    p, q = np.broadcast_arrays(floats(control), floats(treated))
    total = _solve(lambda n: power_of_shares(n, p, q, design), design.power, np.full(p.shape, 2.0), _MOST)
    return SampleSize.of(total, design, ~np.isnan(p + q))


def detectable_difference_in_shares(total: npt.ArrayLike, control: npt.ArrayLike, design: Design) -> Detectable:
    """Smallest rise of a share that so many customers show with the design's power.

    >>> detectable_difference_in_shares([100], [0.5], Design(power=0.9)).difference.round(3)
    array([0.303])
    """
    n, p = np.broadcast_arrays(floats(total), floats(control))
    lowest, highest = np.full(p.shape, 1e-12), np.maximum(1 - p, 2e-12)
    rise = _solve(lambda d: power_of_shares(n, p, np.minimum(p + d, 1.0), design), design.power, lowest, highest)
    return _detectable(rise, p, design, ~np.isnan(n + p))


def detectable_difference_in_means(
    total: npt.ArrayLike, control: npt.ArrayLike, standard_deviation: npt.ArrayLike, design: Design
) -> Detectable:
    """Smallest rise of a mean that so many customers show with the design's power.

    >>> detectable_difference_in_means([40], [10.0], [1.0], Design(power=0.9)).difference.round(4)
    array([1.052])
    """
    n, mean, spread = np.broadcast_arrays(floats(total), floats(control), floats(standard_deviation))
    lowest, highest = 1e-12 * spread, 1e6 * spread
    rise = _solve(lambda d: power_of_means(n, d, spread, design), design.power, lowest, highest)
    return _detectable(rise, mean, design, ~np.isnan(n + mean + spread))


def _detectable(rise: Floats, base: Floats, design: Design, recorded: npt.NDArray[np.bool_]) -> Detectable:
    reason = np.select(
        [~recorded, np.isnan(rise)], [Reason.NOT_RECORDED.value, Reason.TOO_FEW.value], Reason.NONE.value
    )
    relative = np.divide(rise, base, out=np.full_like(rise, np.nan), where=base > 0)
    return Detectable(rise, relative, reason, design.method)


def _solve(power: Callable[[Floats], Floats], wanted: float, lowest: npt.ArrayLike, highest: npt.ArrayLike) -> Floats:
    """Where an increasing power reaches what is wanted, by bisection of the logarithm, all rows at once; else nan."""
    low, high = np.broadcast_arrays(np.log(floats(lowest)), np.log(floats(highest)))
    reachable = power(np.exp(high)) >= wanted
    already = power(np.exp(low)) >= wanted
    answer = np.exp(low)
    for _ in range(60):
        middle = (low + high) / 2
        enough = power(np.exp(middle)) >= wanted
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(already, answer, np.where(reachable, np.exp(high), np.nan))
