"""The verdicts on campaigns: one a campaign and metric, whatever page or filter shows it.

The family of a campaign is the campaigns of the viewer's scope whose last window closes in the same calendar year.
Until that year is over a verdict may still move, as others are judged. Why families by year, and not an online
procedure: docs/decisions/0009.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.catalogue import OUTCOMES
from metrics.estimate import Intervals, Tests
from metrics.inference.comparison.verdict import Verdicts, judge

CONVERSION: Final = "incremental_conversion"
NET_NEW: Final = "incremental_net_new_money_per_customer"
CONTRIBUTION: Final = "incremental_contribution_per_customer"
RETURN: Final = "roi_incremental"

JUDGED: Final = (*(entry.key for entry in OUTCOMES), RETURN)
"""Metrics that have verdicts."""

TIE_BREAKERS: Final = (CONTRIBUTION, NET_NEW)
"""What is told beside a verdict that shows no difference, where it shows one."""

OF_OBJECTIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "acquire": (CONVERSION, CONTRIBUTION, NET_NEW),
    "activate": (CONVERSION, CONTRIBUTION, NET_NEW),
    "retain": (NET_NEW, CONTRIBUTION, CONVERSION),
    "grow": (NET_NEW, CONTRIBUTION, CONVERSION),
}
"""What a campaign of each objective is judged by: the first that can be told. The others speak for or against."""


def closing_year(campaigns: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The year in which each campaign's last window closes; 0 where its end or its window is not known."""
    if not {"ends_on", "attribution_days"} <= set(campaigns):
        return np.zeros(len(campaigns), dtype=np.int64)
    days = pd.to_timedelta(pd.to_numeric(campaigns["attribution_days"]).astype("Float64").astype("float64"), unit="D")
    closing = pd.to_datetime(campaigns["ends_on"]) + days
    return np.asarray(closing.dt.year.fillna(0), dtype=np.int64)


def verdicts(
    results: Mapping[str, Intervals],
    tests: Mapping[str, Tests],
    year: npt.NDArray[np.int64],
    as_of: date | None = None,
) -> dict[str, Verdicts]:
    """The verdicts on all campaigns of a scope, by metric.

    Args:
        results: intervals by the catalogue's key, those of `JUDGED` among them.
        tests: of each of these, that there is no difference, or that the return is 0.
        year: family of each campaign (`closing_year`).
        as_of: last day of the data; without it no family is called unfinished.
    """
    unfinished = np.zeros(len(year), dtype=np.bool_) if as_of is None else year >= as_of.year
    return {key: judge(results[key], tests[key].p_value, year, unfinished=unfinished) for key in JUDGED}


def judge_of(objective: str, known: Mapping[str, bool]) -> tuple[str, ...]:
    """The metrics that a campaign of this objective is judged by, the one that decides first.

    >>> judge_of("grow", {"incremental_conversion": True, "incremental_net_new_money_per_customer": False})
    ('incremental_conversion',)
    """
    chain = OF_OBJECTIVE.get(objective, OF_OBJECTIVE["acquire"])
    return tuple(key for key in chain if known.get(key, False))
