"""More than two campaigns or arms side by side: what each did, and whether any two differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from data_access.queries import campaigns, comparison, experiments
from data_access.queries.comparison import Arms
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.campaigns import verdict
from metrics.catalogue import OUTCOMES, Unit, metric
from metrics.estimate import Intervals
from metrics.inference.comparison.members import Members
from metrics.inference.comparison.verdict import Grade
from metrics.inference.mean import student
from metrics.inference.study import several as statistics
from metrics.inference.study.sides import outcome_for

from answers import places
from answers.campaigns import ages
from answers.campaigns.ages import Ages
from answers.campaigns.scored import scored
from answers.compare.choice import Choice
from answers.compare.offered import EVERY, Offer, Offered, offered
from answers.kept import kept

MOST: Final = statistics.MOST
ARM: Final = ":"
"""Between a campaign and its arm, in the spelling of a member."""


@dataclass(frozen=True, slots=True)
class Named:
    """A member.

    Attributes:
        key: Its spelling in the URL: a campaign, or campaign and arm.
        offer: The campaign.
        arm: `EVERY` for all that were not held out.
    """

    key: str
    offer: Offer
    arm: str


@dataclass(frozen=True, eq=False)
class Several:
    """Several campaigns or arms.

    Attributes:
        members: In the order chosen.
        found: Effects or differences, one row a member, and of the pairs.
        inputs: What it rests on, one a member.
        looks: Shares of the customers at which one planned to look.
        treated: What the treated of each did, one row a member.
        control: The same of those each held out.
        ages: The treated of each at equal age.
        customers: Treated and control of each.
        waiting: Of all, whose window is open.
        twice: Share of the customers who were in more than one, and their number.
        judges: Metrics that can decide, the one that the first objective asks first.
        grades: Verdict of each member's campaign on the deciding metric among those of its year; of one arm of several
            it has none.
        branches: Names of the branches whose customers are counted; empty for the whole bank.
        as_of: Last day of the data.
        version: Of the data.
        currency: Of all amounts.
    """

    members: tuple[Named, ...]
    found: statistics.Several
    inputs: tuple[statistics.Member, ...]
    looks: tuple[float, ...]
    treated: Intervals
    control: Intervals
    ages: Ages
    customers: tuple[tuple[float, float], ...]
    waiting: float
    twice: tuple[float, float]
    judges: tuple[str, ...]
    grades: tuple[Grade, ...]
    branches: tuple[str, ...]
    as_of: date
    version: str
    currency: str


def named(known: Offered, keys: Sequence[str]) -> tuple[Named, ...]:
    """The members of a choice, each once, at most `MOST`; what the viewer does not have is passed over."""
    found: dict[str, Named] = {}
    for key in keys:
        campaign, _, arm = key.partition(ARM)
        offer = known.offers.get(campaign)
        if offer is None or not offer.campaign or (arm and arm not in offer.treated):
            continue
        found.setdefault(key, Named(key, offer, arm or EVERY))
    return tuple(found.values())[:MOST]


def options(known: Offered) -> tuple[str, ...]:
    """Everything that can be a member: campaigns, and the arms of those with several."""
    keys: list[str] = []
    for key, offer in known.offers.items():
        if not offer.campaign:
            continue
        keys.append(key)
        if len(offer.treated) > 1:
            keys += [f"{key}{ARM}{arm}" for arm in offer.treated]
    return tuple(keys)


def members(known: Offered, choice: Choice) -> tuple[Named, ...]:
    """What a choice sets side by side: both of its sides where they are treated, and what it names beyond them."""
    key = choice.campaign if choice.campaign in known.offers else known.first
    first = key if choice.a == EVERY else f"{key}{ARM}{choice.a}"
    second = f"{key}{ARM}{choice.against}" if key and choice.against in known.offers[key].treated else choice.against
    return named(known, [first, second, *choice.also])


@kept
def ask(reader: Reader, choice: Choice) -> Several | None:
    """Several side by side; None where the choice does not name at least two."""
    known = offered(reader)
    chosen = members(known, choice)
    if len(chosen) < 2:
        return None
    branches = places.branches(reader, choice.branch)
    ids = tuple(dict.fromkeys(one.offer.key for one in chosen))
    arms = campaigns.arms(reader, campaigns=ids, branches=branches, winsorised_at=None)
    clustered = tuple(key for key in ids if known.offers[key].by_branch)
    by_branch = (
        campaigns.arms(reader, campaigns=clustered, branches=branches, by_branch=True, winsorised_at=None)
        if clustered
        else None
    )
    sized = reader.has("campaign_arm", "allocation")
    sizes = experiments.allocation(reader, campaigns=ids, branches=branches) if sized else None
    rows = [_member(one, arms, by_branch, sizes) for one in chosen]
    judges = _judges(chosen[0].offer.objective, arms)
    key = choice.metric if choice.metric in judges else judges[0]
    both = comparison.on_several(reader, _arms(known, chosen), branches).iloc[0]
    customers = tuple((float(one.treated["n"].sum()), float(one.control["n"].sum())) for one in rows)
    total = float(both["customers"])
    looks = tuple(settings().comparison.looks)
    return Several(
        chosen,
        statistics.several(key, rows, looks),
        tuple(rows),
        looks,
        _values([one.treated for one in rows], key),
        _values([one.control for one in rows], key),
        ages.of_arms(reader, {one.key: _arms(known, [one]) for one in chosen}, branches),
        customers,
        float((arms["n"] - arms["matured"]).sum()),
        (float(both["several"]) / total if total else 0.0, float(both["several"])),
        judges,
        _in_their_years(reader, chosen, choice, outcome_for(key).key),
        places.names(reader, choice.branch),
        reader.as_of,
        reader.version,
        reader.currency,
    )


def _member(
    one: Named, arms: pd.DataFrame, by_branch: pd.DataFrame | None, sizes: pd.DataFrame | None
) -> statistics.Member:
    offer = one.offer

    def of(frame: pd.DataFrame, *, control: bool) -> pd.DataFrame:
        own = frame[(frame["campaign_id"] == offer.key) & frame["is_control"].eq(control)]
        return own if control or one.arm == EVERY else own[own["arm"] == one.arm]

    branches = None
    if offer.by_branch and by_branch is not None:
        branches = pd.concat([of(by_branch, control=control) for control in (False, True)])
    own_sizes = None if sizes is None else sizes[sizes["campaign_id"] == offer.key]
    control = of(arms, control=True)
    dealt = offer.randomised and len(control) > 0
    return statistics.Member(offer.key, dealt, offer.by_branch, of(arms, control=False), control, branches, own_sizes)


def _in_their_years(reader: Reader, chosen: Sequence[Named], choice: Choice, key: str) -> tuple[Grade, ...]:
    judged = scored(reader, choice.branch)
    grades = dict(zip(judged.campaign_id, judged.verdicts[key].grade, strict=True))
    none = Grade.NOT_JUDGED
    return tuple(Grade(str(grades.get(one.offer.key, none))) if one.arm == EVERY else none for one in chosen)


def _arms(known: Offered, chosen: Sequence[Named]) -> Arms:
    return tuple(pair for one in chosen for pair in known.arms[one.offer.key][0] if one.arm in (EVERY, pair[1]))


def _values(sides: Sequence[pd.DataFrame], key: str) -> Intervals:
    """What the customers of each side did, one row a side."""
    entry = outcome_for(key)
    group = np.repeat(np.arange(len(sides)), [len(side) for side in sides]).astype(np.intp)
    together = pd.concat([side for side in sides if len(side)]) if any(len(side) for side in sides) else sides[0]
    found = Members.grouped(together, group, len(sides), 0.95)
    if entry.unit is Unit.POINTS:
        return found.once_closed(found.share(entry.numerator, entry.denominator))
    return found.once_closed(student(found.moments(entry.numerator)))


def _judges(objective: str, arms: pd.DataFrame) -> tuple[str, ...]:
    """What can decide: by the first objective, then whatever else is recorded."""
    recorded = {
        entry.key: bool(arms[_known(entry.numerator)].fillna(0).sum() > 0)
        for entry in OUTCOMES
        if entry.compares != "sales_per_customer_winsorised"
    }
    asked = [metric(key).compares for key in verdict.judge_of(objective, recorded)]
    others = [metric(key).compares for key, known in recorded.items() if known]
    return tuple(dict.fromkeys([*asked, *others])) or ("conversion_rate",)


def _known(measure: str) -> str:
    return measure if measure.startswith("matured") else f"known_{measure}"
