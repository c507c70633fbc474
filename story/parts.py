"""What a story is made of: values without a screen, which a page, a PDF, a slide or a mail can show.

All text is plain, in the reader's language. `ui.tell` draws a story with Streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from answers.traced import Traced

from story.columns import Column

Badge = tuple[str, Literal["blue", "orange", "gray"]]
"""A word, and the colour of its meaning: better, worse, neither."""


@dataclass(frozen=True, slots=True)
class Card:
    """One number with what it rests on.

    Attributes:
        name: Short enough not to clip at 154 pixels, in both languages.
        value: Written with the digits it deserves, or a dash.
        rests_on: The denominator and the interval, or why there is no value.
        definition: Shown on hover.
        badge: Coloured only by a named rule.
        history: Up to 26 earlier periods and this one, drawn small.
        key: Of the catalogue: what its target and its evidence are found by; empty where it has neither.
        number: The number and its limits in the catalogue's unit, nan where it has none; None where nothing is known.
        target: What was to be reached, and how much of it was; empty where no target is kept.
        traced: Which rows it was counted from, where not from those of its story.
        shown_by: Key of the chart or table of its story that shows it.
        tables: Where its rows lie, if not in the tables of the catalogue.
    """

    name: str
    value: str
    rests_on: str
    definition: str
    badge: Badge | None = None
    history: Sequence[float] | None = None
    key: str = ""
    number: tuple[float, float, float] | None = None
    target: str = ""
    traced: Traced | None = None
    shown_by: str = ""
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opens:
    """What a row of a table or a mark of a chart opens.

    Attributes:
        page: Key of the page.
        parameter: Name of the parameter in its URL.
        values: The parameter's value for each row, in the order of the rows.
        others: Further parameters, each with its value for each row.
    """

    page: str
    parameter: str
    values: tuple[str, ...]
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Chart:
    """A Vega-Lite specification with its data, without colours of its own: see `story.chart.theme`.

    Attributes:
        spec: The specification.
        height: In pixels.
        alt: What the chart shows, for those who cannot see it.
        key: Identity on its page.
        opens: What a mark opens; the field ``place`` of its datum is the row.
        weeks: Mondays of the weeks that it draws along its axis, on which notes may stand.
        week_at: Where each of them stands on the axis: its first day that is drawn, or a number; its Monday if empty.
    """

    spec: Mapping[str, Any]
    height: int
    alt: str
    key: str
    opens: Opens | None = None
    weeks: tuple[date, ...] = ()
    week_at: tuple[date | float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Table:
    """Columns of equal length.

    Attributes:
        columns: From left to right.
        alt: What the table holds, for those who cannot see it, and its name in an export.
        key: Identity on its page.
        opens: What a row opens.
        prose: Whether its cells are sentences, to be broken into lines rather than cut.
        customers: Whether its rows are single customers, who are taken along with a purpose alone.
        ticks: Whether paper has a box before each row, to tick by hand.
    """

    columns: tuple[Column, ...]
    alt: str
    key: str
    opens: Opens | None = None
    prose: bool = False
    customers: bool = False
    ticks: bool = False


@dataclass(frozen=True, slots=True)
class Views:
    """One table in several choices of columns; the reader picks one.

    Attributes:
        key: Name of the choice in the URL.
        label: Read aloud.
        names: What each view is called, by its value in the URL; the first is the default.
        tables: The table of each view.
    """

    key: str
    label: str
    names: Mapping[str, str]
    tables: Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Stands where there is nothing to show.

    Attributes:
        sentence: Why.
        advice: What to do now; without a command it is for a screen, on which it can be done.
        command: What to type.
    """

    sentence: str
    advice: str = ""
    command: str = ""

    @property
    def printed(self) -> tuple[str, ...]:
        """What is said of it where nothing can be chosen."""
        return (self.sentence, self.advice, self.command) if self.command else (self.sentence,)


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a page that shows evidence, under the choice of the page that it stands on.

    Attributes:
        label: What the link is called.
        page: Key of the page.
        changed: Parameters of the URL that are others there, such as the campaign.
    """

    label: str
    page: str
    changed: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that says where its evidence stands.

    Attributes:
        topic: What it is about, in a word or two.
        sentence: The claim.
        links: Pages that show its evidence; none where it stands on this one.
        card: Name of the card whose number it speaks of, and whose evidence is its own; empty where there is none.
    """

    topic: str
    sentence: str
    links: tuple[Link, ...] = ()
    card: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """A few claims, one below the other."""

    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Handwriting:
    """Lines to write on with a pen: on paper alone.

    Attributes:
        lines: How many.
    """

    lines: int


@dataclass(frozen=True, slots=True)
class Block:
    """A finding as a heading, one caption, and what shows it.

    Attributes:
        heading: A sentence.
        caption: What is shown of what, unit, interval, period.
        shown: The evidence.
        after: A line below it.
        width: Its part of the row, relative to its neighbours.
        hint: What a reader can do with it on screen; paper has nothing to click.
        name: What a screen knows it by that lets its reader act on what is shown, or draws it later than what stands
            around it; empty where there is neither.
    """

    heading: str
    caption: str
    shown: Chart | Table | Views | Claims | Nothing | Handwriting | None
    after: str = ""
    width: int = 1
    hint: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """An answer told in the reader's language.

    Attributes:
        headline: The finding; a whole sentence.
        facts: What it rests on: period, branch, n.
        findings: Further sentences, the most important first.
        cards: At most six.
        rows: Blocks side by side, row by row.
        choice: The filter in words, as an exported file states it.
        currency: Of all amounts, ISO 4217.
        traced: Which rows its numbers were counted from; None where it has no period.
        lead: Rows that a screen shows before the cards: what must be decided, and why.
    """

    headline: str
    facts: tuple[str, ...]
    findings: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    rows: tuple[tuple[Block, ...], ...] = ()
    choice: tuple[str, ...] = ()
    currency: str = ""
    traced: Traced | None = None
    lead: int = 0
