"""Sufficient statistics: what the database counts and every estimate and test consumes.

Three containers, one row per group, all of which add: two branches taken together are ``a + b``.

* `Counts` for a proportion: customers, and customers who did.
* `Moments` for a mean: customers, mean, squares about the mean.
* `JointMoments` for two measures of the same customers: a ratio of sums, or an outcome with its covariate.

Squares and products are held *about the group's own mean*, never as raw sums of squares: at a mean of 1e9
and a standard deviation of 1e3 a raw double-precision sum of squares has lost the variance's digits before
anyone subtracts. The database computes them as ``var_pop(x) * count(x)`` and ``covar_pop(x, y) * count(x)``,
which DuckDB and PostgreSQL evaluate by updating formulas that never form the raw sum; groups are merged here
by the pairwise formula.

Source: Chan, Golub and LeVeque (1983), The American Statistician 37, 242-247.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError, ShapeError

Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.intp]


def floats(values: npt.ArrayLike) -> Floats:
    """A one-dimensional float array of `values`; missing becomes nan."""
    array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if array.ndim != 1:
        raise ShapeError(f"Expected one value per group, got an array of shape {array.shape}.")
    return array


def _same_length(*columns: Floats) -> None:
    if len({len(column) for column in columns}) > 1:
        raise ShapeError(f"Columns of different length: {[len(column) for column in columns]}.")


def _weighted_mean(n_a: Floats, mean_a: Floats, n_b: Floats, mean_b: Floats) -> Floats:
    """Mean of two groups together; an empty group, whose mean is nan, contributes nothing."""
    n = n_a + n_b
    share = np.divide(n_b, n, out=np.zeros_like(n), where=n > 0)
    mean = np.where(n_a > 0, mean_a, 0.0) * (1 - share) + np.where(n_b > 0, mean_b, 0.0) * share
    return np.where(n > 0, mean, np.nan)


def _none_if_empty(n: Floats, squares: Floats) -> Floats:
    """Squares or products as the database gives them: NULL means none in an empty group and unknown in any other."""
    return np.where(n > 0, squares, 0.0)


def _sums(values: Floats, group: Groups | None, groups: int) -> Floats:
    """`values` summed within each of `groups` groups; without `group`, all of them belong to the first."""
    member = np.zeros(len(values), dtype=np.intp) if group is None else group
    return np.bincount(member, weights=values, minlength=groups).astype(np.float64)


def _gaps(rows: Moments, whole: Moments, group: Groups | None) -> Floats:
    """How far each row's mean lies from the mean of the group it is pooled into; an empty row lies nowhere."""
    centre = whole.mean[group] if group is not None else whole.mean
    return np.where(rows.n > 0, rows.mean - centre, 0.0)


def _between(n_a: Floats, gap_x: Floats, n_b: Floats, gap_y: Floats) -> Floats:
    """What the distance between two group means adds to the merged squares or product."""
    n = n_a + n_b
    weight = np.divide(n_a * n_b, n, out=np.zeros_like(n), where=n > 0)
    return np.where(weight > 0, weight * gap_x * gap_y, 0.0)


