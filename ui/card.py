"""A card: a metric's name with its definition on hover, its value, and what the value rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st
from metrics.catalogue import Unit
from metrics.estimate import Intervals

from ui import estimates
from ui.figures import why
from ui.words import sentences

Signal = tuple[str, Literal["blue", "orange", "gray"]]
WIDTH = 154
"""Six stand side by side at 1440 pixels, two at 390."""


@dataclass(frozen=True, slots=True)
class Card:
    """What one card shows.

    Attributes:
        name: Short enough not to clip at `WIDTH`, in both languages.
        value: Written with the digits it deserves, or why there is none.
        rests_on: The denominator and the interval.
        definition: Shown on hover.
        signal: A badge, in words; coloured only by a named rule.
        history: Up to 16 earlier periods and this one, drawn small.
    """

    name: str
    value: str
    rests_on: str
    definition: str
    signal: Signal | None = None
    history: Sequence[float] | None = None


def measured(
    name: str,
    numbers: Intervals,
    unit: Unit,
    rests_on: Sequence[str],
    definition: str,
    *,
    currency: str = "",
    signed: bool = False,
    signal: Signal | None = None,
) -> Card:
    """The card of an estimate, first row: number, what it rests on, limits; or a dash and why there is no number."""
    if math.isnan(float(numbers.estimate[0])):
        return Card(name, "\N{EM DASH}", why(str(numbers.reason[0])), definition)
    between = estimates.limits(numbers, 0, unit, currency)
    return Card(
        name,
        estimates.value(numbers, 0, unit, currency, signed=signed),
        sentences([*rests_on, between]),
        definition,
        signal,
    )


def row(cards: Sequence[Card]) -> None:
    """Cards in a row that wraps, all of one height."""
    with st.container(horizontal=True, gap="small"):
        for card in cards:
            with st.container(border=True, width=WIDTH, height="stretch", gap="small"):
                st.metric(card.name, card.value, help=card.definition, chart_data=card.history)
                if card.signal:
                    st.badge(card.signal[0], color=card.signal[1])
                st.caption(card.rests_on)
