"""The comparison: verdict first, doubts before numbers, then what shows it; the other way round if asked."""

from __future__ import annotations

import math

from answers import period
from answers.compare.choice import ALL
from answers.compare.compare import Comparison
from answers.compare.compare import Nothing as NoPair
from answers.traced import Traced
from metrics.catalogue import Unit, metric
from metrics.estimate import Reason
from metrics.inference.comparison.outcomes import outcome_of
from metrics.inference.study.design import Kind
from metrics.inference.study.result import Study
from metrics.inference.study.standing import Standing

from story import estimates, figures
from story.cards import DASH, short
from story.compare import alike, called, evidence, forest, rests, sizes, verdict
from story.once import once
from story.parts import Badge, Block, Card, Nothing, Story
from story.words import say, say_count, sentences


@once
def tell(answer: Comparison | NoPair, *, swap: bool = False) -> Story:
    """The comparison in the reader's language.

    Args:
        answer: What was found.
        swap: Whether it is told from the other side: every number has the other sign, every fact stays.
    """
    if isinstance(answer, NoPair):
        nothing = Nothing(
            say(
                "These data hold no two groups: no campaign with a control, with two arms, or beside another campaign."
            ),
            say("Load campaigns with their arms and members."),
        )
        return Story(say("Nothing to compare yet"), (), rows=((Block("", "", nothing),),), currency=answer.currency)
    seen = answer.study.swapped() if swap else answer.study
    facts = tuple(verdict.facts(answer, seen))
    return Story(
        verdict.headline(answer, seen),
        facts,
        tuple(part for part in [verdict.beside(answer, seen)] if part),
        tuple(_cards(answer, seen)) if seen.design.randomised else (),
        tuple(row for row in _rows(answer, seen) if row),
        facts,
        answer.currency,
        _traced(answer),
    )


def _traced(answer: Comparison) -> Traced:
    """The rows of both sides, whenever they happened."""
    ids = answer.picked.a.campaigns or (answer.picked.a.key, answer.picked.b.key)
    return Traced(period.named(period.ALL), answer.choice.branch, tuple(dict.fromkeys(ids)))


def _rows(answer: Comparison, seen: Study) -> list[tuple[Block, ...]]:
    """Row by row: a difference that nobody drew shows its mix first."""
    numbers = Block(say("All numbers"), "", forest.table(answer, seen))
    if seen.verdict is Standing.BLOCKED:
        return [_present(evidence.balance(answer, seen), rests.block(answer, seen))]
    at_once = answer.picked.kind is Kind.PROGRAMME or answer.picked.a.holdout
    shown = [None if at_once else evidence.course(answer, seen), evidence.segments(answer, seen)]
    resting = [evidence.balance(answer, seen), rests.block(answer, seen)]
    if seen.design.randomised:
        return [(forest.block(answer, seen),), _present(*shown), _present(*resting), (numbers,)]
    return [
        _present(alike.ladder(answer, seen), resting[0]),
        (alike.claims(answer, seen),),
        (forest.block(answer, seen),),
        _present(*shown),
        (rests.block(answer, seen),),
        (numbers,),
    ]


def _present(*blocks: Block | None) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block is not None)


def _cards(answer: Comparison, seen: Study) -> list[Card]:
    return [
        _effect(answer, seen),
        _line(answer, seen),
        _pays(seen),
        _return(answer, seen),
        _reach(answer, seen),
        _sizes(answer, seen),
    ]


def _effect(answer: Comparison, seen: Study) -> Card:
    first = seen.primary
    entry = metric(outcome_of(first.key))
    said, unit = say(entry.formula), called.unit_of_difference(first.key)
    if not first.difference.known[0]:
        return Card(say("Effect"), DASH, estimates.why(first.difference, 0), said)
    value = estimates.value(first.difference, 0, unit, answer.currency, signed=True)
    between = estimates.limits(first.difference, 0, unit, answer.currency, signed=True)
    mark = say("points") if unit is Unit.POINTS else ""
    rests_on = sentences([called.metric_word(first.key), mark, between])
    return Card(say("Effect"), short(value), rests_on, said, _badge(answer, seen))