@dataclass(frozen=True, slots=True)
class Counts:
    """Customers and, of those, customers who did; one row per group.

    Raises:
        ShapeError: the columns differ in length.
        DomainError: a negative count, or more successes than customers.

    >>> Counts.of([100], [4]) + Counts.of([50], [6])
    Counts(n=array([150.]), successes=array([10.]))
    """

    n: Floats  # customers, shape (k,)
    successes: Floats  # of those, shape (k,)

    def __post_init__(self) -> None:
        _same_length(self.n, self.successes)
        if bool(np.any((self.successes < 0) | (self.successes > self.n))):
            raise DomainError("A count of successes lies between 0 and the number of customers.")

    @classmethod
    def of(cls, n: npt.ArrayLike, successes: npt.ArrayLike) -> Counts:
        """Counts from anything array-like."""
        return cls(floats(n), floats(successes))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, successes: str, n: str = "n") -> Counts:
        """Counts from two columns of an aggregate, such as ``n`` and ``converted``."""
        return cls.of(frame[n], frame[successes])

    @property
    def share(self) -> Floats:
        """Successes of customers, nan for an empty group."""
        return np.divide(self.successes, self.n, out=np.full_like(self.n, np.nan), where=self.n > 0)

    def __add__(self, other: Counts) -> Counts:
        """Two disjoint sets of customers taken together, row by row."""
        _same_length(self.n, other.n)
        return Counts(self.n + other.n, self.successes + other.successes)

    def __getitem__(self, rows: slice | npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Counts:
        """Some of the groups."""
        return Counts(self.n[rows], self.successes[rows])

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.n)

    def pooled(self, group: Groups | None = None, groups: int = 1) -> Counts:
        """Rows taken together by the group each belongs to (0 to ``groups - 1``); without `group`, all as one row.

        >>> Counts.of([10, 20, 30], [1, 2, 3]).pooled(np.array([1, 0, 1]), groups=2)
        Counts(n=array([20., 40.]), successes=array([2., 4.]))
        """
        return Counts(_sums(self.n, group, groups), _sums(self.successes, group, groups))


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean and centred squares of one measure; one row per group.

    >>> both = Moments.from_rows([1.0, 3.0]) + Moments.from_rows([5.0])
    >>> both.n, both.mean, both.variance
    (array([3.]), array([3.]), array([4.]))
    """

    n: Floats  # customers, shape (k,)
    mean: Floats  # in the measure's unit; nan where n is 0
    squares: Floats  # sum of squared distances from the group's mean, in that unit squared

    def __post_init__(self) -> None:
        _same_length(self.n, self.mean, self.squares)

    @classmethod
    def from_rows(cls, values: npt.ArrayLike) -> Moments:
        """One group's moments from its rows; missing values are left out."""
        x = floats(values)
        x = x[~np.isnan(x)]
        mean = x.mean() if len(x) else np.nan
        return cls(floats(len(x)), floats(mean), floats(np.sum((x - mean) ** 2)))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, measure: str, n: str = "n") -> Moments:
        """Moments from the columns `n`, ``sum_<measure>`` and ``squares_<measure>`` (centred) of an aggregate."""
        count, total = floats(frame[n]), floats(frame[f"sum_{measure}"])
        mean = np.divide(total, count, out=np.full_like(count, np.nan), where=count > 0)
        return cls(count, mean, _none_if_empty(count, floats(frame[f"squares_{measure}"])))

    @classmethod
    def of_counts(cls, counts: Counts) -> Moments:
        """A proportion seen as the mean of zeros and ones.

        >>> Moments.of_counts(Counts.of([4], [1])).variance
        array([0.25])
        """
        return cls(counts.n, counts.share, _none_if_empty(counts.n, counts.successes * (1 - counts.share)))

    @property
    def total(self) -> Floats:
        """Sum of the measure; 0 for an empty group."""
        return np.where(self.n > 0, self.n * np.where(self.n > 0, self.mean, 0.0), 0.0)

    @property
    def variance(self) -> Floats:
        """Sample variance (n - 1); nan with fewer than two customers."""
        return np.divide(self.squares, self.n - 1, out=np.full_like(self.n, np.nan), where=self.n > 1)

    def __add__(self, other: Moments) -> Moments:
        """Two disjoint sets of customers taken together, row by row."""
        _same_length(self.n, other.n)
        gap = other.mean - self.mean
        squares = self.squares + other.squares + _between(self.n, gap, other.n, gap)
        return Moments(self.n + other.n, _weighted_mean(self.n, self.mean, other.n, other.mean), squares)

    def __getitem__(self, rows: slice | npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Moments:
        """Some of the groups."""
        return Moments(self.n[rows], self.mean[rows], self.squares[rows])

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.n)

    def scaled(self, factor: float | Floats) -> Moments:
        """The same customers with the measure in another unit: minor units to yuan is ``scaled(0.01)``."""
        return Moments(self.n, self.mean * factor, self.squares * factor**2)

    def pooled(self, group: Groups | None = None, groups: int = 1) -> Moments:
        """Rows taken together by the group each belongs to (0 to ``groups - 1``); without `group`, all as one row."""
        n, total = _sums(self.n, group, groups), _sums(self.total, group, groups)
        whole = Moments(n, np.divide(total, n, out=np.full_like(n, np.nan), where=n > 0), np.zeros_like(n))
        squares = self.squares + self.n * _gaps(self, whole, group) ** 2
        return Moments(n, whole.mean, _sums(squares, group, groups))


