"""What a planner may choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data_access.queries import audience, campaigns
from data_access.reading.reader import Reader
from data_access.settings import settings

from answers.campaigns.overview import branch_names
from answers.kept import kept
from answers.plan.learned import known_channels, learned
from answers.plan.scenario import INSIDE

OBJECTIVES = ("acquire", "activate", "retain", "grow")
"""Those of the contract; a test holds the two together."""


@dataclass(frozen=True, eq=False)
class Offered:
    """Values that the data hold, as they spell them; products, branches, campaigns with names by identifier."""

    objectives: tuple[str, ...]
    themes: tuple[str, ...]
    products: Mapping[str, str]
    channels: tuple[str, ...]
    tiers: tuple[str, ...]
    segments: tuple[str, ...]
    tags: tuple[str, ...]
    branches: Mapping[str, str]
    campaigns: Mapping[str, str]


@kept
def offered(reader: Reader) -> Offered:
    """What the viewer may choose."""
    products, values = audience.products(reader), audience.offered(reader)
    ran = campaigns.catalogue(reader)
    by_kind = {kind: values[values["what"] == kind] for kind in ("tier", "segment", "tag")}
    ruled = [tier.key for tier in settings().tier_rules[-1].tiers]
    tiers = sorted(map(str, by_kind["tier"]["value"]), key=lambda t: ruled.index(t) if t in ruled else len(ruled))
    tags = by_kind["tag"]
    themes = [str(theme) for theme in learned(reader).past["theme"].unique() if theme]
    return Offered(
        OBJECTIVES,
        tuple(sorted(themes)),
        dict(zip(map(str, products["product_id"]), map(str, products["name"]), strict=True)),
        known_channels(reader),
        tuple(tiers),
        tuple(map(str, by_kind["segment"]["value"])),
        tuple(INSIDE.join(row) for row in zip(tags["family"], tags["tag"], tags["value"], strict=True)),
        branch_names(reader),
        dict(zip(map(str, ran["campaign_id"]), map(str, ran["name"]), strict=True)),
    )
