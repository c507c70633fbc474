"""Staff performance: does anyone differ, how much of the spread is real, and only then who.

The order of the questions is the order of the code. First one test of the whole group: had the customers been dealt
to the staff at random, would results spread as they do? If they would, no person is called better or worse and no
order is shown, so that a shuffle yields "no differences shown" in 19 of 20 periods. Then the reliability: under one
half, still no order. Only then verdicts on persons, from shrunken ratios.

Source: Goldstein and Spiegelhalter (1996), Journal of the Royal Statistical Society A 159, 385-443; Lingsma et al.
(2010), Quality and Safety in Health Care 19, 1-6 (rankability).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError
from metrics.estimate import Intervals, Reason, Tests, Verdict
from metrics.finding import Finding, FindingCode
from metrics.inference.funnel_plot import Funnel, funnel_of_ratios
from metrics.inference.ranking import Ranks, ranks
from metrics.inference.shrinkage import Shrunken, gamma_poisson
from metrics.inference.standardisation import (
    STRATA,
    Standardised,
    amounts_by_mix,
    counts_by_mix,
    differences,
    exact_ratio,
    normal_ratio,
)

MINIMUM_CUSTOMERS = 30
SIGNIFICANCE = 0.05
COMPARABLE_ENOUGH = 0.5

Kind = Literal["count", "amount"]
_KINDS = {
    "count": (counts_by_mix, exact_ratio, ("{}",)),
    "amount": (amounts_by_mix, normal_ratio, ("sum_{}", "squares_{}")),
}


@dataclass(frozen=True, slots=True)
class Performance:
    """One measure of all staff of a peer group, one row a person in the order of `standardised.unit`."""

    standardised: Standardised
    ratio: Intervals  # observed / expected
    shrunken: Shrunken
    ranks: Ranks
    funnel: Funnel
    test: Tests  # one row: do they differ at all?
    enough: npt.NDArray[np.bool_]  # enough customers, and something expected of them

    @property
    def reliability(self) -> Intervals:
        """Share of the spread between persons that is real, one row."""
        return self.shrunken.reliability

    @property
    def differences_shown(self) -> bool:
        """Whether results spread more than customers dealt at random would make them."""
        return bool(self.test.p_value[0] < SIGNIFICANCE)

    @property
    def order_shown(self) -> bool:
        """Whether ranks may be shown: there are differences, and most of the spread is real."""
        return self.differences_shown and self.ranks.order_shown

    @property
    def verdict(self) -> npt.NDArray[np.str_]:
        """Each person's `Verdict` against what their mix would bring; nobody differs where no differences are shown."""
        told = self.shrunken.estimate.verdict(against=1.0) if self.differences_shown else Verdict.NO_DIFFERENCE
        return np.where(self.enough, told, Verdict.TOO_FEW)

    def frame(self) -> pd.DataFrame:
        """The numbers of a table or an export; ranks are missing where no order is shown, and of who has no number."""
        ranked = self.shrunken.estimate.known & self.order_shown
        return pd.DataFrame(
            {
                "staff_id": self.standardised.unit,
                "n": self.standardised.n,
                "observed": self.standardised.observed,
                "expected": self.standardised.expected,
                "comparable": self.standardised.comparable,
                "ratio": self.ratio.estimate,
                "low": self.ratio.low,
                "high": self.ratio.high,
                "reason": self.ratio.reason,
                "shrunken": self.shrunken.estimate.estimate,
                "shrunken_low": self.shrunken.estimate.low,
                "shrunken_high": self.shrunken.estimate.high,
                "kept": self.shrunken.kept,
                "rank_low": np.where(ranked, self.ranks.low, np.nan),
                "rank_high": np.where(ranked, self.ranks.high, np.nan),
                "verdict": self.verdict,
            }
        )


