"""Tests of no difference between two arms, one row per comparison, the method chosen per row and named."""

from __future__ import annotations

import numpy as np
from scipy import stats

from metrics.estimate import Reason, Tests
from metrics.inference.effect import (
    welch_error,
    why_no_difference,
)
from metrics.moments import Counts, Floats, Moments, floats

SMALLEST_EXPECTED_COUNT = 5  # Cochran's rule: below it the normal approximation to a 2 x 2 table is not trusted
_FARTHEST_TABLE = 200  # with fewer than 5 expected, more than 200 have a chance of 1e-200


def compare_shares(control: Counts, treated: Counts) -> Tests:
    """Two-sided test that both arms have the same share.

    The score test (Pearson's chi-square without correction) where every expected count is at least 5, Fisher's
    exact test elsewhere. Fisher is used for every small row rather than Boschloo's more powerful test because it
    needs no search and so stays vectorised: Boschloo's maximises over the unknown common share, for which scipy takes
    some 10 ms a row at a dozen customers and grows with the square of the arms.

    Returns:
        Tests, shape (k,): the statistic is the score test's z, positive where the treated share is higher
        (shown for orientation where Fisher decides); an empty arm is `Reason.TOO_FEW`, a missing
        count `Reason.NOT_RECORDED`.

    Raises:
        ShapeError: the arms differ in length.

    Source: Pearson (1900); Fisher (1935); Cochran (1954), Biometrics 10, 417-451.

    >>> compare_shares(control=Counts.of([80, 10], [48, 1]), treated=Counts.of([70, 10], [56, 6])).method
    array(['score', 'Fisher'], dtype='<U6')
    """
    reason = why_no_difference(control, treated)
    known, both = reason == Reason.NONE.value, control + treated
    n_c, n_t = np.where(known, control.n, np.nan), np.where(known, treated.n, np.nan)
    variance = both.share * (1 - both.share) * (1 / n_c + 1 / n_t)
    gap = treated.share - control.share
    z = np.divide(gap, np.sqrt(variance), out=np.where(known, 0.0, np.nan), where=known & (variance > 0))
    expected = np.minimum(n_c, n_t) * np.minimum(both.share, 1 - both.share)
    small = known & (expected < SMALLEST_EXPECTED_COUNT)
    p_value = 2 * stats.norm.sf(np.abs(z))
    p_value[small] = _fisher(control[small], treated[small])
    method = np.select([~known, small], ["", "Fisher"], "score")
    return Tests(z, p_value, method, reason)


def compare_means(control: Moments, treated: Moments) -> Tests:
    """Welch's two-sided test that both arms have the same mean.

    Returns:
        Tests, shape (k,): the statistic is t, positive where the treated mean is higher. Reasons as
        `metrics.inference.effect.difference_in_means`.

    Raises:
        ShapeError: the arms differ in length.

    Source: Welch (1947), Biometrika 34, 28-35.

    >>> compare_means(Moments.from_rows([1.0, 2.0, 3.0, 4.0]), Moments.from_rows([2.0, 4.0, 5.0, 7.0])).p_value.round(3)
    array([0.163])
    """
    error, freedom, reason = welch_error(control, treated)
    t = (treated.mean - control.mean) / error
    method = np.where(reason == Reason.NONE.value, "Welch", "")
    return Tests(t, floats(2 * stats.t.sf(np.abs(t), freedom)), method, reason)


def _fisher(control: Counts, treated: Counts) -> Floats:
    """Two-sided p value: all tables of the same margins that are no more likely than the one seen.

    The rarer outcome is counted in the smaller arm, where fewer than `SMALLEST_EXPECTED_COUNT` are expected of it, so
    that the tables up to the one seen, or to `_FARTHEST_TABLE`, hold all the chance there is: arms of a hundred
    million cost no more than arms of a hundred. Every row's tables are laid end to end; each is as likely as the one
    before times the ratio of two neighbours, which keeps its digits where factorials of large numbers lose them.
    """
    total = control.n + treated.n
    common = 2 * (control.successes + treated.successes) > total
    rare_c = np.where(common, control.n - control.successes, control.successes)
    rare_t = np.where(common, treated.n - treated.successes, treated.successes)
    rare, smaller = rare_c + rare_t, np.minimum(control.n, treated.n)
    seen = np.where(control.n < treated.n, rare_c, rare_t)
    lowest = np.maximum(0, rare - (total - smaller))
    highest = np.minimum(np.minimum(rare, smaller), np.maximum(seen, _FARTHEST_TABLE))
    tables = (highest - lowest + 1).astype(np.intp)
    row, first = np.repeat(np.arange(len(total)), tables), np.cumsum(tables) - tables
    table = np.arange(len(row)) - first[row] + lowest[row]
    before = np.maximum(table - 1, 0)
    above, below = (rare[row] - before) * (smaller[row] - before), table * ((total - smaller - rare)[row] + table)
    ratio = np.divide(above, below, out=np.ones_like(above), where=table > lowest[row])
    rising = np.cumsum(np.log(ratio))
    log_chance = rising - rising[first][row]
    log_chance -= np.maximum.reduceat(log_chance, first)[row] if len(first) else 0.0
    log_seen = log_chance[first + (seen - lowest).astype(np.intp)]
    chance = np.exp(log_chance)
    # The same tolerance for ties as R's fisher.test.
    as_rare = np.where(log_chance <= log_seen[row] + 1e-7, chance, 0.0)
    every = np.bincount(row, chance, len(total))
    return np.minimum(np.bincount(row, as_rare, len(total)) / np.where(every > 0, every, 1.0), 1.0)
