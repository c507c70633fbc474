"""Branches and the people who work in them: postings, moves, leavers, part time, training and true skill."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from data_access.demo import clock, names
from data_access.demo.columns import NEVER, Array, Flags, Floats, Ints, Table, dates, ids, table, words

ROLES = ("teller", "adviser", "relationship_manager", "branch_head")
TELLER, ADVISER, MANAGER, HEAD = range(4)

COURSES = ("advisory_talk", "asset_allocation", "service_culture", "new_systems")
COURSE_GAIN = (0.30, 0.12, 0.0, 0.0)
"""True gain of skill, on the log scale, from the month after each course."""

SKILLS = ("asset", "credit", "other")
"""Kinds of business in which a person's skill differs; `skill_of_line` says which line needs which."""

BRANCHES_AT_DEFAULT, BRANCHES_AT_FULL = 14, 40


@dataclass(frozen=True)
class Network:
    """Branches and staff as arrays: one entry a branch, one a staff member.

    Attributes:
        branch_share: share of customers by branch, shape (branches,).
        branch_level: lift of a branch's whole business, on the log scale, shape (branches,).
        place: branch of each staff member by month of business, -1 where not at work, shape (staff, months).
        skill: true skill on the log scale before training, shape (staff, skills).
        service: true quality of service, on the scale of standard deviations, shape (staff,).
        trained: month of business in which each course was completed, `MONTHS` if never, shape (staff, courses).
    """

    branch_names: list[str]
    branch_share: Floats
    branch_level: Floats
    role: Ints
    place: Ints
    skill: Floats
    service: Floats
    trained: Ints
    tables: dict[str, Table]

    @property
    def branches(self) -> int:
        """Number of branches."""
        return len(self.branch_names)

    @property
    def staff(self) -> int:
        """Number of people who ever worked here."""
        return len(self.role)

    def skill_in(self, month: int, staff: Ints, kind: int) -> Floats:
        """Skill in a month, training included, of each staff member; 0 where there is none."""
        learned = ((self.trained < month) * np.array(COURSE_GAIN)).sum(axis=1)
        return np.where(staff >= 0, (self.skill[:, kind] + learned)[staff], 0.0)

    def choose(self, month: int, branch: Ints, affluent: Flags, pick: Floats) -> Ints:
        """The staff member who serves each customer in a month: managers for the affluent, -1 where nobody is.

        Args:
            month: month of business.
            branch: branch of each customer.
            affluent: whether the customer has a relationship manager.
            pick: a fixed number in [0, 1) of each customer, so that they usually meet the same person.
        """
        at = self.place[:, month]
        anyone = np.full(len(branch), -1)
        for affluent_desk in (False, True):
            roles = (MANAGER, ADVISER) if affluent_desk else (TELLER, ADVISER)
            pool = np.flatnonzero((at >= 0) & np.isin(self.role, roles))
            pool = pool[np.argsort(at[pool], kind="stable")]
            starts = np.searchsorted(at[pool], np.arange(self.branches + 1))
            count = np.diff(starts)[branch]
            here = (affluent == affluent_desk) & (count > 0)
            position = starts[branch] + (pick * count).astype(np.int64)
            anyone[here] = pool[position[here]]
        return anyone


def skill_of_line(line: str) -> int:
    """Index of the skill that selling a line needs."""
    groups = {"deposit": 0, "wealth": 0, "fund": 0, "personal_loan": 1, "credit_card": 1, "insurance": 1}
    return groups.get(line, 2)


