"""Where the assumptions of a forecast come from: past campaigns by name, and how much each counts."""

from __future__ import annotations

from answers.plan.plan import PlanAnswer

from story import figures
from story.columns import Column
from story.once import once
from story.parts import Block, Table
from story.plan.words import ASSUMPTIONS
from story.vocabulary import names
from story.words import listed, say


@once
def block(answer: PlanAnswer) -> Block:
    """One row an assumption."""
    called = dict(
        zip(
            [source.campaign_id for source in answer.sources],
            names([source.name for source in answer.sources]),
            strict=True,
        )
    )
    by_assumption: dict[str, list[str]] = {}
    for source in answer.sources:
        told = say("{campaign} ({weight})", campaign=called[source.campaign_id], weight=figures.percent(source.weight))
        by_assumption.setdefault(source.assumption, []).append(told)
    shown = Table(
        (
            Column(say("Assumption"), [say(ASSUMPTIONS[name]) for name in by_assumption]),
            Column(say("Past campaigns that count most"), [listed(told) for told in by_assumption.values()]),
        ),
        say("Where the assumptions come from"),
        "sources",
        prose=True,
    )
    count, first, last = answer.learned_from
    caption = say(
        "Weight in the forecast; all {count} finished campaigns of {first}–{last} count, those alike the most",
        count=count,
        first=first,
        last=last,
    )
    return Block(say("Where the assumptions come from"), caption, shown)
