"""The two charts of a running campaign and its costs: inside its forecast, its effect through time, by kind of cost."""

from __future__ import annotations

from math import isfinite

import numpy as np
import pandas as pd
from answers.running.detail import Detail
from answers.running.standing import WITHIN, Standing
from metrics.planning.alarms import Watch

from story import figures
from story.chart import bars, theme
from story.chart.over_time import band, progress
from story.estimates import Style, Unit
from story.once import once
from story.parts import Block, Nothing
from story.running import words
from story.vocabulary import term
from story.words import listed, say, sentences


@once
def fan(one: Standing, course: Detail | None, *, in_part: bool) -> Block:
    """The count inside the fan of its forecast, or why there is none; `in_part` where not the whole bank is counted."""
    if course is None or not len(course.counted):
        return Block(say("No conversions to draw"), "", Nothing(say("Conversions are not recorded.")), width=5)
    if not len(course.fan) or one.progress is None:
        nothing = Nothing(
            say("There is nothing to hold it against: too few campaigns like it are finished."),
            say("{count} conversions so far.", count=figures.number(one.converted)),
        )
        return Block(say("No forecast to hold it against"), "", nothing, width=5)
    end = one.progress.projected
    rows = pd.DataFrame(course.fan, columns=["low", "inner_low", "middle", "inner_high", "high"])
    last = rows.iloc[-1]
    projected = (float(end.estimate[0]), float(end.low[0]), float(end.high[0]))
    heading = _heading(one)
    whole = [figures.number(value) for value in projected]
    spoken = progress.Words(
        say("day {day}", day=0),
        say("day {day}, end", day=one.life),
        say("{count} today", count=figures.number(one.converted)),
        (
            say("{count} forecast", count=figures.number(float(last["middle"]))),
            figures.span(figures.number(float(last["low"])), figures.number(float(last["high"]))),
        ),
        (say("{count} likely", count=whole[0]), figures.span(whole[1], whole[2])),
        say("target {target}", target=figures.number(one.target)) if isfinite(one.target) else "",
    )
    shown = progress.chart(
        rows.assign(day=course.days),
        list(course.counted),
        projected,
        one.target,
        start=one.row["starts_on"].date(),
        role=_role(one),
        words=spoken,
        alt_text=sentences([heading, words.forecast(one)]),
        key="progress",
    )
    return Block(
        heading, sentences([say("Conversions by day since the start"), *_band(one, in_part=in_part)]), shown, width=5
    )


@once
def effect(one: Standing, detail: Detail | None) -> Block:
    """The effect of early conversions inside limits that hold at every look, with the line from which it pays."""
    course = detail.course if detail is not None else None
    known = course is not None and bool(course.band.known.any())
    if course is None or not known:
        return Block(say("Its effect is not known yet"), "", Nothing(words.effect(one)), width=3)
    rows = np.flatnonzero(course.band.known)
    limits = course.band
    frame = pd.DataFrame(
        {"estimate": limits.estimate[rows] * 100, "low": limits.low[rows] * 100, "high": limits.high[rows] * 100}
    ).assign(look=False)
    frame["hover"] = [
        say(
            "{day}: {size} ({limits})",
            day=figures.day(course.day[int(row)].date()),
            size=words.points(float(limits.estimate[row])),
            limits=figures.span(words.points(float(limits.low[row])), words.points(float(limits.high[row]))),
        )
        for row in rows
    ]
    frame.loc[frame.index[-1], "look"] = True
    lines = [(0.0, "" if one.pays_from > 0 else say("no effect"), False)]
    if one.pays_from > 0:
        lines.append((one.pays_from * 100, say("pays from {line}", line=words.points(one.pays_from)), True))
    last = int(rows[-1])
    low, high = words.points(float(limits.low[last])), words.points(float(limits.high[last]))
    caption = sentences(
        [
            say("Points of conversion within {days} days, treated − control", days=WITHIN),
            say("95 % at every day at once"),
            say("{part} of conversions come so early", part=figures.percent(one.early)) if isfinite(one.early) else "",
        ]
    )
    heading = _effect_heading(one)
    shown = band.chart(
        [course.day[int(row)].date() for row in rows],
        frame,
        lines,
        role=_effect_role(one),
        label=theme.axis_label(Unit.POINTS).replace("datum.value * 100", "datum.value"),
        alt_text=sentences([heading, figures.span(low, high)]),
        key="effect",
    )
    today = say("Today {limits} points", limits=figures.span(low, high)) if last == len(limits.low) - 1 else ""
    return Block(heading, caption, shown, after=today, width=3)


