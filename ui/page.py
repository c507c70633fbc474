"""The frame around every page: who looks, what they may see, whether there is anything to show, and the finding on top.

The only file outside the data room that opens readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar

import streamlit as st
from data_access import access
from data_access.errors import AccessError, NoVersionError
from data_access.queries import data
from data_access.reader import Reader
from data_access.scope import Viewer

from ui import empty, filters, first_run, sign_in, sitemap, views
from ui.figures import day
from ui.vocabulary import names, term
from ui.words import LANGUAGES, language, opened, say, sentences

_LOOKING: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


def viewer() -> Viewer:
    """Who looks; until somebody has signed in, and data was loaded, the screen says what to do and the run stops."""
    _LOOKING.set(None)
    try:
        offered = access.offered()
        access.warehouse().current()
    except NoVersionError:
        first_run.show()
        st.stop()
    who = sign_in.chosen(offered, _branch_names(offered[0])) if offered else _granted(sign_in.proved())
    _LOOKING.set(who)
    return who


def sidebar(who: Viewer) -> None:
    """Below the navigation: language, person, sign out."""
    with st.sidebar:
        filters.language_switch()
        st.caption(sentences([*names([who.name]), term(who.role)]))
        sign_in.leave_button()


class Page:
    """An open page: its reader, and the places on it that are filled once its numbers are known.

    Attributes:
        reader: Reads what the viewer may see, all from one version of the data.
        controls: Where filters go.
        tools: Where export, saved views and the link go.
    """

    def __init__(self, row: sitemap.Row, who: Viewer) -> None:
        self.row = row
        self.reader: Reader = access.open_reader(who)
        st.caption(f"{row.icon} {say(row.title)} · {say(row.question)}")
        self._head = st.container()
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            self.controls = st.container(horizontal=True, width="content", vertical_alignment="center", gap="xsmall")
            self.tools = st.container(horizontal=True, width="content", gap="xsmall")

    def headline(self, finding: str, facts: Sequence[str]) -> None:
        """The finding, the only large text of the page, and the facts it rests on."""
        with self._head:
            st.title(finding, anchor=False)
            as_of = say("data as of {day}", day=day(self.reader.as_of))
            st.caption(opened(sentences([*facts, as_of])))

    def about(self, chosen: Sequence[str]) -> dict[str, str]:
        """What an exported file says of itself."""
        return {
            say("Filter"): sentences(chosen),
            say("Data version"): self.reader.version,
            say("Data as of"): self.reader.as_of.isoformat(),
            say("Language"): LANGUAGES[language()],
        }

    def share(self) -> None:
        """Saved views of this page, and the link to what is shown."""
        views.menu(access.workspace(), self.reader.viewer.email, self.row.key)
        views.link()


def open(key: str) -> Page:
    """Opens a page for whoever has signed in; stops with a friendly word where its tables are empty.

    Raises:
        AccessError: the viewer's role may not open it.
    """
    row, who = sitemap.row(key), _LOOKING.get()
    if who is None:  # the first visit to a new process may skip app.py: Streamlit takes pages/ for its own until told
        st.navigation(sitemap.navigation())
        st.rerun()
    if who.role not in row.roles:
        raise AccessError(f"{who.email} may not open {key}. Nothing was read.")
    page = Page(row, who)
    missing = [table for table in row.tables if not page.reader.has(table)]
    if missing:
        page.headline(say("Nothing to show yet"), [])
        empty.missing_tables(missing)
        st.stop()
    return page


def _branch_names(viewer: Viewer) -> dict[str, str]:
    branches = data.branches(access.open_reader(viewer))
    return dict(zip(branches["branch_id"], branches["name"], strict=True))


def _granted(email: str) -> Viewer:
    try:
        return access.viewer(email)
    except AccessError:
        sign_in.without_rights(email)
        st.stop()
