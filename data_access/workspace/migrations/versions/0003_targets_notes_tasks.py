"""Targets with all their versions, notes, and the rows of to-do lists with what was done."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "target",
        sa.Column("branch_id", sa.Text, nullable=False, comment="Branch of the warehouse"),
        sa.Column("metric", sa.Text, nullable=False, comment="Metric of the catalogue"),
        sa.Column("period", sa.Text, nullable=False, comment="Month 2026-11, or season- and its identifier"),
        sa.Column("version", sa.Integer, nullable=False, comment="1 for the first; the last holds"),
        sa.Column("value", sa.Double, comment="In the metric's unit, money in minor units; none: the target was taken away"),
        sa.Column("set_by", sa.Text, nullable=False, comment="Who set it"),
        sa.Column("set_at", sa.DateTime, nullable=False, comment="When, in UTC"),
        sa.PrimaryKeyConstraint("branch_id", "metric", "period", "version", name="pk_target"),
        comment="What a branch is to reach; a change is a new version, and those before are kept.",
    )
    op.create_table(
        "note",
        sa.Column("note_id", sa.Text, nullable=False, comment="Identifier, random"),
        sa.Column("pinned_to", sa.Text, nullable=False, comment="week, campaign or branch"),
        sa.Column("pin", sa.Text, nullable=False, comment="Which: 2026-W46, or the identifier"),
        sa.Column("branch_id", sa.Text, comment="Branch whose people read it; none: everybody does"),
        sa.Column("text", sa.Text, nullable=False, comment="What was written"),
        sa.Column("author", sa.Text, nullable=False, comment="Email of who wrote it and alone may change it"),
        sa.Column("author_name", sa.Text, nullable=False, comment="Their name as it was then"),
        sa.Column("written_at", sa.DateTime, nullable=False, comment="When, in UTC"),
        sa.Column("edited_at", sa.DateTime, comment="When its text was last changed, in UTC"),
        sa.Column("version", sa.Integer, nullable=False, comment="1, and one more with every change"),
        sa.Column("deleted_at", sa.DateTime, comment="When it was deleted; it can be restored"),
        sa.PrimaryKeyConstraint("note_id", name="pk_note"),
        comment="What people wrote beside a week, a campaign or a branch.",
    )
    op.create_index("ix_note_pinned_to_pin", "note", ["pinned_to", "pin"])
    op.create_table(
        "task",
        sa.Column("kind", sa.Text, nullable=False, comment="Why it is on the list"),
        sa.Column("customer_id", sa.Text, nullable=False, comment="Customer of the warehouse"),
        sa.Column("period", sa.Text, nullable=False, comment="What makes it the same task after a new load"),
        sa.Column("branch_id", sa.Text, nullable=False, comment="Branch whose task it is"),
        sa.Column("amount", sa.BigInteger, comment="At stake when it was first listed, minor units"),
        sa.Column("due_on", sa.Date, comment="By when"),
        sa.Column("listed_on", sa.Date, nullable=False, comment="Last day of the data that first listed it"),
        sa.PrimaryKeyConstraint("kind", "customer_id", "period", name="pk_task"),
        comment="Rows of the to-do lists, once each however often they are computed.",
    )
    op.create_index("ix_task_branch_id_listed_on", "task", ["branch_id", "listed_on"])
    op.create_table(
        "task_change",
        sa.Column("kind", sa.Text, nullable=False, comment="Of the task"),
        sa.Column("customer_id", sa.Text, nullable=False, comment="Of the task"),
        sa.Column("period", sa.Text, nullable=False, comment="Of the task"),
        sa.Column("version", sa.Integer, nullable=False, comment="1 for the first; the last holds"),
        sa.Column("state", sa.Text, nullable=False, comment="open, done, put_off or dismissed"),
        sa.Column("staff_id", sa.Text, comment="Staff member whose it is"),
        sa.Column("until_on", sa.Date, comment="Day until which it was put off"),
        sa.Column("reason", sa.Text, comment="Why it was dismissed"),
        sa.Column("changed_by", sa.Text, nullable=False, comment="Email of who did it"),
        sa.Column("changed_at", sa.DateTime, nullable=False, comment="When, in UTC"),
        sa.PrimaryKeyConstraint("kind", "customer_id", "period", "version", name="pk_task_change"),
        sa.ForeignKeyConstraint(
            ["kind", "customer_id", "period"],
            ["task.kind", "task.customer_id", "task.period"],
            name="fk_task_change_kind_customer_id_period",
            ondelete="CASCADE",
        ),
        comment="What was done with the rows of the to-do lists, step by step.",
    )


def downgrade() -> None:
    op.drop_table("task_change")
    op.drop_table("task")
    op.drop_table("note")
    op.drop_table("target")
