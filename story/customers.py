"""A list of customers in the reader's language: how many, which, and why each is on it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from answers.customers import PAGE, Customers
from answers.traced import Traced
from data_access.queries.customer_lists import LISTS
from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _

from story import figures, period
from story.campaigns.overview import branches
from story.columns import Column
from story.parts import Block, Nothing, Story, Table
from story.summary.tier_names import tier
from story.text import one_line
from story.vocabulary import names, term
from story.words import say, say_count, sentences

KINDS: Final = {
    "assigned": _("assigned to a campaign"),
    "closed": _("assigned, window closed"),
    "counting": _("assigned, still counting"),
    "contacted": _("contacted"),
    "participated": _("took part"),
    "converted": _("bought inside the window"),
    "complained": _("complained"),
    "satisfied": _("answered 4 or 5 out of 5"),
    "dissatisfied": _("answered 1 to 3 out of 5"),
    "opened": _("opened a first account"),
    "funded": _("won and funded"),
    "bought": _("bought"),
    "converted_then": _("first bought in a campaign"),
    "contacted_then": _("first contacted"),
    "participated_then": _("took part within seven days"),
    "satisfied_then": _("answered 4 or 5 out of 5"),
    "dissatisfied_then": _("answered 1 to 3 out of 5"),
    "brought": _("brought or took money"),
    "upper_tier": _("in an upper tier at the end"),
    "kept_then": _("promised contact kept"),
    "not_kept_then": _("promised contact due and not kept"),
    "given_then": _("given to a person, window closed"),
    "given_converted_then": _("given to a person, and bought"),
    "referred_then": _("referral accepted"),
    "referred_closed_then": _("referral closed with a sale"),
    "rated_well_then": _("rated a person 4 or 5 out of 5"),
    "rated_low_then": _("rated a person 1 to 3 out of 5"),
}
"""What put a customer on a list."""

_WHY: Final = {
    "arm": _("arm {about}"),
    "channel": _("by {about}"),
    "score": _("score {about}"),
}
_ABOUT: Final = {
    "assigned": "arm",
    "closed": "arm",
    "counting": "arm",
    "converted": "arm",
    "converted_then": "arm",
    "contacted": "channel",
    "participated": "channel",
    "contacted_then": "channel",
    "participated_then": "channel",
    "opened": "channel",
    "funded": "channel",
    "given_then": "channel",
    "given_converted_then": "channel",
    "rated_well_then": "score",
    "rated_low_then": "score",
    "satisfied": "score",
    "dissatisfied": "score",
    "satisfied_then": "score",
    "dissatisfied_then": "score",
}
"""What the column ``about`` of a list holds."""

_OF_MONTHS: Final = frozenset({"brought", "upper_tier"})
"""Lists whose rows are of whole months."""


def kind_written(kind: str) -> str:
    """A list, as the filter calls it."""
    return say(KINDS[kind])


def tell(answer: Customers) -> Story:
    """The list in the reader's language."""
    kind = kind_written(answer.choice.kind)
    if answer.n is None:
        return Story(say("This list cannot be told"), _facts(answer), rows=((_lacking(answer),),))
    headline = say_count("{count} customer: {kind}", "{count} customers: {kind}", answer.customers or 0, kind=kind)
    return Story(
        headline,
        _facts(answer),
        rows=((_block(answer),),),
        choice=(kind, *_facts(answer)),
        currency=answer.currency,
        traced=Traced(answer.looked_at, answer.choice.branch),
    )


def columns(answer: Customers, rows: pd.DataFrame) -> tuple[Column, ...]:
    """The rows of a list as the columns of a file: who, why, when, how much, whose."""
    each = _records(rows)
    return (
        Column(say("Customer"), [one_line(str(row["customer_id"])) for row in each]),
        Column(say("Why on the list"), [why(answer, row) for row in each]),
        Column(say("When"), [_when(answer, row) for row in each]),
        *_amounts(rows),
        Column(say("Branch"), _branches(answer, each)),
        Column(say("Looked after by"), _staff(answer, each)),
    )


