"""What past campaigns say about the next one: a random-effects model over crossed factors.

Each past campaign gives one outcome with its sampling error (a rate on the logit scale, an amount on the log
scale). The outcome is an overall mean, plus one effect for each level of each factor (objective, line, channel, tier,
season), plus what is the campaign's own. A level seen rarely, or never, is shrunk towards the mean by exactly
as much as the past levels of its factor differed from each other. Some factors may be crossed as well: campaigns that
agree in all of these are editions of one, and have in common what none of the factors tells by itself.

Source: Searle, Casella and McCulloch (1992), Variance Components, ch. 6 and 7 (REML and BLUP); leave-one-out by the
diagonal of the projection, Cook and Weisberg (1982), 2.2; the penalty that keeps components from 0, Chung,
Rabe-Hesketh, Dorie, Gelman and Liu (2013), Psychometrika 78, 685-709.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg, optimize

from metrics.errors import DomainError, ShapeError
from metrics.moments import Counts, Floats, floats
from metrics.planning.one_thread import one_thread

FEWEST_CAMPAIGNS = 8
_EDITION = "\N{MULTIPLICATION SIGN}"
"""Name of the factor of those that are crossed."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Past outcomes on the scale of the model: `value` with sampling variance `variance`, one row a campaign."""

    value: Floats
    variance: Floats

    @classmethod
    def of_shares(cls, counts: Counts) -> Outcomes:
        """Rates on the logit scale, half a customer added to either side so that 0 and all have a value."""
        yes, no = counts.successes + 0.5, counts.n - counts.successes + 0.5
        return cls(np.log(yes / no), 1 / yes + 1 / no)

    @classmethod
    def of_amounts(cls, mean: Floats, standard_error: Floats) -> Outcomes:
        """Positive means on the log scale, their errors by the delta method.

        Raises:
            DomainError: a mean that is not positive.
        """
        if bool(np.any(~(mean > 0))):
            raise DomainError("An amount has a logarithm only when it is positive.")
        return cls(np.log(mean), (standard_error / mean) ** 2)


