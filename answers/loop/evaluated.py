"""One campaign held against what was forecast and against those held out: what came, why, for whom, what it teaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Any, Final

import numpy as np
import pandas as pd
from data_access.queries import audience
from data_access.queries import lessons as queries
from data_access.reading.reader import Reader
from metrics.campaigns import verdict
from metrics.campaigns.evaluation import Scorecard
from metrics.estimate import Intervals
from metrics.inference.comparison.verdict import Grade
from metrics.inference.effect import difference_in_shares
from metrics.moments import Counts, Floats, floats
from metrics.planning.roll_out import not_lost
from metrics.planning.why import Course, Why, why

from answers.campaigns.scored import off_plan, scored
from answers.kept import kept
from answers.loop.forecasts import Forecast
from answers.plan.learned import learned

THOUSAND: Final = 1000.0
"""Customers that a loss is told for where the classes of a campaign are not known."""

SATISFACTION: Final = ("top_two_box", "complaints_per_thousand")


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What came of a campaign.

    Attributes:
        campaign_id: Of the campaign.
        name: As the data write it.
        customers: Contacted.
        held_out: Held out at random; 0 for none.
        actual: By measure, as `answers.loop.forecasts.Forecast.bands` counts it; nan where not recorded.
        control: The same of those held out; nan where that says nothing.
        forecast: What was expected; None where nobody froze a forecast before it began.
        incremental: Whether that is told against those held out; else of all who bought.
        why: The sum from forecast to outcome, one row; None without a forecast, or where a part is not recorded.
        roi: Incremental return, one row; with its reason where there is none.
        scores: Its row of the scorecard.
        lost: What contacting `others` too would have lost, one row.
        others: Customers of its classes who were not in it; a thousand where the classes are not known.
        per_thousand: Whether they are not.
        segments: Classes of its customers.
        by_segment: Points of conversion above those held out, of each; limits hold for all together.
        satisfaction: By key of the catalogue, one row each.
        currency: Of all amounts.
    """

    campaign_id: str
    name: str
    customers: float
    held_out: float
    actual: Mapping[str, float]
    control: Mapping[str, float]
    forecast: Forecast | None
    incremental: bool
    why: Why | None
    roi: Intervals
    scores: Scorecard
    lost: Intervals
    others: float
    per_thousand: bool
    segments: tuple[str, ...]
    by_segment: Intervals
    satisfaction: Mapping[str, Intervals]
    currency: str

    @property
    def well_run(self) -> bool:
        """Whether it was an honest test: held out at random, in the planned sizes, and known by now."""
        return bool(self.roi.known[0])

    @property
    def returned(self) -> Grade:
        """The verdict on its return, the same as on every page."""
        return Grade(str(self.scores.verdicts[verdict.RETURN].grade[0]))

    @property
    def figures(self) -> dict[str, Any]:
        """What is kept beside an evaluation: the numbers as they stood."""
        told = {"actual": dict(self.actual), "control": dict(self.control)}
        expected = {name: band.median for name, band in self.forecast.bands.items()} if self.forecast else {}
        plain = {key: {name: _or_none(value) for name, value in row.items()} for key, row in told.items()}
        return {**plain, "forecast": {name: _or_none(value) for name, value in expected.items()}}


@kept
def evaluate(reader: Reader, campaign_id: str, forecast: Forecast | None) -> Evaluated | None:
    """The evaluation of a finished campaign; None of one that is not, or that the viewer does not see."""
    past = learned(reader).past
    row = past[past["campaign_id"] == campaign_id]
    every = scored(reader)
    if row.empty or campaign_id not in every.campaign_id:
        return None
    scores, one = every.among([campaign_id]), row.iloc[0]
    roi = scores["roi_incremental"]
    incremental = _against_control(forecast) and bool(np.isfinite(roi.estimate[0]))
    segments, by_segment = _segments(reader, campaign_id)
    others, said = _others(reader, one, segments)
    told = None
    if forecast is not None:
        expected = forecast.course if incremental else forecast.of_all
        told = why(expected, courses(row, scores, incremental=incremental))
    return Evaluated(
        campaign_id,
        str(one["name"]),
        float(one["n"]),
        _known(one["control_n"], 0.0),
        {name: float(value[0]) for name, value in actual(row, scores, incremental=_against_control(forecast)).items()},
        _control(one),
        forecast,
        incremental,
        told if told is not None and not np.isnan(told.missed).any() else None,
        roi,
        scores,
        not_lost(roi, floats(row["cost"].fillna(0.0)), floats(row["n"]), np.array([others])),
        others,
        not said,
        segments,
        by_segment,
        {key: scores[key] for key in SATISFACTION if key in scores.results},
        reader.currency,
    )


