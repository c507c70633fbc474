"""What was learned and decided of the past campaigns that a plan names, so that it builds on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from answers.plan.cited import Lesson

from story.columns import Column
from story.loop.history import STATES
from story.loop.words import VERDICTS
from story.parts import Block, Table
from story.vocabulary import names
from story.words import say, say_count, sentences

LONGEST: Final = 160
"""Signs of a lesson; the rest stands on the page Loop."""


def block(lessons: Sequence[Lesson]) -> Block:
    """One row a campaign, those with a lesson first."""
    known = [one for one in lessons if one.text is not None]
    ordered = [*known, *(one for one in lessons if one.text is None)]
    heading = (
        say_count(
            "{count} of the campaigns it rests on was evaluated",
            "{count} of the campaigns it rests on were evaluated",
            len(known),
        )
        if known
        else say("The campaigns it rests on were not evaluated yet")
    )
    columns = (
        Column(say("Campaign"), names([one.name for one in ordered])),
        Column(say("What was learned"), [_lesson(one) for one in ordered]),
        Column(say("Decision"), [_decision(one) for one in ordered]),
    )
    shown = Table(columns, say("What the past campaigns taught"), "lessons", prose=True)
    return Block(heading, say("Evaluations and decisions as they stand on the page Loop"), shown)


def _lesson(one: Lesson) -> str:
    if one.text is None:
        return say("not evaluated yet")
    (text,) = names([one.text])
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _decision(one: Lesson) -> str:
    if one.decided is None or one.state is None:
        return say("nothing decided yet")
    return sentences([say(VERDICTS[one.decided.verdict]), say(STATES[one.state])])
