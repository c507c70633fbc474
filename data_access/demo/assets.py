"""Assets by month, the bank's tier rule upon them, and the snapshots and flows that record both.

Each customer wanders around a level of their own. That is what makes a monthly matrix, multiplied by itself,
overstate how much a year changes: customers return to where they belong.
"""

from __future__ import annotations

import numpy as np

from data_access.demo import clock, network
from data_access.demo.columns import Flags, Floats, Ints, Table, table, words
from data_access.demo.customers import Customers
from data_access.settings import DEFAULT_TIERS

TIERS = tuple(tier.key for tier in DEFAULT_TIERS.tiers)
THRESHOLDS: Ints = np.array([tier.threshold for tier in DEFAULT_TIERS.tiers])
GRACE: Ints = np.array([tier.grace_months for tier in DEFAULT_TIERS.tiers])

BURN_IN = 12
"""Months simulated before the first one recorded, so that grace clocks have run in."""

LASTING = 0.88
"""Share of money brought in by a campaign that is still here a month later."""

DRESSING = 1.03
"""How far balances at a quarter's end stand above what customers hold on other days."""

LIFE_STAGES = ("student", "starting_out", "young_family", "established", "pre_retirement", "retired")
_STAGE_AGES = (23, 30, 42, 52, 60)


class Ledger:
    """Assets and tiers of a block of customers, advanced month by month.

    Arrays have the shape (months, customers) and hold minor units: `average` of the month, `end` of the month,
    `valuation` within it; `tier` and `below` (the grace clock) follow the bank's rule.
    """

    def __init__(self, rng: np.random.Generator, block: Customers, market: Floats) -> None:
        """Run the months before the first one.

        Args:
            rng: source of randomness.
            block: the customers.
            market: return of invested assets by month, shape (BURN_IN + months,).
        """
        shape = (clock.MONTHS, block.size)
        self.average, self.end, self.valuation = (np.zeros(shape, np.int64) for _ in range(3))
        self.tier, self.below, self.asset_tier = (np.zeros(shape, np.int64) for _ in range(3))
        self._block, self._rng, self._market = block, rng, market
        self._wandered = block.wander * rng.standard_normal(block.size)
        self._brought = np.zeros(block.size)
        self._end, self._plain = np.zeros(block.size, np.int64), np.zeros(block.size)
        self._state = (np.zeros(block.size, np.int64),) * 3
        for month in range(-BURN_IN, 0):
            self._step(month)

    @property
    def latest(self) -> Ints:
        """Assets of each customer at the end of the last month settled."""
        return self._end

    def coming_tier(self) -> Ints:
        """Tier of each customer in the month after: up at once, down only when the grace clock has run out."""
        tier, below, asset_tier = self._state
        return np.where((asset_tier > tier) | (below >= GRACE[tier]), asset_tier, tier)

    def bring(self, customer: Ints, amount: Ints) -> None:
        """Money that a campaign's sales bring into the bank in the month under way."""
        np.add.at(self._brought, customer, amount)

    def settle(self, month: int) -> None:
        """Settle a month; of the money brought in before, the share `LASTING` stays."""
        self.average[month], self.end[month], self.valuation[month] = self._step(month)
        tier, below, asset_tier = self._state
        self.tier[month], self.below[month], self.asset_tier[month] = tier, below, asset_tier
        self._brought *= LASTING

    def _step(self, month: int) -> tuple[Ints, Ints, Ints]:
        block, rng = self._block, self._rng
        here = block.present(month) if month >= 0 else (block.arrives < 0)
        self._wandered = block.memory * self._wandered + (
            block.wander * np.sqrt(1 - block.memory**2) * rng.standard_normal(block.size)
        )
        market = self._market[BURN_IN + month]
        season = {1: 1.01, 2: 0.975}.get(clock.calendar_month(month), 1.0)
        growth = 0.0015 * month
        usual = np.exp(block.level + self._wandered + growth) * season * 100
        plain = np.where(here, usual + self._brought, 0.0)
        dressed = DRESSING if clock.calendar_month(month) % 3 == 0 else 1.0
        end = np.rint(plain * dressed).astype(np.int64)
        valuation = np.where(here, np.rint(self._end * block.invested * market), 0).astype(np.int64)
        middle = 0.5 * (self._plain + plain)
        average = np.rint(middle * np.exp(0.03 * rng.standard_normal(block.size))).astype(np.int64)
        self._end, self._plain = end, plain
        tier, below, _ = self._state
        new_tier = self.coming_tier()
        under = here & (average < THRESHOLDS[new_tier])
        new_below = np.where(under, np.where(new_tier == tier, below, 0) + 1, 0)
        asset_tier = np.searchsorted(THRESHOLDS, average, side="right") - 1
        self._state = (np.where(here, new_tier, 0), new_below, np.where(here, asset_tier, 0))
        return np.where(here, average, 0), end, valuation


