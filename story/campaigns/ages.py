"""Campaigns at equal age: one that began last week beside one of last spring, each by days since assignment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from answers.campaigns.ages import Ages
from metrics.catalogue import Unit
from metrics.estimate import Intervals
from numpy.typing import NDArray

from story import estimates, figures
from story.chart.over_time import ages
from story.parts import Block, Nothing
from story.words import say, say_count, sentences

NAME: Final = "ages"
"""What the screen knows the block by: it is drawn after the rest."""

WEEK: Final = 7


def begun() -> Block:
    """The block while its answer is still being counted."""
    return Block(say("Conversion at equal age"), "", None, name=NAME)


def block(answer: Ages, called: Mapping[str, str]) -> Block:
    """The curves with what they had come to by one day.

    Args:
        answer: the curves.
        called: name of every key.
    """
    caption = say(
        "Share of the treated that bought by each day since assignment, those still counting included · "
        "Kaplan-Meier · audiences differ, so a higher curve alone is no better campaign"
    )
    if answer.day is None or not np.nansum(answer.curves.converted):
        nothing = Nothing(say("Nobody has bought yet, so there is no curve."))
        return Block(say("Conversion at equal age"), caption, nothing, name=NAME)
    heading = _heading(answer, called)
    behind = len(answer.keys) - answer.named
    faint = say_count("faint: the one other", "faint: the {count} others", behind) if behind else ""
    curves = [
        _curve(answer, row, called[key], in_front=row < answer.named)
        for row, key in reversed(list(enumerate(answer.keys)))
    ]
    chart = ages.chart(curves, answer.day, alt_text=sentences([heading, _each(answer, called)]), key=NAME)
    return Block(heading, sentences([caption, faint]), chart, after=_each(answer, called), name=NAME)


def _heading(answer: Ages, called: Mapping[str, str]) -> str:
    """The range of the named, and of those behind where there are any."""
    shares, named = answer.shares, answer.named
    low, high = _range(shares, 0, named)
    own = say(
        "By day {day} from {low} ({least}) to {high} ({most})",
        day=figures.number(answer.day or 0),
        low=_share(shares, low),
        least=called[answer.keys[low]],
        high=_share(shares, high),
        most=called[answer.keys[high]],
    )
    if low == high:
        own = say(
            "By day {day} {name} stood at {share}",
            day=figures.number(answer.day or 0),
            name=called[answer.keys[low]],
            share=_share(shares, low),
        )
    if not answer.counting or not shares.known[named:].any():
        return own
    least, most = _range(shares, named, len(answer.keys))
    return sentences(
        [
            own,
            say(
                "the others stood from {low} to {high}",
                low=_share(shares, least),
                high=_share(shares, most),
            ),
        ]
    )


def _range(shares: Intervals, first: int, last: int) -> tuple[int, int]:
    part = shares.estimate[first:last]
    return first + int(np.nanargmin(part)), first + int(np.nanargmax(part))


def _each(answer: Ages, called: Mapping[str, str]) -> str:
    """Every named curve on the day, with its interval."""
    shares = answer.shares
    said: list[str] = []
    for row, key in enumerate(answer.keys[: answer.named]):
        limits = estimates.limits(shares, row, Unit.SHARE)
        said.append(
            say("{name} {share} ({limits})", name=called[key], share=_share(shares, row), limits=limits)
            if limits
            else say("{name} nobody so far", name=called[key])
        )
    return sentences(said)


def _share(shares: Intervals, row: int) -> str:
    """A share; of nobody so far it is 0, which has no limits."""
    if shares.estimate[row] == 0:
        return figures.percent(0.0)
    return estimates.value(shares, row, Unit.SHARE)


def _curve(answer: Ages, row: int, name: str, *, in_front: bool) -> ages.Curve:
    """Day by day; one behind the others by the week and on its last day, for nobody reads a day of it."""
    watched = np.flatnonzero(~np.isnan(answer.curves.converted[row]))
    days = watched if in_front else watched[(watched % WEEK == 0) | (watched == watched.max(initial=0))]
    shares = answer.curves.converted[row, days].tolist()
    return ages.Curve(name if in_front else "", days.tolist(), shares, _hover(answer, row, name, days))


def _hover(answer: Ages, row: int, name: str, days: NDArray[np.intp]) -> list[str]:
    found = answer.curves
    return [
        say(
            "{name}, day {day}: {share} ({low} to {high}), {n} watched",
            name=name,
            day=day,
            share=figures.percent(share, 1),
            low=figures.percent(low, 1),
            high=figures.percent(high, 1),
            n=figures.number(n),
        )
        if low == low
        else say("{name}, day {day}: nobody so far, {n} watched", name=name, day=day, n=figures.number(n))
        for day, share, low, high, n in zip(
            days.tolist(),
            found.converted[row, days],
            found.low[row, days],
            found.high[row, days],
            found.at_risk[row, days],
            strict=True,
        )
    ]