def build(rng: np.random.Generator, scale: float) -> Network:
    """Branches and staff for a scale of the bank."""
    growth = min(math.log(max(scale, 0.02) / 0.02, 50), 1.0)
    count = round(BRANCHES_AT_DEFAULT + growth * (BRANCHES_AT_FULL - BRANCHES_AT_DEFAULT))
    share: Floats = rng.dirichlet(np.full(count, 9.0))
    per_branch: Ints = np.clip(np.round(7 + 3 * share * count + scale * 1e6 * share / 1000), 8, 45).astype(np.int64)
    home = np.repeat(np.arange(count), per_branch)
    size = len(home)
    position = np.arange(size) - np.repeat(np.cumsum(per_branch) - per_branch, per_branch)
    role = np.select([position == 0, position <= 2, position <= 5], [HEAD, MANAGER, ADVISER], TELLER)
    role = np.where((role == TELLER) & (position > 8) & (position % 3 == 0), MANAGER, role)

    hired = np.where(rng.random(size) < 0.75, -1, rng.integers(0, clock.MONTHS - 4, size))
    leaves = np.where(rng.random(size) < 0.14, hired + rng.integers(6, 26, size), clock.MONTHS)
    steady = position <= 3  # a branch always has its head and somebody for each desk
    hired, leaves = np.where(steady, -1, hired), np.where(steady, clock.MONTHS, np.minimum(leaves, clock.MONTHS))
    moves = np.where((rng.random(size) < 0.15) & ~steady, rng.integers(3, 28, size), clock.MONTHS)
    moves = np.where((moves > hired + 2) & (moves < leaves - 2), moves, clock.MONTHS)
    second = (home + rng.integers(1, count, size)) % count
    months = np.arange(clock.MONTHS)
    place = np.where(months >= moves[:, None], second[:, None], home[:, None])
    place = np.where((months >= hired[:, None]) & (months < leaves[:, None]), place, -1)

    skill = 0.30 * rng.standard_normal(size)[:, None] + 0.18 * rng.standard_normal((size, len(SKILLS)))
    trained = np.where(
        rng.random((size, len(COURSES))) < np.array([0.4, 0.35, 0.5, 0.3]),
        rng.integers(1, clock.MONTHS - 1, (size, len(COURSES))),
        clock.MONTHS,
    )
    trained = np.where((trained >= hired[:, None]) & (trained < leaves[:, None]), trained, clock.MONTHS)
    network = Network(
        branch_names=names.branch_names(count),
        branch_share=share,
        branch_level=0.12 * rng.standard_normal(count),
        role=role,
        place=place,
        skill=skill - skill.mean(axis=0),
        service=rng.standard_normal(size),
        trained=trained,
        tables={},
    )
    network.tables.update(
        _branch_tables(rng, network), **_staff_tables(rng, network, hired, leaves, moves, home, second)
    )
    return network


def branch_ids(branch: Ints) -> Array:
    """Identifiers of branches, empty below zero."""
    return ids("B", np.where(branch < 0, -1, branch + 1), 3)


def staff_ids(staff: Ints) -> Array:
    """Identifiers of staff members, empty below zero."""
    return ids("E", np.where(staff < 0, -1, staff + 1), 5)


def _branch_tables(rng: np.random.Generator, network: Network) -> dict[str, Table]:
    count = network.branches
    every = np.arange(count)
    region = every % len(names.REGIONS)
    opened = clock.day_number(date(1994, 3, 1)) + rng.integers(0, 9500, count)
    days = np.arange(clock.FIRST_DAY, clock.LAST_DAY + 1)
    return {
        "branch": table(
            "branch",
            branch_id=branch_ids(every),
            name=network.branch_names,
            region=words(region, names.REGIONS),
            city=words(region, names.CITIES),
            opened_on=dates(opened),
        ),
        "branch_calendar": table(
            "branch_calendar",
            branch_id=branch_ids(np.repeat(every, len(days))),
            day=dates(np.tile(days, count)),
            open=np.tile(clock.is_open(days), count),
        ),
    }


def _staff_tables(
    rng: np.random.Generator, network: Network, hired: Ints, leaves: Ints, moves: Ints, home: Ints, second: Ints
) -> dict[str, Table]:
    size = network.staff
    every = np.arange(size)
    starts = clock.MONTH_STARTS
    hired_on = np.where(hired < 0, clock.FIRST_DAY - rng.integers(60, 4000, size), starts[np.maximum(hired, 0)])
    left_on = np.where(leaves < clock.MONTHS, starts[leaves] - 1, NEVER)
    moved = moves < clock.MONTHS
    seniors = np.flatnonzero((network.role == MANAGER) & (leaves == clock.MONTHS) & (hired < 0))
    mentor = np.where((hired >= 0) | (rng.random(size) < 0.12), rng.choice(seniors, size), -1)
    mentor = np.where(mentor == every, -1, mentor)
    part_time = np.where(rng.random(size) < 0.08, rng.choice([0.5, 0.6, 0.8], size), 1.0)
    who, course = np.nonzero(network.trained < clock.MONTHS)
    completed = starts[network.trained[who, course]] + rng.integers(0, 27, len(who))
    return {
        "staff": table(
            "staff",
            staff_id=staff_ids(every),
            name=names.staff_names(rng, size),
            role=words(network.role, ROLES),
            hired_on=dates(hired_on),
            left_on=dates(left_on),
            mentor_id=staff_ids(mentor),
        ),
        "staff_posting": table(
            "staff_posting",
            staff_id=staff_ids(np.concatenate([every, every[moved]])),
            branch_id=branch_ids(np.concatenate([home, second[moved]])),
            from_on=dates(np.concatenate([hired_on, starts[moves[moved]]])),
            to_on=dates(np.concatenate([np.where(moved, starts[moves] - 1, left_on), left_on[moved]])),
            full_time_share=np.concatenate([part_time, part_time[moved]]),
        ),
        "training": table(
            "training",
            staff_id=staff_ids(who),
            course=words(course, COURSES),
            completed_on=dates(completed),
            score=np.round(np.clip(rng.normal(82, 8, len(who)), 50, 100), 1),
        ),
    }
