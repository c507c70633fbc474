"""Groups that nobody drew: like with like step by step, what stays uncontrolled, and what would settle it."""

from __future__ import annotations

import math

import numpy as np
from answers.compare.compare import Comparison
from metrics.catalogue import Unit
from metrics.inference.study.alike import Alike
from metrics.inference.study.result import Study

from story import figures
from story.chart import forest, theme
from story.compare import called
from story.estimates import Style
from story.parts import Block, Claim, Claims, Nothing
from story.words import say, sentences


def ladder(answer: Comparison, seen: Study) -> Block:
    """The difference as counted, then with ever more held alike."""
    found = seen.alike
    if found is None or not found.difference.known.any():
        return Block(say("Like with like"), "", Nothing(say("Too few have their like in the other group.")))
    unit = called.unit_of_difference(seen.primary.key)
    differences = [found.difference[np.array([row])] for row in range(len(found.difference))]
    named = [say("as counted"), *(say("within {traits}", traits=called.traits(step)) for step in found.traits[1:])]
    if seen.own_controls is not None:
        differences.append(seen.own_controls)
        named.append(say("each less its own control"))
    kept = [
        (name, one, share)
        for name, one, share in zip(named, differences, (*found.compared, math.nan), strict=False)
        if one.known[0]
    ]
    largest = max(abs(float(one.estimate[0])) for _, one, _ in kept)
    style = Style.of(unit, answer.currency, largest, signed=True)
    scale = style.divisor if unit is Unit.MONEY else 1.0
    rows = [
        forest.Row(
            _short(name),
            float(one.estimate[0]) / scale,
            float(one.low[0]) / scale,
            float(one.high[0]) / scale,
            "none",
            name,
            (
                style.cell(one, 0),
                "" if math.isnan(share) or share >= 1 else say("for {share}", share=figures.percent(share)),
            ),
        )
        for name, one, share in kept
    ]
    ends = [max(abs(row.low), abs(row.high)) for row in rows]
    reach = max(*ends, 1e-9) * 1.05
    caption = sentences(
        [
            say(
                "{metric}, {unit}, with intervals",
                metric=called.metric_name(seen.primary.key),
                unit=style.mark or say("points"),
            ),
            say("no break-even verdict is given: what is left may still be choice"),
            say("for how many there are like ones in the other group stands beside it"),
        ]
    )
    chart = forest.chart(
        rows,
        [forest.Mark(0.0, say("no difference"), 0, len(rows) - 1, dashed=False)],
        forest.Columns((say("difference"), ""), (0.82, 1.0), 0.4, roomy=290),
        reach=(-reach, reach),
        alt_text=_heading(found),
        key="ladder",
        axis=theme.axis_label(unit),
    )
    return Block(_heading(found), caption, chart)


def _short(name: str) -> str:
    return name if len(name) < 34 else say("all traits alike")


def _heading(found: Alike) -> str:
    first, last = float(found.difference.estimate[0]), float(found.difference.estimate[-1])
    if found.reversing:
        return say("Held alike, the sign turns round: the mix misleads")
    if math.isnan(last) or math.isnan(first):
        return say("Like with like")
    if abs(last) < abs(first) * 0.8:
        return say("The more the mix is allowed for, the less is left")
    if abs(last) > abs(first) * 1.25:
        return say("The mix hid part of the difference")
    return say("The mix explains little of the difference")


def claims(answer: Comparison, seen: Study) -> Block:
    """What the numbers can't say, and what would."""
    told = [
        Claim(
            say("What remains uncontrolled."),
            say(
                "Whoever meant to buy may be in one group for that reason; nothing here records intention. {hidden}",
                hidden=hidden(seen),
            ),
        )
    ]
    if reversal := _reversal(seen):
        told.insert(0, Claim(say("The mix misleads."), reversal))
    if settle := _settle(seen):
        told.append(Claim(say("What would settle it."), settle))
    return Block("", "", Claims(tuple(told)))


def hidden(seen: Study) -> str:
    """How strong an unseen trait would have to be."""
    if seen.alike is None or math.isnan(point := float(seen.alike.hidden.point[0])):
        return ""
    limit = float(seen.alike.hidden.limit[0])
    if limit <= 1:
        return say(
            "Like with like no difference is shown, so nothing hidden is needed to explain it; a trait {times} times "
            "as common in one group and as telling for the outcome would explain the number itself.",
            times=figures.number(point, 1),
        )
    return say(
        "A hidden trait {times} times as common in one group, and as telling for the outcome, would explain all that "
        "is left (E-value); {least} times would be enough for the limit.",
        times=figures.number(point, 1),
        least=figures.number(limit, 1),
    )


def _reversal(seen: Study) -> str:
    if seen.alike is None or not seen.alike.reversing:
        return ""
    return say(
        "As counted one group is ahead; within {traits} the other is (Simpson's paradox).",
        traits=called.traits(seen.alike.reversing),
    )


def _settle(seen: Study) -> str:
    """What as many customers, half of them held out by lot, would show."""
    rise, everybody = seen.by_lot, sum(seen.matured)
    if math.isnan(rise):
        return say("Draw the groups by lot next time: then the difference is an effect.")
    return say(
        "Draw the groups by lot next time: of {n} customers half held out would show {rise} points, with power 80 %.",
        n=figures.number(everybody),
        rise=figures.number(rise * 100, 1),
    )
