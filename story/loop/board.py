"""Who is waited for: what is to be evaluated, to be decided, and to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from answers.loop.board import Board, Item, Stage
from data_access.workspace.loop.actions import Action
from data_access.workspace.loop.decisions import State, Verdict

from story import figures
from story.columns import Column
from story.loop.words import DEEDS, STAGES, VERDICTS
from story.parts import Badge, Block, Nothing, Opens, Table
from story.vocabulary import names
from story.words import say, say_count, sentences

COLUMNS: Final = (Stage.TO_EVALUATE, Stage.TO_DECIDE, Stage.ACTIONS)
NEXT: Final = 3
"""Of each column, laid out; the rest stands behind its stage."""

Called = Mapping[str, str]
"""Names of people by email."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits.

    Attributes:
        key: Of the campaign.
        name: Its name.
        about: What there is to know, and who is to do it.
        due: By when.
        action: What is to be closed; None where something is to be written.
        planned: Whether it carries out a plan that the viewer sees.
        waits: Whether it is decided but for the approval.
    """

    key: str
    name: str
    about: str
    due: Badge
    action: Action | None = None
    planned: bool = False
    waits: bool = False


def pills(board: Board) -> dict[str, str]:
    """The stages with how many stand there, by the value of the filter."""
    return {
        str(stage): say("{name} {count}", name=say(name), count=len(board.at(stage))) for stage, name in STAGES.items()
    }


def lines(board: Board, stage: Stage, called: Called) -> list[Line]:
    """All that waits in a stage, what is due first is first."""
    if stage is Stage.ACTIONS:
        by_key = {item.key: item for item in board.items}
        return [_action(one, by_key[one.campaign_id], board.on, called, board.branches) for one in board.open_actions]
    return [_line(item, board.on, called) for item in board.at(stage)]


def block(board: Board, stage: Stage, called: Called) -> Block:
    """A column of the board, its next few."""
    every = lines(board, stage, called)
    shown = every[:NEXT]
    heading = say("{name}: {count}", name=say(STAGES[stage]), count=len(every))
    caption = say("the next {count}", count=NEXT) if len(every) > NEXT else ""
    if not shown:
        return Block(heading, "", Nothing(say("Nothing waits here.")), name=str(stage))
    return Block(heading, caption, _table(shown, f"next_{stage}", heading), name=str(stage))


def whole(board: Board, stage: Stage, called: Called) -> Block:
    """Everything in a stage."""
    every = lines(board, stage, called)
    heading = say("{name}: {count}", name=say(STAGES[stage]), count=len(every))
    if not every:
        return Block(heading, "", Nothing(say("Nothing stands here.")))
    plans = stage in (Stage.IDEA, Stage.PLANNED)
    opens = Opens("plan", "plan", tuple(line.key for line in every)) if plans else None
    if stage not in (Stage.IDEA, Stage.PLANNED, Stage.RUNNING):
        opens = Opens("loop", "campaign", tuple(line.key for line in every))
    if stage is Stage.RUNNING:
        opens = Opens("campaign", "campaign", tuple(line.key for line in every))
    return Block(heading, "", _table(every, f"stage_{stage}", heading, opens), hint=say("Tick a row to open it"))


def person(email: str, called: Called) -> str:
    """A person by name; by address where nobody named them."""
    return names([called.get(email, email)])[0]


def elsewhere() -> str:
    """Somebody whom the viewer does not see."""
    return say("a colleague elsewhere in the bank")


def _table(shown: Sequence[Line], key: str, alt: str, opens: Opens | None = None) -> Table:
    columns = (
        Column(say("Campaign"), [line.name for line in shown]),
        Column(say("About"), [line.about for line in shown]),
        Column(say("Due"), [line.due[0] for line in shown]),
    )
    return Table(columns, alt, key, opens)


def _line(item: Item, on: date, called: Called) -> Line:
    about = sentences([_state(item), _who(item, called)])
    return Line(
        item.key,
        names([item.name])[0],
        about,
        due(item.due_on, on),
        planned=item.planned,
        waits=item.waits_for_approval,
    )


def _who(item: Item, called: Called) -> str:
    if item.who_unseen:
        return elsewhere()
    return person(item.who, called) if item.who else say("nobody named")


def _state(item: Item) -> str:
    decision = item.decision
    if decision is not None and decision.state is State.WAITING:
        return say("{verdict}, waits for approval", verdict=say(VERDICTS[decision.draft.verdict]))
    if decision is not None and decision.state is State.RETURNED:
        return say("returned: {why}", why=names([decision.draft.reason])[0])
    if decision is not None:
        return say(VERDICTS[decision.draft.verdict])
    if item.evaluation is not None:
        return names([item.evaluation.text])[0]
    if item.deeds:
        last = item.deeds[-1]
        return sentences([say(DEEDS[last.deed]), *(names([last.why]) if last.why else [])])
    return ""


def _action(one: Action, item: Item, on: date, called: Called, branches: Called) -> Line:
    about = sentences(
        [
            say(VERDICTS[Verdict(one.verdict)]),
            names([one.asked.text])[0],
            person(one.asked.owner, called),
            *place(one, branches),
        ]
    )
    return Line(item.key, names([item.name])[0], about, due(one.asked.due_on, on), one)


def place(one: Action, branches: Called) -> list[str]:
    """The branch where it is to be done; none for the bank, and for one that the reader does not see."""
    key = one.asked.branch_id
    return names([branches[key]]) if key is not None and key in branches else []


def due(day: date | None, on: date) -> Badge:
    """By when, or how late on a day."""
    if day is None:
        return say("no day set"), "gray"
    if day < on:
        late = (on - day).days
        return say_count("{count} day late", "{count} days late", late), "orange"
    return say("by {day}", day=figures.short_day(day)), "gray"
