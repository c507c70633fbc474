import pytest
from typer.testing import CliRunner

from data_access.__main__ import app
from data_access.settings import settings


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("BRANCHLIGHT_WORKSPACE", f"sqlite:///{tmp_path}/workspace.sqlite")
    settings.cache_clear()
    yield lambda *words: CliRunner().invoke(app, ["people", *words], env={"COLUMNS": "200"})
    settings.cache_clear()


def test_rights_are_given_shown_replaced_and_taken(run):
    assert "Nobody has rights yet" in run("list").output
    assert run("grant", "An@Bank.example", "branch_head", "--branch", "007", "--branch", "008").exit_code == 0
    assert run("grant", "li@bank.example", "executive", "--name", "Li Na").exit_code == 0
    shown = run("list").output
    assert "an@bank.example" in shown
    assert "007, 008" in shown
    assert "Li Na" in shown
    run("grant", "an@bank.example", "planner", "--customers")
    assert "007" not in run("list").output
    run("revoke", "an@bank.example")
    assert "an@bank.example" not in run("list").output


def test_a_branch_head_without_a_branch_and_a_role_that_is_none_are_refused(run):
    assert run("grant", "an@bank.example", "branch_head").exit_code == 2
    assert run("grant", "an@bank.example", "king").exit_code == 2
    assert "Nobody has rights yet" in run("list").output
