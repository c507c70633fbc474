"""A file of targets, CSV or XLSX: one row a target, all of them or none.

    branch_id,metric,period,value
    007,weekly_sales,2026-11,1200000
    007,top_two_box,2026-11,85%
    007,customers_won_and_funded,season-RED26,45

Amounts are written in currency units, shares as 85% or 0.85. What is written out can be read in again.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# XlsxWriter is not typed.

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from data_access.errors import FeedError, TargetFileError, WorkspaceError
from data_access.loading.files import chinese, workbook
from data_access.private import open_private
from data_access.workspace.targets import METRICS, SEASON, Key, Kind, Target, check

COLUMNS = ("branch_id", "metric", "period", "value")
HISTORY = ("set_by", "set_at")
"""Columns that a file written by us has too; read in again they say nothing."""
TOLD = 20
"""Faults that are told of one file."""
LARGEST_FILE = 20_000_000
"""Bytes of a CSV."""

_FIRST_OF_MONTH = re.compile(r"(\d{4}-\d{2})-01")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")
_FORMULA = re.compile(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


@dataclass(frozen=True, slots=True)
class Known:
    """What the warehouse has.

    Attributes:
        branches: Identifiers of its branches.
        seasons: Identifiers of its seasons.
        decimals: Of its currency.
    """

    branches: Container[str]
    seasons: Container[str]
    decimals: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: its line, column and value, why, and what to do."""

    line: int
    column: str
    value: str
    why: str

    def __str__(self) -> str:
        return f"line {self.line:,}, {self.column} {self.value[:40]!r}: {self.why}"


