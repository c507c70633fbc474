"""Which customers wait for something, what became of such customers before, and of those who were listed."""

from data_access.queries.to_do.history import base_rates
from data_access.queries.to_do.listed import counts, kinds, rows
from data_access.queries.to_do.outcome import became

__all__ = ("base_rates", "became", "counts", "kinds", "rows")
