"""A balanced scorecard: weighted points per person, with the interval that few customers leave.

Each item becomes points from 0 to 100 against the peers, blocks (results, cross-selling, customers won and kept,
service) are averaged from their items, and the score is the weighted mean of the blocks. All of it can be recomputed
on a sheet of paper. Compliance has no weight: a breach closes the gate and nothing that pays is left, so that no
result can buy it back.

Source: Kaplan and Norton (1992), Harvard Business Review 70, 71-79, for the form; incentive lessons: Public Citizen
(2016), The King of Cross-Sell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, checked_level
from metrics.finding import Finding, FindingCode
from metrics.moments import Floats, floats

Points = Literal["z", "percentile"]
BLOCKS: Mapping[str, float] = {"results": 0.4, "cross_selling": 0.2, "won_and_kept": 0.2, "service": 0.2}
CAP = 2.0  # standard deviations beyond which an item brings no more and costs no more


@dataclass(frozen=True, slots=True)
class Item:
    """One measure of all k persons; nan where a person has no value."""

    key: str
    block: str
    estimate: Floats  # such as a shrunken ratio
    error: Floats  # its standard error
    exposure: Floats  # customers it rests on
    higher_is_better: bool = True

    @classmethod
    def of(cls, key: str, block: str, intervals: Intervals, *, higher_is_better: bool = True) -> Item:
        """An item from estimates with their intervals, the width of which gives the standard error."""
        half = stats.norm.isf((1 - intervals.level) / 2)
        error = (intervals.high - intervals.low) / (2 * half)
        return cls(key, block, intervals.estimate, error, intervals.n, higher_is_better)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points of k persons, 0 to 100, 50 being the average peer."""

    score: Intervals
    points: Floats  # by item, shape (items, k); nan where missing
    blocks: Floats  # by block, shape (blocks, k), in the order of `weights`
    covered: Floats  # share of the weight for which the person has a value
    gated: npt.NDArray[np.bool_]
    weights: Mapping[str, float]  # as given, divided by their sum

    def frame(self) -> pd.DataFrame:
        """One row per person: the score with its limits, what pays, and the points of each block."""
        told = {"covered": self.covered, "gated": self.gated, "payable": self.payable}
        return self.score.frame().assign(**told, **dict(zip(self.weights, self.blocks, strict=True)))

    @property
    def payable(self) -> Floats:
        """The score that counts: 0 behind a closed gate, nan without a score. No result raises it after a breach."""
        return np.where(self.gated, 0.0, self.score.estimate)


