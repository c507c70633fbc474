"""The data contract of the warehouse: every table, column, unit, vocabulary and scope rule, stated once.

The loaders validate feeds against it, the data dictionary is printed from it, and each table says who may
see its rows (`Table.info["scope"]`):

* ``PUBLIC``: everyone, because the rows belong to no branch;
* ``OWN``: rows of the viewer's branches by the table's own ``branch_id`` (the branch of the row's own time);
* ``OWN_OR_SHARED``: as ``OWN``, and rows without a branch, which all branches share;
* ``OF_PUBLIC``: rows that tell of a public table (`table_name`), because others tell what all branches have;
* ``Through(column, parent)``: rows whose `column` occurs in the rows of `parent` that the viewer may see.

Amounts are whole minor units of the warehouse's currency. Dates and times are the bank's local time. Columns
marked as derived are filled while loading, so that no scan has to truncate a date.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

metadata = sa.MetaData()

PUBLIC = "public"
OWN = "own branch"
OWN_OR_SHARED = "own branch, or of none"
OF_PUBLIC = "of public tables"


class Through(NamedTuple):
    """A scope rule: rows whose `column` occurs in the visible rows of `parent`."""

    column: str
    parent: str


OBJECTIVES = ("acquire", "activate", "retain", "grow")
ASSIGNMENTS = ("randomised", "targeted")
CLUSTERS = ("customer", "branch")
LINES = ("deposit", "wealth", "fund", "insurance", "personal_loan", "credit_card", "precious_metal", "digital")
RISK_LEVELS = ("R1", "R2", "R3", "R4", "R5")
RATINGS = ("C1", "C2", "C3", "C4", "C5")
COST_CATEGORIES = ("gift", "venue", "media", "print", "vendor", "rate_concession", "staff_time", "incentive")
PURPOSES = ("marketing", "personalisation")
TAG_FAMILIES = ("basic", "value", "behaviour", "preference")
SCALES = ("csat5", "nps")
DIRECTIONS = ("inbound", "outbound")
STEPS = ("view", "book", "visit", "wait", "consult", "apply", "complete", "follow_up")

MONEY = "minor units"


def _column(
    name: str,
    kind: sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]],
    comment: str,
    *,
    key: bool = False,
    required: bool = False,
    unit: str = "",
    words: tuple[str, ...] = (),
    refers: str = "",
    derived: bool = False,
    bounds: tuple[int, int] | None = None,
    ahead: bool = False,
    clock: bool = False,
    counts: bool = False,
    after: str = "",
    own_words: bool = False,
    unsigned: bool = False,
) -> sa.Column[Any]:
    """A column with what a loader, a dictionary and a reader of SQL need to know about it.

    Args:
        name: Its name.
        kind: Its type.
        comment: What it holds.
        key: Part of the table's key.
        required: Every row has a value.
        unit: Of its values.
        words: The only values that it may have.
        own_words: The vocabulary is the bank's own: what was seen is listed, and near-doubles are pointed at.
        refers: The table whose key a value must occur in.
        derived: Filled while loading, and absent from feeds.
        bounds: The smallest and the largest number that a feed may hold.
        unsigned: An amount below zero is odd, and flagged.
        after: The day or time in the same row before which it must not lie.
        ahead: It may lie ahead of the day of loading, being a plan; any other day or time that does is a slip.
        clock: The table's last day is taken from what happened at these times.
        counts: It counts rows of another table, which is told to those alone who see all of that table.
    """
    info = {
        "unit": unit,
        "words": words,
        "refers": refers,
        "derived": derived,
        "bounds": bounds,
        "ahead": ahead,
        "clock": clock,
        "counts": counts,
        "after": after,
        "own_words": own_words,
        "unsigned": unsigned,
    }
    return sa.Column(
        name, kind, primary_key=key, nullable=not (key or required), comment=comment, info=info, autoincrement=False
    )


def _key(name: str, comment: str, refers: str = "") -> sa.Column[Any]:
    return _column(name, sa.Text, comment, key=True, refers=refers)


def _text(name: str, comment: str, *, required: bool = False, words: tuple[str, ...] = ()) -> sa.Column[Any]:
    return _column(name, sa.Text, comment, required=required, words=words)


def _reference(parent: str, comment: str, name: str = "", *, required: bool = False) -> sa.Column[Any]:
    return _column(name or f"{parent}_id", sa.Text, comment, refers=parent, required=required)


def _word(name: str, comment: str, *, key: bool = False, required: bool = False) -> sa.Column[Any]:
    return _column(name, sa.Text, comment, key=key, required=required, own_words=True)


def _date(
    name: str,
    comment: str,
    *,
    key: bool = False,
    required: bool = False,
    ahead: bool = False,
    clock: bool = False,
    after: str = "",
) -> sa.Column[Any]:
    return _column(
        name, sa.Date, comment, key=key, required=required, unit="date", ahead=ahead, clock=clock, after=after
    )


def _time(
    name: str, comment: str, *, key: bool = False, required: bool = False, clock: bool = False, after: str = ""
) -> sa.Column[Any]:
    return _column(name, sa.DateTime, comment, key=key, required=required, unit="local time", clock=clock, after=after)


def _money(name: str, comment: str, *, unsigned: bool = False) -> sa.Column[Any]:
    return _column(name, sa.BigInteger, comment, unit=MONEY, unsigned=unsigned)


def _count(
    name: str, comment: str, unit: str = "count", *, required: bool = False, bounds: tuple[int, int] | None = None
) -> sa.Column[Any]:
    return _column(name, sa.Integer, comment, required=required, unit=unit, bounds=bounds)


def _share(name: str, comment: str) -> sa.Column[Any]:
    return _column(name, sa.Double, comment, unit="share, 0 to 1", bounds=(0, 1))


def _flag(name: str, comment: str, *, required: bool = False) -> sa.Column[Any]:
    return _column(name, sa.Boolean, comment, required=required, unit="true or false")


def _week(name: str, of: str) -> sa.Column[Any]:
    return _column(name, sa.Date, f"Monday of the ISO week of {of}", unit="date", derived=True)


def _month(of: str) -> sa.Column[Any]:
    return _column("month_no", sa.Integer, f"Month of {of}: year * 12 + month - 1", unit="month number", derived=True)


def _table(name: str, scope: str | Through, comment: str, *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(name, metadata, *columns, comment=comment, info={"scope": scope})


# Who and where

branch = _table(
    "branch",
    PUBLIC,
    "A branch of the bank.",
    _key("branch_id", "Identifier of the branch"),
    _text("name", "Name shown to people", required=True),
    _word("region", "Region that the branch reports to"),
    _text("city", "City"),
    _date("opened_on", "Day the branch opened"),
)

branch_calendar = _table(
    "branch_calendar",
    OWN,
    "Opening days of a branch. Where a branch has none, official working days are used.",
    _key("branch_id", "Branch", refers="branch"),
    _date("day", "Calendar day", key=True, ahead=True),
    _flag("open", "Whether the branch was open on the day", required=True),
)

staff = _table(
    "staff",
    Through("staff_id", "staff_posting"),
    "A member of staff. Where they work, and when, is their posting.",
    _key("staff_id", "Identifier of the staff member"),
    _text("name", "Name shown to people", required=True),
    _word("role", "Role, such as teller, adviser, relationship manager"),
    _date("hired_on", "Day of hire"),
    _date("left_on", "Last day, empty while employed", ahead=True, after="hired_on"),
    _reference("staff", "Mentor of this staff member", "mentor_id"),
)

staff_posting = _table(
    "staff_posting",
    OWN,
    "A period that a staff member spent at a branch.",
    _key("staff_id", "Staff member", refers="staff"),
    _column("branch_id", sa.Text, "Branch", key=True, refers="branch"),
    _date("from_on", "First day at the branch", key=True, ahead=True),
    _date("to_on", "Last day at the branch, empty while it lasts", ahead=True, after="from_on"),
    _share("full_time_share", "Working time as a share of full time"),
)

customer = _table(
    "customer",
    OWN,
    "A customer at the branch that serves them now; facts keep the branch of their own time.",
    _key("customer_id", "Identifier of the customer"),
    _reference("branch", "Branch that serves the customer now", required=True),
    _date("opened_on", "Day of the first account"),
    _count("birth_year", "Year of birth", "year", bounds=(1900, 2200)),
    _word("gender", "Gender as recorded"),
    _word("segment", "Class: young professional, micro-business owner, senior, family, student ..."),
    _word("acquired_channel", "Channel through which the customer came"),
    _reference("staff", "Relationship manager", "manager_staff_id"),
)

consent = _table(
    "consent",
    Through("customer_id", "customer"),
    "A customer's consent per channel and purpose, dated, so that it can be judged as of a contact.",
    _key("customer_id", "Customer", refers="customer"),
    _word("channel", "Channel that the consent covers", key=True),
    _column("purpose", sa.Text, "What the consent is for", key=True, words=PURPOSES),
    _time("given_at", "When consent was given", key=True, clock=True),
    _time("withdrawn_at", "When it was withdrawn, empty while it holds", clock=True, after="given_at"),
    _flag("do_not_contact", "The customer asked not to be contacted through this channel"),
)

risk_assessment = _table(
    "risk_assessment",
    Through("customer_id", "customer"),
    "A dated assessment of the risk a customer can bear.",
    _key("customer_id", "Customer", refers="customer"),
    _time("assessed_at", "When the assessment was made", key=True),
    _text("rating", "Risk rating, C1 the most cautious", required=True, words=RATINGS),
    _date("valid_until", "Last day on which the rating may be used", ahead=True, after="assessed_at"),
)

customer_tag = _table(
    "customer_tag",
    Through("customer_id", "customer"),
    "A tag of a customer in one of the four families.",
    _key("customer_id", "Customer", refers="customer"),
    _column("family", sa.Text, "Family of the tag", key=True, words=TAG_FAMILIES),
    _key("tag", "Name of the tag"),
    _text("value", "Value of the tag"),
    _date("as_of", "Day the tag was computed or recorded"),
)

season = _table(
    "season",
    PUBLIC,
    "A season that the bank sets itself, the parent of its campaigns.",
    _key("season_id", "Identifier of the season"),
    _text("name", "Name shown to people", required=True),
    _date("starts_on", "First day", required=True, ahead=True),
    _date("ends_on", "Last day", required=True, ahead=True, after="starts_on"),
)

# What is offered

product = _table(
    "product",
    PUBLIC,
    "A product of the bank.",
    _key("product_id", "Identifier of the product"),
    _text("name", "Name shown to people", required=True),
    _text("line", "Business line", required=True, words=LINES),
    _text("risk_level", "Risk level; the higher one where issuer and seller differ", words=RISK_LEVELS),
    _count("margin_bp", "Margin after funds transfer price, a year", "basis points", bounds=(-1_000_000, 1_000_000)),
)

campaign = _table(
    "campaign",
    PUBLIC,
    "A campaign: what was offered to whom and when, and how customers were assigned to its arms.",
    _key("campaign_id", "Identifier of the campaign"),
    _text("name", "Name shown to people", required=True),
    _word("theme", "Theme, such as Spring Festival, health, salon"),
    _text("objective", "What the campaign is for; it decides the primary metric", required=True, words=OBJECTIVES),
    _reference("product", "Product offered"),
    _reference("season", "Season that the campaign belongs to"),
    _date("starts_on", "First day", required=True, ahead=True),
    _date("ends_on", "Last day", required=True, ahead=True, after="starts_on"),
    _count(
        "attribution_days",
        "Days after assignment in which a conversion counts",
        "days",
        required=True,
        bounds=(0, 3_660),
    ),
    _reference("staff", "Owner of the campaign", "owner_staff_id"),
    _text("assignment", "How customers came to their arm", required=True, words=ASSIGNMENTS),
    _text("cluster", "Unit that was assigned: single customers or whole branches", words=CLUSTERS),
)

campaign_arm = _table(
    "campaign_arm",
    PUBLIC,
    "An arm of a campaign.",
    _key("campaign_id", "Campaign", refers="campaign"),
    _word("arm", "Name of the arm", key=True),
    _flag("is_control", "Whether the arm was held out", required=True),
    _share("allocation", "Planned share of the campaign's customers"),
)

campaign_cost = _table(
    "campaign_cost",
    OWN_OR_SHARED,
    "A cost of a campaign, planned and actual. A cost without a branch is the bank's, shared by all who took part.",
    _key("cost_id", "Identifier of the entry"),
    _reference("campaign", "Campaign", required=True),
    _reference("branch", "Branch that bears the cost, empty for the bank's own"),
    _text("category", "Kind of cost", required=True, words=COST_CATEGORIES),
    _money("planned_amount", "Planned cost", unsigned=True),
    _money("actual_amount", "Actual cost", unsigned=True),
    _date("incurred_on", "Day the cost was incurred"),
)

# What happened

campaign_member = _table(
    "campaign_member",
    OWN,
    "One row per customer assigned to a campaign, contacted or not: the unit of analysis (intention to treat).",
    _key("campaign_id", "Campaign", refers="campaign"),
    _key("customer_id", "Customer", refers="customer"),
    _word("arm", "Arm of the campaign", required=True),
    _reference("branch", "Branch of the customer at assignment", required=True),
    _reference("staff", "Staff member responsible"),
    _word("channel", "Channel of the contact"),
    _word("tier", "Tier of the customer at assignment"),
    _time("assigned_at", "When the customer was assigned", required=True, clock=True),
    _time("contacted_at", "First contact, empty if never reached", clock=True),
    _time("participated_at", "First participation, empty if none", clock=True, after="assigned_at"),
    _time("converted_at", "First conversion, empty if none", clock=True, after="assigned_at"),
    _money("sales_amount", "Sales to the customer in the window"),
    _money("contribution_amount", "Contribution of those sales: margin after transfer price, 12 months"),
    _money("baseline_amount", "The same customer's sales in the period before, the covariate"),
    _money("net_new_amount", "Change of the customer's average assets over the window, less valuation"),
    _column("matures_on", sa.Date, "Last day of the attribution window", unit="date", derived=True),
    _week("assigned_week", "the assignment"),
    _week("contacted_week", "the first contact"),
    _week("participated_week", "the first participation"),
    _week("converted_week", "the first conversion"),
)

contact = _table(
    "contact",
    OWN,
    "A contact with a customer, in either direction.",
    _key("contact_id", "Identifier of the contact"),
    _reference("customer", "Customer", required=True),
    _reference("campaign", "Campaign it was made for, empty if none"),
    _reference("branch", "Branch at the time", required=True),
    _reference("staff", "Staff member"),
    _word("channel", "Channel", required=True),
    _word("touchpoint", "Touchpoint, such as waiting, during service, callback"),
    _text("direction", "Who made the contact: inbound the customer, outbound the bank", words=DIRECTIONS),
    _time("contacted_at", "When", required=True, clock=True),
    _week("week_start", "the contact"),
    _month("the contact"),
)

sale = _table(
    "sale",
    OWN,
    "A sale of a product to a customer.",
    _key("sale_id", "Identifier of the sale"),
    _reference("customer", "Customer", required=True),
    _reference("branch", "Branch at the time", required=True),
    _reference("staff", "Staff member credited"),
    _reference("product", "Product sold", required=True),
    _reference("campaign", "Campaign it is attributed to, empty if none"),
    _word("channel", "Channel"),
    _time("sold_at", "When", required=True, clock=True),
    _money("amount", "Amount sold, empty for a product without one, such as a card", unsigned=True),
    _money("contribution", "Contribution: margin after transfer price, 12 months"),
    _money(
        "internally_funded_amount", "Part of the amount that came from the customer's own products here", unsigned=True
    ),
    _time("reversed_at", "When the sale was reversed, empty if it stands", after="sold_at"),
    _week("week_start", "the sale"),
    _month("the sale"),
)

holding = _table(
    "holding",
    OWN,
    "A product that a customer holds or held.",
    _key("customer_id", "Customer", refers="customer"),
    _key("product_id", "Product", refers="product"),
    _date("opened_on", "Day it was opened", key=True, clock=True),
    _reference("branch", "Branch at the time", required=True),
    _date("matures_on", "Day it matures, empty if it does not", ahead=True, after="opened_on"),
    _date("closed_on", "Day it was closed, empty while held", clock=True, after="opened_on"),
    _money("amount", "Amount held", unsigned=True),
)

referral = _table(
    "referral",
    OWN,
    "A customer passed from one business line to another.",
    _key("referral_id", "Identifier of the referral"),
    _reference("customer", "Customer", required=True),
    _reference("branch", "Branch at the time", required=True),
    _reference("staff", "Who referred", "from_staff_id"),
    _reference("staff", "Who was to serve", "to_staff_id"),
    _text("from_line", "Line that saw the need", words=LINES),
    _text("to_line", "Line that answers it", words=LINES),
    _time("made_at", "When it was made", required=True, clock=True),
    _time("accepted_at", "When it was accepted, empty if not yet", after="made_at"),
    _time("closed_at", "When it was closed, empty if open", after="made_at"),
    _reference("sale", "Sale that came of it, empty if none"),
    _week("week_start", "the referral"),
    _month("the referral"),
)

asset_flow = _table(
    "asset_flow",
    OWN,
    "What moved a customer's assets in a month.",
    _key("customer_id", "Customer", refers="customer"),
    _column("month_no", sa.Integer, "Month: year * 12 + month - 1", key=True, unit="month number", clock=True),
    _reference("branch", "Branch at the time", required=True),
    _money("inflow", "Money that came into the bank", unsigned=True),
    _money("outflow", "Money that left the bank", unsigned=True),
    _money("internal", "Money moved between the customer's own products"),
    _money("valuation", "Change of prices, no money moved"),
)

tier_snapshot = _table(
    "tier_snapshot",
    OWN,
    "A customer at the end of a month: tier by the bank's rule, tier by assets alone, and what they rest on.",
    _key("customer_id", "Customer", refers="customer"),
    _column("month_no", sa.Integer, "Month: year * 12 + month - 1", key=True, unit="month number", clock=True),
    _reference("branch", "Branch at the time", required=True),
    _word("tier", "Tier by the bank's rule, grace months included", required=True),
    _word("asset_tier", "Tier by the month's average assets alone"),
    _count("months_below", "Months in a row below the threshold of the tier: the grace clock", "months"),
    _word("life_stage", "Life stage"),
    _money("aum", "Assets under management, average of the month"),
    _money("aum_end", "Assets under management at month end"),
    _count("active_days", "Days with activity of the customer's own", "days", bounds=(0, 31)),
    _count("product_count", "Products held"),
    _money("profit", "Contribution of the month"),
)

satisfaction = _table(
    "satisfaction",
    OWN,
    "An invitation to rate a service, with the answer where one came.",
    _key("response_id", "Identifier of the invitation"),
    _reference("customer", "Customer", required=True),
    _reference("branch", "Branch at the time", required=True),
    _reference("staff", "Staff member rated"),
    _reference("campaign", "Campaign it belongs to, empty if none"),
    _word("touchpoint", "Touchpoint rated"),
    _text("scale", "Scale of the question: csat5 1 to 5, nps 0 to 10", required=True, words=SCALES),
    _time("invited_at", "When the customer was asked", required=True, clock=True),
    _count("score", "Score, empty without an answer", "points"),
    _time("responded_at", "When the answer came, empty without one", after="invited_at"),
    _week("week_start", "the invitation"),
    _month("the invitation"),
)

complaint = _table(
    "complaint",
    OWN,
    "A complaint.",
    _key("complaint_id", "Identifier of the complaint"),
    _reference("customer", "Customer", required=True),
    _reference("branch", "Branch at the time", required=True),
    _reference("staff", "Staff member concerned"),
    _reference("campaign", "Campaign concerned"),
    _time("opened_at", "When it was opened", required=True, clock=True),
    _time("closed_at", "When it was closed, empty if open", after="opened_at"),
    _flag("upheld", "Whether it was found justified, empty while undecided"),
    _week("week_start", "the complaint"),
    _month("the complaint"),
)

journey_event = _table(
    "journey_event",
    OWN,
    "A step of a customer's way between screen and branch.",
    _key("event_id", "Identifier of the event"),
    _reference("customer", "Customer", required=True),
    _reference("branch", "Branch at the time", required=True),
    _reference("staff", "Staff member"),
    _word("channel", "Channel"),
    _text("step", "Step", required=True, words=STEPS),
    _column("minutes", sa.Double, "Time the step took", unit="minutes"),
    _reference("campaign", "Campaign it belongs to"),
    _time("occurred_at", "When", required=True, clock=True),
    _week("week_start", "the event"),
    _month("the event"),
)

training = _table(
    "training",
    Through("staff_id", "staff"),
    "A course that a staff member completed.",
    _key("staff_id", "Staff member", refers="staff"),
    _key("course", "Course"),
    _date("completed_on", "Day of completion", key=True),
    _column("score", sa.Double, "Score of the examination", unit="points"),
)

CONTRACT = tuple(metadata.tables)
"""Names of the tables that a feed may fill, in an order in which references point backwards."""

# What the warehouse knows about itself; written by the loaders alone

warehouse_version = _table(
    "warehouse_version",
    PUBLIC,
    "The one version that this warehouse is.",
    _key("version_id", "Identifier of the version"),
    _time("built_at", "When the version was published", required=True),
    _date("as_of", "Last day that the data covers: the clock of every page", required=True),
    _text("source", "What it was built from: demo, feed, uci-bank-marketing, berka", required=True),
    _text("currency", "Currency of all amounts, ISO 4217", required=True),
    _text("note", "What the loader had to say: a cut last month, rows kept and flagged"),
)

version_table = _table(
    "version_table",
    PUBLIC,
    "Rows of each table in this version.",
    _key("table_name", "Table of the contract"),
    _column("rows", sa.BigInteger, "Rows in this version", required=True, unit="count", counts=True),
    _column(
        "rejected",
        sa.BigInteger,
        "Rows refused by the last load, or kept without a cell that it refused",
        required=True,
        unit="count",
        counts=True,
    ),
    _column(
        "flagged", sa.BigInteger, "Rows kept and flagged by the last load", required=True, unit="count", counts=True
    ),
    _time("loaded_at", "When the table last changed"),
    _date(
        "as_of",
        "Last day that this table covers: as declared, or the last of its days not after the load; empty without any",
    ),
)

version_column = _table(
    "version_column",
    PUBLIC,
    "Columns that hold at least one value in this version: the others are not recorded.",
    _key("table_name", "Table of the contract"),
    _key("column_name", "Column of the table"),
)

version_file = _table(
    "version_file",
    OF_PUBLIC,
    "A file that was loaded into this version, or into one before it.",
    _key("sha256", "Hash of the file"),
    _key("table_name", "Table that it filled"),
    _text("name", "Name of the file", required=True),
    _column("rows", sa.BigInteger, "Rows read", required=True, unit="count"),
    _column("rejected", sa.BigInteger, "Rows refused", required=True, unit="count"),
    _text("encoding", "Encoding found or declared"),
    _time("loaded_at", "When", required=True),
)

rejection = _table(
    "rejection",
    OF_PUBLIC,
    "Why rows of the last load were refused, by table, column and reason, and where the first stands. No value of it.",
    _key("table_name", "Table"),
    _key("column_name", "Column"),
    _key("reason", "Reason"),
    _column("rows", sa.BigInteger, "Rows refused for it", required=True, unit="count"),
    _text("template", "Template of the reason, a message of the catalogue"),
    _text("details", "What completes the template: values of the contract, as JSON"),
    _text("file", "File of the first of them"),
    _column("line", sa.BigInteger, "Line of the first of them, empty where it was not looked for", unit="line"),
)

PUBLIC_TABLES = tuple(name for name in CONTRACT if metadata.tables[name].info["scope"] == PUBLIC)
"""Names of the tables of a feed whose rows all may see."""

SYSTEM = tuple(name for name in metadata.tables if name not in CONTRACT)
"""Names of the tables in which a warehouse describes itself."""

_without = [name for name, table in metadata.tables.items() if "scope" not in table.info]
if _without:
    raise RuntimeError(f"A table states who may see its rows. Without a scope rule: {', '.join(_without)}.")
