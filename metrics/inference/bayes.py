"""The Bayesian reading beside a test: how probable it is that an arm is the better one, and what a wrong choice costs.

Priors are flat (a uniform share; any mean), so the reading adds no opinion of ours to the data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from metrics.estimate import Reason, table
from metrics.inference.effect import welch_error, why_no_difference
from metrics.moments import Counts, Floats, Moments, floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)  # to 1e-13 of 200 nodes
_TAIL = 1e-15  # what the range of integration leaves out on each side


@dataclass(frozen=True, slots=True)
class Posterior:
    """What the data say of treated against control, one row per comparison; nan and a reason where they say nothing."""

    probability_better: Floats  # that the treated arm's true value is the higher one
    loss_if_treated: Floats  # expected shortfall, in the measure's unit, if the treated arm is chosen
    loss_if_control: Floats  # the same if the control is chosen
    reason: npt.NDArray[np.str_]

    def __len__(self) -> int:
        """Number of comparisons."""
        return len(self.probability_better)

    def frame(self) -> pd.DataFrame:
        """One row per comparison."""
        return table(self, "probability_better", "loss_if_treated", "loss_if_control", "reason")


def posterior_of_shares(control: Counts, treated: Counts) -> Posterior:
    """Beta-binomial reading of two shares, each with a uniform prior.

    The narrower posterior is integrated numerically (Gauss-Legendre) against the other's closed form,
    so arms of ten and of ten million can be compared.

    Returns:
        Posterior, shape (k,), losses as shares. An empty arm is `Reason.TOO_FEW`.

    Raises:
        ShapeError: the arms differ in length.

    Source: Stucchio (2015), Bayesian A/B testing at VWO; Miller (2015), Formulas for Bayesian A/B testing.

    >>> reading = posterior_of_shares(control=Counts.of([1000], [100]), treated=Counts.of([1000], [120]))
    >>> reading.probability_better.round(3)
    array([0.923])
    """
    reason = why_no_difference(control, treated)
    known = reason == Reason.NONE.value
    a_c, b_c = np.where(known, control.successes, 0) + 1, np.where(known, control.n - control.successes, 0) + 1
    a_t, b_t = np.where(known, treated.successes, 0) + 1, np.where(known, treated.n - treated.successes, 0) + 1
    swap = _beta_variance(a_t, b_t) < _beta_variance(a_c, b_c)
    narrow, wide = (
        (np.where(swap, a_t, a_c), np.where(swap, b_t, b_c)),
        (np.where(swap, a_c, a_t), np.where(swap, b_c, b_t)),
    )
    # Over the narrow arm's value: how probable a higher wide arm is, and by how much it is expected to exceed.
    higher, excess = _wide_above_narrow(narrow, wide)
    gap = a_t / (a_t + b_t) - a_c / (a_c + b_c)
    better = np.where(swap, 1 - higher, higher)
    gain = np.where(swap, excess + gap, excess)
    loss = np.where(swap, excess, excess - gap)
    return _posterior(better, loss, gain, reason)


def posterior_of_means(control: Moments, treated: Moments) -> Posterior:
    """Reading of two means with flat priors; ratios and adjusted means come in by their moments.

    The difference follows Student's t about what was seen, with Welch's error and degrees of freedom: the
    Behrens-Fisher posterior as Welch approximates it, so that the chance to be better is 1 - p / 2 of the test and
    reaches 97.5 % where the 95 % interval leaves 0.

    Returns:
        Posterior, shape (k,), losses in the measure's unit; with one degree of freedom they have no end. Reasons as
        `metrics.inference.effect.difference_in_means`.

    Raises:
        ShapeError: the arms differ in length.

    Source: Box and Tiao (1973), Bayesian Inference in Statistical Analysis, section 2.5.

    >>> control, treated = Moments.from_rows([1.0, 2.0, 3.0, 4.0]), Moments.from_rows([2.0, 4.0, 5.0, 7.0])
    >>> reading = posterior_of_means(control, treated)
    >>> reading.probability_better.round(3).item(), reading.loss_if_treated.round(3).item()
    (0.918, 0.084)
    """
    error, freedom, reason = welch_error(control, treated)
    gap = treated.mean - control.mean
    t = gap / error
    beyond = np.divide(freedom + t**2, freedom - 1, out=np.full_like(t, np.inf), where=freedom > 1 + 1e-9)
    # Expected max(x, 0) of the less likely sign; far out the two parts agree in all digits but the last.
    excess = np.maximum(error * beyond * stats.t.pdf(t, freedom) - np.abs(gap) * stats.t.sf(np.abs(t), freedom), 0.0)
    loss, gain = np.where(gap > 0, excess, excess - gap), np.where(gap > 0, excess + gap, excess)
    return _posterior(floats(stats.t.cdf(t, freedom)), loss, gain, reason)


def _posterior(better: Floats, loss: Floats, gain: Floats, reason: npt.NDArray[np.str_]) -> Posterior:
    known = reason == Reason.NONE.value
    better, loss, gain = (np.where(known, value, np.nan) for value in (better, loss, gain))
    return Posterior(np.clip(better, 0, 1), np.maximum(loss, 0), np.maximum(gain, 0), reason)


def _beta_variance(a: Floats, b: Floats) -> Floats:
    return a * b / ((a + b) ** 2 * (a + b + 1))


def _wide_above_narrow(narrow: tuple[Floats, Floats], wide: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Chance that the wide arm's share exceeds the narrow one's, and the expected excess max(wide - narrow, 0)."""
    (a, b), (c, d) = ((x[:, np.newaxis], y[:, np.newaxis]) for x, y in (narrow, wide))
    low, high = special.betaincinv(a, b, _TAIL), special.betainccinv(a, b, _TAIL)
    share = low + (high - low) * (_NODES + 1) / 2
    density = np.exp((a - 1) * np.log(share) + (b - 1) * np.log1p(-share) - special.betaln(a, b))
    mass = density * _WEIGHTS
    # Normed by its own sum: at n = 1e8 the logarithm of the beta function has lost seven digits.
    mass /= mass.sum(axis=1, keepdims=True)
    above = 1 - special.betainc(c, d, share)
    # The wide arm's own partial mean, c / (c + d) I(c + 1, d), by the recurrence of the incomplete beta function.
    step = np.exp(c * np.log(share) + d * np.log1p(-share) - special.betaln(c, d)) / c
    mean = c / (c + d)
    excess = (mean - share) * above + mean * step
    return np.sum(mass * above, axis=1), np.sum(mass * excess, axis=1)
