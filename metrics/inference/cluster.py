"""Arms assigned by branch: the branch is the unit that chance dealt, so branches, not customers, carry the evidence.

Ten thousand customers of four branches are four draws. Customers of one branch share its staff and its street; errors
computed from customers alone are too small by the root of the design effect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from scipy.optimize.elementwise import find_root

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, Tests, checked_level
from metrics.inference.effect import welch_error
from metrics.moments import Floats, Moments, floats

FEW_CLUSTERS = 20  # below it the limits lean on few branches and are shown with a warning
FEW_EFFECTIVE = 8  # the same by branches of one size: below 6 degrees of freedom one odd branch decides
LOPSIDED = 0.25  # share of the branches in the smaller arm from which on theirs decide, if they are few

_ANGLES = 32  # points of the integral: t distributions with 2 to 200 degrees of freedom come out to 1e-9
_RANGE = (-18.0, 18.0)  # log of u: a p-value of 1 - 1e-8 at one end, and less than 1e-15 or a statistic at its bound


@dataclass(frozen=True, slots=True)
class ClusterComparison:
    """Differences between arms assigned by branch, one row per comparison."""

    effect: Intervals  # treated minus control, in the measure's unit, with standard error and degrees of freedom
    test: Tests
    design_effect: Floats  # variance with clusters / variance as if customers were independent
    clusters: Floats  # branches in both arms, shape (k,)
    smaller: Floats  # branches in the arm that has fewer

    @property
    def effective_clusters(self) -> Floats:
        """As many branches of one size, half of them in either arm, would carry the same evidence; nan without limits.

        One branch with half of an arm's customers leaves two to five, however many stand beside it.
        """
        return np.round(self.effect.degrees_of_freedom + 2, 6)

    @property
    def few(self) -> npt.NDArray[np.bool_]:
        """Rows that rest on fewer than `FEW_CLUSTERS` branches, in all or against many more on the other side.

        Also what so few as `FEW_EFFECTIVE` of one size would carry. Their limits are wide, and lean on the working
        model: that branches spread alike and evenly. Where few in one arm spread very unevenly (a rare sale, most
        branches none) the limits hold too seldom: what is odd in one arm is not made up for in the other.
        """
        lopsided = (self.smaller < FEW_CLUSTERS) & (self.smaller <= LOPSIDED * self.clusters)
        return (self.clusters < FEW_CLUSTERS) | lopsided | (self.effective_clusters < FEW_EFFECTIVE)

    def frame(self) -> pd.DataFrame:
        """One row per comparison: the effect, its test, and the branches that it rests on."""
        names = ("design_effect", "clusters", "effective_clusters", "few")
        return self.effect.frame().assign(p_value=self.test.p_value, **{name: getattr(self, name) for name in names})


def difference_by_cluster(
    comparison: npt.ArrayLike,
    treated: npt.ArrayLike,
    branches: Moments,
    level: float = 0.95,
    *,
    branch: npt.ArrayLike | None = None,
) -> ClusterComparison:
    """Difference of two arms' means with cluster-robust limits from per-branch statistics.

    The means are those of customers, as an arm's rate is shown and as a return is counted: a large branch counts for
    as many as it has. The variance is the bias-reduced sandwich (CR2): each branch's squared residual is raised by
    what the mean took from it, which a large branch feels most. What it took, Bell and McCaffrey's degrees of freedom
    and how far the statistic strays by chance are worked out from the branches' own sizes and the share of the variance
    that lies between branches, estimated from the two arms. Equal branches, as many in either arm, give the t test of
    their means with G - 2 degrees of freedom. Of others the degrees of freedom describe the evidence only: a large
    branch moves the mean and its error together, which no t distribution follows, so limits and p-value come from the
    statistic's own distribution and are never narrower than a normal's.

    Args:
        comparison: number from 0 of the comparison (campaign) each branch belongs to, shape (g,).
        treated: whether the branch was assigned to the treated arm, shape (g,).
        branches: one row per branch and comparison, shape (g,). A share comes in by the moments of its zeros and ones.
        level: confidence level.
        branch: which branch each row is, shape (g,); lets a branch with customers in both arms be found.

    Returns:
        One row per comparison, 0 to the highest number. Fewer than two branches in an arm say nothing about branches:
        `Reason.TOO_FEW`; branches without any difference: `Reason.NO_VARIATION`; a branch
        without a number: `Reason.NOT_RECORDED`; a branch in both arms, which would count twice: `Reason.BOTH_ARMS`.

    Raises:
        ShapeError: the columns differ in length.
        DomainError: a comparison's number is negative, or the level is not between 0 and 1.

    Source: Bell and McCaffrey (2002), Survey Methodology 28, 169-181; Imbens and Kolesár (2016), Review of Economics
    and Statistics 98, 701-712 (degrees of freedom under an estimated correlation within clusters); Pustejovsky and
    Tipton (2018), Journal of Business and Economic Statistics 36, 672-683; Imhof (1961), Biometrika 48, 419-426, and
    Hansen, The exact distribution of the t-ratio with robust and clustered standard errors (distribution).

    >>> branches = Moments(n=np.full(6, 50.0), mean=np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), squares=np.full(6, 50.0))
    >>> by_branch = difference_by_cluster([0] * 6, [False, False, False, True, True, True], branches)
    >>> by_branch.effect.estimate.item(), by_branch.effect.low.round(2).item(), by_branch.effect.high.round(2).item()
    (3.0, 0.73, 5.27)
    """
    number, is_treated = np.asarray(comparison, dtype=np.intp), np.asarray(treated, dtype=np.bool_)
    if not len(number) == len(is_treated) == len(branches):
        raise ShapeError(f"{len(branches)} branches, {len(number)} comparisons, {len(is_treated)} assignments.")
    if bool(np.any(number < 0)):
        raise DomainError("Comparisons are numbered from 0.")
    rows = int(number.max()) + 1 if len(number) else 0
    tail = (1 - checked_level(level)) / 2
    filled = branches.n > 0
    means = [_Mean.of(number[arm], branches[arm], rows) for arm in (~is_treated & filled, is_treated & filled)]
    working = _working_variance(means, rows)
    (control, treat), parts = means, [mean.spread(working) for mean in means]
    few = (control.clusters < 2) | (treat.clusters < 2)
    variance = np.where(few, np.nan, parts[0].variance + parts[1].variance)
    reason = np.select(
        [few, np.isnan(variance), variance == 0],
        [Reason.TOO_FEW.value, Reason.NOT_RECORDED.value, Reason.NO_VARIATION.value],
        Reason.NONE.value,
    )
    error = np.sqrt(np.where(variance > 0, variance, np.nan))
    freedom = (parts[0].expected + parts[1].expected) ** 2 / np.where(few, np.nan, parts[0].squared + parts[1].squared)
    estimate = treat.customers.mean - control.customers.mean
    t, known = estimate / error, np.flatnonzero(error > 0)
    chance = _Chance.of(means, working, known)
    margin, p_value = np.full(rows, np.nan), np.full(rows, np.nan)
    margin[known] = np.maximum(chance.critical(2 * tail), stats.norm.isf(tail)) * error[known]
    p_value[known] = np.maximum(chance.beyond(t[known]), 2 * stats.norm.sf(np.abs(t[known])))
    independent, _, _ = welch_error(control.customers, treat.customers)
    effect = Intervals.of(
        estimate,
        estimate - margin,
        estimate + margin,
        n=control.customers.n + treat.customers.n,
        level=level,
        reason=reason,
        method="cluster-robust (CR2)",
        standard_error=error,
        degrees_of_freedom=freedom,
    )
    method = np.where(reason == Reason.NONE.value, "cluster-robust t", "")
    test = Tests(t, floats(p_value), method, reason)
    sides = control.clusters, treat.clusters
    result = ClusterComparison(effect, test, (error / independent) ** 2, np.add(*sides), np.minimum(*sides))
    return result if branch is None else _without_shared(result, number, is_treated, filled, branch)


def design_effect(
    intraclass_correlation: npt.ArrayLike, customers_per_branch: npt.ArrayLike, variation_of_size: npt.ArrayLike = 0.0
) -> Floats:
    """How many times as many customers a plan by branch needs as a plan by customer.

    Args:
        intraclass_correlation: share of the variance that lies between branches, 0 to 1.
        customers_per_branch: on average.
        variation_of_size: standard deviation of the branches' sizes / their mean.

    Raises:
        DomainError: a correlation outside 0 to 1, a branch of fewer than one customer, or a negative variation.

    Source: Eldridge, Ashby and Kerry (2006), International Journal of Epidemiology 35, 1292-1300.

    >>> design_effect(0.02, 51)
    array([2.])
    """
    rho, size, cv = floats(intraclass_correlation), floats(customers_per_branch), floats(variation_of_size)
    if bool(np.any((rho < 0) | (rho > 1)) or np.any(size < 1) or np.any(cv < 0)):
        raise DomainError("A correlation lies between 0 and 1, a branch has customers, a variation is not negative.")
    return np.maximum(1 + ((cv**2 + 1) * size - 1) * rho, 1.0)


@dataclass(frozen=True, slots=True)
class _Spread:
    """The sandwich variance of arms' means, and the first two moments it has under the working variances."""

    variance: Floats
    expected: Floats
    squared: Floats  # half the variance of the variance