def shown(answer: Customers, rows: pd.DataFrame) -> tuple[Column, ...]:
    """The rows of a list in as many columns as a phone has room for."""
    each = _records(rows)
    whose = zip(_branches(answer, each), _staff(answer, each), strict=True)
    return (
        Column(say("Customer"), [one_line(str(row["customer_id"])) for row in each]),
        Column(
            say("Why on the list"),
            [sentences([why(answer, row), _when(answer, row)]) for row in each],
        ),
        *_amounts(rows),
        Column(say("Whose"), [sentences(pair) for pair in whose]),
    )


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _amounts(rows: pd.DataFrame) -> tuple[Column, ...]:
    """The amounts, where there are any."""
    amounts = rows["amount"].to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isnan(amounts).all():
        return ()
    return (Column(say("Amount"), amounts, Unit.MONEY, missing=say("not recorded")),)


def _branches(answer: Customers, rows: list[dict[str, Any]]) -> list[str]:
    return _called([answer.branch_names.get(str(row["branch_id"]), str(row["branch_id"])) for row in rows])


def _staff(answer: Customers, rows: list[dict[str, Any]]) -> list[str]:
    people = ["" if pd.isna(row["staff_id"]) else str(row["staff_id"]) for row in rows]
    return _called([answer.staff.get(person, person) for person in people])


def why(answer: Customers, row: dict[str, Any]) -> str:
    """Why a customer is on the list: what happened, in which campaign, by which channel, in which arm."""
    campaign = row["campaign_id"]
    of_campaign = names([answer.campaigns.get(str(campaign), str(campaign))])[0] if pd.notna(campaign) else ""
    return sentences([kind_written(answer.choice.kind), of_campaign, _about(answer.choice.kind, row["about"])])


def _when(answer: Customers, row: dict[str, Any]) -> str:
    day = row["happened_on"].date()
    return figures.month(day) if answer.choice.kind in _OF_MONTHS else figures.day(day)


def _about(kind: str, about: object) -> str:
    if about is None or pd.isna(about):  # pyright: ignore[reportGeneralTypeIssues, reportArgumentType, reportCallIssue]
        return ""
    if kind == "upper_tier":
        return tier(str(about))
    what = _ABOUT.get(kind)
    if what is None:
        return names([str(about)])[0]
    return say(_WHY[what], about=term(str(about)))


def _called(found: list[str]) -> list[str]:
    shown = dict(zip(dict.fromkeys(found), names(list(dict.fromkeys(found))), strict=True))
    return [shown[one] for one in found]


def _block(answer: Customers) -> Block:
    if answer.rows is None:
        return Block("", "", _not_shown())
    if answer.rows.empty:
        nothing = Nothing(say("Nobody is on this list."), say("Choose another period, branch or list."))
        return Block("", "", nothing)
    first = (answer.choice.page - 1) * PAGE
    which = say("rows {first} to {last} of the list", first=first + 1, last=first + len(answer.rows))
    caption = sentences(
        [
            say_count("{count} row", "{count} rows", answer.n or 0),
            say("the latest first"),
            which if answer.pages > 1 else "",
        ]
    )
    table = Table(shown(answer, answer.rows), say("Customers"), "customers", prose=True, customers=True)
    return Block(say("Who, and why"), caption, table)


def _not_shown() -> Nothing:
    return Nothing(
        say("Single customers are shown to those who may see them: you see how many there are."),
        say("An administrator gives the right to see customers, if your work needs it."),
    )


def _lacking(answer: Customers) -> Block:
    return Block("", "", Nothing(say("Not recorded in this data: {table}.", table=answer.lacks)))


def _facts(answer: Customers) -> tuple[str, ...]:
    choice = answer.choice
    of_campaign = names([answer.campaigns.get(choice.campaign, choice.campaign)])[0] if choice.campaign else ""
    when = "" if LISTS[choice.kind].of_campaigns and of_campaign else period.named(answer.looked_at)
    facts = (
        of_campaign,
        when,
        say("arm {about}", about=term(choice.arm)) if choice.arm else "",
        branches(answer.branches) if answer.branches else say("whole bank"),
    )
    return tuple(fact for fact in facts if fact)
