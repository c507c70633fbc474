"""Every run tries some cases of what is `sampled`: each value of each list, and all of them by `make thorough`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TESTS = """
import pytest

@pytest.mark.sampled(2)
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_two_lists(size, language): ...

@pytest.mark.sampled(3)
@pytest.mark.parametrize("kind", ["a", "b", "c", "d"])
def test_one_list(kind): ...

@pytest.mark.parametrize("kind", ["e", pytest.param("f", marks=pytest.mark.thorough)])
def test_a_further_case(kind): ...

@pytest.mark.journey
def test_a_journey(): ...
"""


@pytest.fixture
def chosen(tmp_path: Path):
    """Names of the tests that a run with these further options tries, in their order."""
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_collection_modifyitems\n", "utf-8")
    (tmp_path / "test_some.py").write_text(TESTS, "utf-8")

    def tried(*options: str) -> list[str]:
        asked = ["--collect-only", "-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
        command = [sys.executable, "-m", "pytest", *asked, "--rootdir", str(ROOT), *options, str(tmp_path)]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return [line.partition("::")[2] for line in said.splitlines() if "::" in line]

    return tried


def test_every_run_tries_each_value_of_each_list_and_walks_journeys_first(chosen):
    assert chosen() == [
        "test_a_journey",
        "test_two_lists[en-1]",
        "test_two_lists[en-3]",
        "test_two_lists[zh-2]",
        "test_one_list[a]",
        "test_one_list[d]",
        "test_a_further_case[e]",
    ]


def test_a_thorough_run_tries_all(chosen):
    assert len(chosen("-m", "")) == 6 + 4 + 2 + 1
