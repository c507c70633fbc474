"""What changed and why, in three sentences, each with the ways to its evidence."""

from __future__ import annotations

from collections.abc import Mapping

from answers.campaigns.holdout import Holdouts
from answers.campaigns.overview import Campaigns
from answers.summary.summary import Summary
from metrics.catalogue import Unit
from metrics.estimate import Intervals
from metrics.finding import Finding, FindingCode
from metrics.tiers.findings import assets_findings

from story import estimates, figures, findings
from story.parts import Block, Claim, Claims, Link, Nothing
from story.vocabulary import names
from story.words import say, sentences

_SATISFACTION = frozenset({FindingCode.SHARE_ROSE, FindingCode.SHARE_FELL, FindingCode.SHARE_HELD})


def block(answer: Summary, called: Mapping[str, str]) -> Block:
    """Money, programme, satisfaction: a sentence of each that the feeds record."""

    def claim(topic: str, found: Finding, card: str, *links: Link) -> Claim:
        return Claim(topic, findings.sentence(found, answer.currency, called), links, card)

    claims: list[Claim] = []
    if answer.movement:
        found = assets_findings(answer.movement.bridge)[0]
        claims.append(claim(say("Money."), found, say("Net new money")))
    of_campaigns = (Link(say("Campaigns"), "campaigns"), *_ends(answer.programme))
    claims += [claim(say("Programme."), found, say("Programme adds"), *of_campaigns) for found in answer.programme.paid]
    if (whole := answer.programme.holdouts.measured) is not None:
        claims.append(_of_the_whole(answer.programme.holdouts, whole, answer.currency))
    by_campaign = Link(say("Answers by campaign"), "campaigns", {"view": "satisfaction"})
    claims += [
        claim(say("Satisfaction."), found, say("Satisfied"), by_campaign)
        for found in answer.found
        if found.code in _SATISFACTION
    ]
    nothing = Nothing(say("Nothing is recorded for this period."), say("Choose another period."))
    shown = Claims(tuple(claims)) if claims else nothing
    hint = say("Each sentence opens its evidence under the same choice")
    return Block(say("What changed, and why"), "", shown, hint=hint)


def _of_the_whole(holdouts: Holdouts, whole: Intervals, currency: str) -> Claim:
    """What the programme added, by the customers held out from all of it; Compare shows the two sides."""
    said = say(
        "Against {n} customers held out from every campaign, the programme added {amount} ({limits})",
        n=figures.number(float(holdouts.held_out[0])),
        amount=estimates.value(whole, 0, Unit.MONEY, currency, signed=True),
        limits=estimates.limits(whole, 0, Unit.MONEY, currency, signed=True),
    )
    link = Link(say("Compare with those held out"), "compare", {"campaign": holdouts.campaign_id[0]})
    return Claim(say("As a whole."), said, (link,))


def _ends(answer: Campaigns) -> list[Link]:
    """The campaigns of the highest and the lowest return, each with its interval."""
    returned = answer.scores["roi_incremental"]
    known = [int(row) for row in answer.order if returned.known[row]]
    called = names(list(answer.listed["name"]))

    def link(which: str, row: int) -> Link:
        value = sentences([estimates.value(returned, row, Unit.RATIO), estimates.limits(returned, row, Unit.RATIO)])
        label = say("{which}: {campaign}, {value}", which=which, campaign=called[row], value=value)
        return Link(label, "campaign", {"campaign": str(answer.listed["campaign_id"].iloc[row])})

    if len(known) < 2:
        return [link(say("Only return known"), row) for row in known]
    return [link(say("Highest return"), known[0]), link(say("Lowest return"), known[-1])]
