"""Two forecasters that know nothing but the past: the average of all campaigns, and the last that was most alike.

A forecast that does no better than these earns nothing. They are given the rows that the forecast was learned from.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from metrics.errors import ShapeError
from metrics.moments import floats

MEASURES = ("participation", "conversion", "sales", "cost", "roi")
"""Shares of the contacted, amounts a contacted customer, and the return: against the control where that is asked."""


def average(past: pd.DataFrame, *, incremental: bool) -> dict[str, float]:
    """Of all past campaigns together, customer by customer.

    Args:
        past: One row a campaign, as `metrics.planning.forecast.learn` takes it.
        incremental: Whether the return is the one against the control.

    Returns:
        By `MEASURES`; nan where no campaign tells.

    Raises:
        ShapeError: a column is missing.
    """
    return _told(past, incremental=incremental)


def last_alike(past: pd.DataFrame, factors: Mapping[str, str], *, incremental: bool) -> dict[str, float]:
    """Of the latest campaign that shares most factors with the planned one. Arguments and errors as `average`.

    Args:
        past: One row a campaign, oldest first.
        factors: Of the planned one.
        incremental: Whether the return is the one against the control.
    """
    alike = np.zeros(len(past))
    for name, level in factors.items():
        alike += (past[name].fillna("").astype(str) == level).to_numpy(dtype=np.float64)
    if not len(past):
        return dict.fromkeys(MEASURES, float("nan"))
    latest = np.flatnonzero(alike == alike.max())[-1:]
    return _told(past.iloc[latest], incremental=incremental)


def _told(past: pd.DataFrame, *, incremental: bool) -> dict[str, float]:
    needed = ("n", "participated", "converted", "sum_sales", "sum_contribution", "cost")
    missing = [name for name in needed if name not in past.columns]
    if missing:
        raise ShapeError(f"Past campaigns lack the columns {', '.join(missing)}.")
    told = {
        "participation": _each(past, "participated"),
        "conversion": _each(past, "converted"),
        "sales": _each(past, "sum_sales"),
        "cost": _each(past, "cost"),
    }
    worth = _each(past, "sum_contribution")
    if incremental:
        share = told["conversion"]
        added = _added(past)
        worth = worth / share * added if share > 0 else float("nan")
    return {**told, "roi": worth / told["cost"] - 1 if told["cost"] > 0 else float("nan")}


def _each(past: pd.DataFrame, name: str) -> float:
    """The sum over the customers of the campaigns that record it."""
    value, customers = floats(past[name]), floats(past["n"])
    known = ~np.isnan(value) & (customers > 0)
    return float(value[known].sum() / customers[known].sum()) if known.any() else float("nan")


def _added(past: pd.DataFrame) -> float:
    """Points of conversion above the control, each campaign weighted by its contacted customers."""
    if "control_n" not in past.columns:
        return float("nan")
    customers, held_out = floats(past["n"]), floats(past["control_n"])
    known = (customers > 0) & (held_out > 0) & ~np.isnan(floats(past["converted"]) + floats(past["control_converted"]))
    if not known.any():
        return float("nan")
    points = (
        floats(past["converted"])[known] / customers[known] - floats(past["control_converted"])[known] / held_out[known]
    )
    return float(np.average(points, weights=customers[known]))
