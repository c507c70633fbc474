"""Every migration up and down with rows in the tables, and workspaces that are older, newer or damaged."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from data_access.errors import WorkspaceError
from data_access.workspace import database, people, sessions
from data_access.workspace.database import configuration, migrate, open_database
from tests.data_access.workspace.conftest import HEAD

_databases = itertools.count()

NEWEST = "0007"
TABLES = {
    "0001": {"person", "person_branch", "saved_view"},
    "0002": {"person", "person_branch", "saved_view", "session"},
    "0003": {"person", "person_branch", "saved_view", "session", "target", "note", "task", "task_change"},
    "0004": {
        "person",
        "person_branch",
        "saved_view",
        "session",
        "target",
        "note",
        "task",
        "task_change",
        "subscription",
        "delivery",
    },
    "0005": {
        "person",
        "person_branch",
        "saved_view",
        "session",
        "target",
        "note",
        "task",
        "task_change",
        "subscription",
        "delivery",
        "score_weights",
    },
}
TABLES["0006"] = TABLES["0005"] | {
    "plan",
    "plan_branch",
    "plan_version",
    "plan_scenario",
    "frozen_forecast",
    "plan_campaign",
    "alarm",
    "evaluation",
    "decision",
    "action",
}
TABLES["0007"] = TABLES["0006"]
ROWS = {  # one row of each table as its migration made it, parents first
    "person": {"email": "lin@bank.example", "name": "林越", "role": "planner", "whole_bank": True,
               "may_see_customers": False},
    "person_branch": {"email": "lin@bank.example", "branch_id": "B1"},
    "saved_view": {"view_id": "v", "owner": "lin@bank.example", "page": "data", "name": "春", "query": "a=1"},
    "session": {"session_id": "s", "email": "lin@bank.example", "signed_in_at": "2026-11-16 08:30:00"},
    "target": {"branch_id": "B1", "metric": "weekly_sales", "period": "2026-11", "version": 1, "value": 5.0,
               "set_by": "gu", "set_at": "2026-11-16 08:30:00"},
    "note": {"note_id": "n", "pinned_to": "week", "pin": "2026-W46", "text": "雨", "author": "lin@bank.example",
             "author_name": "林越", "written_at": "2026-11-16 08:30:00", "version": 1},
    "task": {"kind": "grace", "customer_id": "c", "period": "2026-11", "branch_id": "B1", "listed_on": "2026-11-15"},
    "task_change": {"kind": "grace", "customer_id": "c", "period": "2026-11", "version": 1, "state": "done",
                    "changed_by": "lin@bank.example", "changed_at": "2026-11-16 08:30:00"},
    "subscription": {"email": "lin@bank.example", "what": "week", "weekday": 1, "hour": 8, "language": "zh",
                     "format": "pdf", "since": "2026-11-16 08:30:00"},
    "delivery": {"email": "lin@bank.example", "what": "week", "period": "2026-W47", "state": "sent", "attempts": 1,
                 "changed_at": "2026-11-16 08:30:00"},
    "plan": {"plan_id": "p", "owner": "gu", "owner_name": "顾", "whole_bank": False, "version": 1,
             "begun_at": "2026-11-16 08:30:00"},
    "plan_branch": {"plan_id": "p", "branch_id": "B1"},
    "plan_version": {"plan_id": "p", "version": 1, "name": "春", "saved_by": "gu", "saved_at": "2026-11-16 08:30:00"},
    "plan_scenario": {"plan_id": "p", "version": 1, "place": 1, "name": "A", "settings": {"channel": "电话"}},
    "frozen_forecast": {"digest": "d", "plan_id": "p", "version": 1, "place": 1, "starts_on": "2027-01-04",
                        "ends_on": "2027-01-31", "data_version": "v", "seed": 7, "library": "1", "kept": "{}",
                        "frozen_by": "gu", "frozen_at": "2026-11-16 08:30:00"},
    "plan_campaign": {"plan_id": "p", "campaign_id": "K1", "state": "confirmed", "said_by": "gu",
                      "said_at": "2026-11-16 08:30:00"},
    "alarm": {"plan_id": "p", "kind": "behind", "raised_on": "2027-01-10", "told": {"n": 1}, "data_version": "v"},
    "evaluation": {"campaign_id": "K1", "version": 1, "plan_id": "p", "text": "好", "figures": {}, "data_version": "v",
                   "author": "gu", "written_at": "2026-11-16 08:30:00"},
    "decision": {"campaign_id": "K1", "version": 1, "plan_id": "p", "verdict": "scale", "state": "waiting",
                 "reason": "值", "owner": "gu", "decided_by": "gu", "decided_at": "2026-11-16 08:30:00"},
    "action": {"action_id": "a", "campaign_id": "K1", "decision_version": 1, "text": "做", "owner": "lin",
               "version": 1},
    "score_weights": {"version": 1, "results": 40, "cross_selling": 20, "won_and_kept": 20, "service": 20,
                      "rehearsed_on": "2025", "set_by": "gu", "set_at": "2026-11-16 08:30:00"},
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> str:
    """Of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/workspace.sqlite"
    return request.getfixturevalue("postgresql_server")(f"migrations_{next(_databases)}")


@pytest.fixture
def engine(url) -> Iterator[sa.Engine]:
    """A workspace without any table."""
    opened = open_database(url)
    to(opened, "base")
    yield opened
    opened.dispose()


