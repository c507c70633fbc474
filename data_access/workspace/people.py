"""People and their rights."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase

import sqlalchemy as sa

from data_access.errors import WorkspaceError
from data_access.reading.scope import Role, Scope, Viewer
from data_access.workspace.tables import person, person_branch


def find(workspace: sa.Engine, email: str) -> Viewer | None:
    """The person with exactly this address, but for the case of A to Z, or None."""
    return next(iter(_read(workspace, person.c.email == _normal(email))), None)


def everyone(workspace: sa.Engine) -> list[Viewer]:
    """Everyone who may sign in, by address."""
    return _read(workspace, sa.true())


def grant(workspace: sa.Engine, viewer: Viewer) -> None:
    """Give a person exactly these rights, replacing those they had.

    Raises:
        WorkspaceError: the address is not one.
    """
    email = _normal(viewer.email.strip())
    if "@" not in email or not all(mark.isprintable() and not mark.isspace() for mark in email):
        raise WorkspaceError(f"{viewer.email!r} is not an email address. No right was changed.")
    with workspace.begin() as connection:
        connection.execute(sa.delete(person).where(person.c.email == email))
        connection.execute(
            sa.insert(person).values(
                email=email,
                name=viewer.name,
                role=viewer.role.value,
                whole_bank=viewer.scope.whole_bank,
                may_see_customers=viewer.may_see_customers,
            )
        )
        if viewer.scope.branches:
            rows = [{"email": email, "branch_id": branch} for branch in sorted(viewer.scope.branches)]
            connection.execute(sa.insert(person_branch), rows)


def revoke(workspace: sa.Engine, email: str) -> None:
    """Take all rights from a person.

    Raises:
        WorkspaceError: nobody with this address has any.
    """
    with workspace.begin() as connection:
        gone = connection.execute(sa.delete(person).where(person.c.email == _normal(email.strip())))
    if not gone.rowcount:
        raise WorkspaceError(f"Nobody with the address {email!r} has rights. No right was changed.")


def _read(workspace: sa.Engine, which: sa.ColumnElement[bool]) -> list[Viewer]:
    with workspace.connect() as connection:
        people = connection.execute(sa.select(person).where(which).order_by(person.c.email)).all()
        branches: dict[str, set[str]] = {row.email: set() for row in people}
        theirs = sa.select(person_branch).where(person_branch.c.email.in_(sa.select(person.c.email).where(which)))
        for row in connection.execute(theirs):
            branches.get(row.email, set()).add(row.branch_id)  # unless granted between the two selects
    return [
        Viewer(
            email=row.email,
            name=row.name,
            role=Role(row.role),
            scope=Scope(None if row.whole_bank else frozenset(branches[row.email])),
            may_see_customers=row.may_see_customers,
        )
        for row in people
    ]


def _normal(email: str) -> str:
    """The address with A to Z in lower case; `str.lower` makes a k of the Kelvin sign, which is somebody else's."""
    return email.translate(_LOWER)


_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
