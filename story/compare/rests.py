"""What the verdict rests on, one line each, and the minutes that are made of the same lines."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from answers.compare.choice import Sums
from answers.compare.compare import Comparison
from metrics.inference.study.design import Counted, Kind
from metrics.inference.study.result import Study

from story import figures
from story.columns import Column
from story.compare import alike, called, forest, sizes, verdict
from story.parts import Block, Table
from story.words import opened, say, sentences

Line = tuple[str, str]


def block(answer: Comparison, seen: Study) -> Block:
    """The table."""
    lines = list(stated(answer, seen))
    columns = (
        Column(say("Rests on"), [topic for topic, _ in lines]),
        Column(say("Stated"), [text for _, text in lines]),
    )
    return Block(
        say("What the verdict rests on"),
        say("One line each, as it goes into the minutes; the inputs and a script that recomputes it are in the export"),
        Table(columns, say("What the verdict rests on"), "rests", prose=True),
    )


def stated(answer: Comparison, seen: Study) -> Iterator[Line]:
    """Topic and statement."""
    yield say("Design"), _design(seen)
    yield say("Counted"), _counted(answer, seen)
    if not seen.off_plan:
        yield say("Intervals"), verdict.allowed_for(seen)
    if before := forest.allowed_for_before(seen):
        yield say("Amounts"), before
    if seen.on_contacted is not None and seen.on_contacted.known[0] and seen.design.counted is Counted.ASSIGNED:
        gap = abs(seen.contacted[0] - seen.contacted[1])
        told = _with_limits(answer, seen, seen.on_contacted)
        yield say("Contacted"), say("{share} were reached; on them {effect}", share=figures.percent(gap), effect=told)
    if seen.capped is not None and seen.capped.known[0] and answer.choice.sums is Sums.PLAIN:
        capped = _with_limits(answer, seen, seen.capped)
        yield say("Few large sums"), say("with the largest 1 % capped {effect}", effect=capped)
    if seen.primary.reach.detectable > 0:
        yield say("Could have seen"), _reach(answer, seen)
    yield from _chances(answer, seen)
    if seen.own_controls is not None and seen.own_controls.known[0]:
        yield say("Own controls"), _with_limits(answer, seen, seen.own_controls)
    if hidden := alike.hidden(seen):
        yield say("Hidden traits"), hidden
    if family := verdict.family(answer):
        yield say("Its year"), family
    if not math.isnan(seen.effective_branches):
        told = [say("as many of one size as would tell the same: {n}", n=figures.number(seen.effective_branches))]
        if seen.few_branches:
            told.append(say("limits from so few are wide, and may miss if a branch stands far from the others"))
        yield say("Branches"), sentences(told)


def minutes(answer: Comparison, *, swap: bool) -> str:
    """Verdict, numbers and method as plain text, to paste into minutes."""
    seen = answer.study.swapped() if swap else answer.study
    a, b = called.shown_sides(answer, swaps=swap)
    lines = [
        verdict.ended(verdict.headline(answer, seen)),
        opened(sentences(verdict.facts(answer, seen))),
        *(part for part in [verdict.beside(answer, seen)] if part),
        "",
        *(
            say(
                "{metric}: {a} {value_a}, {b} {value_b}; difference {difference}; {verdict}",
                metric=called.metric_name(line.key),
                a=a,
                value_a=line.a,
                b=b,
                value_b=line.b,
                difference=line.difference,
                verdict=line.verdict,
            )
            for line in ([] if seen.off_plan else forest.written(answer, seen))
        ),
        *([] if seen.off_plan else [""]),
        *(say("{topic}: {text}", topic=topic, text=text) for topic, text in stated(answer, seen)),
        say("data as of {day}", day=figures.day(answer.as_of)) + " · " + say("version {id}", id=answer.version),
    ]
    return "\n".join(lines)


def because(answer: Comparison) -> str:
    """Verdict, numbers and data version in one line, as the reason of a decision begins."""
    seen = answer.study
    first = forest.written(answer, seen)[0]
    return sentences(
        [
            verdict.headline(answer, seen),
            say("{name}: {difference}", name=called.metric_name(first.key), difference=first.difference),
            say("version {id}", id=answer.version),
        ]
    )


def _design(seen: Study) -> str:
    if not seen.design.randomised:
        return say("nobody drew the groups: a difference and no more")
    how = say("whole branches drawn at random") if seen.design.by_branch else say("drawn at random")
    if math.isnan(seen.sample_ratio):
        return sentences([how, say("no sizes were planned")])
    p = figures.p_value(seen.sample_ratio)
    if seen.left_out:
        return sentences([how, sizes.left_out(len(seen.left_out))])
    told = say("sizes not as planned ({p})", p=p) if seen.off_plan else say("sizes as planned ({p})", p=p)
    return sentences([how, told])


def _counted(answer: Comparison, seen: Study) -> str:
    days = {answer.picked.a.days, answer.picked.b.days}
    window = say("{days} days from the first", days=min(days)) if len(days) == 1 and min(days) else ""
    who = (
        say("on those whom assignment brought into contact")
        if seen.design.counted is Counted.CONTACTED
        else say("everybody as assigned, contacted or not")
    )
    sums = say("largest 1 % capped") if answer.choice.sums is Sums.CAPPED else ""
    programme = (
        say("each campaign against its own control, weighted by its treated")
        if answer.picked.kind is Kind.PROGRAMME
        else ""
    )
    return sentences([who, programme, sums, window])


def _reach(answer: Comparison, seen: Study) -> str:
    reach = seen.primary.reach
    smallest = called.size(reach.detectable, math.nan, math.nan, seen.primary.key, answer.currency)
    seen_ = say("{size} with power {share}", size=smallest, share=figures.percent(seen.design.power))
    if math.isnan(reach.power):
        return seen_
    return sentences([seen_, say("one that just pays with {share}", share=figures.percent(reach.power))])


def _chances(answer: Comparison, seen: Study) -> Iterator[Line]:
    chance = seen.posterior
    if chance is None or math.isnan(float(chance.probability_better[0])):
        return
    first = called.shown_sides(answer, swaps=seen.swaps)[0]
    loss = called.size(float(chance.loss_if_treated[0]), math.nan, math.nan, seen.primary.key, answer.currency)
    flat = say("{a} is better with {share}", a=first, share=figures.chance(float(chance.probability_better[0])))
    sceptic = float(seen.sceptical.above[0])
    more = say("to a sceptic {share}", share=figures.chance(sceptic)) if not math.isnan(sceptic) else ""
    if seen.design.randomised:
        yield say("Chance"), sentences([flat, more, say("if wrong it costs {size} on average", size=loss)])


def _with_limits(answer: Comparison, seen: Study, found: object) -> str:
    estimate, low, high = (float(np.asarray(getattr(found, name))[0]) for name in ("estimate", "low", "high"))
    return say(
        "{size} ({limits})",
        size=called.size(estimate, low, high, seen.primary.key, answer.currency, signed=True),
        limits=called.between(low, high, seen.primary.key, answer.currency),
    )
