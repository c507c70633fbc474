"""What the workspace writes can be read by its owner alone, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

import pytest

from data_access.private import private_file, private_folder
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.workspace import people
from data_access.workspace.database import open_database


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


def modes(folder) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_a_new_workspace_and_all_that_stands_beside_it_is_its_owners_alone(tmp_path):
    folder = tmp_path / "bank" / "var"
    engine = open_database(f"sqlite:///{folder}/workspace.sqlite")
    with engine.connect() as connection:  # as long as one is open, the write-ahead log stands there
        people.grant(engine, Viewer("lin@bank.example", "Lin", Role.PLANNER, WHOLE_BANK))
        found = modes(folder)
        del connection
    engine.dispose()
    assert {"workspace.sqlite", "workspace.sqlite-wal", "workspace.sqlite.lock"} <= set(found)
    assert set(found.values()) == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)} == {0o700}


def test_a_workspace_that_others_could_read_is_closed_to_them(tmp_path):
    (tmp_path / "workspace.sqlite").touch(0o644)
    open_database(f"sqlite:///{tmp_path}/workspace.sqlite").dispose()
    assert modes(tmp_path)["workspace.sqlite"] == 0o600


def test_a_folder_that_was_there_stays_as_its_owner_made_it(tmp_path):
    tmp_path.chmod(0o750)
    private_folder(tmp_path / "new")
    private_file(tmp_path / "file")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_a_workspace_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_database("sqlite:///:memory:").dispose()
    assert ":memory:" not in modes(tmp_path)
