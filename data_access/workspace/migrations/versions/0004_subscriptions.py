"""Subscriptions to what is sent by mail, and what was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("email", sa.Text, nullable=False, comment="Person who gets it, at this address"),
        sa.Column("what", sa.Text, nullable=False, comment="week or summary"),
        sa.Column("weekday", sa.Integer, nullable=False, comment="1 Monday to 7 Sunday"),
        sa.Column("hour", sa.Integer, nullable=False, comment="0 to 23, local time of the bank"),
        sa.Column("language", sa.Text, nullable=False, comment="en or zh"),
        sa.Column("format", sa.Text, nullable=False, comment="pdf or pptx"),
        sa.Column(
            "since", sa.DateTime, nullable=False, comment="When it was last changed, in UTC; nothing from before is due"
        ),
        sa.PrimaryKeyConstraint("email", "what", name="pk_subscription"),
        comment="What people want by mail each week.",
    )
    op.create_table(
        "delivery",
        sa.Column("email", sa.Text, nullable=False, comment="Receiver"),
        sa.Column("what", sa.Text, nullable=False, comment="week or summary"),
        sa.Column("period", sa.Text, nullable=False, comment="ISO week in which it was due: 2026-W46"),
        sa.Column("state", sa.Text, nullable=False, comment="sending, sent or failed"),
        sa.Column("attempts", sa.Integer, nullable=False, comment="How often it was begun"),
        sa.Column("last_error", sa.Text, comment="Why it failed, and what to do"),
        sa.Column("changed_at", sa.DateTime, nullable=False, comment="When the state was written, in UTC"),
        sa.PrimaryKeyConstraint("email", "what", "period", name="pk_delivery"),
        comment="What was sent to whom; a period and a receiver have one row, written before the mail leaves.",
    )


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("subscription")
