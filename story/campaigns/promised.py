"""From plan to result: the frozen forecast beside what came and the control, and why they differ, as a sum."""

from __future__ import annotations

import math

from answers.campaigns.promised import Outcome, Promised, Wider
from metrics.catalogue import Unit
from metrics.estimate import Intervals

from story import estimates, figures
from story.chart import fan
from story.columns import Column
from story.loop import evaluation
from story.parts import Block, Nothing, Table
from story.vocabulary import names
from story.words import listed, opened, say, say_count, sentences

UNITS = {
    "participated": Unit.COUNT,
    "converted": Unit.COUNT,
    "sales": Unit.MONEY,
    "cost": Unit.MONEY,
    "roi": Unit.RATIO,
}


def blocks(told: Promised | Wider | None, currency: str) -> list[tuple[Block, ...]]:
    """Row by row: the forecast with what came, why, and the numbers."""
    if isinstance(told, Wider):
        return [(_wider(told),)]
    if told is None or not told.outcomes:
        return [(_no_plan(),)]
    evaluated = told.evaluated
    why = evaluation.why(evaluated) if evaluated is not None and evaluated.why is not None else None
    return [
        (_fan(told, currency), *([why] if why else [])),
        (_table(told, currency),),
    ]


def _no_plan() -> Block:
    return Block(
        say("From plan to result: no plan"),
        "",
        Nothing(
            say("No frozen plan is linked to this campaign, so there is nothing to hold the result against."),
            say("Plan the next one on Plan and freeze it; once it runs, say which campaign carries it out."),
        ),
    )


def _wider(told: Wider) -> Block:
    return Block(
        say("From plan to result: the plan is for more branches"),
        "",
        Nothing(
            say(
                "The plan {name} is not for this branch alone, so this branch is not held against it.",
                name=names([told.plan])[0],
            ),
            say("Choose all branches to see what came of it."),
        ),
    )


def _called(key: str) -> str:
    return {
        "participated": say("Participants"),
        "converted": say("Conversions"),
        "sales": say("Sales"),
        "cost": say("Cost"),
        "roi": say("ROI"),
    }[key]


def _fan(told: Promised, currency: str) -> Block:
    rows: list[fan.Row] = []
    for one in told.outcomes:
        shift = 1.0 if one.key == "roi" else 0.0
        middle = float(one.near.estimate[0]) + shift
        if middle <= 0.05 * shift:
            continue
        rows.append(
            fan.Row(
                _called(one.key),
                middle,
                _ends(one.near, shift),
                _ends(one.wide, shift),
                estimates.value(one.actual, 0, UNITS[one.key], currency),
                estimates.limits(one.near, 0, UNITS[one.key], currency),
                one.control,
                float(one.actual.estimate[0]) + shift,
                say("actual"),
            )
        )
    caption = sentences(
        [
            _which(told),
            say("band: 80 % frozen, pale: 95 %"),
            "" if all(math.isnan(row.ring) for row in rows) else say("ring: as many customers at the control's rate"),
            say("numbers: what came, and below it the 80 % limits"),
            _waiting(told),
        ]
    )
    heading = _heading(told)
    said = listed(f"{row.name} {row.said}" for row in rows)
    shown = fan.chart(rows, middle=say("forecast"), alt_text=sentences([heading, said]), key="promised")
    return Block(heading, opened(caption), shown, width=5)


def _ends(limits: Intervals, shift: float) -> tuple[float, float]:
    return float(limits.low[0]) + shift, float(limits.high[0]) + shift


def _which(told: Promised) -> str:
    """The plan, and when it was frozen."""
    frozen = say("plan {name}, frozen {day}", name=names([told.plan])[0], day=figures.day(told.frozen_on))
    return sentences([frozen, say("after the campaign had begun") if told.late else ""])


def _waiting(told: Promised) -> str:
    if not told.waiting:
        return ""
    return say("{n} are still counting: what came is not all yet", n=figures.number(told.waiting))


def _heading(told: Promised) -> str:
    """Which of them left the limits."""
    if told.waiting:
        return say("From plan to result: still counting")
    above = [_called(one.key) for one in told.outcomes if _side(one) > 0]
    below = [_called(one.key) for one in told.outcomes if _side(one) < 0]
    if not above and not below:
        return say_count(
            "As forecast: {count} result inside its 80 % limits",
            "As forecast: all {count} results inside their 80 % limits",
            len(told.outcomes),
        )
    parts = [
        say("more than forecast: {what}", what=listed(above)) if above else "",
        say("less than forecast: {what}", what=listed(below)) if below else "",
    ]
    return opened(sentences(part for part in parts if part))


def _side(one: Outcome) -> int:
    if one.inside:
        return 0
    return 1 if one.actual.estimate[0] > one.near.high[0] else -1


def _table(told: Promised, currency: str) -> Block:
    units = [UNITS[one.key] for one in told.outcomes]
    columns = (
        Column(say("Result"), [_called(one.key) for one in told.outcomes]),
        Column(
            say("Forecast, 80 %"),
            [_cell(one.near, unit, currency) for one, unit in zip(told.outcomes, units, strict=True)],
        ),
        Column(
            say("Actual, 95 %"),
            [_cell(one.actual, unit, currency) for one, unit in zip(told.outcomes, units, strict=True)],
        ),
        Column(say("At the control's rate"), [_control(one, currency) for one in told.outcomes]),
        Column(say("Against the limits"), [_verdict(told, one) for one in told.outcomes]),
    )
    planned, treated = (figures.number(n) for n in (told.planned, told.treated))
    caption = sentences(
        [
            say("{planned} customers planned, {treated} treated", planned=planned, treated=treated),
            say("return against the control") if told.incremental else say("return of all sales to the treated"),
        ]
    )
    return Block("", opened(caption), Table(columns, say("From plan to result"), "promised_table", prose=True))


def _cell(numbers: Intervals, unit: Unit, currency: str) -> str:
    value = estimates.value(numbers, 0, unit, currency)
    between = estimates.limits(numbers, 0, unit, currency)
    return f"{value} ({between})" if between else value


def _control(one: Outcome, currency: str) -> str:
    if math.isnan(one.control):
        return say("none")
    return estimates.written(one.control, math.nan, math.nan, UNITS[one.key], currency)


def _verdict(told: Promised, one: Outcome) -> str:
    if told.waiting and one.key != "cost":
        return say("still counting")
    return {0: say("inside"), 1: say("above"), -1: say("below")}[_side(one)]
