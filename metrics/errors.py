"""Errors of the metrics library.

MetricsError
 +- ShapeError          inputs that do not belong together (also a ValueError)
 +- DomainError         a value outside its range: a level of 2, a negative count (also a ValueError)
 +- UnknownMetricError  the catalogue has no such key (also a KeyError)

A number that cannot be computed is *not* an error: it is a row with missing bounds and a reason
(`metrics.estimate.Reason`), because the next row may be fine.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class MetricsError(Exception):
    """Base of every error raised by the metrics library."""


class ShapeError(MetricsError, ValueError):
    """Inputs whose shapes or groups do not belong together."""


class DomainError(MetricsError, ValueError):
    """A value outside the range in which the method is defined."""


class UnknownMetricError(MetricsError, KeyError):
    """A key that the catalogue does not have."""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        """Names the nearest key there is."""
        nearest = get_close_matches(key, list(known), n=1)
        hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
        super().__init__(f"The catalogue has no metric '{key}'.{hint}")

    def __str__(self) -> str:
        """The message without the quotes that KeyError puts around it."""
        return str(self.args[0])
