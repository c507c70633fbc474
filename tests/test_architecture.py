"""The architecture's rules that no linter states: what a page may hold, what `app.py` may import."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(path for path in (ROOT / "pages").glob("*.py") if path.name != "__init__.py")
ROOMS = ("ui", "reports", "pages", "story", "answers", "metrics", "data_access")
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
SOURCES += [ROOT / "app.py", ROOT / "server.py"]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(module: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_there_are_pages_to_hold_to_the_rules():
    assert len(PAGES) >= 2


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_reads_like_a_memo(path):
    """No function, no class, no loop within a loop, no arithmetic: those live in metrics and ui."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.BinOp)
    found = [f"line {node.lineno}: {type(node).__name__}" for node in ast.walk(tree(path)) if isinstance(node, kinds)]
    assert not found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_imports_only_from_the_rooms_below(path):
    allowed = ("ui", "story", "answers", "__future__")
    assert [name for name in imported(tree(path)) if not name.startswith(allowed)] == []


def test_app_imports_only_streamlit_ui_and_the_language():
    module = tree(ROOT / "app.py")
    assert [
        name for name in imported(module) if not name.startswith(("streamlit", "ui", "story.words", "__future__"))
    ] == []
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 60


def test_the_server_imports_only_what_serves_and_ui():
    module = tree(ROOT / "server.py")
    allowed = ("streamlit", "starlette", "logging", "ui")
    assert [name for name in imported(module) if not name.startswith(allowed)] == []
    assert len((ROOT / "server.py").read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_opens_a_door_for_markup(path):
    keywords = {node.arg for node in ast.walk(tree(path)) if isinstance(node, ast.keyword)}
    assert "unsafe_allow_html" not in keywords


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_named_for_having_no_subject(path):
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "process"}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--config", str(ROOT / ".importlinter"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_import_contracts_hold_and_notice_a_break(tmp_path):
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    passing = lint_imports(tmp_path)
    assert passing.returncode == 0, passing.stdout + passing.stderr
    (tmp_path / "metrics" / "shortcut.py").write_text("import data_access.schema\n", encoding="utf-8")
    broken = lint_imports(tmp_path)
    assert broken.returncode != 0
    assert "BROKEN" in broken.stdout
