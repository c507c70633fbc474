"""Tables of the loop from plan to decision: what is planned, frozen, watched, judged, decided and done.

Columns are what a statement asks for; what one page alone reads stands in JSON. As for `tables`: a change here needs a
migration beside it.
"""

from __future__ import annotations

import sqlalchemy as sa

from data_access.workspace.tables import metadata


def _plan(*, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    own = sa.ForeignKey("plan.plan_id", ondelete="CASCADE")
    comment = "Plan, or none for a campaign that nobody planned here" if nullable else "Plan"
    if primary_key:
        return sa.Column("plan_id", sa.Text, own, primary_key=True, comment=comment)
    return sa.Column("plan_id", sa.Text, own, nullable=nullable, comment=comment)


plan = sa.Table(
    "plan",
    metadata,
    sa.Column("plan_id", sa.Text, primary_key=True, comment="Identifier, random"),
    sa.Column("owner", sa.Text, nullable=False, comment="Email of who began it"),
    sa.Column("owner_name", sa.Text, nullable=False, comment="Their name as it was then"),
    sa.Column("whole_bank", sa.Boolean, nullable=False, comment="For every branch; otherwise those of plan_branch"),
    sa.Column("version", sa.Integer, nullable=False, comment="Last of plan_version: whoever saves says which they saw"),
    sa.Column("begun_at", sa.DateTime, nullable=False, comment="When, in UTC"),
    sa.Column("archived_at", sa.DateTime, comment="When it was put away; it can be brought back"),
    comment="What somebody plans.",
)

plan_branch = sa.Table(
    "plan_branch",
    metadata,
    _plan(primary_key=True),
    sa.Column("branch_id", sa.Text, primary_key=True, comment="Branch of the warehouse"),
    comment="Branches whose customers a plan is for; whoever sees all of them sees the plan.",
)

plan_version = sa.Table(
    "plan_version",
    metadata,
    _plan(primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, comment="1 for the first; the last holds"),
    sa.Column("name", sa.Text, nullable=False, comment="Name of the plan"),
    sa.Column("saved_by", sa.Text, nullable=False, comment="Email of who saved it"),
    sa.Column("saved_at", sa.DateTime, nullable=False, comment="When, in UTC"),
    comment="Every state in which a plan was saved; none is ever changed.",
)

plan_scenario = sa.Table(
    "plan_scenario",
    metadata,
    sa.Column("plan_id", sa.Text, primary_key=True, comment="Of the version"),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, comment="Of the version"),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False, comment="1 to 4, from left to right"),
    sa.Column("name", sa.Text, nullable=False, comment="Name of the scenario"),
    sa.Column("settings", sa.JSON, nullable=False, comment="What it assumes: text by name of the setting"),
    sa.ForeignKeyConstraint(
        ["plan_id", "version"], ["plan_version.plan_id", "plan_version.version"], ondelete="CASCADE"
    ),
    comment="The ways of doing it that a version of a plan holds side by side.",
)

frozen_forecast = sa.Table(
    "frozen_forecast",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, comment="SHA-256 of all that is kept beside it"),
    _plan(),
    sa.Column("version", sa.Integer, nullable=False, comment="Version of the plan that was frozen"),
    sa.Column("place", sa.Integer, nullable=False, comment="Scenario of that version"),
    sa.Column("starts_on", sa.Date, nullable=False, comment="First day of the campaign as planned"),
    sa.Column("ends_on", sa.Date, nullable=False, comment="Last day of the campaign as planned"),
    sa.Column("data_version", sa.Text, nullable=False, comment="Version of the warehouse that it was learned from"),
    sa.Column("seed", sa.BigInteger, nullable=False, comment="Of the draws and of the assignment to arms"),
    sa.Column("library", sa.Text, nullable=False, comment="Version of the program that computed it"),
    sa.Column("kept", sa.Text, nullable=False, comment="JSON: settings, what was learned from, forecast"),
    sa.Column("frozen_by", sa.Text, nullable=False, comment="Email of who froze it"),
    sa.Column("frozen_at", sa.DateTime, nullable=False, comment="When, in UTC"),
    sa.Index(None, "plan_id"),
    comment="Forecasts against which a campaign will be judged; the database refuses to change one.",
)

