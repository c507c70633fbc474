"""Every deliberate fault still has its place and tests to notice it; some are tried in every run (`test_run`)."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable

import pytest
from _pytest.mark.expression import Expression

from tests.mutations.mutation import ROOT, Mutation, every

EVERY = [mutation for mutations in every().values() for mutation in mutations]


@pytest.mark.parametrize("mutation", EVERY, ids=lambda each: each.name)
def test_the_fault_still_has_its_place(mutation: Mutation):
    assert (ROOT / mutation.file).read_text(encoding="utf-8").count(mutation.old) == 1
    assert mutation.old != mutation.new


@pytest.fixture(scope="module")
def collected() -> list[str]:
    """The tests of all that is named for a fault, as pytest calls them."""
    files = {path.partition("::")[0] for mutation in EVERY for path in paths(mutation)}
    asked = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-m", "", *sorted(files)]
    said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in said.stdout.splitlines() if "::" in line]


def test_there_are_tests_to_notice_each_fault(collected: list[str]):
    """Tests are chosen by their names, which change with what they are given: a choice of none notices nothing."""
    nobody = [mutation for mutation in EVERY if not any(map(chosen_by(mutation), collected))]
    assert not nobody, "\n".join(f"{mutation.name}: {mutation.killed_by}" for mutation in nobody)


def test_a_choice_of_no_test_is_seen():
    chosen = chosen_by(Mutation("a.py", "a", "b", "tests/test_a.py -k 'adds_up[bank and not year'"))
    assert chosen("tests/test_a.py::test_it_adds_up[bank-month]")
    assert not chosen("tests/test_a.py::test_it_adds_up[bank-year]")
    assert not chosen("tests/test_a.py::test_it_adds_up[head-month]")
    assert not chosen("tests/test_ab.py::test_it_adds_up[bank-month]")


def paths(mutation: Mutation) -> list[str]:
    """Files, folders and tests that are named."""
    parts = shlex.split(mutation.killed_by)
    return [part for part in parts if part.partition("::")[0].endswith(".py") or (ROOT / part).is_dir()]


def chosen_by(mutation: Mutation) -> Callable[[str], bool]:
    """Whether what pytest is told to run holds a test, by its path and by the words that choose among names."""
    parts = shlex.split(mutation.killed_by)
    within = tuple(f"{path}{end}" for path in paths(mutation) for end in ("::", "[", "/"))
    whole = set(paths(mutation))
    words = Expression.compile(parts[parts.index("-k") + 1]) if "-k" in parts else None

    def chosen(test: str) -> bool:
        if test not in whole and not test.startswith(within):
            return False
        return words is None or words.evaluate(lambda word: word.lower() in test.lower())

    return chosen
