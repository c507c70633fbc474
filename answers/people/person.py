"""What was expected of one member of staff, and why: the sum over the kinds of customers they were given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from metrics.estimate import Intervals
from metrics.moments import Floats, floats
from metrics.staff.mentoring import Pair

from answers.people.team import Judged, Team

KINDS = ("tier", "channel")
"""Customers of several campaigns are put together by these: a sum of some ten lines can be read."""


@dataclass(frozen=True, eq=False)
class Person:
    """One member of a team.

    Attributes:
        team: Theirs.
        judged: What targets and weights make of it.
        place: Their place in the team's lists.
        kinds: By tier and channel: ``n``, ``expected``, ``converted`` of customers whom others have too.
        alone: Customers whom too few others have: nothing is expected of them, and they count neither way.
        ratios: Observed over expected by line and channel, a row a skill of the team.
        points: Points of each block of the score, nan where too little is known.
        weight: What each counts, those of blocks without points shared out among the others.
        brings: What each brings to the score.
        learns: Whom they could learn from; None where no pair is suggested.
        teaches: Who could learn from them.
    """

    team: Team
    judged: Judged
    place: int
    kinds: pd.DataFrame
    alone: int
    ratios: Intervals
    points: Floats
    weight: Floats
    brings: Floats
    learns: Pair | None
    teaches: tuple[Pair, ...]

    @property
    def staff_id(self) -> str:
        """Who it is."""
        return self.team.people[self.place]


def of(team: Team, judged: Judged, staff_id: str) -> Person | None:
    """A member of a team; None where the team has nobody of that identifier."""
    if staff_id not in team.people:
        return None
    place = team.people.index(staff_id)
    own = team.mix[team.mix["staff_id"] == staff_id]
    told = own.dropna(subset=["expected"])
    kinds = told.groupby(list(KINDS), dropna=False, as_index=False)[["n", "expected", "converted"]].sum(min_count=1)
    return Person(
        team,
        judged,
        place,
        kinds.sort_values("n", ascending=False, kind="stable").reset_index(drop=True),
        int(own["n"].sum() - told["n"].sum()),
        _ratios(team, place),
        *_parts(judged, place),
        next((pair for pair in team.pairs if pair.mentee == staff_id), None),
        tuple(pair for pair in team.pairs if pair.mentor == staff_id),
    )


def _parts(judged: Judged, place: int) -> tuple[Floats, Floats, Floats]:
    """Points, weight and what they bring, by block."""
    if judged.card is None:
        nothing = np.empty(0)
        return nothing, nothing, nothing
    points = judged.card.blocks[:, place]
    given = np.where(np.isnan(points), 0.0, floats(list(judged.card.weights.values())))
    weight = np.divide(given, given.sum(), out=np.zeros_like(given), where=given.sum() > 0)
    return points, weight, weight * np.nan_to_num(points)


def _ratios(team: Team, place: int) -> Intervals:
    """The person's row of each skill, put one below the other."""
    rows = [skill.ratio[np.array([place])] for skill in team.skills]
    if not rows:
        nothing = np.empty(0)
        return Intervals.of(nothing, nothing, nothing, n=nothing, level=0.95, method="Poisson, exact")
    return Intervals.of(
        np.concatenate([row.estimate for row in rows]),
        np.concatenate([row.low for row in rows]),
        np.concatenate([row.high for row in rows]),
        n=np.concatenate([row.n for row in rows]),
        level=0.95,
        reason=np.concatenate([np.asarray(row.reason, dtype=object) for row in rows]).astype(str),
        method="Poisson, exact",
    )