@dataclass(frozen=True, slots=True)
class JointMoments:
    """Two measures `x` and `y` of the same customers, with their centred product; one row per group.

    A ratio of sums is ``x`` over ``y``; an adjusted mean is ``x`` with the covariate ``y``.

    >>> a = JointMoments.from_rows([1.0, 3.0], [2.0, 2.0])
    >>> both = a + JointMoments.from_rows([5.0], [5.0])
    >>> both.y.mean, both.covariance
    (array([3.]), array([3.]))
    """

    x: Moments
    y: Moments
    product: Floats  # sum of (x - mean x)(y - mean y), in the unit of x times that of y

    def __post_init__(self) -> None:
        _same_length(self.x.n, self.y.n, self.product)
        if not np.array_equal(self.x.n, self.y.n, equal_nan=True):
            raise ShapeError("Two measures of the same customers have the same number of customers.")

    @classmethod
    def from_rows(cls, x: npt.ArrayLike, y: npt.ArrayLike) -> JointMoments:
        """One group's joint moments from its rows; a row missing either value is left out."""
        a, b = floats(x), floats(y)
        _same_length(a, b)
        known = ~(np.isnan(a) | np.isnan(b))
        a, b = a[known], b[known]
        left, right = Moments.from_rows(a), Moments.from_rows(b)
        return cls(left, right, floats(np.sum((a - left.mean) * (b - right.mean))))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, x: str, y: str, n: str = "n") -> JointMoments:
        """Joint moments from an aggregate's columns; the product is ``product_<y>_<x>`` or ``product_<x>_<y>``."""
        product = f"product_{x}_{y}" if f"product_{x}_{y}" in frame.columns else f"product_{y}_{x}"
        left, right = Moments.from_frame(frame, x, n), Moments.from_frame(frame, y, n)
        return cls(left, right, _none_if_empty(left.n, floats(frame[product])))

    @classmethod
    def of_counts(cls, x: Counts, y: Counts, both: npt.ArrayLike) -> JointMoments:
        """Two yes-or-no measures of the same customers, with the number of customers who did both.

        >>> JointMoments.of_counts(Counts.of([4], [2]), Counts.of([4], [2]), both=[2]).covariance.round(4)
        array([0.3333])
        """
        product = floats(both) - x.successes * y.share
        return cls(Moments.of_counts(x), Moments.of_counts(y), _none_if_empty(x.n, product))

    @property
    def n(self) -> Floats:
        """Customers, shape (k,)."""
        return self.x.n

    @property
    def covariance(self) -> Floats:
        """Sample covariance (n - 1); nan with fewer than two customers."""
        return np.divide(self.product, self.n - 1, out=np.full_like(self.n, np.nan), where=self.n > 1)

    def __add__(self, other: JointMoments) -> JointMoments:
        """Two disjoint sets of customers taken together, row by row."""
        between = _between(self.n, other.x.mean - self.x.mean, other.n, other.y.mean - self.y.mean)
        return JointMoments(self.x + other.x, self.y + other.y, self.product + other.product + between)

    def __getitem__(self, rows: slice | npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> JointMoments:
        """Some of the groups."""
        return JointMoments(self.x[rows], self.y[rows], self.product[rows])

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.x)

    def pooled(self, group: Groups | None = None, groups: int = 1) -> JointMoments:
        """Rows taken together by the group each belongs to (0 to ``groups - 1``); without `group`, all as one row."""
        x, y = self.x.pooled(group, groups), self.y.pooled(group, groups)
        product = self.product + self.n * _gaps(self.x, x, group) * _gaps(self.y, y, group)
        return JointMoments(x, y, _sums(product, group, groups))
