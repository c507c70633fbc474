"""The evidence of a number in the reader's language: what shows it, what it means, which rule judges it, which rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from answers.evidence import Evidence, Source
from answers.traced import Traced
from metrics.catalogue import SECTIONS, Section, Unit, metric
from metrics.catalogue.entry import marked as _

from story import figures
from story.columns import Column
from story.parts import Block, Card, Chart, Story, Table
from story.words import say, say_count, sentences

_RULES: Final = {
    Section.WEEK: _(
        "a control chart judges it: limits from the weeks before; a signal is a week beyond a limit, eight weeks or "
        "more on one side of the mean, or three or four of four near a limit"
    ),
    Section.CAMPAIGN: _("its interval judges it: no rule calls it good or bad"),
    Section.SATISFACTION: _("its interval judges it: no rule calls it good or bad"),
    Section.STAFF: _("its interval judges it: no rule calls it good or bad"),
    Section.RETURN: _(
        "one verdict a campaign and metric: at most 5 % false ones among the campaigns judged in the same calendar year"
    ),
    Section.COMPARISON: _(
        "one verdict a campaign and metric: at most 5 % false ones among the campaigns judged in the same calendar year"
    ),
    Section.TIER: _("the bank's tier rule decides a customer's tier"),
}

_DECIDED: Final = {Section.WEEK: "0018", Section.RETURN: "0009", Section.COMPARISON: "0009"}
"""The document that says how a rule was chosen, and what would be another version of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """The evidence of a card.

    Attributes:
        title: Its name and value.
        statements: What each says, and the statement: definition, source, rule, version.
        rows: How many rows of which tables.
        block: The block of the story that shows it; None where none does.
    """

    title: str
    statements: tuple[tuple[str, str], ...]
    rows: Table
    block: Block | None


def tell(answer: Evidence, card: Card, story: Story) -> Told:
    """The evidence of a card of a story."""
    entry = metric(answer.key)
    choice = sentences([*story.choice, *_whose(answer.traced)])
    statements = (
        (say("Definition"), card.definition),
        (say("Rests on"), sentences([card.rests_on, card.target])),
        (say("Counted"), sentences([choice, say(entry.grain)])),
        (say("Source"), entry.source if not card.tables else ", ".join(card.tables)),
        (say("Rule"), _rule(answer)),
        (
            say("Data version"),
            sentences([answer.version, answer.origin, say("data as of {day}", day=figures.day(answer.as_of))]),
        ),
    )
    return Told(
        say("{name}: {value}", name=card.name, value=card.value),
        tuple((name, said) for name, said in statements if said),
        _rows(answer),
        shown_by(card, story),
    )


def shown_by(card: Card, story: Story) -> Block | None:
    """The block that shows the card's number, under a key of its own; None where none does."""
    for block in (block for row in story.rows for block in row):
        if isinstance(block.shown, Chart | Table) and block.shown.key == card.shown_by:
            return replace(block, shown=replace(block.shown, key=f"evidence_{card.shown_by}", opens=None), hint="")
    return None


def _whose(traced: Traced | None) -> list[str]:
    if traced is None or traced.campaigns is None:
        return []
    return [say_count("{count} campaign", "{count} campaigns", len(traced.campaigns))]


def _rule(answer: Evidence) -> str:
    section = next(section for section, entries in SECTIONS.items() if any(e.key == answer.key for e in entries))
    version = _DECIDED.get(section, "")
    return sentences(
        [
            say(_RULES[section]),
            say("in force since {day}", day=figures.day(answer.tier_rule)) if section is Section.TIER else "",
            say("as decided in {document}", document=f"docs/decisions/{version}") if version else "",
        ]
    )


def _rows(answer: Evidence) -> Table:
    """How many rows of each table, as a statement of SQL would count them."""
    missing = say("not recorded")

    def numbers(values: list[int | None]) -> npt.NDArray[np.float64]:
        return np.asarray([np.nan if value is None else value for value in values], dtype=np.float64)

    sources = answer.sources
    columns = (
        Column(say("Table, and what chose its rows"), [_chosen(source) for source in sources]),
        Column(say("Rows counted"), numbers([s.rows for s in sources]), Unit.COUNT, missing=missing),
        Column(say("Rows that you may see"), numbers([s.visible for s in sources]), Unit.COUNT, missing=missing),
    )
    return Table(columns, say("Rows behind the number"), "evidence_rows", prose=True)


def _chosen(source: Source) -> str:
    if source.visible is None:
        return sentences([source.table, say("not loaded")])
    return sentences(
        [source.table, source.chosen_by or say("all rows"), say("to {day}", day=figures.day(source.until))]
    )
