"""A deliberate fault of a file, and the tests that must notice it."""

from __future__ import annotations

import importlib
import os
import shlex
import shutil
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
COPIED = ("answers", "data_access", "locale", "metrics", "pages", "reports", "story", "tests", "ui")
FILES = ("app.py", "pyproject.toml", ".streamlit")
LONGEST_RUN_S = 1200  # a fault may make tests wait for ever


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

    @property
    def name(self) -> str:
        """The file, what stands there and the fault, on one line."""
        old, new = (" ".join(text.split())[:60] for text in (self.old, self.new))
        return f"{self.file}: {old} -> {new or 'left out'}"


def every() -> dict[str, list[Mutation]]:
    """The faults by their list: `story` of story.py, `metrics.week` of metrics/week.py."""
    here = Path(__file__).parent
    paths = (path for path in sorted(here.rglob("*.py")) if not path.name.startswith(("test_", "__")))
    names = [".".join(path.relative_to(here).with_suffix("").parts) for path in paths]
    lists = {name: importlib.import_module(f"tests.mutations.{name}") for name in names}
    return {name: module.MUTATIONS for name, module in lists.items() if hasattr(module, "MUTATIONS")}


def survives(mutation: Mutation, folder: Path) -> str:
    """What the tests said in a copy of the project with the fault if they passed; empty if they failed.

    Raises:
        LookupError: the text does not stand exactly once in the file, no test ran, or they came to no end.
    """
    copy_of_project(folder)
    file = folder / mutation.file
    source = file.read_text(encoding="utf-8")
    if source.count(mutation.old) != 1:
        raise LookupError(f"{mutation.file} has {mutation.old!r} {source.count(mutation.old)} times, not once.")
    file.write_text(source.replace(mutation.old, mutation.new), encoding="utf-8")
    code, said = forked(["-x", "-q", "-p", "no:cacheprovider", "-m", "", *shlex.split(mutation.killed_by)], folder)
    if code == -signal.SIGALRM:
        raise LookupError(f"The tests did not end in {LONGEST_RUN_S // 60} minutes.")
    told = code in (0, 1) or " failed" in said  # a thread left at work may end it by a signal
    if not told:
        raise LookupError(f"No test ran: {mutation.killed_by}\n{said[-2000:]}")
    return said if code == 0 else ""


def forked(arguments: list[str], folder: Path) -> tuple[int, str]:
    """How pytest ended in the folder, and what it said: in a child of this process, which has the libraries."""
    output = folder / "said.txt"
    child = os.fork()
    if child == 0:
        code: int = pytest.ExitCode.INTERNAL_ERROR
        try:
            signal.alarm(LONGEST_RUN_S)
            with output.open("w") as said:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
            os.chdir(folder)
            for name in [name for name in sys.modules if name.partition(".")[0] in COPIED]:
                del sys.modules[name]
            sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != ROOT]
            code = pytest.main(["-W", "ignore:Module already imported", *arguments])
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return ended, output.read_text(encoding="utf-8", errors="replace")


def copy_of_project(folder: Path) -> None:
    """What tests need of the project, anew; what Python compiled in the folder before holds for unchanged files."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    for name in FILES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, dirs_exist_ok=True)
        else:
            shutil.copy2(source, folder / name)
