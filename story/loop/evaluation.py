"""One campaign told: forecast, outcome and control in one chart, why they differ, for whom, what was decided."""

from __future__ import annotations

import math
from typing import Final

from answers.loop.evaluated import Evaluated
from metrics.campaigns.verdict import CONVERSION
from metrics.catalogue import Unit, metric
from metrics.catalogue.entry import marked as _
from metrics.inference.comparison.verdict import Grade
from metrics.planning.naive import MEASURES
from metrics.planning.why import PARTS

from story import estimates, figures
from story.chart import bridge, fan, interval, theme
from story.columns import Column
from story.loop import words
from story.once import once
from story.parts import Block, Nothing, Table
from story.vocabulary import names, term
from story.words import listed, say, say_count, sentences

_LEAST: Final = 0.05
"""Money back for one unit spent, below which the return is not drawn against its median."""

_TAUGHT: Final = {
    Grade.RAISED: _("It paid. Contacting {whom} too would bring about {amount} ({limits})."),
    Grade.HINT_RAISED: _(
        "By itself it paid, among the campaigns of its year that is a hint only: contacting {whom} too would bring "
        "about {amount} ({limits})."
    ),
    Grade.HINT_LOWERED: _(
        "By itself it lost money, among the campaigns of its year that is a hint only: contacting {whom} too would "
        "have lost about {amount} ({limits})."
    ),
    Grade.LOWERED: _("Learned cheaply. Contacting {whom} too would have lost about {amount} ({limits})."),
}
_OPEN: Final = _("Whether it paid cannot be told yet: contacting {whom} too would bring {limits}.")
"""What a well-run test teaches, by the verdict on its return."""


def rows(found: Evaluated, said: Block) -> list[tuple[Block, ...]]:
    """The blocks of a campaign; what people said of it stands below what came."""
    told: list[tuple[Block, ...]] = [(_chart(found), why(found)), (said,)]
    return [*told, (_segments(found),)] if len(found.segments) > 1 else told


def name(found: Evaluated) -> str:
    """The campaign in the reader's language."""
    return names([found.name])[0]


def place(found: Evaluated, measure: str) -> float:
    """Where what came lies in its limits: -1 below, 1 above, 0 inside; nan without a forecast."""
    if found.forecast is None or not math.isfinite(found.actual[measure]):
        return math.nan
    low, high = found.forecast.bands[measure].near
    return float((found.actual[measure] > high) - float(found.actual[measure] < low))


def _heading(found: Evaluated) -> str:
    came = {
        -1.0: say("fewer took part than forecast"),
        0.0: say("as many took part as forecast"),
        1.0: say("more took part than forecast"),
    }.get(place(found, "participation"), say("who took part is not recorded"))
    if found.forecast is None:
        came = say("no forecast was frozen for these branches before it began")
    return say("{name}: {came}, {against}", name=name(found), came=came, against=_against_control(found))


def _against_control(found: Evaluated) -> str:
    grade = Grade(found.scores.verdicts[CONVERSION].grade[0])
    if grade is Grade.NOT_JUDGED:
        return say("nobody was held out") if not found.held_out else say("its control says nothing")
    if grade.shown:
        return (
            say("more bought than in the control") if grade is Grade.RAISED else say("fewer bought than in the control")
        )
    return say("no difference to the control shown")


@once
def _chart(found: Evaluated) -> Block:
    rested = [
        say("dot: actual, {n} contacted", n=figures.number(found.customers)),
        *(
            [say("ring: control, {n}", n=figures.number(found.held_out))]
            if math.isfinite(found.control["conversion"])
            else []
        ),
    ]
    if found.forecast is None:
        return Block(
            _heading(found), sentences(rested[:1]), _plain(found), after=_satisfied(found), width=5, hint=_listed_at()
        )
    head = found.forecast.head
    caption = sentences(
        [
            say("Band: forecast frozen {day}, 80 and 95 %", day=figures.day(head.frozen_at.date())),
            *rested,
            say("small: 80 % limits"),
            *([say("those of the return with the luck of those held out")] if found.incremental else []),
            say("frozen as {digest}", digest=head.digest[:8]),
        ]
    )
    drawn = [row for row in (_row(found, measure) for measure in MEASURES) if row is not None]
    if not drawn:
        return Block(_heading(found), caption, _plain(found), after=_satisfied(found), width=5, hint=_listed_at())
    told = listed(f"{row.name} {row.said}" for row in drawn)
    chart = fan.chart(
        drawn,
        middle=say("forecast"),
        alt_text=say("What came beside the forecast's 80 % limits: {outcomes}.", outcomes=told),
        key="evaluated",
    )
    after = sentences([_not_drawn(found, drawn), _satisfied(found)])
    return Block(_heading(found), caption, chart, after=after, width=5, hint=_listed_at())


