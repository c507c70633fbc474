"""Ways between screen and branch, and customers passed from one line to another."""

from __future__ import annotations

import numpy as np

from data_access import schema
from data_access.demo import clock, network, offers, programme
from data_access.demo.columns import DAY, NO_TIME, Flags, Floats, Ints, Table, ids, table, times, words
from data_access.demo.customers import Customers
from data_access.demo.outcomes import Members
from data_access.demo.sales import Sales

_GOES_ON = np.array([1.0, 0.30, 0.66, 0.97, 0.82, 0.55, 0.72, 0.45])
"""Share of those at the step before who reach each step."""

_MINUTES = np.array([4.0, 2.0, 3.0, 14.0, 22.0, 18.0, 9.0, 6.0])
_PAUSE_HOURS = np.array([0.0, 0.2, 0.0, 0.05, 0.3, 0.4, 0.3, 0.0])

WAYS_PER_MONTH = 0.055


def events(rng: np.random.Generator, block: Customers, people: network.Network, members: Members, first: int) -> Table:
    """The journey_event table: someone looks at an offer, books, comes, waits, is advised, applies.

    One way in four starts from a campaign's message to its member.
    """
    way, branch, campaign, begun = _begin(rng, block, members)
    month = clock.month_of(begun // DAY)
    steps = len(schema.STEPS)
    reached = np.cumprod(rng.random((len(way), steps)) < _GOES_ON, axis=1).astype(bool)
    visit_day = clock.next_open(begun // DAY + 1 + rng.geometric(0.35, len(way)))
    visit = clock.office_hours(rng, visit_day)
    pause = np.cumsum(_PAUSE_HOURS)[None, :] * rng.uniform(0.8, 1.3, (len(way), 1)) * 3600
    at = np.where(np.arange(steps) < 2, begun[:, None] + pause, visit[:, None] + pause - pause[:, 1:2]).astype(np.int64)
    at[:, -1] = clock.office_hours(rng, clock.next_open(visit_day + 1 + rng.integers(1, 8, len(way))))
    minutes = np.round(_MINUTES * rng.gamma(2.2, 1 / 2.2, (len(way), steps)), 1)
    staff = _advisers(people, branch, month, block.pick[way])
    who, step = np.nonzero(reached & (at <= clock.LAST_SECOND))
    in_branch = step >= 2
    return table(
        "journey_event",
        event_id=ids("J", first + np.arange(len(who))),
        customer_id=block.ids(way[who]),
        branch_id=network.branch_ids(branch[who]),
        staff_id=network.staff_ids(np.where(step >= 4, staff[who], -1)),
        channel=words(np.where(in_branch, programme.BRANCH, programme.APP), programme.CHANNELS),
        step=words(step, schema.STEPS),
        minutes=minutes[who, step],
        campaign_id=programme.campaign_ids(campaign[who]),
        occurred_at=times(at[who, step]),
    )


def referrals(
    rng: np.random.Generator, block: Customers, people: network.Network, sales: Sales, first_sale: int, first: int
) -> Table:
    """The referral table: some led to a sale, some were taken up in vain, some wait."""
    helped = (sales.staff >= 0) & (sales.campaign < 0) & (rng.random(len(sales.customer)) < 0.07)
    index = np.flatnonzero(helped)
    count = len(index)
    vain = rng.choice(np.flatnonzero(sales.staff >= 0), size=int(count * 1.3)) if count else index
    base = np.concatenate([index, vain])
    won = np.arange(len(base)) < count
    lead = rng.integers(2, 20, len(base)) * DAY
    made = np.where(won, sales.sold[base] - lead, sales.sold[base] + rng.integers(1, 60, len(base)) * DAY)
    made = clock.office_hours(rng, clock.next_open(made // DAY))
    made = np.where(won, np.minimum(made, sales.sold[base] - DAY), made)
    accepted = np.where(won | (rng.random(len(base)) < 0.6), made + rng.integers(3600, 30 * 3600, len(base)), NO_TIME)
    accepted = np.where(won, np.minimum(accepted, sales.sold[base] - 3600), accepted)
    open_still = rng.random(len(base)) < 0.25
    closed = np.where(won, sales.sold[base] + 3600, accepted + rng.integers(2, 25, len(base)) * DAY)
    closed = np.where((accepted == NO_TIME) | (~won & open_still), NO_TIME, closed)
    keep = (
        (made >= clock.FIRST_DAY * DAY)
        & (made <= clock.LAST_SECOND)
        & (made // DAY >= block.opened[sales.customer[base]])
    )
    base, won, made, accepted, closed = base[keep], won[keep], made[keep], accepted[keep], closed[keep]
    month = np.clip(clock.month_of(made // DAY), 0, clock.MONTHS - 1)
    customer = sales.customer[base]
    branch = np.where(block.moves[customer] <= month, block.later[customer], block.home[customer])
    giver = _advisers(people, branch, month, (block.pick[customer] + 0.37) % 1)
    to_line = offers.PRODUCT_LINE[sales.product[base]]
    from_line = (to_line + rng.integers(1, len(schema.LINES), len(base))) % len(schema.LINES)
    return table(
        "referral",
        referral_id=ids("F", first + np.arange(len(base))),
        customer_id=block.ids(customer),
        branch_id=network.branch_ids(branch),
        from_staff_id=network.staff_ids(giver),
        to_staff_id=network.staff_ids(sales.staff[base]),
        from_line=words(from_line, schema.LINES),
        to_line=words(to_line, schema.LINES),
        made_at=times(made),
        accepted_at=times(clock.so_far(accepted)),
        closed_at=times(clock.so_far(closed)),
        sale_id=ids("S", np.where(won, first_sale + base, -1)),
    )


def _begin(rng: np.random.Generator, block: Customers, members: Members) -> tuple[Ints, Ints, Ints, Ints]:
    """Customer, branch, campaign (-1: none) and first moment of each way."""
    customers: list[Ints] = []
    moments: list[Ints] = []
    for month in range(clock.MONTHS):
        here: Flags = block.present(month) & (block.arrives < month)
        rate: Floats = WAYS_PER_MONTH * clock.busyness(month, clock.DIGITAL) * 2 * block.lively
        who = np.repeat(np.arange(block.size), np.where(here, rng.poisson(rate), 0))
        customers.append(who)
        day = clock.business_days(rng, month, len(who), clock.DIGITAL)
        moments.append(day * DAY + rng.integers(8 * 3600, 22 * 3600, len(who)))
    who, begun = np.concatenate(customers), np.concatenate(moments)
    month = clock.month_of(begun // DAY)
    called = np.flatnonzero((members.contacted < NO_TIME) & (rng.random(len(members.contacted)) < 0.06))
    return (
        np.concatenate([who, members.customer[called]]),
        np.concatenate(
            [np.where(block.moves[who] <= month, block.later[who], block.home[who]), members.branch[called]]
        ),
        np.concatenate([np.full(len(who), -1), members.campaign[called]]),
        np.concatenate([begun, members.contacted[called] + rng.integers(600, DAY // 3, len(called))]),
    )


def _advisers(people: network.Network, branch: Ints, month: Ints, pick: Floats) -> Ints:
    """A member of staff of each branch in each month, the same one for the same pick."""
    chosen = np.full(len(branch), -1)
    for m in range(clock.MONTHS):
        rows = np.flatnonzero(month == m)
        chosen[rows] = people.choose(m, branch[rows], np.zeros(len(rows), bool), pick[rows])
    return chosen