@once
def costs(one: Standing, currency: str) -> Block:
    """Spent and planned by kind of cost."""
    kinds = one.costs
    if kinds.empty or not isfinite(one.spent):
        return Block(say("No costs are recorded"), "", Nothing(say("Load the costs of campaigns to see them here.")))
    largest = float(np.nanmax(kinds[["planned_amount", "actual_amount"]].to_numpy(float)))
    style = Style.of(Unit.MONEY, currency, largest)
    actual, planned = kinds["actual_amount"].to_numpy(float), kinds["planned_amount"].to_numpy(float)
    written = [_of(style, a, p) for a, p in zip(actual, planned, strict=True)]
    called = [term(str(kind)) for kind in kinds["category"]]
    heading = _left(one, currency)
    whose = say("dark mark: the plan of each kind") if one.plan is not None else say("dark mark: planned so far")
    caption = sentences([say("Spent so far, {unit}", unit=style.mark), whose])
    shown = bars.planned_and_actual(
        called,
        list(planned),
        list(actual),
        written,
        alt_text=sentences([heading, listed(f"{a} {b}" for a, b in zip(called, written, strict=True))]),
        key="spent",
    )
    return Block(heading, caption, shown, width=5)


def _left(one: Standing, currency: str) -> str:
    if not isfinite(one.budget):
        return say("{spent} was spent; nothing was planned", spent=figures.money(one.spent, currency))
    if one.plan is None:
        return say(
            "{spent} was spent for what was planned at {planned}",
            spent=figures.money(one.spent, currency),
            planned=figures.money(one.booked_plan, currency),
        )
    left = one.budget - one.spent
    if left < 0:
        return say("{over} more than the budget was spent", over=figures.money(-left, currency))
    told = say("{left} of the budget is left", left=figures.money(left, currency))
    if one.stops and isfinite(one.saved.cost):
        return say("{told}, {saved} can be saved", told=told, saved=figures.money(one.saved.cost, currency))
    return told


def _of(style: Style, actual: float, planned: float) -> str:
    spent = style.number(actual) if isfinite(actual) else style.number(0)
    return say("{part} of {whole}", part=spent, whole=style.number(planned)) if isfinite(planned) else spent


def _band(one: Standing, *, in_part: bool) -> list[str]:
    if one.plan is not None:
        told = [say("band: forecast frozen on {day}, 50 and 80 %", day=figures.day(one.plan.frozen_on))]
        if one.older:
            told.append(say("made by an older model and drawn as it was kept, not as the model of today would"))
    else:
        told = [
            say("band: what campaigns like it did, 50 and 80 %; none was frozen for these branches alone")
            if in_part
            else say("band: what campaigns like it did, 50 and 80 %; none was frozen")
        ]
    return [*told, say("dot at the end: likely, 80 %")]


def _heading(one: Standing) -> str:
    assert one.progress is not None  # noqa: S101 - told by the caller
    now = one.progress.expected
    low, high = float(now.low[0]), float(now.high[0])
    told = say(
        "{count} conversions, {between} were expected by now",
        count=figures.number(one.converted),
        between=figures.span(figures.number(low), figures.number(high)),
    )
    if Watch.BEHIND in one.raised:
        return say("Behind the forecast: {told}", told=told)
    if Watch.AHEAD in one.raised:
        return say("Ahead of the forecast: {told}", told=told)
    if low <= one.converted <= high:
        return say("As expected: {told}", told=told)
    return say("Outside the band, not so far as to alarm: {told}", told=told)


def _role(one: Standing) -> theme.Role:
    return "worse" if Watch.BEHIND in one.raised else "better" if Watch.AHEAD in one.raised else "none"


def _effect_heading(one: Standing) -> str:
    advice = str(one.advice)
    told = {
        "harm": say("Its limits have fallen below no effect"),
        "futility": say("Its limits have fallen under what pays"),
        "benefit": say("Its limits have left what pays behind"),
    }
    return told.get(advice, say("Its limits leave open whether it pays"))


def _effect_role(one: Standing) -> theme.Role:
    if one.advice is None:
        return "none"
    return "worse" if one.advice.stops else "better" if str(one.advice) == "benefit" else "none"