plan_campaign = sa.Table(
    "plan_campaign",
    metadata,
    _plan(primary_key=True),
    sa.Column("campaign_id", sa.Text, primary_key=True, comment="Campaign of the warehouse"),
    sa.Column("state", sa.Text, nullable=False, comment="confirmed or rejected"),
    sa.Column("said_by", sa.Text, nullable=False, comment="Email of who said so"),
    sa.Column("said_at", sa.DateTime, nullable=False, comment="When, in UTC"),
    sa.Index(None, "campaign_id"),
    comment="Which campaign of the data carries out which plan, as a person said.",
)
_CONFIRMED = plan_campaign.c.state == "confirmed"
sa.Index(
    "uq_plan_campaign_confirmed",
    plan_campaign.c.campaign_id,
    unique=True,
    sqlite_where=_CONFIRMED,
    postgresql_where=_CONFIRMED,
)

alarm = sa.Table(
    "alarm",
    metadata,
    _plan(primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True, comment="What it watches: behind, ahead, spending, complaints"),
    sa.Column("raised_on", sa.Date, primary_key=True, comment="Last day of the data that raised it"),
    sa.Column("told", sa.JSON, nullable=False, comment="The numbers that raised it"),
    sa.Column("data_version", sa.Text, nullable=False, comment="Version of the warehouse"),
    sa.Column("acknowledged_by", sa.Text, comment="Email of who saw to it"),
    sa.Column("acknowledged_at", sa.DateTime, comment="When, in UTC"),
    sa.Column("answer", sa.Text, comment="What they did about it"),
    sa.Column("deed", sa.Text, comment="seen, go_on or stop"),
    comment="Alarms of running plans, each raised once, and who saw to them.",
)

evaluation = sa.Table(
    "evaluation",
    metadata,
    sa.Column("campaign_id", sa.Text, primary_key=True, comment="Campaign of the warehouse"),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, comment="1 for the first; the last holds"),
    _plan(nullable=True),
    sa.Column("text", sa.Text, nullable=False, comment="What was learned, as it was written"),
    sa.Column("figures", sa.JSON, nullable=False, comment="Actual, forecast and control as they stood then"),
    sa.Column("data_version", sa.Text, nullable=False, comment="Version of the warehouse"),
    sa.Column("author", sa.Text, nullable=False, comment="Email of who wrote it"),
    sa.Column("written_at", sa.DateTime, nullable=False, comment="When, in UTC"),
    sa.Index(None, "plan_id"),
    comment="What a campaign brought and why, in the words of who judged it; those before are kept.",
)

decision = sa.Table(
    "decision",
    metadata,
    sa.Column("campaign_id", sa.Text, primary_key=True, comment="Campaign of the warehouse"),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, comment="1 for the first; the last holds"),
    _plan(nullable=True),
    sa.Column("verdict", sa.Text, nullable=False, comment="continue, scale, change or stop"),
    sa.Column("state", sa.Text, nullable=False, comment="waiting, approved or returned"),
    sa.Column("reason", sa.Text, nullable=False, comment="Why, as it was written"),
    sa.Column("owner", sa.Text, nullable=False, comment="Email of who answers for it"),
    sa.Column("due_on", sa.Date, comment="By when"),
    sa.Column("decided_by", sa.Text, nullable=False, comment="Email of who wrote this version"),
    sa.Column("decided_at", sa.DateTime, nullable=False, comment="When, in UTC"),
    sa.Index(None, "state"),
    comment="What is to become of a campaign and its like; those before are kept.",
)

action = sa.Table(
    "action",
    metadata,
    sa.Column("action_id", sa.Text, primary_key=True, comment="Identifier, random"),
    sa.Column("campaign_id", sa.Text, nullable=False, comment="Of the decision"),
    sa.Column("decision_version", sa.Integer, nullable=False, comment="Of the decision"),
    sa.Column("branch_id", sa.Text, comment="Branch that is to do it; none: the bank"),
    sa.Column("text", sa.Text, nullable=False, comment="What is to be done"),
    sa.Column("owner", sa.Text, nullable=False, comment="Email of who is to do it"),
    sa.Column("due_on", sa.Date, comment="By when"),
    sa.Column("version", sa.Integer, nullable=False, comment="1, and one more with every change"),
    sa.Column("closed_by", sa.Text, comment="Email of who closed it"),
    sa.Column("closed_at", sa.DateTime, comment="When, in UTC"),
    sa.ForeignKeyConstraint(
        ["campaign_id", "decision_version"], ["decision.campaign_id", "decision.version"], ondelete="CASCADE"
    ),
    sa.Index(None, "branch_id", "closed_at"),
    comment="What a decision asks of people, until it is closed.",
)
