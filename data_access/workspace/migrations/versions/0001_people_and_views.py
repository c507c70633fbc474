"""People, their rights, and saved views."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("email", sa.Text, nullable=False, comment="Identity, in lower case"),
        sa.Column("name", sa.Text, nullable=False, comment="Name shown on screen"),
        sa.Column("role", sa.Text, nullable=False, comment="executive, planner, branch_head or administrator"),
        sa.Column(
            "whole_bank", sa.Boolean, nullable=False, comment="Sees every branch; otherwise those of person_branch"
        ),
        sa.Column("may_see_customers", sa.Boolean, nullable=False, comment="Sees lists of single customers"),
        sa.PrimaryKeyConstraint("email", name="pk_person"),
        comment="Who may sign in, and with which rights.",
    )
    op.create_table(
        "person_branch",
        sa.Column("email", sa.Text, nullable=False, comment="Person"),
        sa.Column("branch_id", sa.Text, nullable=False, comment="Branch of the warehouse"),
        sa.PrimaryKeyConstraint("email", "branch_id", name="pk_person_branch"),
        sa.ForeignKeyConstraint(["email"], ["person.email"], name="fk_person_branch_email", ondelete="CASCADE"),
        comment="Branches that a person sees who does not see the whole bank.",
    )
    op.create_table(
        "saved_view",
        sa.Column("view_id", sa.Text, nullable=False, comment="Identifier, random"),
        sa.Column("owner", sa.Text, nullable=False, comment="Email of the person who saved it"),
        sa.Column("page", sa.Text, nullable=False, comment="Page that it opens"),
        sa.Column("name", sa.Text, nullable=False, comment="Name that its owner gave it"),
        sa.Column("query", sa.Text, nullable=False, comment="Query string of the page's URL"),
        sa.Column(
            "saved_at", sa.DateTime, nullable=False, server_default=sa.func.current_timestamp(), comment="When, in UTC"
        ),
        sa.Column("deleted_at", sa.DateTime, comment="When it was deleted; it can be restored"),
        sa.PrimaryKeyConstraint("view_id", name="pk_saved_view"),
        comment="What a person looks at again and again.",
    )
    op.create_index("ix_saved_view_owner_page", "saved_view", ["owner", "page"])


def downgrade() -> None:
    op.drop_table("saved_view")
    op.drop_table("person_branch")
    op.drop_table("person")
