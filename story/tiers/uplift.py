"""What would follow if more customers rose: tiers and assets, beside what the last horizon's rates would bring."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from answers.tiers.tiers import Tiers, TooShort
from answers.tiers.uplift import Risen
from metrics.catalogue import Unit

from story import estimates, figures
from story.columns import Column
from story.parts import Block, Story, Table
from story.tiers.named import horizon, state
from story.words import say, sentences

NAME: Final = "uplift"
"""Name of the block, above which the percentage is chosen."""


def more(percent: str) -> str:
    """A choice of the percentage."""
    return say("{percent} more rise", percent=figures.percent(int(percent) / 100))


def beside(answer: Tiers | TooShort, told: Story, risen: Risen | None) -> Story:
    """The story of the moves with the block before its last row; as it is where no horizon is over yet."""
    if risen is None or isinstance(answer, TooShort):
        return told
    return replace(told, rows=(*told.rows[:-1], (block(answer, risen),), told.rows[-1]))


def block(answer: Tiers, risen: Risen) -> Block:
    """By tier, and in the heading the assets."""
    months, told = horizon(answer.choice.months), risen.told
    percent = figures.percent(risen.percent / 100)
    if told.assets.known[0]:
        heading = say(
            "If {percent} more rose: {assets} more assets in {months} ({limits})",
            percent=percent,
            assets=estimates.value(told.assets, 0, Unit.MONEY, answer.currency),
            months=months,
            limits=estimates.limits(told.assets, 0, Unit.MONEY, answer.currency),
        )
        worth = ""
    else:
        heading = say("If {percent} more rose, in {months}", percent=percent, months=months)
        worth = say("too few risers whose assets are known to say what that is worth")
    columns = (
        Column(say("Tier"), [state(key) for key in answer.order]),
        Column(say("As the rates were"), answer.forecast.sizes, unit=Unit.COUNT),
        Column(say("With more rising"), told.sizes, unit=Unit.COUNT),
        Column(say("Difference"), told.more, unit=Unit.COUNT),
    )
    shown = Table(columns, say("Customers by tier if more rose"), "uplift", prose=True)
    caption = sentences(
        [
            say(
                "Customers in {months}, 95 % limits; {count} ({limits}) more rise, out of those who stayed",
                months=months,
                count=estimates.value(told.risen, 0, Unit.COUNT),
                limits=estimates.limits(told.risen, 0, Unit.COUNT),
            ),
            worth,
        ]
    )
    after = say(
        "Assumed: they gain what those who rose gained more than those who stayed. Nobody was made to rise at random, "
        "so a campaign has to show that."
    )
    return Block(heading, caption, shown, after=after, name=NAME)
