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
import shlex
import sys
import time
from functools import partial
from pathlib import Path

from tests.mutations.mutation import ROOT, Mutation, every, survives

MEMORY = ROOT / "build" / "mutations"
# Imported once here, not in each of a thousand runs.
LIBRARIES = ("altair", "hypothesis", "pandas", "scipy.stats", "sqlalchemy", "statsmodels.api", "streamlit.testing.v1")


def main(lists: list[str], memory: Path = MEMORY, workers: int | None = None) -> int:
    """Tries the faults of the lists, of all if none is named; 1 if one was not noticed, or could not be tried.

    Args:
        lists: names of lists, or ``quick``: of all lists those that every run of the tests tries.
        memory: folder of what was noticed and of the copies of the project, one a worker.
        workers: faults tried at once; as many as there are cores if not given.
    """
    known = every()
    known["quick"] = [mutation for mutations in known.values() for mutation in mutations if mutation.quick]
    if unknown := set(lists) - set(known):
        print(f"No list of faults: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
        return 2
    chosen = list(dict.fromkeys(mutation for name in lists or known for mutation in known[name]))
    memory.mkdir(parents=True, exist_ok=True)
    lines = memory / "noticed.txt"
    lines.touch()
    noticed = {line.split()[0] for line in lines.read_text(encoding="utf-8").splitlines()}
    waiting = [mutation for mutation in chosen if digest(mutation) not in noticed]
    print(f"{len(chosen)} faults, {len(chosen) - len(waiting)} of them noticed before.", flush=True)
    left: list[str] = []
    started = time.monotonic()
    for library in LIBRARIES:
        importlib.import_module(library)
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        for number, (mutation, key, problem) in enumerate(pool.imap_unordered(partial(tried, memory), waiting), 1):
            if problem:
                left.append(f"{mutation.name}\n    {mutation.killed_by}: {problem}")
            else:
                with lines.open("a", encoding="utf-8") as file:
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


def tried(memory: Path, mutation: Mutation) -> tuple[Mutation, str, str]:
    """The fault, its digest, and what is wrong: nothing if tests noticed it."""
    key = digest(mutation)
    try:
        said = survives(mutation, memory / multiprocessing.current_process().name)
    except LookupError as error:
        return mutation, key, str(error)
    return mutation, key, "NOT NOTICED" if said else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