def scorecard(
    items: Sequence[Item],
    *,
    weights: Mapping[str, float] = BLOCKS,
    breaches: npt.ArrayLike = 0,
    minimum: float = 30,
    enough: float = 0.5,
    points: Points = "z",
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> Scorecard:
    """Score persons on several items.

    A person below the minimum exposure has no value in that item. A block without any value is left out and the
    weights of the others are raised to make up for it; a person with less than `enough` of the weight has no score.

    Args:
        items: measures of the same persons, in the same order.
        weights: by block, not negative; only their proportions matter. A block without any item is left out for all.
        breaches: breaches of compliance by person: sales without suitability, consent or recording.
        minimum: exposure below which an item says nothing about a person.
        enough: share of the weight a person needs for a score.
        points: "z" for capped standard scores, "percentile" for the share of peers one is ahead of.
        level: of the interval.
        draws: of the simulation behind the interval: each item varies by its standard error, the peers stay.
        seed: the same seed gives the same interval.

    Raises:
        ShapeError: no item, two of one key, persons of different number, or an item in a block without weight.
        DomainError: negative weights or none above 0, or a level that is not between 0 and 1.
    """
    checked_level(level)
    k = persons(items, weights)
    weights = {block: weight for block, weight in weights.items() if any(item.block == block for item in items)}
    share = _proportions(weights)
    gated = np.broadcast_to(np.asarray(breaches, dtype=np.float64) > 0, (k,)).copy()
    member = np.array([[item.block == block for item in items] for block in weights], dtype=np.float64)

    values = [np.where(item.exposure >= minimum, item.estimate, np.nan) for item in items]
    marks = np.array([_points(v, v, item, points) for v, item in zip(values, items, strict=True)])
    blocks, score, covered = _weigh(marks, member, share)

    rng = np.random.default_rng(seed)
    drawn = np.stack(
        [
            _points(v, v + rng.standard_normal((draws, k)) * np.nan_to_num(item.error), item, points)
            for v, item in zip(values, items, strict=True)
        ]
    )
    _, simulated, _ = _weigh(drawn, member, share)
    told = covered >= enough
    tail = (1 - level) / 2
    low, high = np.quantile(simulated, [tail, 1 - tail], axis=0)
    low, high, score = (np.where(told, x, np.nan) for x in (low, high, score))
    exposure = np.sum([np.nan_to_num(item.exposure) for item in items], axis=0)
    reason = np.where(told, Reason.NONE.value, Reason.TOO_FEW.value)
    # The simulated middle of a capped score is not the score; its limits never leave the score outside.
    interval = Intervals.of(
        score,
        np.minimum(low, score),
        np.maximum(high, score),
        n=exposure,
        level=level,
        reason=reason,
        method="simulation",
    )
    return Scorecard(interval, marks, blocks, covered, gated, dict(zip(weights, share.tolist(), strict=True)))


def attainment(actual: Intervals, target: npt.ArrayLike, present: npt.ArrayLike) -> Intervals:
    """Share of the target reached, the target being that of the working days present.

    Args:
        actual: what was reached, with its interval.
        target: for a full period, in the same unit.
        present: share of the period's working days, part time counted as its part.

    Returns:
        Intervals; nobody present, or no target, is `Reason.TOO_FEW` or `Reason.NOT_RECORDED`.

    Raises:
        DomainError: a share of days outside 0 to 1, or a negative target.
    """
    days, goal = floats(present), floats(target)
    if bool(np.any((days < 0) | (days > 1)) or np.any(goal < 0)):
        raise DomainError("Days present are a share from 0 to 1, and a target is not negative.")
    due = goal * days
    unit = np.divide(1.0, due, out=np.full_like(due, np.nan), where=due > 0)
    reason = np.where(np.isnan(due), Reason.NOT_RECORDED.value, np.where(due > 0, actual.reason, Reason.TOO_FEW.value))
    return Intervals.of(
        actual.estimate * unit,
        actual.low * unit,
        actual.high * unit,
        n=actual.n,
        level=actual.level,
        reason=reason,
        method=actual.method,
    )


def findings(staff: Sequence[str], card: Scorecard, breaches: npt.ArrayLike) -> list[Finding]:
    """Whose gate is closed, and by how many breaches."""
    counted = np.broadcast_to(floats(breaches), card.gated.shape)
    return [
        Finding(FindingCode.SCORE_GATED, {"staff_id": staff[row], "breaches": int(counted[row])})
        for row in np.flatnonzero(card.gated).tolist()
    ]


def persons(items: Sequence[Item], weights: Mapping[str, float]) -> int:
    """Number of persons that all items are of.

    Raises:
        ShapeError: no item, two of one key, persons of different number, or an item in a block without weight.
    """
    if not items:
        raise ShapeError("A scorecard needs at least one item.")
    keys = [item.key for item in items]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ShapeError(f"{', '.join(twice)} stands in the scorecard twice. Give each measure once, or another key.")
    lengths = {len(column) for item in items for column in (item.estimate, item.error, item.exposure)}
    if len(lengths) > 1:
        raise ShapeError(f"Items are of the same persons in the same order, got {sorted(lengths)} of them.")
    unknown = sorted({item.block for item in items} - set(weights))
    if unknown:
        raise ShapeError(f"No weight is given for {', '.join(unknown)}.")
    return lengths.pop()


def _proportions(weights: Mapping[str, float]) -> Floats:
    given = floats(list(weights.values()))
    if bool(np.any(given < 0)) or given.sum() <= 0:
        raise DomainError(f"Weights are not negative and not all 0, got {dict(weights)}.")
    return given / given.sum()


def _points(peers: Floats, values: Floats, item: Item, points: Points) -> Floats:
    """Points of `values`, shape (..., k), against the peers' values; nan where a person has none."""
    known = peers[~np.isnan(peers)]
    sign = 1.0 if item.higher_is_better else -1.0
    if len(known) < 2 or known.min() == known.max():
        return np.where(np.isnan(values), np.nan, 50.0)
    if points == "z":
        z = sign * (values - known.mean()) / known.std(ddof=1)
        return 50 + 50 * np.clip(z, -CAP, CAP) / CAP
    ordered = np.sort(sign * known)
    below = np.searchsorted(ordered, sign * values, side="left")
    above = np.searchsorted(ordered, sign * values, side="right")
    return np.where(np.isnan(values), np.nan, 50 * (below + above) / len(known))


def _weigh(marks: Floats, member: Floats, share: Floats) -> tuple[Floats, Floats, Floats]:
    """Points of blocks, of the whole, and the share of the weight covered; `marks` is (items, ..., k)."""
    known = ~np.isnan(marks)
    total = np.tensordot(member, np.where(known, marks, 0.0), axes=1)
    count = np.tensordot(member, known.astype(np.float64), axes=1)
    blocks = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    covered = np.tensordot(share, (count > 0).astype(np.float64), axes=1)
    sum_ = np.tensordot(share, np.where(count > 0, blocks, 0.0), axes=1)
    return blocks, np.divide(sum_, covered, out=np.full_like(sum_, np.nan), where=covered > 0), covered
