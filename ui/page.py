"""The frame around every page: who looks, what they may see, whether there is anything to show, and the finding on top.

The only file outside the data room that opens readers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

import streamlit as st
from answers.week.to_do import ToDo
from data_access import logs
from data_access.door import access
from data_access.errors import AccessError, IdentityError, NoVersionError
from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.reading.scope import Viewer
from data_access.workspace.notes import Pin, PinnedTo
from reports.edition import edition
from story import sitemap
from story.figures import day
from story.parts import Story
from story.vocabulary import names, term
from story.words import LANGUAGES, language, say, sentences

from ui import empty, errors, export, filters, first_run, navigation, notes, sign_in, subscribe, tasks, tell, views
from ui.markdown import plain

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


def readers_offered() -> list[Reader]:
    """Readers of those who may sign in without a proof, of the version that is current."""
    version = access.current()
    return [access.open_reader(viewer, version) for viewer in access.offered(version)]


def sidebar(who: Viewer) -> None:
    """Below the navigation: language, person, sign out."""
    with st.sidebar:
        filters.language_switch()
        st.caption(plain(sentences([*names([who.name]), term(who.role)])))
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
        st.caption(f"{row.icon} {plain(say(row.title))} · {plain(say(row.question))}")
        self._head = st.container()
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            self.controls = st.container(horizontal=True, width="content", vertical_alignment="center", gap="xsmall")
            self.tools = st.container(horizontal=True, width="content", gap="xsmall")

    def show(self, story: Story, drawn: Mapping[str, tell.Drawn] | None = None) -> None:
        """The whole page: the finding first, then what can be taken along, then the evidence.

        Args:
            story: What is told.
            drawn: What draws the blocks that the viewer can act on, by their names.
        """
        with self._head:
            tell.headline(story, say("data as of {day}", day=day(self.reader.as_of)))
        with self.tools:
            export.buttons(
                edition(self.row, self.reader, tell.as_shown(story)),
                name=self.row.key,
                about=self._about(story),
                delivered=self.delivered,
            )
            views.menu(access.workspace(), self.reader.viewer.email, self.row.key)
            subscribe.menu(access.workspace(), self.reader.viewer, self.row.key)
            views.link()
        tell.body(story, drawn)

    def section(self, heading: str) -> None:
        """A part of the page that a choice of its own leads to."""
        st.header(plain(heading), anchor=False)

    def note(self, sentence: str) -> None:
        """A line below a heading."""
        st.caption(plain(sentence))

    def notes(self, to: str, which: str) -> None:
        """What people wrote beside a ``week``, a ``campaign`` or a ``branch``."""
        pin = Pin(PinnedTo(to), which)
        notes.panel(access.workspace(), self.reader.viewer, pin, _branch_names(self.reader))

    @property
    def workspace(self) -> Any:
        """Where people's own work is kept; rights are asked by whoever writes there."""
        return access.workspace()

    def confirm(self) -> None:
        """Look again whether the viewer still has exactly these rights; raises AccessError where not."""
        self._pass.confirm()

    def to_do(self, waiting: ToDo, currency: str) -> dict[str, tell.Drawn]:
        """What draws the list of what to do for who may work on it; nothing where the viewer only looks on."""
        return tasks.drawn(access.workspace(), self.reader.viewer, self._pass.confirm, waiting, currency)

    def _about(self, story: Story) -> dict[str, str]:
        """What an exported file says of itself."""
        return {
            say("Filter"): sentences(story.choice),
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


def open(key: str) -> Page:
    """Opens a page for whoever has signed in; stops with a friendly word where its tables are empty.

    Raises:
        AccessError: the viewer's role may not open it.
    """
    row, admitted = sitemap.row(key), _LOOKING.get()
    if admitted is None:  # a new process's first visit may skip app.py: Streamlit takes pages/ for its own until told
        st.navigation(navigation.pages())
        st.rerun()
    if admitted.viewer.role not in row.roles:
        raise AccessError(f"{admitted.viewer.email} may not open {key}. Nothing was read.")
    filters.recall(key)
    page = Page(row, admitted)
    missing = [table for table in row.tables if not page.reader.has(table)]
    if missing:
        page.show(Story(say("Nothing to show yet"), ()))
        empty.missing_tables(missing)
        st.stop()
    return page


def _branch_names(reader: Reader) -> dict[str, str]:
    branches = data.branches(reader)
    return dict(zip(branches["branch_id"], branches["name"], strict=True))