def _listed_at() -> str:
    """Where the customers stand whom the numbers count."""
    return say("The customers behind these numbers are listed by the evidence of each on the page of the campaign")


def _row(found: Evaluated, measure: str) -> fan.Row | None:
    assert found.forecast is not None  # noqa: S101 - told by the caller
    band, came = found.forecast.bands[measure], found.actual[measure]
    if not (math.isfinite(band.median) and band.median > (_LEAST if measure == "roi" else 0)):
        return None
    control = found.control.get(measure, math.nan)
    written = words.number(measure, came, found.currency)
    if math.isfinite(control):
        written = sentences([written, words.number(measure, control, found.currency)])
    beyond = place(found, measure)
    return fan.Row(
        words.measure(measure),
        band.median,
        band.near,
        band.wide,
        written,
        words.limits(measure, *band.near, found.currency),
        control,
        1.0 if measure == "roi" else math.nan,
        say("break-even"),
        came,
        words.role(measure, 2 * beyond),
    )


def _not_drawn(found: Evaluated, drawn: list[fan.Row]) -> str:
    """A return whose forecast gives back next to nothing has no place in a plot of shares of the forecast."""
    assert found.forecast is not None  # noqa: S101 - told by the caller
    name = words.measure("roi")
    if any(row.name == name for row in drawn):
        return ""
    return say(
        "{name}: {came}, forecast {limits}",
        name=name,
        came=words.number("roi", found.actual["roi"], found.currency),
        limits=words.limits("roi", *found.forecast.bands["roi"].near, found.currency),
    )


def _plain(found: Evaluated) -> Table:
    """Actual and control where no forecast was frozen."""
    table = (
        Column(say("Measure"), [words.measure(measure) for measure in MEASURES]),
        Column(say("Actual"), [words.number(measure, found.actual[measure], found.currency) for measure in MEASURES]),
        Column(
            say("Control"),
            [words.number(measure, found.control.get(measure, math.nan), found.currency) for measure in MEASURES],
        ),
    )
    return Table(table, _heading(found), "evaluated")


def _satisfied(found: Evaluated) -> str:
    """What customers said of it."""
    told: list[str] = []
    for key, numbers in found.satisfaction.items():
        entry = metric(key)
        if numbers.known[0]:
            ends = estimates.limits(numbers, 0, entry.unit)
            of = figures.number(float(numbers.n[0]))
            told.append(
                say(
                    "{name} {value} ({limits}) of {n}",
                    name=say(entry.name),
                    value=estimates.value(numbers, 0, entry.unit),
                    limits=ends,
                    n=of,
                )
            )
        else:
            told.append(say("{name}: {why}", name=say(entry.name), why=estimates.why(numbers, 0)))
    return sentences(told)


@once
def why(found: Evaluated) -> Block:
    """What came less what was forecast, as a sum; where there is none, why not."""
    if found.why is None or found.forecast is None:
        nothing = (
            Nothing(
                say("Without a frozen forecast there is nothing to hold it against."),
                say("Freeze the plan of the next one before it begins."),
            )
            if found.forecast is None
            else Nothing(say("A part of the sum is not recorded, so that it does not add up."))
        )
        return Block(say("Why it differs cannot be told"), "", nothing, after=_learned(found), width=4)
    parts = {key: getattr(found.why, key).item() for key in PARTS}
    largest = max(parts, key=lambda key: abs(parts[key]))
    currency, missed = found.currency, found.why.missed.item()
    called = _parts(found)
    named = {
        "audience": say("the audience"),
        "rate": say("the rate"),
        "amount": say("the amount per conversion"),
        "past": say("what customers did before"),
        "cost": say("the cost"),
    }
    said = {
        "part": named[largest],
        "amount": figures.money(parts[largest], currency, signed=True),
        "total": figures.money(abs(missed), currency),
    }
    against = missed < 0 < parts[largest] or parts[largest] < 0 < missed
    if against:
        heading = say("Why: several parts, against {part}", part=named[largest])
    elif missed < 0:
        heading = say("Why: above all {part}, {amount}; {total} less than forecast in all", **said)
    else:
        heading = say("Why: above all {part}, {amount}; {total} more than forecast in all", **said)
    shown = [key for key in PARTS if key != "past" or parts[key]]
    both = (found.why.forecast.item(), found.why.actual.item())
    style = estimates.Style.of(Unit.MONEY, currency, max(map(abs, both)), signed=True)
    text = [style.number(parts[key]) for key in shown]
    ends = [style.number(value) for value in both]
    row_names = [say("Forecast"), *(called[key] for key in shown), say("Actual")]
    roles: list[theme.Role] = ["better" if parts[key] > 0 else "worse" if parts[key] < 0 else "none" for key in shown]
    written = [ends[0], *text, ends[1]]
    chart = bridge.chart(
        row_names,
        found.why.forecast.item(),
        [parts[key] for key in shown],
        written,
        roles,
        alt_text=sentences([heading, listed(f"{a} {b}" for a, b in zip(row_names, written, strict=True))]),
        key="why",
    )
    caption = sentences(
        [
            say("Contribution after cost, against the control")
            if found.incremental
            else say("Contribution after cost, of all who bought"),
            style.mark,
            say("parts add up to the cent"),
        ]
    )
    return Block(heading, caption, chart, after=_learned(found), width=4)


