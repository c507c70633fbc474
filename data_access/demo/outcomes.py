"""What campaigns did: who was assigned, contacted, took part and bought, and what truly made the difference.

A customer's chance to buy without contact comes from who they are; a contact adds the campaign's effect,
more of it in skilled hands. Both chances are kept as truth before any outcome is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from data_access.demo import clock, customers, network, offers, programme, sales
from data_access.demo.columns import DAY, NEVER, NO_TIME, Flags, Floats, Ints
from data_access.demo.customers import Customers

_TIER_PULL = {"by_tier": 1.0}
"""How strongly buying without contact rises with the tier, on the logit scale, where it is not 0.3."""

_SALON_SHARE = np.array([0.92, 0.35, 0.06, 0.04])
"""Share of each tier that the `by_tier` design invites to the salon."""

_CARELESS = 0.004
"""Share of refusals (other than do-not-contact) that slipped onto a list."""


class Members(NamedTuple):
    """Members of campaigns as arrays, one entry a member; times are `NO_TIME` where nothing happened."""

    campaign: Ints
    customer: Ints
    arm: Ints
    branch: Ints
    staff: Ints
    channel: Ints
    tier: Ints
    assigned: Ints
    contacted: Ints
    participated: Ints
    converted: Ints
    product: Ints
    amount: Ints
    contribution: Ints
    internal: Ints
    baseline: Ints

    @staticmethod
    def join(parts: list[Members]) -> Members:
        """All members of a block."""
        return Members(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def sales(self, treated: Flags) -> sales.Sales:
        """The sales of those who bought; only sales to treated members are attributed to the campaign."""
        bought = self.converted < NO_TIME
        digital = ~clock.is_open(self.converted // DAY) | ~programme.BY_STAFF[self.channel]
        return sales.Sales(
            customer=self.customer[bought],
            branch=self.branch[bought],
            staff=np.where(digital, -1, self.staff)[bought],
            product=self.product[bought],
            campaign=np.where(treated, self.campaign, -1)[bought],
            sold=self.converted[bought],
            amount=self.amount[bought],
            contribution=self.contribution[bought],
            internal=self.internal[bought],
            channel=np.where(digital, programme.APP, programme.BRANCH)[bought],
        )


@dataclass(frozen=True)
class Roll:
    """Who is on the list of one campaign: the day and the arm of each customer, `NEVER` where not on it."""

    campaign: int
    day: Ints
    arm: Ints


def enrol(
    rng: np.random.Generator, block: Customers, plans: programme.Programme, campaign: int, month: int, tier: Ints
) -> Roll:
    """Draw the list of a campaign that starts in this month.

    Those who refused the channel, and for risky products those whose rating does not bear it, leave the list
    before anybody is assigned, so that the arms stay comparable.
    """
    plan, arms = plans.plans[campaign], plans.arms(campaign)
    channels = sorted({arm.channel if arm.channel >= 0 else plan.channel for arm in arms})
    affinity = customers.product_affinity(block, plan.product)
    tilt = 0.7 if plan.design in programme.TARGETED else 0.3
    chance = plans.reach[campaign] * np.array(plan.tiers)[tier] * np.exp(tilt * (affinity - affinity.mean()))
    if plan.design in programme.TARGETED:
        chance *= np.exp(0.5 * block.keen)
    progress = 1 - np.sqrt(1 - rng.random(block.size))
    day = plans.starts[campaign] + (progress * plan.length).astype(np.int64)
    if programme.BY_STAFF[plan.channel]:
        day = clock.next_open(day)
    refused = (block.refused[:, channels] <= day[:, None]).any(axis=1)
    slipped = (rng.random(block.size) < _CARELESS) & ~block.shut
    listed = (
        (rng.random(block.size) < np.minimum(chance, 1))
        & np.isin(block.segment, plan.segments)
        & block.present(month)
        & (block.opened < day)
        & (~refused | slipped)
    )
    line = int(offers.PRODUCT_LINE[plan.product])
    if line in offers.RISKY_LINES:
        listed &= block.rating >= offers.PRODUCT_RISK[plan.product]
    return Roll(campaign, np.where(listed, day, NEVER), _assign(rng, block, plans, campaign, month, tier))


def _assign(
    rng: np.random.Generator, block: Customers, plans: programme.Programme, campaign: int, month: int, tier: Ints
) -> Ints:
    """Arm of each customer, as an index into the campaign's arms, by the campaign's design."""
    plan, arms = plans.plans[campaign], plans.arms(campaign)
    luck = rng.random(block.size)
    if plan.design == "branches":
        return plans.treated_branches[campaign][block.branch(month)].astype(np.int64)
    if plan.design == "by_tier":
        return (luck >= _SALON_SHARE[tier]).astype(np.int64)
    if plan.design == "compared":  # the planner's hand: the wealthier, the older and the keener are called
        age = clock.AS_OF.year - block.born
        chosen = 0.4 + 0.9 * (tier - 0.4) + 0.03 * (age - 45) + 0.3 * block.keen
        return (luck < 1 / (1 + np.exp(-chosen))).astype(np.int64)
    return np.searchsorted(np.cumsum([arm.share for arm in arms])[:-1], luck, side="right")


class Chances(NamedTuple):
    """True chances of each member: to be reached, to take part and to buy, with and without contact."""

    reached: Floats
    part: Floats
    alone: Floats
    contacted: Floats


def chances(
    block: Customers,
    people: network.Network,
    plans: programme.Programme,
    roll: Roll,
    month: int,
    who: Ints,
    staff: Ints,
    channel: Ints,
    tier: Ints,
) -> Chances:
    """The truth from which the outcomes of these members are drawn."""
    plan, arms = plans.plans[roll.campaign], plans.arms(roll.campaign)
    affinity = customers.product_affinity(block, plan.product)[who]
    affinity -= affinity.mean() if len(who) else 0.0
    pull = _TIER_PULL.get(plan.design, 0.3)
    score = 0.5 * affinity + 0.6 * block.keen[who] + pull * (tier - 0.35)
    alone = 1 / (1 + np.exp(-(np.log(plans.base[roll.campaign]) - 0.12 + score)))
    by_staff = programme.BY_STAFF[channel]
    kind = network.skill_of_line(offers.PRODUCTS[plan.product].line)
    skill = np.where(by_staff, people.skill_in(month, staff, kind), 0.0)
    treated = np.array([not arm.control for arm in arms])[roll.arm[who]]
    strength = np.array([arm.strength for arm in arms])[roll.arm[who]]
    effect = plans.effect[roll.campaign] * strength
    contacted = alone if plan.effect == 0 else alone * np.exp(0.4 * skill) + effect * np.exp(skill)
    odds = np.log(plans.part[roll.campaign] / (1 - plans.part[roll.campaign]))
    part = 1 / (1 + np.exp(-(odds + 0.5 * skill + 0.3 * affinity + 0.2 * block.keen[who])))
    return Chances(
        reached=np.where(treated, programme.REACHED[channel], 0.0),
        part=np.where(treated, part, 0.0),
        alone=np.clip(alone, 0.001, 0.3),
        contacted=np.clip(contacted, 0.001, 0.3),
    )


def run(
    rng: np.random.Generator,
    block: Customers,
    people: network.Network,
    plans: programme.Programme,
    roll: Roll,
    month: int,
    tier: Ints,
    assets: Ints,
    baseline: Ints,
) -> tuple[Members, Chances]:
    """What happens to the members of one campaign who are assigned in this month.

    Args:
        rng: source of randomness.
        block: the customers.
        people: branches and staff.
        plans: all campaigns.
        roll: the campaign's list.
        month: month of business.
        tier: tier of each customer in this month.
        assets: assets of each customer at the end of the month before.
        baseline: sales to each customer in the three months before, -1 where records do not reach back.
    """
    plan, arms = plans.plans[roll.campaign], plans.arms(roll.campaign)
    within = (roll.day >= clock.MONTH_STARTS[month]) & (roll.day < clock.MONTH_STARTS[month + 1])
    who = np.flatnonzero(within & (roll.day <= clock.LAST_DAY) & block.present(month))
    day, branch = roll.day[who], block.branch(month)
    staff = people.choose(month, branch, tier >= 2, block.pick)[who]
    of_arm = np.array([arm.channel if arm.channel >= 0 else plan.channel for arm in arms])
    channel = of_arm[roll.arm[who]]
    truth = chances(block, people, plans, roll, month, who, staff, channel, tier[who])
    contacted = _contact(rng, block, who, day, channel, truth.reached)
    met = contacted < NO_TIME
    part = met & (rng.random(len(who)) < truth.part)
    among = 1 + 3 * truth.part  # who takes part buys four times as often as who does not
    chance = np.where(met, truth.contacted * np.where(part, 4, 1) / among, truth.alone)
    bought = rng.random(len(who)) < chance
    converted = _buy(rng, day, np.where(met, contacted, 0), plan.window, bought)
    participated = _take_part(rng, contacted, converted, part)
    product = np.full(len(who), plan.product)
    amount, internal = sales.amounts(rng, product, assets[who])
    counts = clock.so_far(converted) < NO_TIME
    return Members(
        campaign=np.full(len(who), roll.campaign),
        customer=who,
        arm=roll.arm[who],
        branch=branch[who],
        staff=staff,
        channel=channel,
        tier=tier[who],
        assigned=day * DAY + 7 * 3600 + rng.integers(0, 3600, len(who)),
        contacted=contacted,
        participated=clock.so_far(participated),
        converted=clock.so_far(converted),
        product=product,
        amount=np.where(counts, amount, 0),
        contribution=np.where(counts, sales.contribution(product, amount), 0),
        internal=np.where(counts, internal, 0),
        baseline=baseline[who],
    ), truth


def _contact(rng: np.random.Generator, block: Customers, who: Ints, day: Ints, channel: Ints, reached: Floats) -> Ints:
    """When each member was contacted: staff take some days, messages leave at once."""
    by_staff = programme.BY_STAFF[channel]
    wait = np.where(by_staff, np.minimum(rng.geometric(0.3, len(who)) - 1, 12), rng.integers(0, 2, len(who)))
    on = np.where(by_staff, clock.next_open(day + wait), day + wait)
    second = np.where(by_staff, clock.office_hours(rng, on), on * DAY + rng.integers(8 * 3600, 20 * 3600, len(who)))
    asked_not_to = block.shut[who] & (block.refused[who, channel] <= on)
    happens = (rng.random(len(who)) < reached) & ~asked_not_to
    return clock.so_far(np.where(happens, second, NO_TIME))


def _buy(rng: np.random.Generator, day: Ints, contacted: Ints, window: int, bought: Flags) -> Ints:
    """When each buyer bought: soon rather than late, after the contact, inside the window."""
    origin, last = np.maximum(day, contacted // DAY), day + window
    on = np.minimum(origin + (rng.beta(0.9, 2.0, len(day)) * (last - origin + 1)).astype(np.int64), last)
    opened = clock.next_open(on)
    waits = (rng.random(len(day)) < 0.8) & (opened <= last)
    second = np.where(waits, opened, on) * DAY + rng.integers(10 * 3600, 16 * 3600 + 1800, len(day))
    last_second = last * DAY + 7 * 3600
    second = np.minimum(second, np.maximum(last_second, contacted + 3600))
    return np.where(bought, np.maximum(second, contacted + rng.integers(1200, 5400, len(day))), NO_TIME)


def _take_part(rng: np.random.Generator, contacted: Ints, converted: Ints, part: Flags) -> Ints:
    """When each participant took part: after the contact, before buying."""
    later = (rng.gamma(1.5, 3.0, len(part))).astype(np.int64)
    second = np.where(part, contacted // DAY + later, 0) * DAY + rng.integers(10 * 3600, 17 * 3600, len(part))
    second = np.maximum(second, np.where(part, contacted, 0) + 300)
    second = np.where(converted < NO_TIME, np.minimum(second, converted - 120), second)
    return np.where(part, second, NO_TIME)
