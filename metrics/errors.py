"""Errors of the metrics library.

MetricsError
 +- ShapeError      inputs that do not belong together (also a ValueError)
 +- DomainError     a value outside its range: a level of 2, a negative count (also a ValueError)

A number that cannot be computed is *not* an error: it is a row with missing bounds and a reason
(`metrics.estimate.Reason`), because the next row may be fine.
"""


class MetricsError(Exception):
    """Base of every error raised by the metrics library."""


class ShapeError(MetricsError, ValueError):
    """Inputs whose shapes or groups do not belong together."""


class DomainError(MetricsError, ValueError):
    """A value outside the range in which the method is defined."""