@dataclass(frozen=True, slots=True)
class _Mean:
    """One arm of every comparison: its customers' mean as the weighted mean of its branches' means."""

    number: npt.NDArray[np.intp]
    rows: int
    branches: Moments
    customers: Moments  # all branches of a comparison taken together
    clusters: Floats
    weight: Floats  # each branch's share of its arm's customers

    @classmethod
    def of(cls, number: npt.NDArray[np.intp], branches: Moments, rows: int) -> _Mean:
        customers = branches.pooled(number, rows)
        clusters = floats(np.bincount(number, minlength=rows))
        return cls(number, rows, branches, customers, clusters, branches.n / customers.n[number])

    @property
    def residual(self) -> Floats:
        return self.branches.mean - self.customers.mean[self.number]

    def sums(self, values: Floats) -> Floats:
        return floats(np.bincount(self.number, values, self.rows))

    def variance(self, working: _Working) -> Floats:
        """Of each branch's mean, as the working model has it."""
        return working.between[self.number] + working.within[self.number] / self.branches.n

    def factor(self, variance: Floats) -> Floats:
        """What each squared residual counts for: its share of the mean's variance / what the mean left of its own."""
        taken = self.weight**2 * variance
        left = variance * (1 - 2 * self.weight) + self.sums(taken)[self.number]
        return np.divide(taken, left, out=np.zeros_like(left), where=left > 0)

    def spread(self, working: _Working) -> _Spread:
        """CR2: each squared residual times its working variance / the variance its residual has under it.

        With D the diagonal of those factors and C the residuals' covariance, the variance is r'Dr; under normal
        branches it has the mean tr(DC) and the variance 2 tr(DCDC). Residuals g and h of different branches have the
        covariance s - a_g - a_h, so that the trace is sums over branches.
        """
        share, variance = self.weight, self.variance(working)
        whole = self.sums(share**2 * variance)
        s = whole[self.number]
        left, factor = variance * (1 - 2 * share) + s, self.factor(variance)
        a = share * variance
        t0, t1, t2 = (self.sums(factor * a**power) for power in (0, 1, 2))
        pairs = whole**2 * t0**2 + 2 * t0 * t2 + 2 * t1**2 - 4 * whole * t0 * t1
        squared = pairs + self.sums(factor**2 * (left**2 - (s - 2 * a) ** 2))
        return _Spread(self.sums(factor * self.residual**2), whole, squared)


