"""What past campaigns teach, assumption by assumption, and how these hang together.

Past campaigns come as one row each: the factors, `n` customers assigned, `participated`, `converted`, and
`sum_<m>` with `squares_<m>` of `sales` and `contribution` over all of them, and `cost`; amounts in one unit throughout.
A campaign that does not record a column has nan there and teaches nothing about it. Where a campaign was randomised,
`control_n` customers were held out and `control_converted` of them bought: what contact adds is learned from these.

A campaign that many join costs more gifts, and one that sells more of a product brings more of everything: the
assumptions of one campaign miss together, by as much as they did in the past.

Source: Nakagawa and others (2015), Methods in Ecology and Evolution 6, 143-152, for the error of a variation on the
log scale; Rothman, Levina and Zhu (2009), Journal of the American Statistical Association 104, 177-186, for the
threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from metrics.errors import ShapeError
from metrics.moments import Counts, Floats, Moments, floats
from metrics.planning.hierarchy import FEWEST_CAMPAIGNS, Hierarchy, Outcomes, fit

RATES = ("participation", "conversion")
AMOUNTS = ("sales", "contribution")  # a conversion
ASSUMPTIONS = (*RATES, *AMOUNTS, "cost")
EFFECT = "effect"
"""Points of conversion that contact adds: known where enough past campaigns held customers out at random."""

_SUMS = ("sum", "squares")
_LEAST = 1e-6
"""Eigenvalue of a correlation: pairs that are taken one by one need not fit together."""


@dataclass(frozen=True, slots=True)
class Experience:
    """What past campaigns teach.

    Attributes:
        models: By assumption.
        spread: By amount, of the variation (CV) of one conversion's amount on the log scale; absent where hardly any
            campaign tells, or all amounts are alike.
        factors: What makes campaigns alike.
        crossed: Those of which the combination makes campaigns editions of one.
        together: Correlation of the assumptions' errors, in the order of `models`.
    """

    models: Mapping[str, Hierarchy]
    spread: Mapping[str, Hierarchy]
    factors: tuple[str, ...]
    crossed: tuple[str, ...] = ()
    together: Floats = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "together", _together(self.models))

    def variation(self, amount: str, parts: pd.DataFrame) -> Floats:
        """Variation (CV) of one conversion's amount in each part; 0 where nothing tells that they vary."""
        model = self.spread.get(amount)
        return np.zeros(len(parts)) if model is None else np.exp(model.predict(parts).mean)


def learn(past: pd.DataFrame, factors: Sequence[str], crossed: Sequence[str] = ()) -> Experience:
    """Fit one model an assumption to the campaigns that record it.

    An assumption that fewer than eight campaigns record is left out; a plan that needs it is then refused by name.

    Args:
        past: As this module describes it.
        factors: What makes campaigns alike.
        crossed: Factors of which the combination makes campaigns editions of one.

    Raises:
        ShapeError: a column is missing.
    """
    needed = [*factors, "n", "participated", "converted", "cost", *(f"{k}_{m}" for m in AMOUNTS for k in _SUMS)]
    missing = [name for name in needed if name not in past.columns]
    if missing:
        raise ShapeError(f"Past campaigns lack the columns {', '.join(missing)}.")
    fitting = _Fitting(list(factors), tuple(crossed))
    models: dict[str, Hierarchy] = {}
    spread: dict[str, Hierarchy] = {}
    for name, successes in (("participation", "participated"), ("conversion", "converted")):
        known = past[past[successes].notna() & (past["n"] > 0)]
        fitting.add(models, name, known, lambda rows, s=successes: Outcomes.of_shares(Counts.from_frame(rows, s)))
    for name in AMOUNTS:
        known = past[(past["converted"] > 1) & (past[f"sum_{name}"] > 0)]
        mean, error = _per_conversion(known, name)
        varied = error > 0
        fitting.add(spread, name, known[varied], lambda rows, m=name: _variations(rows, m))
        if name in spread:
            # Two buyers of like amounts are not certain of the third: the error is that of campaigns like it.
            error = mean * np.exp(spread[name].predict(known).mean) / np.sqrt(floats(known["converted"]))
        outcomes = Outcomes.of_amounts(mean, error)
        fitting.add(models, name, known, lambda _, told=outcomes: told)
    fitting.add_cost(models, past)
    if "control_n" in past.columns:
        known = past[(past["control_n"] > 1) & past["control_converted"].notna() & past["converted"].notna()]
        fitting.add(models, EFFECT, known, _effects)
    return Experience(models, spread, tuple(factors), tuple(crossed))


