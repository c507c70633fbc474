"""Rows of arms compared straight from the warehouse's aggregates, as one study with one verdict.

A row of `control` and the same row of `treated` are one comparison: an arm and its control, or two campaigns. Which
columns make which outcome is said once, in `outcomes`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import ShapeError
from metrics.inference.comparison.contrast import (
    Assignment,
    Comparison,
    Contrast,
    compare,
    of_means,
    of_shares,
)
from metrics.inference.comparison.health import sample_ratio
from metrics.inference.comparison.members import Members
from metrics.inference.comparison.outcomes import Outcome, outcomes
from metrics.moments import Counts

CONVERSION: Final = "conversion_rate"


def against_control(arms: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every treated arm with the control of its campaign, as two frames whose rows belong together.

    Args:
        arms: one row per campaign and arm: `campaign_id`, `arm`, `is_control` and what the warehouse counted.

    Returns:
        The control rows and the treated rows, indexed 0, 1, ...; campaigns without a control are left out.

    Raises:
        ShapeError: a campaign has two controls.

    >>> arms = pd.DataFrame({"campaign_id": list("aab"), "arm": list("ctt"), "is_control": [True, False, False]})
    >>> control, treated = against_control(arms)
    >>> treated["campaign_id"].tolist(), control["arm"].tolist()
    (['a'], ['c'])
    """
    of_control = arms["is_control"].astype(bool)
    control, treated = arms[of_control], arms[~of_control]
    if control["campaign_id"].duplicated().any():
        raise ShapeError("A campaign has one control. Take several together before comparing.")
    row = pd.Index(control["campaign_id"]).get_indexer(pd.Index(treated["campaign_id"]))
    return control.take(row[row >= 0]).reset_index(drop=True), treated[row >= 0].reset_index(drop=True)


def compare_arms(
    control: pd.DataFrame,
    treated: pd.DataFrame,
    assignment: Assignment,
    *,
    primary: str = CONVERSION,
    allocation: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Comparison:
    """Conversion and the amounts per customer of arms that were assigned customer by customer.

    Args:
        control: counts `n`, `matured`, `matured_converted` and, of each amount m, `known_<m>`, `sum_<m>`,
            `squares_<m>`, where at hand `product_baseline_<m>`; an amount whose columns are absent is not compared.
        treated: the same, row by row.
        assignment: whether chance or someone assigned the customers. Of randomised arms an amount is adjusted by
            `baseline` (CUPED) in the rows in which each comes with its baseline; the row's test names it.
        primary: the metric the campaigns are judged by, such as `net_new_money_per_customer` for growth.
        allocation: planned weight of control and treated, shape (2,) or (rows, 2); None if none was planned.
        level: confidence level.

    Raises:
        ShapeError: the frames differ in length.
        DomainError: the level is not between 0 and 1.
    """
    if len(control) != len(treated):
        raise ShapeError(f"One control row per treated row: got {len(control)} and {len(treated)}.")
    held_out, treated_members = (Members.of_rows(arm, level) for arm in (control, treated))
    randomised = np.full(len(control), assignment is Assignment.RANDOMISED)
    contrasts = [_contrast(outcome, primary, level) for outcome in outcomes(held_out, treated_members, randomised)]
    sizes = np.column_stack([control["n"], treated["n"]])
    return compare(contrasts, assignment, None if allocation is None else sample_ratio(sizes, allocation))


def _contrast(outcome: Outcome, primary: str, level: float) -> Contrast:
    """An outcome as one metric of a comparison."""
    key, control, treated = outcome.compares, outcome.control, outcome.treated
    if isinstance(control, Counts) and isinstance(treated, Counts):
        contrast = of_shares(key, control, treated, primary=key == primary, level=level)
    else:
        contrast = of_means(key, *outcome.means(), primary=key == primary, level=level)
    difference = contrast.difference.withheld(outcome.unusable, outcome.why)
    return replace(contrast, difference=difference, test=outcome.named(contrast.test))