@dataclass(frozen=True, slots=True)
class Prediction:
    """Normal predictive distributions on the scale of the model, one row a planned campaign."""

    mean: Floats
    standard_deviation: Floats
    degrees: int  # campaigns learned from, less one: for t quantiles


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A fitted model.

    `components` are variances: one a factor, in order, and last the campaigns' own. The rows of `factors` keep the
    labels that they had in the table that was fitted; where some are `crossed`, their combination is the last column.
    """

    outcomes: Outcomes
    factors: pd.DataFrame
    components: Floats
    crossed: tuple[str, ...] = ()
    _root: tuple[Floats, bool] = field(init=False, repr=False, compare=False)  # of the covariance of the outcomes

    def __post_init__(self) -> None:
        object.__setattr__(self, "_root", _cholesky(self._covariance()))

    @property
    def mean(self) -> float:
        """The overall mean, by generalised least squares."""
        weights = linalg.cho_solve(self._root, np.ones(len(self.factors)))
        return float(weights @ self.outcomes.value / weights.sum())

    def predict(self, planned: pd.DataFrame) -> Prediction:
        """Predictive distribution of a new campaign's true outcome, for each row of `planned`.

        Args:
            planned: The same factors as were fitted; a level never seen gets its factor's whole variance.

        Raises:
            ShapeError: a factor is missing.
        """
        planned = self._checked(planned)
        root = self._root
        cross = _shared(planned, self.factors, self.components[:-1])
        ones = np.ones(len(self.factors))
        weights = linalg.cho_solve(root, ones)
        mean = float(weights @ self.outcomes.value / weights.sum())
        solved = linalg.cho_solve(root, cross.T)
        expected = mean + solved.T @ (self.outcomes.value - mean)
        own = self.components.sum()
        slack = (1 - cross @ weights) ** 2 / weights.sum()
        variance = own - np.sum(cross * solved.T, axis=1) + slack
        return Prediction(expected, np.sqrt(np.maximum(variance, 0.0)), len(self.factors) - 1)

    def draw(self, planned: pd.DataFrame, draws: int, rng: np.random.Generator, whole: Floats | None = None) -> Floats:
        """Draws of the true outcomes of the parts of one new campaign, together.

        The parts share the campaign's own effect and every level that they have in common, so that their sum is as
        uncertain as it is: the marginal of each row is that of `predict`.

        Args:
            planned: One row a part, with the factors that were fitted.
            draws: How many.
            rng: Source of randomness.
            whole: Standard normal draws of the luck of all parts together, each part weighted by its `customers`
                where `planned` has them: what this outcome has in common with others of the same campaign.

        Returns:
            On the scale of the model, shape (parts, draws).

        Raises:
            ShapeError: a factor is missing.
        """
        planned = self._checked(planned)
        root = self._root
        ones = np.ones(len(self.factors))
        weights = linalg.cho_solve(root, ones)
        mean = float(weights @ self.outcomes.value / weights.sum())
        codes, cross, variances = self._levels(planned)
        solved = linalg.cho_solve(root, cross.T)
        expected = solved.T @ (self.outcomes.value - mean)
        # Of the overall mean and of each level: what the past leaves open, and how the two hang together.
        pull = -(cross @ weights)
        spread = np.diag(variances) - cross @ solved + np.outer(pull, pull) / weights.sum()
        joint = np.block(
            [[np.array([[1 / weights.sum()]]), pull[None, :] / weights.sum()], [pull[:, None] / weights.sum(), spread]]
        )
        values, vectors = np.linalg.eigh(joint)
        # The symmetric root: eigenvectors turn with the last digit of a sum, and the draws would turn with them.
        half = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        degrees = len(self.factors) - 1
        size = len(joint)
        # The last but one is the campaign's own luck, the last what leads all of them towards the luck that is given.
        effects = np.zeros((size + 1, size + 2))
        effects[:size, :size], effects[size, size] = half, np.sqrt(self.components[-1])
        noise = rng.standard_normal((size + 2, draws))
        if whole is not None:
            towards = np.append(_reach(planned, codes, size), 1.0) @ effects[:, :-1]
            towards /= np.sqrt(towards @ towards)
            effects[:, -1] = effects[:, :-1] @ towards
            noise[-1] = whole - towards @ noise[:-1]
        latent = effects @ noise
        latent *= np.sqrt(degrees / rng.chisquare(degrees, draws))
        latent += np.concatenate([[mean], expected, [0.0]])[:, None]
        constant = latent[0] + latent[-1]
        varying: list[npt.NDArray[np.intp]] = []
        for places in codes:
            if (places == places[0]).all():
                constant = constant + latent[places[0] + 1]
            else:
                varying.append(places + 1)
        if not varying:
            return np.broadcast_to(constant, (len(planned), draws)).copy()
        total = latent[varying[0]]
        for places in varying[1:]:
            total += latent[places]
        total += constant
        return total

    def weights(self, planned: pd.DataFrame) -> Floats:
        """How much each past campaign counts in the prediction of each planned one; rows add up to 1.

        Raises:
            ShapeError: a factor is missing.
        """
        planned = self._checked(planned)
        root = self._root
        even = linalg.cho_solve(root, np.ones(len(self.factors)))
        solved = linalg.cho_solve(root, _shared(planned, self.factors, self.components[:-1]).T).T
        return solved + np.outer(1 - solved.sum(axis=1), even / even.sum())

    def _levels(self, planned: pd.DataFrame) -> tuple[list[npt.NDArray[np.intp]], Floats, Floats]:
        """The planned levels of all factors, one after the other.

        Returns:
            Of each factor the place of each part's level; the covariance of each level with each past campaign; and
            the variance of each level.
        """
        codes: list[npt.NDArray[np.intp]] = []
        rows: list[Floats] = []
        variances: list[float] = []
        for name, component in zip(self.factors.columns, self.components, strict=False):
            past, new = _places(self.factors[name], planned[name])
            places, levels = pd.factorize(new)
            codes.append(np.asarray(places, dtype=np.intp) + len(rows))
            rows += [component * (past == level).astype(np.float64) for level in levels]
            variances += [float(component)] * len(levels)
        return codes, np.asarray(rows).reshape(len(rows), len(self.factors)), np.asarray(variances)

    def _checked(self, planned: pd.DataFrame) -> pd.DataFrame:
        """The planned campaign with what its crossed factors are together."""
        missing = [name for name in self.factors.columns if name not in planned.columns and name != _EDITION]
        if missing:
            raise ShapeError(f"The planned campaign does not say its {', '.join(missing)}.")
        return _with_edition(planned, self.crossed)

    def leave_one_out(self) -> Prediction:
        """What the model says of each past campaign from all the others; the components stay as fitted.

        The distribution is that of the *observed* outcome, its sampling error included.
        """
        projection = _projection(self._root)
        residual = projection @ self.outcomes.value / np.diag(projection)
        return Prediction(self.outcomes.value - residual, np.sqrt(1 / np.diag(projection)), len(self.factors) - 2)

    def _covariance(self) -> Floats:
        shared = _shared(self.factors, self.factors, self.components[:-1])
        return shared + np.diag(self.outcomes.variance + self.components[-1])


def fit(
    outcomes: Outcomes, factors: pd.DataFrame, away_from_zero: float = 0.5, crossed: Sequence[str] = ()
) -> Hierarchy:
    """Fit the variance components by restricted maximum likelihood, kept away from 0.

    Likelihood alone often puts a component at 0, and a new campaign is then forecast as surer than it is.

    Args:
        outcomes: One row a past campaign.
        factors: The campaigns' levels of each factor, the same rows.
        away_from_zero: Weight of the logarithm of each standard deviation in the likelihood: 1 is the prior gamma(2)
            of Chung and others for one component, 0 likelihood alone. There are half a dozen here, each lifted, whose
            sum is the forecast's variance: half the weight makes that sum right.
        crossed: Factors whose combination is one more.

    Raises:
        ShapeError: the rows differ.
        DomainError: fewer than `FEWEST_CAMPAIGNS` campaigns: there is nothing to learn differences from.
    """
    rows = len(factors)
    if len(outcomes.value) != rows:
        raise ShapeError("Outcomes and factors have one row a campaign.")
    if rows < FEWEST_CAMPAIGNS:
        raise DomainError(f"A forecast learns from at least {FEWEST_CAMPAIGNS} campaigns, got {rows}.")
    factors = _with_edition(factors, crossed)
    total = max(float(np.var(outcomes.value, ddof=1)), 1e-12)
    parts = [_shared(factors[[name]], factors[[name]], np.ones(1)) for name in factors.columns] + [np.eye(rows)]
    sampling = np.diag(outcomes.variance)

    def loss(log_components: Floats) -> tuple[float, Floats]:
        """Twice the negative restricted log likelihood, and its gradient."""
        components = total * np.exp(log_components)
        covariance = sampling.copy()
        for component, matrix in zip(components, parts, strict=True):
            covariance += component * matrix
        root = _cholesky(covariance)
        projection = _projection(root)
        information = linalg.cho_solve(root, np.ones(rows)).sum()
        residual = projection @ outcomes.value
        likelihood = 2 * np.sum(np.log(np.diag(root[0]))) + np.log(information) + outcomes.value @ residual
        slopes = [np.sum(projection * matrix) - residual @ matrix @ residual for matrix in parts]
        # The logarithm of a standard deviation is half that of its variance; twice the likelihood is minimised.
        likelihood -= away_from_zero * np.sum(log_components)
        return float(likelihood), components * np.asarray(slopes) - away_from_zero

    start = np.full(len(parts), np.log(1 / len(parts)))
    bounds = [(-12.0, 3.0)] * len(parts)
    found: Any = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    components = total * np.exp(np.asarray(found.x, dtype=np.float64))
    return Hierarchy(outcomes, factors, components, tuple(crossed))


def _with_edition(frame: pd.DataFrame, crossed: Sequence[str]) -> pd.DataFrame:
    if not crossed:
        return frame
    together = [repr(tuple(row)) for row in np.column_stack([_keys(frame[name]) for name in crossed])]
    return frame.assign(**{_EDITION: together})


def _reach(planned: pd.DataFrame, codes: Sequence[npt.NDArray[np.intp]], size: int) -> Floats:
    """How much the overall mean (first) and each level count in all parts together."""
    customers = floats(planned["customers"]) if "customers" in planned.columns else np.ones(len(planned))
    reach = np.zeros(size)
    reach[0] = 1.0
    for places in codes:
        reach += np.bincount(places + 1, customers / customers.sum(), size)
    return reach


def _shared(left: pd.DataFrame, right: pd.DataFrame, components: Floats) -> Floats:
    """Covariance through shared levels; shape (rows of left, rows of right)."""
    total = np.zeros((len(left), len(right)))
    for name, component in zip(right.columns, components, strict=True):
        rows, columns = _places(left[name], right[name])
        total += component * (rows[:, None] == columns[None, :])
    return total


def _places(one: pd.Series[Any], other: pd.Series[Any]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Numbers of the levels of two columns, which are compared in a fraction of the time that words take."""
    places = pd.factorize(np.concatenate([_keys(one), _keys(other)]), use_na_sentinel=False)[0]
    return places[: len(one)], places[len(one) :]


def _keys(column: pd.Series[Any]) -> npt.NDArray[np.object_]:
    """Levels to compare. No season is a level like any other, and a missing value would not equal itself."""
    missing: Any = None
    return column.to_numpy(dtype=object, na_value=missing)


def _cholesky(covariance: Floats) -> tuple[Floats, bool]:
    one_thread()
    root, lower = linalg.cho_factor(covariance, lower=True)
    return root, bool(lower)


def _projection(root: tuple[Floats, bool]) -> Floats:
    """The inverse covariance with the overall mean projected out."""
    rows = len(root[0])
    inverse = linalg.cho_solve(root, np.eye(rows))
    weights = inverse.sum(axis=1)
    return inverse - np.outer(weights, weights) / weights.sum()
