"""The frame around every page: who looks, what they may see, whether there is anything to show, and the finding on top.

The only file outside the data room that opens readers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import streamlit as st
from answers import pinned, places, seasons
from answers import targets as goals
from answers.customers import Customers
from answers.last_seen import LastSeen
from answers.loop import asked
from answers.people.team import Judged, Team
from answers.period import Kind
from answers.week.to_do import ToDo
from data_access import logs
from data_access.door import access
from data_access.errors import AccessError, IdentityError, NoVersionError
from data_access.reading.reader import Reader
from data_access.reading.scope import Viewer
from data_access.versions import Version
from data_access.workspace.notes import Note, Pin, PinnedTo
from data_access.workspace.people import everyone
from reports.edition import Edition, edition
from story import sitemap, target
from story.chart.over_time import noted
from story.figures import day
from story.notes import printed
from story.parts import Block, Story, Table
from story.text import one_line
from story.vocabulary import names, term
from story.words import LANGUAGES, language, say, sentences

from ui import desk, empty, errors, evidence, filters, first, first_run, navigation, people, table, tell
from ui.act import loading, notes, subscribe, targets, tasks, views
from ui.door import sign_in
from ui.door.document import ASKED
from ui.loop import asked as asked_here
from ui.loop.desk import Desk
from ui.markdown import plain
from ui.take import customers, export, withheld

_LOOKING: ContextVar[access.Pass | None] = ContextVar("pass", default=None)
_BEGUN: ContextVar[tell.Body | None] = ContextVar("body", default=None)


def viewer(built: Callable[[], object]) -> Viewer:
    """Who looks; until somebody has signed in, and data was loaded, the screen says what to do and the run stops.

    Args:
        built: what is begun once somebody had the demo bank built.
    """
    _LOOKING.set(None)
    _BEGUN.set(None)
    st.session_state.pop(errors.PERSON, None)
    try:
        version = access.current()
    except NoVersionError:
        first_run.show(built)
        st.stop()
    claims: sign_in.Claims = {}
    if offered := access.offered(version):
        who = sign_in.chosen(offered, places.called(access.open_reader(offered[0], version)))
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


def people_of(version: Version) -> list[Viewer]:
    """Everybody who may sign in: whom the workspace knows, and those who need no proof."""
    return [*everyone(access.workspace()), *access.offered(version)]


def readers_offered() -> list[Reader]:
    """Readers of those who may sign in without a proof, of the version that is current."""
    version = access.current()
    return [access.open_reader(viewer, version) for viewer in access.offered(version)]


def readers_expected() -> list[Reader]:
    """Readers of those whom a start makes ready for, of the version that is current."""
    version = access.current()
    return [access.open_reader(viewer, version) for viewer in access.expected(version)]


def kept_work() -> Any:
    """Where people's own work is kept; rights are asked by whoever writes there."""
    return access.workspace()


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

    def __init__(self, row: sitemap.Row, admitted: access.Pass, asked: str = "", *, arrived: bool = False) -> None:
        """Opens it; `asked` is what a link asked for that is no page, `arrived` whether another stood there before."""
        self.row = row
        self._arrived = arrived
        self._pass = admitted
        self.reader: Reader = admitted.reader()
        st.caption(f"{row.icon} {plain(say(row.title))} · {plain(say(row.question))}")
        self._head = st.container()
        if asked:
            st.caption(
                plain(
                    say(
                        "The link asks for a page “{page}” that does not exist. This is your first page.",
                        page=one_line(asked)[:40],
                    )
                )
            )
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            self.controls = st.container(horizontal=True, width="content", vertical_alignment="center", gap="xsmall")
            self.tools = st.container(horizontal=True, width="content", vertical_alignment="center", gap="xsmall")
        self._led = False
        self._begun: Story | None = None
        self._body: tell.Body | None = None
        self._menu: Any = None
        views.opened(self.reader.scope)

    def lead(self, story: Story) -> None:
        """The finding alone, before what a page draws beside its story: nobody waits for that to read the finding."""
        self._led = True
        with self._head:
            tell.headline(story, say("data as of {day}", day=day(self.reader.as_of)))
        if self._arrived:
            first.alone(first.FINDING)

    def begin(self, story: Story, *later: str) -> None:
        """All that is known by now, so that nobody waits for it; `show` draws the rest.

        Args:
            story: What is told, with empty blocks for what is not known yet, each in a row of its own.
            later: The names of these blocks.
        """
        self._begun = self._opened(story, None)
        self._body = self._drawn(self._begun, None, later)
        _BEGUN.set(self._body)

    def controls_of(self, block: str) -> AbstractContextManager[object]:
        """Where the filters of a block go that is drawn later."""
        return self._places[block].controls

    @property
    def _places(self) -> dict[str, tell.Place]:
        return self._body.places if self._body is not None else {}

    def show(
        self,
        story: Story,
        drawn: Mapping[str, tell.Drawn] | None = None,
        *,
        taken: Callable[[dict[str, str]], None] | None = None,
        sheet: Story | None = None,
    ) -> None:
        """The whole page: the finding first, then the evidence, then what can be taken along.

        Of a page that has begun, what is still to be drawn.

        Args:
            story: What is told.
            drawn: What draws the blocks that the viewer can act on, by their names.
            taken: What stands in the place of the export, given what a file says of itself.
            sheet: What its PDF tells; the whole page if None.
        """
        if self._begun is None:
            story = self._opened(story, taken)
            self._body = self._drawn(story, drawn)
        else:
            story = self._filled(self._begun, story, drawn or {})
        if self._body is not None:
            self._body.rest(alone=self._arrived)
        if taken is None and export.offers(story):
            self._take_along(story, sheet)

    def _opened(self, story: Story, taken: Callable[[dict[str, str]], None] | None) -> Story:
        """The story with what people wrote; its finding, and what can be done with it, drawn before all below."""
        if not self._led:
            self.lead(story)
        story = self._with_notes(self._with_targets(story))
        with self.tools:
            if taken is not None:
                with st.container(horizontal=True, width="content"):
                    taken(self._about(story))
            elif export.offers(story):
                self._menu = export.menu()
            self._targets(story)
            views.menu(access.workspace(), self.reader.viewer.email, self.row.key)
            subscribe.menu(access.workspace(), self.reader.viewer, self.row.key)
            views.link(self.reader.scope)
        return story

    def _take_along(self, story: Story, sheet: Story | None) -> None:
        """Fills the menu of files where it is open; it stands already where what was known first offered some."""
        if self._menu is None:
            with self.tools:
                self._menu = export.menu()
        if not self._menu.open:
            return
        told = self._edition(story)
        paper = told if sheet is None else self._edition(self._with_notes(self._with_targets(sheet)))
        with self._menu:
            export.buttons(told, printed=paper, name=self.row.key, about=self._about(story), delivered=self.delivered)

    def _edition(self, story: Story) -> Edition:
        return edition(self.row, self.reader, printed(tell.as_shown(story), self._found(story)))

    def _drawn(self, story: Story, drawn: Mapping[str, tell.Drawn] | None, later: Collection[str] = ()) -> tell.Body:
        show = partial(tell.part, currency=story.currency)
        return tell.Body(story, drawn, partial(evidence.button, self.reader, story, show), later)

    def _filled(self, begun: Story, whole: Story, drawn: Mapping[str, tell.Drawn]) -> Story:
        """Draws the blocks that were to come later; the story with them, as it now stands on the page."""
        known = {block.name: block for row in whole.rows for block in row}
        rows: list[tuple[Block, ...]] = []
        for row in begun.rows:
            name = row[0].name
            if name not in self._places:
                rows.append(row)
            elif name in known:
                self._places[name].fill(known[name], begun.currency, drawn.get(name))
                rows.append((known[name],))
        return replace(begun, rows=tuple(rows))

    def beside(self, choice: filters.Filter) -> tell.Drawn:
        """What draws a block's table with its own choice above it."""

        def drawn(block: Block) -> None:
            filters.bar(choice)
            if isinstance(block.shown, Table):
                table.draw(block.shown, self.reader.currency)

        return drawn

    def notes(self, to: str, which: str) -> None:
        """What people wrote beside a ``week``, a ``campaign`` or a ``branch``."""
        pin, branches = Pin(PinnedTo(to), which), places.called(self.reader)
        readers = branches if pin.to is not PinnedTo.BRANCH else {which: branches[which]} if which in branches else {}
        if readers:
            notes.panel(self._work, pin, readers)

    def goals(self, staff_id: str, branch: str) -> None:
        """What was agreed on with a member of staff of a branch, which its people alone read."""
        pin, own = Pin(PinnedTo.STAFF, staff_id), {branch: places.called(self.reader)[branch]}
        notes.panel(self._work, pin, own, notes.Words.of_goals())

    @property
    def _work(self) -> desk.Desk:
        return desk.Desk(access.workspace(), self.reader.viewer, self.confirm)

    @property
    def seen(self) -> LastSeen:
        """The customers that this browser tab looked at last."""
        return st.session_state.setdefault(sign_in.SEEN, LastSeen())

    @property
    def workspace(self) -> Any:
        """Where people's own work is kept; rights are asked by whoever writes there."""
        return access.workspace()

    def asked(self, branch: str) -> None:
        """What decisions ask of a place, or of whoever looks; nothing where they ask nothing."""
        asked_here.actions(self._desk(), asked.ask(self.workspace, self.reader, branch))

    def decisions(self) -> None:
        """The decisions that wait for whoever looks, and how many loops are open."""
        asked_here.decisions(self._desk(), asked.ask(self.workspace, self.reader))

    def _desk(self) -> Desk:
        viewer, branches = self.reader.viewer, places.called(self.reader)
        return Desk(self.workspace, viewer, self.confirm, self.reader.version, self.colleagues, branches)

    @property
    def colleagues(self) -> dict[str, str]:
        """Names of those who may sign in, by email: who can be asked to do something."""
        return {one.email: one.name for one in people_of(self._pass.version)}

    def confirm(self) -> None:
        """Look again whether the viewer still has exactly these rights; raises AccessError where not."""
        self._pass.confirm()

    def score(self, team: Team, judged: Judged) -> dict[str, tell.Drawn]:
        """What draws the score of a team: its sheet to take along, and the weights for who may set them."""
        about = {say("Data version"): self.reader.version, say("Data as of"): self.reader.as_of.isoformat()}
        return people.drawn(self._work, team, judged, self.delivered, about)

    def to_do(self, waiting: ToDo, currency: str) -> dict[str, tell.Drawn]:
        """What draws the list of what to do for who may work on it; nothing where the viewer only looks on."""
        return tasks.drawn(access.workspace(), self.reader.viewer, self._pass.confirm, waiting, currency)

    def loading(self) -> None:
        """Where administrators check and load feeds; nothing for anybody else."""
        loading.panel(self.reader.viewer, bool(access.offered(self._pass.version)), self._pass.confirm, self.delivered)

    def customers(self, answer: Customers) -> Callable[[dict[str, str]], None]:
        """The way to take a list of customers along: with a purpose alone."""
        return lambda about: customers.export(self.reader, answer, about, self.delivered)

    def _with_targets(self, story: Story) -> Story:
        """The story with what its numbers were to reach: as it stands now, so that it is never kept."""
        keys = target.keys(story)
        if story.traced is None or not keys:
            return story
        branches = places.branches(self.reader, story.traced.branch)
        asked = story.traced.period
        return target.on_cards(story, goals.ask(access.workspace(), self.reader, keys, asked, branches))

    def _with_notes(self, story: Story) -> Story:
        """The story with the notes that belong to it on its charts: as they stand now, so that they are never kept."""
        return noted.beside(story, self._found(story))

    def _found(self, story: Story) -> list[tuple[date, Note]]:
        return pinned.beside(access.workspace(), self.reader, noted.weeks(story), story.traced)

    def _targets(self, story: Story) -> None:
        if story.traced is None or story.traced.period.kind is Kind.ALL:
            return
        targets.menu(
            targets.Desk(
                access.workspace(),
                self.reader.viewer,
                self._pass.confirm,
                target.keys(story),
                places.called(self.reader),
                story.traced.branch,
                story.traced.period,
                seasons.ask(self.reader),
                self.reader.currency,
            )
        )

    def _about(self, story: Story) -> dict[str, str]:
        """What an exported file says of itself."""
        return {
            say("Filter"): sentences(story.choice),
            say("Data version"): self.reader.version,
            say("Data as of"): self.reader.as_of.isoformat(),
            say("Language"): LANGUAGES[language()],
        }

    def delivered(self, file: str, make: Callable[[], bytes], **facts: str) -> Callable[[], bytes]:
        """The file to hand out at a click, which may come long after the run: rights are looked at again, then.

        The click is recorded in the audit, with the facts. It raises WithheldError, and hands out nothing, where rights
        were changed.
        """

        def deliver() -> bytes:
            self._pass.confirm()
            logs.record("exported", self.reader.viewer.email, file=file, version=self.reader.version, **facts)
            return make()

        return withheld.made(deliver, self.reader.viewer.email)


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
    asked = st.query_params.pop(ASKED, "")
    arrived = filters.recall(key)
    page = Page(row, admitted, asked, arrived=arrived)
    missing = [table for table in row.tables if not page.reader.has(table)]
    if missing:
        page.show(Story(say("Nothing to show yet"), ()))
        empty.missing_tables(missing)
        st.stop()
    return page


@contextmanager
def kept() -> Generator[None]:
    """All that a page has begun with stands, though what was to follow fails."""
    try:
        yield
    except Exception:
        if (body := _BEGUN.get()) is not None:
            body.rest()
        raise