def performance_of(
    frame: pd.DataFrame,
    measure: str,
    kind: Kind = "count",
    *,
    unit: str = "staff_id",
    strata: Sequence[str] = STRATA,
    n: str = "n",
    reference: pd.DataFrame | None = None,
    minimum: float = MINIMUM_CUSTOMERS,
    level: float = 0.95,
    seed: int = 0,
) -> Performance:
    """Performance on something a customer did or did not do, or on an amount that is not negative.

    Rows of which the measure or its customers are not recorded say nothing and are left out of both sums. Somebody
    with no other row keeps their place and gets no number (`Reason.NOT_RECORDED`).

    Args:
        frame: the whole peer group, one row per person and stratum; see `standardisation.counts_by_mix`.
        measure: the column of successes, such as ``converted``; of an amount the name behind ``sum_``.
        kind: "count" or "amount".
        unit: the column that names the person.
        strata: the columns that make up the mix of customers and campaigns.
        n: the column of customers.
        reference: the same by stratum of others, such as the whole bank, whose rates are expected of everybody here;
            without it those of the peer group are, and somebody is always below them.
        minimum: customers below which a person is not judged.
        level: of the intervals.
        seed: of the simulated ranks.

    Raises:
        ShapeError: a column is missing.
        DomainError: a count below zero or above its denominator, somebody's total below zero (a ratio to the expected
            amount then has no meaning), or a level that is not between 0 and 1.
    """
    by_mix, with_limits, names = _KINDS[kind]
    columns = [n, *(name.format(measure) for name in names)]
    known = frame.filter(columns).notna().all(axis=1)
    recorded = frame.assign(**{name: frame[name].where(known, 0) for name in columns if name in frame})
    result = by_mix(recorded, measure, unit=unit, strata=strata, n=n, reference=reference)
    if bool(np.any(result.observed < 0)):
        raise DomainError(f"Somebody's total of {measure} is negative: it has no ratio to an expected amount.")
    unrecorded = ~np.isin(result.unit, frame.loc[known, unit].unique())
    ratio = with_limits(result, level).withheld(unrecorded, Reason.NOT_RECORDED)

    # In units of its own dispersion a result is as many independent events as it carries information.
    scale = np.where(np.isnan(result.dispersion), np.inf, result.dispersion)
    shrunken = gamma_poisson(result.observed / scale, result.expected / scale, n=result.n, level=level)
    judged = shrunken.estimate.withheld(result.expected <= 0, Reason.TOO_FEW)
    shrunken = replace(shrunken, estimate=judged.withheld(unrecorded, Reason.NOT_RECORDED))
    return Performance(
        standardised=result,
        ratio=ratio,
        shrunken=shrunken,
        ranks=ranks(shrunken, seed=seed),
        funnel=funnel_of_ratios(result),
        test=differences(result),
        enough=(result.n >= minimum) & shrunken.estimate.known,
    )


def findings(performance: Performance) -> list[Finding]:
    """What a page may say of the group, and of persons only where the group differs."""
    staff = len(performance.standardised)
    if np.isnan(performance.test.p_value[0]) or np.isnan(performance.reliability.estimate[0]):
        return [Finding(FindingCode.STAFF_TOO_FEW, {"staff": staff})]
    group = {
        "staff": staff,
        "p_value": float(performance.test.p_value[0]),
        "reliability": float(performance.reliability.estimate[0]),
        "low": float(performance.reliability.low[0]),
        "high": float(performance.reliability.high[0]),
    }
    found = [_of_the_group(performance, group)]
    codes = {Verdict.HIGHER.value: FindingCode.STAFF_ABOVE, Verdict.LOWER.value: FindingCode.STAFF_BELOW}
    table = performance.frame()
    for row in (
        table.loc[table["verdict"].isin(list(codes))].sort_values("shrunken", ascending=False).to_dict("records")
    ):
        numbers = {name: float(row[name]) for name in ("observed", "expected", "n")}
        limits = {
            "ratio": float(row["shrunken"]),
            "low": float(row["shrunken_low"]),
            "high": float(row["shrunken_high"]),
        }
        found.append(Finding(codes[str(row["verdict"])], {"staff_id": str(row["staff_id"]), **limits, **numbers}))
    for row in table.loc[table["comparable"] < COMPARABLE_ENOUGH].to_dict("records"):
        values = {"staff_id": str(row["staff_id"]), "comparable": float(row["comparable"])}
        found.append(Finding(FindingCode.STAFF_MIX_OF_THEIR_OWN, values))
    return found


def _of_the_group(performance: Performance, values: dict[str, float]) -> Finding:
    if not performance.differences_shown:
        return Finding(FindingCode.STAFF_NO_DIFFERENCES, values)
    return Finding(FindingCode.STAFF_DIFFER if performance.order_shown else FindingCode.STAFF_ORDER_HIDDEN, values)
