"""Under whose rights a report is made: those that a person has at this moment, and no others."""

from __future__ import annotations

from getpass import getuser
from socket import gethostname
from typing import Any

from data_access.door import access
from data_access.errors import AccessError
from data_access.reading.reader import Reader
from data_access.reading.scope import Viewer
from data_access.versions import Version
from data_access.workspace import people
from story.sitemap import Row

from reports.errors import NothingError


def open_reader(email: str, row: Row) -> Reader:
    """A reader for the report of a page, in the scope of a person.

    Args:
        email: Their address. Where people sign in without a proof it may be empty: the first of them.
        row: The page whose report is made.

    Raises:
        AccessError: no such person, or their role may not open the page.
        NothingError: the page has nothing to say of these data.
        NoVersionError: nothing was loaded yet.
    """
    version = access.current()
    viewer = _person(email.strip(), version)
    if viewer.role not in row.roles:
        raise AccessError(f"{viewer.email} may not open {row.key}. Nothing was read.")
    reader = access.open_reader(viewer, version)
    if empty := [table for table in row.tables if not reader.has(table)]:
        raise NothingError(
            f"There is nothing to report on: the warehouse has no rows of {' and '.join(empty)}. No file was written. "
            "Load a feed with them: python -m data_access load FOLDER."
        )
    return reader


def workspace() -> Any:
    """Where subscriptions and deliveries are kept."""
    return access.workspace()


def called() -> dict[str, str]:
    """Names of all who may sign in, by address."""
    seen = [*people.everyone(access.workspace()), *access.offered(access.current())]
    return {one.email: one.name for one in seen}


def operator() -> str:
    """Who asked for the report on the command line: whoever is signed in to this machine."""
    return f"{getuser()} on {gethostname()}"


def _person(email: str, version: Version) -> Viewer:
    if offered := access.offered(version):
        found = next((viewer for viewer in offered if email in ("", viewer.email)), None)
        if found is None:
            raise AccessError(
                f"{email} is none of those who may look at these data: "
                f"{', '.join(viewer.email for viewer in offered)}. Nothing was read. Name one of them with --person."
            )
        return found
    if not email:
        raise AccessError(
            "A report shows what one person may see, and nobody was named. Nothing was read. Name a person who has "
            "rights with --person EMAIL; python -m data_access people list shows them."
        )
    viewer = people.find(access.workspace(), email)
    if viewer is None:
        raise AccessError(
            f"{email} has no rights here. Nothing was read. Give them some with "
            "python -m data_access people grant, or name somebody else with --person."
        )
    return viewer