def _badge(answer: Comparison, seen: Study) -> Badge | None:
    if not seen.verdict.sign:
        return (say("no difference shown"), "gray") if seen.verdict in (Standing.NONE, Standing.NOT_ENOUGH) else None
    up = (seen.verdict.sign > 0) != seen.swaps
    if verdict.in_its_year(answer, seen):
        return (say("a hint: ↑") if up else say("a hint: ↓")), "gray"
    return (say("↑ better"), "blue") if up else (say("↓ worse"), "orange")


def _line(answer: Comparison, seen: Study) -> Card:
    said = say(
        "The difference from which the contribution that goes with it covers the extra cost per customer, at what "
        "customers of the first group brought for each."
    )
    if not abs(seen.primary.line) > 0:
        known = seen.design.cost > 0
        why = (
            say("its customers brought nothing to set against the cost")
            if known
            else _uncosted(answer) or say("no extra cost known")
        )
        return Card(say("Must reach"), DASH, why, said)
    unit = called.unit_of_difference(seen.primary.key)
    line = seen.primary.line
    value = estimates.written(line, math.nan, math.nan, unit, answer.currency)
    each = say("{amount} per customer", amount=figures.money(seen.design.cost, answer.currency))
    mark = say("points") if unit is Unit.POINTS else ""
    return Card(say("Must reach"), short(value.removeprefix("+")), sentences([mark, each]), said)


def _pays(seen: Study) -> Card:
    said = say(
        "Chance that the effect exceeds its line, for somebody who expects none and gives one in twenty to more than "
        "the smallest effect that could be seen."
    )
    chance = float(seen.sceptical.pays[0])
    if math.isnan(chance):
        why = figures.why(Reason.SAMPLE_RATIO) if seen.off_plan else say("no line to exceed")
        return Card(say("It pays"), DASH, why, said)
    return Card(say("It pays"), figures.chance(chance), say("chance, sceptical prior"), said)


def _uncosted(answer: Comparison) -> str:
    """That some campaigns of a programme have no cost, and what is therefore not told; empty where none or all."""
    without, every = answer.uncosted
    if not 0 < without < every:
        return ""
    return say_count(
        "{count} of {all} campaigns has no cost recorded: of them together neither cost nor return is told",
        "{count} of {all} campaigns have no cost recorded: of them together neither cost nor return is told",
        without,
        all=figures.number(every),
    )


def _return(answer: Comparison, seen: Study) -> Card:
    said = say(metric("roi_incremental").formula)
    if not seen.returned.known[0]:
        lacking = _uncosted(answer) if seen.returned.reason[0] == Reason.NO_COST.value else ""
        return Card(say("Incremental ROI"), DASH, lacking or estimates.why(seen.returned, 0), said)
    value = estimates.value(seen.returned, 0, Unit.RATIO)
    return Card(say("Incremental ROI"), value, estimates.limits(seen.returned, 0, Unit.RATIO), said)


def _reach(answer: Comparison, seen: Study) -> Card:
    said = say("The smallest effect that as many customers would show, with the power stated.")
    smallest = seen.primary.reach.detectable
    if math.isnan(smallest):
        why = figures.why(Reason.SAMPLE_RATIO) if seen.off_plan else say("not known")
        return Card(say("Could see"), DASH, why, said)
    unit = called.unit_of_difference(seen.primary.key)
    value = estimates.written(smallest, math.nan, math.nan, unit, answer.currency).removeprefix("+")
    mark = say("points") if unit is Unit.POINTS else ""
    power = say("with power {share}", share=figures.percent(seen.design.power))
    return Card(say("Could see"), short(value), sentences([mark, power]), said)


def _sizes(answer: Comparison, seen: Study) -> Card:
    said = say("Customers found in each group against the planned share; where they don't fit no verdict is given.")
    if math.isnan(seen.sample_ratio):
        return Card(say("Sizes"), DASH, say("no sizes were planned"), said)
    n = [figures.number(number) for number in seen.customers]
    value = say("off plan") if seen.off_plan else say("as planned")
    badge: Badge | None = (say("verdict withheld"), "orange") if seen.off_plan else None
    key = "" if answer.picked.a.holdout else "members"
    if seen.left_out:
        value, p = say("as planned"), sizes.left_out(len(seen.left_out))
    else:
        p = figures.p_value(seen.sample_ratio)
    whole = say("of the whole campaign {p}", p=p) if answer.choice.who != ALL else p
    return Card(say("Sizes"), value, sentences([f"{n[0]} : {n[1]}", whole]), said, badge, key=key)
