"""A story drawn with Streamlit: cards, blocks side by side, charts, tables."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import groupby
from typing import Any, Final, cast

import streamlit as st
from story.chart.over_time import spark
from story.once import once
from story.parts import Block, Card, Chart, Claims, Nothing, Story, Table, Views
from story.words import opened, say, say_count, sentences

from ui import empty, filters, first, opens, table
from ui.markdown import plain

CARD: Final = 154
"""Width of a card: six stand side by side at 1440 pixels, two at 390."""

Drawn = Callable[[Block], None]
Evidence = Callable[[str, str], None]
"""Draws the way to the evidence of a card, by its name, at a place on the page that is called so."""


def headline(story: Story, as_of: str) -> None:
    """The finding, the only large text of the page, and the facts it rests on."""
    st.title(plain(story.headline), anchor=False)
    st.caption(plain(opened(sentences([*story.facts, as_of]))))


class Place:
    """Where a block will stand that is drawn later than what stands around it.

    Attributes:
        controls: Where its own filters go: between what it says and what shows it.
    """

    def __init__(self) -> None:
        with st.container():
            self._says = st.container()
            self.controls = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
            self._shows = st.container()

    def fill(self, block: Block, currency: str, drawn: Drawn | None) -> None:
        """Draws the block here."""
        with self._says:
            _says(block)
        with self._shows:
            _shows(block, currency, drawn)


class Body:
    """Everything below the filters, in two goes: what is seen first, and the rest once a browser has drawn that.

    Attributes:
        places: Of the blocks that are drawn later, by name.
    """

    def __init__(
        self,
        story: Story,
        drawn: Mapping[str, Drawn] | None = None,
        evidence: Evidence | None = None,
        later: Collection[str] = (),
    ) -> None:
        """Draws further findings, cards, and the blocks that are seen without scrolling; for others it keeps a place.

        Args:
            story: What is told.
            drawn: What draws the evidence of a block that its reader can act on, by the block's name.
            evidence: What leads from a card to its evidence.
            later: Names of blocks, each in a row of its own, for which a place is kept.
        """
        self._currency, self._drawn, self._evidence = story.currency, drawn or {}, evidence
        self.places: dict[str, Place] = {}
        self._rest: list[tuple[AbstractContextManager[object], tuple[Block, ...]]] = []
        for sentence in story.findings:
            st.markdown(plain(sentence))
        seen = first.seen(story)
        for place, row in enumerate((*story.rows, ())):
            if place == min(story.lead, len(story.rows)) and story.cards:
                cards(story.cards, evidence)
            if not row:
                continue
            if len(row) == 1 and row[0].name in later:
                self.places[row[0].name] = Place()
            elif place < seen:
                self._row(row)
            else:
                self._rest.append((st.container(), row))

    def rest(self, *, alone: bool = False) -> None:
        """Draws what is left; `alone` gives the browser time for the first, where it has nothing of this page yet."""
        if alone and self._rest:
            first.alone(first.SEEN)
        while self._rest:
            place, row = self._rest.pop(0)
            with place:
                self._row(row)

    def _row(self, row: Sequence[Block]) -> None:
        if len(row) == 1:
            part(row[0], self._currency, self._drawn.get(row[0].name), self._evidence)
            return
        for place, block in zip(st.columns([block.width for block in row], gap="large"), row, strict=True):
            with place:
                part(block, self._currency, self._drawn.get(block.name), self._evidence)


def body(story: Story) -> None:
    """A story without a frame, all of it."""
    Body(story).rest()


def cards(row: Sequence[Card], evidence: Evidence | None = None) -> None:
    """Cards in a row that wraps, all of one height."""
    with st.container(horizontal=True, gap="small"):
        for card in row:
            with st.container(border=True, width=CARD, height="stretch", gap="small"):
                st.metric(plain(card.name), card.value, help=plain(card.definition))
                st.markdown(_below(card))
                if evidence is not None:
                    evidence(card.name, "")


def _below(card: Card) -> str:
    """What stands below a card's number: a browser draws one text sooner than four."""
    parts = [_course(card.name, card.history)] if card.history else []
    if card.badge:
        parts.append(f":{card.badge[1]}-badge[{plain(card.badge[0])}]")
    parts += [f":gray[:small[{plain(text)}]]" for text in (card.rests_on, card.target) if text]
    return "\n\n".join(parts)


