"""How good the forecasts were: where outcomes landed in their limits, measure by measure, and by whom and for what."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from answers.loop.forecasts import NEAR
from answers.loop.record import Record
from metrics.catalogue import Unit
from metrics.estimate import Intervals, Verdict
from metrics.planning.naive import MEASURES
from metrics.planning.track import FEWEST, Groups

from story import estimates, figures
from story.chart import interval, theme
from story.chart.over_time import landed
from story.columns import Column
from story.loop import words
from story.loop.board import Called, person
from story.once import once
from story.parts import Block, Nothing, Opens, Table, Views
from story.vocabulary import names, term
from story.words import listed, say, say_count, sentences

BY_MEASURE: Final = "measure"


def rows(record: Record, measure: str, called: Called, currency: str) -> list[tuple[Block, ...]]:
    """The track record; one block that says why, where no forecast has an outcome yet."""
    if not record.campaigns:
        advice = say("Freeze a plan before its campaign begins, and confirm which campaign carries it out.")
        return [
            (
                Block(
                    say("No frozen forecast has an outcome yet"),
                    "",
                    Nothing(say("A track record counts forecasts that were frozen before a campaign began."), advice),
                ),
            )
        ]
    return [(_landed(record, measure, currency), _coverage(record)), (_by_group(record, called),)]


def few(record: Record) -> bool:
    """Whether too few campaigns have an outcome to judge the forecasts by them."""
    return record.campaigns < FEWEST


def narrow(record: Record) -> list[str]:
    """Measures whose limits held fewer outcomes than they promised, beyond chance; none where they are too few."""
    coverage = {measure: record.measures[measure].coverage for measure in MEASURES}
    return [measure for measure, of in coverage.items() if of.known[0] and of.n[0] >= FEWEST and of.high[0] < NEAR]


def most_telling(record: Record) -> str:
    """The measure that is looked at first: the one whose limits held least."""
    coverage = {measure: record.measures[measure].coverage.estimate[0] for measure in MEASURES}
    known = {measure: value for measure, value in coverage.items() if math.isfinite(value)}
    return min(known, key=known.__getitem__, default="sales")


@once
def _landed(record: Record, measure: str, currency: str) -> Block:
    own = (record.rows["measure"] == measure).to_numpy() & np.isfinite(record.place)
    table, place = record.rows[own], record.place[own]
    held = record.measures[measure].coverage
    inside = round(float(held.estimate[0] * held.n[0])) if held.known[0] else 0
    if few(record):
        heading = say(
            "{measure}: {inside} of {all} landed inside the limits, too few to judge",
            measure=words.measure(measure),
            inside=inside,
            all=len(table),
        )
    else:
        heading = say(
            "{measure}: {inside} of {all} landed inside the limits, {promised} were promised",
            measure=words.measure(measure),
            inside=inside,
            all=len(table),
            promised=round(NEAR * len(table)),
        )
    caption = sentences(
        [
            say("Each dot a campaign by its last day"),
            say("band: its frozen 80 % limits, all drawn alike"),
            say("orange worse, blue better than the limits"),
        ]
    )
    if not len(table):
        return Block(
            say("{measure}: no outcome is known", measure=words.measure(measure)),
            caption,
            Nothing(say("The feeds do not record it.")),
            width=5,
            name=BY_MEASURE,
        )
    called = names([str(one) for one in table["name"]])
    dots = [
        landed.Dot(
            called[at],
            row["ends_on"].date(),
            float(place[at]),
            _hover(row, measure, currency),
            words.role(measure, place[at]),
        )
        for at, row in enumerate(table.to_dict("records"))
    ]
    chart = landed.chart(
        dots,
        (say("upper limit"), say("forecast"), say("lower limit")),
        alt_text=heading,
        key="landed",
        opens=Opens("loop", "campaign", tuple(str(one) for one in table["campaign_id"])),
    )
    return Block(heading, caption, chart, width=5, name=BY_MEASURE)


def _hover(row: Mapping[Any, Any], measure: str, currency: str) -> str:
    came, low, high = (float(row[name]) for name in ("actual", "low", "high"))
    return say(
        "{came}, forecast {limits}",
        came=words.number(measure, came, currency),
        limits=words.limits(measure, low, high, currency),
    )


@once
def _coverage(record: Record) -> Block:
    parts = [record.measures[measure].coverage for measure in MEASURES]
    together = _stacked(parts)
    misses = narrow(record)
    n = record.campaigns
    if misses:
        others = len([part for part in parts if part.known[0]]) - len(misses)
        measures = listed(words.small(words.measure(measure)) for measure in misses)
        heading = (
            say_count(
                "Limits of {measures} are too narrow; the other {count} holds, as far as {n} can tell",
                "Limits of {measures} are too narrow; the other {count} hold, as far as {n} can tell",
                others,
                measures=measures,
                n=n,
            )
            if others
            else say("Limits of {measures} are too narrow, as far as {n} can tell", measures=measures, n=n)
        )
    elif few(record):
        heading = say_count(
            "{count} campaign says nothing of the limits yet", "{count} campaigns say nothing of the limits yet", n
        )
    else:
        heading = say("The limits hold what they promise, as far as {n} can tell", n=n)
    caption = sentences(
        [
            say("Share inside the 80 % limits"),
            say_count("{count} campaign each, 95 % interval", "{count} campaigns each, 95 % interval", n),
        ]
    )
    roles: list[theme.Role] = ["worse" if measure in misses else "none" for measure in MEASURES]
    chart = interval.chart(
        [words.measure(measure) for measure in MEASURES],
        together,
        written=lambda estimate, _low, _high: figures.percent(estimate),
        axis=theme.axis_label(Unit.SHARE),
        line=NEAR,
        roles=roles,
        on_the_right=True,
        alt_text=sentences([heading, caption]),
        key="coverage",
    )
    return Block(heading, caption, chart, after=_simple(record), width=4)


def _simple(record: Record) -> str:
    """Against two forecasters that know nothing but the past."""
    average, alike = record.nearer["average"], record.nearer["alike"]
    if not average.known[0] or not alike.known[0]:
        return ""
    half = 0.5
    told: list[str] = []
    for numbers, other in ((average, say("the average of all")), (alike, say("repeating the most similar campaign"))):
        verdict = {
            Verdict.HIGHER: say("better than"),
            Verdict.LOWER: say("worse than"),
            Verdict.NO_DIFFERENCE: say("not shown to be better than"),
        }[Verdict(numbers.verdict(half)[0])]
        told.append(
            say(
                "{verdict} {other}: nearer in {share} ({limits})",
                verdict=verdict,
                other=other,
                share=figures.percent(float(numbers.estimate[0])),
                limits=estimates.limits(numbers, 0, Unit.SHARE),
            )
        )
    return say("The forecasts are {told}.", told=say("{first}; {second}", first=told[0], second=told[1]))


def _by_group(record: Record, called: Called) -> Block:
    tables = {key: _table(key, groups, called) for key, groups in record.groups.items()}
    heading = _group_heading(record, called)
    caption = sentences(
        [
            say("All five measures together"),
            say("the campaigns are the units of the limits"),
            say_count(
                "fewer than {count} are counted and not judged", "fewer than {count} are counted and not judged", FEWEST
            ),
        ]
    )
    titles = {
        "planner": say("By planner"),
        "theme": say("By theme"),
        "channel": say("By channel"),
        "quarter": say("Over time"),
    }
    return Block(heading, caption, Views("by", say("Forecasts"), titles, tables))


def _group_heading(record: Record, called: Called) -> str:
    narrowest: list[str] = []
    for key in ("planner", "theme", "channel"):
        groups = record.groups[key]
        judged = groups.campaigns >= FEWEST
        below = judged & (groups.coverage.high < NEAR)
        narrowest += [_called(key, _label(key, str(label), called)) for label in groups.labels[below]]
    if narrowest:
        return say("Limits were too narrow for {whom}", whom=listed(narrowest))
    return say("No planner, theme or channel is shown to forecast worse than promised")


def _called(key: str, label: str) -> str:
    """A group within a sentence: a channel may be called like a place."""
    if key == "planner":
        return label
    return say("channel {name}", name=label) if key == "channel" else say("theme {name}", name=label)


def _table(key: str, groups: Groups, called: Called) -> Table:
    few = groups.campaigns < FEWEST
    missing = say("too few")
    columns = (
        Column(say("Group"), [_label(key, str(label), called) for label in groups.labels]),
        Column(say("Campaigns"), groups.campaigns, Unit.COUNT),
        _judged(say("Inside the limits"), groups.coverage, few, missing, say("Of 80 % promised.")),
        _judged(
            say("Leaning"),
            groups.leaning,
            few,
            missing,
            say("Outcome less forecast, in half-widths of the limits: below 0 the forecasts were hopeful."),
            Unit.SCORE,
        ),
    )
    return Table(columns, say("Forecasts by group"), f"track_{key}")


def _judged(
    title: str, numbers: Intervals, few: npt.NDArray[np.bool_], missing: str, definition: str, unit: Unit = Unit.SHARE
) -> Column:
    texts = [
        missing if few[row] or not numbers.known[row] else _cell(numbers, row, unit) for row in range(len(numbers))
    ]
    return Column(title, texts, definition=definition)


def _cell(numbers: Intervals, row: int, unit: Unit) -> str:
    value = estimates.value(numbers, row, unit, signed=unit is Unit.SCORE)
    return say(
        "{value} ({limits})", value=value, limits=estimates.limits(numbers, row, unit, signed=unit is Unit.SCORE)
    )


def _label(key: str, label: str, called: Called) -> str:
    if key == "planner":
        return person(label, called)
    if key == "quarter":
        year, quarter = label.split("-Q")
        return figures.quarter(int(year), int(quarter))
    return term(label) if label else say("none")


def _stacked(parts: list[Intervals]) -> Intervals:
    """One row of each, below one another."""
    return Intervals.of(
        [part.estimate[0] for part in parts],
        [part.low[0] for part in parts],
        [part.high[0] for part in parts],
        n=[part.n[0] for part in parts],
        reason=[part.reason[0] for part in parts],
    )
