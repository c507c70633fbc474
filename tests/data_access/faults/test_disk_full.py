"""A disk that is full stops the load in words; the version before stays current, and room made later is enough."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data_access.errors import StoreError
from data_access.loading.load import load_feed
from data_access.versions.folder import FolderStore
from tests.data_access.faults.conftest import CUSTOMERS, words_of, write_feed

ROOT = Path(__file__).parents[3]


def load_by_command(store, feed, tmp_path, *, largest: int = 0):
    """A load by a program of its own, whose files may have no more than so many bytes."""
    limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))} if largest else {}
    environment = os.environ | {"PYTHONPATH": str(ROOT), "BRANCHLIGHT_WAREHOUSE": store.url}
    command = [sys.executable, "-m", "data_access", "load", str(feed), "--rejects", str(tmp_path / "rejects")]
    return subprocess.run(
        command, env=environment, cwd=tmp_path, text=True, capture_output=True, timeout=120, check=False, **limit
    )  # fmt: skip


@pytest.mark.slow
def test_a_file_that_may_not_grow_stops_the_load_and_changes_nothing(store, tmp_path):
    before = load_feed(store, write_feed(tmp_path / "feed", "one")).version
    large = write_feed(tmp_path / "feed", "two", customers=10_000)
    refused = load_by_command(store, large, tmp_path, largest=1_500_000)
    assert refused.returncode == 1, refused.stderr
    assert "Traceback" not in refused.stderr
    assert "make room" in refused.stderr
    assert store.history() == (before,)
    assert words_of(store) == [("one", CUSTOMERS)]
    assert load_feed(store, large).version is not None
    assert words_of(store) == [("two", 10_000)]
    assert store.unlisted() == ()


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)], check=False)
    if not made or made.returncode:
        pytest.skip("this user may not mount a small disk; the limit on file sizes is tested above")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk_stops_the_load_and_changes_nothing(small_disk, tmp_path):
    store = FolderStore(small_disk / "warehouse")
    before = load_feed(store, write_feed(tmp_path / "feed", "one")).version
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 500_000))
    large = write_feed(tmp_path / "feed", "two", customers=10_000)
    refused = load_by_command(store, large, tmp_path)
    assert refused.returncode == 1, refused.stderr
    assert "Traceback" not in refused.stderr
    assert "make room" in refused.stderr
    assert store.history() == (before,)
    assert words_of(store) == [("one", CUSTOMERS)]
    filler.unlink()
    assert load_by_command(store, large, tmp_path).returncode == 0
    assert words_of(store) == [("two", 10_000)]


@pytest.mark.parametrize("broken", ["tempfile.mkstemp", "pathlib.Path.rename", "pathlib.Path.replace"])
def test_a_step_of_publishing_that_fails_publishes_nothing(one, tmp_path, monkeypatch, broken):
    (before,) = one.history()

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    feed = write_feed(tmp_path / "feed", "two")
    with monkeypatch.context() as patched:
        patched.setattr(broken, full)
        with pytest.raises(OSError, match="No space"):
            load_feed(one, feed)
    assert one.history() == (before,)
    assert words_of(one) == [("one", CUSTOMERS)]
    load_feed(one, write_feed(tmp_path / "feed", "three"))
    assert words_of(one) == [("three", CUSTOMERS)]
    names = {path.name for path in one.folder.iterdir()}
    assert names == {version.place for version in one.history()} | {"current.json", "load.lock"}


def test_a_pointer_that_somebody_else_replaced_is_not_called_current(folder_store, tmp_path, monkeypatch):
    load_feed(folder_store, write_feed(tmp_path / "feed", "one"))
    kept = (folder_store.folder / "current.json").read_bytes()
    flush = folder_store._replace_pointer

    def raced(*args, **options):
        flush(*args, **options)
        (folder_store.folder / "current.json").write_bytes(kept)

    monkeypatch.setattr(folder_store, "_replace_pointer", raced)
    with pytest.raises(StoreError, match="not current"):
        load_feed(folder_store, write_feed(tmp_path / "feed", "two"))
