"""A table drawn with Streamlit: its cells are written by us, its columns sort by the numbers behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from story.columns import Column
from story.once import once
from story.parts import Table

from ui import opens
from ui.first import ROW_HEIGHT, SHOWN_ROWS, table_height
from ui.markdown import plain

_JOINER: Final = "\N{WORD JOINER}"
_BREAK: Final = "\N{ZERO WIDTH SPACE}"
_BEHIND_A_TABLE: Final = re.compile(r"(?<=[a-z_]\.)(?=[a-z_]{6})")
_WORD: Final = 4
_NUMBER: Final = 96
_LETTER: Final = 8
_SMALL: Final = 6
_CHINESE: Final = 14
"""Pixels that a cell needs at least, for each sign of a number, and for each letter and character of a header."""


def draw(shown: Table, currency: str) -> None:
    """A table in the page's full width; a row that is ticked opens what it stands for."""
    if shown.prose:
        _prose(shown, currency)
        return
    styled, config = _written(shown, currency)
    rows = len(shown.columns[0].texts(currency))
    event: Any = st.dataframe(  # pyright: ignore[reportUnknownMemberType]
        styled,
        column_config=config,
        hide_index=True,
        height="content" if rows <= SHOWN_ROWS else table_height(rows),
        row_height=ROW_HEIGHT,
        on_select="rerun" if shown.opens else "ignore",
        selection_mode="single-row",
        alt=shown.alt,
        key=shown.key,
    )
    ticked: list[int] = event.selection.rows if shown.opens else []
    opens.follow(shown.opens, ticked)


class _Sorted(pd.DataFrame):
    """What a table sorts by. Asked for its values as text, it answers with the texts that were written for them."""

    _metadata: ClassVar[list[str]] = ["texts"]
    texts: pd.DataFrame

    def astype(self, *_: object, **__: object) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The texts, whatever is asked for: Streamlit alone asks."""
        return self.texts


def _cells(frame: _Sorted) -> Styler:
    """A frame whose cells are written already: the text of a cell depends on its row (limits, reason).

    pandas tells a formatter nothing of the row, and takes ten times as long to write a cell for a page of HTML. What
    Streamlit asks of a styler is answered here; it takes no class but pandas' own.
    """
    styler = Styler(frame, uuid="written")

    def written(*_: bool) -> Mapping[str, Any]:
        return {}

    vars(styler).update(_compute=lambda: styler, _translate=written)
    return styler


@once
def _written(shown: Table, currency: str) -> tuple[Styler, Mapping[str, Any]]:
    texts = [column.texts(currency) for column in shown.columns]
    frame = _Sorted({str(place): _sortable(column) for place, column in enumerate(shown.columns)})
    frame.texts = pd.DataFrame({str(place): _written_out(column) for place, column in enumerate(texts)})
    config = {str(place): _config(column, texts[place], currency) for place, column in enumerate(shown.columns)}
    return _cells(frame), config


def _prose(shown: Table, currency: str) -> None:
    """Sentences, which are broken into lines rather than cut."""
    frame = _sentences(shown, currency)
    st.table(frame, hide_index=True, border="horizontal")  # pyright: ignore[reportUnknownMemberType]


@once
def _sentences(shown: Table, currency: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            plain(_broken_well(column.header(currency))): _written_out(
                [plain(_broken_well(text)) for text in column.texts(currency)]
            )
            for column in shown.columns
        }
    )


def _broken_well(text: str) -> str:
    """Lines of a narrow cell end behind the name of a table, and never within a short word of Chinese."""
    if 1 < len(text) <= _WORD and text.isalpha() and not text.isascii():
        return _JOINER.join(text)
    return _BEHIND_A_TABLE.sub(_BREAK, text)


def _config(column: Column, texts: Sequence[str], currency: str) -> Any:
    header = column.header(currency)
    if column.is_text:
        return st.column_config.TextColumn(header, help=column.definition or None)
    letters = max(_LETTER * max(map(len, texts), default=0), sum(_CHINESE if c > "\u2e7f" else _SMALL for c in header))
    width = max(_NUMBER, letters + 24)
    return st.column_config.NumberColumn(header, help=column.definition or None, width=width)


def _sortable(column: Column) -> Any:
    """What a column sorts by. The lowest number stands for none, whose cell would otherwise show no text."""
    if column.unit is None:
        return _written_out(column.texts(""))
    numbers = column.numbers()
    return np.where(np.isnan(numbers), -np.inf, numbers)


def _written_out(texts: Sequence[str]) -> Any:
    """Texts as they are sent: a table is told once, and sent with every run."""
    return pd.array(list(texts), dtype=pd.StringDtype("pyarrow", na_value=np.nan))
