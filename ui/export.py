"""What is shown, as a file: the tables of the page in one workbook, or each as CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context

import streamlit as st
from story import spreadsheet
from story.parts import Table
from story.words import language, say, speak

from ui.markdown import plain

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Made = Callable[[], bytes]
Delivered = Callable[[str, Made], Made]


def buttons(
    tables: Sequence[Table], *, name: str, about: Mapping[str, str], currency: str, delivered: Delivered
) -> None:
    """A menu that offers the tables as XLSX and each as CSV; nothing where there is no table.

    Args:
        tables: As they stand on the page.
        name: Stem of the files' names.
        about: What a file says of itself: filter, data version, date of the data.
        currency: Of all amounts; they are written in currency units.
        delivered: Given a file's name and how it is made, hands it out at a click: rights are looked at again, then.
    """
    if not tables:
        return
    with st.popover(say("Export"), icon=":material/download:", type="tertiary"):
        st.caption(plain(say("As shown, with intervals, denominators, the filter and the version of the data.")))
        book = f"{name}.xlsx"
        _button("XLSX", delivered(book, lambda: spreadsheet.xlsx(tables, currency, about)), book, _XLSX)
        for table in tables:
            file = f"{name}_{table.key}.csv"
            made = delivered(file, lambda shown=table: spreadsheet.csv(shown, currency, about))
            _button(f"CSV · {plain(table.alt)}", made, file, "text/csv")


def _button(label: str, made: Made, file: str, kind: str) -> None:
    st.download_button(
        label, _in_this_language(made), file, kind, on_click="ignore", width="stretch", key=f"export_{file}"
    )


def _in_this_language(made: Callable[[], bytes]) -> Callable[[], bytes]:
    """What makes a file, in the language of this run: the file is made on request, where no language was spoken."""
    spoken = language()

    def speaking() -> bytes:
        speak(spoken)
        return made()

    return lambda: copy_context().run(speaking)
