"""The list of what to do: whom, why, what is at stake, what became of such customers, whose, by when, what was done."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from answers.week.to_do import ToDo
from data_access.workspace.tasks import Key, State, Step
from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _

from story import figures
from story.columns import Column
from story.parts import Block, Nothing, Table
from story.text import one_line
from story.vocabulary import names, term
from story.words import listed, say, say_count, sentences

NAME: Final = "to_do"
"""Of the block that holds the list."""

KINDS: Final = {
    "overdue": _("promised contacts overdue"),
    "grace": _("last month of grace"),
    "upgrade": _("new in their tier"),
    "near": _("near the next tier"),
    "maturing": _("money that matures"),
    "window": _("window closes"),
    "referral": _("referrals that wait"),
    "complaint": _("open complaints"),
    "booking": _("bookings not kept"),
}

_TIERS: Final = {
    "basic": _("basic tier"),
    "potential": _("potential tier"),
    "wealth": _("wealth tier"),
    "private": _("private tier"),
}

_BECAME: Final = {
    "grace": _("of {n} such customers {happened} fell"),
    "upgrade": _("of {n} such customers {happened} were back within three months"),
    "near": _("of {n} such customers {happened} rose within three months"),
    "maturing": _("of {n} such sums {happened} went into a product again"),
    "referral": _("of {n} such referrals {happened} led to a sale"),
    "booking": _("of {n} such bookings {happened} came later"),
    "window": _("of {n} such customers {happened} bought in the last days"),
}


def kinds(answer: ToDo) -> dict[str, str]:
    """What may be chosen: all, and each kind with its number of rows."""
    every = {"all": say("all: {n}", n=figures.number(answer.waiting))}
    counted = {str(kind): int(n) for kind, n in zip(answer.counts["kind"], answer.counts["n"], strict=True)}
    if answer.kind:  # a kind of which all is done may still be the one that is looked at
        counted.setdefault(answer.kind, 0)
    return every | {kind: say("{kind}: {n}", kind=say(KINDS[kind]), n=figures.number(n)) for kind, n in counted.items()}


def page_written(number: str) -> str:
    """A page of the list, as the filter calls it."""
    return say("page {number}", number=number)


class Line(NamedTuple):
    """A row of the list as it is read where it can be acted on.

    Attributes:
        key: Of the task.
        seen: What was last done with it.
        what: Whom it is about, and why now.
        about: What is at stake, whose it is, by when, and what was done.
    """

    key: Key
    seen: Step
    what: str
    about: str


def block(answer: ToDo, currency: str) -> Block:
    """The list, or for who may not see customers its kinds."""
    if answer.rows is not None and answer.rows.empty and answer.handled:
        nothing = Nothing(say("Nothing waits here: all rows are done, dismissed or put off."))
        heading = _heading(answer) if answer.waiting else say("Nothing to do")
        return Block(heading, _lacking(answer), nothing, name=NAME)
    if not answer.waiting and not (answer.rows is not None and len(answer.rows)):
        nothing = Nothing(say("Nobody waits for anything that the data tell."))
        return Block(say("Nothing to do"), _lacking(answer), nothing, name=NAME)
    shown = _by_kind(answer) if answer.rows is None else _list(answer, answer.rows, currency)
    caption = (
        say("Single customers are shown to those who may see them; these are all by kind, done or not")
        if answer.rows is None
        else _caption(answer)
    )
    return Block(_heading(answer), caption, shown, after=_lacking(answer), name=NAME)


def lines(answer: ToDo, currency: str) -> list[Line]:
    """The rows of the page, each with its key and what was last done with it."""
    if answer.rows is None:
        return []
    each = _records(answer.rows)
    whose = _whose(answer, each)
    return [
        Line(
            Key(str(row["kind"]), str(row["customer_id"]), str(row["period"])),
            step,
            sentences([one_line(str(row["customer_id"])), _why(row, answer.on, currency), _became(answer, row)]),
            sentences(
                [
                    figures.money(float(row["at_stake"]), currency) if pd.notna(row["at_stake"]) else "",
                    whose[place],
                    _by(row, answer.on),
                    state(step, answer.on),
                ]
            ),
        )
        for place, (row, step) in enumerate(zip(each, answer.steps, strict=True))
    ]


def state(step: Step, on: date) -> str:
    """What was last done with a row, by whom and when; empty while nothing was."""
    if step.changed_at is None:
        return ""
    who = sentences([one_line(step.changed_by), figures.short_day(step.changed_at.date())])
    if step.state is State.DONE:
        return say("done: {who}", who=who)
    if step.state is State.DISMISSED:
        return say("dismissed, “{reason}”: {who}", reason=one_line(step.reason or ""), who=who)
    if step.state is State.PUT_OFF and step.until_on is not None:
        until = figures.day(step.until_on)
        if step.waits(on):
            return say("put off until {day}: {who}", day=until, who=who)
        return say("was put off until {day}: {who}", day=until, who=who)
    return say("assigned: {who}", who=who) if step.staff_id else ""


def _heading(answer: ToDo) -> str:
    return say(
        "To do: {n}, of them {soon} due within a week or overdue",
        n=figures.number(answer.waiting),
        soon=figures.number(answer.soon),
    )


def _caption(answer: ToDo) -> str:
    handled = say_count(
        "{count} row is done, dismissed or put off", "{count} rows are done, dismissed or put off", answer.handled
    )
    return sentences(
        [
            say("Most at stake first: average assets last month, of maturing money its amount"),
            say("what became of such customers in the year before"),
            handled if answer.handled else "",
            ""
            if answer.branch or not answer.steps
            else say("of many branches, done or not: choose one to see what waits"),
            "" if answer.current else say("the list of an earlier week, with what was done up to now"),
            _which(answer) if answer.pages > 1 else "",
        ]
    )


def _which(answer: ToDo) -> str:
    before, shown = (answer.page - 1) * answer.size, 0 if answer.rows is None else len(answer.rows)
    return say("rows {first} to {last} of the list", first=before + 1, last=before + shown)


def _lacking(answer: ToDo) -> str:
    if not answer.lacks:
        return ""
    kinds = listed(say(KINDS[kind]) for kind in answer.lacks)
    return say(
        "Not told: {kinds}. Not loaded: {tables}.", kinds=kinds, tables=listed(sorted(set(answer.lacks.values())))
    )


def _list(answer: ToDo, rows: pd.DataFrame, currency: str) -> Table:
    each = _records(rows)
    steps = answer.steps or (Step(),) * len(each)
    owned = zip(_whose(answer, each), each, steps, strict=True)
    columns = (
        Column(say("Why now"), [sentences([_why(row, answer.on, currency), _became(answer, row)]) for row in each]),
        Column(say("Customer"), [one_line(str(row["customer_id"])) for row in each]),
        Column(say("At stake"), rows["at_stake"].to_numpy(dtype=np.float64), unit=Unit.MONEY, missing=say("not known")),
        Column(
            say("Whose, by when"),
            [sentences([whose, _by(row, answer.on), state(step, answer.on)]) for whose, row, step in owned],
        ),
    )
    return Table(columns, say("What to do"), "to_do", prose=True, customers=True)


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _by_kind(answer: ToDo) -> Table:
    counts = answer.counts
    columns = (
        Column(say("Kind"), [say(KINDS[str(kind)]) for kind in counts["kind"]]),
        Column(say("Rows"), counts["n"].to_numpy(dtype=np.float64), unit=Unit.COUNT),
        Column(say("Due within a week"), counts["soon"].to_numpy(dtype=np.float64), unit=Unit.COUNT),
        Column(
            say("At stake"),
            counts["sum_at_stake"].to_numpy(dtype=np.float64),
            unit=Unit.MONEY,
            missing=say("not known"),
        ),
    )
    return Table(columns, say("What to do, by kind"), "to_do_kinds", prose=True)


def _why(row: dict[str, Any], on: date, currency: str) -> str:
    kind, about = str(row["kind"]), _about(row)
    waited = _days(row["since_on"], on)
    gap = figures.money(float(row["gap"]), currency) if pd.notna(row["gap"]) else ""
    said = {
        "grace": lambda: say("Last month of grace, {tier}: {gap} short", tier=about, gap=gap),
        "upgrade": lambda: say("Risen to the {tier}, nobody has called yet", tier=about),
        "near": lambda: say("{gap} below the {tier}", gap=gap, tier=about),
        "maturing": lambda: say("{product} matures", product=about),
        "overdue": lambda: (
            say("No contact on record, {tier}", tier=about)
            if pd.isna(row["since_on"])
            else say("Promised contact overdue, {tier}: the last was {days} ago", tier=about, days=waited)
        ),
        "referral": lambda: (
            say("Referral to {line} has waited {days}", line=about, days=waited)
            if waited
            else say("Referral to {line} waits, its day is not recorded", line=about)
        ),
        "complaint": lambda: (
            say("Complaint open for {days}", days=waited) if waited else say("Complaint open, its day is not recorded")
        ),
        "booking": lambda: (
            say("Booked {days} ago and did not come", days=waited)
            if waited
            else say("Booked and did not come, its day is not recorded")
        ),
        "window": lambda: say("{campaign}: the window closes, nothing bought", campaign=about),
    }[kind]()
    quiet = say("asked not to be contacted on some channel") if bool(row["do_not_contact"]) else ""
    return sentences([said, quiet])


def _about(row: dict[str, Any]) -> str:
    """The tier, line, product or campaign that the row is about, in the reader's language."""
    about = row["about"]
    if pd.isna(about):
        return say("not recorded")
    if row["kind"] in ("grace", "upgrade", "near", "overdue"):
        return say(_TIERS[about]) if about in _TIERS else one_line(str(about))
    return term(str(about)) if row["kind"] == "referral" else names([str(about)])[0]


