"""Whether a campaign did the same for all groups of its customers: tier, age, channel that won them, branch."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd
from data_access.queries.comparison import Sides
from data_access.reading.reader import Reader
from metrics.campaigns import verdict
from metrics.campaigns.evaluation import Scorecard
from metrics.catalogue import metric
from metrics.estimate import Reason
from metrics.inference.study.segments import Segments, segments
from metrics.inference.study.sides import outcome_for

from answers.compare import groups


class Untold(StrEnum):
    """Why nothing is told of groups."""

    NONE = ""
    NO_CONTROL = "no_control"  # nobody was held out, so a group has nothing to be compared with
    BY_BRANCH = "by_branch"  # whole branches were assigned: customers of one are not independent
    SIZES = "sizes"  # the arms are not of their planned sizes
    NOBODY = "nobody"  # nobody's window has closed


@dataclass(frozen=True, eq=False)
class Groups:
    """The difference of treated and control, group by group.

    Attributes:
        key: What is compared, in the catalogue: what the objective asks.
        randomised: Whether chance dealt the customers, so that a difference is an effect.
        found: Groups, allowing for their number; None where nothing is told.
        why: Why not.
    """

    key: str
    randomised: bool
    found: Segments | None
    why: Untold = Untold.NONE


def ask(reader: Reader, about: Mapping[Hashable, Any], scores: Scorecard, sides: Sides) -> Groups:
    """The groups of one campaign.

    Args:
        reader: Whose rows.
        about: The campaign's row of the catalogue.
        scores: Its metrics, one row.
        sides: Its treated customers, and those held out.
    """
    judge = scores.judges[0] or verdict.CONVERSION
    key, randomised = metric(judge).compares, about["assignment"] == "randomised"
    if why := _untold(about, scores, sides, judge):
        return Groups(key, randomised, None, why)
    amount = groups.amount_of(key)
    parts = groups.parts(reader, sides, amount)
    told = groups.by_trait(parts, reader, sides, amount)
    if told.empty or not _both_closed(told):
        return Groups(key, randomised, None, Untold.NOBODY)
    return Groups(key, randomised, segments(told, outcome_for(key)))


def _untold(about: Mapping[Hashable, Any], scores: Scorecard, sides: Sides, judge: str) -> Untold:
    if not sides.b:
        return Untold.NO_CONTROL
    if about["cluster"] == "branch":
        return Untold.BY_BRANCH
    return Untold.SIZES if scores[judge].reason[0] == Reason.SAMPLE_RATIO.value else Untold.NONE


def _both_closed(told: pd.DataFrame) -> bool:
    closed = told[told["matured"] > 0]
    return set(closed["side"]) == {"a", "b"}
