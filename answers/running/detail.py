"""The course of one campaign that runs: its fan and its count day by day, its effect so far, what customers bore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from data_access.queries import running
from data_access.reading.reader import Reader
from metrics.catalogue import OUTCOMES
from metrics.inference.study.course import Course, course
from metrics.moments import Floats, floats
from metrics.planning.monitoring import quantiles

from answers import places
from answers.kept import kept
from answers.running import expected
from answers.running.expected import Kept
from answers.running.standing import WITHIN, decision_at, expected_of, stand

QUANTILES: Final = (0.1, 0.25, 0.5, 0.75, 0.9)
STEPS: Final = 24
"""Ages at which a fan is drawn."""

WEEKS: Final = 16
"""Of a card's small line."""

EVENTS: Final = ("contacted", "opt_outs", "complaints", "answers", "contacts", "spent")


@dataclass(frozen=True, eq=False)
class Detail:
    """One campaign from its first day.

    Attributes:
        days: Days since the first at which the fan is drawn, 0 the first.
        fan: Its quantiles (`QUANTILES`) on these days, shape (days, quantiles); empty without a forecast.
        counted: Conversions so far on each day since the first; empty where the feeds do not record them.
        course: The effect of early conversions day by day; None where nobody was held out at random.
        weekly: By kind (`EVENTS`), what each week of the campaign added, the last `WEEKS` of them.
        scores: Sum of the scores of these weeks' answers.
        since: Day from which on the upper limit says that calls should stop; None where it does not.
    """

    days: Floats
    fan: Floats
    counted: Floats
    course: Course | None
    weekly: Mapping[str, Floats]
    scores: Floats
    since: date | None


@kept
def ask(reader: Reader, campaign_id: str, branch: str, plan: Kept | None) -> Detail:
    """The course of a campaign that runs."""
    standing = stand(reader, campaign_id, branch, plan)
    first = standing.row["starts_on"].date()
    days = np.unique(np.round(np.linspace(0, standing.life, STEPS + 1)))[:-1]
    path = expected.path(reader, days, standing.life)
    drawn = expected_of(reader, standing.row, standing.planned, plan)
    fan = quantiles(drawn, path, np.array(QUANTILES)) if drawn is not None and path is not None else np.empty((0, 5))
    branches = places.branches(reader, branch)
    happened = running.days(reader, campaign_id, branches=branches)
    happened["age"] = (pd.to_datetime(happened["day"]) - pd.Timestamp(first)).dt.days
    effect = _course(reader, campaign_id, branches, decision_at(standing.row)) if standing.advice else None
    line = standing.pays_from if standing.pays_from > 0 else float("nan")
    return Detail(
        np.append(days, standing.life),
        fan,
        _so_far(happened, "converted", standing.day) if np.isfinite(standing.converted) else np.array([]),
        effect,
        {kind: _weekly(happened, kind, standing.day, "total" if kind == "spent" else "n") for kind in EVENTS},
        _weekly(happened, "answers", standing.day, "total"),
        _since(effect, line) if standing.advice is not None and standing.advice.stops else None,
    )


def _course(reader: Reader, campaign_id: str, branches: tuple[str, ...], planned: float) -> Course | None:
    found = running.course(reader, campaign_id, WITHIN, branches=branches)
    if set(found["side"]) != {"a", "b"} or found["matured_converted"].isna().any():
        return None
    entry = next(one for one in OUTCOMES if one.compares == "conversion_rate")
    return course(found, entry, planned)


def _since(effect: Course | None, line: float) -> date | None:
    """The first day from which on the upper limit stayed under the line, or under no effect."""
    if effect is None or not len(effect):
        return None
    under = effect.band.high < (0.0 if np.isnan(line) else max(line, 0.0))
    if not under[-1]:
        return None
    before = np.flatnonzero(~under)
    return effect.day[int(before[-1]) + 1 if len(before) else 0].date()


def _so_far(happened: pd.DataFrame, kind: str, day: int) -> Floats:
    """The sum up to each day of the campaign's life, the first of which is 0."""
    own = happened[happened["kind"] == kind]
    ages = np.clip(own["age"].to_numpy(int), 0, day - 1)
    return floats(np.cumsum(np.bincount(ages, own["n"].to_numpy(float), minlength=day)))


def _weekly(happened: pd.DataFrame, kind: str, day: int, column: str) -> Floats:
    """What each week of the campaign added; what was booked before the first day counts to the first week."""
    own = happened[happened["kind"] == kind]
    weeks = (day + 6) // 7
    week = np.clip(own["age"].to_numpy(int) // 7, 0, weeks - 1)
    added = np.bincount(week, own[column].fillna(0).to_numpy(float), minlength=weeks)
    return floats(added[-WEEKS:]) if len(own) else np.array([])
