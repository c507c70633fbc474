"""What answers a click runs before the page has set its language: it sets the language before it says anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "ui"
FILES = sorted(UI.rglob("*.py"))
SAYS = {"say", "say_count", "why", "error"}
"""What gives a sentence in the language that is set: `say`, `refusal.why`, `load_report.error`."""


def called(node: ast.AST) -> str:
    """Name of what a call calls; empty for anything else."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def answers(path: Path) -> set[str]:
    """Names of the functions of a file that answer a click or a choice: of its own, or public ones of any file's."""
    found: set[str] = set()
    for other in FILES:
        for node in ast.walk(ast.parse(other.read_text(encoding="utf-8"))):
            for keyword in node.keywords if isinstance(node, ast.Call) else ():
                if keyword.arg in ("on_click", "on_change"):
                    value = keyword.value
                    found |= {value.id} if isinstance(value, ast.Name) and (other == path) else set()
                    found |= {value.attr} if isinstance(value, ast.Attribute) else set()
    return found


def own_calls(function: ast.AST) -> Iterator[ast.AST]:
    """Calls of a function itself, as they stand; those of a function within it run when that is called."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            if isinstance(child, ast.Call):
                yield child
            yield from own_calls(child)


def unspoken(source: str, names: set[str]) -> list[str]:
    """What the functions of these names say before they have set a language."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            calls = sorted(own_calls(node), key=lambda call: (call.lineno, call.col_offset))
            before = [called(call) for call in calls]
            before = before[: before.index("speak")] if "speak" in before else before
            found += [f"{node.name} calls {name}" for name in before if name in SAYS]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(UI)))
def test_nothing_is_said_before_the_language_is_set(path: Path):
    assert unspoken(path.read_text(encoding="utf-8"), answers(path)) == []


def test_the_functions_that_answer_are_found():
    assert {"save", "copy", "freeze_now"} <= answers(UI / "plan" / "desk.py")
    assert {"_decide", "_give_back"} <= answers(UI / "loop" / "decide.py")
    assert "_decide" not in answers(UI / "people.py")


def test_a_sentence_before_the_language_would_be_seen():
    early = "def save():\n    tried(say('Saved.'))\n    speak('zh')\n"
    late = "def save():\n    speak('zh')\n    tried(say('Saved.'))\n    later = lambda: say('x')\n"
    assert unspoken(early, {"save"}) == ["save calls say"]
    assert unspoken(late, {"save"}) == []
    assert unspoken(early, {"other"}) == []
