"""Last week's list: what was done of it, and what came of what was done and of what was not."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np
from answers.week.came import Came
from answers.week.tasks import LastList
from answers.week.to_do import ToDo
from data_access.workspace.tasks import State
from metrics.catalogue import Unit
from metrics.estimate import Intervals, Reason
from metrics.moments import Counts

from story import figures
from story.columns import Column
from story.parts import Block, Table
from story.week.to_do import KINDS
from story.words import say

NAME: Final = "last_list"
"""Of the block that says what became of last week's list."""


def block(answer: ToDo) -> Block | None:
    """What became of the rows that last week's list was the first to hold; None where it held none."""
    last = answer.last
    if last is None:
        return None
    states: dict[str, Counter[State]] = {}
    for key, task in last.tasks.items():
        states.setdefault(key.kind, Counter())[task.last.state] += 1
    kinds = [kind for kind in KINDS if kind in states]

    def column(name: str, *wanted: State) -> Column:
        counted = [sum(states[kind][state] for state in wanted) for kind in kinds]
        return Column(name, np.asarray(counted, dtype=np.float64), unit=Unit.COUNT)

    columns = (
        Column(say("Kind"), [say(KINDS[kind]) for kind in kinds]),
        column(say("Listed"), *State),
        column(say("Done"), State.DONE),
        column(say("Put off"), State.PUT_OFF),
        column(say("Dismissed"), State.DISMISSED),
        column(say("Untouched"), State.OPEN),
    )
    heading = _heading(last)
    caption = say("Rows that were new in the seven days before, and what was done with them up to now")
    if answer.came is None:
        return Block(heading, caption, Table(columns, say("Last week's list"), NAME, prose=True), name=NAME)
    after = say(
        "Came true: spoken with, closed, came, bought, of money that has matured kept here; tiers are told by the next "
        "month. Who was worked on was chosen: the two differ by more than the work, and their difference is not its "
        "effect"
    )
    columns = (*columns, *_came(answer.came, kinds))
    return Block(heading, caption, Table(columns, say("Last week's list"), NAME, prose=True), after=after, name=NAME)


def _came(came: Came, kinds: list[str]) -> tuple[Column, ...]:
    """What came of the rows that were done and of the others, and the difference."""
    place = {kind: number for number, kind in enumerate(came.kinds)}

    def of(counts: Counts) -> list[str]:
        known = [place[kind] if kind in place and counts.n[place[kind]] else None for kind in kinds]
        return [
            say("not known yet")
            if row is None
            else say("{part} of {n}", part=figures.number(counts.successes[row]), n=figures.number(counts.n[row]))
            for row in known
        ]

    def column(name: str) -> list[float]:
        values = getattr(came.difference, name)
        return [float(values[place[kind]]) if kind in place else np.nan for kind in kinds]

    reason = [str(came.difference.reason[place[kind]]) if kind in place else Reason.TOO_FEW.value for kind in kinds]
    between = Intervals.of(column("estimate"), column("low"), column("high"), n=column("n"), reason=reason)
    return (
        Column(say("Came true, done"), of(came.done)),
        Column(say("Came true, not done"), of(came.not_done)),
        Column(say("Difference"), between, unit=Unit.POINTS, signed=True),
    )


def on_paper(answer: ToDo) -> Block | None:
    """The same in a sentence, all kinds together; None where last week's list held nothing."""
    if answer.last is None:
        return None
    return Block(_heading(answer.last), "" if answer.came is None else _said(answer.came), None)


def _heading(last: LastList) -> str:
    n = figures.number(len(last.tasks))
    return say("Last week's list: {done} of {n} done", done=figures.number(last.done), n=n)


def _said(came: Came) -> str:
    def of(counts: Counts) -> str:
        return say("{part} of {n}", part=figures.number(counts.successes.sum()), n=figures.number(counts.n.sum()))

    return say(
        "Came true of those done: {done}, of the others: {others}. Who was worked on was chosen: "
        "the difference is not the effect of the work.",
        done=of(came.done),
        others=of(came.not_done),
    )
