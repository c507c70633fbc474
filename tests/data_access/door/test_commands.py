import json

import pytest
from typer.testing import CliRunner

from data_access.__main__ import app
from data_access.settings import settings
from data_access.versions import open_store
from tests.data_access.small_bank import publish


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("BRANCHLIGHT_WORKSPACE", f"sqlite:///{tmp_path}/workspace.sqlite")
    monkeypatch.setenv("BRANCHLIGHT_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("BRANCHLIGHT_AUDIT_LOG", str(tmp_path / "audit.jsonl"))
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


def test_rights_are_given_on_branches_that_the_warehouse_has(run, bank, tmp_path):
    publish(bank, open_store(str(tmp_path / "warehouse")))
    refused = run("grant", "an@bank.example", "branch_head", "--branch", "B1", "--branch", "B99")
    assert refused.exit_code == 2
    assert "no branch B99" in refused.output
    assert "Nobody has rights yet" in run("list").output
    assert run("grant", "an@bank.example", "branch_head", "--branch", "B1").exit_code == 0
    assert "nobody can say" not in run("grant", "an@bank.example", "planner").output


def test_before_the_first_load_it_is_said_that_branches_were_not_checked(run):
    assert "nobody can say whether" in run("grant", "an@bank.example", "branch_head", "--branch", "B1").output


def test_who_gave_and_took_which_rights_is_written_down(run, tmp_path):
    run("grant", " An@bank.example", "branch_head", "--branch", "008", "--branch", "007")
    run("grant", "an@bank.example", "executive", "--customers")
    run("revoke", "an@bank.example")
    assert run("revoke", "an@bank.example").exit_code == 1
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()]
    assert [(line["event"], line["whose"], line.get("role"), line.get("branches")) for line in lines] == [
        ("rights_granted", "An@bank.example", "branch_head", "007, 008"),
        ("rights_changed", "an@bank.example", "executive", "all"),
        ("rights_revoked", "an@bank.example", None, None),
    ]
    assert lines[1]["may_see_customers"] == "yes"
    assert all(line["person"] and line["time"] and len(line["reference"]) == 8 for line in lines)
