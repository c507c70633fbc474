"""The one door: who is it, what may they see, and a reader bound to that. Pages come through `ui.page` alone."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa

from data_access.demo.people import PEOPLE
from data_access.engines import Warehouse
from data_access.errors import AccessError
from data_access.reader import Reader
from data_access.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.settings import settings
from data_access.versions import open_store
from data_access.workspace import people
from data_access.workspace.database import open_database

DEMO = "demo"
"""Source of a warehouse on which the demo people may sign in."""


@cache
def warehouse() -> Warehouse:
    """The warehouse of this process."""
    return Warehouse(open_store(settings().warehouse), settings())


@cache
def workspace() -> sa.Engine:
    """The workspace of this process, brought to its newest shape."""
    return open_database(settings().workspace)


def viewer(email: str) -> Viewer:
    """The person behind an address that the bank's identity provider has proved.

    Raises:
        AccessError: nobody gave this person rights.
    """
    found = people.find(workspace(), email)
    if found is None:
        raise AccessError(
            f"{email} has no rights here yet. Nothing was read. Ask an administrator of Branchlight to grant them."
        )
    return found


def offered() -> tuple[Viewer, ...]:
    """People as whom one may sign in without a proof: the demo people on the demo bank, or a local administrator.

    Empty where identities have to be proved.

    Raises:
        NoVersionError: nothing was loaded yet.
    """
    if settings().sign_in == "local":
        return (Viewer("administrator@localhost", "Administrator", Role.ADMINISTRATOR, WHOLE_BANK, True),)
    if settings().sign_in == "auto":
        return _demo_people()
    return ()


def open_reader(viewer: Viewer) -> Reader:
    """A reader of the current version in the viewer's scope.

    Raises:
        NoVersionError: nothing was loaded yet.
    """
    return Reader(viewer, warehouse())


def _demo_people() -> tuple[Viewer, ...]:
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
    return people_of_the_bank if open_reader(people_of_the_bank[0]).source == DEMO else ()