@dataclass(frozen=True, slots=True)
class _Pull:
    """One arm: what a standard normal draw of each branch moves the mean by, and what its residual adds to the error.

    With x the draws, the mean moves by p'x and the variance is V = x'(diag(d) - p q' - q p' + t p p')x.
    """

    number: npt.NDArray[np.intp]
    p: Floats
    q: Floats
    d: Floats
    t: Floats  # per comparison

    @classmethod
    def of(cls, mean: _Mean, working: _Working, whole: Floats, known: npt.NDArray[np.intp]) -> _Pull:
        """Of the comparisons `known`, in units of the estimate's expected variance `whole`."""
        at = np.isin(mean.number, known)
        variance = mean.variance(working)
        factor, root = mean.factor(variance)[at], np.sqrt(variance[at] / whole[mean.number[at]])
        number = np.searchsorted(known, mean.number[at])
        pull = factor * root
        return cls(number, mean.weight[at] * root, pull, pull * root, floats(np.bincount(number, factor, len(known))))

    def at(self, u: Floats) -> tuple[Floats, Floats]:
        """Logarithm of det(I + uV), and p'(I + uV)^-1 p, for u of shape (comparisons, points)."""
        rows, points = u.shape
        place = (self.number * points).repeat(points) + np.tile(range(points), len(self.number))

        def sums(values: Floats) -> Floats:
            return floats(np.bincount(place, values.reshape(-1), rows * points)).reshape(rows, points)

        diagonal = 1 + u[self.number] * self.d[:, np.newaxis]
        p, q = self.p[:, np.newaxis], self.q[:, np.newaxis]
        pp, pq, qq = sums(p * p / diagonal), sums(p * q / diagonal), sums(q * q / diagonal)
        rest = 1 + u * (self.t[:, np.newaxis] * pp - 2 * pq) - u**2 * (pp * qq - pq**2)
        return sums(np.log(diagonal)) + np.log(rest), pp / rest


