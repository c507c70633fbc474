"""What was sent to whom: a receiver and a period have one row, which is written before the mail leaves.

``sending`` that no program works on any more is a program that ended between sending and recording: nobody here knows
whether the mail left. It is never sent again by itself, only once somebody says that it did not arrive (`not_sent`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access.errors import WorkspaceError
from data_access.workspace.moment import now
from data_access.workspace.tables import delivery


class State(StrEnum):
    """How far a delivery came."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Key:
    """Which delivery.

    Attributes:
        email: Receiver.
        what: week or summary.
        period: ISO week in which it is due: 2026-W46.
    """

    email: str
    what: str
    period: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it was last written down.

    Attributes:
        key: Which.
        state: How far it came.
        attempts: How often it was begun.
        last_error: Why it failed; empty if it did not.
        changed_at: When the state was written, in UTC.
    """

    key: Key
    state: State
    attempts: int
    last_error: str
    changed_at: datetime


def find(workspace: sa.Engine, key: Key) -> Delivery | None:
    """The delivery, or None where it was never begun."""
    return next(iter(_read(workspace, _is(key))), None)


def begin(workspace: sa.Engine, key: Key, seen: Delivery | None) -> bool:
    """Take a delivery on: of several programs that want to, one is told that it may.

    Args:
        workspace: Where deliveries are kept.
        key: Which.
        seen: What stood there when it was found due: nothing, or one that failed.
    """
    attempts = seen.attempts if seen else 0
    begun = {"state": State.SENDING.value, "attempts": attempts + 1, "changed_at": now()}
    try:
        with workspace.begin() as connection:
            if seen is None:
                connection.execute(sa.insert(delivery).values(**_row(key), **begun))
                return True
            as_seen = _is(key) & (delivery.c.state == State.FAILED.value) & (delivery.c.attempts == attempts)
            return connection.execute(sa.update(delivery).where(as_seen).values(begun)).rowcount == 1
    except IntegrityError:  # another program began it between the two
        return False


def sent(workspace: sa.Engine, key: Key) -> None:
    """Write down that the mail server took it."""
    _change(workspace, key, State.SENT, None)


def failed(workspace: sa.Engine, key: Key, why: str) -> None:
    """Write down that it was certainly not sent, and why."""
    _change(workspace, key, State.FAILED, why)


def doubtful(workspace: sa.Engine, key: Key, why: str) -> None:
    """Write down why nobody knows whether it was sent; it stays as begun."""
    _change(workspace, key, State.SENDING, why)


def not_sent(workspace: sa.Engine, key: Key) -> None:
    """Say of a delivery that nobody knows of that it did not arrive: it may be sent again.

    Raises:
        WorkspaceError: there is no such delivery that is in doubt.
    """
    in_doubt = _is(key) & (delivery.c.state == State.SENDING.value)
    after = {"state": State.FAILED.value, "last_error": "It did not arrive.", "changed_at": now()}
    with workspace.begin() as connection:
        changed = connection.execute(sa.update(delivery).where(in_doubt).values(after)).rowcount
    if not changed:
        raise WorkspaceError(
            f"No delivery of the {key.what} of {key.period} to {key.email} is in doubt. Nothing was changed."
        )


def _change(workspace: sa.Engine, key: Key, state: State, why: str | None) -> None:
    begun = _is(key) & (delivery.c.state == State.SENDING.value)
    after = {"state": state.value, "last_error": why, "changed_at": now()}
    with workspace.begin() as connection:
        connection.execute(sa.update(delivery).where(begun).values(after))


def _row(key: Key) -> dict[str, str]:
    return {"email": key.email, "what": key.what, "period": key.period}


def _is(key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(*(delivery.c[name] == value for name, value in _row(key).items()))


def _read(workspace: sa.Engine, which: sa.ColumnElement[bool]) -> list[Delivery]:
    with workspace.connect() as connection:
        return [_delivery(row) for row in connection.execute(sa.select(delivery).where(which))]


def _delivery(row: Any) -> Delivery:
    key = Key(row.email, row.what, row.period)
    return Delivery(key, State(row.state), row.attempts, row.last_error or "", row.changed_at)