def snapshots(rng: np.random.Generator, block: Customers, ledger: Ledger, products: Ints, profit: Floats) -> Table:
    """The tier_snapshot table: complete months only, customers present at the month's end.

    Args:
        rng: source of randomness.
        block: the customers.
        ledger: their assets and tiers.
        products: products held at each month's end, shape (months, customers).
        profit: contribution of loans, cards and fees by customer and month, in minor units, shape (customers,).
    """
    month, who = np.nonzero(_present(block)[: clock.MONTHS - 1])
    age = 2024 + (month + 4) // 12 - block.born[who]
    average = ledger.average[month, who]
    active = rng.binomial(24, np.clip(block.lively[who] * _activity()[month], 0, 1))
    earned = average * 0.0085 / 12 + profit[who] * rng.gamma(4, 0.25, len(who)) - 350
    return table(
        "tier_snapshot",
        customer_id=block.ids(who),
        month_no=clock.FIRST_MONTH_NO + month,
        branch_id=network.branch_ids(_branch(block, month, who)),
        tier=words(ledger.tier[month, who], TIERS),
        asset_tier=words(ledger.asset_tier[month, who], TIERS),
        months_below=ledger.below[month, who],
        life_stage=words(np.digitize(age, _STAGE_AGES), LIFE_STAGES),
        aum=average,
        aum_end=ledger.end[month, who],
        active_days=active,
        product_count=products[month, who],
        profit=np.rint(earned).astype(np.int64),
    )


def flows(rng: np.random.Generator, block: Customers, ledger: Ledger) -> Table:
    """The asset_flow table: what moved each balance, so that every month's end follows from the one before.

    The month in which a customer leaves has a flow, of all that was there, and no snapshot.
    """
    here = _present(block)
    leaving = np.vstack([np.zeros((1, block.size), bool), here[:-1] & ~here[1:]])
    month, who = np.nonzero((here | leaving)[: clock.MONTHS - 1])
    # the month before the first one is not recorded: a customer already here starts from the first balance
    before = np.where((month == 0) & (block.arrives[who] < 0), ledger.end[0, who] - ledger.valuation[0, who], 0)
    before = np.where(month > 0, ledger.end[month - 1, who], before)
    valuation = ledger.valuation[month, who]
    net = ledger.end[month, who] - before - valuation
    turnover = np.rint(0.12 * before * rng.gamma(2, 0.5, len(who))).astype(np.int64)
    turnover = np.where(leaving[month, who], 0, turnover)
    return table(
        "asset_flow",
        customer_id=block.ids(who),
        month_no=clock.FIRST_MONTH_NO + month,
        branch_id=network.branch_ids(_branch(block, month, who)),
        inflow=np.maximum(net, 0) + turnover,
        outflow=np.maximum(-net, 0) + turnover,
        internal=np.rint(turnover * rng.random(len(who))).astype(np.int64),
        valuation=valuation,
    )


def net_new(block: Customers, ledger: Ledger, who: Ints, first: Ints, last: Ints) -> Ints:
    """Change of average assets from the month before a window to its last month, less valuation.

    Args:
        block: the customers.
        ledger: their assets.
        who: customers.
        first: month in which each window starts; the first month of all is compared with itself.
        last: month in which each window ends.
    """
    cumulated = np.cumsum(ledger.valuation, axis=0)
    base = np.maximum(first - 1, 0)
    change = ledger.average[last, who] - ledger.average[base, who]
    return change - (cumulated[last, who] - cumulated[base, who])


def _present(block: Customers) -> Flags:
    months = np.arange(clock.MONTHS)[:, None]
    return (block.arrives <= months) & (months < block.exits)


def _branch(block: Customers, month: Ints, who: Ints) -> Ints:
    return np.where(block.moves[who] <= month, block.later[who], block.home[who])


def _activity() -> Floats:
    return np.array([clock.busyness(month, clock.DIGITAL) for month in range(clock.MONTHS)]) * 0.8
