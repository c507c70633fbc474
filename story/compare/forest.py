"""All metrics and guardrails in one plot, each in multiples of its own line, with values and verdicts beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from answers.compare.compare import Comparison
from metrics.catalogue import Unit
from metrics.estimate import Intervals
from metrics.inference.comparison.guardrail import Guardrail
from metrics.inference.study.design import Counted, Kind
from metrics.inference.study.harm import HIGHER_IS_BETTER, Harm
from metrics.inference.study.result import Measured, Study
from metrics.inference.study.standing import Standing

from story import estimates
from story.chart import forest
from story.chart.theme import Role
from story.columns import Column
from story.compare import called, verdict
from story.parts import Block, Chart, Nothing, Table
from story.words import language, listed, opened, say, say_count, sentences

WIDEST = 4.5
"""Multiples of a line beyond which an interval is cut."""

_ENDS = {"en": (0.37, 0.445, 0.59, 0.835, 1.0), "zh": (0.37, 0.45, 0.575, 0.87, 1.0)}
"""Where the columns end: in Chinese differences are longer and verdicts shorter."""


@dataclass(frozen=True, slots=True)
class Line:
    """One metric or guardrail as it is written and drawn."""

    key: str
    a: str
    b: str
    line: str
    difference: str
    verdict: str
    drawn: Intervals | None  # in multiples of its line, right is better for side a as laid out
    role: Role
    gain: bool
    lined: bool  # whether what it must reach to pay is known


def block(answer: Comparison, seen: Study) -> Block:
    """The plot, or why there is none."""
    lines = written(answer, seen)
    drawn = [line for line in lines if line.drawn is not None]
    a, b = called.shown_sides(answer, swaps=seen.swaps)
    if not drawn:
        nothing = Nothing(say("There is nothing to draw yet."), say("All that is known stands in the table below."))
        return Block(heading(seen), "", nothing)
    pays = _pays(seen)
    without = [called.metric_name(line.key) for line in drawn if line.gain and not line.lined] if pays else []
    caption = sentences(
        [
            say("{a} minus {b}, right is better for {a}", a=a, b=b),
            say("each row in multiples of its own line: what it must reach to pay, or the harm accepted beforehand")
            if pays
            else say("each row in multiples of the smallest effect it could have shown, or of the harm accepted"),
            allowed_for_before(seen),
            say("{metrics} in multiples of the smallest effect it could have shown", metrics=listed(without))
            if without
            else "",
            verdict.allowed_for(seen),
        ]
    )
    # Names of campaigns are too long for the head of a column; the caption says which is which.
    heads = (say("first"), say("second")) if answer.picked.kind is Kind.CAMPAIGNS else (a, b)
    return Block(heading(seen), opened(caption), _chart(drawn, heads, seen, pays=pays))


def allowed_for_before(seen: Study) -> str:
    """That an amount's effect is not the plain gap between the two sides, where it is not."""
    allowed = [one for one in seen.metrics if called.unit(one.key) is Unit.MONEY and _moved_by_before(one)]
    by = seen.design
    if (
        not allowed
        or not by.randomised
        or by.by_branch
        or by.counted is not Counted.ASSIGNED
        or by.kind is not Kind.ARMS
    ):
        return ""
    return say("amounts allow for what customers had bought before, so they are not the plain gap of the two")


def _moved_by_before(one: Measured) -> bool:
    gap, found = float(one.a.estimate[0] - one.b.estimate[0]), float(one.difference.estimate[0])
    return abs(gap - found) > 1e-6 * max(abs(gap), abs(found))


def heading(seen: Study) -> str:
    """What the plot says as a whole, of the side that stands first."""
    side = -1 if seen.swaps else 1
    signs = [side * measured.standing.sign for measured in seen.metrics]
    up, down, every = signs.count(1), signs.count(-1), len(signs)
    if not up and not down:
        return opened(verdict.clauses([say("no metric is shown to differ"), _harmed(seen)]))
    higher = say_count("{count} of {all} metrics is higher", "{count} of {all} metrics are higher", up, all=every)
    lower = say_count("{count} of {all} metrics is lower", "{count} of {all} metrics are lower", down, all=every)
    return opened(verdict.clauses([higher if up else "", lower if down else "", _harmed(seen)]))


def _harmed(seen: Study) -> str:
    """Which guardrails are broken, and of which harm is not ruled out."""
    broken = [called.metric_word(harm.key) for harm in seen.harms if harm.guardrail is Guardrail.BROKEN]
    settled = (Guardrail.BROKEN, Guardrail.HOLDS)
    still = [called.metric_word(harm.key) for harm in seen.harms if harm.guardrail not in settled]
    if not broken and not still:
        return say("more harm than accepted is ruled out") if seen.harms else ""
    unsettled = (
        say("harm is not ruled out")
        if len(still) == len(seen.harms)
        else say("harm is not ruled out: {what}", what=listed(still))
        if still
        else ""
    )
    return verdict.clauses([say("more harm than accepted: {what}", what=listed(broken)) if broken else "", unsettled])


def table(answer: Comparison, seen: Study) -> Table:
    """The same numbers as a table, which a phone and a file can take."""
    lines = written(answer, seen)
    a, b = called.shown_sides(answer, swaps=seen.swaps)
    columns = (
        Column(say("Metric"), [called.metric_name(line.key) for line in lines]),
        Column(a, [line.a for line in lines]),
        Column(b if b != a else say("{name} (other)", name=b), [line.b for line in lines]),
        Column(say("Its line"), [line.line for line in lines]),
        # A column more, and a phone would cut the last one.
        Column(
            say("Difference, interval, verdict"),
            [say("{difference}: {verdict}", difference=line.difference, verdict=line.verdict) for line in lines],
        ),
    )
    return Table(columns, say("Metrics of the comparison"), "comparison", prose=True)