def _parts(found: Evaluated) -> dict[str, str]:
    assert found.forecast is not None  # noqa: S101 - told by the caller
    course, currency = found.forecast.course if found.incremental else found.forecast.of_all, found.currency
    expected = (course.rate - course.own_rate).item()
    came = found.actual["conversion"] - found.control.get("conversion", math.nan)
    if not found.incremental:
        expected, came = course.rate.item(), found.actual["conversion"]
    rate = [figures.number(100 * value, 1, signed=found.incremental) for value in (came, expected)]
    return {
        "audience": say(
            "Audience, {came} not {said}",
            came=figures.number(found.customers),
            said=figures.number(found.forecast.customers),
        ),
        "rate": say("Rate, {came} not {said} points", came=rate[0], said=rate[1]),
        "amount": say("Amount per conversion"),
        "past": say("Allowing for the past"),
        "cost": say(
            "Cost, {came} not {said}",
            came=words.number("cost", found.actual["cost"], currency),
            said=words.number("cost", course.cost.item(), currency),
        ),
    }


def _learned(found: Evaluated) -> str:
    """What a well-run test teaches; a loss with what a roll-out would have lost."""
    if found.scores.off_plan[0]:
        return say("The groups are not of the planned sizes, so what it added can't be told: find out why first.")
    if not found.well_run:
        return say("Nobody was held out in a way that could show what it added: the next edition should.")
    whom = (
        say_count("each further {count} customer", "each further {count} customers", round(found.others))
        if found.per_thousand
        else say_count(
            "the other {count} customer of these classes",
            "the other {count} customers of these classes",
            round(found.others),
        )
    )
    loss = found.returned.sign < 0
    what = found.lost if loss else found.lost.scaled(-1.0)
    return say(
        _TAUGHT.get(found.returned, _OPEN),
        whom=whom,
        amount=estimates.value(what, 0, Unit.MONEY, found.currency, signed=not loss),
        limits=estimates.limits(what, 0, Unit.MONEY, found.currency, signed=not loss),
    )


@once
def _segments(found: Evaluated) -> Block:
    shown = found.by_segment.verdict()
    better = [term(key) for key, verdict in zip(found.segments, shown, strict=True) if verdict == "higher"]
    worse = [term(key) for key, verdict in zip(found.segments, shown, strict=True) if verdict == "lower"]
    if better:
        heading = say("It raised conversion of {whom}", whom=listed(better))
    elif worse:
        heading = say("It lowered conversion of {whom}", whom=listed(worse))
    else:
        heading = say("In no class of customers alone is a difference shown")
    caption = sentences(
        [
            say("Conversion against the control, points"),
            say("95 % interval of all {n} classes together", n=len(found.segments)),
            say("n: customers of both groups"),
        ]
    )
    known = found.by_segment
    roles: list[theme.Role] = [{"higher": "better", "lower": "worse"}.get(str(one), "none") for one in shown]  # pyright: ignore[reportAssignmentType]
    chart = interval.chart(
        [
            say("{name}, n {n}", name=term(key), n=figures.number(float(n)))
            for key, n in zip(found.segments, known.n, strict=True)
        ],
        known,
        written=lambda estimate, low, high: estimates.written(estimate, low, high, Unit.POINTS),
        axis=theme.axis_label(Unit.POINTS),
        line=0.0,
        roles=roles,
        alt_text=sentences([heading, caption]),
        key="segments",
    )
    return Block(heading, caption, chart)
