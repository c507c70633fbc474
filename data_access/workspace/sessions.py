"""Sessions of proved people: begun when first seen, over when they signed out or the time is up.

The identity provider's proof is a cookie that stays valid for a month wherever it is copied to. Here stands which of
them is over, and a session that is over never begins again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access.workspace.tables import session

KEPT = timedelta(days=40)
"""How long a session is remembered: longer than the 31 days for which Streamlit takes its cookie."""


class State(StrEnum):
    """What is known of a session."""

    BEGUN = "begun"
    OPEN = "open"
    SIGNED_OUT = "signed_out"
    EXPIRED = "expired"


def state(workspace: sa.Engine, session_id: str, email: str, longest: timedelta) -> State:
    """Whether the session is open; one that was never seen begins, and `BEGUN` is said once.

    Args:
        workspace: Where sessions are kept.
        session_id: What is unique to one sign-in.
        email: Whom it proves.
        longest: Time after which a session is over though nobody signed out.
    """
    now = _now()
    one = sa.select(session.c.signed_in_at, session.c.signed_out_at).where(session.c.session_id == session_id)
    with workspace.connect() as connection:
        row = connection.execute(one).one_or_none()
    if row is None:
        return State.BEGUN if _begin(workspace, session_id, email, now) else State.OPEN
    if row.signed_out_at is not None:
        return State.SIGNED_OUT
    return State.OPEN if now - row.signed_in_at < longest else State.EXPIRED


def end(workspace: sa.Engine, session_id: str, email: str) -> None:
    """End the session for good, also one that was never seen."""
    now = _now()
    _begin(workspace, session_id, email, now)
    with workspace.begin() as connection:
        still_open = (session.c.session_id == session_id) & session.c.signed_out_at.is_(None)
        connection.execute(sa.update(session).where(still_open).values(signed_out_at=now))


def _begin(workspace: sa.Engine, session_id: str, email: str, now: datetime) -> bool:
    """Whether this call began it: two tabs may see the same sign-in at the same moment."""
    try:
        with workspace.begin() as connection:
            connection.execute(sa.delete(session).where(session.c.signed_in_at < now - KEPT))
            connection.execute(sa.insert(session).values(session_id=session_id, email=email, signed_in_at=now))
    except IntegrityError:
        return False
    return True


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
