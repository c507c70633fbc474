"""Customers: who they are, where they bank, what they would buy, and what they consented to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data_access import schema
from data_access.demo import clock, network, offers, programme
from data_access.demo.columns import (
    DAY,
    NEVER,
    Array,
    Flags,
    Floats,
    Ints,
    Table,
    array,
    dates,
    ids,
    join,
    table,
    times,
    words,
)

_AGES = np.array([(18, 23), (22, 35), (30, 48), (28, 58), (45, 60), (58, 84)])
_SEGMENT_SHARES = (0.07, 0.24, 0.24, 0.12, 0.14, 0.19)
_SEGMENT_WEALTH = np.array([-1.3, -0.25, 0.1, 0.45, 0.3, 0.35])
_CHANNELS_IN = ("branch", "payroll", "app", "referral", "micro_business")
GENDERS = ("female", "male")

_TASTE = np.array(
    [  # deposit, wealth, fund, insurance, loan, card, gold, digital; a row a segment
        [0.9, 0.2, 0.3, 0.1, 0.2, 0.9, 0.2, 2.0],
        [0.8, 0.9, 1.1, 0.5, 0.7, 1.3, 0.6, 1.4],
        [1.1, 1.0, 0.8, 1.0, 0.6, 0.8, 0.7, 0.8],
        [1.1, 0.8, 0.5, 0.5, 1.3, 0.7, 0.5, 0.8],
        [1.3, 1.2, 0.8, 0.8, 0.4, 0.5, 0.8, 0.6],
        [2.2, 0.9, 0.3, 0.7, 0.1, 0.2, 0.8, 0.3],
    ]
)
_NEVER_GIVEN = np.array([0.07, 0.12, 0.05, 0.09, 0.03])
"""Share of customers who never consented to marketing through each channel."""

_LINE_RATE = np.array([1.0, 0.7, 0.45, 0.12, 0.12, 0.3, 0.22, 0.6])


@dataclass(frozen=True)
class Customers:
    """A block of customers as arrays, one entry a customer.

    Attributes:
        first: number of the block's first customer in the whole bank.
        home, later, moves: branch, the branch moved to, and the month of the move (`MONTHS` if never).
        arrives, exits: months of business from which and before which the customer is here.
        level: logarithm of the assets around which the customer wanders, in yuan.
        wander, memory: size and monthly persistence of that wandering.
        taste: share of each line in what the customer buys, shape (customers, lines).
        keen: how readily the customer buys at all, on the log scale.
        pick: fixed number in [0, 1) that decides which colleague serves them.
        refused: day from which consent for each channel is withdrawn, -1 where it was never given,
            shape (customers, channels).
        shut: whether withdrawing meant "do not contact me".
    """

    first: int
    home: Ints
    later: Ints
    moves: Ints
    arrives: Ints
    exits: Ints
    opened: Ints
    segment: Ints
    born: Ints
    gender: Ints
    channel_in: Ints
    level: Floats
    wander: Floats
    memory: Floats
    invested: Floats
    taste: Floats
    keen: Floats
    lively: Floats
    pick: Floats
    rating: Ints
    refused: Ints
    shut: Flags

    @property
    def size(self) -> int:
        """Number of customers of the block."""
        return len(self.home)

    def branch(self, month: int) -> Ints:
        """Branch of each customer in a month."""
        return np.where(self.moves <= month, self.later, self.home)

    def present(self, month: int) -> Flags:
        """Whether each customer banks here at the end of a month."""
        return (self.arrives <= month) & (month < self.exits)

    def ids(self, customer: Ints) -> Array:
        """Identifiers of customers of this block."""
        return ids("C", np.arange(self.first, self.first + self.size) + 1, 7).take(array(customer))


def draw(rng: np.random.Generator, people: network.Network, first: int, size: int) -> Customers:
    """Draw a block of customers."""
    home = rng.choice(people.branches, size, p=people.branch_share)
    later = (home + rng.integers(1, people.branches, size)) % people.branches
    moves = np.where(rng.random(size) < 0.04, rng.integers(1, clock.MONTHS, size), clock.MONTHS)
    segment = rng.choice(len(programme.SEGMENTS), size, p=_SEGMENT_SHARES)
    age = _AGES[segment, 0] + (_AGES[segment, 1] - _AGES[segment, 0]) * rng.random(size)
    arrives = np.where(rng.random(size) < 0.70, -1, rng.integers(0, clock.MONTHS, size))
    hazard = 0.0055 * np.exp(0.5 * rng.standard_normal(size))
    exits = np.maximum(arrives, 0) + 2 + rng.geometric(hazard)
    old = clock.FIRST_DAY - rng.integers(30, 5500, size)
    opened = np.where(arrives < 0, old, clock.MONTH_STARTS[np.maximum(arrives, 0)] + rng.integers(0, 15, size))

    fortune = rng.random(size) < 0.022
    ordinary: Floats = np.log(11_000) + _SEGMENT_WEALTH[segment] + 1.62 * rng.standard_normal(size)
    large: Floats = np.log(480_000) - np.log(rng.random(size)) / 0.9
    level: Floats = np.where(fortune, np.minimum(large, np.log(9e7)), np.minimum(ordinary, np.log(3e6)))
    invested = np.where(rng.random(size) < 0.45, 0.5 * rng.random(size), 0.02)
    taste = _TASTE[segment] * _LINE_RATE * rng.gamma(1.6, 1 / 1.6, (size, len(schema.LINES)))
    rating = np.clip(np.round(rng.normal(2.9 - 0.5 * (segment == programme.SENIOR), 1.0, size)), 1, 5).astype(np.int64)

    withdraws = rng.random(size) < 0.11
    shut = withdraws & (rng.random(size) < 0.35)
    asked = clock.FIRST_DAY - 200 + rng.integers(0, clock.LAST_DAY - clock.FIRST_DAY + 200, size)
    asked = np.maximum(asked, opened + 1)
    one_channel = rng.random((size, len(programme.CHANNELS))) < np.where(shut, 1.0, 0.4)[:, None]
    refused = np.where(withdraws[:, None] & one_channel, asked[:, None], NEVER)
    never_given = rng.random(refused.shape) < _NEVER_GIVEN
    refused = np.where(never_given & ~shut[:, None], -1, refused)
    return Customers(
        first=first,
        home=home,
        later=later,
        moves=moves,
        arrives=arrives,
        exits=exits,
        opened=opened,
        segment=segment,
        born=clock.AS_OF.year - np.floor(age).astype(np.int64),
        gender=rng.integers(0, 2, size),
        channel_in=rng.choice(len(_CHANNELS_IN), size, p=(0.42, 0.2, 0.18, 0.12, 0.08)),
        level=level,
        wander=0.40 * np.exp(0.35 * rng.standard_normal(size)),
        memory=rng.uniform(0.45, 0.85, size),
        invested=invested,
        taste=taste / taste.sum(axis=1, keepdims=True),
        keen=0.55 * rng.standard_normal(size) + people.branch_level[home],
        lively=rng.beta(1.3, 2.2, size),
        pick=rng.random(size),
        rating=rating,
        refused=np.where(refused > clock.LAST_DAY, NEVER, refused),
        shut=shut & (asked <= clock.LAST_DAY),
    )


def tables(rng: np.random.Generator, people: network.Network, block: Customers, tier: Ints) -> dict[str, Table]:
    """The customer, consent and customer_tag tables of a block.

    Args:
        rng: source of randomness.
        people: the bank's branches and staff.
        block: the customers.
        tier: latest tier of each customer; those above the lowest have a relationship manager.
    """
    every = np.arange(block.size)
    now = clock.MONTHS - 1
    branch = block.branch(now)
    manager = people.choose(now, branch, tier >= 2, block.pick)
    has_manager = (tier >= 1) & block.present(now)
    return {
        "customer": table(
            "customer",
            customer_id=block.ids(every),
            branch_id=network.branch_ids(branch),
            opened_on=dates(block.opened),
            birth_year=block.born,
            gender=words(block.gender, GENDERS),
            segment=words(block.segment, programme.SEGMENTS),
            acquired_channel=words(block.channel_in, _CHANNELS_IN),
            manager_staff_id=network.staff_ids(np.where(has_manager, manager, -1)),
        ),
        "consent": _consent(rng, block),
        "customer_tag": _tags(rng, block, tier),
    }


def _consent(rng: np.random.Generator, block: Customers) -> Table:
    """Consent per channel for marketing, and for personalised offers in the app."""
    channels = len(programme.CHANNELS)
    who = np.concatenate([np.repeat(np.arange(block.size), channels), np.arange(block.size)])
    channel = np.concatenate([np.tile(np.arange(channels), block.size), np.full(block.size, programme.APP)])
    purpose = np.concatenate([np.zeros(block.size * channels), np.ones(block.size)]).astype(np.int64)
    law = clock.day_number(date(2021, 11, 1))
    given = np.maximum(block.opened, law)[who] * DAY + 10 * 3600 + rng.integers(0, 6 * 3600, len(who))
    refused = np.where(purpose == 0, block.refused[who, channel], NEVER)
    personal = (purpose == 1) & (rng.random(len(who)) < 0.06)
    day = np.maximum(block.opened[who], clock.FIRST_DAY) + rng.integers(20, 500, len(who))
    refused = np.where(personal & (day <= clock.LAST_DAY), day, refused)
    kept = refused >= 0
    who, channel, purpose, given, refused = (column[kept] for column in (who, channel, purpose, given, refused))
    withdrawn = np.where(refused < NEVER, np.maximum(refused * DAY + 9 * 3600, given + 3600), NEVER * DAY)
    return table(
        "consent",
        customer_id=block.ids(who),
        channel=words(channel, programme.CHANNELS),
        purpose=words(purpose, schema.PURPOSES),
        given_at=times(given),
        withdrawn_at=times(withdrawn),
        do_not_contact=block.shut[who] & (purpose == 0),
    )


def _tags(rng: np.random.Generator, block: Customers, tier: Ints) -> Table:
    """Tags of the four families; taste and liveliness stand behind most of them, nothing behind the horoscope."""
    favourite = np.argmax(block.taste, axis=1)
    signs = ("rat", "ox", "tiger", "rabbit", "dragon", "snake", "horse", "goat", "monkey", "rooster", "dog", "pig")
    lively = np.digitize(block.lively, [0.25, 0.6])
    kinds = (
        ("basic", "zodiac", signs, (block.born - 1900) % 12, 0.5),
        ("basic", "home_owner", ("no", "yes"), (block.level > 10).astype(np.int64), 0.6),
        ("value", "fee_income", ("low", "middle", "high"), np.digitize(block.keen, [-0.3, 0.5]), 0.7),
        ("value", "potential", ("low", "middle", "high"), np.clip(tier, 0, 2), 0.5),
        ("behaviour", "app_use", ("rare", "weekly", "daily"), lively, 0.8),
        ("preference", "line", schema.LINES, favourite, 0.45),
    )
    parts: list[Table] = []
    for family, tag, values, code, coverage in kinds:
        who = np.flatnonzero(rng.random(block.size) < coverage)
        parts.append(
            table(
                "customer_tag",
                customer_id=block.ids(who),
                family=[family] * len(who),
                tag=[tag] * len(who),
                value=words(code[who], values),
                as_of=dates(np.maximum(clock.LAST_DAY - rng.integers(3, 400, len(who)), block.opened[who])),
            )
        )
    return join(parts)


def product_affinity(block: Customers, product: int) -> Floats:
    """How much more of a product's line each customer buys than others do, on the log scale, about 0."""
    line = int(offers.PRODUCT_LINE[product])
    share = block.taste[:, line] + 0.02
    return np.log(share) - np.log(0.02 + 1 / len(schema.LINES))
