"""What is shown, as a file: the page as PDF or slides, its tables as workbook or CSV, its charts as pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import Any, Final

import streamlit as st
from reports import fonts, paper, picture, slides
from reports.edition import Edition
from story import spreadsheet
from story.parts import Block, Chart, Story, Table, Views
from story.words import language, say, speak

from ui import menus
from ui.markdown import plain
from ui.take import purpose

MENU: Final = "export"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

Made = Callable[[], bytes]
Delivered = Callable[..., Made]


def offers(story: Story) -> bool:
    """Whether a story has a table or a chart to take along."""
    return any(isinstance(block.shown, Table | Chart | Views) for row in story.rows for block in row)


def menu() -> Any:
    """Where the files of a page are offered once somebody opens it: it stands with the page's other tools before."""
    return menus.tool(say("Export"), "download", MENU)


def buttons(
    edition: Edition,
    *,
    name: str,
    about: Mapping[str, str],
    delivered: Delivered,
    printed: Edition | None = None,
) -> None:
    """Offers the page and each of its tables and charts.

    Args:
        edition: What stands on the page.
        name: Stem of the files' names.
        about: What a table's file says of itself: filter, data version, date of the data.
        delivered: Given a file's name, how it is made and facts for the audit, hands it out at a click: rights are
            looked at again, then.
        printed: What its PDF shows; the page itself if None.
    """
    blocks, tables = [block for row in edition.story.rows for block in row], _tables(edition)
    charts = [(block, block.shown) for block in blocks if isinstance(block.shown, Chart)]
    currency = edition.story.currency
    st.caption(plain(say("As shown, with intervals, denominators, the filter and the version of the data.")))
    private = any(table.customers for told in (edition, printed or edition) for table in _tables(told))
    stated = purpose.asked() if private else ""
    taken = [table for table in tables if stated or not table.customers]
    said = {**about, say("Purpose"): stated} if stated else about
    facts = {"purpose": stated} if stated else {}
    offer = _Offer(name, delivered)
    if fonts.missing():
        st.caption(
            plain(
                say(
                    "PDF and pictures need a font that this machine lacks. An administrator installs {package}.",
                    package=fonts.PACKAGE,
                )
            )
        )
    elif stated or not private:
        offer("PDF", ".pdf", "application/pdf", lambda: paper.pdf(printed or edition), **facts)
        offer(say("Slides (PPTX)"), ".pptx", _PPTX, lambda: slides.pptx(edition), **facts)
    if taken:
        offer("XLSX", ".xlsx", XLSX, lambda: spreadsheet.xlsx(taken, currency, said), **facts)
    for table in taken:
        made = _bound(spreadsheet.csv, table, currency, said)
        offer(f"CSV · {plain(table.alt)}", f"_{table.key}.csv", "text/csv", made, **facts)
    if not fonts.missing():
        for block, chart in charts:
            _pictures(offer, block, chart)


def _tables(told: Edition) -> list[Table]:
    return [block.shown for row in told.story.rows for block in row if isinstance(block.shown, Table)]


class _Offer:
    """Buttons of one page's files."""

    def __init__(self, name: str, delivered: Delivered) -> None:
        self._name, self._delivered = name, delivered

    def __call__(self, label: str, ending: str, kind: str, made: Made, **facts: str) -> None:
        """One button."""
        file = f"{self._name}{ending}"
        st.download_button(
            label,
            in_this_language(self._delivered(file, made, **facts)),
            file,
            kind,
            on_click="ignore",
            width="stretch",
            key=f"export_{file}",
        )


def _pictures(offer: _Offer, block: Block, chart: Chart) -> None:
    """One chart, for a document and for whoever wants to draw on."""
    st.caption(plain(block.heading or chart.alt))
    with st.container(horizontal=True, gap="xsmall"):
        offer("PNG", f"_{chart.key}.png", "image/png", _bound(picture.png, chart))
        offer("SVG", f"_{chart.key}.svg", "image/svg+xml", lambda: picture.svg(chart).encode())


def _bound(make: Callable[..., bytes], *shown: object) -> Made:
    return lambda: make(*shown)


def in_this_language(made: Made) -> Made:
    """What makes a file, in the language of this run: the file is made on request, where no language was spoken."""
    spoken = language()

    def speaking() -> bytes:
        speak(spoken)
        return made()

    return lambda: copy_context().run(speaking)
