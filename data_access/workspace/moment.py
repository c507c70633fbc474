"""When a deed happened, as the workspace writes it down: UTC without a zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_TOLD: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """This moment in UTC."""
    return _TOLD.get() or datetime.now(UTC).replace(tzinfo=None)


@contextmanager
def told_as(moment: datetime) -> Iterator[None]:
    """The invented past of the demo bank: what is written inside is dated so, except in the audit log."""
    before = _TOLD.set(moment)
    try:
        yield
    finally:
        _TOLD.reset(before)
