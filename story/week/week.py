"""My week: signal or noise, six numbers, what changed, what to do, where the month will end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Final

import numpy as np
from answers import period
from answers.traced import Traced
from answers.week import reach
from answers.week.reach import Reach
from answers.week.series import Measured
from answers.week.to_do import ToDo
from answers.week.week import Week
from data_access.workspace.tasks import State
from metrics.catalogue import Unit, metric
from metrics.estimate import Intervals
from metrics.week.control_chart import Rule

from story import figures
from story.campaigns.overview import branches
from story.columns import Column
from story.once import once
from story.parts import Block, Handwriting, Story, Table
from story.week import cards, charts, ends, last_list, to_do
from story.words import listed, opened, say, say_count

LISTED: Final = 8
"""Rows of what to do that have room on one page of paper though each takes two lines."""


def tell(answer: Week, waiting: ToDo | None, by: str = "line", reaches: Sequence[Reach] | None = None) -> Story:
    """The week in the reader's language.

    Args:
        answer: The week.
        waiting: What is to be done; None while it is not known, and its blocks are empty but for their names.
        by: What the change of new money is told apart by: line, channel, campaign_id or staff_id.
        reaches: The month and the season beside their targets; without targets if None.
    """
    told = _told(answer)
    first = (told.rows[0][0], *_explained(answer, by))
    lists = (
        (Block("", "", None, name=to_do.NAME), Block("", "", None, name=last_list.NAME))
        if waiting is None
        else (to_do.block(waiting, answer.currency), last_list.block(waiting))
    )
    done = tuple((block,) for block in lists if block is not None)
    return replace(told, rows=(first, *done, *_ends(answer, reaches), *told.rows[1:]))


def sheet(answer: Week, waiting: ToDo, by: str = "line", reaches: Sequence[Reach] | None = None) -> Story:
    """The week on one page of paper for a pen: what is signal, what to do, where the month will end, room to write.

    Arguments as `tell`.
    """
    waiting = _first(waiting)
    told, explained = _leading(answer), _explained(answer, by)
    last = last_list.on_paper(waiting)
    return replace(
        told,
        rows=(
            (*told.rows[0], *explained),
            (_to_tick(to_do.block(waiting, answer.currency)),),
            *([(last,)] if last is not None else []),
            *_ends(answer, reaches),
            (Block("", say("What the branch head notes by hand"), Handwriting(2)),),
        ),
    )


def _first(waiting: ToDo) -> ToDo:
    """The list with the rows of its page that have room on paper; whose they are, and not who said so when."""
    if waiting.rows is None:
        return waiting
    rows = waiting.rows.iloc[:LISTED]
    steps = tuple(
        replace(step, changed_at=None) if step.state is State.OPEN else step for step in waiting.steps[: len(rows)]
    )
    pages = waiting.pages if len(rows) == len(waiting.rows) else max(waiting.pages, 2)
    return replace(waiting, rows=rows, steps=steps, pages=pages)


def _to_tick(block: Block) -> Block:
    """The list with a box before each row."""
    return replace(block, shown=replace(block.shown, ticks=True)) if isinstance(block.shown, Table) else block


def _ends(answer: Week, reaches: Sequence[Reach] | None) -> list[tuple[Block, ...]]:
    """The month's and the season's likely end, side by side; without a row where nothing can be said."""
    own = reach.without_targets(answer) if reaches is None else reaches
    blocks = tuple(block for block in (ends.block(each, answer.currency) for each in own) if block is not None)
    return [blocks] if blocks else []


def written(key: str) -> str:
    """A week of the filter: "week 46, 9 to 15 Nov"."""
    year, number = key.split("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    days = figures.span(figures.short_day(monday), figures.short_day(monday + timedelta(days=6)))
    return say("week {number}: {days}", number=int(number), days=days)


def headline(answer: Week) -> str:
    """Signal or noise, in a sentence."""
    signals = [clause for clause in map(cards.signal, answer.measures) if clause]
    rules = [cards.rule(measured) for measured in answer.measures]
    usual, silent = rules.count(Rule.USUAL), rules.count(Rule.NOT_JUDGED)
    if signals:
        rest = say("everything else moved as usual") if usual and not silent else ""
        return opened(say("{signals}; {rest}", signals=listed(signals), rest=rest) if rest else listed(signals))
    if not usual:
        return say("It is too early to say what is usual here")
    if silent:
        return say_count(
            "An ordinary week: {count} number moved as usual, {silent} cannot be judged",
            "An ordinary week: {count} numbers moved as usual, {silent} cannot be judged",
            usual,
            silent=silent,
        )
    return say("An ordinary week: all six numbers moved as usual")


@once
def _told(answer: Week) -> Story:
    """The story without what is to be done; its first block is the chart of the number that matters."""
    leading, strips = _leading(answer), list(_strips(answer))
    compared = _compared(answer)
    rows = [(compared,)] if compared is not None else []
    rows += [tuple(strips[place : place + 2]) for place in range(1, len(strips), 2)]
    return replace(leading, rows=(*leading.rows, *rows))


def _strips(answer: Week) -> Iterator[Block]:
    """The numbers over weeks, first those of which a rule says something."""
    order = sorted(answer.measures, key=lambda measured: not cards.signal(measured))
    return (block for measured in order if (block := charts.strip(answer, measured)) is not None)


@once
def _leading(answer: Week) -> Story:
    """What comes first of it, and has room on paper: a sheet is not to wait for charts that it does not show."""
    first = next(_strips(answer), None)
    return Story(
        headline(answer),
        tuple(_facts(answer)),
        cards=tuple(cards.card(measured, answer.currency, answer.choice.branch) for measured in answer.measures),
        rows=((first or _nothing(answer),),),
        choice=tuple(_facts(answer)[:2]),
        currency=answer.currency,
        traced=Traced(period.week(answer.monday), answer.choice.branch),
    )


def _explained(answer: Week, by: str) -> tuple[Block, ...]:
    """Why new money changed; empty where that cannot be said."""
    block = _EXPLAINED.get(by, _EXPLAINED[charts.BY[0]])(answer)
    return () if block is None else (block,)


_EXPLAINED = {by: once(partial(charts.explained, by=by)) for by in charts.BY}


def _facts(answer: Week) -> list[str]:
    days = figures.span(figures.short_day(answer.monday), figures.day(answer.sunday))
    week = say("week {number}: {days}", number=answer.monday.isocalendar().week, days=days)
    return [_whose(answer), week]


def _whose(answer: Week) -> str:
    return branches(answer.branches) if answer.branches else say("all branches")


def _nothing(answer: Week) -> Block:
    loaded = not any(measured.lacks for measured in answer.measures)
    why = (
        say("No customer, sale, answer or contact of {branches} is in the data yet", branches=_whose(answer))
        if loaded and answer.branches
        else say("The tables of the six numbers are not loaded, or empty")
    )
    return Block(say("No week can be drawn yet"), why, None)


def _compared(answer: Week) -> Block | None:
    """All six numbers against the week before and the comparable week of last year."""
    told = [measured for measured in answer.measures if measured.review is not None]
    if not told:
        return None
    units = tuple(metric(measured.key).unit for measured in told)
    differences = tuple(Unit.POINTS if unit is Unit.SHARE else unit for unit in units)
    columns = (
        Column(say("Number"), [cards.name(measured) for measured in told]),
        Column(say("This week"), [cards.value(measured, answer.currency) for measured in told]),
        Column(say("Usual"), [cards.usual(measured, answer.currency) or say("not known yet") for measured in told]),
        _difference(say("Against the week before"), [m.review.on_week for m in told if m.review], differences),
        _difference(say("Against last year"), [m.review.on_year for m in told if m.review], differences),
        Column(say("Comparable week of last year"), [_compared_with(measured) for measured in told]),
        Column(say("Verdict"), [cards.badge(measured)[0] for measured in told]),
    )
    caption = say(
        "Differences with their 95 % interval, of shares in percentage points · two weeks always differ: only a rule "
        "of the control chart makes a signal · around Spring Festival the week at the same distance from it is meant"
    )
    return Block(say("Against the week before and last year"), caption, Table(columns, say("The six numbers"), "six"))


def _difference(header: str, found: Sequence[Intervals | None], units: tuple[Unit, ...]) -> Column:
    def column(name: str) -> list[float]:
        return [float(getattr(each, name)[0]) if each is not None else np.nan for each in found]

    reason = ["not_recorded" if each is None else str(each.reason[0]) for each in found]
    intervals = Intervals.of(column("estimate"), column("low"), column("high"), n=column("n"), reason=reason)
    return Column(header, intervals, unit=units, signed=True)


def _compared_with(measured: Measured) -> str:
    if measured.review is None or measured.review.on_year is None:
        return say("not in the data")
    return figures.day(measured.review.compared_with.astype("datetime64[D]").item())
