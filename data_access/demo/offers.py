"""Products and seasons of the demo bank."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np

from data_access import schema
from data_access.demo import clock
from data_access.demo.columns import Array, Floats, Ints, Table, dates, table, words


class Product(NamedTuple):
    """A product: the weight of its sales within its line, and the days after which it matures (0: never)."""

    name: str
    line: str
    risk: int
    margin_bp: int
    weight: float
    term: int = 0


PRODUCTS = (
    Product("活期账户 Current account", "deposit", 1, 90, 0.0),
    Product("三月定期 Term deposit 3M", "deposit", 1, 55, 0.30, 91),
    Product("半年定期 Term deposit 6M", "deposit", 1, 62, 0.30, 182),
    Product("一年定期 Term deposit 1Y", "deposit", 1, 70, 0.40, 365),
    Product("稳盈理财 Steady wealth", "wealth", 2, 75, 0.6, 120),
    Product("进取理财 Growth wealth", "wealth", 3, 95, 0.4, 240),
    Product("债券基金 Bond fund", "fund", 2, 85, 0.4),
    Product("混合基金 Mixed fund", "fund", 3, 130, 0.35),
    Product("股票基金 Equity fund", "fund", 4, 150, 0.25),
    Product("养老年金 Pension annuity", "insurance", 2, 900, 0.6),
    Product("家庭保障 Family cover", "insurance", 1, 1300, 0.4),
    Product("小微贷款 Micro-business loan", "personal_loan", 1, 125, 0.4, 365),
    Product("消费贷款 Consumer loan", "personal_loan", 1, 140, 0.6, 730),
    Product("青年信用卡 Young card", "credit_card", 1, 260, 0.5),
    Product("旅行信用卡 Travel card", "credit_card", 1, 300, 0.5),
    Product("投资金条 Gold bar", "precious_metal", 1, 320, 0.7),
    Product("黄金积存 Gold savings", "precious_metal", 3, 240, 0.3),
    Product("数字钱包 Digital wallet", "digital", 1, 700, 1.0),
)

LINES = schema.LINES
PRODUCT_LINE: Ints = np.array([LINES.index(product.line) for product in PRODUCTS])
PRODUCT_RISK: Ints = np.array([product.risk for product in PRODUCTS])
MARGIN: Floats = np.array([product.margin_bp / 10_000 for product in PRODUCTS])
TERM: Ints = np.array([product.term for product in PRODUCTS])
CURRENT_ACCOUNT, CAUTIOUS = 0, 2
"""What everyone has, and what is sold to those whose rating bears nothing in a line."""

ASSET_LINES = tuple(LINES.index(line) for line in ("deposit", "wealth", "fund", "precious_metal"))
"""Lines whose sales can bring money into the bank, or only move it inside."""

RISKY_LINES = tuple(LINES.index(line) for line in ("wealth", "fund", "insurance", "precious_metal"))
"""Lines that need a valid risk assessment."""


class Season(NamedTuple):
    """A season that the bank sets itself."""

    season_id: str
    name: str
    starts_on: date
    ends_on: date


SEASONS = (
    Season("S2024A", "秋季行动 Autumn drive 2024", date(2024, 8, 20), date(2024, 10, 31)),
    Season("S2025O", "开门红 Opening red 2025", date(2024, 11, 1), date(2025, 3, 31)),
    Season("S2025S", "年中冲刺 Mid-year push 2025", date(2025, 5, 6), date(2025, 6, 30)),
    Season("S2025A", "秋季行动 Autumn drive 2025", date(2025, 8, 20), date(2025, 10, 14)),
    Season("S2026O", "开门红 Opening red 2026", date(2025, 10, 15), date(2026, 3, 31)),
    Season("S2026S", "年中冲刺 Mid-year push 2026", date(2026, 5, 6), date(2026, 6, 30)),
    Season("S2026A", "秋季行动 Autumn drive 2026", date(2026, 8, 20), date(2026, 10, 18)),
    Season("S2027O", "开门红 Opening red 2027", date(2026, 10, 19), date(2027, 3, 31)),
)


def season_of(day: int) -> str | None:
    """The season in which a day lies, if any."""
    within = (s.season_id for s in SEASONS if clock.day_number(s.starts_on) <= day <= clock.day_number(s.ends_on))
    return next(within, None)


def product_ids(product: Ints) -> Array:
    """Identifiers of products."""
    return words(product, [f"P{index + 1:02d}" for index in range(len(PRODUCTS))])


def choose(rng: np.random.Generator, line: Ints, rating: Ints) -> Ints:
    """A product of each line; one sale in a hundred takes no notice of the customer's risk rating.

    Args:
        rng: source of randomness.
        line: line of each sale.
        rating: risk rating of each customer, 1 to 5.
    """
    weight: Floats = np.array([product.weight for product in PRODUCTS])
    chance: Floats = weight * (line[:, None] == PRODUCT_LINE)
    minds = rng.random(len(line)) < 0.99
    suitable: Floats = chance * ((np.maximum(rating, 1)[:, None] >= PRODUCT_RISK) | ~minds[:, None])
    cumulated = np.cumsum(suitable, axis=1)
    chosen = (cumulated <= rng.random((len(line), 1)) * cumulated[:, -1:]).sum(axis=1)
    return np.where(cumulated[:, -1] > 0, chosen, CAUTIOUS)


def tables() -> dict[str, Table]:
    """The season and product tables."""
    return {
        "season": table(
            "season",
            season_id=[s.season_id for s in SEASONS],
            name=[s.name for s in SEASONS],
            starts_on=dates(np.array([clock.day_number(s.starts_on) for s in SEASONS])),
            ends_on=dates(np.array([clock.day_number(s.ends_on) for s in SEASONS])),
        ),
        "product": table(
            "product",
            product_id=product_ids(np.arange(len(PRODUCTS))),
            name=[product.name for product in PRODUCTS],
            line=[product.line for product in PRODUCTS],
            risk_level=[f"R{product.risk}" for product in PRODUCTS],
            margin_bp=[product.margin_bp for product in PRODUCTS],
        ),
    }
