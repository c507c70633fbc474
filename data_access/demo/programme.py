"""The programme of campaigns: what was offered to whom, when, by which design, and what it truly does.

`PLAN` holds what recurs every year; `build` draws each edition of it, so that a campaign of 2026 resembles
the one of 2025 without repeating it.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np

from data_access.demo import clock, network, offers
from data_access.demo.columns import Array, Floats, Ints, Table, dates, table, words

CHANNELS = ("phone", "wechat", "app", "sms", "branch")
PHONE, WECHAT, APP, SMS, BRANCH = range(5)
REACHED = np.array([0.74, 0.88, 0.95, 0.97, 0.62])
"""Share of the assigned whom each channel reaches."""

BY_STAFF = np.array([True, True, False, False, True])
"""Channels in which a person makes the contact, so that skill matters."""

SEGMENTS = ("student", "young_professional", "family", "micro_business_owner", "mid_career", "senior")
STUDENT, YOUNG, FAMILY, MICRO, MIDDLE, SENIOR = range(6)
ALL = (STUDENT, YOUNG, FAMILY, MICRO, MIDDLE, SENIOR)


class Arm(NamedTuple):
    """An arm: its planned share, the part of the campaign's effect it gets, its channel where not the campaign's."""

    name: str
    control: bool
    share: float
    strength: float = 1.0
    channel: int = -1


class Plan(NamedTuple):
    """A campaign that recurs.

    `base` is the share that would buy anyway, `effect` what a contact adds to it in points of share,
    `part` participation of the contacted, `reach` the share of suitable customers that is assigned.
    `tiers` weighs the audience by tier. `gift` is the cost per participant and `fixed` per customer assigned,
    in yuan.
    """

    name: str
    theme: str
    objective: str
    product: int
    start: tuple[int, int]
    length: int
    window: int
    channel: int
    design: str
    base: float
    effect: float
    part: float
    reach: float
    years: tuple[int, ...] = (2024, 2025, 2026)
    segments: tuple[int, ...] = ALL
    tiers: tuple[float, float, float, float] = (0.8, 1.0, 1.0, 0.6)
    gift: float = 12.0
    fixed: float = 1.2


SPLIT = {
    "tenth": (Arm("control", True, 0.1), Arm("treated", False, 0.9)),
    "fifth": (Arm("control", True, 0.2), Arm("treated", False, 0.8)),
    "third": (Arm("control", True, 0.3), Arm("treated", False, 0.7)),
    "half": (Arm("control", True, 0.5), Arm("treated", False, 0.5)),
    "branches": (Arm("control", True, 0.5), Arm("treated", False, 0.5)),
    "two_channels": (
        Arm("control", True, 0.3),
        Arm("wechat", False, 0.35, 0.6, WECHAT),
        Arm("phone", False, 0.35, 1.3, PHONE),
    ),
    "two_gifts": (Arm("control", True, 0.3), Arm("small_gift", False, 0.35, 0.9), Arm("large_gift", False, 0.35, 1.05)),
    "everyone": (Arm("treated", False, 1.0),),
    "compared": (Arm("comparison", True, 0.4), Arm("treated", False, 0.6)),
    "by_tier": (Arm("salon", False, 0.5, 1.8, BRANCH), Arm("phone", False, 0.5, 0.15, PHONE)),
}
"""Arms by design. `everyone`, `compared` and `by_tier` were not randomised; `branches` assigned whole branches."""

TARGETED = ("everyone", "compared", "by_tier")

_RICH = (0.05, 0.7, 1.6, 1.6)
_LATE = (2024, 2025)
_NEW = (2025, 2026)

PLAN = (
    Plan("新春黄金 New Year gold", "spring_festival", "grow", 15, (1, 8), 35, 30, WECHAT, "third",
         0.022, 0.015, 0.22, 0.24, years=(2026,), gift=9),
    Plan("返乡存款 Homecoming deposit", "spring_festival", "acquire", 2, (1, 15), 40, 45, BRANCH, "branches",
         0.055, 0.026, 0.33, 0.22, gift=15),
    Plan("元宵家庭日 Lantern day", "family_day", "activate", 17, (2, 24), 21, 30, BRANCH, "everyone",
         0.050, 0.012, 0.40, 0.08, years=_NEW, segments=(FAMILY, MIDDLE, SENIOR), gift=15),
    Plan("女神节理财 Women's wealth", "womens_day", "grow", 4, (2, 26), 30, 45, WECHAT, "two_channels",
         0.036, 0.022, 0.24, 0.30),
    Plan("基金沙龙 Fund salon", "salon", "grow", 7, (3, 15), 40, 60, BRANCH, "third",
         0.050, 0.045, 0.45, 0.75, tiers=_RICH, gift=40, fixed=9),
    Plan("小微贷款 Micro loan", "micro_business", "acquire", 11, (3, 20), 60, 90, PHONE, "fifth",
         0.026, 0.024, 0.26, 0.70, segments=(MICRO, YOUNG), gift=8),
    Plan("青年信用卡 Young card", "young_professionals", "acquire", 13, (4, 10), 50, 45, APP, "tenth",
         0.040, 0.010, 0.17, 0.62, segments=(STUDENT, YOUNG, FAMILY), gift=8, fixed=0.6),
    Plan("健康讲座 Health talk", "health", "retain", 9, (4, 20), 25, 60, BRANCH, "half",
         0.042, -0.016, 0.50, 0.55, segments=(SENIOR, MIDDLE), gift=20, fixed=4),
    Plan("旅行信用卡 Travel card", "holiday", "activate", 14, (4, 24), 20, 30, SMS, "tenth",
         0.028, 0.002, 0.12, 0.40, years=_NEW, gift=8, fixed=1.0),
    Plan("代发工资 Payroll switch", "payroll", "acquire", 2, (5, 8), 60, 60, BRANCH, "everyone",
         0.060, 0.018, 0.30, 0.12, years=_NEW, segments=(YOUNG, FAMILY, MIDDLE)),
    Plan("周年庆 Anniversary", "anniversary", "grow", 3, (5, 15), 20, 30, BRANCH, "everyone",
         0.048, 0.008, 0.38, 0.15, years=_NEW, gift=18),
    Plan("端午理财 Dragon Boat wealth", "dragon_boat", "grow", 4, (5, 26), 30, 45, PHONE, "fifth",
         0.040, 0.027, 0.22, 0.24),
    Plan("成长账户 Children's deposit", "family_day", "acquire", 3, (5, 28), 25, 45, BRANCH, "compared",
         0.050, 0.015, 0.42, 0.55, segments=(FAMILY,), years=_NEW, gift=15),
    Plan("志愿讲座 College lecture", "lecture", "activate", 17, (6, 8), 25, 30, WECHAT, "third",
         0.052, 0.0, 0.34, 0.45, years=_NEW, segments=(FAMILY, MIDDLE), gift=10),
    Plan("年中理财 Mid-year wealth", "mid_year", "grow", 5, (6, 12), 45, 60, PHONE, "by_tier",
         0.035, 0.030, 0.27, 0.30, tiers=(0.6, 1.0, 2.0, 1.5), gift=30, fixed=5),
    Plan("夏令营 Summer camp fund", "family_day", "retain", 6, (7, 5), 35, 60, WECHAT, "third",
         0.024, 0.007, 0.31, 0.55, segments=(FAMILY, MIDDLE), years=_LATE, gift=18),
    Plan("数字钱包 Digital wallet", "digital", "activate", 17, (7, 12), 60, 30, APP, "tenth",
         0.020, 0.001, 0.10, 0.80, years=_NEW, gift=3, fixed=0.4),
    Plan("夏季旅行 Summer travel", "summer", "activate", 14, (7, 1), 30, 30, APP, "fifth",
         0.030, 0.005, 0.15, 0.25, years=(2026,), segments=(YOUNG, FAMILY), gift=8, fixed=0.6),
    Plan("夏季黄金 Summer gold", "summer", "grow", 16, (7, 20), 30, 30, WECHAT, "third",
         0.024, 0.006, 0.20, 0.25, years=(2026,), gift=10),
    Plan("养老规划 Pension plan", "retirement", "retain", 9, (8, 18), 40, 45, PHONE, "third",
         0.020, 0.009, 0.26, 0.60, years=_NEW, segments=(MIDDLE, SENIOR), gift=12, fixed=2),
    Plan("理财课堂 Investing class", "lecture", "activate", 6, (9, 5), 30, 45, BRANCH, "half",
         0.034, 0.014, 0.44, 0.30, years=(2026,), gift=15, fixed=4),
    Plan("财富体检 Wealth check-up", "check_up", "retain", 4, (8, 1), 45, 60, PHONE, "third",
         0.062, 0.034, 0.40, 0.55, tiers=_RICH, gift=30, fixed=12),
    Plan("七夕信用卡 Qixi card", "qixi", "grow", 14, (8, 8), 18, 30, APP, "fifth",
         0.030, 0.004, 0.16, 0.30, years=_NEW, segments=(STUDENT, YOUNG, FAMILY), gift=6, fixed=0.5),
    Plan("开学季 Back to school", "student", "acquire", 17, (8, 25), 30, 30, APP, "everyone",
         0.045, 0.015, 0.23, 0.55, years=_NEW, segments=(STUDENT, YOUNG), gift=5, fixed=0.5),
    Plan("秋季存款 Autumn deposit", "autumn", "grow", 3, (9, 1), 45, 60, PHONE, "fifth",
         0.066, 0.035, 0.31, 0.36),
    Plan("中秋黄金 Mid-Autumn gold", "mid_autumn", "grow", 15, (9, 10), 25, 30, WECHAT, "third",
         0.028, 0.013, 0.22, 0.32, years=_NEW, gift=11),
    Plan("国庆存款 National deposit", "national_day", "grow", 2, (9, 22), 30, 60, BRANCH, "branches",
         0.058, 0.026, 0.30, 0.20, gift=14),
    Plan("保险检视 Cover check-up", "check_up", "retain", 10, (10, 8), 50, 60, PHONE, "fifth",
         0.022, 0.008, 0.19, 0.26, years=(2025, 2026), gift=10),
    Plan("重阳敬老 Double Ninth", "double_ninth", "retain", 3, (10, 10), 25, 45, PHONE, "half",
         0.060, 0.012, 0.36, 0.65, years=_NEW, segments=(SENIOR,), gift=15),
    Plan("房贷顾问 Mortgage advice", "advice", "retain", 12, (10, 15), 35, 45, PHONE, "everyone",
         0.030, 0.010, 0.24, 0.16, segments=(FAMILY, MIDDLE, YOUNG), years=(2024, 2026), gift=5),
    Plan("到期承接 Maturity roll-over", "maturity", "retain", 1, (11, 2), 40, 30, PHONE, "compared",
         0.075, 0.022, 0.34, 0.16, gift=8),
    Plan("开门红存款 Opening deposit", "opening_red", "grow", 3, (11, 3), 70, 60, PHONE, "fifth",
         0.062, 0.033, 0.30, 0.40),
    Plan("双十一支付 Double 11 wallet", "shopping", "activate", 17, (11, 4), 14, 30, SMS, "tenth",
         0.026, 0.003, 0.12, 0.50, years=_NEW, gift=3, fixed=0.3),
    Plan("新春礼遇 New Year gifts", "spring_festival", "grow", 4, (12, 20), 40, 45, WECHAT, "two_gifts",
         0.040, 0.020, 0.29, 0.26, years=_LATE, gift=20),
)  # fmt: skip


class Programme(NamedTuple):
    """Every edition of every campaign, in order of the first day; one entry a campaign.

    `treated_branches` says for a campaign that assigned whole branches which of them were treated.
    """

    plans: tuple[Plan, ...]
    names: list[str]
    starts: Ints
    ends: Ints
    base: Floats
    effect: Floats
    part: Floats
    reach: Floats
    treated_branches: np.ndarray[tuple[int, int], np.dtype[np.bool_]]

    @property
    def size(self) -> int:
        """Number of campaigns."""
        return len(self.plans)

    def arms(self, campaign: int) -> tuple[Arm, ...]:
        """Arms of a campaign."""
        return SPLIT[self.plans[campaign].design]


def build(rng: np.random.Generator, branches: int) -> Programme:
    """Draw the editions of the programme for a bank of so many branches."""
    editions = sorted(
        (clock.day_number(date(year, *plan.start)), index, year)
        for index, plan in enumerate(PLAN)
        for year in plan.years
        if clock.FIRST_DAY <= clock.day_number(date(year, *plan.start)) <= clock.LAST_DAY - 3
    )
    plans = tuple(PLAN[index] for _, index, _ in editions)
    size = len(plans)
    starts = np.array([start for start, _, _ in editions])
    varied = np.exp(0.12 * rng.standard_normal((4, size)))
    treated = rng.permuted(np.tile(np.arange(branches) < branches // 2, (size, 1)), axis=1)
    return Programme(
        plans=plans,
        names=[f"{PLAN[index].name} {year}" for _, index, year in editions],
        starts=starts,
        ends=starts + np.array([plan.length for plan in plans]) - 1,
        base=np.array([plan.base for plan in plans]) * varied[0],
        effect=np.array([plan.effect for plan in plans]) * varied[1] ** 2,
        part=np.array([plan.part for plan in plans]) * varied[2],
        reach=np.array([plan.reach for plan in plans]) * varied[3],
        treated_branches=treated,
    )


def campaign_ids(campaign: Ints) -> Array:
    """Identifiers of campaigns, empty below zero."""
    return words(campaign, [f"K{index + 1:03d}" for index in range(len(PLAN) * 4)])


def tables(rng: np.random.Generator, programme: Programme, people: network.Network) -> dict[str, Table]:
    """The campaign and campaign_arm tables."""
    every = np.arange(programme.size)
    owners = np.flatnonzero((people.role == network.HEAD) & (people.place[:, 0] >= 0))
    arms = [(campaign, arm) for campaign in every for arm in programme.arms(int(campaign))]
    seasons = [offers.season_of(int(day)) for day in programme.starts]
    return {
        "campaign": table(
            "campaign",
            campaign_id=campaign_ids(every),
            name=programme.names,
            theme=[plan.theme for plan in programme.plans],
            objective=[plan.objective for plan in programme.plans],
            product_id=offers.product_ids(np.array([plan.product for plan in programme.plans])),
            season_id=seasons,
            starts_on=dates(programme.starts),
            ends_on=dates(programme.ends),
            attribution_days=[plan.window for plan in programme.plans],
            owner_staff_id=network.staff_ids(rng.choice(owners, programme.size)),
            assignment=["targeted" if plan.design in TARGETED else "randomised" for plan in programme.plans],
            cluster=["branch" if plan.design == "branches" else "customer" for plan in programme.plans],
        ),
        "campaign_arm": table(
            "campaign_arm",
            campaign_id=campaign_ids(np.array([campaign for campaign, _ in arms])),
            arm=[arm.name for _, arm in arms],
            is_control=[arm.control for _, arm in arms],
            allocation=[arm.share for _, arm in arms],
        ),
    }
