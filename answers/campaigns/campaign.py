"""One campaign: what did it bring, against what, at what cost?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from data_access.queries import campaigns
from data_access.queries.comparison import Sides
from data_access.reading.reader import Reader
from metrics.campaigns import arms, evaluation, findings
from metrics.campaigns.arms import EqualAge
from metrics.campaigns.evaluation import Scorecard
from metrics.estimate import Intervals
from metrics.finding import Finding

from answers import period, places
from answers.campaigns import groups, harm, time_of_staff
from answers.campaigns.groups import Groups
from answers.campaigns.harm import Harmed
from answers.campaigns.scored import scored
from answers.campaigns.time_of_staff import TimeOfStaff
from answers.kept import kept
from answers.traced import Traced


@dataclass(frozen=True, eq=False)
class NotSeen:
    """A campaign of which there is nothing to tell.

    Attributes:
        name: As the data write it; empty if they know no such campaign.
        branches: Names of the branches whose customers were looked for; empty for the whole bank.
    """

    name: str
    branches: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Campaign:
    """A campaign that had customers of the viewer's.

    Attributes:
        about: Its row of the catalogue, in a frame of one row.
        scores: Its metrics, one row.
        found: Findings, the most important first.
        arms: One row an arm, as `data_access.queries.campaigns.arms` describes them.
        plain: Its effects as counted, with nothing taken out that the customers' past predicts, by the same keys.
        by_arm: What each arm's customers did, by the key of the metric.
        weeks: Customers by week and arm.
        equal_age: Treated and control by days since assignment.
        costs: Planned and actual by kind, the scope's share of costs of the bank as a whole included: ``category``,
            ``planned_amount``, ``actual_amount``, minor units.
        groups: Whether it did the same for all groups of customers.
        harmed: Complaints and opt-outs beside its control and the usual.
        time: What time of staff it took.
        branch: The one that was chosen; empty for all of the viewer's.
        branches: Names of the branches whose customers are counted; empty for the whole bank.
        as_of: Last day of the data.
        version: Of the data. With it every number leads back to its rows: those of the tables of its metric's entry,
            of this campaign and these branches, as of that day; how many, its ``n`` says.
        currency: Of all amounts.
    """

    about: pd.DataFrame
    scores: Scorecard
    found: tuple[Finding, ...]
    plain: Mapping[str, Intervals]
    arms: pd.DataFrame
    by_arm: Mapping[str, Intervals]
    weeks: pd.DataFrame
    equal_age: EqualAge
    costs: pd.DataFrame
    groups: Groups
    harmed: Harmed
    time: TimeOfStaff
    branch: str
    branches: tuple[str, ...]
    as_of: date
    version: str
    currency: str

    @property
    def traced(self) -> Traced:
        """The rows that are counted: the campaign's, whenever they happened."""
        return Traced(period.named(period.ALL), self.branch, (str(self.about["campaign_id"].iloc[0]),))


@kept
def ask(reader: Reader, campaign_id: str, branch: str = "") -> Campaign | NotSeen:
    """The campaign with this identifier, as far as the viewer's customers, or those of one branch, took part."""
    every = campaigns.catalogue(reader)
    about = every[every["campaign_id"] == campaign_id].reset_index(drop=True)
    branches, called = places.branches(reader, branch), places.names(reader, branch)
    if about.empty:
        return NotSeen("", called)
    own = campaigns.arms(reader, campaigns=(campaign_id,), branches=branches)
    if own.empty:
        return NotSeen(str(about["name"].iloc[0]), called)
    scores = scored(reader, branch).among([campaign_id])
    row = about.iloc[0].to_dict()
    pairs = [
        tuple((campaign_id, str(arm)) for arm in own.loc[own["is_control"].eq(control), "arm"])
        for control in (False, True)
    ]
    sides = Sides(pairs[0], pairs[1], branches=branches)
    window = 0 if pd.isna(row["attribution_days"]) else int(row["attribution_days"])
    days = campaigns.days_to_conversion(reader, (campaign_id,), since="assignment", branches=branches)
    return Campaign(
        about,
        scores,
        tuple(findings.campaign_findings(scores, campaign_id)),
        evaluation.unadjusted(about, own, scores.booked.actual),
        own,
        arms.outcomes(own),
        campaigns.weeks(reader, campaign_id, branches=branches),
        arms.equal_age(days),
        scores.booked.kinds(0),
        groups.ask(reader, row, scores, sides),
        harm.ask(reader, row["starts_on"].date(), window, sides),
        time_of_staff.ask(reader, campaign_id, scores, branches),
        branch,
        called,
        reader.as_of,
        reader.version,
        reader.currency,
    )
