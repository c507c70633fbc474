"""People, rights and saved views on both engines of the workspace."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from data_access.errors import WorkspaceError
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.workspace import people, views
from data_access.workspace.database import migrate, open_database
from data_access.workspace.tables import metadata
from tests.data_access.workspace.conftest import HEAD, PLANNER


def test_the_migrations_lead_to_the_tables(workspace):
    with workspace.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_again_changes_nothing(workspace):
    people.grant(workspace, HEAD)
    migrate(workspace)
    assert people.find(workspace, HEAD.email) == HEAD


def test_rights_are_given_and_come_back_as_given(workspace):
    for person in (HEAD, PLANNER):
        people.grant(workspace, person)
    assert people.find(workspace, "LIN@bank.example") == HEAD
    assert people.find(workspace, "gu@bank.example") == PLANNER
    assert people.find(workspace, "nobody@bank.example") is None
    assert people.everyone(workspace) == [PLANNER, HEAD]


def test_granting_again_replaces_the_rights(workspace):
    people.grant(workspace, HEAD)
    fewer = Viewer(HEAD.email, "Lin", Role.BRANCH_HEAD, Scope(frozenset({"B2"})))
    people.grant(workspace, fewer)
    assert people.find(workspace, HEAD.email) == fewer


def test_no_branch_is_not_the_whole_bank(workspace):
    new = Viewer("new@bank.example", "New", Role.BRANCH_HEAD, Scope(frozenset()))
    people.grant(workspace, new)
    found = people.find(workspace, new.email)
    assert found is not None
    assert not found.scope.whole_bank
    assert found.scope.branches == frozenset()


def test_revoked_rights_are_gone_with_their_branches(workspace):
    people.grant(workspace, HEAD)
    people.revoke(workspace, HEAD.email)
    assert people.find(workspace, HEAD.email) is None
    people.grant(workspace, Viewer(HEAD.email, "Lin", Role.BRANCH_HEAD, Scope(frozenset())))
    assert people.everyone(workspace)[0].scope.branches == frozenset()
    with pytest.raises(WorkspaceError, match="No right was changed"):
        people.revoke(workspace, "nobody@bank.example")


@pytest.mark.parametrize(
    "proved", [" lin@bank.example", "lin@bank.example\n", "lin@ban\N{KELVIN SIGN}.example", "lın@bank.example"]
)
def test_an_address_that_looks_like_another_is_another(workspace, proved):
    people.grant(workspace, HEAD)
    assert people.find(workspace, proved) is None


def test_what_an_administrator_typed_around_an_address_is_left_out(workspace):
    people.grant(workspace, Viewer("  Lin@bank.example\n", "Lin", Role.PLANNER, WHOLE_BANK))
    assert people.find(workspace, "lin@bank.example") is not None
    people.revoke(workspace, " lin@bank.example ")
    assert people.everyone(workspace) == []


@pytest.mark.parametrize("address", ["", "lin", "lin @bank.example", "lin\u200b@bank.example", "lin\x00@bank.example"])
def test_rights_are_for_addresses(workspace, address):
    with pytest.raises(WorkspaceError, match="not an email address"):
        people.grant(workspace, Viewer(address, "Lin", Role.PLANNER, WHOLE_BANK))


def test_views_belong_to_their_owner(workspace):
    mine = views.save(workspace, "lin@bank.example", "campaigns", "  春节  ", "theme=festival&from=2024-01-01")
    views.save(workspace, "gu@bank.example", "campaigns", "Mine", "line=wealth")
    assert views.of_owner(workspace, "lin@bank.example") == [mine]
    assert mine.name == "春节"
    for act in (views.delete, views.restore):
        with pytest.raises(WorkspaceError, match="of yours"):
            act(workspace, "gu@bank.example", mine.view_id)
    assert views.of_owner(workspace, "lin@bank.example") == [mine]


def test_saving_under_the_same_name_replaces(workspace):
    views.save(workspace, "lin@bank.example", "campaigns", "Spring", "a=1")
    views.save(workspace, "lin@bank.example", "data", "Spring", "b=1")
    latest = views.save(workspace, "lin@bank.example", "campaigns", "Spring", "a=2")
    assert [(view.page, view.query) for view in views.of_owner(workspace, "lin@bank.example")].count(
        ("campaigns", "a=1")
    ) == 0
    assert latest in views.of_owner(workspace, "lin@bank.example")
    assert len(views.of_owner(workspace, "lin@bank.example")) == 2


def test_a_deletion_is_undone(workspace):
    view = views.save(workspace, "lin@bank.example", "campaigns", "Spring", "a=1")
    views.delete(workspace, "lin@bank.example", view.view_id)
    assert views.of_owner(workspace, "lin@bank.example") == []
    with pytest.raises(WorkspaceError, match="Nothing was deleted"):
        views.delete(workspace, "lin@bank.example", view.view_id)
    assert views.restore(workspace, "lin@bank.example", view.view_id) == view
    assert views.of_owner(workspace, "lin@bank.example") == [view]


def test_a_deletion_is_not_undone_over_a_newer_view(workspace):
    view = views.save(workspace, "lin@bank.example", "campaigns", "Spring", "a=1")
    views.delete(workspace, "lin@bank.example", view.view_id)
    newer = views.save(workspace, "lin@bank.example", "campaigns", "Spring", "a=2")
    with pytest.raises(WorkspaceError, match="Delete that one first"):
        views.restore(workspace, "lin@bank.example", view.view_id)
    assert views.of_owner(workspace, "lin@bank.example") == [newer]


def test_a_view_has_a_name(workspace):
    with pytest.raises(WorkspaceError, match="needs a name"):
        views.save(workspace, "lin@bank.example", "campaigns", "  ", "a=1")


def test_many_save_at_once(workspace):
    def save(number):
        views.save(workspace, "lin@bank.example", "campaigns", f"View {number}", "a=1")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(save, range(40)))
    assert len(views.of_owner(workspace, "lin@bank.example")) == 40


def test_a_new_workspace_is_opened_by_many_at_once(tmp_path):
    url = f"sqlite:///{tmp_path}/new.sqlite"
    with ThreadPoolExecutor(4) as threads:
        for engine in threads.map(lambda _: open_database(url), range(4)):
            assert people.everyone(engine) == []
            engine.dispose()


_OPEN = """
import sys
from data_access.workspace import people
from data_access.workspace.database import open_database
assert people.everyone(open_database(sys.argv[1])) == []
"""


def test_a_new_workspace_is_opened_by_two_processes_at_once(tmp_path):
    command = [sys.executable, "-c", _OPEN, f"sqlite:///{tmp_path}/new.sqlite"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in both] == [("", 0), ("", 0)]
