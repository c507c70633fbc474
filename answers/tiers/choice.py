"""Which moves are looked at: over how many months, by which tier, of whom; and what a viewer may choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from data_access.queries import campaigns, tiers
from data_access.reading.reader import Reader
from data_access.tier_pairs import EVERYBODY, Audience, Rule

from answers import places
from answers.kept import kept

HORIZONS: Final = (12, 3, 1)
"""Months, the default first; each is counted directly."""

RULES: Final[tuple[Rule, ...]] = ("tier", "asset_tier")

MOST_CAMPAIGNS: Final = 40
"""Campaigns that may be chosen, the latest first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked.

    Attributes:
        months: Between start and end.
        rule: Tier by the bank's rule, or by assets alone.
        branch: Histories at this place, as `answers.places` spells it; at all of the viewer's branches if empty.
        audience: Which customers.
    """

    months: int = HORIZONS[0]
    rule: Rule = "tier"
    branch: str = ""
    audience: Audience = EVERYBODY


@dataclass(frozen=True, eq=False)
class Offered:
    """What a viewer may choose from, each as the data spell it.

    Attributes:
        months: Horizons that the data are long enough for, the default first; empty where none is.
        rules: Tier by the rule, and by assets where the feeds tell it.
        segments: Classes, the commonest first.
        life_stages: The same.
        channels: Through which customers were won.
        campaigns: Names of campaigns that ran in the last months, by identifier, the latest first.
        places: Regions and branches, names by spelling.
    """

    months: tuple[int, ...]
    rules: tuple[Rule, ...]
    segments: tuple[str, ...]
    life_stages: tuple[str, ...]
    channels: tuple[str, ...]
    campaigns: Mapping[str, str]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """Months (`month_no`) of a horizon that ends with the data."""

    start: int
    end: int

    @property
    def months(self) -> int:
        """Between the two."""
        return self.end - self.start

    @property
    def before(self) -> Span:
        """The horizon before it."""
        return Span(self.start - self.months, self.start)


def first_day(month_no: int) -> date:
    """The first day of a month."""
    return date(month_no // 12, month_no % 12 + 1, 1)


@kept
def recorded(reader: Reader) -> tuple[int, int] | None:
    """First month in which the viewer's customers have a tier, and the last whole one of the data; None without one."""
    if not reader.has("tier_snapshot"):
        return None
    seen = tiers.months(reader)
    if seen.isna().any(axis=None):
        return None
    # The bank's last month, for whoever looks: a branch without a customer in it has lost them.
    return int(seen["first"].iloc[0]), reader.last_month("tier_snapshot") or int(seen["last"].iloc[0])


@kept
def offered(reader: Reader) -> Offered:
    """What the viewer may choose from."""
    span = recorded(reader)
    names = places.offered(reader)
    if span is None:
        return Offered((), RULES[:1], (), (), (), {}, names)
    first, last = span

    def values(trait: tiers.Trait) -> tuple[str, ...]:
        return tuple(str(value) for value in tiers.traits(reader, last, trait)["value"])

    ran = campaigns.catalogue(reader, first=first_day(last - HORIZONS[0] + 1), last=first_day(last + 1))
    latest = ran.head(MOST_CAMPAIGNS) if reader.has("campaign_member") else ran.head(0)
    return Offered(
        tuple(months for months in HORIZONS if last - months >= first),
        RULES if reader.has("tier_snapshot", "asset_tier") else RULES[:1],
        values("segment"),
        values("life_stage"),
        values("acquired_channel"),
        dict(zip(latest["campaign_id"], latest["name"], strict=True)),
        names,
    )
