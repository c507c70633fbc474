"""A plan told: the chance first, then the fan, the losses, what matters, who is left out, what the control can show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from answers.plan.cited import Lesson
from answers.plan.plan import PlanAnswer
from answers.plan.split import Split
from metrics.catalogue import Unit
from metrics.finding import LIKELY, UNLIKELY
from metrics.planning.hierarchy import FEWEST_CAMPAIGNS

from story import estimates, figures
from story.campaigns.overview import branches as whose
from story.chart import bridge, fan, outcomes, theme
from story.once import once
from story.parts import Block, Nothing, Story
from story.plan import checks, costs, scenarios, sources
from story.plan import lessons as taught
from story.plan import split as splits
from story.plan.words import ASSUMPTIONS, RULES, fault, field
from story.vocabulary import names, term
from story.words import listed, prose, say, say_count, sentences

NOBODY: Final[Mapping[str, str]] = MappingProxyType({})
FREEZE: Final = "freeze"
"""Name of the block in which a plan is frozen."""


def tell(
    answer: PlanAnswer,
    beside: Sequence[tuple[str, PlanAnswer]] = (),
    product: str = "",
    split: Split | None = None,
    branches: Mapping[str, str] = NOBODY,
    lessons: Sequence[Lesson] = (),
) -> Story:
    """The plan in the reader's language.

    Args:
        answer: The scenario that is looked at.
        beside: All scenarios of the plan by name, the one looked at among them; empty where it stands alone.
        product: Name of the product offered.
        split: Where the budget would go if the past is a guide; None where that is not asked or not known.
        branches: Names by identifier.
        lessons: What was learned and decided of the past campaigns that the plan names.
    """
    rows: list[tuple[Block, ...]] = []
    if answer.fan is not None:
        rows += [(_fan(answer), _dots(answer)), (_tornado(answer), _exclusions(answer))]
    elif answer.audience.chosen:
        rows.append((_exclusions(answer),))
    rows.append((checks.block(answer), Block(say("Freeze"), "", Nothing(freezing()), width=2, name=FREEZE)))
    if len(beside) > 1:
        rows.append((scenarios.block(beside),))
    if split is not None:
        rows += splits.rows(split, answer.currency, branches)
    if answer.costs:
        rows.append((costs.block(answer),))
    if answer.sources:
        rows.append((sources.block(answer),))
    if lessons:
        rows.append((taught.block(lessons),))
    return Story(
        headline(answer),
        tuple(_facts(answer, product)),
        rows=tuple(rows),
        choice=tuple(_facts(answer, product)),
        currency=answer.currency,
    )


def freezing() -> str:
    """What freezing means."""
    return say(
        "Forecast, data version, seed and settings are kept under a hash. Nobody can rewrite it. The result will be "
        "judged against it; the audience is drawn at random and ready to export."
    )


def kept_said(forecast: Mapping[str, Any]) -> str:
    """What a forecast that was frozen says, from what was kept of it."""
    converted = forecast["quantiles"]["converted"]
    low, middle, high = (figures.number(float(converted[level])) for level in ("0.1", "0.5", "0.9"))
    told = say("It keeps {count} conversions ({limits})", count=middle, limits=figures.span(low, high))
    if forecast["chance_pays"] is None:
        return told
    return sentences([told, say("chance to pay {chance}", chance=figures.chance(float(forecast["chance_pays"])))])


def headline(answer: PlanAnswer) -> str:
    """The chance; or why there is none yet."""
    if answer.faults:
        first = answer.faults[0]
        return say("Not possible yet: {field}, {why}", field=field(first.field), why=fault(first, answer))
    if answer.fan is None:
        lacking = [say(ASSUMPTIONS[name]) for name in answer.lacks if name != "effect"]
        if lacking:
            return say(
                "No forecast yet: fewer than {count} past campaigns record {what}",
                count=FEWEST_CAMPAIGNS,
                what=listed(lacking),
            )
        return say("No forecast yet: nobody is left to contact")
    if math.isnan(answer.chance_pays):
        return say("The plan has no cost, so there is no return to forecast")
    chance = figures.chance(answer.chance_pays)
    pays = (
        say("Likely to pay, {chance}", chance=chance)
        if answer.chance_pays >= LIKELY
        else say("Unlikely to pay, {chance}", chance=chance)
        if answer.chance_pays <= UNLIKELY
        else say("May pay or not, {chance}", chance=chance)
    )
    if math.isnan(answer.chance_target):
        return pays
    reached = figures.chance(answer.chance_target)
    if answer.chance_target >= LIKELY:
        target = say("likely to reach the sales target, {chance}", chance=reached)
    elif answer.chance_target <= UNLIKELY:
        target = say("unlikely to reach the sales target, {chance}", chance=reached)
    else:
        target = say("may or may not reach the sales target, {chance}", chance=reached)
    return say("{first}; {second}", first=pays, second=target)


def _facts(answer: PlanAnswer, product: str) -> list[str]:
    scenario = answer.scenario
    count, first, last = answer.learned_from
    return [
        *([term(scenario.theme)] if scenario.theme else []),
        *(names([product]) if product else []),
        figures.day(scenario.starts_on) + figures.DASH + figures.day(scenario.ends_on),
        *([whose(answer.branches)] if answer.branches else []),
        say(
            "{treated} contacted, {control} held out",
            treated=figures.number(answer.treated),
            control=figures.number(answer.control),
        ),
        say_count(
            "learned from {count} campaign, {first}–{last}",
            "learned from {count} campaigns, {first}–{last}",
            count,
            first=first,
            last=last,
        )
        if count
        else say("no finished campaign to learn from"),
    ]


def return_name(answer: PlanAnswer) -> str:
    """What the return is held against."""
    unit = figures.one_unit(answer.currency)
    if answer.fan is not None and answer.fan.incremental:
        return say("ROI against the control, {unit} gained per {unit} spent", unit=unit)
    return say("ROI of all sales to the contacted, {unit} gained per {unit} spent", unit=unit)


@once
def _fan(answer: PlanAnswer) -> Block:
    assert answer.fan is not None  # noqa: S101 - told by the caller
    units = {"participated": Unit.COUNT, "converted": Unit.COUNT, "sales": Unit.MONEY, "cost": Unit.MONEY}
    called = {
        "participated": say("Participants"),
        "converted": say("Conversions"),
        "sales": say("Sales"),
        "cost": say("Cost"),
    }
    rows: list[fan.Row] = []
    for name, unit in units.items():
        near, wide = answer.fan.intervals[name], answer.fan.wide[name]
        text = estimates.value(near, 0, unit, answer.currency)
        if unit is Unit.COUNT and answer.treated:
            text = sentences([text, figures.percent(near.estimate.item() / answer.treated, 1)])
        target = answer.scenario.target if name == "sales" else answer.scenario.budget if name == "cost" else None
        if near.estimate.item() <= 0:
            continue
        rows.append(
            fan.Row(
                called[name],
                near.estimate.item(),
                (near.low.item(), near.high.item()),
                (wide.low.item(), wide.high.item()),
                text,
                estimates.limits(near, 0, unit, answer.currency),
                answer.last.get(name, math.nan),
                math.nan if target is None else float(target),
                say("target") if name == "sales" else say("budget"),
            )
        )
    rows += _returns(answer)
    heading = _against_last(answer)
    caption = sentences(
        [
            say("Band: 80 % of 10,000 runs, pale: 95 %"),
            say("ROI drawn as money back per {unit}", unit=figures.one_unit(answer.currency)),
            *([say("ring: {campaign}", campaign=names([answer.last_name])[0])] if answer.last_name else []),
        ]
    )
    said = listed(f"{row.name} {row.said}" for row in rows)
    shown = fan.chart(
        rows, middle=say("forecast"), alt_text=say("Forecast with 80 % limits: {outcomes}.", outcomes=said), key="fan"
    )
    return Block(heading, caption, shown, width=5)


def _returns(answer: PlanAnswer) -> list[fan.Row]:
    """The return as money back for one unit spent: 1 is break-even, and the median is above 0 or it is not drawn."""
    assert answer.fan is not None  # noqa: S101 - told by the caller
    near, wide = answer.fan.intervals["roi"], answer.fan.wide["roi"]
    back = 1 + near.estimate.item()
    if not near.known[0] or back <= 0.05:
        return []
    return [
        fan.Row(
            say("ROI"),
            back,
            (1 + near.low.item(), 1 + near.high.item()),
            (1 + wide.low.item(), 1 + wide.high.item()),
            estimates.value(near, 0, Unit.RATIO),
            estimates.limits(near, 0, Unit.RATIO),
            1 + answer.last.get("roi", math.nan),
            1.0,
            say("break-even"),
        )
    ]


def _against_last(answer: PlanAnswer) -> str:
    """How many of the results lie above the last edition's; a cost is none."""
    assert answer.fan is not None  # noqa: S101 - told by the caller
    both = [name for name in answer.fan.intervals if name in answer.last and name != "cost"]
    if not both:
        return say("What to expect, and how sure that is")
    more = sum(answer.fan.intervals[name].estimate.item() > answer.last[name] for name in both)
    if more == len(both):
        return say("More than the last edition in every result")
    if not more:
        return say("Less than the last edition in every result")
    return say("More than the last edition in {more} of {all}", more=more, all=len(both))


