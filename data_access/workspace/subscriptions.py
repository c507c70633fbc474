"""Subscriptions: what a person wants by mail each week. Everybody has their own alone, one of a kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from data_access.errors import WorkspaceError
from data_access.reading.scope import Viewer
from data_access.said import Said, marked
from data_access.workspace.moment import now
from data_access.workspace.tables import subscription

LANGUAGES = ("en", "zh")
FORMATS = ("pdf", "pptx")


class What(StrEnum):
    """What can be subscribed to: the page of this key."""

    WEEK = "week"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is sent, when and how.

    Attributes:
        what: Which page.
        weekday: 1 Monday to 7 Sunday.
        hour: 0 to 23, local time of the bank.
        language: en or zh.
        format: pdf, or pptx for slides.
    """

    what: What
    weekday: int
    hour: int
    language: str
    format: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription with its person.

    Attributes:
        email: Who gets it.
        wanted: What they want.
        since: When they last changed it, in UTC.
    """

    email: str
    wanted: Subscription
    since: datetime


def of(workspace: sa.Engine, email: str) -> dict[What, Subscription]:
    """A person's subscriptions, by what is sent."""
    return {one.wanted.what: one.wanted for one in _read(workspace, subscription.c.email == email)}


def everyone(workspace: sa.Engine) -> list[Subscribed]:
    """All subscriptions, by person and what is sent."""
    return _read(workspace, sa.true())


def subscribe(workspace: sa.Engine, viewer: Viewer, wanted: Subscription) -> None:
    """Subscribe, or change the subscription of this kind; the next weekday and hour to come is the first.

    Raises:
        WorkspaceError: there is no such weekday, hour, language or format.
    """
    for name, value, allowed in (
        (marked("weekday"), wanted.weekday, range(1, 8)),
        (marked("hour"), wanted.hour, range(24)),
        (marked("language"), wanted.language, LANGUAGES),
        (marked("format"), wanted.format, FORMATS),
    ):
        if value not in allowed:
            raise WorkspaceError.of(
                marked("A subscription has no {name} {value!r}. Nothing was saved. Choose one of {allowed}."),
                name=Said.of(name),
                value=value,
                allowed=", ".join(map(str, allowed)),
            )
    row = {
        "email": viewer.email,
        "what": wanted.what.value,
        "weekday": wanted.weekday,
        "hour": wanted.hour,
        "language": wanted.language,
        "format": wanted.format,
        "since": now(),
    }
    with workspace.begin() as connection:
        connection.execute(sa.delete(subscription).where(_is(viewer.email, wanted.what)))
        connection.execute(sa.insert(subscription).values(row))


def unsubscribe(workspace: sa.Engine, viewer: Viewer, what: What) -> None:
    """End one's own subscription; to undo it, subscribe to the same again.

    Raises:
        WorkspaceError: there is none.
    """
    with workspace.begin() as connection:
        gone = connection.execute(sa.delete(subscription).where(_is(viewer.email, what)))
    if not gone.rowcount:
        raise WorkspaceError.of(marked("{person} has no such subscription. Nothing was changed."), person=viewer.email)


def _is(email: str, what: What) -> sa.ColumnElement[bool]:
    return (subscription.c.email == email) & (subscription.c.what == what.value)


def _read(workspace: sa.Engine, which: sa.ColumnElement[bool]) -> list[Subscribed]:
    ordered = sa.select(subscription).where(which).order_by(subscription.c.email, subscription.c.what)
    with workspace.connect() as connection:
        return [_subscribed(row) for row in connection.execute(ordered)]


def _subscribed(row: Any) -> Subscribed:
    wanted = Subscription(What(row.what), row.weekday, row.hour, row.language, row.format)
    return Subscribed(row.email, wanted, row.since)
