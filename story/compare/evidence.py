"""The effect through time, groups of customers, and how alike the sides were before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from answers.compare.compare import Comparison
from metrics.catalogue import Unit
from metrics.inference.comparison.verdict import Grade
from metrics.inference.study.course import Course
from metrics.inference.study.result import Study
from metrics.inference.study.standing import Standing

from story import figures
from story.chart import forest, theme
from story.chart.over_time import band
from story.chart.theme import Role
from story.compare import called, groups
from story.estimates import Style, written
from story.parts import Block, Nothing
from story.words import listed, opened, say, sentences

BALANCE = 0.1
"""Standard deviations inside which two groups are called alike."""


def course(answer: Comparison, seen: Study) -> Block:
    """The effect as it stood, inside limits that hold on every day."""
    first = seen.primary
    found = seen.course
    known = np.zeros(0, dtype=bool) if found is None else found.band.known
    if found is None or known.sum() < 2:
        why = (
            say("Whole branches were assigned: their number is too small for limits that hold on every day.")
            if seen.design.by_branch
            else say("Too few customers have been counted to the end.")
        )
        drawn = seen.design.randomised
        return Block(say("The effect through time") if drawn else say("The difference through time"), "", Nothing(why))
    unit = called.unit_of_difference(first.key)
    style = Style.of(unit, answer.currency, float(np.nanmax(np.abs(found.band.estimate[known]))), signed=True)
    rows = np.flatnonzero(known)
    looks = set(found.looks["row"])
    frame = pd.DataFrame(
        {
            **{
                name: getattr(found.band, name)[rows] / (style.divisor if unit is Unit.MONEY else 1.0)
                for name in ("estimate", "low", "high")
            },
            "look": [int(row) in looks for row in rows],
        }
    )
    frame["hover"] = [
        say(
            "{day}: {size} ({limits})",
            day=figures.day(found.day[int(row)].date()),
            size=written(*_three(found.band, int(row)), unit, answer.currency, signed=True),
            limits=called.between(*_three(found.band, int(row))[1:], first.key, answer.currency),
        )
        for row in rows
    ]
    lines = [(0.0, say("no effect") if seen.design.randomised else say("no difference"), False)]
    if abs(first.line) > 0 and seen.design.counted == "assigned":
        lines.append((first.line / (style.divisor if unit is Unit.MONEY else 1.0), say("pays"), True))
    mark = style.mark if unit is Unit.MONEY else say("points") if unit is Unit.POINTS else ""
    caption = sentences(
        [
            say("{metric}, {unit}, as it stood each day", metric=called.metric_name(first.key), unit=mark),
            say("band: holds on all days at once, {level}", level=figures.percent(seen.design.level)),
            say("dots: the planned looks") if looks else "",
        ]
    )
    role = _role(first.standing, seen.swaps)
    heading = _course_heading(seen, found, max(first.line, 0.0) if first.line > 0 else 0.0)
    return Block(
        heading,
        caption,
        band.chart(
            [found.day[int(row)].date() for row in rows],
            frame,
            lines,
            role=role,
            label=theme.axis_label(unit),
            alt_text=sentences([called.metric_name(first.key), heading, str(frame["hover"].iloc[-1])]),
            key="course",
        ),
    )


def _course_heading(seen: Study, found: Course, line: float) -> str:
    trend = seen.novelty
    if trend is not None and trend.trend.known[0] and trend.test.p_value[0] < 1 - seen.design.level:
        falls = (float(trend.trend.estimate[0]) < 0) != seen.swaps
        return say("The effect fades with the weeks") if falls else say("The effect grows with the weeks")
    if line > 0 and (since := found.left_behind(line)) is not None:
        return say("The effect left the break-even line behind by {day}", day=figures.day(found.day[since].date()))
    if (since := found.left_behind(0.0)) is not None:
        return say("More is shown on every day since {day}", day=figures.day(found.day[since].date()))
    if (since := found.swapped().left_behind(0.0)) is not None:
        return say("Less is shown on every day since {day}", day=figures.day(found.day[since].date()))
    randomised = seen.design.randomised
    if bool(((found.band.low > 0) | (found.band.high < 0)).any()):
        return (
            say("An effect was shown on some days, and is not by now")
            if randomised
            else say("A difference was shown on some days, and is not by now")
        )
    if not randomised:
        return say("The band has held no difference on every day so far")
    return say("The band has held no effect on every day so far")


def segments(answer: Comparison, seen: Study) -> Block | None:
    """Groups of customers; whether they differ at all is tested first."""
    if seen.segments is None:
        return None
    first = seen.primary
    whole = groups.Whole(first.key, answer.currency, seen.design.randomised, float(first.difference.estimate[0]))
    return groups.block(seen.segments, whole)


def balance(answer: Comparison, seen: Study) -> Block | None:
    """How alike the sides were before."""
    found = seen.balance
    if found is None or found["difference"].isna().all():
        return None
    found = found[found["difference"].notna()]
    unlike = [called.trait(str(name)) for name in found.loc[found["unlike"], "trait"]]
    a, b = called.shown_sides(answer, swaps=seen.swaps)
    if seen.design.randomised and not seen.off_plan:
        heading = (
            say("Chance left the groups unlike in: {traits}", traits=listed(unlike))
            if unlike
            else say("Chance made the two groups alike")
        )
    else:
        heading = (
            say("They were other customers before: {traits}", traits=listed(unlike))
            if unlike
            else say("In what is recorded the two groups were alike before")
        )
    caption = sentences(
        [
            say("{a} minus {b} before the campaign, in standard deviations", a=a, b=b),
            say("inside the band they are alike"),
        ]
    )
    told = found["difference"].to_numpy(float)
    reach = max(0.32, float(np.abs(told[np.isfinite(told)]).max(initial=0.0)) * 1.15)
    rows = [
        forest.Row(opened(called.trait(str(trait))), drawn, drawn, drawn, "worse" if other else "none", text, (text,))
        for trait, other, drawn, text in zip(
            found["trait"], found["unlike"], np.clip(told, -reach, reach).tolist(), map(_gap, told), strict=True
        )
    ]
    marks = [forest.Mark(0.0, "", 0, len(rows) - 1, dashed=False)]
    chart = forest.chart(
        rows,
        marks,
        forest.Columns(("",), (0.99,), 0.86, roomy=150),
        reach=(-reach, reach),
        alt_text=heading,
        key="balance",
        axis="datum.value == 0 ? '0' : format(datum.value, '+~g')",
        band=(-BALANCE, BALANCE),
    )
    return Block(heading, opened(caption), chart)


def _gap(difference: float) -> str:
    return figures.number(difference, 2, signed=True) if np.isfinite(difference) else say("wholly other")


def _three(intervals: object, row: int) -> tuple[float, float, float]:
    estimate, low, high = (float(getattr(intervals, name)[row]) for name in ("estimate", "low", "high"))
    return estimate, low, high


def _role(standing: Standing, swaps: bool) -> Role:
    sign = standing.sign * (-1 if swaps else 1)
    return theme.role_of(Grade.RAISED if sign > 0 else Grade.LOWERED) if sign else "none"
