"""A deliberate fault of a file, and the tests that must notice it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
COPIED = ("answers", "data_access", "locale", "metrics", "pages", "reports", "story", "tests", "ui")
FILES = ("app.py", "pyproject.toml", ".streamlit")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A fault.

    Attributes:
        file: Where, from the project's folder.
        old: What stands there, exactly once.
        new: The fault.
        killed_by: What pytest is told to run: a file of tests, or one test of it, quoted as in a shell.
        quick: Whether it is tried in every run of the tests; `make mutations` tries all.
    """

    file: str
    old: str
    new: str
    killed_by: str
    quick: bool = False


def survives(mutation: Mutation, folder: Path) -> str:
    """What the tests said in a copy of the project with the fault if they passed; empty if they failed.

    Raises:
        LookupError: the text does not stand exactly once in the file, or no test ran.
    """
    copy_of_project(folder)
    file = folder / mutation.file
    source = file.read_text(encoding="utf-8")
    if source.count(mutation.old) != 1:
        raise LookupError(f"{mutation.file} has {mutation.old!r} {source.count(mutation.old)} times, not once.")
    file.write_text(source.replace(mutation.old, mutation.new), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *shlex.split(mutation.killed_by)]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    told = ended.returncode in (0, 1) or " failed" in ended.stdout  # a thread left at work may end it by a signal
    if not told:
        raise LookupError(f"No test ran: {mutation.killed_by}\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return ended.stdout if ended.returncode == 0 else ""


def copy_of_project(folder: Path) -> None:
    """What tests need of the project."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        source = ROOT / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy(source, folder / name)