class _WrongCellError(Exception):
    """Why a cell cannot be taken, and what to write instead."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column = column


def read(path: Path, known: Known) -> dict[Key, float]:
    """The targets of a file.

    Raises:
        FeedError: it cannot be read as CSV or XLSX.
        TargetFileError: its columns are not those, or rows hold what is no target; each fault with line, column,
            value, reason and remedy.
    """
    lines = iter(_rows(path))
    header_line, header = next(lines, (1, [""]))
    names = [name.strip().casefold() for name in header]
    _check_header(path, header_line, names)
    wanted: dict[Key, float] = {}
    first_line: dict[Key, int] = {}
    faults: list[Fault] = []
    for line, cells in lines:
        filled = [*cells, *[""] * len(names)]
        row = {name: _trimmed(cell) for name, cell in zip(names, filled, strict=False)}
        if not any(cell.strip() for cell in cells):
            continue
        try:
            if any(cell.strip() for cell in cells[len(names) :]):
                raise _WrongCellError("value", f"the row has more cells than the {len(names)} columns; quote a comma")
            key, value = _target(row, known)
            if key in first_line:
                raise _WrongCellError("period", f"line {first_line[key]:,} sets the same target; keep one of them")
        except _WrongCellError as error:
            faults.append(Fault(line, error.column, row.get(error.column, ""), str(error)))
        else:
            wanted[key], first_line[key] = value, line
    if faults:
        more = f"\n  and {len(faults) - TOLD:,} more" if len(faults) > TOLD else ""
        told = "".join(f"\n  {fault}" for fault in faults[:TOLD])
        raise TargetFileError(
            f"{path.name} holds what is no target. None was set. Correct it and try again:{told}{more}"
        )
    return wanted


def write(path: Path, targets: Iterable[Target], decimals: int) -> int:
    """Write targets that hold as CSV or XLSX by the name's ending, for their owner alone; how many there were.

    Raises:
        TargetFileError: the name ends in something else.
        OSError: the file is there already, or cannot be written.
    """
    rows = [
        (*one.key, _plain(METRICS[one.key.metric], one.value, decimals), one.set_by, f"{one.set_at:%Y-%m-%d %H:%M:%S}")
        for one in targets
        if one.value is not None
    ]
    ending = path.suffix.lower()
    if ending not in (".csv", ".xlsx"):
        raise TargetFileError(f"{path.name} ends neither in .csv nor in .xlsx. Nothing was written. Name it so.")
    if path.exists():
        raise FileExistsError(17, "it is there already", str(path))
    if ending == ".csv":
        with open(open_private(path), "w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([(*COLUMNS, *HISTORY), *(map(_harmless, row) for row in rows)])
        return len(rows)
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        sheet = book.add_worksheet("targets")
        for number, row in enumerate([(*COLUMNS, *HISTORY), *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    with open(open_private(path), "wb") as file:
        file.write(packed.getvalue())
    return len(rows)


def _check_header(path: Path, line: int, names: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in names]
    unknown = [name for name in names if name not in (*COLUMNS, *HISTORY)]
    twice = [name for name in names if names.count(name) > 1]
    if missing or unknown or twice:
        wrong = [("lacks", missing), ("does not know", unknown), ("has twice", sorted(set(twice)))]
        said = "; ".join(f"{what} {', '.join(map(repr, columns))}" for what, columns in wrong if columns)
        raise TargetFileError(
            f"{path.name}, line {line:,}: the header {said}. None was set. Its columns are {', '.join(COLUMNS)}."
        )


def _trimmed(cell: str) -> str:
    return cell if cell.startswith(workbook.MARK) else cell.strip()  # Python takes the mark for space


def _target(row: Mapping[str, str], known: Known) -> tuple[Key, float]:
    for name in COLUMNS:
        if not row[name]:
            raise _WrongCellError(name, "the cell is empty; fill it, or leave the row out")
        if row[name].startswith(workbook.MARK):
            raise _WrongCellError(name, "the cell holds no value that a sheet keeps; type it in as text")
    branch = row["branch_id"].removeprefix("'") if _FORMULA.match(row["branch_id"][1:2]) else row["branch_id"]
    if branch not in known.branches:
        raise _WrongCellError("branch_id", "the warehouse has no such branch; `status` shows what it was loaded from")
    metric = row["metric"]
    if metric not in METRICS:
        raise _WrongCellError("metric", f"it has no targets; those are {', '.join(METRICS)}")
    # An office program makes the first day of it from a month.
    day = _FIRST_OF_MONTH.fullmatch(row["period"])
    period = day[1] if day else row["period"]
    if period.startswith(SEASON) and period.removeprefix(SEASON) not in known.seasons:
        raise _WrongCellError("period", "the warehouse has no such season; load it, or correct the identifier")
    value = _value(METRICS[metric], row["value"], known.decimals)
    key = Key(branch, metric, period)
    try:
        check(key, None)
    except WorkspaceError as error:
        raise _WrongCellError("period", f"write a month as 2026-11, a season as {SEASON} and its identifier") from error
    try:
        check(key, value)
    except WorkspaceError as error:
        raise _WrongCellError("value", str(error).partition(" Nothing was changed.")[0]) from error
    return key, value


def _value(kind: Kind, text: str, decimals: int) -> float:
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    share = kind is Kind.SHARE and plain.endswith(("%", "\N{FULLWIDTH PERCENT SIGN}"))
    plain = plain[:-1].strip() if share else plain
    if not _NUMBER.fullmatch(plain):
        example = {Kind.MONEY: "1200000.00", Kind.COUNT: "45", Kind.SHARE: "85% or 0.85"}[kind]
        raise _WrongCellError("value", f"it is no number; write it as {example}")
    number = Decimal(plain)
    if kind is Kind.SHARE:
        if not share and number > 1:
            raise _WrongCellError("value", "it is more than the whole; write 85 percent as 85% or 0.85")
        return float(number / 100 if share else number)
    scaled = number.scaleb(decimals) if kind is Kind.MONEY else number
    if scaled != scaled.to_integral_value():
        most = f"at most {decimals} decimals" if kind is Kind.MONEY and decimals else "no decimals"
        raise _WrongCellError("value", f"it is counted with {most}; round it")
    return float(scaled)


def _plain(kind: Kind, value: float, decimals: int) -> str:
    if kind is Kind.MONEY:
        return f"{Decimal(int(value)).scaleb(-decimals):f}"
    return f"{value:.0f}" if kind is Kind.COUNT else f"{Decimal(repr(value)):f}"


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row."""
    ending = path.suffix.lower()
    if ending == ".xlsx":
        with workbook.open_workbook(path) as book:
            sheet = next((sheet for sheet in book.sheets if sheet.visible), None)
            if sheet is None:
                raise FeedError(f"{path.name} has no sheet that one can see. No target was set. Show the sheet.")
            for line, row in book.rows(sheet):
                yield line, [row.get(column, "") for column in range(max(row) + 1)]
    elif ending == ".csv":
        reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as error:
            raise FeedError(
                f"{path.name}, line {reader.line_num:,}: {error}. No target was set. Look for a quote that is not "
                "closed."
            ) from error
    else:
        raise FeedError(f"{path.name} is neither .csv nor .xlsx. No target was set. Save it as one of them.")


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST_FILE:
        raise FeedError(f"{path.name} is larger than {LARGEST_FILE // 1_000_000} MB. No target was set. Split it.")
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        chinese.examine(path.name, content.splitlines())  # refuses what is not plainly Chinese
        return content.decode("gb18030")


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet shows rather than runs; numbers stay numbers."""
    return f"'{cell}" if _FORMULA.match(cell) and not re.fullmatch(r"-[\d.]+", cell) else cell
