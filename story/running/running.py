"""Running told: today's decision first, then what it rests on, then everything else, the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType
from typing import Final

import numpy as np
from answers.running.matching import Match
from answers.running.running import Running, kinds
from answers.running.standing import Standing
from metrics.catalogue import Unit

from story import figures
from story.campaigns.overview import branches
from story.columns import Column
from story.loop.board import Called, person
from story.parts import Block, Nothing, Opens, Story, Table
from story.running import cards, charts, words
from story.text import one_line
from story.vocabulary import names
from story.words import listed, number_word, opened, say, say_count

NOBODY: Final[Called] = MappingProxyType({})
TODAY: Final = "today"
"""Name of the block in which a person decides."""

MATCHES: Final = "matches"
"""Name of the block in which a person says which plan is whose."""


def tell(answer: Running, called: Called = NOBODY) -> Story:
    """The campaigns that run, in the reader's language.

    Args:
        answer: Where they stand.
        called: Names of people by email.
    """
    facts = tuple(_facts(answer))
    if answer.chosen is None:
        return Story(
            headline(answer), facts, rows=((Block("", "", _nobody(answer)),),), choice=facts, currency=answer.currency
        )
    one = answer.chosen
    rows: list[tuple[Block, ...]] = [
        (decision(answer, one, called),),
        (charts.fan(one, answer.detail, in_part=bool(answer.branches)), charts.effect(one, answer.detail)),
        (_table(answer),),
        (charts.costs(one, answer.currency), matches(answer)),
    ]
    return Story(
        headline(answer),
        facts,
        cards=cards.all_six(answer, one),
        rows=tuple(rows),
        choice=(*facts, words.name(one)),
        currency=answer.currency,
        lead=2,
    )


def headline(answer: Running) -> str:
    """What must be decided today."""
    if answer.chosen is None:
        return say("No campaign runs") if not answer.choice.alarm else say("No campaign asks for anything today")
    asking = [one for one in answer.every if answer.asks(one)]
    rest = len(answer.every) - len(asking)
    if not asking and (answered := sum(answer.settled(one) is not None for one in answer.every)):
        return _answered(answered, rest - answered)
    if not asking:
        return say_count(
            "Nothing to decide today: the campaign runs within its limits",
            "Nothing to decide today: all {count} campaigns run within their limits",
            rest,
        )
    first = say("{campaign}, {what}", campaign=words.name(asking[0]), what=say(words.DO[kinds(asking[0])[0]]))
    told = (
        say("One decision today: {first}", first=first)
        if len(asking) == 1
        else say("{count} decisions today; first {first}", count=opened(number_word(len(asking))), first=first)
    )
    if not rest:
        return told
    return say_count("{told}; one other needs nothing", "{told}; {rest} others need nothing", rest, told=told,
                     rest=number_word(rest))  # fmt: skip


def _answered(answered: int, others: int) -> str:
    """What is said where campaigns would ask, and somebody has answered them all."""
    told = say_count(
        "Nothing to decide today: {count} campaign has its answer",
        "Nothing to decide today: {count} campaigns have their answers",
        answered,
    )
    if not others:
        return told
    return say_count(
        "{told}, {count} other runs within its limits",
        "{told}, {count} others run within their limits",
        others,
        told=told,
    )


def decision(answer: Running, one: Standing, called: Called = NOBODY) -> Block:
    """What is asked of the campaign that is looked at, and why."""
    asked, settled = kinds(one), answer.settled(one)
    name = words.name(one)
    sentences = [words.reason(answer, one, kind) for kind in asked]
    if settled is not None:
        heading = say("{campaign}: {what}", campaign=name, what=words.today(answer, one))
        sentences.append(
            say(
                "{who} decided on {moment} UTC: {why}",
                who=person(settled.by, called),
                moment=figures.moment(settled.at) if settled.at else "",
                why=one_line(settled.answer) or say("seen, decide later"),
            )
        )
    elif asked:
        heading = say("{campaign}: {what}", campaign=name, what=say(words.DO[asked[0]]))
    else:
        heading = say("{campaign}: nothing to decide today", campaign=name)
        sentences = [words.forecast(one), words.effect(one)]
    if one.plan is None:
        sentences.append(
            say("No plan was frozen for these branches alone, so it is held against what campaigns like it did.")
            if answer.branches
            else say("No plan was frozen for it. Freeze a plan before a campaign begins, or confirm a match below.")
        )
    return Block(heading, "", Nothing(words.joined(sentences)), name=TODAY)


def matches(answer: Running) -> Block:
    """Campaigns that look like a frozen plan."""
    found = answer.matches
    if answer.choice.branch:
        nothing = Nothing(say("Choose all branches to see which campaign carries out which plan."))
        return Block(say("Plans and campaigns"), "", nothing, width=3, name=MATCHES)
    unplanned = [words.name(one) for one in answer.every if one.plan is None]
    if not found:
        if not unplanned:
            return Block(say("Every campaign has its plan"), "", None, width=3, name=MATCHES)
        nothing = Nothing(
            say("Without a frozen plan of these branches alone: {campaigns}", campaigns=listed(unplanned))
            if answer.branches
            else say("Without a frozen plan: {campaigns}", campaigns=listed(unplanned)),
            say(
                "A plan that is frozen on the page Plan before a campaign begins is proposed here when its data arrive."
            ),
        )
        return Block(say("No match to confirm"), "", nothing, width=3, name=MATCHES)
    heading = say_count("One match to confirm", "{count} matches to confirm", len(found))
    caption = say("Proposed by product, dates and size; a person says yes")
    columns = (
        Column(say("Campaign"), [names([one.name])[0] for one in found]),
        Column(say("Why"), [why(one) for one in found]),
    )
    return Block(heading, caption, Table(columns, heading, "matches", prose=True), width=3, name=MATCHES)


def why(one: Match) -> str:
    """Why a campaign looks like a plan."""
    days = abs(one.days_later)
    if not days:
        when = say("starts on the planned day")
    elif one.days_later > 0:
        when = say_count("starts {count} day later", "starts {count} days later", days)
    else:
        when = say_count("starts {count} day earlier", "starts {count} days earlier", days)
    return say(
        "{campaign} looks like the frozen plan {plan}: same product, {when}, {part} of its customers so far.",
        campaign=names([one.name])[0],
        plan=names([one.plan.name])[0],
        when=when,
        part=figures.percent(one.part),
    )


def _facts(answer: Running) -> list[str]:
    treated = sum(int(one.row["n"]) for one in answer.every)
    return [
        branches(answer.branches) if answer.branches else say("all branches"),
        say_count("{count} campaign", "{count} campaigns", len(answer.every)),
        say("{count} customers treated", count=figures.number(treated)),
        say("an alarm is false at most once in a campaign year"),
    ]


def _nobody(answer: Running) -> Nothing:
    if answer.choice.alarm or answer.choice.owner:
        return Nothing(say("No running campaign fits this choice."), say("Choose all owners and all campaigns."))
    return Nothing(
        say("No campaign runs on {day}, and no window is open.", day=figures.day(answer.as_of)),
        held_out(answer) or say("Campaigns that are over are told on the page Campaigns."),
    )


def _table(answer: Running) -> Block:
    every = answer.every
    quiet = sum(not answer.asks(one) for one in every)
    heading = (
        say("All campaigns need nothing today")
        if quiet == len(every)
        else say_count("One campaign needs nothing today", "{count} campaigns need nothing today", quiet)
        if quiet
        else say("Every campaign asks for something today")
    )
    ends = np.array([float(one.progress.projected.estimate[0]) if one.progress else np.nan for one in every])
    spent = np.array([one.spent / one.budget if one.budget > 0 and one.plan is not None else np.nan for one in every])
    columns = (
        Column(say("Campaign"), [words.name(one) for one in every]),
        Column(say("Today"), [words.today(answer, one) for one in every]),
        Column(
            say("Day of its life"), [say("{day} of {life}", day=min(one.day, one.life), life=one.life) for one in every]
        ),
        Column(say("So far"), np.array([one.converted for one in every]), Unit.COUNT, missing=say("not recorded")),
        Column(say("Expected by now"), [_between(one) for one in every]),
        Column(say("Likely end"), ends, Unit.COUNT, missing=say("no forecast")),
        Column(say("Target"), np.array([one.target for one in every]), Unit.COUNT, missing=say("none")),
        Column(say("Chance of it"), [_chance(one) for one in every]),
        Column(say("Spent"), spent, Unit.SHARE, missing=say("no plan")),
    )
    caption = say("Conversions · expected by now: 80 % of the forecast at the same age · most urgent first")
    opens = Opens("running", "campaign", tuple(one.campaign_id for one in every))
    shown = Table(columns, heading, "running", opens)
    return Block(heading, caption, shown, held_out(answer), hint=say("Tick a row to look at that campaign"))


def held_out(answer: Running) -> str:
    """Which campaigns leave these branches out; nothing where none does."""
    if not answer.held_out:
        return ""
    return say("Held out here, so that nobody is called: {campaigns}", campaigns=listed(names(list(answer.held_out))))


def _between(one: Standing) -> str:
    if one.progress is None:
        return say("no forecast")
    now = one.progress.expected
    return figures.span(figures.number(float(now.low[0])), figures.number(float(now.high[0])))


def _chance(one: Standing) -> str:
    known = one.progress is not None and isfinite(one.target)
    return figures.chance(one.progress.chance) if known and one.progress is not None else say("none")


def campaigns(offered: Mapping[str, str]) -> dict[str, str]:
    """Names of the campaigns that may be looked at, in the reader's language."""
    return dict(zip(offered, names(list(offered.values())), strict=True))
