"""What is done with a list of customers: taken along for a stated purpose, or handed to the planner as an audience."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st
from answers.tiers import customers
from answers.tiers.customers import Customers
from answers.tiers.tiers import TooShort
from data_access import logs
from data_access.reading.reader import Reader
from data_access.workspace import views
from story import spreadsheet
from story.tiers import customers as story
from story.words import language, say, speak

from ui import filters
from ui.markdown import plain
from ui.page import Page

PLAN: Final = "plan"
"""The page whose saved views are audiences."""

AUDIENCE: Final = ("cell", "months", "rule", "class", "stage", "won", "exposed", "branch")
"""What says who belongs to an audience, as the URL of the list spells it; what is not there does not restrict."""

_SHORTEST: Final = 3
_LONGEST: Final = 200
_NAMED: Final = 60
_SENT: Final = "sent_to_plan"


def panel(here: Page, answer: Customers | TooShort) -> None:
    """Below the list: a file of it, and the way to a plan."""
    if isinstance(answer, TooShort) or not answer.n:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if answer.rows is not None:
            _file(here, answer)
        _plan(here.workspace, here.reader.viewer.email)


def audience(cell: str) -> dict[str, str]:
    """Who is meant, as a plan takes it: the list and the filters that restrict it."""
    chosen = filters.current() | {"cell": cell}
    return {key: chosen[key] for key in AUDIENCE if chosen.get(key)}


def _file(here: Page, answer: Customers) -> None:
    """The list with identifiers in full, for a purpose that the audit keeps."""
    with st.popover(say("Take the list along"), icon=":material/download:"):
        st.caption(say("The file names customers. Its purpose is written to the audit with your name."))
        purpose = st.text_input(say("What is it for?"), key="customers_purpose", max_chars=_LONGEST).strip()
        if cut := story.cut(answer):
            st.caption(plain(cut))
        file = f"customers_{story.key(answer).replace('..', '_')}.csv"
        st.download_button(
            say("CSV with identifiers"),
            here.delivered(file, _made(here.reader, answer, purpose, file)),
            file,
            "text/csv",
            disabled=len(purpose) < _SHORTEST,
            on_click="ignore",
            key="customers_file",
        )


def _made(reader: Reader, answer: Customers, purpose: str, file: str) -> Any:
    """Makes the file, whose rows are read at the click, and writes into the audit what for."""
    spoken, cell, as_of = language(), story.key(answer), reader.as_of

    def make() -> bytes:
        speak(spoken)
        rows = customers.every(reader, answer)
        logs.record(
            "took customers along",
            reader.viewer.email,
            purpose=purpose,
            list=cell,
            customers=str(len(rows)),
            file=file,
            version=reader.version,
        )
        return spreadsheet.csv(story.file(answer, rows), reader.currency, _about(purpose, as_of))

    return make


def _about(purpose: str, as_of: date) -> Mapping[str, str]:
    return {say("Purpose"): purpose, say("Data as of"): as_of.isoformat()}


def _plan(workspace: Any, owner: str) -> None:
    """The audience under a name, where a plan finds it."""
    with st.popover(say("Send to plan"), icon=":material/forward:"):
        st.caption(say("Keeps who is meant, not whom it held today: the plan reads the list anew, under your rights."))
        st.text_input(say("Name of this audience"), key="audience_name", max_chars=_NAMED)
        st.button(say("Keep the audience"), on_click=_send, args=(workspace, owner), type="primary")
        if sent := st.session_state.pop(_SENT, ""):
            st.caption(plain(say("Kept as “{name}”.", name=sent)))


def _send(workspace: Any, owner: str) -> None:
    name = str(st.session_state.get("audience_name", "")).strip()
    if name:
        views.save(workspace, owner, PLAN, name, urlencode(audience(st.session_state["filter_cell"])))
        st.session_state["audience_name"], st.session_state[_SENT] = "", name
