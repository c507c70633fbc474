"""A list of customers as a file: only with a purpose, which is written to the audit with who took it and what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from answers import customers
from answers.customers import Customers
from data_access.reading.reader import Reader
from story import customers as told
from story import spreadsheet
from story.parts import Table
from story.words import say, say_count

from ui.markdown import plain
from ui.take import purpose
from ui.take.export import XLSX, in_this_language

Made = Callable[[], bytes]
Delivered = Callable[..., Made]


def export(reader: Reader, answer: Customers, about: Mapping[str, str], delivered: Delivered) -> None:
    """The way to take a list along; nothing for who may not see it, and for an empty one.

    Args:
        reader: Whose rows.
        answer: The list.
        about: What the file says of itself: filter, data version, date of the data.
        delivered: Given a file's name, how it is made and facts for the audit, hands it out at a click.
    """
    if answer.rows is None or answer.rows.empty:
        return
    with st.popover(say("Export"), icon=":material/download:", type="tertiary", key="take_customers"):
        stated = purpose.asked()
        if not stated:
            return
        if (answer.n or 0) > customers.LARGEST_FILE:
            most = f"{customers.LARGEST_FILE:,}"
            st.caption(
                plain(say("A file holds at most {most} rows, the latest: choose a branch or period.", most=most))
            )
        about = {**about, say("Purpose"): stated}
        facts = {"list": answer.choice.kind, "rows": str(answer.n), "purpose": stated}

        def xlsx(table: Table) -> bytes:
            return spreadsheet.xlsx([table], answer.currency, about)

        def csv(table: Table) -> bytes:
            return spreadsheet.csv(table, answer.currency, about)

        for label, ending, kind, make in (("XLSX", "xlsx", XLSX, xlsx), ("CSV", "csv", "text/csv", csv)):
            st.download_button(
                say_count("{form}: {count} row", "{form}: {count} rows", answer.n or 0, form=label),
                in_this_language(delivered(f"customers.{ending}", _made(reader, answer, make), **facts)),
                f"customers_{answer.choice.kind}.{ending}",
                kind,
                on_click="ignore",
                width="stretch",
                key=f"take_{ending}",
            )


def _made(reader: Reader, answer: Customers, make: Callable[[Table], bytes]) -> Made:
    def made() -> bytes:
        rows = customers.whole(reader, answer.choice)
        return make(Table(told.columns(answer, rows), say("Customers"), "customers", prose=True, customers=True))

    return made
