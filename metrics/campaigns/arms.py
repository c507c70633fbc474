"""The arms of one campaign side by side, and treated and control at equal age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from metrics.catalogue import metric
from metrics.estimate import Intervals
from metrics.inference.comparison.members import Members
from metrics.inference.mean import student
from metrics.inference.survival import ConversionCurves, kaplan_meier

SHARES: Final = ("participation_rate", "conversion_rate")
MEANS: Final = ("sales_per_customer", "contribution_per_customer")


def outcomes(arms: pd.DataFrame, level: float = 0.95) -> Mapping[str, Intervals]:
    """What the customers of each arm did, one row an arm, by the key of the metric.

    Args:
        arms: one row an arm, with the columns of `evaluation.scorecard`'s arms.
        level: confidence level.

    Returns:
        Shares by Wilson, amounts a customer by Student. An arm that contradicts itself says `Reason.NOT_NESTED`, one
        in which nobody's window has closed `Reason.WINDOW_OPEN`.

    Raises:
        DomainError: the level is not between 0 and 1.
    """
    each = Members.of_rows(arms, level)
    shares = {key: each.share(metric(key).numerator, metric(key).denominator) for key in SHARES}
    means = {key: student(each.moments(metric(key).numerator), level) for key in MEANS}
    return {key: found if key == "participation_rate" else each.once_closed(found) for key, found in shares.items()} | {
        key: each.once_closed(found) for key, found in means.items()
    }


@dataclass(frozen=True, slots=True)
class EqualAge:
    """Share converted by day since assignment.

    Attributes:
        control: Whether the curve is the control's; one a curve, the treated first.
        curves: One row a curve.
        day: The last day on which at least half of the customers of every curve are still watched; None if there is
            no curve.
    """

    control: tuple[bool, ...]
    curves: ConversionCurves
    day: int | None

    def at_day(self) -> Intervals:
        """The shares converted by `day`, one row a curve."""
        return self.curves.at(-1 if self.day is None else self.day)


def equal_age(days: pd.DataFrame, level: float = 0.95) -> EqualAge:
    """Curves of the treated and of the control, on one grid of days.

    Args:
        days: `is_control`, `day`, and the customers who `converted` on that day or were last seen on it
            (`censored`), from `data_access.queries.campaigns.days_to_conversion`.
        level: confidence level.

    Raises:
        DomainError: the level is not between 0 and 1.
    """
    length = int(days["day"].max()) + 1 if len(days) else 0
    of_control = days["is_control"].to_numpy(dtype=np.bool_)
    present = tuple(control for control in (False, True) if bool((of_control == control).any()))
    converted, censored = (
        np.array(
            [
                np.bincount(days["day"][of_control == control], days[kind][of_control == control], length)
                for control in present
            ]
        ).reshape(len(present), length)
        for kind in ("converted", "censored")
    )
    curves = kaplan_meier(converted, censored, level)
    return EqualAge(present, curves, curves.shared_day)
