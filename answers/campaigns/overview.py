"""What ran, what did it bring, which are not yet judged?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from data_access.queries import campaigns, data
from data_access.queries.campaigns import overlap
from data_access.reading.reader import Reader
from metrics.campaigns import findings, programme, sight, verdict
from metrics.campaigns.evaluation import Scorecard
from metrics.campaigns.sight import Sight
from metrics.estimate import Intervals, Reason
from metrics.finding import Finding, FindingCode
from metrics.inference.comparison.verdict import Grade

from answers import period, places, seasons
from answers.campaigns import calendar, holdout
from answers.campaigns.calendar import Calendar
from answers.campaigns.holdout import Holdouts
from answers.campaigns.scored import scored
from answers.kept import kept
from answers.period import Kind, Period, Season
from answers.traced import Traced

JUDGED, COUNTING, NEVER = MATURITIES = ("judged", "counting", "never")
"""How far campaigns have come: with a verdict, still to get one, and those that can have none."""

KINDS = (Kind.YEAR, Kind.QUARTER, Kind.SEASON, Kind.MONTH, Kind.ALL)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which campaigns are looked at; an empty text does not restrict.

    Attributes:
        period: In the spelling of `answers.period`.
        objective: What they were for.
        theme: Their theme.
        line: Business line of the product offered.
        branch: Whose customers are counted: a place, as `answers.places` spells it.
        maturity: One of `MATURITIES`.
    """

    period: str = period.ALL
    objective: str = ""
    theme: str = ""
    line: str = ""
    branch: str = ""
    maturity: str = ""


