"""A file of a feed as rows of text: encoding, delimiter, header, and the line that a row came from.

Whatever the format, what leaves this module is a SELECT of VARCHAR columns ``c0, c1, ...`` in the order of the file.
What the cells mean is decided in `data_access.loading.cells`.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from data_access.errors import FeedError
from data_access.loading.draft import quoted
from data_access.loading.encoding import BLOCK, convert, digest_of, find_encoding, too_large, unpacked
from data_access.loading.feed import FeedFile
from data_access.loading.header import contract_names, split_header
from data_access.settings import settings
from data_access.versions import Progress

HEADER_BYTES = 1 << 20
"""A header longer than this is not a header."""


@dataclass(slots=True)
class Source:
    """Rows of text.

    Attributes:
        file: The file of the feed.
        path: What is read: the file itself or its copy as plain UTF-8.
        select: SQL that yields ``c0, c1, ...`` as VARCHAR; its parameters are `parameters`.
        names: Column of the contract for each of them, empty where the mapping says to ignore it.
        sha256: Hash of the file, and of its mapping where it has one.
        encoding: Encoding found or declared; none for XLSX and Parquet.
        broken: Records that the CSV reader could not split into cells, set by `note_broken`.
    """

    file: FeedFile
    path: Path
    select: str
    parameters: list[str]
    names: tuple[str, ...]
    sha256: str
    encoding: str | None
    delimiter: str = ","
    blank_rows: tuple[int, ...] = ()
    broken: dict[int, str] = field(default_factory=dict[int, str])

    def lines(self, rows: Iterable[int]) -> dict[int, int]:
        """Line in the file of each of these rows (counted from 0): quoted line ends, blank lines considered."""
        wanted = set(rows)
        if self.file.ending == ".parquet":
            return {row: row + 1 for row in wanted}
        if self.file.ending == ".xlsx":
            shift = _broken_before(wanted, self.broken)
            return {row: _line_in_sheet(row + shift[row], self.blank_rows) for row in wanted}
        found: dict[int, int] = {}
        for row, line in enumerate(self._record_lines()):
            if row in wanted:
                found[row] = line
                if len(found) == len(wanted):
                    break
        return found

    def _record_lines(self) -> Iterator[int]:
        with self.path.open(encoding="utf-8-sig", newline="") as text:
            records = csv.reader(text, delimiter=self.delimiter)
            last = 0
            for number, cells in enumerate(records, start=1):
                if number > 1 and cells and number not in self.broken:
                    yield last + 1
                last = records.line_num

    def note_broken(self, connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
        """Records of the last scan that could not be split into cells: line and reason.

        DuckDB counts records; the line follows from the bytes before the record.
        """
        if self.file.ending == ".parquet":
            return []
        rows = connection.execute(
            "SELECT line, min(line_byte_position), min(CAST(error_type AS VARCHAR)) FROM reject_errors "
            "GROUP BY line ORDER BY line"
        ).fetchall()
        if not rows:
            return []
        connection.execute("DELETE FROM reject_errors")
        connection.execute("DELETE FROM reject_scans")
        self.broken = {line: _BROKEN.get(kind, "cannot be read") for line, _, kind in rows}
        lines: Iterable[int] = _lines_at(self.path, [at for _, at, _ in rows])
        if self.file.ending == ".xlsx":
            lines = [_line_in_sheet(record - 2, self.blank_rows) for record in self.broken]
        return list(zip(lines, self.broken.values(), strict=True))


_BROKEN = {
    "MISSING COLUMNS": "has fewer cells than the header",
    "TOO MANY COLUMNS": "has more cells than the header",
    "UNQUOTED VALUE": "has a quote that does not enclose the whole cell, or that is never closed",
    "LINE SIZE OVER MAXIMUM": "is longer than 2 MB",
    "INVALID ENCODING": "is not in the encoding of the file",
}


def open_source(file: FeedFile, scratch: Path, progress: Progress) -> Source:
    """Open a file of a feed as rows of text; `scratch` takes a copy where the file is not plain UTF-8.

    Raises:
        FeedError: it is too large, in no known encoding, without a header, or has columns that nobody declared.
    """
    if file.ending == ".parquet":
        return _open_parquet(file, progress)
    if file.ending == ".xlsx":
        return _open_xlsx(file, scratch, progress)
    return _open_csv(file, scratch, progress)


def _open_csv(file: FeedFile, scratch: Path, progress: Progress) -> Source:
    digest = digest_of(file)
    encoding = file.mapping.encoding or find_encoding(file, digest, progress)
    path = file.path
    if file.mapping.encoding or encoding != "utf-8" or file.ending == ".csv.gz":
        path = scratch / f"{file.table}.csv"
        convert(file, encoding, path, None if not file.mapping.encoding else digest, progress)
    with path.open(encoding="utf-8-sig", newline="") as text:
        beginning = text.read(HEADER_BYTES)
    header, delimiter = split_header(file, beginning)
    names = contract_names(file, header)
    return Source(
        file,
        path,
        _select_csv(len(names)),
        [_literal_path(path), delimiter],
        names,
        digest.hexdigest(),
        encoding,
        delimiter,
    )


def _select_csv(columns: int) -> str:
    cells = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(columns))
    return (
        f"SELECT * FROM read_csv(?, auto_detect=false, header=true, columns={{{cells}}}, delim=?, quote='\"', "
        "escape='\"', nullstr='', strict_mode=true, store_rejects=true)"
    )


def _literal_path(path: Path) -> str:
    """A path without wildcards: DuckDB would expand them, and a folder is not ours to name."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path.absolute()))


