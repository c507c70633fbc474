"""If more customers rose: what would become of the tiers and of their assets one horizon on?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from data_access.queries import tiers as queries
from data_access.reading.reader import Reader
from metrics.moments import Moments
from metrics.tiers.uplift import Uplift, uplift

from answers import places
from answers.kept import kept
from answers.tiers.choice import Choice, recorded
from answers.tiers.forecast import SEED
from answers.tiers.tiers import TooShort
from answers.tiers.tiers import ask as moves_of

PERCENT: Final = (25, 10, 50, 100)
"""More upgrades than in the last horizon, the default first."""


@dataclass(frozen=True, eq=False)
class Risen:
    """What more upgrades would change.

    Attributes:
        percent: More of them than in the last horizon.
        told: Tiers and assets one horizon on.
    """

    percent: int
    told: Uplift


@kept
def ask(reader: Reader, choice: Choice, percent: int) -> Risen | None:
    """The answer of a choice of `answers.tiers.tiers`; None where no horizon is over yet."""
    answer, seen = moves_of(reader, choice), recorded(reader)
    if isinstance(answer, TooShort) or seen is None:
        return None
    order = answer.order
    risers, stayers = _changes(reader, choice, order, seen[1] - choice.months)
    now = (answer.moves.continuing.sum(axis=1) + answer.moves.entries)[0]
    rng = np.random.default_rng(SEED)
    return Risen(percent, uplift(now, answer.moves, risers, stayers, rng, factor=1 + percent / 100))


def _changes(reader: Reader, choice: Choice, order: tuple[str, ...], start: int) -> tuple[Moments, Moments]:
    """What the assets of risers and of who stayed changed by, by the tier they were in; nobody's where none is told."""
    nobody = Moments(np.zeros(len(order)), np.full(len(order), np.nan), np.zeros(len(order)))
    if not reader.has("tier_snapshot", "aum"):
        return nobody, nobody
    sums = queries.asset_sums(
        reader,
        start,
        choice.months,
        rule=choice.rule,
        branches=places.branches(reader, choice.branch),
        audience=choice.audience,
    )
    place = {tier: at for at, tier in enumerate(order)}
    known: pd.DataFrame = sums[sums["from_tier"].isin(order) & sums["to_tier"].isin(order) & (sums["known_change"] > 0)]
    before, after = (known[name].map(place).to_numpy().astype(np.intp) for name in ("from_tier", "to_tier"))
    every = Moments.from_frame(known, "change", "known_change")
    sides = (every[side].pooled(before[side], len(order)) for side in (after > before, after == before))
    return next(sides), next(sides)
