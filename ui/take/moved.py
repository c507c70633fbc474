"""What is done with a list of customers: taken along for a stated purpose, or handed to the planner as an audience."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st
from answers.tiers import customers
from answers.tiers.customers import Customers
from answers.tiers.tiers import TooShort
from data_access.workspace import views
from story import spreadsheet
from story.tiers import customers as story
from story.words import say, say_count

from ui import emphasis, filters
from ui.markdown import plain
from ui.page import Page
from ui.take import purpose
from ui.take.export import in_this_language

PLAN: Final = "plan"
"""The page whose saved views are audiences."""

AUDIENCE: Final = ("cell", "months", "rule", "class", "stage", "won", "exposed", "branch")
"""What says who belongs to an audience, as the URL of the list spells it; what is not there does not restrict."""

_NAMED: Final = 60
_SENT: Final = "sent_to_plan"


def taken(here: Page, answer: Customers | TooShort) -> Callable[[dict[str, str]], None]:
    """The way to take the list along: with a purpose alone, identifiers in full."""

    def menu(about: dict[str, str]) -> None:
        if isinstance(answer, TooShort) or answer.rows is None or not answer.n:
            return
        with st.popover(say("Export"), icon=":material/download:", type="tertiary", key="take_moved"):
            if stated := purpose.asked():
                _file(here, answer, stated, about)

    return menu


def plan(here: Page, answer: Customers | TooShort) -> None:
    """The audience under a name, where a plan finds it; nothing where there is no list to choose."""
    if isinstance(answer, TooShort) or not story.spelled(answer.of):
        return
    with st.popover(say("Send to plan"), icon=":material/forward:"):
        st.caption(say("Keeps who is meant, not whom it held today: the plan reads the list anew, under your rights."))
        st.text_input(say("Name of this audience"), key="audience_name", max_chars=_NAMED)
        of_whom = (here.workspace, here.reader.viewer.email, story.key(answer))
        st.button(say("Keep the audience"), on_click=_send, args=of_whom, type=emphasis.main())
        if sent := st.session_state.pop(_SENT, ""):
            st.caption(plain(say("Kept as “{name}”.", name=sent)))


def audience(cell: str) -> dict[str, str]:
    """Who is meant, as a plan takes it: the list and the filters that restrict it."""
    chosen = filters.current() | {"cell": cell}
    return {key: chosen[key] for key in AUDIENCE if chosen.get(key)}


def _file(here: Page, answer: Customers, stated: str, about: Mapping[str, str]) -> None:
    """The list with identifiers in full, read at the click."""
    if cut := story.cut(answer):
        st.caption(plain(cut))
    reader, facts = here.reader, {"list": story.key(answer), "rows": str(answer.n), "purpose": stated}
    said = {**about, say("Purpose"): stated}

    def made() -> bytes:
        return spreadsheet.csv(story.file(answer, customers.every(reader, answer)), reader.currency, said)

    st.download_button(
        say_count("{form}: {count} row", "{form}: {count} rows", min(answer.n, customers.LARGEST_EXPORT), form="CSV"),
        in_this_language(here.delivered("moved.csv", made, **facts)),
        "customers_who_moved.csv",
        "text/csv",
        on_click="ignore",
        width="stretch",
        key="moved_file",
    )


def _send(workspace: Any, owner: str, cell: str) -> None:
    name = str(st.session_state.get("audience_name", "")).strip()
    if name:
        views.save(workspace, owner, PLAN, name, urlencode(audience(cell)))
        st.session_state["audience_name"], st.session_state[_SENT] = "", name