@dataclass(frozen=True, eq=False)
class Offered:
    """What a viewer may choose from, each as the data spell it."""

    periods: tuple[str, ...]
    objectives: tuple[str, ...]
    themes: tuple[str, ...]
    lines: tuple[str, ...]
    branches: Mapping[str, str]  # regions and branches, as `answers.places` spells them
    seasons: tuple[Season, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """Customers whom the judged campaigns share.

    Attributes:
        customers: Of campaigns whose incremental return is known, their window closed.
        several: Of them, in two such campaigns or more.
        wider: How many times that widens the interval of what these campaigns added together.
    """

    customers: int = 0
    several: int = 0
    wider: float = 1.0


@dataclass(frozen=True, eq=False)
class Campaigns:
    """The campaigns of a choice.

    Attributes:
        choice: What was asked.
        looked_at: The period.
        listed: The campaigns, latest first, as `data_access.queries.campaigns.catalogue` describes them.
        scores: Their metrics, in the same order.
        together: The programme as a whole, campaign by campaign added up.
        holdouts: What measures it as a whole; none where the choice is of some objective, theme, line or maturity.
        found: Findings, the most important first.
        sight: How closely net new money tells the campaigns that it judges.
        calendar: The days that they cover.
        shared: Customers of the judged campaigns, and how many of them were in several: see `Shared`.
        sold: All sales of the period in the same branches and line, minor units; nan where none are recorded.
        attributed: The part of them that is credited to campaigns.
        members_ever: Customers assigned to any campaign that the viewer may choose, whatever the choice.
        branches: Names of the branches whose customers are counted; empty for the whole bank.
        as_of: Last day of the data.
        version: Of the data, whose rows of the listed campaigns and of these branches are counted.
        currency: Of all amounts.
    """

    choice: Choice
    looked_at: Period
    listed: pd.DataFrame
    scores: Scorecard
    together: Mapping[str, Intervals]
    holdouts: Holdouts
    found: tuple[Finding, ...]
    sight: Sight
    calendar: Calendar
    shared: Shared
    sold: float
    attributed: float
    members_ever: float
    branches: tuple[str, ...]
    as_of: date
    version: str
    currency: str

    @property
    def traced(self) -> Traced:
        """The rows that are counted: those of the listed campaigns, whenever they happened."""
        ids = tuple(str(campaign) for campaign in self.listed["campaign_id"])
        return Traced(self.looked_at, self.choice.branch, ids)

    @property
    def paid(self) -> tuple[Finding, ...]:
        """How many paid for themselves; where no return is known, what leads the findings."""
        returned = tuple(finding for finding in self.found if finding.code is FindingCode.CAMPAIGNS_PAID)
        return returned or self.found[:1]

    @property
    def order(self) -> np.ndarray:
        """Rows by what matters: the best incremental return first, then those not judged, as they came."""
        returned = self.scores["roi_incremental"]
        return np.argsort(np.where(returned.known, -returned.estimate, np.inf), kind="stable")


@kept
def offered(reader: Reader) -> Offered:
    """What the viewer may choose from."""
    every = campaigns.catalogue(reader)
    objectives, themes, lines = (
        tuple(sorted(every[name].dropna().unique())) for name in ("objective", "theme", "line")
    )
    known = seasons.ask(reader)
    periods = tuple(period.options(earliest(reader), reader.as_of, KINDS, known))
    return Offered(periods, objectives, themes, lines, places.offered(reader), known)


@kept
def earliest(reader: Reader) -> date:
    """First day of the first campaign; the last day of the data where there is none."""
    every = campaigns.catalogue(reader)
    return every["starts_on"].min().date() if len(every) else reader.as_of


@kept
def ask(reader: Reader, choice: Choice) -> Campaigns:
    """The campaigns of a choice, each with all that can be said of it."""
    looked_at = period.named(choice.period, seasons.ask(reader))
    branches = places.branches(reader, choice.branch)
    listed = _chosen(campaigns.catalogue(reader, branches=branches), looked_at, choice)
    every = scored(reader, choice.branch)
    restricted = choice.objective or choice.theme or choice.line or choice.maturity
    holdouts = holdout.none() if restricted else holdout.ask(reader, looked_at, choice.branch)
    scores = every.among([str(campaign) for campaign in listed["campaign_id"]])
    if choice.maturity:
        rows = maturity(scores) == choice.maturity
        listed = listed.iloc[np.flatnonzero(rows)].reset_index(drop=True)
        scores = every.among([str(campaign) for campaign in listed["campaign_id"]])
    shared = _shared(reader, scores, branches)
    sales = campaigns.attributed_sales(
        reader, looked_at.first, looked_at.last, branches=branches, lines=(choice.line,) if choice.line else ()
    )
    return Campaigns(
        choice,
        looked_at,
        listed,
        scores,
        programme.together(scores, wider=shared.wider),
        holdouts,
        tuple(findings.findings(scores)),
        sight.of_net_new_money(scores),
        calendar.ask(reader, looked_at, listed),
        shared,
        float(sales["amount"].sum(min_count=1)),
        float(sales["attributed_amount"].sum(min_count=1)),
        float(np.nansum(every["members"].estimate)),
        places.names(reader, choice.branch),
        reader.as_of,
        reader.version,
        reader.currency,
    )


def maturity(scores: Scorecard) -> np.ndarray:
    """How far each campaign has come, of `MATURITIES`: judged by what it is for, or not yet, or never."""
    waiting = scores[verdict.CONVERSION].reason == Reason.WINDOW_OPEN.value
    return np.select([scores.grades != Grade.NOT_JUDGED, waiting], [JUDGED, COUNTING], NEVER)


def _chosen(every: pd.DataFrame, looked_at: Period, choice: Choice) -> pd.DataFrame:
    """Those of all campaigns that are looked at: all are read once, and each further choice is made among them."""
    listed = calendar.within(every, looked_at)
    for name, value in (("objective", choice.objective), ("theme", choice.theme), ("line", choice.line)):
        if value:
            listed = listed[listed[name] == value]
    return listed.reset_index(drop=True)


def _shared(reader: Reader, scores: Scorecard, branches: tuple[str, ...]) -> Shared:
    """Customers in several of the campaigns that are added up."""
    known = [campaign for campaign, told in zip(scores.campaign_id, scores[verdict.RETURN].known, strict=True) if told]
    if len(known) < 2:
        return Shared()
    found = overlap.dependence(reader, known, branches=branches).iloc[0]
    wider = programme.widening(float(found["apart"]), float(found["together"]))
    return Shared(int(found["customers"]), int(found["several"]), wider)


def branch_names(reader: Reader) -> dict[str, str]:
    """The viewer's branches: name by identifier."""
    branches = data.branches(reader)
    return dict(zip(branches["branch_id"], branches["name"], strict=True))
