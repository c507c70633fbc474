"""The people of a branch: six numbers, whether anybody differs, and only then who; whom to learn from; the score."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from answers import period as periods
from answers.people import results
from answers.people.team import Judged, Team
from answers.traced import Traced
from metrics.catalogue import Unit
from metrics.inference.proportion import wilson
from metrics.inference.satisfaction import top_two_box
from metrics.moments import Counts, Floats
from metrics.staff import scorecard

from story import estimates, figures, findings, period
from story.cards import DASH, measured
from story.once import once
from story.parts import Block, Card, Nothing, Story
from story.people import evidence, score, table
from story.people.wording import by_id
from story.vocabulary import names, term
from story.words import say, say_count, sentences


def tell(team: Team, judged: Judged) -> Story:
    """The page in the reader's language."""
    return _told(judged, team)


@once
def _told(judged: Judged, team: Team) -> Story:
    if not team.people:
        return Story(
            say("Nobody was at this branch in the period"),
            tuple(_chosen(team)),
            rows=((Block("", "", Nothing(say("No staff of this choice."), say("Choose another period or role."))),),),
            choice=tuple(_chosen(team)),
            currency=team.currency,
        )
    called = by_id(team)
    gates = (
        scorecard.findings(list(team.people), judged.card, np.nan_to_num(team.breadth.breached)) if judged.card else []
    )
    return Story(
        findings.headline(team.found, team.currency, called),
        tuple(_facts(team)),
        findings=tuple(
            findings.sentence(one, team.currency, called) for one in [*findings.further(list(team.found)), *gates]
        ),
        cards=tuple(_cards(team, judged)),
        rows=(
            *_charts(team),
            (_people(team, judged),),
            _lessons(team),
            *score.blocks(team, judged),
        ),
        choice=tuple(_chosen(team)),
        currency=team.currency,
        traced=_traced(team),
    )


@once
def _charts(team: Team) -> tuple[tuple[Block, ...], ...]:
    """Results and ranks, whatever targets and weights make of them; without a row where nobody can be judged."""
    found = team.performance
    if found is None or team.band is None:
        return ()
    return ((evidence.funnel(team, found, team.band), evidence.rank_ranges(team, found)),)


@once
def _lessons(team: Team) -> tuple[Block, ...]:
    return evidence.courses(team), evidence.pairs(team)


def _chosen(team: Team) -> list[str]:
    choice = team.choice
    return [
        names([team.branch])[0],
        period.written(choice.period),
        *([term(choice.role)] if choice.role else []),
        say("judged from {n} customers", n=choice.minimum),
    ]


def _facts(team: Team) -> list[str]:
    """What the headline rests on."""
    facts = _chosen(team)[:-1]
    found = team.performance
    if found is not None:
        result = found.standardised
        facts += [
            say_count("{count} customer", "{count} customers", round(float(result.n.sum()))),
            say("{n} converted", n=figures.number(float(result.observed.sum()))),
            say("{n} expected of such customers", n=figures.number(float(result.expected.sum()))),
        ]
    return [*facts, *_breaches(team)]


def _breaches(team: Team) -> list[str]:
    if np.isnan(team.breadth.checked).all() or np.isnan(team.breadth.breached).all():
        return []
    checked, breached = (round(float(np.nansum(each))) for each in (team.breadth.checked, team.breadth.breached))
    count = say_count("{count} breach", "{count} breaches", breached) if breached else say("no breach")
    return [say("{breaches} in {n} sales checked", breaches=count, n=figures.number(checked))]


def _cards(team: Team, judged: Judged) -> list[Card]:
    beside, currency = team.breadth, team.currency
    won = _sum(beside.won)
    sold, accepted, answered = (_pooled(each) for each in (beside.cross_sold, beside.closed, beside.satisfied))
    return [
        _converted(team),
        _attained(judged, currency),
        measured(
            say("Cross-sell"),
            "cross_sell_ratio",
            wilson(sold),
            [_of(sold)],
            currency,
        ),
        measured(
            say("Kept"),
            "retention_rate",
            wilson(_pooled(beside.kept)),
            [*([say("{n} won", n=figures.number(won))] if math.isfinite(won) else []), _of(_pooled(beside.kept))],
            currency,
        ),
        measured(say("Referrals closed"), "referral_close_rate", wilson(accepted), [_of(accepted)], currency),
        # The share of those who are satisfied, and for its evidence those who rated these people.
        replace(
            measured(
                say("Satisfied"),
                "top_two_box",
                top_two_box(answered),
                [say("{n} answers", n=figures.number(float(answered.n[0])))],
                currency,
            ),
            key="service_score",
        ),
    ]


def _traced(team: Team) -> Traced | None:
    """The rows that the cards count: those of the branch in the period, while no role restricts them."""
    return None if team.choice.role else Traced(periods.named(team.choice.period), team.choice.branch)


def _converted(team: Team) -> Card:
    name = say("Converted")
    said = say(
        "Conversions of the customers that these people were given, beside what the bank converts of customers of the "
        "same campaign, tier and channel. Kinds of whom the bank has too few to say what is usual are left out of both."
    )
    if team.performance is None:
        return Card(name, DASH, say("none"), said)
    result = team.performance.standardised
    group = results.together(team.performance)
    rests_on = [say("{n} expected", n=figures.number(float(result.expected.sum())))]
    if group.known[0]:
        against = group.scaled(1.0, shift=-1.0)
        rests_on.append(
            say(
                "{share} ({limits})",
                share=estimates.value(against, 0, Unit.SHARE, signed=True),
                limits=estimates.limits(against, 0, Unit.SHARE, signed=True),
            )
        )
    value = figures.number(float(result.observed.sum()))
    return Card(name, value, sentences(rests_on), said, key="observed_to_expected")


def _attained(judged: Judged, currency: str) -> Card:
    name = say("Attainment")
    said = say("Sales / the branch's target of the months that are over, shared out by days present.")
    if judged.until is None:
        return Card(name, DASH, say("no month is over yet"), said)
    if not judged.recorded:
        return Card(name, DASH, say("not recorded"), said)
    if not judged.reached.known[0]:
        return Card(name, DASH, say("no target of sales in every month"), said)
    rests_on = [say("for the days present"), say("up to {day}", day=figures.day(judged.until))]
    return measured(name, "attainment", judged.reached, rests_on, currency, definition=said, unit=Unit.SHARE)


def _people(team: Team, judged: Judged) -> Block:
    caption = sentences(
        [
            say("Expected: the bank's rate for the same campaign, tier and channel, times this person's customers"),
            say("95 % interval"),
            say("messages to many left out"),
        ]
    )
    count = len(team.people)
    heading = say_count("{count} person, by number of customers", "{count} people, by number of customers", count)
    hint = say("A ticked row opens the person, and what was expected of them as a sum")
    return Block(heading, caption, table.views(team, judged), hint=hint)


def _pooled(counts: Counts) -> Counts:
    """All people together, of whom something is recorded."""
    return Counts.of([_sum(counts.n)], [_sum(counts.successes)])


def _sum(values: Floats) -> float:
    return float("nan") if np.isnan(values).all() else float(np.nansum(values))


def _of(counts: Counts) -> str:
    """The denominator that a share rests on."""
    if math.isnan(float(counts.n[0])) or math.isnan(float(counts.successes[0])):
        return ""
    n, part = (figures.number(float(each[0])) for each in (counts.n, counts.successes))
    return say("{part} of {whole}", part=part, whole=n)
