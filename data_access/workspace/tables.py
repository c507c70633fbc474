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

target = sa.Table(
    "target",
    metadata,
    sa.Column("branch_id", sa.Text, primary_key=True, comment="Branch of the warehouse"),
    sa.Column("metric", sa.Text, primary_key=True, comment="Metric of the catalogue"),
    sa.Column("period", sa.Text, primary_key=True, comment="Month 2026-11, or season- and its identifier"),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, comment="1 for the first; the last holds"),
    sa.Column(
        "value", sa.Double, comment="In the metric's unit, money in minor units; none: the target was taken away"
    ),
    sa.Column("set_by", sa.Text, nullable=False, comment="Who set it"),
    sa.Column("set_at", sa.DateTime, nullable=False, comment="When, in UTC"),
    comment="What a branch is to reach; a change is a new version, and those before are kept.",
)

note = sa.Table(
    "note",
    metadata,
    sa.Column("note_id", sa.Text, primary_key=True, comment="Identifier, random"),
    sa.Column("pinned_to", sa.Text, nullable=False, comment="week, campaign, branch or staff"),
    sa.Column("pin", sa.Text, nullable=False, comment="Which: 2026-W46, or the identifier"),
    sa.Column("branch_id", sa.Text, comment="Branch whose people read it; none: everybody does"),
    sa.Column("text", sa.Text, nullable=False, comment="What was written"),
    sa.Column("author", sa.Text, nullable=False, comment="Email of who wrote it and alone may change it"),
    sa.Column("author_name", sa.Text, nullable=False, comment="Their name as it was then"),
    sa.Column("written_at", sa.DateTime, nullable=False, comment="When, in UTC"),
    sa.Column("edited_at", sa.DateTime, comment="When its text was last changed, in UTC"),
    sa.Column("version", sa.Integer, nullable=False, comment="1, and one more with every change"),
    sa.Column("deleted_at", sa.DateTime, comment="When it was deleted; it can be restored"),
    sa.Index(None, "pinned_to", "pin"),
    comment="What people wrote beside a week, a campaign or a branch.",
)

task = sa.Table(
    "task",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True, comment="Why it is on the list"),
    sa.Column("customer_id", sa.Text, primary_key=True, comment="Customer of the warehouse"),
    sa.Column("period", sa.Text, primary_key=True, comment="What makes it the same task after a new load"),
    sa.Column("branch_id", sa.Text, nullable=False, comment="Branch whose task it is"),
    sa.Column("amount", sa.BigInteger, comment="At stake when it was first listed, minor units"),
    sa.Column("due_on", sa.Date, comment="By when"),
    sa.Column("listed_on", sa.Date, nullable=False, comment="Last day of the data that first listed it"),
    sa.Index(None, "branch_id", "listed_on"),
    comment="Rows of the to-do lists, once each however often they are computed.",
)

task_change = sa.Table(
    "task_change",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True, comment="Of the task"),
    sa.Column("customer_id", sa.Text, primary_key=True, comment="Of the task"),
    sa.Column("period", sa.Text, primary_key=True, comment="Of the task"),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, comment="1 for the first; the last holds"),
    sa.Column("state", sa.Text, nullable=False, comment="open, done, put_off or dismissed"),
    sa.Column("staff_id", sa.Text, comment="Staff member whose it is"),
    sa.Column("until_on", sa.Date, comment="Day until which it was put off"),
    sa.Column("reason", sa.Text, comment="Why it was dismissed"),
    sa.Column("changed_by", sa.Text, nullable=False, comment="Email of who did it"),
    sa.Column("changed_at", sa.DateTime, nullable=False, comment="When, in UTC"),
    sa.ForeignKeyConstraint(
        ["kind", "customer_id", "period"], ["task.kind", "task.customer_id", "task.period"], ondelete="CASCADE"
    ),
    comment="What was done with the rows of the to-do lists, step by step.",
)

subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("email", sa.Text, primary_key=True, comment="Person who gets it, at this address"),
    sa.Column("what", sa.Text, primary_key=True, comment="week or summary"),
    sa.Column("weekday", sa.Integer, nullable=False, comment="1 Monday to 7 Sunday"),
    sa.Column("hour", sa.Integer, nullable=False, comment="0 to 23, local time of the bank"),
    sa.Column("language", sa.Text, nullable=False, comment="en or zh"),
    sa.Column("format", sa.Text, nullable=False, comment="pdf or pptx"),
    sa.Column(
        "since", sa.DateTime, nullable=False, comment="When it was last changed, in UTC; nothing from before is due"
    ),
    comment="What people want by mail each week.",
)

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("email", sa.Text, primary_key=True, comment="Receiver"),
    sa.Column("what", sa.Text, primary_key=True, comment="week or summary"),
    sa.Column("period", sa.Text, primary_key=True, comment="ISO week in which it was due: 2026-W46"),
    sa.Column("state", sa.Text, nullable=False, comment="sending, sent or failed"),
    sa.Column("attempts", sa.Integer, nullable=False, comment="How often it was begun"),
    sa.Column("last_error", sa.Text, comment="Why it failed, and what to do"),
    sa.Column("changed_at", sa.DateTime, nullable=False, comment="When the state was written, in UTC"),
    comment="What was sent to whom; a period and a receiver have one row, written before the mail leaves.",
)

score_weights = sa.Table(
    "score_weights",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, comment="1 for the first; the last holds"),
    sa.Column("results", sa.Integer, nullable=False, comment="Weight of conversions against expectation, percent"),
    sa.Column("cross_selling", sa.Integer, nullable=False, comment="Weight of cross-selling, percent"),
    sa.Column("won_and_kept", sa.Integer, nullable=False, comment="Weight of customers won and kept, percent"),
    sa.Column("service", sa.Integer, nullable=False, comment="Weight of service, percent"),
    sa.Column("rehearsed_on", sa.Text, nullable=False, comment="Year on which they were tried before they counted"),
    sa.Column("set_by", sa.Text, nullable=False, comment="Who set them"),
    sa.Column("set_at", sa.DateTime, nullable=False, comment="When, in UTC"),
    comment="What counts for how much in the score of staff; a change is a new version, and those before are kept.",
)
