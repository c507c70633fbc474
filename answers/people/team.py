"""Who of a branch does well, with what evidence, and who can learn from whom: everything a page of one team needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from data_access.queries import staff
from data_access.reading.reader import Reader
from metrics.estimate import Intervals, Reason
from metrics.finding import Finding, FindingCode
from metrics.moments import Floats
from metrics.staff import performance as staff_performance
from metrics.staff.mentoring import Pair
from metrics.staff.performance import Performance
from metrics.staff.scorecard import Item, Scorecard, attainment

from answers import period, targets
from answers.kept import kept
from answers.people import breadth, results, score, skills, training
from answers.people.breadth import Breadth
from answers.people.choice import Choice, offered
from answers.people.results import Band
from answers.people.score import Held, Rehearsal
from answers.people.skills import Skill
from answers.people.training import Course
from answers.period import Period

Workspace = Any

TARGET = "weekly_sales"
"""The target that is shared out: sales, the one that staff make themselves."""


@dataclass(frozen=True, eq=False)
class Team:
    """The staff of one branch in a period; lists and columns are in the order of `people`.

    Attributes:
        choice: What was asked.
        first: First day.
        last: Last day, or the last of the data.
        branch: Name of the branch.
        people: Identifiers.
        names: What they are called, by identifier.
        roles: Role of each, empty where it is not recorded.
        mix: What they were given by kind of customer, with what the bank's rates would bring: see `results.expected`.
        performance: Conversions against what was expected; None where nobody was given a customer.
        band: What chance alone would do to it; None with it.
        elsewhere: Results in other branches, without names: ``role``, ``expected``, ``ratio``.
        breadth: What stands beside conversions.
        skills: By line and channel.
        pairs: Who could learn what from whom; their skill is the place of one of `skills`.
        courses: What changed for who took them.
        items: What gives points.
        found: What may be said of the group and of persons, the most important first.
        as_of: Last day of the data.
        currency: Of all amounts.
    """

    choice: Choice
    first: date
    last: date
    branch: str
    people: tuple[str, ...]
    names: Mapping[str, str]
    roles: tuple[str, ...]
    mix: pd.DataFrame
    performance: Performance | None
    band: Band | None
    elsewhere: pd.DataFrame
    breadth: Breadth
    skills: tuple[Skill, ...]
    pairs: tuple[Pair, ...]
    courses: tuple[Course, ...]
    items: tuple[Item, ...]
    found: tuple[Finding, ...]
    as_of: date
    currency: str


@dataclass(frozen=True, eq=False)
class Judged:
    """What rests on people's own work, too: targets and weights.

    Attributes:
        attained: Share of the target reached by each, the target being that of the days they were there.
        reached: The same of all together; of the months that are over.
        until: Last day of those months; None where there is none.
        recorded: Whether sales, and who was there on which day, are recorded: without them nothing is said.
        held: The weights that hold.
        card: Scores by them; None where there is nothing to weigh.
        rehearsal: What proposed weights would have made of last year; None where none are proposed.
    """

    attained: Intervals
    reached: Intervals
    until: date | None
    recorded: bool
    held: Held
    card: Scorecard | None
    rehearsal: Rehearsal | None


@kept
def ask(reader: Reader, choice: Choice) -> Team:
    """The staff of a choice.

    Raises:
        ValueError: there is no such period.
    """
    looked_at = period.named(choice.period)
    mix = results.by_mix(reader, choice, looked_at)
    people, names, roles = _people(reader, choice, looked_at, mix)
    mix = mix[mix["staff_id"].isin(people)]
    rates = results.bank_rates(reader, mix)
    performance = results.judged(mix, rates, people, choice.minimum)
    beside = breadth.of(reader, people, choice.branch, looked_at)
    told = reader.results_elsewhere(looked_at.first, looked_at.last, (choice.branch,))
    elsewhere = told[told["role"] == choice.role] if choice.role else told
    lines = skills.lines_of(reader, looked_at, choice.branch)
    profile = skills.profile(mix, rates, lines, people, choice.minimum)
    return Team(
        choice,
        looked_at.first,
        min(looked_at.last, reader.as_of),
        offered(reader).branches.get(choice.branch, choice.branch),
        people,
        names,
        roles,
        results.expected(mix, rates).merge(lines, on="campaign_id", how="left"),
        performance,
        None if performance is None else results.band(performance, _largest(performance, elsewhere)),
        elsewhere,
        beside,
        profile,
        skills.pairs(profile, people),
        training.courses(reader, choice.branch, people),
        score.items(performance, beside),
        tuple(_found(performance, people)),
        reader.as_of,
        reader.currency,
    )


def judge(workspace: Workspace, reader: Reader, team: Team, written: str = "") -> Judged:
    """What targets and weights make of the team, as they stand now.

    Args:
        workspace: Where they are kept.
        reader: Whose data.
        team: The team.
        written: Proposed weights, as a URL has them.
    """
    months = _months_over(team.first, team.last)
    each = targets.of_each(workspace, reader, [TARGET], months, (team.choice.branch,))
    goals = tuple(one[TARGET].value for one in each)
    return _judged(reader, team.choice, goals, score.held(workspace), written)


@kept
def _judged(reader: Reader, choice: Choice, goals: tuple[float | None, ...], weights: Held, written: str) -> Judged:
    team = ask(reader, choice)
    recorded = reader.has("sale", "amount") and reader.has("staff_posting")
    months = _months_over(team.first, team.last)
    attained, reached = _attained(reader, team, months[-1].last, goals) if recorded and months else _nothing(team)
    proposed = score.proposed(written)
    rehearsal = None if proposed is None else _rehearsed(reader, team.choice, weights, proposed)
    card = score.scored(team.items, team.breadth.breached, weights.percent)
    until = months[-1].last if months else None
    return Judged(attained, reached, until, recorded, weights, card, rehearsal)


def rehearsed_year(reader: Reader) -> str:
    """The last year that is over."""
    return str((reader.as_of + timedelta(days=1)).year - 1)


def _people(
    reader: Reader, choice: Choice, looked_at: Period, mix: pd.DataFrame
) -> tuple[tuple[str, ...], dict[str, str], tuple[str, ...]]:
    """Who was at the branch in the period, or was given customers there: identifiers, names and roles."""
    posted = staff.postings(reader, first=looked_at.first, last=min(looked_at.last, reader.as_of))
    there = posted.loc[posted["branch_id"] == choice.branch, "staff_id"]
    listed = staff.people(reader, branches=(choice.branch,)).set_index("staff_id")
    role = listed["role"].fillna("").to_dict()
    people = sorted({*map(str, there), *map(str, mix["staff_id"])})
    chosen = tuple(person for person in people if not choice.role or role.get(person, "") == choice.role)
    names = {str(person): str(name) for person, name in listed["name"].items()}
    return (
        chosen,
        {person: names.get(person, person) for person in chosen},
        tuple(str(role.get(person, "")) for person in chosen),
    )


def _largest(performance: Performance, elsewhere: pd.DataFrame) -> float:
    others = float(elsewhere["expected"].max()) if len(elsewhere) else 0.0
    return max(float(performance.standardised.expected.max()), others)


def _found(performance: Performance | None, people: Sequence[str]) -> list[Finding]:
    if performance is None:
        return [Finding(FindingCode.STAFF_TOO_FEW, {"staff": len(people)})]
    return staff_performance.findings(performance)


def _attained(reader: Reader, team: Team, until: date, goals: Sequence[float | None]) -> tuple[Intervals, Intervals]:
    """Sales of the months that are over, as a share of the branch's target for the days that each was there."""
    if any(goal is None for goal in goals):
        return _nothing(team)
    branch = team.choice.branch
    everyone = team if not team.choice.role else ask(reader, team.choice.of_everyone)
    here = breadth.present(reader, everyone.people, branch, team.first, until)
    _, amounts = breadth.sales_amounts(reader, everyone.people, branch, team.first, until)
    if not np.nansum(here) > 0:
        return _nothing(team)
    goal = float(sum(goal for goal in goals if goal is not None))
    own = np.isin(everyone.people, team.people)
    full_time = goal / float(np.nansum(here))
    attained = attainment(_exact(amounts[own]), full_time, here[own])
    together = attainment(_exact(np.array([np.nansum(amounts[own])])), float(np.nansum(here[own])) * full_time, 1.0)
    return attained, together


def _nothing(team: Team) -> tuple[Intervals, Intervals]:
    return _exact(np.full(len(team.people), np.nan)), _exact(np.array([np.nan]))


def _months_over(first: date, last: date) -> list[Period]:
    """The months of a period that its last day has seen the end of."""
    found: list[Period] = []
    day = first
    while (one := period.month(day)).last <= last:
        found.append(one)
        day = one.last + timedelta(days=1)
    return found


def _exact(values: Floats) -> Intervals:
    reason = np.where(np.isnan(values), Reason.NOT_RECORDED.value, Reason.NONE.value)
    return Intervals.of(values, values, values, n=np.ones_like(values), level=0.95, reason=reason, method="counted")


def _rehearsed(reader: Reader, choice: Choice, weights: Held, proposed: Mapping[str, int]) -> Rehearsal | None:
    year = rehearsed_year(reader)
    then = ask(reader, Choice(year, choice.branch, choice.role, choice.minimum))
    before = score.scored(then.items, then.breadth.breached, weights.percent)
    after = score.scored(then.items, then.breadth.breached, proposed)
    if before is None or after is None:
        return None
    return Rehearsal(year, then.people, then.names, before, after, proposed)
