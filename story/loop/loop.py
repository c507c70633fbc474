"""The loop: who is waited for, what one campaign taught, how good the forecasts are, what works for whom."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from answers.loop.board import DECIDE_IN, Stage
from answers.loop.forecasts import NEAR
from answers.loop.loop import Loop
from answers.traced import Traced
from metrics.catalogue import Unit
from metrics.estimate import Verdict
from metrics.planning.naive import MEASURES

from story import estimates, figures, period
from story.campaigns.overview import branches
from story.cards import DASH
from story.loop import board, evaluation, history, lessons, record, words
from story.parts import Block, Card, Story
from story.words import number_word, opened, say, say_count

_NOBODY: Mapping[str, str] = MappingProxyType({})


def tell(answer: Loop, called: Mapping[str, str] = _NOBODY, stage: str = "", measure: str = "") -> Story:
    """The loop in the reader's language.

    Args:
        answer: The loop.
        called: Names of people by email.
        stage: The one that is laid out; the three that wait for somebody if empty.
        measure: Of the track record; the one whose limits held least if empty.
    """
    looked_at = measure if measure in MEASURES else record.most_telling(answer.record)
    stages = [one for one in Stage if str(one) == stage]
    first: tuple[Block, ...] = tuple(board.block(answer.board, one, called) for one in board.COLUMNS)
    rows: list[tuple[Block, ...]] = [(board.whole(answer.board, stages[0], called),) if stages else first]
    if answer.evaluated is not None:
        said = history.block(evaluation.name(answer.evaluated), answer.item, answer.decided, called)
        rows += evaluation.rows(answer.evaluated, said)
    rows += record.rows(answer.record, looked_at, called, answer.currency)
    rows.append((lessons.block(answer.lessons), lessons.cited(answer.citing)))
    return Story(
        _headline(answer),
        tuple(_facts(answer)),
        cards=tuple(_cards(answer)),
        rows=tuple(rows),
        choice=tuple(_chosen(answer)),
        currency=answer.currency,
        traced=Traced(answer.looked_at, ""),
    )


def _headline(answer: Loop) -> str:
    waiting, late = answer.board.waiting, answer.board.late
    if waiting:
        first = say_count(
            "{word} campaign waits for someone", "{word} campaigns wait for someone", waiting, word=number_word(waiting)
        )
        if late:
            first = say_count(
                "{first}, {word} past its date",
                "{first}, {word} past their date",
                late,
                first=first,
                word=number_word(late),
            )
    else:
        first = say("no campaign waits for anybody")
    return opened(say("{first}; {second}", first=first, second=_forecasts(answer)))


def _forecasts(answer: Loop) -> str:
    """How good the forecasts are, in a clause."""
    if not answer.record.campaigns:
        return say("no frozen forecast has an outcome yet")
    if record.few(answer.record):
        return say("too few forecasts have an outcome to judge them")
    narrow = record.narrow(answer.record)
    if narrow:
        key = min(narrow, key=lambda one: answer.record.measures[one].coverage.estimate[0])
        return say("forecasts of {measure} are too sure of themselves", measure=words.small(words.measure(key)))
    return say("the forecasts' limits hold what they promise")


def _chosen(answer: Loop) -> list[str]:
    return [
        period.named(answer.looked_at),
        branches(answer.branches) if answer.branches else say("whole bank"),
    ]


def _facts(answer: Loop) -> list[str]:
    items = len(answer.board.items)
    return [
        *_chosen(answer),
        say_count("{count} from idea to closed", "{count} from idea to closed", items),
        say_count("{count} ended", "{count} ended", answer.board.ended),
        say_count(
            "{count} held against a frozen forecast",
            "{count} held against their frozen forecasts",
            answer.record.campaigns,
        ),
    ]


def _cards(answer: Loop) -> list[Card]:
    found = answer.board
    return [
        Card(
            say("Evaluated"),
            _share(found.evaluated, found.ended),
            say("{part} of {whole} ended", part=found.evaluated, whole=found.ended),
            say("Campaigns whose windows have closed and of which somebody has said what was learned, of all of them."),
        ),
        Card(
            say("Decided"),
            _share(found.decided, found.evaluated),
            say("{part} of {whole} evaluated", part=found.decided, whole=found.evaluated),
            say("Campaigns with an approved decision, of those that were evaluated."),
        ),
        Card(
            say("Days to decide"),
            DASH if found.days is None else figures.number(found.days),
            say("median, {days} allowed", days=DECIDE_IN.days)
            if found.days is not None
            else say("nothing decided yet"),
            say("From the day on which the last window closed to the approved decision."),
        ),
        _held(answer),
        _leaning(answer),
        _arrived(answer),
    ]


def _share(part: int, whole: int) -> str:
    return figures.percent(part / whole) if whole else DASH


def _held(answer: Loop) -> Card:
    said = say("Outcomes inside the 80 % limits of their frozen forecast, all five measures; campaigns are the units.")
    held = answer.record.held.coverage
    name = say("Limits held")
    if record.few(answer.record) or not np.isfinite(held.estimate[0]):
        return Card(name, DASH, _too_few(answer), said)
    ends = estimates.limits(held, 0, Unit.SHARE)
    badge = {
        Verdict.LOWER: (say("too narrow"), "orange"),
        Verdict.HIGHER: (say("wider than needed"), "gray"),
    }.get(Verdict(held.verdict(NEAR)[0]))
    rests = say("80 % promised, {limits}", limits=ends) if ends else say("80 % promised")
    return Card(name, figures.percent(float(held.estimate[0])), rests, said, badge)  # pyright: ignore[reportArgumentType]


def _too_few(answer: Loop) -> str:
    if not answer.record.campaigns:
        return say("no forecast with an outcome")
    return say_count(
        "{count} forecast with an outcome, too few",
        "{count} forecasts with an outcome, too few",
        answer.record.campaigns,
    )


def _leaning(answer: Loop) -> Card:
    """By how much conversions differ from their forecast: the rate that every other number rests on."""
    name = say("Leaning")
    said = say("Conversion above or below the forecast, on average; below 0 the forecasts were hopeful.")
    bias = answer.record.measures["conversion"].bias
    if record.few(answer.record) or not bias.known[0]:
        return Card(name, DASH, _too_few(answer), said)
    shown = [math.expm1(float(column[0])) for column in (bias.estimate, bias.low, bias.high)]
    verdict = Verdict(bias.verdict()[0])
    word = {
        Verdict.LOWER: say("hopeful"),
        Verdict.HIGHER: say("cautious"),
    }.get(verdict, say("none shown"))
    low, high = (figures.number(100 * value, signed=True) for value in shown[1:])
    return Card(
        name,
        figures.number(100 * shown[0], signed=True) + figures.percent(0.0)[1:],
        say("{limits}, {word}", limits=figures.span(low, high), word=word),
        said,
    )


def _arrived(answer: Loop) -> Card:
    name = say("Gain arrived")
    said = say("Contribution after cost that came, of what frozen forecasts promised, over campaigns with both.")
    if not answer.record.summed:
        return Card(name, DASH, say("no forecast with an outcome"), said)
    promised = figures.money(answer.record.promised, answer.currency, signed=True)
    return Card(
        name,
        figures.money(answer.record.arrived, answer.currency, signed=True),
        say_count(
            "{amount} promised, {count} campaign",
            "{amount} promised, {count} campaigns",
            answer.record.summed,
            amount=promised,
        ),
        said,
    )
