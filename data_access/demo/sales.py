"""Sales of products: amounts with heavy tails, part of them paid from the customer's own money here."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from data_access import schema
from data_access.demo import clock, network, offers, programme
from data_access.demo.columns import DAY, NEVER, NO_TIME, Floats, Ints, Table, dates, ids, table, times, words
from data_access.demo.customers import Customers

_TYPICAL = np.array([40_000, 50_000, 24_000, 9_000, 60_000, 9_000, 12_000, 900], float) * 100
_SPREAD = np.array([0.8, 0.85, 0.9, 0.8, 0.6, 0.5, 0.8, 0.6])
_WEALTH = np.array([0.5, 0.5, 0.5, 0.35, 0.2, 0.15, 0.35, 0.1])
_SMALLEST = np.array([1_000, 1_000, 100, 1_000, 5_000, 500, 500, 10]) * 100
_ASSETS_OF_TYPICAL = 5_000_000.0

MONTHLY_RATE = 0.052
"""Sales outside campaigns, a customer and month."""

_TIER_RATE = np.array([0.8, 1.4, 2.0, 2.2])


class Sales(NamedTuple):
    """Sales as arrays, one entry a sale; `campaign` is -1 outside campaigns."""

    customer: Ints
    branch: Ints
    staff: Ints
    product: Ints
    campaign: Ints
    sold: Ints
    amount: Ints
    contribution: Ints
    internal: Ints
    channel: Ints

    @staticmethod
    def join(parts: list[Sales]) -> Sales:
        """All sales of a block, in order of time."""
        joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
        order = np.argsort(joined[5], kind="stable")
        return Sales(*(column[order] for column in joined))


def expected_contribution(product: int, assets: Ints) -> Floats:
    """Mean contribution of a sale of a product to customers with such assets, before rounding, minor units."""
    line = int(offers.PRODUCT_LINE[product])
    middle = _TYPICAL[line] * _relative(assets) ** _WEALTH[line]
    return middle * np.exp(_SPREAD[line] ** 2 / 2) * offers.MARGIN[product]


def amounts(rng: np.random.Generator, product: Ints, assets: Ints) -> tuple[Ints, Ints]:
    """Amount of each sale, and the part that came from the customer's own products here, in minor units."""
    line = offers.PRODUCT_LINE[product]
    middle = _TYPICAL[line] * _relative(assets) ** _WEALTH[line]
    drawn = middle * np.exp(_SPREAD[line] * rng.standard_normal(len(line)))
    step = np.where(drawn > 2_000_000, 100_000, np.where(drawn > 100_000, 10_000, 100))
    amount = np.maximum(np.rint(drawn / step) * step, _SMALLEST[line]).astype(np.int64)
    moved = (rng.random(len(line)) < 0.42) & np.isin(line, offers.ASSET_LINES)
    internal = np.where(moved, np.minimum(amount * rng.uniform(0.4, 1.0, len(line)), assets), 0)
    return amount, (internal // 100 * 100).astype(np.int64)


def _relative(assets: Ints) -> Floats:
    return np.maximum(assets, 300_000) / _ASSETS_OF_TYPICAL


def contribution(product: Ints, amount: Ints) -> Ints:
    """Margin after transfer price over 12 months, minor units."""
    return np.rint(amount * offers.MARGIN[product]).astype(np.int64)


def outside_campaigns(
    rng: np.random.Generator, block: Customers, people: network.Network, month: int, tier: Ints, assets: Ints
) -> Sales:
    """What customers buy of their own accord in a month."""
    here = block.present(month)
    rate = MONTHLY_RATE * clock.busyness(month) * np.exp(block.keen - 0.15) * _TIER_RATE[tier]
    customer = np.repeat(np.arange(block.size), np.where(here, rng.poisson(rate), 0))
    cumulated = np.cumsum(block.taste[customer], axis=1)
    line = (cumulated <= rng.random((len(customer), 1)) * cumulated[:, -1:]).sum(axis=1)
    product = offers.choose(rng, line, block.rating[customer])
    digital = (rng.random(len(customer)) < 0.35) | (line == schema.LINES.index("digital"))
    day = np.where(
        digital,
        clock.business_days(rng, month, len(customer), clock.DIGITAL),
        clock.business_days(rng, month, len(customer)),
    )
    day = np.maximum(day, block.opened[customer])
    sold = clock.office_hours(rng, day)
    digital |= ~clock.is_open(day)
    staff = people.choose(month, block.branch(month), tier >= 2, block.pick)[customer]
    amount, internal = amounts(rng, product, assets[customer])
    keep = sold <= clock.LAST_SECOND
    sales = Sales(
        customer=customer,
        branch=block.branch(month)[customer],
        staff=np.where(digital, -1, staff),
        product=product,
        campaign=np.full(len(customer), -1),
        sold=sold,
        amount=amount,
        contribution=contribution(product, amount),
        internal=internal,
        channel=np.where(digital, programme.APP, programme.BRANCH),
    )
    return Sales(*(column[keep] for column in sales))


def sale_table(rng: np.random.Generator, block: Customers, sales: Sales, first: int) -> Table:
    """The sale table; one sale in forty is reversed within three weeks, more of the insurance."""
    count = len(sales.customer)
    insurance = offers.PRODUCT_LINE[sales.product] == schema.LINES.index("insurance")
    undone = rng.random(count) < np.where(insurance, 0.06, 0.02)
    reversed_at = np.where(undone, sales.sold + rng.integers(1, 21, count) * DAY + 3600, NO_TIME)
    return table(
        "sale",
        sale_id=ids("S", first + np.arange(count)),
        customer_id=block.ids(sales.customer),
        branch_id=network.branch_ids(sales.branch),
        staff_id=network.staff_ids(sales.staff),
        product_id=offers.product_ids(sales.product),
        campaign_id=programme.campaign_ids(sales.campaign),
        channel=words(sales.channel, programme.CHANNELS),
        sold_at=times(sales.sold),
        amount=sales.amount,
        contribution=sales.contribution,
        internally_funded_amount=sales.internal,
        reversed_at=times(clock.so_far(reversed_at)),
    )


def holdings(rng: np.random.Generator, block: Customers, sales: Sales, ledger_end: Ints) -> tuple[Table, Ints]:
    """The holding table, and products held at each month's end, shape (months, customers).

    Everyone has a current account; whoever came before the records start brings older holdings along. Money
    at term leaves on the day it matures, unless the customer closes it before or goes.
    """
    size = block.size
    older = np.repeat(np.arange(size), np.where(block.arrives < 0, rng.poisson(0.9, size), 0))
    cumulated = np.cumsum(block.taste[older], axis=1)
    line = (cumulated <= rng.random((len(older), 1)) * cumulated[:, -1:]).sum(axis=1)
    old_product = offers.choose(rng, line, block.rating[older])
    age = np.where(offers.TERM[old_product] > 0, np.minimum(offers.TERM[old_product] - 1, 700), 1200)
    old_day = np.maximum(clock.FIRST_DAY - rng.integers(1, 1201, len(older)) % age - 1, block.opened[older])
    old_amount, _ = amounts(rng, old_product, ledger_end[older])

    every = np.arange(size)
    customer = np.concatenate([every, older, sales.customer])
    product = np.concatenate([np.full(size, offers.CURRENT_ACCOUNT), old_product, sales.product])
    opened = np.concatenate([block.opened, old_day, sales.sold // DAY])
    amount = np.concatenate([np.rint(np.exp(block.level) * 12).astype(np.int64), old_amount, sales.amount])
    branch = np.concatenate([block.home, block.home[older], sales.branch])
    key = (customer * len(offers.PRODUCTS) + product) * 40_000 + opened
    first = np.sort(np.unique(key, return_index=True)[1])
    customer, product, opened, amount, branch = (a[first] for a in (customer, product, opened, amount, branch))

    term = offers.TERM[product]
    matures = np.where(term > 0, opened + term, NEVER)
    early = opened + 20 + rng.geometric(1 / 900, len(customer))
    left = np.where(block.exits < clock.MONTHS, clock.MONTH_STARTS[np.minimum(block.exits, clock.MONTHS - 1)], NEVER)
    closed = np.minimum(np.minimum(matures, left[customer]), np.where(product == 0, NEVER, early))
    closed = np.where(closed <= clock.LAST_DAY, np.maximum(closed, opened), NEVER)

    change = np.zeros((clock.MONTHS + 1, size), np.int64)
    np.add.at(change, (np.maximum(clock.month_of(opened), 0), customer), 1)
    ended = closed < NEVER
    np.add.at(change, (np.clip(clock.month_of(closed[ended]), 0, clock.MONTHS), customer[ended]), -1)
    held = np.cumsum(change, axis=0)[: clock.MONTHS]
    return (
        table(
            "holding",
            customer_id=block.ids(customer),
            product_id=offers.product_ids(product),
            opened_on=dates(opened),
            branch_id=network.branch_ids(branch),
            matures_on=dates(matures),
            closed_on=dates(closed),
            amount=amount,
        ),
        held,
    )


def assessments(rng: np.random.Generator, block: Customers, sales: Sales) -> Table:
    """The risk_assessment table: made before a sale that needs one and then good for a year; a few were forgotten."""
    line = offers.PRODUCT_LINE[sales.product]
    risky = np.isin(line, offers.RISKY_LINES) & (rng.random(len(line)) < 0.985)
    customer, sold = sales.customer[risky], sales.sold[risky]
    order = np.lexsort((sold, customer))
    customer, sold = customer[order], sold[order]
    _, begins = np.unique(customer, return_index=True)
    first_sale = np.zeros(block.size, np.int64)
    first_sale[customer[begins]] = sold[begins]
    year = (sold - first_sale[customer]) // (365 * DAY)
    _, needed = np.unique(customer * 8 + year, return_index=True)
    asked = customer[needed]
    early = rng.integers(0, 4, len(asked)) * DAY
    before = np.maximum(sold[needed] - early - rng.integers(600, 3000, len(asked)), block.opened[asked] * DAY)
    volunteers = np.flatnonzero((rng.random(block.size) < 0.35) & (first_sale == 0))
    day = np.maximum(block.opened[volunteers], clock.FIRST_DAY) + rng.integers(0, 400, len(volunteers))
    volunteers, day = volunteers[day < clock.LAST_DAY], day[day < clock.LAST_DAY]
    who = np.concatenate([asked, volunteers])
    made = np.concatenate([before, clock.office_hours(rng, day)])
    drift = rng.random(len(who)) < 0.05
    rating = np.minimum(block.rating[who] + drift, 5)
    return table(
        "risk_assessment",
        customer_id=block.ids(who),
        assessed_at=times(made),
        rating=words(rating - 1, schema.RATINGS),
        valid_until=dates(made // DAY + 370),
    )
