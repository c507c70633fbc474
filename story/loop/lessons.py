"""What works for whom: themes by classes of customers; and which plans have learned from it."""

from __future__ import annotations

from typing import Final

import numpy as np
from answers.loop.cited import Citing
from metrics.catalogue import Unit
from metrics.estimate import Verdict
from metrics.planning.lessons import Lessons

from story import estimates, figures
from story.chart import matrix
from story.chart.theme import TEXT_SIZE
from story.once import once
from story.parts import Block, Chart, Claim, Claims, Link, Nothing
from story.vocabulary import names, term
from story.words import language, listed, say, say_count, sentences

MOST: Final = 8
"""Themes that are drawn, those with most campaigns."""

_ONE_LINE: Final = 9
"""Pixels above the cells, in which a name of one word has room."""

_LINE: Final = 15
"""The same, of each word more."""

_SMALL: Final = 11
"""Pixels of the letters where there is little room."""

_ROOMY: Final = 90
"""Pixels of a column in which the longest word has room in the size of all text."""

_SHOWN: Final = 0.05
"""A step of the ramp that carries readable text: the colour says that an effect is shown, and no more."""


@once
def block(lessons: Lessons) -> Block:
    """The matrix of effects."""
    if not len(lessons.theme) or not lessons.effect.known.any():
        sentence = say("Too few campaigns held customers of several classes out at random.")
        return Block(say("What works for whom cannot be told yet"), "", Nothing(sentence), width=8)
    order, themes = _themes(lessons)
    classes = sorted(set(lessons.segment))
    verdicts = lessons.effect.verdict()
    at = {(lessons.theme[row], lessons.segment[row]): row for row in order}
    cells = [
        _cell(lessons, verdicts, at.get((theme, segment)), place, column)
        for place, theme in enumerate(themes)
        for column, segment in enumerate(classes)
    ]
    shown = [row for row in order if verdicts[row] == Verdict.HIGHER]
    best = sorted(shown, key=lambda row: -lessons.effect.low[row])[:2]
    if best:
        pairs = [
            say("{theme} for {segment}", theme=_named(lessons.theme[row]), segment=term(lessons.segment[row]))
            for row in best
        ]
        heading = say("What works for whom: {pairs}", pairs=listed(pairs))
    else:
        heading = say("No theme is shown to work for any class of customers alone")
    caption = sentences(
        [
            say("Effect on conversion against the control, points, shrunk towards its theme and class"),
            say("blue: shown at 95 %, grey: no difference shown"),
            say("below: campaigns"),
            *([say("the {count} themes with most campaigns", count=MOST)] if len(set(lessons.theme)) > MOST else []),
        ]
    )
    chart = matrix.chart(
        [_named(theme) for theme in themes],
        [term(segment) for segment in classes],
        cells,
        alt_text=sentences([heading, caption]),
        key="lessons",
    )
    lines = max((len(_words(term(segment))) for segment in classes), default=1)
    return Block(heading, caption, _words_below(chart, lines), width=8)


def cited(citing: tuple[Citing, ...]) -> Block:
    """The plans whose forecast was learned from evaluated campaigns."""
    if not citing:
        sentence = say("No open plan has been frozen since campaigns were evaluated.")
        return Block(say("No plan cites them yet"), "", Nothing(sentence), width=3)
    heading = say_count("{count} plan already cites them", "{count} plans already cite them", len(citing))
    claims = [
        Claim(
            names([one.name])[0],
            say(
                "learned from {all} campaigns, {evaluated} of them evaluated, {alike} of its own theme",
                all=one.learned_from,
                evaluated=one.evaluated,
                alike=one.alike,
            ),
            (Link(say("Open the plan"), "plan", {"plan": one.plan_id, "campaign": ""}),),
        )
        for one in citing
    ]
    caption = say("A plan names the evaluated campaigns that its forecast comes from")
    return Block(heading, caption, Claims(tuple(claims)), width=3)


def _themes(lessons: Lessons) -> tuple[list[int], list[str]]:
    """Rows that are drawn, and their themes, the most tried first."""
    most = {
        theme: float(np.max([lessons.campaigns[row] for row, one in enumerate(lessons.theme) if one == theme]))
        for theme in lessons.theme
    }
    themes = sorted(most, key=lambda theme: (-most[theme], theme))[:MOST]
    return [row for row, theme in enumerate(lessons.theme) if theme in themes], themes


def _cell(lessons: Lessons, verdicts: np.ndarray, row: int | None, place: int, column: int) -> matrix.Cell:
    if row is None or not lessons.effect.known[row]:
        return matrix.Cell(place, column, say("not tried"))
    value = estimates.value(lessons.effect, row, Unit.POINTS)
    count = round(float(lessons.campaigns[row]))
    campaigns = say_count("{count} campaign", "{count} campaigns", count)
    if verdicts[row] == Verdict.LOWER:
        campaigns = say("lowered, {campaigns}", campaigns=campaigns)
    hover = sentences(
        [
            say("{value} points ({limits})", value=value, limits=estimates.limits(lessons.effect, row, Unit.POINTS)),
            campaigns,
            say("{n} contacted", n=figures.number(float(lessons.effect.n[row]))),
            say("as counted {raw}", raw=figures.number(100 * float(lessons.raw[row]), 1, signed=True)),
        ]
    )
    sure = _SHOWN if verdicts[row] == Verdict.HIGHER else None
    return matrix.Cell(place, column, estimates.alone(lessons.effect, row, Unit.POINTS), campaigns, sure, hover)


def _words(name: str) -> list[str]:
    return name.replace("-", "- ").split()


def _words_below(chart: Chart, lines: int) -> Chart:
    """Names of classes with their words below one another; on a phone what has room: upright, or two signs a line."""
    narrow = f"width < {matrix.NARROW}"
    if language() == "zh":
        narrow_label, upright, narrow_lines = "[slice(datum.label, 0, 2), slice(datum.label, 2, 4)]", "false", 2
    else:
        narrow_label, upright, narrow_lines = "datum.label", narrow, lines
    words = "split(replace(datum.label, regexp('-', 'g'), '- '), ' ')"
    label = f"{narrow} ? {narrow_label} : {words}"
    below = f"{narrow} ? {_below(narrow_lines)} : {_below(lines)}"
    told = {
        "labelAngle": {"expr": f"{upright} ? -90 : 0"},
        "labelAlign": {"expr": f"{upright} ? 'left' : 'center'"},
        "labelBaseline": {"expr": f"{upright} ? 'middle' : 'bottom'"},
        "labelPadding": {"expr": f"{upright} ? 6 : {below}"},
        "labelFontSize": {"expr": f"{narrow} || bandwidth('x') < {_ROOMY} ? {_SMALL} : {TEXT_SIZE}"},
    }
    for layer in chart.spec["layer"]:
        axis = layer["encoding"]["x"].get("axis")
        if axis:
            axis.update(labelExpr=label, labelOverlap=False, labelLimit=0, **told)
    return chart


def _below(lines: int) -> int:
    """Pixels from the first line of a name to the plot."""
    return _ONE_LINE + _LINE * (lines - 1)


def _named(theme: str) -> str:
    return term(theme) if theme else say("no theme")