def written(answer: Comparison, seen: Study) -> list[Line]:
    """Every metric, those that are known to pay from somewhere first, then every guardrail."""
    metrics = [_metric(answer, seen, one) for one in seen.metrics]
    return [
        *sorted(metrics, key=lambda line: not line.lined),
        *(_harm(answer, seen, one) for one in seen.harms),
    ]


def _pays(seen: Study) -> bool:
    """Whether metrics are held against what they must reach to pay: all of them, or none."""
    return abs(seen.primary.line) > 0


def _metric(answer: Comparison, seen: Study, one: Measured) -> Line:
    pays = _pays(seen) and abs(one.line) > 0
    unit = abs(one.line) if pays else one.reach.detectable
    if pays:
        size = called.size(abs(one.line), math.nan, math.nan, one.key, answer.currency)
        line = size
    elif not _pays(seen) and one.reach.detectable > 0:
        size = called.size(one.reach.detectable, math.nan, math.nan, one.key, answer.currency)
        line = size
    else:
        line = say("none")
    low, high = float(one.difference.low[0]), float(one.difference.high[0])
    role: Role = "better" if low > 0 else "worse" if high < 0 else "none"
    drawn = one.difference.scaled(1 / unit) if one.difference.known[0] and unit > 0 else None
    blocked = one.standing is Standing.BLOCKED
    return Line(
        one.key,
        _value(one.a, one.key, answer.currency),
        _value(one.b, one.key, answer.currency),
        line,
        say("withheld") if blocked else _difference(one.difference, one.key, answer.currency),
        verdict.standing(one.standing, line=pays, swaps=seen.swaps),
        drawn,
        role,
        True,
        pays,
    )


def _harm(answer: Comparison, seen: Study, one: Harm) -> Line:
    sign = 1.0 if HIGHER_IS_BETTER[one.key] else -1.0
    drawn = one.difference.scaled(sign / one.accepted) if one.difference.known[0] and one.accepted > 0 else None
    size = called.size(one.accepted, math.nan, math.nan, one.key, answer.currency)
    line = say("{size} less", size=size) if HIGHER_IS_BETTER[one.key] else say("{size} more", size=size)
    return Line(
        one.key,
        _value(one.a, one.key, answer.currency),
        _value(one.b, one.key, answer.currency),
        line,
        _difference(one.difference, one.key, answer.currency),
        verdict.guardrail(one.guardrail),
        drawn,
        ("better" if seen.swaps else "worse") if one.guardrail is Guardrail.BROKEN else "none",
        False,
        True,
    )


def _value(side: Intervals, key: str, currency: str) -> str:
    return estimates.alone(side, 0, called.unit(key), currency)


def _difference(difference: Intervals, key: str, currency: str) -> str:
    if not difference.known[0]:
        return estimates.why(difference, 0)
    estimate, low, high = (float(column[0]) for column in (difference.estimate, difference.low, difference.high))
    size = called.size(estimate, low, high, key, currency, signed=True)
    return say("{size} ({limits})", size=size, limits=called.between(low, high, key, currency))


def _chart(lines: list[Line], sides: tuple[str, str], seen: Study, *, pays: bool) -> Chart:
    swaps, none = seen.swaps, say("no effect") if seen.design.randomised else say("no difference")
    gains = [place for place, line in enumerate(lines) if line.gain and (line.lined or not pays)]
    harms = [place for place, line in enumerate(lines) if not line.gain]
    side = -1.0 if swaps else 1.0
    near, far = ("left", "right") if swaps else ("right", "left")
    marks = [forest.Mark(0.0, none, 0, len(lines) - 1, dashed=False, align=near)]
    if gains:
        named = say("pays") if pays else say("could be seen")
        marks.append(forest.Mark(side, named, gains[0], gains[-1], align=far))
    if harms:
        marks.append(forest.Mark(-side, say("harm accepted"), harms[0], harms[-1], below=True))
    return forest.chart(
        [_row(line, line.drawn) for line in lines if line.drawn is not None],
        marks,
        forest.Columns((*sides, say("its line"), say("difference"), say("verdict")), _ENDS[language()], 0.29),
        reach=_reach([line.drawn for line in lines if line.drawn is not None]),
        alt_text=heading(seen),
        key="forest",
    )


def _row(line: Line, drawn: Intervals) -> forest.Row:
    return forest.Row(
        called.metric_name(line.key),
        float(drawn.estimate[0]),
        float(drawn.low[0]),
        float(drawn.high[0]),
        line.role,
        sentences([line.difference, line.verdict]),
        (line.a, line.b, line.line, line.difference, line.verdict),
    )


def _reach(drawn: list[Intervals]) -> tuple[float, float]:
    """The same on either side of nothing, so that a swap mirrors the plot; long intervals are cut."""
    ends = [min(max(abs(float(one.low[0])), abs(float(one.high[0]))), WIDEST) for one in drawn]
    points = [abs(float(one.estimate[0])) for one in drawn]
    reach = max(1.3, *ends, *(min(point, 2 * WIDEST) for point in points)) * 1.05
    return -reach, reach
