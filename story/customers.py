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
    "satisfied": "score",
    "dissatisfied": "score",
    "satisfied_then": "score",
    "dissatisfied_then": "score",
}
"""What the column ``about`` of a list holds."""


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
    """The rows of a list as columns: who, why, when, how much, whose."""
    each: list[dict[str, Any]] = [{str(n): v for n, v in row.items()} for row in rows.to_dict("records")]
    amounts = rows["amount"].to_numpy(dtype=np.float64, na_value=np.nan)
    staff = [answer.staff.get(str(row["staff_id"]), "") if pd.notna(row["staff_id"]) else "" for row in each]
    branch = [answer.branch_names.get(str(row["branch_id"]), str(row["branch_id"])) for row in each]
    return (
        Column(say("Customer"), [one_line(str(row["customer_id"])) for row in each]),
        Column(say("Why on the list"), [why(answer, row) for row in each]),
        Column(say("When"), [figures.day(row["happened_on"].date()) for row in each]),
        *(
            (Column(say("Amount"), amounts, Unit.MONEY, missing=say("not recorded")),)
            if len(amounts) and not np.isnan(amounts).all()
            else ()
        ),
        Column(say("Branch"), _called(branch)),
        Column(say("Looked after by"), _called(staff)),
    )


def why(answer: Customers, row: dict[str, Any]) -> str:
    """Why a customer is on the list: what happened, in which campaign, by which channel, in which arm."""
    campaign = row["campaign_id"]
    of_campaign = names([answer.campaigns.get(str(campaign), str(campaign))])[0] if pd.notna(campaign) else ""
    return sentences([kind_written(answer.choice.kind), of_campaign, _about(answer.choice.kind, row["about"])])


def _about(kind: str, about: object) -> str:
    if about is None or pd.isna(about):  # pyright: ignore[reportGeneralTypeIssues, reportArgumentType, reportCallIssue]
        return ""
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
    table = Table(columns(answer, answer.rows), say("Customers"), "customers", prose=True, customers=True)
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