def learn_cost(experience: Experience, past: pd.DataFrame) -> Experience:
    """The same with the cost learned anew: `past` are the campaigns with a part of their costs, in `cost`."""
    models = {name: model for name, model in experience.models.items() if name != "cost"}
    _Fitting(list(experience.factors), experience.crossed).add_cost(models, past)
    return Experience(models, experience.spread, experience.factors, experience.crossed)


@dataclass(frozen=True, slots=True)
class _Fitting:
    """Fits models of the same factors."""

    factors: list[str]
    crossed: tuple[str, ...]

    def add(
        self, models: dict[str, Hierarchy], name: str, known: pd.DataFrame, outcomes: Callable[[pd.DataFrame], Outcomes]
    ) -> None:
        """One more, where enough campaigns tell."""
        if len(known) >= FEWEST_CAMPAIGNS:
            models[name] = fit(outcomes(known), known[self.factors], crossed=self.crossed)

    def add_cost(self, models: dict[str, Hierarchy], past: pd.DataFrame) -> None:
        """That of the cost of a customer."""
        self.add(models, "cost", past[(past["cost"] > 0) & (past["n"] > 0)], _cost_per_customer)


def _together(models: Mapping[str, Hierarchy]) -> Floats:
    """Correlation of the errors with which each campaign is told from all the others.

    What so many campaigns would show by chance is taken off each (a soft threshold).
    """
    errors = pd.DataFrame({name: _errors(model) for name, model in models.items()}).to_numpy(np.float64)
    known = (~np.isnan(errors)).astype(np.float64)
    errors = np.nan_to_num(errors)
    common = known.T @ known
    squares = (errors**2).T @ known
    scale = np.sqrt(squares * squares.T)
    seen = np.divide(errors.T @ errors, scale, out=np.zeros_like(scale), where=scale > 0)
    chance = np.sqrt(np.log(max(len(models), 2)) / np.maximum(common, 1.0))
    kept = np.sign(seen) * np.maximum(np.abs(seen) - chance, 0.0)
    np.fill_diagonal(kept, 1.0)
    values, vectors = np.linalg.eigh(kept)
    possible = (vectors * np.maximum(values, _LEAST)) @ vectors.T
    scale = np.sqrt(np.diag(possible))
    return possible / np.outer(scale, scale)


def _errors(model: Hierarchy) -> pd.Series[float]:
    told = model.leave_one_out()
    return pd.Series((model.outcomes.value - told.mean) / told.standard_deviation, index=model.factors.index)


def _per_conversion(rows: pd.DataFrame, measure: str) -> tuple[Floats, Floats]:
    """Mean amount of one conversion and its error, from the moments over all customers.

    The amounts are 0 for whoever did not convert, so the sum of squares over the converted alone follows.
    """
    moments, converted = Moments.from_frame(rows, measure), floats(rows["converted"])
    mean = moments.total / converted
    squares = moments.squares + moments.n * moments.mean**2 - converted * mean**2
    return mean, np.sqrt(np.maximum(squares, 0.0) / (converted - 1) / converted)


def _variations(rows: pd.DataFrame, measure: str) -> Outcomes:
    """The variation of one conversion's amount (CV), on the log scale."""
    mean, error = _per_conversion(rows, measure)
    converted = floats(rows["converted"])
    variation = error / mean * np.sqrt(converted)
    return Outcomes(np.log(variation), 1 / (2 * (converted - 1)) + variation**2 / converted)


def _cost_per_customer(rows: pd.DataFrame) -> Outcomes:
    mean = floats(rows["cost"]) / floats(rows["n"])
    return Outcomes.of_amounts(mean, np.zeros_like(mean))


def _effects(rows: pd.DataFrame) -> Outcomes:
    """Points of conversion above the control, with the sampling variance of the difference of two shares."""
    treated, control = Counts.from_frame(rows, "converted"), Counts.of(rows["control_n"], rows["control_converted"])
    variance = np.zeros(len(rows))
    for side in (treated, control):
        share = (side.successes + 0.5) / (side.n + 1)  # none of few is not a share without error
        variance += share * (1 - share) / side.n
    return Outcomes(treated.share - control.share, variance)
