"""Every deliberate fault is noticed by the tests that are named for it; a few in every run, all by `make mutations`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutations.mutation import ROOT, Mutation, every, survives

EVERY = [mutation for mutations in every().values() for mutation in mutations]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all faults: the project is copied anew for each, but what Python compiled stays."""
    return tmp_path_factory.mktemp("project")


@pytest.mark.parametrize("mutation", [each for each in EVERY if each.quick], ids=lambda each: each.name)
def test_the_fault_is_noticed(mutation: Mutation, folder: Path):
    assert survives(mutation, folder) == ""


@pytest.mark.parametrize("mutation", EVERY, ids=lambda each: each.name)
def test_the_fault_still_has_its_place(mutation: Mutation):
    assert (ROOT / mutation.file).read_text(encoding="utf-8").count(mutation.old) == 1
    assert mutation.old != mutation.new
    assert all((ROOT / test.partition("::")[0]).exists() for test in mutation.killed_by.split() if "/" in test)


def test_a_fault_that_nobody_notices_is_told(folder: Path):
    harmless = Mutation("story/text.py", "    return ", "    return  ", "story/text.py --doctest-modules")
    assert "1 passed" in survives(harmless, folder)
