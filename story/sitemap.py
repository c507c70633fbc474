"""The map of the app: one row a page. A new page is its file, a row here, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from data_access.reading.scope import Role
from metrics.catalogue.entry import marked as _

EVERYONE: Final = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Row:
    """One page.

    Attributes:
        key: Its place in the URL, and its file ``pages/<key>.py``.
        title: Name in the navigation.
        question: What the page answers, in a few words.
        icon: Material icon.
        section: Heading in the navigation: whose page it is.
        roles: Who may open it.
        tables: Tables of the contract without which it has nothing to say.
        listed: Whether the navigation shows it; the others are opened from a page.
    """

    key: str
    title: str
    question: str
    icon: str
    section: str
    roles: frozenset[Role]
    tables: tuple[str, ...] = ()
    listed: bool = True


ROWS: Final = (
    Row(
        key="week",
        title=_("My week"),
        question=_("what happened, is it signal, what do I do?"),
        icon=":material/calendar_view_week:",
        section=_("Branch"),
        roles=EVERYONE,
    ),
    Row(
        key="tiers",
        title=_("Tiers"),
        question=_("who rises, who slips, what is it worth?"),
        icon=":material/swap_vert:",
        section=_("Branch"),
        roles=EVERYONE,
        tables=("tier_snapshot",),
    ),
    Row(
        key="moved",
        title=_("Customers who moved"),
        question=_("who are they, and why?"),
        icon=":material/swap_vert:",
        section=_("Branch"),
        roles=EVERYONE,
        tables=("tier_snapshot",),
        listed=False,
    ),
    Row(
        key="people",
        title=_("People"),
        question=_("who does well, with what evidence, who can learn from whom?"),
        icon=":material/group:",
        section=_("Branch"),
        roles=EVERYONE,
        tables=("campaign_member", "staff"),
    ),
    Row(
        key="person",
        title=_("One person"),
        question=_("what was expected of me, and why?"),
        icon=":material/person:",
        section=_("Branch"),
        roles=EVERYONE,
        tables=("campaign_member", "staff"),
        listed=False,
    ),
    Row(
        key="campaigns",
        title=_("Campaigns"),
        question=_("what ran, what did it bring, which are not yet judged?"),
        icon=":material/campaign:",
        section=_("Planning"),
        roles=EVERYONE,
        tables=("campaign", "campaign_member"),
    ),
    Row(
        key="campaign",
        title=_("One campaign"),
        question=_("what did it bring, against what, at what cost?"),
        icon=":material/campaign:",
        section=_("Planning"),
        roles=EVERYONE,
        tables=("campaign", "campaign_member"),
        listed=False,
    ),
    Row(
        key="plan",
        title=_("Plan"),
        question=_("if we do this, what happens, and could we tell?"),
        icon=":material/edit_square:",
        section=_("Planning"),
        roles=EVERYONE,
        tables=("customer",),
    ),
    Row(
        key="compare",
        title=_("Compare"),
        question=_("did A beat B, or A its control, and does it pay?"),
        icon=":material/balance:",
        section=_("Planning"),
        roles=EVERYONE,
        tables=("campaign", "campaign_member", "campaign_arm"),
    ),
    Row(
        key="running",
        title=_("Running"),
        question=_("are we where we said, what must change today?"),
        icon=":material/monitoring:",
        section=_("Planning"),
        roles=EVERYONE,
        tables=("campaign", "campaign_member"),
    ),
    Row(
        key="loop",
        title=_("Loop"),
        question=_("what did we learn, what is still open, how good are our forecasts?"),
        icon=":material/sync:",
        section=_("Planning"),
        roles=EVERYONE,
        tables=("campaign", "campaign_member"),
    ),
    Row(
        key="summary",
        title=_("Summary"),
        question=_("how are we doing, what changed, why, what needs me?"),
        icon=":material/summarize:",
        section=_("Management"),
        roles=EVERYONE,
        tables=("campaign", "campaign_member"),
    ),
    Row(
        key="customers",
        title=_("Customers"),
        question=_("whom does a number count, and why is each on the list?"),
        icon=":material/group:",
        section=_("Everyone"),
        roles=EVERYONE,
        listed=False,
    ),
    Row(
        key="data",
        title=_("Data and definitions"),
        question=_("can I trust this, what does it mean?"),
        icon=":material/database:",
        section=_("Everyone"),
        roles=EVERYONE,
    ),
)


def row(key: str) -> Row:
    """The page of a key."""
    return next(row for row in ROWS if row.key == key)


def silenced_by(table: str) -> list[Row]:
    """Pages that have nothing to say without the table."""
    return [row for row in ROWS if table in row.tables and row.listed]


def home(role: Role) -> str:
    """Key of the page that opens first."""
    return {Role.BRANCH_HEAD: "week", Role.EXECUTIVE: "summary"}.get(role, "campaigns")
