"""What tiers are called; a bank's own tiers by their keys."""

from __future__ import annotations

from types import MappingProxyType

from metrics.catalogue.entry import marked as _

from story.text import one_line
from story.words import say

_NAMES = MappingProxyType(
    {"basic": _("Basic"), "potential": _("Potential"), "wealth": _("Wealth"), "private": _("Private")}
)


def tier(key: str) -> str:
    """The tier's name."""
    return say(_NAMES[key]) if key in _NAMES else one_line(key)


def tier_and_up(key: str) -> str:
    """The tier and those above it: "Wealth and up"."""
    return say("{tier} and up", tier=tier(key))