def _days(since: Any, on: date) -> str:
    if pd.isna(since):
        return ""
    return say_count("{count} day", "{count} days", (on - pd.Timestamp(since).date()).days)


def _became(answer: ToDo, row: dict[str, Any]) -> str:
    kind = str(row["kind"])
    n, happened = answer.happened.get((kind, str(row["about"])), answer.happened.get((kind, ""), (0, 0)))
    if not n or kind not in _BECAME:
        return ""
    return say(_BECAME[kind], happened=figures.number(happened), n=figures.number(n))


def _whose(answer: ToDo, rows: list[dict[str, Any]]) -> list[str]:
    """Whose each row is: whom it was assigned to, else who looks after the customer."""
    assigned = [step.staff_id for step in answer.steps] or [None] * len(rows)
    of_data = [None if pd.isna(row["staff_id"]) else str(row["staff_id"]) for row in rows]
    people = [given or own for given, own in zip(assigned, of_data, strict=True)]
    named = {person: answer.staff.get(person, person) for person in people if person}
    shown = dict(zip(named, names(list(named.values())), strict=True))
    return [shown[person] if person else say("nobody yet") for person in people]


def _by(row: dict[str, Any], on: date) -> str:
    due = pd.Timestamp(row["due_on"]).date()
    return say("now") if due <= on else figures.short_day(due)
