"""Tables of the workspace. A change here needs a migration beside it; a test compares the two."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("email", sa.Text, primary_key=True, comment="Identity, in lower case"),
    sa.Column("name", sa.Text, nullable=False, comment="Name shown on screen"),
    sa.Column("role", sa.Text, nullable=False, comment="executive, planner, branch_head or administrator"),
    sa.Column("whole_bank", sa.Boolean, nullable=False, comment="Sees every branch; otherwise those of person_branch"),
    sa.Column("may_see_customers", sa.Boolean, nullable=False, comment="Sees lists of single customers"),
    comment="Who may sign in, and with which rights.",
)

person_branch = sa.Table(
    "person_branch",
    metadata,
    sa.Column("email", sa.Text, sa.ForeignKey("person.email", ondelete="CASCADE"), primary_key=True, comment="Person"),
    sa.Column("branch_id", sa.Text, primary_key=True, comment="Branch of the warehouse"),
    comment="Branches that a person sees who does not see the whole bank.",
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("session_id", sa.Text, primary_key=True, comment="Digest of what is unique to one sign-in"),
    sa.Column("email", sa.Text, nullable=False, comment="Address that was proved"),
    sa.Column("signed_in_at", sa.DateTime, nullable=False, comment="When it was first seen here, in UTC"),
    sa.Column("signed_out_at", sa.DateTime, comment="When it was ended, in UTC; never begun again"),
    comment="Sign-ins that were proved, so that one that has ended stays ended.",
)

saved_view = sa.Table(
    "saved_view",
    metadata,
    sa.Column("view_id", sa.Text, primary_key=True, comment="Identifier, random"),
    sa.Column("owner", sa.Text, nullable=False, comment="Email of the person who saved it"),
    sa.Column("page", sa.Text, nullable=False, comment="Page that it opens"),
    sa.Column("name", sa.Text, nullable=False, comment="Name that its owner gave it"),
    sa.Column("query", sa.Text, nullable=False, comment="Query string of the page's URL"),
    sa.Column(
        "saved_at", sa.DateTime, nullable=False, server_default=sa.func.current_timestamp(), comment="When, in UTC"
    ),
    sa.Column("deleted_at", sa.DateTime, comment="When it was deleted; it can be restored"),
    sa.Index(None, "owner", "page"),
    comment="What a person looks at again and again.",
)
