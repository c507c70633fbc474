"""Complaints and opt-outs of a campaign beside its control and the usual."""

from __future__ import annotations

from answers.campaigns.campaign import Campaign
from metrics.catalogue import Unit
from metrics.estimate import Intervals, Reason
from metrics.inference.comparison.guardrail import Guardrail
from metrics.inference.study.harm import Harm

from story import estimates, figures
from story.columns import Column
from story.compare import called, verdict
from story.parts import Block, Nothing, Table
from story.vocabulary import term
from story.words import listed, opened, say, sentences


def block(answer: Campaign) -> Block:
    """A column each; nothing is told of what no feed records."""
    told = answer.harmed
    if not told.harms:
        nothing = Nothing(say("Neither complaints nor opt-outs are recorded."))
        return Block(say("Complaints and opt-outs"), "", nothing)
    watched = [figures.number(n) for n in told.watched]
    caption = sentences(
        [
            say("From assignment to the end of the window, {days} days, whatever it was about", days=told.days),
            say("{a} treated and {b} held out, all watched to the end", a=watched[0], b=watched[1]),
            say("95 % intervals, exact where complaints are counted"),
            say("as usual: all customers here in as many days of the year before") if told.usual else "",
        ]
    )
    rows = [
        opened(term("treated")),
        opened(say("control")),
        say("Treated minus control"),
        say("Harm accepted"),
        say("Verdict"),
        say("As usual here"),
    ]
    columns = (
        Column(say("Who"), rows),
        *(
            Column(_name(harm), _cells(harm, told.usual.get(harm.key), _incomparable(answer)))
            for harm in sorted(told.harms, key=lambda harm: harm.key)
        ),
    )
    table = Table(columns, say("Complaints and opt-outs"), "harm", prose=True)
    return Block(_heading(answer), caption, table)


def _incomparable(answer: Campaign) -> Reason | None:
    """Why treated and control say nothing of each other; None where they do."""
    if answer.scores.off_plan[0]:
        return Reason.SAMPLE_RATIO
    return None if answer.harmed.watched[1] > 0 else Reason.NO_CONTROL


def _heading(answer: Campaign) -> str:
    harms = answer.harmed.harms
    off = _incomparable(answer) is Reason.SAMPLE_RATIO
    broken = [called.metric_word(harm.key) for harm in harms if harm.guardrail is Guardrail.BROKEN]
    if broken and not off:
        return say("More harm than accepted: {what}", what=listed(broken))
    above = [
        called.metric_word(harm.key)
        for harm in harms
        if harm.a.known[0] and harm.key in answer.harmed.usual and _above(harm.a, answer.harmed.usual[harm.key])
    ]
    if above:
        return say("More than usual among the treated: {what}", what=listed(above))
    if off:
        return say("Whether it did harm can't be told: {reason}", reason=figures.why(Reason.SAMPLE_RATIO))
    if harms and all(harm.guardrail is Guardrail.HOLDS for harm in harms):
        return say("More harm than accepted is ruled out")
    if all(harm.guardrail is Guardrail.TOO_FEW for harm in harms):
        return say("Complaints and opt-outs: nobody to compare with")
    return say("Whether it did harm is not settled")


def _above(treated: Intervals, usual: Intervals) -> bool:
    return float(treated.low[0]) > float(usual.high[0])


def _name(harm: Harm) -> str:
    if called.unit(harm.key) is Unit.SHARE:
        return say("Opt-outs, % of customers")
    return opened(called.metric_word(harm.key))


def _cells(harm: Harm, usual: Intervals | None, why: Reason | None) -> list[str]:
    unit, difference = called.unit(harm.key), called.unit_of_difference(harm.key)
    size = called.size(harm.accepted, float("nan"), float("nan"), harm.key, "")
    return [
        _cell(harm.a, unit),
        figures.why(why) if why is Reason.SAMPLE_RATIO else _cell(harm.b, unit),
        _cell(harm.difference, difference, signed=True) if why is None else figures.why(why),
        say("{size} more", size=size),
        verdict.guardrail(harm.guardrail) if why is None else figures.why(why),
        say("not recorded") if usual is None else _cell(usual, unit),
    ]


def _cell(numbers: Intervals, unit: Unit, *, signed: bool = False) -> str:
    return estimates.Style.of(unit, signed=signed).cell(numbers, 0)
