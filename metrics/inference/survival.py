"""Conversion by day since contact (Kaplan-Meier): campaigns of 7 and of 70 days compared at equal age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, checked_level
from metrics.moments import Floats


@dataclass(frozen=True, slots=True)
class ConversionCurves:
    """Share converted by each day since contact, one row per campaign and one column per day from 0."""

    at_risk: Floats  # customers not yet converted whose day is on record, shape (k, days)
    converted: Floats  # share converted by the end of the day, shape (k, days); nan beyond the last day on record
    low: Floats
    high: Floats
    level: float

    def frame(self) -> pd.DataFrame:
        """One row per curve and day: `curve` and `day` from 0, and what was seen by the end of the day."""
        curve, day = (place.ravel() for place in np.indices(self.converted.shape))
        names = ("at_risk", "converted", "low", "high")
        return pd.DataFrame({"curve": curve, "day": day} | {name: getattr(self, name).ravel() for name in names})

    @property
    def shared_day(self) -> int | None:
        """The last day on which at least half of the customers of every curve are still watched; None without one."""
        if not self.at_risk.size:
            return None
        enough = np.flatnonzero((self.at_risk >= self.at_risk[:, :1] / 2).all(axis=0) & (self.at_risk > 0).all(axis=0))
        return int(enough[-1]) if len(enough) else None

    def of(self, rows: Sequence[int]) -> ConversionCurves:
        """Some of the curves."""
        chosen = list(rows)
        return ConversionCurves(
            self.at_risk[chosen], self.converted[chosen], self.low[chosen], self.high[chosen], self.level
        )

    def at(self, day: int) -> Intervals:
        """Share converted by the end of a day, one interval per campaign.

        A campaign in which nobody has been followed for that long has none (`Reason.WINDOW_OPEN`).
        """
        if not 0 <= day < self.converted.shape[1]:
            nothing = np.full(len(self.converted), np.nan)
            estimate, low, high, at_risk = nothing, nothing, nothing, np.zeros_like(nothing)
        else:
            estimate, low, high = self.converted[:, day], self.low[:, day], self.high[:, day]
            at_risk = self.at_risk[:, day]
        reason = np.select(
            [np.isnan(estimate), np.isnan(low)], [Reason.WINDOW_OPEN.value, Reason.TOO_FEW.value], Reason.NONE.value
        )
        return Intervals.of(
            estimate, low, high, n=at_risk, level=self.level, reason=reason, method="Kaplan-Meier, log-log"
        )


def kaplan_meier(converted: npt.ArrayLike, censored: npt.ArrayLike, level: float = 0.95) -> ConversionCurves:
    """Conversion by day since contact, from counts by day.

    Every customer contacted is counted once: on the day of conversion, or on the last day on record without one
    (the attribution window closed, or the data ends). Who leaves the record on a day was at risk that day.

    Args:
        converted: customers who converted on each day since their contact, shape (k, days) or (days,).
        censored: customers last seen on that day without having converted, same shape.
        level: confidence level of each day's limits.

    Returns:
        Curves with Greenwood's variance and limits on the log-log scale, which stay between 0 and 1. Before the
        first conversion there is a share of 0 without limits.

    Raises:
        ShapeError: the two differ in shape.
        DomainError: a negative count, or a level that is not between 0 and 1.

    Source: Kaplan and Meier (1958), JASA 53, 457-481; Kalbfleisch and Prentice (1980) for the log-log limits.

    >>> curves = kaplan_meier(converted=[2, 1, 0, 1], censored=[0, 1, 0, 5])
    >>> curves.converted.round(3), curves.at_risk
    (array([[0.2  , 0.3  , 0.3  , 0.417]]), array([[10.,  8.,  6.,  6.]]))
    """
    events = np.atleast_2d(np.asarray(converted, dtype=np.float64))
    leaving = np.atleast_2d(np.asarray(censored, dtype=np.float64))
    if events.shape != leaving.shape:
        raise ShapeError(f"Conversions of shape {events.shape} and censored of shape {leaving.shape}.")
    if bool(np.any(events < 0) or np.any(leaving < 0)):
        raise DomainError("Counts of customers are not negative.")
    at_risk = np.cumsum((events + leaving)[:, ::-1], axis=1)[:, ::-1]
    followed = at_risk > 0
    staying = at_risk - events
    hazard = np.divide(events, at_risk, out=np.zeros_like(events), where=followed)
    survival = np.where(followed, np.cumprod(1 - hazard, axis=1), np.nan)
    term = np.divide(events, at_risk * staying, out=np.full_like(events, np.nan), where=staying > 0)
    greenwood = np.cumsum(np.where(events == 0, 0.0, term), axis=1)
    inner = (survival > 0) & (survival < 1)
    log_survival = np.log(np.where(inner, survival, np.nan))
    spread = stats.norm.isf((1 - checked_level(level)) / 2) * np.sqrt(greenwood) / np.abs(log_survival)
    low, high = 1 - np.exp(log_survival * np.exp(-spread)), 1 - np.exp(log_survival * np.exp(spread))
    return ConversionCurves(at_risk, 1 - survival, low, high, level)


def curves_by_campaign(frame: pd.DataFrame, order: Sequence[str], level: float = 0.95) -> ConversionCurves:
    """Curves of campaigns from an aggregate: `campaign_id`, `day` since contact, `converted`, `censored`.

    Rows of other campaigns are passed over; a day without a row had neither.

    >>> frame = pd.DataFrame({"campaign_id": ["a", "a"], "day": [0, 2], "converted": [1, 1], "censored": [0, 2]})
    >>> curves_by_campaign(frame, ["a"]).converted
    array([[0.25, 0.25, 0.5 ]])
    """
    row = pd.Index(list(order), dtype="str").get_indexer(pd.Index(frame["campaign_id"]))
    ours = frame.loc[row >= 0]
    day = ours["day"].to_numpy(dtype=np.intp)
    counts = np.zeros((2, len(order), int(day.max(initial=-1)) + 1))
    for kind, name in enumerate(("converted", "censored")):
        np.add.at(counts[kind], (row[row >= 0], day), ours[name].to_numpy(dtype=np.float64))
    return kaplan_meier(counts[0], counts[1], level)
