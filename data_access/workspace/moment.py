"""When a deed happened, as the workspace writes it down: UTC without a zone."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC).replace(tzinfo=None)
