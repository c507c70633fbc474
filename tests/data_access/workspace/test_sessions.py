"""Sessions of proved people, on both engines of the workspace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from data_access.workspace import sessions
from data_access.workspace.database import open_database
from data_access.workspace.sessions import State
from data_access.workspace.tables import session

LONGEST = timedelta(hours=12)
LIN = "lin@bank.example"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def opened(request, tmp_path_factory, postgresql_server):
    folder = tmp_path_factory.mktemp("sessions")
    engine = open_database(
        f"sqlite:///{folder}/workspace.sqlite" if request.param == "sqlite" else postgresql_server("sessions")
    )
    yield engine
    engine.dispose()


@pytest.fixture
def workspace(opened):
    with opened.begin() as connection:
        connection.execute(sa.delete(session))
    return opened


def begun(workspace, session_id: str, ago: timedelta) -> None:
    signed_in_at = datetime.now(UTC).replace(tzinfo=None) - ago
    with workspace.begin() as connection:
        connection.execute(sa.insert(session).values(session_id=session_id, email=LIN, signed_in_at=signed_in_at))


def test_a_session_begins_once_and_then_is_open(workspace):
    found = [sessions.state(workspace, "a", LIN, LONGEST) for _ in range(3)]
    assert found == [State.BEGUN, State.OPEN, State.OPEN]


def test_a_session_that_was_signed_out_never_opens_again(workspace):
    sessions.state(workspace, "a", LIN, LONGEST)
    sessions.state(workspace, "b", LIN, LONGEST)
    sessions.end(workspace, "a", LIN)
    assert [sessions.state(workspace, "a", LIN, LONGEST) for _ in range(2)] == [State.SIGNED_OUT] * 2
    assert sessions.state(workspace, "b", LIN, LONGEST) is State.OPEN


def test_a_session_can_be_ended_before_it_was_seen(workspace):
    sessions.end(workspace, "a", LIN)
    assert sessions.state(workspace, "a", LIN, LONGEST) is State.SIGNED_OUT


@pytest.mark.parametrize(
    ("ago", "state"),
    [
        (LONGEST - timedelta(minutes=1), State.OPEN),
        (LONGEST + timedelta(seconds=1), State.EXPIRED),
        (timedelta(days=32), State.EXPIRED),
    ],
)
def test_a_session_is_over_when_its_time_is_up(workspace, ago, state):
    begun(workspace, "a", ago)
    assert sessions.state(workspace, "a", LIN, LONGEST) is state


def test_sessions_are_remembered_for_longer_than_a_cookie_lives(workspace):
    """Streamlit takes its cookie for 31 days: one that ended must not be forgotten, and begin anew, before."""
    begun(workspace, "a", timedelta(days=32))
    begun(workspace, "forgotten", timedelta(days=41))
    sessions.state(workspace, "new", LIN, LONGEST)
    with workspace.connect() as connection:
        kept = set(connection.scalars(sa.select(session.c.session_id)))
    assert kept == {"a", "new"}


def test_two_tabs_that_see_a_sign_in_at_the_same_moment_begin_one_session(workspace):
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: sessions.state(workspace, "a", LIN, LONGEST), range(16)))
    assert found.count(State.BEGUN) == 1
    assert set(found) == {State.BEGUN, State.OPEN}
