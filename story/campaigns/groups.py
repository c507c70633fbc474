"""Whether a campaign did the same for all groups of its customers, or why that is not told."""

from __future__ import annotations

from answers.campaigns.campaign import Campaign
from answers.campaigns.groups import Untold
from metrics.catalogue import OUTCOMES

from story.compare import groups
from story.parts import Block, Nothing
from story.words import say


def block(answer: Campaign) -> Block:
    """Group by group, the metric that the objective asks."""
    told = answer.groups
    key = next(entry.key for entry in OUTCOMES if entry.compares == told.key)
    if told.found is not None:
        # Groups are told as counted, and so is the line of everybody beside them.
        everybody = answer.plain.get(key, answer.scores[key])
        whole = groups.Whole(told.key, answer.currency, told.randomised, float(everybody.estimate[0]))
        if (shown := groups.block(told.found, whole)) is not None:
            return shown
    return Block(say("Groups of customers"), "", _why(told.why))


def _why(why: Untold) -> Nothing:
    if why is Untold.NO_CONTROL:
        return Nothing(
            say("Nobody was held out, so no group has anything to be compared with."),
            say("Compare sets it beside another campaign, group by group."),
        )
    if why is Untold.BY_BRANCH:
        return Nothing(
            say("Whole branches were assigned: the customers of one are not independent, so groups are not judged.")
        )
    if why is Untold.SIZES:
        return Nothing(say("The groups are not of the planned sizes: nothing is told of parts of them either."))
    return Nothing(say("Too few customers have been counted to the end."))
