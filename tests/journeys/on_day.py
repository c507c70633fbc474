"""Runs a program some days ahead: ``python -m tests.journeys.on_day FILE MODULE ARGUMENT...``.

The file says how many days: whoever changes it moves what the workspace writes down and what a load takes for today,
in a server that goes on. A forecast counts if it was frozen before a campaign began, and no load brings what has not
happened yet: a journey from plan to outcome takes weeks, or this.
"""

from __future__ import annotations

import runpy
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

from data_access.loading import draft
from data_access.workspace import moment


def program(file: Path, module: str) -> tuple[str, ...]:
    """The command that runs a module so, without the module's own arguments."""
    return sys.executable, "-m", "tests.journeys.on_day", str(file), module


def main(file: Path) -> None:
    """Runs the program; both clocks are put right before any other module takes hold of them."""

    def ahead() -> timedelta:
        return timedelta(days=int(file.read_text("utf-8")))

    now, today = moment.now, draft.load_day

    def now_ahead() -> datetime:
        return now() + ahead()

    def today_ahead() -> date:
        return today() + ahead()

    moment.now, draft.load_day = now_ahead, today_ahead
    module, sys.argv = sys.argv[2], sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
