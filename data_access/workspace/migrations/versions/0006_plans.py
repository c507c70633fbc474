"""The loop from plan to decision: plans with all their versions, frozen forecasts, alarms, evaluations, decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_REFUSES = "a frozen forecast is never changed"


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("plan_id", sa.Text, nullable=False, comment="Identifier, random"),
        sa.Column("owner", sa.Text, nullable=False, comment="Email of who began it"),
        sa.Column("owner_name", sa.Text, nullable=False, comment="Their name as it was then"),
        sa.Column("whole_bank", sa.Boolean, nullable=False, comment="For every branch; otherwise those of plan_branch"),
        sa.Column("version", sa.Integer, nullable=False, comment="Last of plan_version: whoever saves says which they saw"),
        sa.Column("begun_at", sa.DateTime, nullable=False, comment="When, in UTC"),
        sa.Column("archived_at", sa.DateTime, comment="When it was put away; it can be brought back"),
        sa.PrimaryKeyConstraint("plan_id", name="pk_plan"),
        comment="What somebody plans.",
    )
    op.create_table(
        "plan_branch",
        sa.Column("plan_id", sa.Text, nullable=False, comment="Plan"),
        sa.Column("branch_id", sa.Text, nullable=False, comment="Branch of the warehouse"),
        sa.PrimaryKeyConstraint("plan_id", "branch_id", name="pk_plan_branch"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name="fk_plan_branch_plan_id_plan", ondelete="CASCADE"),
        comment="Branches whose customers a plan is for; whoever sees all of them sees the plan.",
    )
    op.create_table(
        "plan_version",
        sa.Column("plan_id", sa.Text, nullable=False, comment="Plan"),
        sa.Column("version", sa.Integer, nullable=False, comment="1 for the first; the last holds"),
        sa.Column("name", sa.Text, nullable=False, comment="Name of the plan"),
        sa.Column("saved_by", sa.Text, nullable=False, comment="Email of who saved it"),
        sa.Column("saved_at", sa.DateTime, nullable=False, comment="When, in UTC"),
        sa.PrimaryKeyConstraint("plan_id", "version", name="pk_plan_version"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name="fk_plan_version_plan_id_plan", ondelete="CASCADE"),
        comment="Every state in which a plan was saved; none is ever changed.",
    )
    op.create_table(
        "plan_scenario",
        sa.Column("plan_id", sa.Text, nullable=False, comment="Of the version"),
        sa.Column("version", sa.Integer, nullable=False, comment="Of the version"),
        sa.Column("place", sa.Integer, nullable=False, comment="1 to 4, from left to right"),
        sa.Column("name", sa.Text, nullable=False, comment="Name of the scenario"),
        sa.Column("settings", sa.JSON, nullable=False, comment="What it assumes: text by name of the setting"),
        sa.PrimaryKeyConstraint("plan_id", "version", "place", name="pk_plan_scenario"),
        sa.ForeignKeyConstraint(["plan_id", "version"], ["plan_version.plan_id", "plan_version.version"], name="fk_plan_scenario_plan_id_plan_version", ondelete="CASCADE"),
        comment="The ways of doing it that a version of a plan holds side by side.",
    )
    op.create_table(
        "frozen_forecast",
        sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of all that is kept beside it"),
        sa.Column("plan_id", sa.Text, nullable=False, comment="Plan"),
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
        sa.PrimaryKeyConstraint("digest", name="pk_frozen_forecast"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name="fk_frozen_forecast_plan_id_plan", ondelete="CASCADE"),
        comment="Forecasts against which a campaign will be judged; the database refuses to change one.",
    )
    op.create_index("ix_frozen_forecast_plan_id", "frozen_forecast", ["plan_id"])
    op.create_table(
        "plan_campaign",
        sa.Column("plan_id", sa.Text, nullable=False, comment="Plan"),
        sa.Column("campaign_id", sa.Text, nullable=False, comment="Campaign of the warehouse"),
        sa.Column("state", sa.Text, nullable=False, comment="confirmed or rejected"),
        sa.Column("said_by", sa.Text, nullable=False, comment="Email of who said so"),
        sa.Column("said_at", sa.DateTime, nullable=False, comment="When, in UTC"),
        sa.PrimaryKeyConstraint("plan_id", "campaign_id", name="pk_plan_campaign"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name="fk_plan_campaign_plan_id_plan", ondelete="CASCADE"),
        comment="Which campaign of the data carries out which plan, as a person said.",
    )
    op.create_index("ix_plan_campaign_campaign_id", "plan_campaign", ["campaign_id"])
    op.create_table(
        "alarm",
        sa.Column("plan_id", sa.Text, nullable=False, comment="Plan"),
        sa.Column("kind", sa.Text, nullable=False, comment="What it watches: behind, ahead, spending, complaints"),
        sa.Column("raised_on", sa.Date, nullable=False, comment="Last day of the data that raised it"),
        sa.Column("told", sa.JSON, nullable=False, comment="The numbers that raised it"),
        sa.Column("data_version", sa.Text, nullable=False, comment="Version of the warehouse"),
        sa.Column("acknowledged_by", sa.Text, comment="Email of who saw to it"),
        sa.Column("acknowledged_at", sa.DateTime, comment="When, in UTC"),
        sa.Column("answer", sa.Text, comment="What they did about it"),
        sa.PrimaryKeyConstraint("plan_id", "kind", "raised_on", name="pk_alarm"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name="fk_alarm_plan_id_plan", ondelete="CASCADE"),
        comment="Alarms of running plans, each raised once, and who saw to them.",
    )
    op.create_table(
        "evaluation",
        sa.Column("campaign_id", sa.Text, nullable=False, comment="Campaign of the warehouse"),
        sa.Column("version", sa.Integer, nullable=False, comment="1 for the first; the last holds"),
        sa.Column("plan_id", sa.Text, comment="Plan, or none for a campaign that nobody planned here"),
        sa.Column("text", sa.Text, nullable=False, comment="What was learned, as it was written"),
        sa.Column("figures", sa.JSON, nullable=False, comment="Actual, forecast and control as they stood then"),
        sa.Column("data_version", sa.Text, nullable=False, comment="Version of the warehouse"),
        sa.Column("author", sa.Text, nullable=False, comment="Email of who wrote it"),
        sa.Column("written_at", sa.DateTime, nullable=False, comment="When, in UTC"),
        sa.PrimaryKeyConstraint("campaign_id", "version", name="pk_evaluation"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name="fk_evaluation_plan_id_plan", ondelete="CASCADE"),
        comment="What a campaign brought and why, in the words of who judged it; those before are kept.",
    )
    op.create_index("ix_evaluation_plan_id", "evaluation", ["plan_id"])
    op.create_table(
        "decision",
        sa.Column("campaign_id", sa.Text, nullable=False, comment="Campaign of the warehouse"),
        sa.Column("version", sa.Integer, nullable=False, comment="1 for the first; the last holds"),
        sa.Column("plan_id", sa.Text, comment="Plan, or none for a campaign that nobody planned here"),
        sa.Column("verdict", sa.Text, nullable=False, comment="continue, scale, change or stop"),
        sa.Column("state", sa.Text, nullable=False, comment="waiting, approved or returned"),
        sa.Column("reason", sa.Text, nullable=False, comment="Why, as it was written"),
        sa.Column("owner", sa.Text, nullable=False, comment="Email of who answers for it"),
        sa.Column("due_on", sa.Date, comment="By when"),
        sa.Column("decided_by", sa.Text, nullable=False, comment="Email of who wrote this version"),
        sa.Column("decided_at", sa.DateTime, nullable=False, comment="When, in UTC"),
        sa.PrimaryKeyConstraint("campaign_id", "version", name="pk_decision"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name="fk_decision_plan_id_plan", ondelete="CASCADE"),
        comment="What is to become of a campaign and its like; those before are kept.",
    )
    op.create_index("ix_decision_state", "decision", ["state"])
    op.create_table(
        "action",
        sa.Column("action_id", sa.Text, nullable=False, comment="Identifier, random"),
        sa.Column("campaign_id", sa.Text, nullable=False, comment="Of the decision"),
        sa.Column("decision_version", sa.Integer, nullable=False, comment="Of the decision"),
        sa.Column("branch_id", sa.Text, comment="Branch that is to do it; none: the bank"),
        sa.Column("text", sa.Text, nullable=False, comment="What is to be done"),
        sa.Column("owner", sa.Text, nullable=False, comment="Email of who is to do it"),
        sa.Column("due_on", sa.Date, comment="By when"),
        sa.Column("version", sa.Integer, nullable=False, comment="1, and one more with every change"),
        sa.Column("closed_by", sa.Text, comment="Email of who closed it"),
        sa.Column("closed_at", sa.DateTime, comment="When, in UTC"),
        sa.PrimaryKeyConstraint("action_id", name="pk_action"),
        sa.ForeignKeyConstraint(["campaign_id", "decision_version"], ["decision.campaign_id", "decision.version"], name="fk_action_campaign_id_decision", ondelete="CASCADE"),
        comment="What a decision asks of people, until it is closed.",
    )
    op.create_index("ix_action_branch_id_closed_at", "action", ["branch_id", "closed_at"])
    _refuse_changes()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER frozen_forecast_stays ON frozen_forecast")
        op.execute("DROP FUNCTION frozen_forecast_stays()")
    else:
        op.execute("DROP TRIGGER frozen_forecast_stays")
    for name in (
        "action",
        "decision",
        "evaluation",
        "alarm",
        "plan_campaign",
        "frozen_forecast",
        "plan_scenario",
        "plan_version",
        "plan_branch",
        "plan",
    ):
        op.drop_table(name)


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION frozen_forecast_stays() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSES}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER frozen_forecast_stays BEFORE UPDATE ON frozen_forecast "
            "FOR EACH ROW EXECUTE FUNCTION frozen_forecast_stays()"
        )
    else:
        op.execute(
            "CREATE TRIGGER frozen_forecast_stays BEFORE UPDATE ON frozen_forecast "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSES}'); END"
        )