def actual(rows: pd.DataFrame, scores: Scorecard, *, incremental: bool) -> dict[str, Floats]:
    """What finished campaigns did, one row each, by measure as a forecast's bands count it.

    Args:
        rows: Of `answers.plan.learned.Learned.past`.
        scores: Of the same campaigns in the same order.
        incremental: Whether the return is the one against the control.
    """
    customers = floats(rows["n"])
    return {
        "participation": floats(rows["participated"]) / customers,
        "conversion": floats(rows["converted"]) / customers,
        "sales": floats(rows["sum_sales"]) / customers,
        "cost": floats(rows["cost"]),
        "roi": 1 + scores["roi_incremental" if incremental else "roi_attributed"].estimate,
    }


def courses(rows: pd.DataFrame, scores: Scorecard, *, incremental: bool) -> Course:
    """Finished campaigns as a sum, one row each; what the scorecard takes out for the past is a part of its own.

    Arguments as `actual`.
    """
    customers, converted, cost = floats(rows["n"]), floats(rows["converted"]), floats(rows["cost"])
    amount = _each(floats(rows["sum_contribution"]), converted)
    none = np.zeros(len(rows))
    if not incremental:
        return Course(customers, converted / customers, amount, cost, none, none, none)
    held_out, bought = floats(rows["control_n"]), floats(rows["control_converted"])
    own = _each(bought, held_out)
    own_amount = _each(floats(rows["sum_control_contribution"]), bought)
    own_amount = np.where(bought == 0, 0.0, own_amount)
    counted = customers * (converted / customers * amount - own * own_amount)
    told = (scores["roi_incremental"].estimate + 1) * cost
    return Course(customers, converted / customers, amount, cost, own, own_amount, told - counted)


def _against_control(forecast: Forecast | None) -> bool:
    return forecast is None or forecast.incremental


def _control(one: Any) -> dict[str, float]:
    held_out = _known(one["control_n"], 0.0)
    return {"conversion": _known(one["control_converted"], nan) / held_out if held_out else nan}


def _others(reader: Reader, one: Any, segments: tuple[str, ...]) -> tuple[float, bool]:
    """Customers of the campaign's classes who were not in it, and whether anybody knows them."""
    every = audience.offered(reader)
    alike = every[(every["what"] == "segment") & every["value"].isin(segments)]
    left = float(alike["n"].sum()) - float(one["n"]) - _known(one["control_n"], 0.0)
    return (left, True) if left > 0 else (THOUSAND, False)


@kept
def by_class(reader: Reader) -> pd.DataFrame:
    """What `metrics.planning.lessons` learns from: one row a finished, randomised campaign and class of customer.

    Campaigns whose groups are not of their planned sizes teach nothing.
    """
    counted = queries.by_class(reader)
    counted = counted[~counted["campaign_id"].isin(off_plan(reader))]
    held_out = counted["is_control"].astype(bool)
    keys = ["campaign_id", "theme", "segment"]
    treated = counted.loc[~held_out, [*keys, "n", "converted"]]
    control = counted.loc[held_out, [*keys, "n", "converted"]]
    control = control.rename(columns={"n": "control_n", "converted": "control_converted"})
    return treated.merge(control, on=keys)


def _segments(reader: Reader, campaign_id: str) -> tuple[tuple[str, ...], Intervals]:
    every = by_class(reader)
    own = every[every["campaign_id"] == campaign_id].dropna().sort_values("segment")
    level = 1 - 0.05 / max(len(own), 1)
    control = Counts.of(own["control_n"], own["control_converted"])
    return tuple(own["segment"].astype(str)), difference_in_shares(
        control, Counts.of(own["n"], own["converted"]), level
    )


def _each(total: Floats, count: Floats) -> Floats:
    return np.divide(total, count, out=np.full_like(total, nan), where=count > 0)


def _known(value: Any, otherwise: float) -> float:
    return otherwise if pd.isna(value) else float(value)


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
