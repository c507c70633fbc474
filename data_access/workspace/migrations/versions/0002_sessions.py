"""Sessions of people whom an identity provider has proved."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("session_id", sa.Text, nullable=False, comment="Digest of what is unique to one sign-in"),
        sa.Column("email", sa.Text, nullable=False, comment="Address that was proved"),
        sa.Column("signed_in_at", sa.DateTime, nullable=False, comment="When it was first seen here, in UTC"),
        sa.Column("signed_out_at", sa.DateTime, comment="When it was ended, in UTC; never begun again"),
        sa.PrimaryKeyConstraint("session_id", name="pk_session"),
        comment="Sign-ins that were proved, so that one that has ended stays ended.",
    )


def downgrade() -> None:
    op.drop_table("session")
