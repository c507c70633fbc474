"""From a number to what it rests on: a card's button opens chart, meaning, rule, version and rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st
from answers import customers, evidence
from answers.traced import Traced
from data_access.reading.reader import Reader
from story import evidence as told
from story.customers import kind_written
from story.parts import Block, Card, Story
from story.words import say

from ui import filters
from ui.markdown import plain

_ASKED: Final = "evidence_asked"


def button(reader: Reader, story: Story, block: Callable[[Block], None], card: str, at: str = "") -> None:
    """The way from a card to its evidence; nothing for a card that has no entry in the catalogue.

    Args:
        reader: Whose rows are counted.
        story: That the card belongs to.
        block: Draws a block.
        card: Name of the card.
        at: Where the way begins, if not at the card.
    """
    found = next((one for one in story.cards if one.name == card), None)
    if found is None or not found.key:
        return
    key = f"claim_{at}" if at else f"evidence_{card}"
    st.button(say("Evidence"), key=key, type="tertiary", icon=":material/search:", on_click=_asked, args=(key,))
    if st.session_state.get(_ASKED) == key:
        del st.session_state[_ASKED]
        _open(reader, story, block, found)


def _asked(key: str) -> None:
    st.session_state[_ASKED] = key


def _open(reader: Reader, story: Story, block: Callable[[Block], None], card: Card) -> None:
    found = evidence.ask(reader, card.key, card.traced or story.traced, card.tables)
    shown = told.tell(found, card, story)

    @st.dialog(plain(shown.title), width="large")
    def dialog() -> None:
        if shown.block is not None:
            block(shown.block)
        for name, said in shown.statements:
            st.markdown(say("{topic} {sentence}", topic=f"**{plain(name)}**", sentence=plain(said)))
        block(Block(say("Rows behind the number"), "", shown.rows))
        _customers(card.key, found.traced)

    dialog()


def _customers(key: str, traced: Traced | None) -> None:
    """Links to the lists of those whom the number counts."""
    if traced is None:
        return
    of_campaigns = traced.campaigns is not None
    for kind in customers.of_metric(key, of_campaigns=of_campaigns):
        label = say("Customers: {kind}", kind=kind_written(kind))
        filters.link_to(
            "customers",
            label,
            ":material/group:",
            list=kind,
            when="" if of_campaigns else traced.period.key,
            campaign=traced.campaigns[0] if traced.campaigns and len(traced.campaigns) == 1 else "",
            leaf="",
            **{"from": str(st.session_state.get("page", ""))},
        )
