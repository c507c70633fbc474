"""Weights of the score of staff, and notes on a member of staff."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "score_weights",
        sa.Column(
            "version", sa.Integer, nullable=False, autoincrement=False, comment="1 for the first; the last holds"
        ),
        sa.Column("results", sa.Integer, nullable=False, comment="Weight of conversions against expectation, percent"),
        sa.Column("cross_selling", sa.Integer, nullable=False, comment="Weight of cross-selling, percent"),
        sa.Column("won_and_kept", sa.Integer, nullable=False, comment="Weight of customers won and kept, percent"),
        sa.Column("service", sa.Integer, nullable=False, comment="Weight of service, percent"),
        sa.Column(
            "rehearsed_on", sa.Text, nullable=False, comment="Year on which they were tried before they counted"
        ),
        sa.Column("set_by", sa.Text, nullable=False, comment="Who set them"),
        sa.Column("set_at", sa.DateTime, nullable=False, comment="When, in UTC"),
        sa.PrimaryKeyConstraint("version", name="pk_score_weights"),
        comment="What counts for how much in the score of staff; a change is a new version, and those before are kept.",
    )
    _say_of_pins("week, campaign, branch or staff", "week, campaign or branch")


def downgrade() -> None:
    op.execute(sa.delete(sa.table("note", sa.column("pinned_to"))).where(sa.column("pinned_to") == "staff"))
    _say_of_pins("week, campaign or branch", "week, campaign, branch or staff")
    op.drop_table("score_weights")


def _say_of_pins(comment: str, before: str) -> None:
    if op.get_bind().dialect.supports_comments:
        op.alter_column(
            "note",
            "pinned_to",
            existing_type=sa.Text(),
            existing_nullable=False,
            comment=comment,
            existing_comment=before,
        )
