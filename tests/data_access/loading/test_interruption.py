"""A load that is killed, two loads at once, and a reader that is there while a load publishes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from data_access.settings import settings
from data_access.versions import open_store
from data_access.versions.scratch import scratch

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def all_cores(monkeypatch):
    """A load takes as many threads as it would in a bank: the files are large enough for several."""
    monkeypatch.setenv("BRANCHLIGHT_THREADS", "0")
    settings.cache_clear()
    yield
    settings.cache_clear()


def start(*arguments: str, feed) -> subprocess.Popen[str]:
    environment = os.environ | {"BRANCHLIGHT_WAREHOUSE": feed.store.url, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "data_access", *arguments],
        env=environment, cwd=feed.folder.parent, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def many_customers(feed, rows=300_000):
    lines = "".join(f"n{i:07d},001,family\n" for i in range(rows))
    feed.write("customer", f"customer_id,branch_id,segment\n01,001,senior\n02,002,senior\n{lines}")


def until(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.mark.slow
def test_kill_minus_nine_leaves_the_old_data_and_the_next_load_succeeds(feed):
    before = feed.right().load().version
    many_customers(feed)
    loading = start("load", str(feed.folder), feed=feed)
    folder = Path(feed.store.url)
    until(lambda: [*folder.glob("draft-*/warehouse.duckdb")] or loading.poll() is not None)
    loading.send_signal(signal.SIGKILL)
    loading.communicate()
    assert loading.returncode == -signal.SIGKILL
    assert [*folder.glob("draft-*")]
    assert feed.store.current() == before
    assert feed.rows("SELECT count(*) FROM customer") == [(2,)]
    after = feed.load().version
    assert feed.rows("SELECT count(*) FROM customer") == [(300_002,)]
    assert not [*folder.glob("draft-*")]
    assert feed.store.history() == (before, after)


@pytest.mark.slow
def test_a_load_killed_while_postgresql_copies_leaves_the_old_data(feed, postgresql_server):
    feed.store = open_store(postgresql_server("killed"))
    before = feed.right().load().version
    many_customers(feed)
    loading = start("load", str(feed.folder), feed=feed)
    copying = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%customer%FROM STDIN%'"
    with psycopg.connect(feed.store.url, autocommit=True) as watch:
        until(lambda: watch.execute(copying).fetchone() != (0,) or loading.poll() is not None)
    loading.send_signal(signal.SIGKILL)
    loading.communicate()
    assert loading.returncode == -signal.SIGKILL
    assert feed.store.current() == before
    assert feed.load(wait_seconds=20).version is not None
    assert feed.rows("SELECT count(*) FROM customer") == [(300_002,)]
    feed.store.close()


def test_a_load_beside_another_is_refused_in_words(feed):
    feed.right()
    with feed.store.loading():
        second = start("load", str(feed.folder), feed=feed)
        out, err = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "Another load is writing" in err
    assert "since" in err
    assert "Traceback" not in out + err


def test_a_check_that_is_told_to_end_leaves_no_private_copy(feed, tmp_path, monkeypatch):
    feed.right().load()
    many_customers(feed, 400_000)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "private"))
    (tmp_path / "private").mkdir()
    copies = (tmp_path / "private").glob
    checking = start("check", str(feed.folder), feed=feed)
    until(lambda: [*copies("branchlight-check-*/warehouse.duckdb")] or checking.poll() is not None)
    checking.terminate()
    out, err = checking.communicate(timeout=60)
    assert checking.returncode == 128 + signal.SIGTERM
    assert not [*copies("branchlight-*")]
    assert "Traceback" not in out + err


def test_the_next_check_removes_what_a_killed_one_left(feed, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "branchlight-check-0123"
    left.mkdir()
    left.with_suffix(".lock").touch()
    with scratch("check") as living:
        feed.right().check()
        assert not left.exists()
        assert living.exists()


def test_a_refused_feed_ends_in_words_and_a_code(feed):
    feed.right().write("customer", "customer_id,branch_id\n01,009\n02,002\n")
    refused = start("load", str(feed.folder), feed=feed)
    out, err = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert "customer.branch_id is not in branch" in err
    assert "Traceback" not in out + err
