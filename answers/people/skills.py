"""In which line and on which channel is each person good, and who could learn it from whom?

A line or channel in which colleagues differ no more than chance is no skill to be taught, so nobody is paired for it:
of all that are looked at, only those whose test holds among them all are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from data_access.queries import campaigns
from data_access.reading.reader import Reader
from metrics.estimate import Intervals, Reason, Verdict
from metrics.inference.multiplicity import holm
from metrics.staff.mentoring import Pair, suggest_pairs
from metrics.staff.performance import SIGNIFICANCE, Performance

from answers.people.results import judged
from answers.period import Period

Way = Literal["line", "channel"]


@dataclass(frozen=True, eq=False)
class Skill:
    """One line or channel.

    Attributes:
        way: Which of the two.
        value: The word of the data.
        performance: Of all, in the order of the people.
        p_value: That colleagues differ in it by chance alone, allowing for all that are looked at; nan: no test.
    """

    way: Way
    value: str
    performance: Performance
    p_value: float

    @property
    def taught(self) -> bool:
        """Whether colleagues differ in it by more than chance."""
        return self.p_value < SIGNIFICANCE

    @property
    def ratio(self) -> Intervals:
        """Observed over expected of each person who had enough customers of it."""
        return self.performance.ratio.withheld(~self.performance.enough, Reason.TOO_FEW)


def lines_of(reader: Reader, looked_at: Period, branch: str) -> pd.DataFrame:
    """The line of each campaign of a period: ``campaign_id`` and ``line``."""
    listed = campaigns.catalogue(reader, last=looked_at.last, branches=(branch,))
    return listed[["campaign_id", "line"]]


def profile(
    mix: pd.DataFrame, rates: pd.DataFrame, lines: pd.DataFrame, people: Sequence[str], minimum: float
) -> tuple[Skill, ...]:
    """The skills of these people, lines before channels, what most customers were given for first."""
    told = mix.merge(lines, on="campaign_id", how="left")
    found: list[tuple[Way, str, Performance]] = []
    ways: tuple[Way, ...] = ("line", "channel")
    for way in ways:
        sizes = told.groupby(way)["n"].sum().sort_values(ascending=False, kind="stable")
        for value in sizes.index:
            performance = judged(told.loc[told[way].eq(value), :], rates, people, minimum)
            if performance is not None and len(sizes) > 1:
                found.append((way, str(value), performance))
    if not found:
        return ()
    adjusted = holm([one.test.p_value[0] for _, _, one in found]).adjusted
    return tuple(Skill(*one, float(p)) for one, p in zip(found, adjusted, strict=True))


def pairs(skills: Sequence[Skill], people: Sequence[str]) -> tuple[Pair, ...]:
    """Who could learn what from whom; the skill of a pair is the place of one of `skills`.

    A mentor stands out in the skill by themselves: being ahead of somebody who lags is no example to follow.
    """
    taught = {str(place): one.performance.shrunken for place, one in enumerate(skills) if one.taught}
    suggested = suggest_pairs(np.array(list(people), dtype=object), taught)
    return tuple(pair for pair in suggested if _stands_out(skills[int(pair.skill)], list(people).index(pair.mentor)))


def _stands_out(skill: Skill, place: int) -> bool:
    return str(skill.performance.verdict[place]) == Verdict.HIGHER
