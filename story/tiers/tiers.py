"""Tiers: six numbers, the matrix with its margins, lines, balance, grace, branches, campaigns, what lies ahead."""

from __future__ import annotations

from collections.abc import Mapping

from answers.tiers.tiers import Tiers, TooShort

from story import figures, findings
from story.campaigns.overview import branches as written_branches
from story.once import once
from story.parts import Block, Nothing, Story
from story.tiers import ahead, balance, clock, compared, moves
from story.tiers.cards import cards
from story.tiers.named import audience, called, horizon, rule
from story.vocabulary import names
from story.words import say, say_count


@once
def tell(answer: Tiers | TooShort) -> Story:
    """The moves in the reader's language."""
    if isinstance(answer, TooShort):
        return _too_short(answer)
    months = figures.month(answer.start), figures.month(answer.end)
    bridge = balance.block(answer.bridge, answer.currency, before=months[0], after=months[1]) if answer.bridge else None
    second = (moves.lines(answer), *([bridge] if bridge else []))
    return Story(
        findings.headline(answer.found, answer.currency, called(answer.order), statements=2),
        tuple(_facts(answer)),
        cards=tuple(cards(answer)),
        rows=(
            (moves.table(answer, width=3), clock.block(answer, width=2)),
            second,
            (compared.branches(answer, dict(answer.branch_names)), compared.effects(answer)),
            (ahead.trend(answer), ahead.forecast(answer)),
            (ahead.trusted(answer), ahead.numbers(answer)),
        ),
        choice=tuple(chosen(answer)),
        currency=answer.currency,
    )


def chosen(answer: Tiers) -> list[str]:
    """The choice in words."""
    return [
        written_branches(answer.counted) if answer.counted else say("whole bank"),
        rule(answer.choice.rule),
        *audience(answer.choice, _campaign(answer.choice.audience.campaign, answer.campaign_names)),
    ]


def _campaign(identifier: str, known: Mapping[str, str]) -> str:
    return names([known.get(identifier, identifier)])[0] if identifier else ""


def _facts(answer: Tiers) -> list[str]:
    then = float(answer.moves.base.sum())
    now = float(answer.moves.continuing.sum() + answer.moves.entries.sum())
    return [
        *chosen(answer),
        say("{start} to {end}, counted directly", start=figures.month(answer.start), end=figures.month(answer.end)),
        say("{then} customers then, {now} now", then=figures.number(then), now=figures.number(now)),
    ]


def _too_short(answer: TooShort) -> Story:
    nothing = Nothing(
        say("Moves over {months} need tiers in two months that far apart.", months=horizon(answer.choice.months)),
        say_count("The data hold {count} month.", "The data hold {count} months.", answer.months)
        if answer.months
        else say("None of the customers that you may see has a tier in any month."),
    )
    return Story(say("No moves can be counted yet"), (), rows=((Block("", "", nothing),),))
