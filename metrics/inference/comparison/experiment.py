"""Arms of campaigns compared straight from the warehouse's aggregates: which columns make which metric.

A row of `control` and the same row of `treated` are one comparison: an arm and its control, or two campaigns. Only
members whose attribution window has closed count; amounts are of the members whose amount is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import ShapeError
from metrics.estimate import Tests
from metrics.inference.cluster import difference_by_cluster
from metrics.inference.comparison.contrast import (
    Assignment,
    Comparison,
    Contrast,
    by_branch,
    compare,
    of_means,
    of_shares,
)
from metrics.inference.comparison.health import sample_ratio
from metrics.inference.effect import covariate_adjusted
from metrics.inference.significance import compare_means
from metrics.moments import Counts, JointMoments, Moments

CONVERSION: Final = "conversion_rate"
AMOUNTS: Final = {
    "sales_per_customer": "sales",
    "sales_per_customer_winsorised": "sales_winsorised",
    "net_new_money_per_customer": "net_new",
    "contribution_per_customer": "contribution",
}


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
    shares = (Counts.from_frame(arm, "matured_converted", n="matured") for arm in (control, treated))
    contrasts = [of_shares(CONVERSION, *shares, primary=primary == CONVERSION, level=level)]
    contrasts += [
        replace(of_means(key, *arms, primary=key == primary, level=level), test=_named(compare_means(*arms), adjusted))
        for key, arms, adjusted in _amounts(control, treated, assignment)
    ]
    sizes = np.column_stack([control["n"], treated["n"]])
    return compare(contrasts, assignment, None if allocation is None else sample_ratio(sizes, allocation))


def compare_branches(
    arms: pd.DataFrame, *, primary: str = CONVERSION, level: float = 0.95
) -> tuple[tuple[str, ...], Comparison]:
    """The same metrics of campaigns whose arms were assigned by branch: branches, not customers, are the evidence.

    Args:
        arms: as in `compare_arms`, one row per campaign, arm and branch, with `campaign_id` and `is_control`.
        primary: the metric the campaigns are judged by.
        level: confidence level.

    Returns:
        The campaigns in the order of the comparison's rows, and the comparison of their treated branches with the
        control's.

    Raises:
        DomainError: the level is not between 0 and 1.
    """
    number, campaigns = pd.factorize(arms["campaign_id"], sort=True)
    treated = ~arms["is_control"].to_numpy(dtype=np.bool_)

    def contrast(key: str, branches: Moments) -> Contrast:
        return by_branch(key, difference_by_cluster(number, treated, branches, level), primary=key == primary)

    contrasts = [contrast(CONVERSION, Moments.of_counts(Counts.from_frame(arms, "matured_converted", n="matured")))]
    contrasts += [
        contrast(key, Moments.from_frame(arms, measure, n=f"known_{measure}"))
        for key, measure in AMOUNTS.items()
        if f"sum_{measure}" in arms.columns
    ]
    return tuple(str(campaign) for campaign in campaigns), compare(contrasts, Assignment.RANDOMISED)


def _amounts(
    control: pd.DataFrame, treated: pd.DataFrame, assignment: Assignment
) -> Iterator[tuple[str, tuple[Moments, Moments], npt.NDArray[np.bool_]]]:
    """Each recorded amount's key, its moments in both arms, and in which rows they are adjusted by the baseline."""
    for key, measure in AMOUNTS.items():
        if f"sum_{measure}" not in control.columns:
            continue
        n = f"known_{measure}"
        plain = Moments.from_frame(control, measure, n), Moments.from_frame(treated, measure, n)
        if assignment is Assignment.TARGETED or f"product_baseline_{measure}" not in control.columns:
            yield key, plain, np.zeros(len(control), dtype=np.bool_)
            continue
        rows = _same_customers(control, measure) & _same_customers(treated, measure)
        adjusted = covariate_adjusted(
            *(JointMoments.from_frame(arm, measure, "baseline", n) for arm in (control, treated))
        )
        yield key, (_where(rows, adjusted[0], plain[0]), _where(rows, adjusted[1], plain[1])), rows


def _named(tests: Tests, adjusted: npt.NDArray[np.bool_]) -> Tests:
    """The tests, saying in which rows the past was taken out."""
    return replace(tests, method=np.where(adjusted & (tests.method == "Welch"), "Welch, CUPED", tests.method))


def _same_customers(arm: pd.DataFrame, measure: str) -> npt.NDArray[np.bool_]:
    """Rows in which every known amount comes with its baseline, so that both are of the same customers."""
    return (arm[f"known_{measure}"] == arm["known_baseline"]).to_numpy(dtype=np.bool_)


def _where(rows: npt.NDArray[np.bool_], chosen: Moments, otherwise: Moments) -> Moments:
    return Moments(
        otherwise.n,
        np.where(rows, chosen.mean, otherwise.mean),
        np.where(rows, chosen.squares, otherwise.squares),
    )
