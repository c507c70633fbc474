"""Every metric once: what a page names, a query counts and a formula divides.

>>> conversion = metric("conversion_rate")
>>> conversion.numerator, conversion.denominator
('matured_converted', 'matured')
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from metrics.catalogue.campaign import CAMPAIGN
from metrics.catalogue.comparison import COMPARISON, OUTCOMES
from metrics.catalogue.entry import Direction, Metric, Section, Unit
from metrics.catalogue.returns import RETURN
from metrics.catalogue.satisfaction import SATISFACTION
from metrics.catalogue.staff import STAFF
from metrics.catalogue.tier import TIER
from metrics.catalogue.week import WEEK
from metrics.errors import UnknownMetricError

__all__ = ["METRICS", "OUTCOMES", "SECTIONS", "Direction", "Metric", "Section", "Unit", "metric"]

SECTIONS: Final[Mapping[Section, tuple[Metric, ...]]] = MappingProxyType(
    {
        Section.CAMPAIGN: CAMPAIGN,
        Section.RETURN: RETURN,
        Section.COMPARISON: COMPARISON,
        Section.SATISFACTION: SATISFACTION,
        Section.STAFF: STAFF,
        Section.TIER: TIER,
        Section.WEEK: WEEK,
    }
)
METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {entry.key: entry for section in SECTIONS.values() for entry in section}
)


def metric(key: str) -> Metric:
    """The entry of a key.

    Raises:
        UnknownMetricError: no metric has that key.
    """
    try:
        return METRICS[key]
    except KeyError:
        raise UnknownMetricError(key, METRICS) from None
