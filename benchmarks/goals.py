"""What a measurement found, set against what it has to be: one line a number, one table for all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One number.

    Attributes:
        what: What was measured.
        measured: The number, in `unit`.
        unit: Written after it; empty for a ratio.
        most: What it may be at most; None where it is only told.
        beside: What it was set against in the same run, in words.
    """

    what: str
    measured: float
    unit: str = ""
    most: float | None = None
    beside: str = ""

    @property
    def met(self) -> bool:
        """Whether it is as it has to be; what has no goal always is."""
        return self.most is None or self.measured <= self.most


def show(lines: Iterable[Line]) -> list[Line]:
    """Print the lines as rows of a table, each as soon as it is known, and return them."""
    print(_row("", "measured", "goal", "", "beside"), flush=True)
    shown: list[Line] = []
    for line in lines:
        unit = f" {line.unit}" if line.unit else ""
        goal, met = ("", "") if line.most is None else (f"{line.most:.3g}{unit}", "met" if line.met else "MISSED")
        print(_row(line.what, f"{line.measured:.3g}{unit}", goal, met, line.beside), flush=True)
        shown.append(line)
    return shown


def _row(what: str, measured: str, goal: str, met: str, beside: str) -> str:
    return f"{what:<58} {measured:>9} {goal:>9}  {met:<6}  {beside}".rstrip()
