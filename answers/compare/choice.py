"""What somebody chose to compare, as it stands in the URL, and what it means for these data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from data_access.queries.comparison import Arms, Sides
from metrics.inference.study.design import Counted, Kind

from answers.compare.offered import CONTROL, EVERY, Offer, Offered

ALL: Final = "all"


class Sums(StrEnum):
    """Whether a few large amounts count in full."""

    PLAIN = "plain"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True)
class Choice:
    """One comparison; an empty text leaves the choice to the data.

    Attributes:
        campaign: Key of a campaign, or of the programme of a year.
        a: Its arm, `EVERY` for all that were not held out.
        against: `CONTROL`, another arm, or another campaign.
        who: A trait and its value, such as ``tier-wealth``; `ALL` for everybody.
        counted: Everybody as assigned, or those contacted.
        sums: Whether a few large amounts count in full.
        metric: What decides; empty for what the objective asks.
        branch: Whose customers are counted, in the spelling of `answers.places`.
        also: Campaigns and arms that are set beside the two: campaign, or campaign and arm with a colon between.
    """

    campaign: str = ""
    a: str = EVERY
    against: str = ""
    who: str = ALL
    counted: Counted = Counted.ASSIGNED
    sums: Sums = Sums.PLAIN
    metric: str = ""
    branch: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picked:
    """The two sides of a choice.

    Attributes:
        kind: What they are.
        a: Campaign of the first side.
        b: Campaign of the other, the same where arms of one are compared.
        arm_a: Arm of the first, `EVERY` for all treated.
        arm_b: Arm of the other, `CONTROL` for its control, `EVERY` for all treated of another campaign.
        arms_a: Arms that are counted.
        arms_b: The same.
    """

    kind: Kind
    a: Offer
    b: Offer
    arm_a: str
    arm_b: str
    arms_a: Arms
    arms_b: Arms

    def sides(self, choice: Choice, branches: tuple[str, ...] = ()) -> Sides:
        """Whom the comparison counts, in some branches or all of the viewer's."""
        trait, _, value = choice.who.partition("-")
        if choice.who == ALL:
            return Sides(self.arms_a, self.arms_b, branches=branches)
        return Sides(self.arms_a, self.arms_b, trait, value, branches)


def picked(offered: Offered, choice: Choice) -> Picked | None:
    """The sides of a choice; None where there are no two."""
    key = choice.campaign if choice.campaign in offered.offers else offered.first
    if not key:
        return None
    offer = offered.offers[key]
    a = choice.a if choice.a in offer.treated else EVERY
    possible = offered.against(key, a)
    if not possible:
        return None
    against = choice.against if choice.against in possible else possible[0]
    treated, controls = offered.arms[key]
    arms_a = treated if a == EVERY else tuple(pair for pair in treated if pair[1] == a)
    if offer.programme:
        return Picked(Kind.PROGRAMME, offer, offer, EVERY, CONTROL, treated, controls)
    if against == CONTROL and offer.controls:
        return Picked(Kind.ARMS, offer, offer, a, CONTROL, arms_a, controls)
    if against in offer.treated:
        return Picked(Kind.ARMS, offer, offer, a, against, arms_a, tuple(p for p in treated if p[1] == against))
    other = offered.offers[against]
    return Picked(Kind.CAMPAIGNS, offer, other, a, EVERY, arms_a, offered.arms[against][0])
