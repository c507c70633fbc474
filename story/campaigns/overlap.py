"""Which campaigns reach the same customers, and what that does to what is said of each."""

from __future__ import annotations

from typing import Final

import numpy as np
from answers.campaigns.overlap import Overlap
from data_access.queries.campaigns.overlap import SMALLEST
from metrics.catalogue import Unit

from story import estimates, figures
from story.columns import Column
from story.once import once
from story.parts import Block, Nothing, Opens, Table
from story.vocabulary import names
from story.words import prose, say, say_count, sentences

NAME: Final = "overlap"
"""What the screen knows the block by: it is drawn after the rest."""

SHOWN: Final = 25
"""Pairs in the table: those that matter first."""


def begun() -> Block:
    """The block while its answer is still being counted."""
    return Block(say("Who reaches the same customers"), "", None, name=NAME)


@once
def block(answer: Overlap) -> Block:
    """Pairs of campaigns, the one that shares the larger part of its customers first."""
    pairs = answer.pairs.iloc[:SHOWN]
    if pairs.empty:
        nothing = Nothing(
            say("No two campaigns reached {n} customers or more in the same window.", n=figures.number(SMALLEST))
        )
        return Block(say("No campaign shares its customers"), "", nothing, name=NAME)
    rows = np.arange(len(pairs))
    own, other = (
        names([answer.names.get(str(campaign), str(campaign)) for campaign in pairs[column]])
        for column in ("campaign_id", "other_id")
    )
    texts = [_reading(answer, int(row)) for row in rows]
    share = estimates.value(answer.reached, 0, Unit.SHARE)
    heading = (
        say("{share} of {campaign} were also reached by {other}", share=share, campaign=own[0], other=other[0])
        if answer.by_contact
        else say("{share} of {campaign} were also in {other}", share=share, campaign=own[0], other=other[0])
    )
    table = Table(
        (
            Column(say("Campaign"), own),
            Column(say("Also reached by"), other),
            Column(say("In both"), pairs["both"].to_numpy(float), Unit.COUNT, say("customers")),
            Column(say("Treated reached"), answer.reached[rows], Unit.SHARE, "%"),
            Column(
                say("Control reached"),
                np.where(answer.reached_control.known[rows], answer.reached_control.estimate[rows], np.nan),
                Unit.SHARE,
                "%",
                missing=say("no control group"),
            ),
            Column(say("What it means"), texts),
        ),
        say("Campaigns that reach the same customers"),
        "overlap",
        Opens(
            "compare",
            "campaign",
            tuple(pairs["campaign_id"].astype(str)),
            {"against": tuple(pairs["other_id"].astype(str))},
        ),
    )
    unequal = int(np.sum(_unequal(answer)))
    after = (
        say_count(
            "In {count} pair the other campaign reached treated and control unequally: that effect holds some of it.",
            "In {count} pairs the other campaign reached treated and control unequally: these effects hold some of it.",
            unequal,
        )
        if unequal
        else say(
            "Wherever there is a control, the others reached it as often as the treated: each effect is what a "
            "campaign added on top of them."
        )
    )
    return Block(
        heading,
        sentences([_counted(answer), _left(answer)]),
        table,
        after=prose(
            [after, say("A sale in the windows of two campaigns is in the sales of both: attributed sales overlap.")]
        ),
        hint=say("Tick a row to compare the two campaigns"),
        name=NAME,
    )


def _counted(answer: Overlap) -> str:
    if answer.by_contact:
        return say("Customers whom the other campaign contacted between their assignment and the end of their window")
    return say("Contacts are not recorded: customers whom the other campaign did not hold out, in a window they share")


def _left(answer: Overlap) -> str:
    """What is not shown: small pairs, and those beyond the table."""
    small = say("pairs that share fewer than {n} customers are left out", n=figures.number(SMALLEST))
    if len(answer.pairs) <= SHOWN:
        return small
    return sentences([small, say("the {n} pairs that share most", n=figures.number(SHOWN))])


def _unequal(answer: Overlap) -> np.ndarray:
    return answer.between.known & ((answer.between.low > 0) | (answer.between.high < 0))


def _reading(answer: Overlap, row: int) -> str:
    """What a pair does to what is said of its campaign."""
    if not answer.between.known[row]:
        return say("no control: its sales may be the other's")
    if not _unequal(answer)[row]:
        return say("effect stands: no gap shown")
    if answer.between.estimate[row] > 0:
        return say("treated reached more: effect holds the other's too")
    return say("control reached more: effect is understated")
