"""Tries deliberate faults, as many at once as there are cores, and remembers which the tests noticed.

    python -m tests.mutations                     every list
    python -m tests.mutations story metrics.week  these lists

Stopped and started again it goes on: what was noticed is tried again only when the fault, its file or the tests named
for it have changed. Ends with 1, and a list, when a fault was not noticed. `rm -r build/mutations` forgets.
"""

from __future__ import annotations

import hashlib
import importlib
import multiprocessing
import os
import shlex
import signal
import sys
import time
import traceback
from pathlib import Path

import pytest

from tests.mutations.mutation import COPIED, ROOT, Mutation, every, survives

MEMORY = ROOT / "build" / "mutations"
# Imported once here, not in each of a thousand runs.
LIBRARIES = ("altair", "hypothesis", "pandas", "scipy.stats", "sqlalchemy", "statsmodels.api", "streamlit.testing.v1")
LONGEST_RUN_S = 1200  # a fault may make tests wait for ever


def main(lists: list[str]) -> int:
    """Tries the faults of the lists, of all if none is named; 1 if one was not noticed, or could not be tried."""
    known = every()
    if unknown := set(lists) - set(known):
        print(f"No list of faults: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
        return 2
    chosen = [mutation for name in lists or known for mutation in known[name]]
    MEMORY.mkdir(parents=True, exist_ok=True)
    memory = MEMORY / "noticed.txt"
    memory.touch()
    noticed = {line.split()[0] for line in memory.read_text(encoding="utf-8").splitlines()}
    waiting = [mutation for mutation in chosen if digest(mutation) not in noticed]
    print(f"{len(chosen)} faults, {len(chosen) - len(waiting)} of them noticed before.", flush=True)
    left: list[str] = []
    started = time.monotonic()
    for library in LIBRARIES:
        importlib.import_module(library)
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        for number, (mutation, key, problem) in enumerate(pool.imap_unordered(tried, waiting), 1):
            if problem:
                left.append(f"{mutation.name}\n    {mutation.killed_by}: {problem}")
            else:
                with memory.open("a", encoding="utf-8") as file:
                    file.write(f"{key} {mutation.name}\n")
            minutes = (time.monotonic() - started) / 60
            print(f"{number}/{len(waiting)} {minutes:.0f} min {problem or 'noticed'}: {mutation.name}", flush=True)
    print("\n".join([f"{len(left)} faults that no test noticed.", *left]))
    return 1 if left else 0


def digest(mutation: Mutation) -> str:
    """The same as long as the fault, the file it is put in and the files of tests named for it are."""
    tests = (part.partition("::")[0] for part in shlex.split(mutation.killed_by))
    files = [ROOT / name for name in (mutation.file, *tests) if (ROOT / name).is_file()]
    parts = [mutation.old, mutation.new, mutation.killed_by, *(file.read_text(encoding="utf-8") for file in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def tried(mutation: Mutation) -> tuple[Mutation, str, str]:
    """The fault, its digest, and what is wrong: nothing if tests noticed it."""
    key = digest(mutation)
    try:
        said = survives(mutation, MEMORY / multiprocessing.current_process().name, forked)
    except LookupError as error:
        return mutation, key, str(error)
    return mutation, key, "NOT NOTICED" if said else ""


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
