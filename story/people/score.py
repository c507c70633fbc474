"""The score: what counts for how much, what came of it, and what other weights would have made of last year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from answers.people.score import Held, Rehearsal
from answers.people.team import Judged, Team
from metrics.catalogue import Unit

from story import figures
from story.columns import Column
from story.parts import Block, Nothing, Table
from story.people import table
from story.people.wording import BLOCKS
from story.vocabulary import names
from story.words import listed, say, say_count, sentences

NAME = "score"
"""What a screen knows the block by, on which weights are set and the sheet is taken along."""


def blocks(team: Team, judged: Judged) -> tuple[tuple[Block, ...], ...]:
    """The score, and the rehearsal of other weights where some are proposed."""
    rehearsed = [(_rehearsed(judged.rehearsal),)] if judged.rehearsal else []
    return ((_score(team, judged),), *rehearsed)


def weighed(percent: Mapping[str, int]) -> str:
    """The weights in words: results 40 %, cross-sell 20 % and so on."""
    return listed(
        say("{block} {share}", block=say(BLOCKS[block]), share=figures.percent(value / 100))
        for block, value in percent.items()
    )


def version(held: Held) -> str:
    """Who set the weights that hold, and when; or that nobody has."""
    if not held.versions:
        return say("weights as delivered")
    newest = held.versions[0]
    return say(
        "weights version {n}, set by {who} on {day}, tried on {year}",
        n=newest.version,
        who=newest.set_by,
        day=figures.day(newest.set_at.date()),
        year=newest.rehearsed_on,
    )


def _score(team: Team, judged: Judged) -> Block:
    heading = say("The score, and how it comes about")
    caption = sentences(
        [
            weighed(judged.held.percent),
            version(judged.held),
            say("50 is the average colleague"),
            say("95 % interval by simulation"),
        ]
    )
    shown = table.scores(team, judged)
    if shown is None:
        nothing = Nothing(say("Nothing is recorded that could be weighed."), say("Choose a longer period."))
        return Block(heading, caption, nothing, name=NAME)
    return Block(heading, caption, shown, name=NAME)


def _rehearsed(rehearsal: Rehearsal) -> Block:
    before, after = rehearsal.held.score, rehearsal.proposed.score
    change = np.abs(after.estimate - before.estimate)
    order = [int(place) for place in np.argsort(-np.nan_to_num(change, nan=-1.0), kind="stable")]
    told = names([rehearsal.names[person] for person in rehearsal.people])
    few = say("too few")
    shown = Table(
        (
            Column(say("Name"), [told[place] for place in order]),
            Column(say("Score by the weights that hold"), before.estimate[order], Unit.SCORE, missing=few),
            Column(say("Score by these weights"), after.estimate[order], Unit.SCORE, missing=few),
            Column(say("Change"), (after.estimate - before.estimate)[order], Unit.SCORE, signed=True, missing=few),
        ),
        say("Scores of {year} by two sets of weights", year=rehearsal.year),
        "rehearsal",
    )
    moved = int((np.abs(after.estimate - before.estimate) >= 1).sum())
    heading = say_count(
        "On {year}, these weights move {count} score by a point or more",
        "On {year}, these weights move {count} scores by a point or more",
        moved,
        year=rehearsal.year,
    )
    return Block(heading, sentences([weighed(rehearsal.percent), say("the largest change first")]), shown)
