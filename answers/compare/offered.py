"""What can be compared: campaigns with their arms, the programme of a year or against those held out from all of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd
from data_access.queries import campaigns, experiments
from data_access.queries.comparison import Arms
from data_access.reading.reader import Reader

from answers.kept import kept

EVERY: Final = "all"
"""All treated arms of a campaign together."""

CONTROL: Final = "control"
"""All arms of a campaign that were held out."""

PROGRAMME: Final = "programme-"
"""All campaigns of a year that drew a control at random."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One campaign, the programme of a year, or the programme against those held out from it.

    Attributes:
        key: Its spelling in the URL.
        name: As the data write it; of a programme its year.
        treated: Its arms that were not held out.
        controls: Those that were.
        randomised: Whether chance dealt the arms.
        by_branch: Whether whole branches were dealt.
        objective: What it was for; empty if not recorded, or of a programme.
        starts_on: First day.
        closes_on: Day on which its last window closes.
        days: Of the window.
        campaigns: Of a programme, the campaigns in it.
        holdout: Whether its control is held out from the whole programme, and everybody else is its other arm.
    """

    key: str
    name: str
    treated: tuple[str, ...]
    controls: tuple[str, ...]
    randomised: bool
    by_branch: bool
    objective: str
    starts_on: date
    closes_on: date
    days: int
    campaigns: tuple[str, ...] = ()
    holdout: bool = False

    @property
    def programme(self) -> bool:
        """Whether it stands for all campaigns of a year, each with its own control."""
        return self.key.startswith(PROGRAMME)

    @property
    def campaign(self) -> bool:
        """Whether it is one campaign, beside which others can be set."""
        return not (self.programme or self.holdout)


@dataclass(frozen=True, eq=False)
class Offered:
    """What a viewer may compare.

    Attributes:
        first: Key of what is shown unless something is chosen; empty where nothing can be compared.
        offers: By key, the latest first; after them the holdouts, programmes last.
        arms: Arms of every campaign, as campaign and arm: those not held out, and those that were.
        as_of: Last day of the data.
    """

    first: str
    offers: Mapping[str, Offer]
    arms: Mapping[str, tuple[Arms, Arms]]
    as_of: date

    def against(self, key: str, a: str) -> tuple[str, ...]:
        """What an arm of a campaign can be compared with: its control first, then other arms, then other campaigns."""
        offer = self.offers[key]
        if not offer.campaign:
            return (CONTROL,)
        own = (CONTROL,) if offer.controls else ()
        others = tuple(arm for arm in offer.treated if arm != a) if a != EVERY and len(offer.treated) > 1 else ()
        others_like = sorted(
            (one for other, one in self.offers.items() if other != key and one.campaign),
            key=lambda one: (one.closes_on > self.as_of, one.objective != offer.objective),
        )
        elsewhere = tuple(one.key for one in others_like)
        return own + others + elsewhere


@kept
def offered(reader: Reader) -> Offered:
    """What the viewer may compare: whatever has a customer of theirs."""
    offers, arms = _found(reader)
    held_out, their_arms = _found(reader.holdouts)
    programmes = list(_programmes(offers, reader.as_of))
    usable = {key: _holdout(one) for key, one in held_out.items() if one.treated and one.controls}
    offers, arms = offers | usable, arms | their_arms
    for key, programme, both in programmes:
        offers[key], arms[key] = programme, both
    return Offered(_first(offers, reader.as_of), offers, arms, reader.as_of)


def _found(reader: Reader) -> tuple[dict[str, Offer], dict[str, tuple[Arms, Arms]]]:
    """Whatever the reader's campaigns offer, with the arms of each."""
    every = campaigns.catalogue(reader)
    sizes = experiments.allocation(reader)
    sizes = sizes[sizes["n"] > 0]
    offers: dict[str, Offer] = {}
    arms: dict[str, tuple[Arms, Arms]] = {}
    by_campaign: dict[str, tuple[list[str], list[str]]] = {}
    for campaign, arm, control in zip(sizes["campaign_id"], sizes["arm"], sizes["is_control"], strict=True):
        by_campaign.setdefault(str(campaign), ([], []))[bool(control)].append(str(arm))
    for row in every.to_dict("records"):
        key = str(row["campaign_id"])
        if key in by_campaign:
            offers[key] = _offer(key, row, by_campaign[key])
            arms[key] = _pairs(key, offers[key].treated), _pairs(key, offers[key].controls)
    return offers, arms


def _offer(key: str, row: Mapping[Hashable, Any], arms: tuple[list[str], list[str]]) -> Offer:
    treated, controls = arms
    ends, days = row["ends_on"].date(), row["attribution_days"]
    window = 0 if pd.isna(days) else int(days)
    objective, assignment, cluster = (row[name] for name in ("objective", "assignment", "cluster"))
    return Offer(
        key,
        str(row["name"]),
        tuple(treated),
        tuple(controls),
        assignment == "randomised",
        cluster == "branch",
        objective if isinstance(objective, str) else "",
        row["starts_on"].date(),
        ends + timedelta(days=window),
        window,
    )


def _holdout(one: Offer) -> Offer:
    """A holdout: everybody is dealt on its first day, so that its last window closes so many days later."""
    return replace(one, holdout=True, closes_on=one.starts_on + timedelta(days=one.days))


def _pairs(key: str, arms: tuple[str, ...]) -> Arms:
    return tuple((key, arm) for arm in arms)


def _programmes(offers: Mapping[str, Offer], as_of: date) -> list[tuple[str, Offer, tuple[Arms, Arms]]]:
    """Of every year the campaigns that drew customers at random and whose windows have all closed."""
    years: dict[int, list[Offer]] = {}
    for offer in offers.values():
        if offer.randomised and offer.controls and not offer.by_branch and offer.closes_on <= as_of:
            years.setdefault(offer.closes_on.year, []).append(offer)
    found: list[tuple[str, Offer, tuple[Arms, Arms]]] = []
    for year, all_of in sorted(years.items(), reverse=True):
        if len(all_of) < 2:
            continue
        arms = (
            tuple(pair for offer in all_of for pair in _pairs(offer.key, offer.treated)),
            tuple(pair for offer in all_of for pair in _pairs(offer.key, offer.controls)),
        )
        key = f"{PROGRAMME}{year}"
        first, last = min(offer.starts_on for offer in all_of), max(offer.closes_on for offer in all_of)
        ids = tuple(offer.key for offer in all_of)
        found.append((key, Offer(key, str(year), (EVERY,), (CONTROL,), True, False, "", first, last, 0, ids), arms))
    return found


def _first(offers: Mapping[str, Offer], as_of: date) -> str:
    """The latest campaign that is over and drew a control at random, else any with a control, any, or a holdout."""
    single = [offer for offer in offers.values() if offer.campaign]

    def rank(offer: Offer) -> tuple[bool, bool, bool, date]:
        over = offer.closes_on <= as_of
        two = bool(offer.controls) or len(offer.treated) > 1
        return two, over, offer.randomised and not offer.by_branch, offer.closes_on if over else date.min

    usable = [offer for offer in single if rank(offer)[0] or len(single) > 1]
    return max(usable, key=rank).key if usable else next((one.key for one in offers.values() if one.holdout), "")
