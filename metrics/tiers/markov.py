"""Are two transition matrices the same, do rates stay the same, does the past before the present matter?

Customers of one tier at the start are a multinomial sample over where they end; two groups are compared tier by
tier and the tiers' statistics are added. Where expected counts are small, tables with the same margins are drawn
at random and the p value is counted, not read from a curve.

The tests take each transition as one observation. The same customers in two years, or in months that follow each
other, are close to that only if a customer's next move depends on the present tier alone: read the p value of a
comparison in time as the stricter, the more the order test says otherwise.

Source: Anderson and Goodman (1957), Annals of Mathematical Statistics 28, 89-110; Kullback, Kupperman and Ku
(1962), Technometrics 4, 573-608.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason, Tests
from metrics.moments import Floats
from metrics.tiers.transition import Table, Transitions

PERMUTATIONS = 999
CELLS_AT_ONCE = 200_000  # of the random tables held in memory
LARGEST_DRAW = 10**9  # numpy draws hypergeometric numbers below this


class Statistic(StrEnum):
    """How the distance between counts and expectation is measured."""

    PEARSON = "pearson"
    LIKELIHOOD_RATIO = "likelihood_ratio"


def compare(
    a: Transitions,
    b: Transitions,
    rng: np.random.Generator,
    *,
    statistic: Statistic = Statistic.PEARSON,
    permutations: int = PERMUTATIONS,
) -> Tests:
    """Whether the customers of `a` and `b` move by the same rates: one row per group.

    A branch against the rest is ``compare(branches, branches.rest(), rng)``; this year against last is
    ``compare(this_year, last_year, rng)``. Many branches are many tests: adjust the p values.

    Returns:
        Tests. Where an expected count is small the p value is by Monte Carlo and `method` says so. A group
        without a tier that both sides hold in two states or more is `Reason.TOO_FEW`.

    Raises:
        ShapeError: the groups or tiers differ.
    """
    if (len(a), a.tiers, a.months) != (len(b), b.tiers, b.months):
        raise ShapeError("Only transitions of as many groups, the same tiers and the same horizon compare.")
    return _homogeneity(np.stack([a.departures, b.departures], axis=1), rng, statistic, permutations)


def stationarity(
    periods: Transitions,
    rng: np.random.Generator,
    *,
    statistic: Statistic = Statistic.PEARSON,
    permutations: int = PERMUTATIONS,
) -> Tests:
    """Whether all groups of `periods` (start months, or branches) share one matrix: a test of one row."""
    return _homogeneity(periods.departures[None], rng, statistic, permutations)


@dataclass(frozen=True, slots=True)
class OrderTest:
    """Whether the tier before the present one matters for the next, and how far the grace clock explains it.

    A tier by the bank's rule cannot be left downwards before its grace months are over, so the past matters by
    construction: a rejection alone says nothing about customers. What the past adds to the present tier parts
    exactly into what the clock adds, and what the tier before adds once the clock is held fixed: differences
    between customers.
    """

    plain: Tests  # next tier against the tier before, present tier fixed: first against second order
    clock: Tests  # next tier against the months below the threshold, present tier fixed
    explained_by_clock: float  # the clock's share of both, each less what chance gives; nan if the past adds nothing
    n: float  # triples of consecutive months


def order(triples: pd.DataFrame, rng: np.random.Generator, *, permutations: int = PERMUTATIONS) -> OrderTest:
    """First against second order on triples of consecutive months, by likelihood ratio.

    Args:
        triples: ``before``, ``present``, ``after`` (tiers), ``months_below`` in the present month (empty if the
            feed has none) and ``n`` customers.
        rng: for tables with small expected counts.
        permutations: tables drawn for those.

    Returns:
        OrderTest. Without a clock in the feed, what rests on it is `Reason.NOT_RECORDED` and nan.

    Raises:
        DomainError: a negative count.
    """
    if bool((triples["n"] < 0).any()):
        raise DomainError("A count of customers is not negative.")
    clock = triples["months_below"].astype("Float64").fillna(-1).astype(np.int64)
    tables = [
        _table(triples["before"], triples["present"], triples),
        _table(clock, triples["present"], triples),
        _table(triples["before"], pd.MultiIndex.from_arrays([triples["present"], clock]), triples),
    ]
    plain, of_clock, given = (_homogeneity(t, rng, Statistic.LIKELIHOOD_RATIO, permutations) for t in tables)
    excess = [
        max(float(np.nan_to_num(t.statistic[0])) - _freedom(table)[0], 0.0)
        for t, table in zip((of_clock, given), tables[1:], strict=True)
    ]
    explained = excess[0] / sum(excess) if sum(excess) > 0 else np.nan
    if triples["months_below"].isna().all():
        nothing = np.full(1, np.nan)
        of_clock = Tests(nothing, nothing, np.array([""]), np.array([Reason.NOT_RECORDED.value]))
        explained = np.nan
    return OrderTest(plain, of_clock, float(explained), float(triples["n"].sum()))


def _table(sample: pd.Series, origin: pd.Series | pd.MultiIndex, triples: pd.DataFrame) -> Table:
    """Customers by sample, origin and next tier, as one test: (1, samples, origins, ends)."""
    codes = [pd.factorize(values)[0].astype(np.intp) for values in (sample, origin, triples["after"])]
    table = np.zeros((1, *(int(code.max(initial=-1)) + 1 for code in codes)))
    np.add.at(table[0], tuple(codes), triples["n"].to_numpy(dtype=np.float64))
    return table


def _homogeneity(table: Table, rng: np.random.Generator, statistic: Statistic, permutations: int) -> Tests:
    """Test of equal rows over samples: `table` is (tests, samples, origins, ends)."""
    observed = _distance(table, _expected(table), statistic)
    freedom = _freedom(table)
    possible = freedom > 0
    p_value = np.where(possible, special.chdtrc(np.maximum(freedom, 1.0), observed), np.nan)
    sparse = possible & _is_sparse(table)
    if sparse.any():
        p_value[sparse] = _counted_p(table[sparse], observed[sparse], rng, statistic, permutations)
    name = "Anderson-Goodman " + ("chi-square" if statistic is Statistic.PEARSON else "likelihood ratio")
    method = np.where(sparse, f"{name}, Monte Carlo", name)
    reason = np.where(possible, Reason.NONE.value, Reason.TOO_FEW.value)
    return Tests(np.where(possible, observed, np.nan), p_value, method, reason)


def _expected(table: Table) -> Table:
    """Counts if every sample followed the pooled rates of its origin."""
    pooled, size = table.sum(axis=1, keepdims=True), table.sum(axis=3, keepdims=True)
    total = pooled.sum(axis=3, keepdims=True)
    return np.divide(size * pooled, total, out=np.zeros_like(table), where=total > 0)


def _distance(table: Table, expected: Table, statistic: Statistic) -> Floats:
    """The statistic of each test, summed over samples, origins and ends (the last three axes)."""
    if statistic is Statistic.PEARSON:
        part = np.divide((table - expected) ** 2, expected, out=np.zeros_like(table), where=expected > 0)
    else:
        # Of two logarithms of 1e8 customers the difference would be rounding: of what each cell is off it is not. What
        # is taken off again adds up to nothing over each origin.
        off = table - expected
        ratio = np.divide(off, expected, out=np.zeros_like(table), where=expected > 0)
        part = 2 * (special.xlog1py(table, ratio) - off)
    return part.sum(axis=(-3, -2, -1))


def _freedom(table: Table) -> Floats:
    """Per origin (samples present - 1) x (ends reached - 1), added: states nobody reached carry no information."""
    samples = (table.sum(axis=3) > 0).sum(axis=1)
    ends = (table.sum(axis=1) > 0).sum(axis=2)
    return (np.maximum(samples - 1, 0) * np.maximum(ends - 1, 0)).sum(axis=1).astype(np.float64)


def _is_sparse(table: Table) -> npt.NDArray[np.bool_]:
    """Whether more than a fifth of the expected counts are below 5, or one is below 1 (Cochran 1954)."""
    expected = _expected(table)
    informative = (expected > 0) & ((table.sum(axis=1, keepdims=True) > 0).sum(axis=3, keepdims=True) > 1)
    cells = informative.sum(axis=(1, 2, 3))
    small = (informative & (expected < 5)).sum(axis=(1, 2, 3))
    tiny = (informative & (expected < 1)).any(axis=(1, 2, 3))
    drawable = table.sum(axis=(1, 3)).max(axis=1, initial=0) < LARGEST_DRAW
    return (tiny | (small > 0.2 * cells)) & drawable


def _counted_p(
    table: Table, observed: Floats, rng: np.random.Generator, statistic: Statistic, permutations: int
) -> Floats:
    """Share of random tables with the same margins that lie as far out, the observed one counted among them."""
    expected = _expected(table)
    as_far = np.ones(len(table))
    batch = max(1, CELLS_AT_ONCE // table.size)
    for done in range(0, permutations, batch):
        draws = min(batch, permutations - done)
        drawn = _random_table(np.repeat(table, draws, axis=0), rng)
        distance = _distance(drawn, np.repeat(expected, draws, axis=0), statistic).reshape(len(table), draws)
        as_far += (distance >= observed[:, None] * (1 - 1e-9)).sum(axis=1)
    return as_far / (permutations + 1)


def _random_table(table: Table, rng: np.random.Generator) -> Table:
    """For each test a table with the margins of each origin's samples and ends, drawn as if the labels were shuffled.

    Sample by sample and end by end, each cell is hypergeometric given what is left to hand out.
    """
    left = table.sum(axis=1).astype(np.int64)  # (tests, origins, ends) still to hand out
    size = table.sum(axis=3).astype(np.int64)  # (tests, samples, origins)
    drawn = np.zeros(table.shape)
    for sample in range(table.shape[1] - 1):
        need: npt.NDArray[np.int64] = size[:, sample]
        behind = left.sum(axis=2)
        for end in range(table.shape[3]):
            behind = behind - left[:, :, end]
            cell = np.asarray(rng.hypergeometric(left[:, :, end], behind, need), dtype=np.int64)
            drawn[:, sample, :, end] = cell
            need = need - cell
        left = left - drawn[:, sample].astype(np.int64)
    drawn[:, -1] = left
    return drawn
