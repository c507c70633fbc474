"""The track record: forecasts that were frozen, held against what came, together, by group and against simpler ones.

One row a campaign and measure: ``campaign_id``, ``measure``, the forecast's ``median``, ``low`` and ``high``, what
came as ``actual``, and what two simpler forecasters said, ``average`` and ``alike``. Shares, amounts a customer, costs;
a return counts as money back for one unit spent, which has a zero that means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from metrics.errors import ShapeError
from metrics.estimate import Intervals
from metrics.inference.ratio import ratio_of_sums
from metrics.moments import Floats, JointMoments, Labels, floats
from metrics.planning.calibration import Calibration, calibrate

COLUMNS = ("campaign_id", "measure", "median", "low", "high", "actual", "average", "alike")
FEWEST = 5
"""Forecasts below which a group is counted and not judged."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Forecasts by group, one row a label."""

    labels: Labels
    campaigns: Floats
    coverage: Intervals  # share of all forecasts inside their limits; the forecasts of one campaign hang together
    leaning: Intervals  # mean of actual less median, in half-widths of the limits: below 0 was hopeful

    def frame(self) -> pd.DataFrame:
        """One row a group."""
        return pd.DataFrame(
            {
                "label": [str(label) for label in self.labels],
                "campaigns": self.campaigns,
                "coverage": self.coverage.estimate,
                "coverage_low": self.coverage.low,
                "coverage_high": self.coverage.high,
                "leaning": self.leaning.estimate,
                "leaning_low": self.leaning.low,
                "leaning_high": self.leaning.high,
            }
        )


def calibration(rows: pd.DataFrame, measure: str, level: float) -> Calibration:
    """Coverage, bias and error of the forecasts of one measure.

    Raises:
        ShapeError: a column is missing.
    """
    own = checked(rows)[rows["measure"] == measure]
    median, low, high, actual = (floats(own[name]) for name in ("median", "low", "high", "actual"))
    return calibrate(median, low, high, actual, level)


def groups(rows: pd.DataFrame, labels: pd.Series[str]) -> Groups:
    """Forecasts of all measures, by a label of their campaigns.

    The forecasts of one campaign miss together, so the campaigns are the units of the limits, and the measures of one
    are averaged first.

    Args:
        rows: As this module describes them.
        labels: Of each row.

    Raises:
        ShapeError: a column is missing.
    """
    known = checked(rows)[_known(rows)]
    inside = (known["low"] <= known["actual"]) & (known["actual"] <= known["high"])
    half = (known["high"] - known["low"]) / 2
    each = pd.DataFrame(
        {
            "label": labels[known.index],
            "campaign_id": known["campaign_id"],
            "inside": inside.astype("float64"),
            "forecasts": 1.0,
            "off": ((known["actual"] - known["median"]) / half).where(half > 0),
        }
    )
    one = each.groupby(["label", "campaign_id"], sort=True).agg(
        inside=("inside", "sum"), forecasts=("forecasts", "sum"), off=("off", "mean")
    )
    labelled = one.index.get_level_values("label").to_numpy()
    named, joint = JointMoments.from_groups(one["inside"], one["forecasts"], labelled)
    _, off = JointMoments.from_groups(one["off"], np.ones(len(one)), labelled)
    return Groups(named, joint.n, _share(ratio_of_sums(joint)), ratio_of_sums(off))


def nearer(rows: pd.DataFrame, other: str) -> Intervals:
    """Share of the forecasts that came nearer than a simpler forecaster's, one row: at half they earn nothing.

    As near is half a time nearer. A share and no ratio of errors: one measure of which the other knows nothing, such as
    the average over deposits and lectures, would speak for all. The campaigns are the units of the limits.

    Args:
        rows: As this module describes them.
        other: ``average`` or ``alike``.

    Raises:
        ShapeError: a column is missing.
    """
    known = checked(rows)[_known(rows) & rows[other].notna()]
    own, simple = (known["actual"] - known["median"]).abs(), (known["actual"] - known[other]).abs()
    won = (own < simple).astype("float64") + (own == simple).astype("float64") / 2
    each = pd.DataFrame({"campaign_id": known["campaign_id"], "won": won, "forecasts": 1.0})
    counted = each.groupby("campaign_id", sort=True)[["won", "forecasts"]].sum()
    return _share(ratio_of_sums(JointMoments.from_rows(counted["won"], counted["forecasts"])))


def _share(ratio: Intervals) -> Intervals:
    """Limits of a share stay between 0 and 1."""
    return replace(ratio, low=np.clip(ratio.low, 0.0, 1.0), high=np.clip(ratio.high, 0.0, 1.0))


def places(rows: pd.DataFrame) -> Floats:
    """Where what came lies in the limits of its forecast: 0 at the median, -1 and 1 at the limits; nan if unknown.

    Either side is told in its own width, for limits of amounts are lopsided.
    """
    off = floats(rows["actual"]) - floats(rows["median"])
    width = np.where(
        off < 0, floats(rows["median"]) - floats(rows["low"]), floats(rows["high"]) - floats(rows["median"])
    )
    return np.divide(off, width, out=np.full_like(off, np.nan), where=width > 0)


def checked(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, if they are such.

    Raises:
        ShapeError: a column is missing.
    """
    missing = [name for name in COLUMNS if name not in rows.columns]
    if missing:
        raise ShapeError(f"Forecasts lack the columns {', '.join(missing)}.")
    return rows


def _known(rows: pd.DataFrame) -> pd.Series[bool]:
    return rows[["median", "low", "high", "actual"]].notna().all(axis=1)
