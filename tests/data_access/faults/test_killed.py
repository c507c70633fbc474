"""A load that is killed at any moment leaves the old version or the new one, whole, and the next one succeeds."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from data_access.versions import postgresql_tables
from data_access.versions.folder import FolderStore
from tests.data_access.faults.conftest import CUSTOMERS, words_of, write_feed

ROOT = Path(__file__).parents[3]
MOMENTS = 10
"""Parts into which the time of a load is cut; a load is killed once in each, at a moment left to chance."""


class Nursery:
    """The process that loads are forked from."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def load(self, url: str, feed: Path, kill_after: float = 0) -> tuple[int, float]:
        """How the load ended, and after how many seconds."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{url}\t{feed}\t{kill_after}\n")
        self._process.stdin.flush()
        status, seconds = self._answer().split()
        return int(status), float(seconds)


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    (tmp_path / "tmp").mkdir()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "tmp")}
    command = [sys.executable, str(Path(__file__).with_name("nursery.py"))]
    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.slow
def test_a_load_killed_at_any_moment_leaves_one_whole_version(store, nursery, tmp_path):
    feed = tmp_path / "feed"
    status, seconds = nursery.load(store.url, write_feed(feed, "first"))
    assert status == 0
    now, killed, published = "first", 0, 0
    moments = random.Random(2026)
    for i in range(MOMENTS):
        status, _ = nursery.load(store.url, write_feed(feed, f"word{i}"), seconds * (i + moments.random()) / MOMENTS)
        assert status in (0, -signal.SIGKILL)
        killed += status != 0
        [(word, customers)] = words_of(store)
        assert customers == CUSTOMERS
        assert word in (now, f"word{i}")
        assert word == f"word{i}" or status != 0  # a load that ended is there
        published += word != now
        now = word
    assert killed >= MOMENTS // 3, "hardly a load was killed: the moments miss it"
    status, _ = nursery.load(store.url, write_feed(feed, "last"))
    assert status == 0
    assert words_of(store) == [("last", CUSTOMERS)]
    history = store.history()
    assert [version.number for version in history] == sorted({version.number for version in history})
    assert len(history) == 2
    assert store.unlisted() == ()
    assert not [*(tmp_path / "tmp").glob("branchlight-*")]
    if isinstance(store, FolderStore):
        kept = {version.place for version in history}
        assert {path.name for path in store.folder.iterdir()} == kept | {"current.json", "load.lock"}
    else:
        with psycopg.connect(store.url) as connection:
            assert postgresql_tables.unseen(connection) == []
