"""What tests need of the machine is looked for first, and each way to bring it is gone only where it still lacks."""

import sys
from pathlib import Path

from tests.prepare import ready


def way(file: Path) -> list[str]:
    return [sys.executable, "-c", f"open({str(file)!r}, 'w')"]


def test_what_is_there_is_not_brought_again(tmp_path: Path):
    assert ready(lambda: True, ["nothing"], way(tmp_path / "brought"))
    assert not (tmp_path / "brought").exists()


def test_ways_are_gone_until_one_brings_it(tmp_path: Path):
    files = [tmp_path / name for name in ("other", "wanted", "further")]
    assert ready(files[1].exists, ["nothing"], *map(way, files))
    assert [file.exists() for file in files] == [True, True, False]
