"""One piece of long work of this process, done beside the pages: who began it, how far it is, how it ended.

A page that is left or reloaded neither stops nor repeats it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any

Told = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much."""


@dataclass(eq=False)
class Job:
    """Work that runs or has ended.

    Attributes:
        name: What kind of work.
        person: Address of who began it.
        about: What it is done with; other things than these need another job.
        step: What is being done, how much of it is done, and of how much.
        result: What came of it; None while it runs, and where it failed.
        error: Why it failed.
        reference: Of the entry in the log that says more of the error; empty before it was written.
    """

    name: str
    person: str
    about: tuple[str, ...]
    step: tuple[str, int, int] = ("", 0, 0)
    result: Any = None
    error: Exception | None = None
    reference: str = ""
    _thread: Thread | None = field(default=None, repr=False)

    @property
    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return self.result is None and self.error is None

    def wait(self) -> None:
        """Until it has ended."""
        if self._thread is not None:
            self._thread.join()

    def start(self, work: Callable[[Told], object]) -> None:
        """Begins the work in a thread that does not keep the process from ending."""
        self._thread = Thread(target=self._work, args=(work,), name=self.name, daemon=True)
        self._thread.start()

    def _told(self, what: str, done: int, total: int) -> None:
        self.step = (what, done, total)

    def _work(self, work: Callable[[Told], object]) -> None:
        try:
            self.result = work(self._told)
        except Exception as error:  # the outermost frame of the thread: the page that looks says what happened
            self.error = error


_lock = Lock()
_latest: Job | None = None


def latest() -> Job | None:
    """The work that runs, or that ended last."""
    return _latest


def begin(name: str, person: str, about: tuple[str, ...], work: Callable[[Told], object]) -> bool:
    """Begins the work, unless other work runs; says whether it did.

    Args:
        name: What kind of work.
        person: Address of who begins it.
        about: What it is done with.
        work: Given whom to tell of its steps; returns something, never None.
    """
    global _latest
    with _lock:
        if _latest is not None and _latest.runs:
            return False
        _latest = Job(name, person, about)
        _latest.start(work)
        return True