@once
def _dots(answer: PlanAnswer) -> Block:
    name = return_name(answer)
    if not len(answer.dots) or np.isnan(answer.dots).any():
        return Block(say("No cost, no return"), "", Nothing(say("Set a cost, or leave it to what was paid before.")))
    pay = int((answer.dots > 0).sum())
    heading = say("It pays in {pay} of {all} equally likely outcomes", pay=pay, all=len(answer.dots))
    lose = len(answer.dots) - pay
    shown = outcomes.dots(
        answer.dots,
        below=say_count("{count} loses", "{count} lose", lose) if lose else "",
        above=say_count("{count} pays", "{count} pay", pay) if pay else "",
        alt_text=sentences([heading, name]),
        key="dots",
    )
    return Block(heading, name, shown, after=_breaks_even(answer), width=4)


def _breaks_even(answer: PlanAnswer) -> str:
    assert answer.fan is not None  # noqa: S101 - told by the caller
    parts: list[str] = []
    if not math.isnan(answer.chance_target) and answer.scenario.target is not None:
        parts.append(
            say(
                "Sales reach the target of {target} in {chance} of outcomes.",
                target=figures.money(float(answer.scenario.target), answer.currency),
                chance=figures.chance(answer.chance_target),
            )
        )
    if answer.could_tell is not None and math.isfinite(answer.could_tell.break_even):
        needed = figures.number(answer.could_tell.break_even * 100, 1, signed=True)
        if answer.fan.effect is not None:
            expected = figures.number(answer.fan.effect.estimate.item() * 100, 1, signed=True)
            parts.append(
                say(
                    "It breaks even at {needed} points of conversion; {expected} are forecast.",
                    needed=needed,
                    expected=expected,
                )
            )
        else:
            parts.append(say("It breaks even at {needed} points of conversion.", needed=needed))
    return prose(parts)


