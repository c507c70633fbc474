"""Who is about to fall: the grace clock."""

from __future__ import annotations

from typing import Final

from answers.tiers.grace import Grace
from answers.tiers.tiers import Tiers

from story import figures
from story.chart import clock, theme
from story.parts import Block, Nothing, Opens
from story.tiers.moves import PAGE
from story.tiers.named import state
from story.words import listed, say, say_count, sentences

IN_GRACE: Final = "grace"
"""Of the list of those in their last month, as a cell is spelled."""


def block(answer: Tiers, width: int = 1) -> Block:
    """Customers below their threshold by the months of grace used."""
    if answer.grace is None:
        nothing = Nothing(
            say("Tiers by assets alone have no months of grace.")
            if answer.choice.rule == "asset_tier"
            else say("The months below the threshold are not recorded."),
        )
        return Block(say("Grace clock"), "", nothing, width=width)
    held = answer.grace
    names = [_name(held, row) for row in range(len(held.tier))]
    became = [
        say("{part} of {whole}", part=figures.number(share * n), whole=figures.number(n)) if n else say("none")
        for share, n in zip(held.falls.estimate, held.falls.n, strict=True)
    ]
    roles: list[theme.Role] = ["worse" if last and n else "none" for last, n in zip(held.last, held.n, strict=True)]
    shown = clock.chart(
        names,
        [float(n) for n in held.n],
        [figures.number(float(n)) for n in held.n],
        became,
        roles,
        say("fell last year"),
        alt_text=say("Customers below their tier's threshold by months of grace used, and how many such fell."),
        key="clock",
        opens=Opens(PAGE, "cell", tuple(IN_GRACE for _ in names)),
    )
    caption = sentences(
        [
            say("Customers below their tier's threshold by months of grace used"),
            say("at the right: of such customers in the year before, how many fell once grace was over"),
            say("orange: this month is the last to come back in"),
        ]
    )
    return Block(_heading(held), caption, shown, width=width, hint=say("A bar opens those in their last month"))


def _heading(held: Grace) -> str:
    waiting = held.about_to_fall
    if not waiting:
        return say("Nobody is in the last month of grace")
    total = sum(waiting.values())
    parts = [say("{n} {tier}", n=figures.number(n), tier=state(tier)) for tier, n in waiting.items()]
    return say_count(
        "{count} customer loses a tier unless this month brings them back: {parts}",
        "{count} customers lose their tier unless this month brings them back: {parts}",
        total,
        parts=listed(parts),
    )


def _name(held: Grace, row: int) -> str:
    said = say("{tier}, month {n}", tier=state(held.tier[row]), n=held.used[row])
    if held.last[row]:
        return say("{row}, the last", row=said)
    over = row > 0 and held.last[row - 1] and held.tier[row - 1] == held.tier[row]
    return say("{row}, decided", row=said) if over else said
