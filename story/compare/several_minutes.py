"""Several side by side as plain text: verdict, numbers and method, to paste into minutes."""

from __future__ import annotations

from collections.abc import Iterator

from answers.compare.several import Several
from metrics.estimate import Intervals

from story import estimates, figures
from story.compare import called, several
from story.compare.verdict import ended
from story.words import opened, say, sentences


def minutes(answer: Several) -> str:
    """Verdict, numbers and method in the reader's language."""
    found = answer.found
    lines = [
        ended(several.headline(answer)),
        opened(sentences(several.facts(answer))),
        *(ended(opened(doubt)) for doubt in several.doubts(answer)),
        "",
        *_members(answer),
        "",
        *_pairs(answer),
        "",
        ended(
            opened(
                sentences(
                    [
                        several.level(len(found.own)),
                        say("of the pairs: {level}", level=several.level(len(found.pairs))),
                    ]
                )
            )
        ),
        say("data as of {day}", day=figures.day(answer.as_of)) + " · " + say("version {id}", id=answer.version),
    ]
    return "\n".join(lines)


def _members(answer: Several) -> Iterator[str]:
    told = answer.found.own if answer.found.rest is None else answer.found.rest
    unit = called.unit(answer.found.key)
    for row, one in enumerate(answer.members):
        yield say(
            "{name}: {value} ({n} customers); {against} {difference}; {verdict}",
            name=several.member(one),
            value=estimates.value(answer.treated, row, unit, answer.currency),
            n=figures.number(answer.customers[row][0]),
            against=say("against its own control") if answer.found.rest is None else say("against the others"),
            difference=_difference(answer, told, row),
            verdict=several.word(told, row),
        )


def _pairs(answer: Several) -> Iterator[str]:
    shown = [several.member(one) for one in answer.members]
    for row, (first, second) in enumerate(answer.found.pairs):
        yield say(
            "{first} against {second}: {difference}; {verdict}",
            first=shown[first],
            second=shown[second],
            difference=_difference(answer, answer.found.between, row),
            verdict=several.word(answer.found.between, row),
        )


def _difference(answer: Several, told: Intervals, row: int) -> str:
    if not told.known[row]:
        return estimates.why(told, row)
    estimate, low, high = (float(column[row]) for column in (told.estimate, told.low, told.high))
    key, currency = answer.found.key, answer.currency
    return say(
        "{size} ({limits})",
        size=called.size(estimate, low, high, key, currency, signed=True),
        limits=called.between(low, high, key, currency),
    )
