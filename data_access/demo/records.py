"""Members of campaigns as a table, and what is counted of them: the base of costs and of the truth."""

from __future__ import annotations

import numpy as np

from data_access.demo import assets, clock, network, offers, programme, sales
from data_access.demo.columns import DAY, NO_TIME, Flags, Floats, Ints, Table, array, dates, table, times, words
from data_access.demo.customers import Customers
from data_access.demo.outcomes import Chances, Members

COUNTS = ("assigned", "contacted", "participated", "converted", "sales")


def member_table(block: Customers, ledger: assets.Ledger, plans: programme.Programme, members: Members) -> Table:
    """The campaign_member table of a block."""
    arm_names = [arm.name for design in programme.SPLIT.values() for arm in design]
    window = np.array([plan.window for plan in plans.plans])[members.campaign]
    ends = members.assigned // DAY + window
    matured = ends <= clock.LAST_DAY
    first = clock.month_of(members.assigned // DAY)
    last = np.minimum(clock.month_of(np.minimum(ends, clock.LAST_DAY)), clock.MONTHS - 2)
    first = np.minimum(first, last)
    gained = assets.net_new(block, ledger, members.customer, first, last)
    return table(
        "campaign_member",
        campaign_id=programme.campaign_ids(members.campaign),
        customer_id=block.ids(members.customer),
        arm=words(_arm_offsets(plans)[members.campaign] + members.arm, arm_names),
        branch_id=network.branch_ids(members.branch),
        staff_id=network.staff_ids(members.staff),
        channel=words(members.channel, programme.CHANNELS),
        tier=words(members.tier, assets.TIERS),
        assigned_at=times(members.assigned),
        contacted_at=times(members.contacted),
        participated_at=times(members.participated),
        converted_at=times(members.converted),
        sales_amount=members.amount,
        contribution_amount=members.contribution,
        baseline_amount=array(members.baseline, members.baseline < 0),
        net_new_amount=array(gained, ~matured),
    )


def treated(plans: programme.Programme, members: Members) -> Flags:
    """Whether each member is in an arm that was not held out."""
    control = [arm.control for design in programme.SPLIT.values() for arm in design]
    return ~np.array(control)[_arm_offsets(plans)[members.campaign] + members.arm]


def _arm_offsets(plans: programme.Programme) -> Ints:
    """Where each campaign's arms start in the list of the arms of all designs."""
    lengths = [len(arms) for arms in programme.SPLIT.values()]
    starts = dict(zip(programme.SPLIT, np.cumsum([0, *lengths[:-1]]), strict=True))
    return np.array([starts[plan.design] for plan in plans.plans])


def count(plans: programme.Programme, branches: int, members: Members) -> Ints:
    """Members by campaign and branch: the `COUNTS`, shape (campaigns, branches, counts); sales in minor units."""
    cell = members.campaign * branches + members.branch
    weights = (
        np.ones(len(cell)),
        members.contacted < NO_TIME,
        members.participated < NO_TIME,
        (members.converted < NO_TIME) & treated(plans, members),
        np.where(treated(plans, members), members.amount, 0),
    )
    size = plans.size * branches
    counted = [np.bincount(cell, weight, size).reshape(plans.size, branches) for weight in weights]
    return np.rint(np.stack(counted, axis=2)).astype(np.int64)


def true_sums(truth: Chances, members: Members, assets_before: Ints, arms: int) -> Floats:
    """Sums over members by arm of the truth: n, effects on participation, buying and contribution, shape (arms, 5).

    Columns: members; participation; chance to buy without the campaign; effect on buying; effect on the
    contribution in minor units. All for assigned members, reached or not.
    """
    product = int(members.product[0]) if len(members.product) else 0
    gain = truth.reached * (truth.contacted - truth.alone)
    worth = sales.expected_contribution(product, assets_before)
    columns: tuple[Floats, ...] = (np.ones(len(gain)), truth.reached * truth.part, truth.alone, gain, gain * worth)
    return np.stack([np.bincount(members.arm, column, arms).astype(np.float64) for column in columns], axis=1)


def costs(rng: np.random.Generator, plans: programme.Programme, counted: Ints, unrecorded: int) -> Table:
    """The campaign_cost table: by branch what scales with its customers, by the bank media, print and vendors.

    Args:
        rng: source of randomness.
        plans: all campaigns.
        counted: counts by campaign and branch, as `count` returns them.
        unrecorded: the campaign whose costs nobody wrote down.
    """
    rows: list[tuple[int, int, str, float]] = []
    for campaign, plan in enumerate(plans.plans):
        if campaign == unrecorded:
            continue
        assigned, contacted, took_part, converted, sold = counted[campaign].T.astype(float)
        by_staff = programme.BY_STAFF[plan.channel]
        deposit = offers.PRODUCTS[plan.product].line == "deposit"
        by_branch = {
            "gift": 0.6 * plan.gift * 100 * took_part,  # three in five take the gift
            "staff_time": (280 if by_staff else 8) * contacted + 300 * took_part * by_staff,
            "incentive": 900 * converted * by_staff,
            "venue": 0.5 * plan.fixed * 100 * assigned * (plan.channel == programme.BRANCH),
            "rate_concession": 0.0007 * sold * deposit,
        }
        rows += [
            (campaign, branch, category, amount)
            for category, amounts in by_branch.items()
            for branch, amount in enumerate(amounts)
            if amount > 0
        ]
        whole = plan.fixed * 100 * assigned.sum()
        shares = {"media": 0.45, "print": 0.2 if by_staff else 0.0, "vendor": 0.35}
        rows += [(campaign, -1, category, share * whole) for category, share in shares.items() if share * whole > 0]
    campaigns = np.array([row[0] for row in rows])
    actual = np.array([row[3] for row in rows]) * np.exp(0.06 * rng.standard_normal(len(rows)))
    planned = actual * np.exp(rng.normal(-0.04, 0.13, len(rows)))
    middle = plans.starts[campaigns] + rng.integers(0, 20, len(rows))
    return table(
        "campaign_cost",
        cost_id=[f"X{index + 1:06d}" for index in range(len(rows))],
        campaign_id=programme.campaign_ids(campaigns),
        branch_id=network.branch_ids(np.array([row[1] for row in rows])),
        category=[row[2] for row in rows],
        planned_amount=np.rint(planned / 100).astype(np.int64) * 100,
        actual_amount=np.rint(actual / 100).astype(np.int64) * 100,
        incurred_on=dates(np.minimum(middle, clock.LAST_DAY)),
    )