def to(engine: sa.Engine, revision: str) -> None:
    with engine.begin() as connection:
        config = configuration(connection)
        (command.downgrade if revision == "base" else command.upgrade)(config, revision)


def back_to(engine: sa.Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.downgrade(configuration(connection), revision)


def revision(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def tables(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


def rows(engine: sa.Engine) -> dict[str, int]:
    """Rows of each table."""
    with engine.connect() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()
            for name in tables(engine)
        }


def fill(engine: sa.Engine, names: set[str]) -> None:
    with engine.begin() as connection:
        for name, row in ROWS.items():
            if name in names:
                table = sa.Table(name, sa.MetaData(), autoload_with=connection)
                read = {
                    column.name: column.type.python_type.fromisoformat(row[column.name])
                    for column in table.c
                    if column.name in row and isinstance(column.type, (sa.DateTime, sa.Date))
                }
                connection.execute(sa.insert(table).values({**row, **read}))


def test_every_migration_is_known_to_these_tests(engine):
    with engine.connect() as connection:
        known = ScriptDirectory.from_config(configuration(connection)).walk_revisions()
        assert sorted(script.revision for script in known) == sorted(TABLES)


@pytest.mark.parametrize("shape", TABLES)
def test_a_workspace_of_any_shape_goes_up_and_down_with_its_rows(engine, shape):
    to(engine, shape)
    assert tables(engine) == TABLES[shape]
    fill(engine, TABLES[shape])
    migrate(engine)
    assert revision(engine) == NEWEST
    assert tables(engine) == TABLES[NEWEST]
    assert {name: count for name, count in rows(engine).items() if count} == dict.fromkeys(TABLES[shape], 1)
    fill(engine, TABLES[NEWEST] - TABLES[shape])
    if shape != NEWEST:
        back_to(engine, shape)
    assert rows(engine) == dict.fromkeys(TABLES[shape], 1)
    to(engine, "base")
    assert tables(engine) == set()


@pytest.mark.parametrize("shape", ["0001", "0002"])
def test_a_workspace_from_before_migrations_is_taken_over_with_its_rows(engine, shape):
    to(engine, shape)
    fill(engine, TABLES[shape])
    with engine.begin() as connection:
        sa.Table("alembic_version", sa.MetaData(), autoload_with=connection).drop(connection)
    migrate(engine)
    assert (revision(engine), tables(engine)) == (NEWEST, TABLES[NEWEST])
    assert [(person.email, person.name) for person in people.everyone(engine)] == [("lin@bank.example", "林越")]


def test_tables_of_others_in_the_same_database_are_not_taken_for_a_workspace(engine):
    with engine.begin() as connection:
        sa.Table("visitor", sa.MetaData(), sa.Column("name", sa.Text)).create(connection)
    migrate(engine)
    assert tables(engine) == TABLES[NEWEST] | {"visitor"}


def test_a_workspace_that_lost_a_table_and_its_record_is_refused_and_left_alone(engine):
    to(engine, "0001")
    with engine.begin() as connection:
        for name in ("alembic_version", "saved_view"):
            sa.Table(name, sa.MetaData(), autoload_with=connection).drop(connection)
    with pytest.raises(WorkspaceError, match=r"holds the tables person, person_branch and not .* Restore it"):
        migrate(engine)
    assert tables(engine) == {"person", "person_branch"}


def test_a_workspace_of_a_newer_program_is_refused_and_left_alone(url, audit):
    engine = open_database(url)
    people.grant(engine, HEAD)
    with engine.begin() as connection:
        connection.execute(sa.update(sa.table("alembic_version", sa.column("version_num"))).values(version_num="0099"))
    with pytest.raises(WorkspaceError, match=r"newer Branchlight: its shape 0099 .* where 0007 is the newest"):
        open_database(url)
    assert revision(engine) == "0099"
    assert people.find(engine, HEAD.email) == HEAD
    engine.dispose()
    assert not audit.exists()


def test_bringing_an_older_workspace_up_is_written_down_once_and_a_new_one_is_not(engine, url, audit):
    migrate(engine)
    assert not audit.exists()
    back_to(engine, "0001")
    migrate(engine)
    migrate(engine)
    (line,) = map(json.loads, audit.read_text("utf-8").splitlines())
    assert (line["event"], line["before"], line["after"]) == ("workspace_migrated", "0001", NEWEST)
    assert "password" not in url


def test_a_migration_that_fails_on_the_way_leaves_the_shape_before(engine, monkeypatch):
    to(engine, "0001")
    fill(engine, TABLES["0001"])
    upgrade = command.upgrade

    def interrupted(config, revision):
        upgrade(config, revision)
        raise OperationalError("CREATE TABLE", None, OSError("the disk is full"))

    monkeypatch.setattr(database.command, "upgrade", interrupted)
    with pytest.raises(OperationalError):
        migrate(engine)
    assert (revision(engine), tables(engine)) == ("0001", TABLES["0001"])
    monkeypatch.undo()
    migrate(engine)
    assert rows(engine)["person"] == 1


def test_sessions_work_after_coming_back_up(engine):
    migrate(engine)
    back_to(engine, "0001")
    migrate(engine)
    sessions.end(engine, "s", HEAD.email)
    assert rows(engine)["session"] == 1
