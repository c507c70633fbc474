"""What did we learn, what is still open, how good are our forecasts?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from data_access.queries import campaigns
from data_access.reading.reader import Reader
from data_access.workspace.loop import decisions
from data_access.workspace.loop.decisions import Decision
from metrics.planning.lessons import Lessons, lessons

from answers import period, places, seasons
from answers.campaigns.overview import KINDS, earliest
from answers.kept import kept
from answers.loop import forecasts
from answers.loop.board import Board, Item, Ran, Stage, board, ran
from answers.loop.cited import Citing, citing
from answers.loop.evaluated import Evaluated, by_class, evaluate
from answers.loop.record import Record, record
from answers.period import Kind, Period
from answers.plan.learned import learned
from answers.running.standing import rows

Workspace = Any

_MOST_URGENT = (Stage.TO_DECIDE, Stage.TO_EVALUATE, Stage.ACTIONS, Stage.CLOSED)
_PLANS = (Stage.IDEA, Stage.PLANNED)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked at.

    Attributes:
        period: Of the campaigns, in the spelling of `answers.period`.
        campaign: The one that is evaluated; the most urgent if empty.
    """

    period: str = period.ALL
    campaign: str = ""


@dataclass(frozen=True, eq=False)
class Loop:
    """The loop of a period.

    Attributes:
        choice: What was asked.
        looked_at: The period.
        board: Who is waited for.
        evaluated: The campaign that is looked at; None where none has finished.
        item: Where it stands, whatever the period.
        decided: All versions of what was decided of it, the oldest first.
        record: How forecasts of the period's campaigns turned out.
        lessons: What works for whom, of all campaigns.
        citing: Plans that learned from what was evaluated.
        branches: Names of the branches whose customers are counted; empty for the whole bank.
        as_of: Last day of the data.
        currency: Of all amounts.
    """

    choice: Choice
    looked_at: Period
    board: Board
    evaluated: Evaluated | None
    item: Item | None
    decided: tuple[Decision, ...]
    record: Record
    lessons: Lessons
    citing: tuple[Citing, ...]
    branches: tuple[str, ...]
    as_of: date
    currency: str


@kept
def offered(reader: Reader) -> tuple[str, ...]:
    """Periods that the viewer may choose, the last year first."""
    options = period.options(earliest(reader), reader.as_of, KINDS, seasons.ask(reader))
    years = [one for one in options if period.named(one, seasons.ask(reader)).kind is Kind.YEAR]
    return tuple(dict.fromkeys([*years[:1], *options]))


def ask(workspace: Workspace, reader: Reader, choice: Choice) -> Loop:
    """The loop of a choice. What people wrote may have changed a moment ago, so that only its statistics are kept."""
    looked_at = period.named(choice.period, seasons.ask(reader))
    finished, listed = _finished(reader), _listed(reader, looked_at.first, looked_at.last)
    found = board(workspace, reader, listed, finished)
    began = {one.key: one.began for one in listed}
    known = forecasts.of_campaigns(workspace, reader.scope, began)
    chosen = choice.campaign if choice.campaign in finished else _most_urgent(found)
    own, items = known, found.items
    if chosen and chosen not in began:  # a link may name a campaign of another year
        alone = tuple(one for one in _every(reader) if one.key == chosen)
        own = forecasts.of_campaigns(workspace, reader.scope, {one.key: one.began for one in alone})
        items = board(workspace, reader, alone, finished).items
    return Loop(
        choice,
        looked_at,
        found,
        evaluate(reader, chosen, own.get(chosen)) if chosen else None,
        next((item for item in items if item.key == chosen), None),
        tuple(reversed(decisions.history(workspace, chosen))) if chosen else (),
        record(reader, known),
        learned_of_classes(reader),
        citing(workspace, reader.scope, {item.key: item.name for stage in _PLANS for item in found.at(stage)}),
        places.names(reader, ""),
        reader.as_of,
        reader.currency,
    )


@kept
def _finished(reader: Reader) -> frozenset[str]:
    """Campaigns all whose windows have closed."""
    return frozenset(learned(reader).past["campaign_id"].astype(str))


@kept
def _every(reader: Reader) -> tuple[Ran, ...]:
    return ran(campaigns.catalogue(reader))


@kept
def _listed(reader: Reader, first: date, last: date) -> tuple[Ran, ...]:
    """The campaigns of a period that are finished or run.

    What is neither treats none of the viewer's customers, as where whole branches were held out.
    """
    shown = _finished(reader) | set(rows(reader, "")["campaign_id"].astype(str))
    return tuple(one for one in ran(campaigns.catalogue(reader, first=first, last=last)) if one.key in shown)


@kept
def learned_of_classes(reader: Reader) -> Lessons:
    """What works for whom, from all finished campaigns."""
    return lessons(by_class(reader))


def _most_urgent(found: Board) -> str:
    """The campaign that is looked at where nobody chose one."""
    return next((item.key for stage in _MOST_URGENT for item in found.at(stage)), "")
