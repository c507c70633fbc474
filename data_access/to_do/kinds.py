"""All kinds of what is to be done, and what each needs of the feeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from data_access.to_do import contacts, ending, tiers, waiting
from data_access.to_do.day import Day
from data_access.to_do.row import Rows

NEEDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "grace": {"tier_snapshot": ("months_below", "aum")},
    "upgrade": {"tier_snapshot": (), "contact": ()},
    "near": {"tier_snapshot": ("aum",)},
    "maturing": {"holding": ("matures_on",)},
    "overdue": {"tier_snapshot": (), "contact": ()},
    "referral": {"referral": ("closed_at",)},
    "complaint": {"complaint": ("closed_at",)},
    "booking": {"journey_event": ()},
    "window": {"campaign_member": ("converted_at",)},
}
"""Kinds, and the tables and columns without which one cannot be told: all customers would look alike."""

ROWS: Final[Mapping[str, Callable[[Day], Rows]]] = {
    "grace": tiers.grace,
    "upgrade": tiers.upgrade,
    "near": tiers.near,
    "maturing": ending.maturing,
    "overdue": contacts.overdue,
    "referral": waiting.referral,
    "complaint": waiting.complaint,
    "booking": waiting.booking,
    "window": ending.window,
}
"""Its rows on a day, by kind; columns `data_access.to_do.row.COLUMNS`."""
