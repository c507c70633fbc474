"""Every deliberate fault still has its place; a few are tried in every run (`test_run`), all by `make mutations`."""

from __future__ import annotations

import pytest

from tests.mutations.mutation import ROOT, Mutation, every

EVERY = [mutation for mutations in every().values() for mutation in mutations]


@pytest.mark.parametrize("mutation", EVERY, ids=lambda each: each.name)
def test_the_fault_still_has_its_place(mutation: Mutation):
    assert (ROOT / mutation.file).read_text(encoding="utf-8").count(mutation.old) == 1
    assert mutation.old != mutation.new
    assert all((ROOT / test.partition("::")[0]).exists() for test in mutation.killed_by.split() if "/" in test)
