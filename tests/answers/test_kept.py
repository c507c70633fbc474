"""An answer is kept for whoever may see the same: never for another scope, version, choice or right."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from answers.kept import forget, kept
from data_access.reading.scope import Scope


def reader(version: str = "v1", branches: tuple[str, ...] = ("B1",), may_see_customers: bool = True) -> Any:
    return SimpleNamespace(
        version=version, scope=Scope(frozenset(branches)), viewer=SimpleNamespace(may_see_customers=may_see_customers)
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
        lambda ask: ask(reader(), "b", branch="B1"),
        lambda ask: ask(reader(), "a", branch="B2"),
    ],
    ids=["version", "scope", "wider scope", "rights", "choice", "branch"],
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
