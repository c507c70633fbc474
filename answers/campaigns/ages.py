"""How far has each campaign come at equal age: who bought by each day since assignment?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
from data_access.queries import campaigns
from data_access.queries.comparison import Arms
from data_access.reading.reader import Reader
from metrics.estimate import Intervals
from metrics.inference.survival import ConversionCurves, curves_by_campaign

from answers import places
from answers.batches import in_batches
from answers.campaigns import overview
from answers.campaigns.overview import Choice
from answers.kept import kept

NAMED: Final = 6
"""Curves that are told apart by name; the others stand behind them."""


@dataclass(frozen=True, eq=False)
class Ages:
    """Share converted by day since assignment, the treated of each campaign.

    Attributes:
        keys: Of the curves.
        named: How many of them, from the first on, are told apart; the others are what they are seen against.
        counting: Whether the named are those still counting.
        curves: One row a key.
        day: The last day on which at least half of the customers of every named curve are watched; None without one.
    """

    keys: tuple[str, ...]
    named: int
    counting: bool
    curves: ConversionCurves
    day: int | None

    @property
    def shares(self) -> Intervals:
        """What had been converted by `day`, one row a key."""
        return self.curves.at(-1 if self.day is None else self.day)


@kept
def ask(reader: Reader, choice: Choice) -> Ages:
    """The campaigns of a choice: those still counting by name, else the largest, before all others."""
    answer = overview.ask(reader, choice)
    ids = [str(campaign) for campaign in answer.listed["campaign_id"]]
    size, waiting = (answer.scores[name].estimate for name in ("members", "open_members"))
    counting = bool((waiting > 0).any())
    first = [row for row in range(len(ids)) if waiting[row] > 0 or not counting]
    named = sorted(first, key=lambda row: -size[row])[:NAMED]
    order = [*named, *(row for row in range(len(ids)) if row not in named)]
    return told([ids[row] for row in order], len(named), _every_day(reader, choice.branch), counting=counting)


@kept
def _every_day(reader: Reader, branch: str) -> pd.DataFrame:
    """Days of the treated of all campaigns: read once for all choices of a place."""
    branches = places.branches(reader, branch)
    every = campaigns.catalogue(reader, branches=branches)
    ids = [str(campaign) for campaign in every["campaign_id"]]
    since = (pd.Timestamp(reader.as_of) - every["starts_on"]).dt.days
    watched = every["attribution_days"].astype("float64").fillna(since).clip(lower=0).to_numpy()
    most = (every["arms"].to_numpy() * (watched + 1)).astype("int64").tolist()
    return in_batches(lambda part: _days(reader, part, branches), ids, most)


def of_arms(reader: Reader, members: Mapping[str, Arms], branches: tuple[str, ...]) -> Ages:
    """Curves of some arms each, all of them named."""
    days = _days(reader, sorted({campaign for arms in members.values() for campaign, _ in arms}), branches)
    pair = list(zip(days["campaign_id"], days["arm"], strict=True))
    rows = [days[[each in arms for each in pair]].assign(campaign_id=key) for key, arms in members.items()]
    return told(list(members), len(members), pd.concat(rows), counting=False)


def told(keys: list[str], named: int, days: pd.DataFrame, *, counting: bool) -> Ages:
    """The curves of an aggregate of days, those without a customer left out; days of other keys are passed over."""
    present = set(days["campaign_id"])
    left = sum(key in present for key in keys[:named])
    keys = [key for key in keys if key in present]
    curves = curves_by_campaign(days, keys)
    return Ages(tuple(keys), left, counting, curves, curves.of(range(left)).shared_day)


def _days(reader: Reader, ids: Sequence[str], branches: tuple[str, ...]) -> pd.DataFrame:
    """Days of the treated; nobody's where purchases are not recorded."""
    if not ids:
        return pd.DataFrame({name: [] for name in ("campaign_id", "arm", "day", "converted", "censored")})
    found = campaigns.days_to_conversion(reader, ids, since="assignment", branches=branches)
    treated = found[found["is_control"].eq(False)]
    return treated[treated["converted"].notna()]
