"""The frame around every page: who looks, what they may see, whether there is anything to show, and the finding on top.

The only file outside the data room that opens readers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar

import streamlit as st
from data_access import access, logs
from data_access.errors import AccessError, IdentityError, NoVersionError
from data_access.queries import data
from data_access.reader import Reader
from data_access.scope import Viewer

from ui import empty, errors, filters, first_run, sign_in, sitemap, views
from ui.figures import day
from ui.vocabulary import names, term
from ui.words import LANGUAGES, language, opened, say, sentences

_LOOKING: ContextVar[access.Pass | None] = ContextVar("pass", default=None)


def viewer() -> Viewer:
    """Who looks; until somebody has signed in, and data was loaded, the screen says what to do and the run stops."""
    _LOOKING.set(None)
    st.session_state.pop(errors.PERSON, None)
    try:
        version = access.current()
    except NoVersionError:
        first_run.show()
        st.stop()
    claims: sign_in.Claims = {}
    if offered := access.offered(version):
        who = sign_in.chosen(offered, _branch_names(access.open_reader(offered[0], version)))
    else:
        claims = sign_in.proved()
        try:
            who = access.viewer(claims)
        except IdentityError as refusal:
            sign_in.refused(refusal, claims, access.sign_out)
    _LOOKING.set(access.Pass(who, version, claims))
    st.session_state[errors.PERSON] = who.email
    return who


def admits(claims: sign_in.Claims) -> bool:
    """Whether whom the identity provider proves may come in now; anyone may, where nobody has to prove who it is."""
    try:
        return bool(access.offered(access.current()) or access.viewer(claims))
    except (AccessError, NoVersionError):
        return False


def sidebar(who: Viewer) -> None:
    """Below the navigation: language, person, sign out."""
    with st.sidebar:
        filters.language_switch()
        st.caption(sentences([*names([who.name]), term(who.role)]))
        sign_in.leave_button(access.sign_out)


class Page:
    """An open page: its reader, and the places on it that are filled once its numbers are known.

    Attributes:
        reader: Reads what the viewer may see, all from one version of the data.
        controls: Where filters go.
        tools: Where export, saved views and the link go.
    """

    def __init__(self, row: sitemap.Row, admitted: access.Pass) -> None:
        self.row = row
        self._pass = admitted
        self.reader: Reader = admitted.reader()
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

    def delivered(self, file: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
        """The file to hand out at a click, which may come long after the run: rights are looked at again, then.

        The click is recorded in the audit. It raises AccessError, and hands out nothing, where rights were changed.
        """

        def deliver() -> bytes:
            self._pass.confirm()
            logs.record("exported", self.reader.viewer.email, file=file, version=self.reader.version)
            return make()

        return deliver

    def share(self) -> None:
        """Saved views of this page, and the link to what is shown."""
        views.menu(access.workspace(), self.reader.viewer.email, self.row.key)
        views.link()


def open(key: str) -> Page:
    """Opens a page for whoever has signed in; stops with a friendly word where its tables are empty.

    Raises:
        AccessError: the viewer's role may not open it.
    """
    row, admitted = sitemap.row(key), _LOOKING.get()
    if admitted is None:  # a new process's first visit may skip app.py: Streamlit takes pages/ for its own until told
        st.navigation(sitemap.navigation())
        st.rerun()
    if admitted.viewer.role not in row.roles:
        raise AccessError(f"{admitted.viewer.email} may not open {key}. Nothing was read.")
    page = Page(row, admitted)
    missing = [table for table in row.tables if not page.reader.has(table)]
    if missing:
        page.headline(say("Nothing to show yet"), [])
        empty.missing_tables(missing)
        st.stop()
    return page


def _branch_names(reader: Reader) -> dict[str, str]:
    branches = data.branches(reader)
    return dict(zip(branches["branch_id"], branches["name"], strict=True))
