"""The scorecard as a sheet that recomputes itself: values typed in, everything else a formula.

Pure data: rows of cells in the first cell's place A1, of which a text that starts with ``=`` is a formula in the
functions that every spreadsheet knows. Row 1 is left to the titles, which the caller writes in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from metrics.errors import ShapeError
from metrics.moments import floats
from metrics.staff.scorecard import BLOCKS, CAP, Item, persons

Cell = str | float | None


class Part(StrEnum):
    """What a column holds."""

    STAFF = "staff"
    VALUE = "value"  # of the item named by the key
    POINTS = "points"  # of the item
    BLOCK = "block"
    COVERED = "covered"
    SCORE = "score"
    BREACHES = "breaches"
    PAYABLE = "payable"


ROWS = ("weight", "mean", "deviation", "direction", "cap")
"""What the rows 2 to 6 hold, above the persons; their names stand in the first column."""
_FIRST_PERSON = 2 + len(ROWS)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns with their part and key, and the cells from row 2 on."""

    columns: tuple[tuple[Part, str], ...]
    cells: tuple[tuple[Cell, ...], ...]


def scorecard_sheet(
    staff: Sequence[str],
    items: Sequence[Item],
    *,
    weights: Mapping[str, float] = BLOCKS,
    breaches: npt.ArrayLike = 0,
    minimum: float = 30,
    enough: float = 0.5,
) -> Sheet:
    """The formulas of `scorecard.scorecard` with standard scores; arguments as there.

    A value below the minimum exposure is left empty. Weights, directions and the cap are cells that may be changed.

    Raises:
        ShapeError: as `scorecard.scorecard`, or names of another number of persons.
    """
    if len(staff) != persons(items, weights):
        raise ShapeError(f"{len(staff)} names for items of another number of persons.")
    ordered = [item for block in weights for item in items if item.block == block]
    blocks = [block for block in weights if any(item.block == block for item in ordered)]
    columns = (
        (Part.STAFF, ""),
        *((Part.VALUE, item.key) for item in ordered),
        *((Part.POINTS, item.key) for item in ordered),
        *((Part.BLOCK, block) for block in blocks),
        *((part, "") for part in (Part.COVERED, Part.SCORE, Part.BREACHES, Part.PAYABLE)),
    )
    letter = {column: _letter(number) for number, column in enumerate(columns)}
    last = _FIRST_PERSON + len(staff) - 1
    counted = np.broadcast_to(floats(breaches), (len(staff),))

    def head(row: str) -> tuple[Cell, ...]:
        cells: dict[tuple[Part, str], Cell] = {(Part.STAFF, ""): row}
        for item in ordered:
            value = letter[Part.VALUE, item.key]
            peers = f"{value}{_FIRST_PERSON}:{value}{last}"
            cells[Part.VALUE, item.key] = {
                "weight": None,
                "mean": f"=IF(COUNT({peers})=0,0,AVERAGE({peers}))",
                "deviation": f"=IF(COUNT({peers})<2,0,STDEV({peers}))",
                "direction": 1.0 if item.higher_is_better else -1.0,
                "cap": CAP,
            }[row]
        if row == "weight":
            cells |= {(Part.BLOCK, block): float(weights[block]) for block in blocks}
            cells[Part.COVERED, ""] = enough
        return tuple(cells.get(column) for column in columns)

    def person(number: int) -> tuple[Cell, ...]:
        row = _FIRST_PERSON + number
        cells: dict[tuple[Part, str], Cell] = {(Part.STAFF, ""): staff[number]}
        for item in ordered:
            known = item.exposure[number] >= minimum and not np.isnan(item.estimate[number])
            cells[Part.VALUE, item.key] = float(item.estimate[number]) if known else None
            cells[Part.POINTS, item.key] = _points(letter[Part.VALUE, item.key], row)
        for block in blocks:
            marks = [f"{letter[Part.POINTS, item.key]}{row}" for item in ordered if item.block == block]
            span = f"{marks[0]}:{marks[-1]}"
            cells[Part.BLOCK, block] = f'=IF(COUNT({span})=0,"",AVERAGE({span}))'
        first, final = letter[Part.BLOCK, blocks[0]], letter[Part.BLOCK, blocks[-1]]
        share, mine = f"${first}$2:${final}$2", f"{first}{row}:{final}{row}"
        has = f"SUMPRODUCT({share},1*ISNUMBER({mine}))"
        covered, score = letter[Part.COVERED, ""], letter[Part.SCORE, ""]
        cells[Part.COVERED, ""] = f"={has}/SUM({share})"
        cells[Part.SCORE, ""] = f'=IF({covered}{row}<${covered}$2,"",SUMPRODUCT({share},{mine})/{has})'
        cells[Part.BREACHES, ""] = float(counted[number])
        cells[Part.PAYABLE, ""] = f"=IF({letter[Part.BREACHES, '']}{row}>0,0,{score}{row})"
        return tuple(cells.get(column) for column in columns)

    return Sheet(columns, (*(head(row) for row in ROWS), *(person(number) for number in range(len(staff)))))


def _points(value: str, row: int) -> str:
    mean, deviation, direction, cap = (f"{value}${2 + ROWS.index(name)}" for name in ROWS[1:])
    z = f"{direction}*({value}{row}-{mean})/{deviation}"
    points = f"50+50*MAX(-{cap},MIN({cap},{z}))/{cap}"
    return f'=IF(ISNUMBER({value}{row}),IF({deviation}=0,50,{points}),"")'


def _letter(number: int) -> str:
    """Name of a column: A, B ... Z, AA."""
    first, second = divmod(number, 26)
    return (_letter(first - 1) if first else "") + chr(ord("A") + second)