def _open_parquet(file: FeedFile, progress: Progress) -> Source:
    digest = digest_of(file)
    if file.path.stat().st_size > settings().feed_megabytes * 1_000_000:
        raise too_large(file)
    for _ in unpacked(file, digest, progress):
        pass
    location = _literal_path(file.path)
    try:
        with duckdb.connect() as connection:
            header = [
                row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [location]).fetchall()
            ]
            held = connection.execute(
                "SELECT sum(total_uncompressed_size) FROM parquet_metadata(?)", [location]
            ).fetchone()
    except duckdb.Error as error:
        raise FeedError(
            f"{file.path.name} is not a Parquet file that can be read: {error}. Nothing was loaded."
        ) from error
    if held and held[0] and held[0] > settings().feed_megabytes * 1_000_000:
        raise too_large(file)
    names = contract_names(file, [name.strip() for name in header])
    cells = ", ".join(f"nullif(CAST({quoted(name)} AS VARCHAR), '') AS c{i}" for i, name in enumerate(header))
    select = f"SELECT {cells} FROM read_parquet(?)"
    return Source(file, file.path, select, [location], names, digest.hexdigest(), None)


def _open_xlsx(file: FeedFile, scratch: Path, progress: Progress) -> Source:
    digest = digest_of(file)
    for _ in unpacked(file, digest, progress):
        pass
    path = scratch / f"{file.table}.csv"
    blank: list[int] = []
    limit = settings().feed_megabytes * 1_000_000
    try:
        with zipfile.ZipFile(file.path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > limit:
                raise too_large(file)
        book = openpyxl.load_workbook(file.path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise FeedError(
            f"{file.path.name} is not an XLSX file that can be read: {error}. Nothing was loaded."
        ) from error
    try:
        if file.mapping.sheet and file.mapping.sheet not in book.sheetnames:
            raise FeedError(f"{file.path.name} has no sheet {file.mapping.sheet!r}. Nothing was loaded.")
        if not file.mapping.sheet and len(book.sheetnames) > 1:
            raise FeedError(
                f"{file.path.name} has the sheets {', '.join(book.sheetnames)}. Nothing was loaded. "
                "Name one under `sheet` in the mapping, or leave one in the file."
            )
        rows = iter(book[file.mapping.sheet or book.sheetnames[0]].iter_rows(values_only=True))
        header = [_cell(value).strip() for value in next(rows, ())]
        while header and not header[-1]:
            header.pop()
        names = contract_names(file, header)
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(header)
            for number, row in enumerate(rows, start=2):
                cells = [_cell(value) for value in row]
                if not any(cells):
                    blank.append(number)
                    continue
                while len(cells) > len(header) and not cells[-1]:
                    cells.pop()
                writer.writerow(cells + [""] * (len(header) - len(cells)))
    finally:
        book.close()
    return Source(
        file,
        path,
        _select_csv(len(names)),
        [_literal_path(path), ","],
        names,
        digest.hexdigest(),
        None,
        blank_rows=tuple(blank),
    )


def _cell(value: object) -> str:
    """A cell of a sheet as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _broken_before(rows: set[int], broken: Iterable[int]) -> dict[int, int]:
    """How many broken records come before each row, which is counted without them."""
    shifts: dict[int, int] = {}
    passed = sorted(broken)
    for row in sorted(rows):
        shift = 0
        while shift < len(passed) and passed[shift] <= row + 2 + shift:
            shift += 1
        shifts[row] = shift
    return shifts


def _line_in_sheet(row: int, blank_rows: tuple[int, ...]) -> int:
    line = row + 2
    for blank in blank_rows:
        if blank > line:
            break
        line += 1
    return line


def _lines_at(path: Path, positions: list[int]) -> Iterator[int]:
    """Line (counted from 1) at each byte position, which ascend; line ends that a position stands on are passed."""
    with path.open("rb") as raw:
        line, here = 1, 0
        for position in positions:
            while here < position:
                block = raw.read(min(BLOCK, position - here))
                if not block:
                    break
                line += block.count(b"\n")
                here += len(block)
            ahead = raw.peek(4)[:4] if hasattr(raw, "peek") else b""
            yield line + ahead[: len(ahead) - len(ahead.lstrip(b"\r\n"))].count(b"\n")
