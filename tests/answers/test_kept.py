"""An answer is kept for whoever may see the same: never for another scope, version, choice or right."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from answers.kept import forget, kept, size
from data_access.reading.scope import Scope


def reader(
    version: str = "v1",
    branches: tuple[str, ...] = ("B1",),
    may_see_customers: bool = True,
    of_holdouts: bool = False,
) -> Any:
    return SimpleNamespace(
        version=version,
        scope=Scope(frozenset(branches)),
        viewer=SimpleNamespace(may_see_customers=may_see_customers),
        of_holdouts=of_holdouts,
    )


@pytest.fixture
def asked():
    forget()
    calls: list[Any] = []

    @kept
    def ask(reader: Any, choice: str = "", *, branch: str = "") -> list[object]:
        calls.append((reader, choice, branch))
        return [object()]

    yield ask, calls
    forget()


def test_the_same_question_is_worked_out_once(asked):
    ask, calls = asked
    assert ask(reader(), "a", branch="B1") is ask(reader(), "a", branch="B1")
    assert len(calls) == 1


@pytest.mark.parametrize(
    "other",
    [
        lambda ask: ask(reader(version="v2"), "a", branch="B1"),
        lambda ask: ask(reader(branches=("B2",)), "a", branch="B1"),
        lambda ask: ask(reader(branches=("B1", "B2")), "a", branch="B1"),
        lambda ask: ask(reader(may_see_customers=False), "a", branch="B1"),
        lambda ask: ask(reader(of_holdouts=True), "a", branch="B1"),
        lambda ask: ask(reader(), "b", branch="B1"),
        lambda ask: ask(reader(), "a", branch="B2"),
    ],
    ids=["version", "scope", "wider scope", "rights", "holdouts", "choice", "branch"],
)
def test_another_question_gets_its_own_answer(asked, other):
    ask, calls = asked
    assert ask(reader(), "a", branch="B1") is not other(ask)
    assert len(calls) == 2


def test_two_questions_with_the_same_choice_do_not_share_an_answer(asked):
    ask, _ = asked

    @kept
    def another(reader: Any, choice: str = "", *, branch: str = "") -> list[object]:
        return [object()]

    assert ask(reader(), "a") is not another(reader(), "a")


@dataclass(frozen=True)
class Nested:
    """What an answer is made of: a table, many short columns of numbers by name, texts."""

    listed: pd.DataFrame
    results: dict[str, np.ndarray]
    names: tuple[str, ...]


def nested() -> Nested:
    names = tuple(f"campaign {number}" for number in range(30))
    listed = pd.DataFrame({"campaign_id": [f"K{number:03}" for number in range(30)], "n": range(30)})
    return Nested(listed, {f"metric {number}": np.zeros(30) for number in range(60)}, names)


def test_what_an_answer_is_said_to_hold_is_what_it_takes():
    """A bound in bytes that counts the numbers alone lets through several times what it says."""
    kept_alive = [nested()]
    gc.collect()
    tracemalloc.start()
    kept_alive += [nested() for _ in range(20)]
    taken = tracemalloc.get_traced_memory()[0] / 20
    tracemalloc.stop()
    assert 0.75 < size(kept_alive[-1]) / taken < 1.35