@dataclass(frozen=True, slots=True)
class _Chance:
    """How far estimate / error strays where there is no difference, under normal branches with the working variances.

    The estimate squared exceeds c² times its variance where a quadratic form with one positive eigenvalue is positive.
    Imhof's integral of that, its path laid around the one cut, has a positive integrand without waves: with
    y(u) = u p'(I + uV)^-1 p and y(u0) = c² the probability is the mean over the angles a of a quarter turn of
    det(I + uV)^-1/2 tan(a) / sqrt(y(u) / c² - 1) at u = u0 / cos²(a). For equal branches that is Craig's form of t.
    """

    control: _Pull
    treated: _Pull

    @classmethod
    def of(cls, means: list[_Mean], working: _Working, known: npt.NDArray[np.intp]) -> _Chance:
        control, treated = means
        whole = control.sums(control.weight**2 * control.variance(working))
        whole += treated.sums(treated.weight**2 * treated.variance(working))
        return cls(*(_Pull.of(mean, working, whole, known) for mean in means))

    def critical(self, alpha: float) -> Floats:
        """What chance exceeds with probability `alpha`, either way."""
        return np.sqrt(self._squared(self._where(self._probability, np.full_like(self.control.t, alpha))))

    def beyond(self, t: Floats) -> Floats:
        """Probability that chance alone goes as far as `t` from 0, either way."""
        return self._probability(self._where(self._squared, t**2))

    def _squared(self, u: Floats) -> Floats:
        u = u[:, np.newaxis]
        return (u * (self.control.at(u)[1] + self.treated.at(u)[1]))[:, 0]

    def _probability(self, u: Floats) -> Floats:
        angle = (np.arange(_ANGLES) + 0.5) * np.pi / 2 / _ANGLES
        path = u[:, np.newaxis] / np.cos(angle) ** 2
        (log_control, control), (log_treated, treated) = self.control.at(path), self.treated.at(path)
        beyond = path * (control + treated) / self._squared(u)[:, np.newaxis] - 1
        return floats((np.exp(-(log_control + log_treated) / 2) * np.tan(angle) / np.sqrt(beyond)).mean(axis=1))

    def _where(self, f: Callable[[Floats], Floats], target: Floats) -> Floats:
        """Where a monotone function of u takes the target, or the end of the range nearest to it."""
        low, high = (np.full_like(target, end) for end in _RANGE)
        ends = np.array([f(np.exp(low)), f(np.exp(high))])
        target = np.clip(target, ends.min(axis=0), ends.max(axis=0))

        def missed(log_u: Floats, row: npt.NDArray[np.intp]) -> Floats:
            u = np.ones_like(target)
            u[row] = np.exp(log_u)
            return f(u)[row] - target[row]

        return np.exp(find_root(missed, (low, high), args=(np.arange(len(target)),)).x)


@dataclass(frozen=True, slots=True)
class _Working:
    """Variance of a branch's mean as the two arms together suggest it: between + within / customers."""

    between: Floats
    within: Floats


def _working_variance(means: list[_Mean], rows: int) -> _Working:
    """Variance components of each comparison by the analysis of variance; equal branches where it says nothing."""
    squares, freedom, between, between_freedom, size = (np.zeros(rows) for _ in range(5))
    for mean in means:
        n = mean.customers.n
        squares += mean.sums(mean.branches.squares)
        freedom += n - mean.clusters
        between += mean.sums(mean.branches.n * mean.residual**2)
        between_freedom += np.maximum(mean.clusters - 1, 0)
        size += n - np.divide(mean.sums(mean.branches.n**2), n, out=np.zeros_like(n), where=n > 0)
    within = np.divide(squares, freedom, out=np.zeros(rows), where=freedom > 0)
    above = between - between_freedom * within
    among = np.maximum(np.divide(above, size, out=np.zeros(rows), where=size > 0), 0.0)
    blank = ~(among + within > 0)  # nothing varies, or the spread within branches is not known
    return _Working(np.where(blank, 1.0, among), np.where(blank, 0.0, within))


def _without_shared(
    result: ClusterComparison,
    number: npt.NDArray[np.intp],
    treated: npt.NDArray[np.bool_],
    filled: npt.NDArray[np.bool_],
    branch: npt.ArrayLike,
) -> ClusterComparison:
    """The same without the comparisons in which a branch has customers in both arms."""
    names = np.asarray(branch)
    if len(names) != len(number):
        raise ShapeError(f"{len(names)} names for {len(number)} branches.")
    arms = pd.DataFrame({"number": number, "branch": names, "treated": treated})[filled]
    counted = arms.groupby(["number", "branch"], observed=True)["treated"].nunique()
    shared = np.zeros(len(result.clusters), dtype=np.bool_)
    shared[counted[counted > 1].index.get_level_values("number").to_numpy(dtype=np.intp)] = True
    test = Tests(
        np.where(shared, np.nan, result.test.statistic),
        np.where(shared, np.nan, result.test.p_value),
        np.where(shared, "", result.test.method),
        np.where(shared, Reason.BOTH_ARMS.value, result.test.reason),
    )
    return replace(result, effect=result.effect.withheld(shared, Reason.BOTH_ARMS), test=test)
