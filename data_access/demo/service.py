"""Contacts, invitations to rate a service, and complaints."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from data_access import schema
from data_access.demo import assets, clock, network, programme
from data_access.demo.columns import DAY, NO_TIME, Flags, Floats, Ints, Table, array, ids, table, times, words
from data_access.demo.customers import Customers
from data_access.demo.outcomes import Members

TOUCHPOINTS = ("waiting", "during_service", "callback", "message", "event")
WAITING, SERVICE, CALLBACK, MESSAGE, EVENT = range(5)
_TOUCH_OF_CHANNEL = np.array([CALLBACK, MESSAGE, MESSAGE, MESSAGE, EVENT])

INBOUND, OUTBOUND = range(2)
CSAT, NPS = range(2)
UNRATED = 5
"""The campaign, by order of its first day, that nobody was asked to rate."""


class _Contacts(NamedTuple):
    """Contacts as arrays, one entry a contact."""

    customer: Ints
    campaign: Ints
    branch: Ints
    staff: Ints
    channel: Ints
    touchpoint: Ints
    direction: Ints
    at: Ints


def contacts(
    rng: np.random.Generator,
    block: Customers,
    people: network.Network,
    ledger: assets.Ledger,
    members: Members,
    first: int,
) -> Table:
    """The contact table: those of campaigns, calls that followed up on interest, and customers who came themselves."""
    kinds = (_of_campaigns(members), _follow_ups(rng, block, members), _own_accord(rng, block, people, ledger))
    made = _Contacts(*(np.concatenate(columns) for columns in zip(*kinds, strict=True)))
    made = _Contacts(*(column[made.at <= clock.LAST_SECOND] for column in made))
    return table(
        "contact",
        contact_id=ids("T", first + np.arange(len(made.at))),
        customer_id=block.ids(made.customer),
        campaign_id=programme.campaign_ids(made.campaign),
        branch_id=network.branch_ids(made.branch),
        staff_id=network.staff_ids(made.staff),
        channel=words(made.channel, programme.CHANNELS),
        touchpoint=words(made.touchpoint, TOUCHPOINTS),
        direction=words(made.direction, schema.DIRECTIONS),
        contacted_at=times(made.at),
    )


def _of_campaigns(members: Members) -> _Contacts:
    met = np.flatnonzero(members.contacted < NO_TIME)
    channel = members.channel[met]
    return _Contacts(
        customer=members.customer[met],
        campaign=members.campaign[met],
        branch=members.branch[met],
        staff=np.where(programme.BY_STAFF[channel], members.staff[met], -1),
        channel=channel,
        touchpoint=_TOUCH_OF_CHANNEL[channel],
        direction=np.full(len(met), OUTBOUND),
        at=members.contacted[met],
    )


def _follow_ups(rng: np.random.Generator, block: Customers, members: Members) -> _Contacts:
    """One call in four to those who took part and did not buy; nobody is rung up without consent."""
    undecided = (members.participated < NO_TIME) & (members.converted == NO_TIME)
    who = np.flatnonzero(undecided & (rng.random(len(undecided)) < 0.25))
    day = clock.next_open(members.participated[who] // DAY + rng.integers(1, 6, len(who)))
    customer = members.customer[who]
    welcome = block.refused[customer, programme.PHONE] > day
    who, day, count = who[welcome], day[welcome], int(welcome.sum())
    return _Contacts(
        customer=members.customer[who],
        campaign=members.campaign[who],
        branch=members.branch[who],
        staff=members.staff[who],
        channel=np.full(count, programme.PHONE),
        touchpoint=np.full(count, CALLBACK),
        direction=np.full(count, OUTBOUND),
        at=clock.office_hours(rng, day),
    )


def _own_accord(
    rng: np.random.Generator, block: Customers, people: network.Network, ledger: assets.Ledger
) -> _Contacts:
    """Customers who came to the branch, or wrote in the app, which they may do on any day."""
    month, who = _visits(rng, block, 0.085)
    remote = rng.random(len(who)) < 0.2
    served = _who_serves(block, people, ledger, month, who)
    return _Contacts(
        customer=who,
        campaign=np.full(len(who), -1),
        branch=np.where(block.moves[who] <= month, block.later[who], block.home[who]),
        staff=np.where(remote, -1, served),
        channel=np.where(remote, programme.APP, programme.BRANCH),
        touchpoint=np.where(remote, MESSAGE, rng.choice((WAITING, SERVICE), len(who), p=(0.3, 0.7))),
        direction=np.full(len(who), INBOUND),
        at=np.where(remote, _any_day(rng, month), _opening_hours(rng, month)),
    )


def satisfaction(
    rng: np.random.Generator,
    block: Customers,
    people: network.Network,
    ledger: assets.Ledger,
    plans: programme.Programme,
    members: Members,
    first: int,
) -> Table:
    """The satisfaction table: who was asked, and what the fifth to third who answered said."""
    met = members.contacted < NO_TIME
    took_part = members.participated < NO_TIME
    asked = met & (rng.random(len(met)) < np.where(took_part, 0.5, 0.12)) & (members.campaign != UNRATED)
    index = np.flatnonzero(asked)
    event = np.where(took_part, members.participated, members.contacted)[index]
    month, who = _visits(rng, block, 0.018)
    visit = _opening_hours(rng, month)
    staff = _who_serves(block, people, ledger, month, who)
    branch = np.where(block.moves[who] <= month, block.later[who], block.home[who])

    customer = np.concatenate([members.customer[index], who])
    campaign = np.concatenate([members.campaign[index], np.full(len(who), -1)])
    by_staff = programme.BY_STAFF[members.channel[index]]
    staff = np.concatenate([np.where(by_staff, members.staff[index], -1), staff])
    branch = np.concatenate([members.branch[index], branch])
    touch = np.concatenate([_TOUCH_OF_CHANNEL[members.channel[index]], np.full(len(who), SERVICE)])
    invited = np.concatenate([event, visit]) + rng.integers(1800, 7200, len(customer))
    scale = np.where(campaign < 0, rng.integers(0, 2, len(customer)), (campaign % 4 == 3).astype(np.int64))

    liking = np.array([0.25 if plan.effect > 0.02 else -0.75 if plan.effect < 0 else 0.0 for plan in plans.plans])
    quality = np.where(staff >= 0, people.service[staff], 0.0) * 0.28
    mood = 0.9 * rng.standard_normal(len(customer)) + quality + np.where(campaign >= 0, liking[campaign], 0.1)
    answer_rate = np.where(campaign < 0, 0.22, 0.17 + 0.14 * ((campaign * 7) % 10) / 10)
    answer_rate = answer_rate * np.exp(0.08 * np.minimum(mood, 1.5))  # the pleased answer a little more often
    responded = invited + (rng.exponential(0.9, len(customer)) * DAY).astype(np.int64) + 300
    answered = (rng.random(len(customer)) < answer_rate) & (responded <= clock.LAST_SECOND)
    stars = 1 + np.digitize(mood, [-2.3, -1.65, -1.0, 0.15])
    points = np.digitize(mood, [-2.6, -2.3, -2.1, -1.9, -1.6, -1.3, -1.0, -0.55, 0.0, 0.75])
    keep = invited <= clock.LAST_SECOND
    return table(
        "satisfaction",
        response_id=ids("R", first + np.arange(len(customer))),
        customer_id=block.ids(customer),
        branch_id=network.branch_ids(branch),
        staff_id=network.staff_ids(staff),
        campaign_id=programme.campaign_ids(campaign),
        touchpoint=words(touch, TOUCHPOINTS),
        scale=words(scale, schema.SCALES),
        invited_at=times(invited),
        score=array(np.where(scale == CSAT, stars, points), ~answered),
        responded_at=times(np.where(answered, responded, NO_TIME)),
    ).filter(array(keep))


def complaints(
    rng: np.random.Generator, block: Customers, plans: programme.Programme, members: Members, first: int
) -> Table:
    """The complaint table: one contact in five hundred, more where the campaign annoys, and some out of the blue."""
    met = members.contacted < NO_TIME
    annoys = np.array([0.012 if plan.effect < 0 else 0.0018 for plan in plans.plans])
    who = np.flatnonzero(met & (rng.random(len(met)) < annoys[members.campaign]))
    month, others = _visits(rng, block, 0.0006)
    customer = np.concatenate([members.customer[who], others])
    branch = np.concatenate(
        [members.branch[who], np.where(block.moves[others] <= month, block.later[others], block.home[others])]
    )
    opened = np.concatenate(
        [members.contacted[who] + rng.integers(3600, 6 * DAY, len(who)), _opening_hours(rng, month)]
    )
    closed = clock.so_far(opened + (rng.gamma(2, 3, len(customer)) * DAY).astype(np.int64) + 7200)
    by_staff = programme.BY_STAFF[members.channel[who]]
    nobody = np.full(len(others), -1)
    return table(
        "complaint",
        complaint_id=ids("Q", first + np.arange(len(customer))),
        customer_id=block.ids(customer),
        branch_id=network.branch_ids(branch),
        staff_id=network.staff_ids(np.concatenate([np.where(by_staff, members.staff[who], -1), nobody])),
        campaign_id=programme.campaign_ids(np.concatenate([members.campaign[who], nobody])),
        opened_at=times(opened),
        closed_at=times(closed),
        upheld=array(rng.random(len(customer)) < 0.35, closed == NO_TIME),
    ).filter(array(opened <= clock.LAST_SECOND))


def _visits(rng: np.random.Generator, block: Customers, rate: float) -> tuple[Ints, Ints]:
    """Months and customers of visits at a monthly rate, in order of month, as busy as the months were."""
    months: list[Ints] = []
    visitors: list[Ints] = []
    for month in range(clock.MONTHS):
        here: Flags = block.present(month) & (block.arrives < month)
        count: Floats = rate * clock.busyness(month) * np.exp(0.3 * block.keen)
        who = np.repeat(np.arange(block.size), np.where(here, rng.poisson(count), 0))
        months.append(np.full(len(who), month))
        visitors.append(who)
    return np.concatenate(months), np.concatenate(visitors)


def _who_serves(block: Customers, people: network.Network, ledger: assets.Ledger, month: Ints, who: Ints) -> Ints:
    """Staff member who serves each visit."""
    served = [
        people.choose(m, block.branch(m), ledger.tier[m] >= 2, block.pick)[who[month == m]] for m in range(clock.MONTHS)
    ]
    return np.concatenate(served)


def _opening_hours(rng: np.random.Generator, month: Ints) -> Ints:
    """Times in each of the months, in order of month, when branches are open."""
    days = [clock.business_days(rng, m, int((month == m).sum())) for m in range(clock.MONTHS)]
    return clock.office_hours(rng, np.concatenate(days))


def _any_day(rng: np.random.Generator, month: Ints) -> Ints:
    """Times in each of the months, in order of month, by day and evening as busy as the digital channels are."""
    days = [clock.business_days(rng, m, int((month == m).sum()), clock.DIGITAL) for m in range(clock.MONTHS)]
    return np.concatenate(days) * DAY + rng.integers(8 * 3600, 22 * 3600, len(month))
