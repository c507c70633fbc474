"""What was done about an alarm, and one plan a campaign."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("alarm", sa.Column("deed", sa.Text, comment="seen, go_on or stop"))
    confirmed = sa.column("state") == "confirmed"
    op.create_index(
        "uq_plan_campaign_confirmed",
        "plan_campaign",
        ["campaign_id"],
        unique=True,
        sqlite_where=confirmed,
        postgresql_where=confirmed,
    )


def downgrade() -> None:
    op.drop_index("uq_plan_campaign_confirmed", "plan_campaign")
    op.drop_column("alarm", "deed")
