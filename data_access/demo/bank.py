"""The demo bank put together: tables of the contract, block by block of customers, and the truth beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data_access.demo import (
    assets,
    clock,
    customers,
    journeys,
    network,
    offers,
    outcomes,
    programme,
    records,
    sales,
    service,
)
from data_access.demo.columns import DAY, NEVER, Floats, Ints, Table, join, plain_table, write

BLOCK = 25_000
"""Customers generated at a time; memory does not grow with the bank."""

UNCOSTED = 12
"""The campaign, by order of its first day, whose costs nobody wrote down."""

Step = Callable[[str, float], None]


@dataclass
class Truth:
    """What the generator knows and no feed could: for tests, never part of a warehouse.

    Tables: `campaign` (true effect per arm), `staff` (skill by month's end and kind), `customer` (level).
    """

    tables: dict[str, Table] = field(default_factory=dict)

    def add(self, name: str, rows: Table) -> None:
        """Add rows to a table."""
        known = self.tables.get(name)
        self.tables[name] = rows if known is None else join([known, rows])

    def write(self, folder: Path) -> None:
        """Write each table as `NAME.parquet`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.tables.items():
            write(rows, folder / f"{name}.parquet")


class _Bank(NamedTuple):
    """What all blocks share."""

    people: network.Network
    plans: programme.Programme
    market: Floats


def generate(
    scale: float, seed: int, on_step: Step | None = None, truth: Truth | None = None
) -> Iterator[tuple[str, Table]]:
    """The tables of the demo bank without derived columns; large ones come in parts, a block of customers each.

    Args:
        scale: 1.0 is a million customers, about ten million members of campaigns, 24 million snapshots.
        seed: the same seed and scale give the same bank.
        on_step: told what is done and the share that is done, 0 to 1.
        truth: filled with what is true, complete when the iterator is exhausted.
    """
    if not scale > 0:
        raise ValueError(f"scale is the size of the bank, above 0; it was {scale}.")
    rng = np.random.default_rng([seed, 0])
    people = network.build(rng, scale)
    plans = programme.build(rng, people.branches)
    bank = _Bank(people, plans, rng.normal(0.002, 0.018, assets.BURN_IN + clock.MONTHS))
    yield from people.tables.items()
    yield from offers.tables().items()
    yield from programme.tables(rng, plans, people).items()

    total = max(round(1_000_000 * scale), 50)
    counted = np.zeros((plans.size, people.branches, len(records.COUNTS)), np.int64)
    sums = [np.zeros((len(plans.arms(campaign)), 5)) for campaign in range(plans.size)]
    rows: dict[str, int] = dict.fromkeys(
        ("sale", "contact", "satisfaction", "complaint", "referral", "journey_event"), 0
    )
    for number, first in enumerate(range(0, total, BLOCK)):
        size = min(BLOCK, total - first)
        if on_step:
            on_step("customers", first / total)
        rng_block = np.random.default_rng([seed, 1, number])
        for name, part in _block(rng_block, bank, first, size, rows, counted, sums, truth):
            if name in rows:
                rows[name] += part.num_rows
            yield name, part
    yield "campaign_cost", records.costs(rng, plans, counted, UNCOSTED)
    if truth is not None:
        _tell(truth, bank, sums)
    if on_step:
        on_step("customers", 1.0)


def _block(
    rng: np.random.Generator,
    bank: _Bank,
    first: int,
    size: int,
    rows: dict[str, int],
    counted: Ints,
    sums: list[Floats],
    truth: Truth | None,
) -> Iterator[tuple[str, Table]]:
    """Tables of one block of customers; adds to the counts and the true sums of the whole bank."""
    people, plans = bank.people, bank.plans
    block = customers.draw(rng, people, first, size)
    ledger = assets.Ledger(rng, block, bank.market)
    members, bought = _live(rng, bank, block, ledger, sums)
    counted += records.count(plans, people.branches, members)
    yield from customers.tables(rng, people, block, ledger.tier[clock.MONTHS - 1]).items()
    yield "campaign_member", records.member_table(block, ledger, plans, members)
    first_sale = rows["sale"]
    yield "sale", sales.sale_table(rng, block, bought, first_sale)
    holding, held = sales.holdings(rng, block, bought, ledger.end[0])
    yield "holding", holding
    yield "risk_assessment", sales.assessments(rng, block, bought)
    earned = np.bincount(bought.customer, bought.contribution, size) / clock.MONTHS * 0.3
    yield "tier_snapshot", assets.snapshots(rng, block, ledger, held, earned)
    yield "asset_flow", assets.flows(rng, block, ledger)
    yield "contact", service.contacts(rng, block, people, ledger, members, rows["contact"])
    yield "satisfaction", service.satisfaction(rng, block, people, ledger, plans, members, rows["satisfaction"])
    yield "complaint", service.complaints(rng, block, plans, members, rows["complaint"])
    yield "referral", journeys.referrals(rng, block, people, bought, first_sale, rows["referral"])
    yield "journey_event", journeys.events(rng, block, people, members, rows["journey_event"])
    if truth is not None:
        every = np.arange(size)
        truth.add("customer", plain_table({"customer_id": block.ids(every), "level": block.level}))


def _live(
    rng: np.random.Generator, bank: _Bank, block: customers.Customers, ledger: assets.Ledger, sums: list[Floats]
) -> tuple[outcomes.Members, sales.Sales]:
    """Let a block of customers live through the months: campaigns, sales, assets, tiers."""
    people, plans = bank.people, bank.plans
    sold = np.zeros((clock.MONTHS, block.size), np.int64)
    arriving: list[list[tuple[Ints, Ints]]] = [[] for _ in range(clock.MONTHS)]
    starts = clock.month_of(plans.starts)
    rolls: list[outcomes.Roll] = []
    members: list[outcomes.Members] = []
    bought: list[sales.Sales] = []
    for month in range(clock.MONTHS):
        tier = ledger.coming_tier()
        own = sales.outside_campaigns(rng, block, people, month, tier, ledger.latest)
        np.add.at(sold[month], own.customer, own.amount)
        bought.append(own)
        rolls += [outcomes.enrol(rng, block, plans, int(new), month, tier) for new in np.flatnonzero(starts == month)]
        for roll in rolls:
            known = starts[roll.campaign] >= 3
            before = sold[max(month - 3, 0) : month].sum(axis=0) if known else np.full(block.size, -1)
            wave, chances = outcomes.run(rng, block, people, plans, roll, month, tier, ledger.latest, before)
            sums[roll.campaign] += records.true_sums(
                chances, wave, ledger.latest[wave.customer], len(plans.arms(roll.campaign))
            )
            members.append(wave)
            sale = wave.sales(records.treated(plans, wave))
            bought.append(sale)
            when = clock.month_of(sale.sold // DAY)
            np.add.at(sold, (when, sale.customer), sale.amount)
            fresh = np.where(
                np.isin(offers.PRODUCT_LINE[sale.product], offers.ASSET_LINES), sale.amount - sale.internal, 0
            )
            for later in range(month, clock.MONTHS):
                if (then := when == later).any():
                    arriving[later].append((sale.customer[then], fresh[then]))
        rolls = [roll for roll in rolls if roll.day[roll.day < NEVER].max(initial=0) >= clock.MONTH_STARTS[month + 1]]
        for customer, amount in arriving[month]:
            ledger.bring(customer, amount)
        ledger.settle(month)
    return outcomes.Members.join(members), sales.Sales.join(bought)


def _tell(truth: Truth, bank: _Bank, sums: list[Floats]) -> None:
    """Write down each campaign's true effects by arm and each staff member's true skill."""
    arms = [(c, arm) for c in range(bank.plans.size) for arm in bank.plans.arms(c)]
    told = np.concatenate(sums)
    n = np.maximum(told[:, 0], 1)
    truth.add(
        "campaign",
        plain_table(
            {
                "campaign_id": programme.campaign_ids(np.array([c for c, _ in arms])),
                "arm": [arm.name for _, arm in arms],
                "is_control": [arm.control for _, arm in arms],
                "n": told[:, 0],
                "participation": told[:, 1] / n,
                "conversion_alone": told[:, 2] / n,
                "conversion_effect": told[:, 3] / n,
                "contribution_effect": told[:, 4] / n,
            }
        ),
    )
    every = np.arange(bank.people.staff)
    skills = {kind: bank.people.skill[:, index] for index, kind in enumerate(network.SKILLS)}
    last = clock.MONTHS - 1
    now = {f"{kind}_now": bank.people.skill_in(last, every, index) for index, kind in enumerate(network.SKILLS)}
    ids = network.staff_ids(every)
    truth.add("staff", plain_table({"staff_id": ids, **skills, **now, "service": bank.people.service}))
