"""Saved views: a page and the query string of its URL, under a name of their owner's. Deleting can be undone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from data_access.errors import WorkspaceError
from data_access.said import marked
from data_access.workspace.moment import now
from data_access.workspace.tables import saved_view


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view that its owner comes back to."""

    view_id: str
    page: str
    name: str
    query: str


def of_owner(workspace: sa.Engine, owner: str) -> list[SavedView]:
    """The owner's views, by name."""
    mine = sa.select(saved_view).where(saved_view.c.owner == owner, saved_view.c.deleted_at.is_(None))
    with workspace.connect() as connection:
        rows = connection.execute(mine.order_by(saved_view.c.name, saved_view.c.view_id)).all()
    return [SavedView(row.view_id, row.page, row.name, row.query) for row in rows]


def save(workspace: sa.Engine, owner: str, page: str, name: str, query: str) -> SavedView:
    """Save a view, in place of the owner's view of the same page and name if there is one.

    Raises:
        WorkspaceError: the name is empty.
    """
    if not (name := name.strip()):
        raise WorkspaceError.of(marked("A saved view needs a name. Nothing was saved."))
    view = SavedView(secrets.token_urlsafe(12), page, name, query)
    with workspace.begin() as connection:
        connection.execute(sa.delete(saved_view).where(_named(owner, page, name)))
        connection.execute(
            sa.insert(saved_view).values(
                view_id=view.view_id, owner=owner, page=page, name=name, query=query, saved_at=now()
            )
        )
    return view


def delete(workspace: sa.Engine, owner: str, view_id: str) -> None:
    """Delete a view of the owner's; `restore` brings it back.

    Raises:
        WorkspaceError: the owner has no such view.
    """
    mine = _identified(owner, view_id) & saved_view.c.deleted_at.is_(None)
    with workspace.begin() as connection:
        done = connection.execute(sa.update(saved_view).where(mine).values(deleted_at=now()))
    if not done.rowcount:
        raise WorkspaceError.of(marked("There is no such saved view of yours. Nothing was deleted."))


def restore(workspace: sa.Engine, owner: str, view_id: str) -> SavedView:
    """Undo a deletion.

    Raises:
        WorkspaceError: the owner has no such view, or saved another under its name meanwhile.
    """
    with workspace.begin() as connection:
        row = connection.execute(sa.select(saved_view).where(_identified(owner, view_id))).one_or_none()
        if row is None:
            raise WorkspaceError.of(marked("There is no such saved view of yours. Nothing was restored."))
        others = _named(owner, row.page, row.name) & (saved_view.c.view_id != view_id)
        if connection.execute(sa.select(saved_view.c.view_id).where(others)).first():
            raise WorkspaceError.of(
                marked("Another view is called {name!r} now. Nothing was restored. Delete that one first."),
                name=row.name,
            )
        connection.execute(sa.update(saved_view).where(saved_view.c.view_id == view_id).values(deleted_at=None))
    return SavedView(row.view_id, row.page, row.name, row.query)


def _identified(owner: str, view_id: str) -> sa.ColumnElement[bool]:
    return (saved_view.c.owner == owner) & (saved_view.c.view_id == view_id)


def _named(owner: str, page: str, name: str) -> sa.ColumnElement[bool]:
    """The owner's view of this page and name that was not deleted."""
    return sa.and_(
        saved_view.c.owner == owner,
        saved_view.c.page == page,
        saved_view.c.name == name,
        saved_view.c.deleted_at.is_(None),
    )
