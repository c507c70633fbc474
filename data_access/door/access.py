"""The one door: who is it, what may they see, and a reader bound to that. Pages come through `ui.page` alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

import sqlalchemy as sa

from data_access import logs
from data_access.demo.people import PEOPLE
from data_access.door.identity import Identity, prove
from data_access.engines import Warehouse
from data_access.errors import AccessError, IdentityError
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.said import Said, marked
from data_access.settings import masked, settings
from data_access.versions import Version, open_store
from data_access.workspace import people, sessions
from data_access.workspace.database import open_database
from data_access.workspace.sessions import State

DEMO = "demo"
"""Source of a warehouse on which the demo people may sign in."""

_journal = logging.getLogger("branchlight.door")

Claims = Mapping[str, object]
"""What the identity provider says of a person; empty for those who came in without a proof."""

MOST_EXPECTED: Final = 4
"""Of those who have to prove who they are: whoever waits for a start waits for the first page of each."""


@cache
def warehouse() -> Warehouse:
    """The warehouse of this process."""
    logs.set_up()
    return Warehouse(open_store(settings().warehouse), settings())


@cache
def workspace() -> sa.Engine:
    """The workspace of this process, brought to its newest shape."""
    return open_database(settings().workspace)


@dataclass(frozen=True, slots=True)
class Pass:
    """Who looks in one run of the app, and at which version of the data: the same for all that the run shows.

    Attributes:
        viewer: The person and their rights as they were when the run began.
        version: The version that the run reads.
        claims: What proved the person.
    """

    viewer: Viewer
    version: Version
    claims: Claims

    def reader(self) -> Reader:
        """A reader in the viewer's scope."""
        return open_reader(self.viewer, self.version)

    def confirm(self) -> None:
        """Look again whether the person still has exactly these rights, for what is delivered after the run.

        Raises:
            AccessError: rights were changed or taken since, or the session is over.
        """
        if self.claims:
            now = viewer(self.claims)
        else:
            now = next((other for other in offered(current()) if other.email == self.viewer.email), None)
        if now != self.viewer:
            raise AccessError.of(
                marked("Your rights have changed. Nothing was changed or handed out. Here is what you may see now.")
            )


def current() -> Version:
    """The version to read in this run.

    Raises:
        NoVersionError: nothing was loaded yet.
    """
    return warehouse().current()


def viewer(claims: Claims) -> Viewer:
    """The person whom the claims of the bank's identity provider prove, with the rights they have now.

    Raises:
        IdentityError: the claims prove nobody, the session is over, or nobody gave this person rights.
    """
    who = prove(claims, settings().trusted_issuers)
    _admit(who)
    found = people.find(workspace(), who.email)
    if found is None:
        if not people.everyone(workspace()):  # one that is lost is made anew, and lets nobody in
            _journal.warning(
                "%s was proved, and the workspace %s knows nobody. Grant rights with `python -m data_access people "
                "grant`; if it held people before, it was lost, or the setting `workspace` names another.",
                who.email,
                masked(settings().workspace),
            )
        raise IdentityError(
            "no_rights",
            Said.of(
                marked(
                    "{person} has no rights here. Nothing was read. Ask an administrator of Branchlight to grant them."
                ),
                person=who.email,
            ),
        )
    return found


def sign_out(claims: Claims) -> None:
    """End the session that these claims began, for every tab and every copy of its cookie.

    Claims that prove nobody began none.
    """
    try:
        who = prove(claims, settings().trusted_issuers)
    except IdentityError:
        return
    sessions.end(workspace(), who.session_id, who.email)
    logs.record("signed_out", who.email, session=who.session_id[:8])


def offered(version: Version) -> tuple[Viewer, ...]:
    """People as whom one may sign in without a proof: the demo people on the demo bank, or a local administrator.

    Empty where identities have to be proved.
    """
    if settings().sign_in == "local":
        return (Viewer("administrator@localhost", "Administrator", Role.ADMINISTRATOR, WHOLE_BANK, True),)
    if settings().sign_in == "auto":
        return _demo_people(version)
    return ()


def expected(version: Version) -> tuple[Viewer, ...]:
    """Whom a start makes ready for: those of `offered`, else some who have rights, one of all alike, widest first.

    Raises:
        WorkspaceError: the workspace can't be read.
    """
    if known := offered(version):
        return known
    alike: dict[tuple[Role, Scope, bool], Viewer] = {}
    for person in people.everyone(workspace()):
        alike.setdefault((person.role, person.scope, person.may_see_customers), person)
    widest = sorted(alike.values(), key=lambda one: (not one.scope.whole_bank, -len(one.scope.branches or ())))
    return tuple(widest[:MOST_EXPECTED])


def open_reader(viewer: Viewer, version: Version | None = None) -> Reader:
    """A reader of `version`, else of the current one, in the viewer's scope.

    Raises:
        NoVersionError: nothing was loaded yet.
    """
    return Reader(viewer, warehouse(), version)


def _admit(who: Identity) -> None:
    """Let a session go on, or begin; one that is over stays so."""
    longest = timedelta(hours=settings().session_hours)
    state = sessions.state(workspace(), who.session_id, who.email, longest)
    if state in (State.SIGNED_OUT, State.EXPIRED):
        raise IdentityError(
            state,
            Said.of(marked("The session of {person} is over. Nothing was read. Sign in again."), person=who.email),
        )
    if state is State.BEGUN:
        logs.record("signed_in", who.email, session=who.session_id[:8])


def _demo_people(version: Version) -> tuple[Viewer, ...]:
    people_of_the_bank = tuple(
        Viewer(
            person.email,
            person.name,
            Role(person.role),
            Scope(frozenset(person.branches)) if person.branches else WHOLE_BANK,
            person.role != Role.EXECUTIVE,
        )
        for person in PEOPLE
    )
    return people_of_the_bank if open_reader(people_of_the_bank[0], version).source == DEMO else ()