@once
def _tornado(answer: PlanAnswer) -> Block:
    rows = answer.tornado
    if rows.empty:
        return Block(say("Nothing can move the return"), "", Nothing(say("Without a cost there is no return.")))
    low, high = rows["low"].to_numpy(float), rows["high"].to_numpy(float)
    called = [say(ASSUMPTIONS[str(name)]) for name in rows["assumption"]]
    crossing = [name for name, a, b in zip(called, low, high, strict=True) if min(a, b) < 0 < max(a, b)]
    if len(crossing) == 1:
        heading = say("Only one assumption decides whether it pays: {name}", name=crossing[0])
    elif crossing:
        heading = say("What decides whether it pays: {names}", names=listed(crossing))
    elif (np.maximum(low, high) > 0).all():
        heading = say("No single assumption turns it into a loss")
    else:
        heading = say("No single assumption makes it pay")
    style = estimates.Style.of(Unit.RATIO)
    written = [
        figures.span(*style.estimated((a + b) / 2, min(a, b), max(a, b))[1:]) for a, b in zip(low, high, strict=True)
    ]
    caption = say("ROI when one assumption moves over its 80 % range, the others at their median")
    shown = outcomes.tornado(
        called,
        low,
        high,
        written,
        alt_text=sentences([heading, listed(f"{name} {text}" for name, text in zip(called, written, strict=True))]),
        key="tornado",
    )
    return Block(heading, caption, shown, width=5)


@once
def _exclusions(answer: PlanAnswer) -> Block:
    audience = answer.audience
    may, chosen = figures.number(audience.may_be_contacted), figures.number(audience.chosen)
    heading = say("{may} of {chosen} chosen may be contacted", may=may, chosen=chosen)
    reasons = [rule for rule, n in audience.left_out.items() if n]
    out = [audience.left_out[rule] for rule in reasons]
    roles: list[theme.Role] = ["none"] * len(out)
    untold = [say(RULES[rule]) for rule in audience.untold]
    caption = sentences(
        [
            say("Each customer counted once, at the first rule that applies"),
            say("as of {day}, checked again at launch", day=figures.day(answer.as_of)),
            *([say("not checked, because it is not recorded: {rules}", rules=listed(untold))] if untold else []),
        ]
    )
    called = [say("Chosen"), *(say(RULES[rule]) for rule in reasons), say("May be contacted")]
    written = [chosen, *(figures.number(-n) for n in out), may]
    shown = bridge.chart(
        called,
        float(audience.chosen),
        [-float(n) for n in out],
        written,
        roles,
        alt_text=sentences([heading, listed(f"{a} {b}" for a, b in zip(called, written, strict=True))]),
        key="exclusions",
    )
    return Block(heading, caption, shown, width=4)
