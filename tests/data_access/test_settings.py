"""Settings that are wrong are said in words, and a password is never shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data_access import __main__ as command_line
from data_access.engines import Warehouse
from data_access.errors import NoVersionError, SettingsError, StoreError
from data_access.settings import Settings, masked, settings
from data_access.versions import open_store

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield
    settings.cache_clear()


def command(monkeypatch, *arguments, **environment):
    """What a command printed, and what it would say of the error that ended it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ran = CliRunner().invoke(command_line.app, list(arguments))
    said = command_line._said(ran.exception) if isinstance(ran.exception, command_line.TOLD) else ""
    return ran.output, said, ran.exception


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://app:secret@host/bank", "postgresql://app:***@host/bank"),
        ("postgresql+psycopg://app:secret@host:5432/bank", "postgresql+psycopg://app:***@host:5432/bank"),
        ("postgresql://app:se@cr:et/secret@host/bank", "postgresql://app:***@host/bank"),
        ("postgresql://:secret@host/bank", "postgresql://:***@host/bank"),
        ("postgresql://host/bank?user=app&password=secret", "postgresql://host/bank?user=app&password=***"),
        ("postgresql://host/bank?sslpassword=secret&x=1", "postgresql://host/bank?sslpassword=***&x=1"),
        ("postgresql://app@host/bank", "postgresql://app@host/bank"),
        ("var/warehouse", "var/warehouse"),
        ("sqlite:///var/workspace.sqlite", "sqlite:///var/workspace.sqlite"),
    ],
)
def test_a_password_is_masked_wherever_it_stands(address, shown):
    assert masked(address) == shown
    assert "secret" not in repr(Settings(warehouse=address, workspace=address))


@pytest.mark.parametrize("name", ["WAREHOUSE", "WORKSPACE"])
def test_the_list_of_settings_shows_no_password(name, monkeypatch):
    shown, _, error = command(
        monkeypatch, "settings", **{f"BRANCHLIGHT_{name}": "postgresql://app:hunter2@host/bank"}
    )  # fmt: skip
    assert error is None
    assert f"BRANCHLIGHT_{name} = postgresql://app:***@host/bank" in shown
    assert "hunter2" not in shown


def test_no_error_of_a_store_shows_a_password(postgresql_server):
    url = postgresql_server("no_password")
    with_password = url.replace("postgres:@", "postgres:hunter2@", 1)
    assert "hunter2" in with_password
    store = open_store(with_password)
    with pytest.raises(NoVersionError, match="holds no data yet") as said:
        Warehouse(store, Settings(warehouse=with_password)).current()
    assert "hunter2" not in str(said.value)
    store.close()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://app:hunter2@127.0.0.1:1/bank",
        "postgresql://app:hunter2@127.0.0.1:port/bank",
        "postgresql://app:hun@ter2/@127.0.0.1:1/bank",
        "mysql://app:hunter2@host/bank",
        "postgresql://127.0.0.1:1/bank?user=app&password=hunter2",
    ],
)
def test_an_address_that_is_wrong_is_said_without_its_password(address):
    with pytest.raises(StoreError) as said:
        open_store(address).current()
    chain = [said.value, said.value.__cause__]
    told = " ".join(str(error) for error in chain)
    assert "hunter2" not in told
    assert "ter2" not in str(said.value)
    assert "Nothing was read" in str(said.value)


def rules(days, thresholds, key=None):
    tiers = [{"key": key or f"T{n}", "threshold": money, "grace_months": 1} for n, money in enumerate(thresholds)]
    return json.dumps([{"valid_from": day, "tiers": tiers} for day in days])


@pytest.mark.parametrize(
    ("environment", "file", "match"),
    [
        ({"BRANCHLIGHT_THREADS": "many"}, "", "threads: .*integer"),
        ({"BRANCHLIGHT_QUERY_SECONDS": "0"}, "", "query_seconds: .*greater than 0"),
        ({"BRANCHLIGHT_TIER_RULES": "{"}, "", "tier_rules"),
        ({"BRANCHLIGHT_TIER_RULES": "[]"}, "", "tier_rules: .*at least 1"),
        ({"BRANCHLIGHT_TIER_RULES": rules(["2026-01-01"], [])}, "", r"tier_rules\.0\.tiers: .*at least 1"),
        ({"BRANCHLIGHT_TIER_RULES": rules(["2026-01-01"], [0, 9, 8])}, "", "thresholds rise, got .*9.*8"),
        ({"BRANCHLIGHT_TIER_RULES": rules(["2026-01-01"], [0, 5, 5])}, "", "thresholds rise, got .*5.*5"),
        ({"BRANCHLIGHT_TIER_RULES": rules(["2026-01-01"], [0, 5], key="A")}, "", "each tier stands once"),
        ({"BRANCHLIGHT_TIER_RULES": rules(["2026-02-01", "2026-01-01"], [0, 5])}, "", "tier rules hold rise"),
        ({}, 'warehous = "postgresql://app:hunter2@host/bank"', "warehous: Extra inputs"),
        ({}, "threads = ", r"branchlight\.toml is not TOML"),
        ({"BRANCHLIGHT_CURRENCY": "hunter2"}, "", "currency"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(environment, file, match, tmp_path, monkeypatch):
    if file:
        (tmp_path / "branchlight.toml").write_text(file, "utf-8")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=match) as said:
        settings()
    assert "hunter2" not in str(said.value)
    assert "Correct branchlight.toml or the environment" in str(said.value)


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["status"], {"BRANCHLIGHT_THREADS": "many"}, "threads"),
        (["people", "list"], {"BRANCHLIGHT_WORKSPACE": "postgresql://app:hunter2@127.0.0.1:1/x"}, "workspace"),
        (["people", "list"], {"BRANCHLIGHT_WORKSPACE": "no address"}, "workspace"),
        (["load", "feed", "--mapping", "missing.toml"], {}, "missing.toml"),
        (["status"], {"BRANCHLIGHT_WAREHOUSE": "postgresql://app:hunter2@127.0.0.1:1/x"}, "does not answer"),
    ],
)
def test_the_command_line_says_what_is_wrong_and_what_to_do(arguments, environment, said, tmp_path, monkeypatch):
    (tmp_path / "feed").mkdir()
    (tmp_path / "feed" / "branch.csv").write_text("branch_id,name\n1,Harbour\n", "utf-8")
    shown, told, _ = command(monkeypatch, *arguments, **environment)
    assert said in told
    assert "hunter2" not in shown + told
    assert "memory_limit" not in told  # advice for another fault


def test_a_program_ends_in_words_and_a_code(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "data_access", "status"], cwd=tmp_path, text=True, capture_output=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "BRANCHLIGHT_THREADS": "many"}, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "Error: A setting is wrong: threads" in ran.stderr
    assert "Traceback" not in ran.stderr