def _course(name: str, history: Sequence[float]) -> str:
    """The earlier values of a card as an image within Markdown, which is drawn with the text around it."""
    image = b64encode(spark.svg(history).encode()).decode()
    said = say_count(
        "{name}: {count} period up to this one", "{name}: {count} periods up to this one", len(history), name=name
    )
    return f"![{plain(said)}](data:image/svg+xml;base64,{image})"


def as_shown(story: Story) -> Story:
    """The story as it stands on screen: of several views the chosen one."""
    rows = tuple(
        tuple(
            replace(block, shown=block.shown.tables[_view(block.shown)]) if isinstance(block.shown, Views) else block
            for block in row
        )
        for row in story.rows
    )
    return replace(story, rows=rows)


def shown(block: Block, currency: str) -> None:
    """What shows a block, below what its reader chooses above it."""
    _shows(block, currency, None)


def part(block: Block, currency: str, drawn: Drawn | None = None, evidence: Evidence | None = None) -> None:
    """A block: its finding, its caption, and what shows it."""
    _says(block)
    _shows(block, currency, drawn, evidence)


def _says(block: Block) -> None:
    if block.heading:
        st.header(plain(block.heading), anchor=False)
    if caption := sentences([block.hint, block.caption]):
        st.caption(plain(caption))


def _shows(block: Block, currency: str, drawn: Drawn | None, evidence: Evidence | None = None) -> None:
    shown = block.shown
    if drawn is not None:
        drawn(block)
    elif isinstance(shown, Chart):
        _chart(shown)
    elif isinstance(shown, Views):
        filters.select(shown.key, shown.names, shown.label)
        table.draw(shown.tables[_view(shown)], currency)
    elif isinstance(shown, Table):
        table.draw(shown, currency)
    elif isinstance(shown, Claims):
        _claims(shown, evidence)
    elif isinstance(shown, Nothing):
        empty.state(shown)
    if block.after:
        st.caption(plain(block.after))


def _claims(shown: Claims, evidence: Evidence | None) -> None:
    for claim in shown.claims:
        st.markdown(say("{topic} {sentence}", topic=f"**{plain(claim.topic)}**", sentence=plain(claim.sentence)))
        if not claim.card and not claim.links:
            continue
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if evidence is not None and claim.card:
                evidence(claim.card, claim.topic)
            for link in claim.links:
                filters.link_to(link.page, link.label, ":material/arrow_forward:", **link.changed)


def _view(views: Views) -> str:
    return filters.chosen(filters.Filter(views.key, views.label, list(views.names), views.names.__getitem__))


def _chart(chart: Chart) -> None:
    event: Any = st.vega_lite_chart(  # pyright: ignore[reportUnknownMemberType]
        _with_rows_in_place(chart),
        width="stretch",
        theme="streamlit",
        key=chart.key,
        alt=chart.alt,
        on_select="rerun" if chart.opens else "ignore",
    )
    marks: Any = event.selection.get("opened") if chart.opens else None
    # Nothing chosen is an empty mapping, marks chosen are a list of their fields.
    chosen = cast("list[dict[str, Any]]", marks) if isinstance(marks, list) else []
    places = [int(mark["place"]) for mark in chosen if "place" in mark]
    opens.follow(chart.opens, places)


@once
def _with_rows_in_place(chart: Chart) -> dict[str, Any]:
    """The specification with the rows beside the layers that draw them, once for layers that follow each other.

    Streamlit would carry datasets apart, and a browser takes longer to unpack some forty rows than to draw them. It
    also writes and reads a specification anew in each run: rows that are written already it copies as one text.
    """
    spec = chart.spec
    shared = spec.get("data")
    parts: list[dict[str, Any]] = []
    for name, layers in groupby(spec["layer"], lambda layer: layer.get("data", shared)["name"]):
        bare = [{key: part for key, part in layer.items() if key != "data"} for layer in layers]
        rows = json.dumps(spec["datasets"][name], ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        data = {"values": rows, "format": {"type": "json"}}
        parts.append({"data": data, **(bare[0] if len(bare) == 1 else {"layer": bare})})
    return {**{key: part for key, part in spec.items() if key not in {"datasets", "data"}}, "layer": parts}
