"""What tiers, horizons and audiences are called."""

from __future__ import annotations

from collections.abc import Sequence

from answers.tiers.choice import Choice
from data_access.tier_pairs import NO_CAMPAIGN
from metrics.catalogue.entry import marked as _
from metrics.tiers.transition import Fate

from story.summary.tier_names import tier
from story.text import one_line
from story.vocabulary import term
from story.words import say, say_count

_RULES = {"tier": _("official tier"), "asset_tier": _("tier by assets")}

_CUSTOMERS = {
    "young_professional": _("young professionals"),
    "micro_business_owner": _("micro-business owners"),
    "senior": _("seniors"),
    "family": _("families"),
    "student": _("students"),
    "mid_career": _("mid-career"),
    "starting_out": _("starting out"),
    "young_family": _("young family"),
    "established": _("established"),
    "pre_retirement": _("before retirement"),
    "retired": _("retired"),
}
_CHANNELS = {
    "branch": _("won at the counter"),
    "app": _("won by the app"),
    "referral": _("won by referral"),
    "payroll": _("won by payroll"),
    "micro_business": _("won by micro-business"),
}


def called(tiers: Sequence[str]) -> dict[str, str]:
    """Names of tiers by key."""
    return {key: tier(key) for key in tiers}


def state(key: str) -> str:
    """A tier, or that the customer came or left."""
    if key == Fate.LEFT.value:
        return say("Left")
    return say("New customers") if key == Fate.ENTERED.value else tier(key)


def rule(key: str) -> str:
    """By what a tier is told."""
    return say(_RULES[key])


def horizon(months: int) -> str:
    """So many months."""
    return say_count("{count} month", "{count} months", months)


def customers(key: str) -> str:
    """A class or a life stage."""
    return say(_CUSTOMERS[key]) if key in _CUSTOMERS else one_line(key.replace("_", " "))


def channel(key: str) -> str:
    """How customers were won."""
    return say(_CHANNELS[key]) if key in _CHANNELS else say("won by {channel}", channel=term(key))


def exposure(key: str, campaign: str) -> str:
    """Whether a campaign treated the customers in the months looked at.

    Args:
        key: Identifier of a campaign, or `NO_CAMPAIGN`.
        campaign: Its name.
    """
    return say("no campaign") if key == NO_CAMPAIGN else say("treated by {campaign}", campaign=campaign)


def audience(choice: Choice, campaign: str) -> list[str]:
    """The choice of customers in words, nothing for everybody."""
    chosen = choice.audience
    return [
        *([customers(chosen.segment)] if chosen.segment else []),
        *([customers(chosen.life_stage)] if chosen.life_stage else []),
        *([channel(chosen.channel)] if chosen.channel else []),
        *([exposure(chosen.campaign, campaign)] if chosen.campaign else []),
    ]
