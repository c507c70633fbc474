"""A file of a feed as rows of text: encoding, delimiter, header, and the line that a row came from.

Whatever the format, what leaves this module is a SELECT of VARCHAR columns ``c0, c1, ...`` in the order of the file.
What the cells mean is decided in `data_access.loading.cells`.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from data_access.errors import FeedError
from data_access.loading import reasons
from data_access.loading.draft import quoted
from data_access.loading.files.encoding import BLOCK, LineEnds, convert, digest_of, find_encoding, too_large, unpacked
from data_access.loading.files.feed import FeedFile
from data_access.loading.files.header import contract_names, split_header
from data_access.loading.files.mapping import Mapping
from data_access.loading.files.workbook import Sheet, Workbook, open_workbook
from data_access.said import Said, marked
from data_access.settings import settings
from data_access.versions import Progress

HEADER_BYTES = 1 << 20
"""A header longer than this is not a header."""

BROKEN_RECORDS = 10_000
"""Records that cannot be split into cells from which the file as a whole is at fault."""

csv.field_size_limit(1 << 24)  # DuckDB reads records of 2 MB; a line is looked up in whatever it could read


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that could not be split into cells: its line, its text, and why."""

    line: int
    text: str
    reason: str


@dataclass(slots=True)
class Source:
    """Rows of text.

    Attributes:
        file: The file of the feed.
        path: What is read: the file itself or its copy as plain UTF-8.
        select: SQL that yields ``c0, c1, ...`` as VARCHAR; its parameters are `parameters`.
        columns: Columns of the contract that the file fills, each with the place of the cell it is read from.
        width: Cells of a row.
        sha256: Hash of the file, and of its mapping where it has one.
        encoding: Encoding found or declared; none for XLSX and Parquet.
        delimiter: Of CSV.
        ends: Line ends of CSV.
        sheet_rows: Row in the sheet of each record, for XLSX.
        notes: What a person should know, for the screen of the one who loads: it may show a word of the file.
        broken: Records that the CSV reader could not split into cells, set by `note_broken`.
    """

    file: FeedFile
    path: Path
    select: str
    parameters: list[str]
    columns: tuple[tuple[str, int], ...]
    width: int
    sha256: str
    encoding: str | None = None
    delimiter: str = ","
    ends: LineEnds | None = None
    sheet_rows: array[int] = field(default_factory=lambda: array("l"))
    notes: list[str] = field(default_factory=list[str])
    broken: dict[int, str] = field(default_factory=dict[int, str])

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the contract that the feed gives: from the file, as a constant, or as the number of the row."""
        mapping = self.file.mapping
        numbered = (mapping.numbered,) if mapping.numbered else ()
        return (*(name for name, _ in self.columns), *mapping.constants, *numbered)

    @property
    def controls(self) -> bool:
        """Whether a text may hold signs that no text file has."""
        return self.file.ending in (".xlsx", ".parquet") or (self.ends is not None and self.ends.lone_returns)

    def lines(self, rows: Iterable[int]) -> dict[int, int]:
        """Line in the file of each of these rows (counted from 0): quoted line ends, blank lines considered."""
        wanted = set(rows)
        if self.file.ending in (".parquet", ".toml"):
            return {row: row + 1 for row in wanted}
        if self.file.ending == ".xlsx":
            shift = _broken_before(wanted, self.broken)
            return {row: self.sheet_rows[row + shift[row]] for row in wanted}
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

    def note_broken(self, connection: duckdb.DuckDBPyConnection) -> list[Broken]:
        """Records of the last scan that could not be split into cells.

        DuckDB counts records; the line follows from the bytes before the record.

        Raises:
            FeedError: a quote is open or closed in the wrong place, so that nobody knows where rows end, or there
                are very many.
        """
        if self.file.ending == ".parquet":
            return []
        rows = connection.execute(
            "SELECT line, min(line_byte_position), min(CAST(error_type AS VARCHAR)), min(csv_line[:10000]) "
            "FROM reject_errors GROUP BY line ORDER BY line"
        ).fetchall()
        if not rows:
            return []
        connection.execute("DELETE FROM reject_errors")
        connection.execute("DELETE FROM reject_scans")
        self.broken = {line: _BROKEN.get(kind, reasons.UNREADABLE) for line, _, kind, _ in rows}
        if self.file.ending == ".xlsx":
            lines: Iterable[int] = [self.sheet_rows[record - 2] for record in self.broken]
        else:
            lines = _lines_at(self.path, [at for _, at, _, _ in rows])
        found = [
            Broken(line, text or "", self.broken[record])
            for line, (record, _, _, text) in zip(lines, rows, strict=True)
        ]
        torn = next((place for place, row in enumerate(rows) if row[2] in _TORN), None)
        if torn is not None:
            raise FeedError.of(
                marked(
                    "{file}, line {line:,}: a quote does not enclose the whole cell, or is never closed, so "
                    "that nobody knows where this row ends. Nothing was loaded. Close it there, and write a "
                    'quote inside a cell as two: "".'
                ),
                file=self.file.path.name,
                line=found[torn].line,
            )
        if len(rows) >= BROKEN_RECORDS:
            raise FeedError.of(
                marked(
                    "{file}: {rows:,} rows or more have not the cells of the header, the first in line "
                    "{line:,}. Nothing was loaded. Is the delimiter {delimiter!r}?"
                ),
                file=self.file.path.name,
                rows=len(rows),
                line=found[0].line,
                delimiter=self.delimiter,
            )
        return found

    def forget_broken(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Empty the list of broken records after the file was read once more."""
        if self.broken:
            connection.execute("DELETE FROM reject_errors")
            connection.execute("DELETE FROM reject_scans")

    def keys_of(self, broken: list[Broken], key: str) -> list[str]:
        """What stands in the key column of records that could not be split as they should: a guess by their order."""
        place = dict(self.columns).get(key)
        if place is None:
            return []
        found: list[str] = []
        for record in broken:
            try:
                cells = next(csv.reader([record.text.strip("\r\n")], delimiter=self.delimiter), list[str]())
            except csv.Error:
                continue
            found += [cell.strip() for cell in cells[place : place + 1]]
        return found


_BROKEN = {
    "MISSING COLUMNS": reasons.FEWER_CELLS,
    "TOO MANY COLUMNS": reasons.MORE_CELLS,
    "INVALID ENCODING": reasons.UNDECODED,
}
_TORN = ("UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM")


def open_source(file: FeedFile, mapping: Mapping, scratch: Path, progress: Progress) -> Source:
    """Open a file of a feed as rows of text; `scratch` takes a copy where the file is not plain UTF-8.

    Raises:
        FeedError: it is too large, in no known encoding, without a header, or has columns that nobody declared.
    """
    if file.ending == ".toml":
        source = _open_rows(file, mapping, scratch)
    elif file.ending == ".parquet":
        source = _open_parquet(file, mapping, progress)
    elif file.ending == ".xlsx":
        source = _open_xlsx(file, mapping, scratch, progress)
    else:
        source = _open_csv(file, mapping, scratch, progress)
    if file.mapping.numbered:
        source.select = f"SELECT *, CAST(row_number() OVER () AS VARCHAR) AS number FROM ({source.select})"
    return source


def _open_csv(file: FeedFile, mapping: Mapping, scratch: Path, progress: Progress) -> Source:
    digest, ends, note = digest_of(file, mapping), LineEnds(), ""
    encoding = file.mapping.encoding
    if not encoding:
        encoding, note = find_encoding(file, digest, ends, progress)
    path = file.path
    if file.mapping.encoding or encoding != "utf-8" or file.ending == ".csv.gz":
        path, ends = scratch / f"{file.table}.csv", LineEnds()
        convert(file, encoding, path, digest if file.mapping.encoding else None, ends, progress)
    with path.open(encoding="utf-8-sig", newline="") as text:
        beginning = text.read(HEADER_BYTES)
    header, delimiter = split_header(file, beginning)
    return Source(
        file,
        path,
        _select_csv(len(header)),
        [_literal_path(path), delimiter],
        contract_names(file, header),
        len(header),
        digest.hexdigest(),
        encoding,
        delimiter,
        ends,
        notes=[note] if note else [],
    )


def _open_rows(file: FeedFile, mapping: Mapping, scratch: Path) -> Source:
    """The rows that the mapping itself holds."""
    path = scratch / f"{file.table}.csv"
    header = list(dict.fromkeys(name for row in file.mapping.rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(file.mapping.rows)
    columns, digest = contract_names(file, header), digest_of(file, mapping).hexdigest()
    return Source(file, path, _select_csv(len(header)), [_literal_path(path), ","], columns, len(header), digest)


def _select_csv(columns: int) -> str:
    cells = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(columns))
    return (
        f"SELECT * FROM read_csv(?, auto_detect=false, header=true, columns={{{cells}}}, delim=?, quote='\"', "
        "escape='\"', nullstr='', strict_mode=true, store_rejects=true, "
        f"rejects_limit={BROKEN_RECORDS})"
    )


def _literal_path(path: Path) -> str:
    """A path without wildcards: DuckDB would expand them, and a folder is not ours to name."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path.absolute()))


def _open_parquet(file: FeedFile, mapping: Mapping, progress: Progress) -> Source:
    digest = digest_of(file, mapping)
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
        raise FeedError.of(
            marked("{file} is not a Parquet file that can be read: “{error}”. Nothing was loaded. Write it anew."),
            file=file.path.name,
            error=str(error).splitlines()[0],
        ) from error
    if held and held[0] and held[0] > settings().feed_megabytes * 1_000_000:
        raise too_large(file)
    columns = contract_names(file, [name.strip() for name in header])
    cells = ", ".join(f"nullif(CAST({quoted(name)} AS VARCHAR), '') AS c{i}" for i, name in enumerate(header))
    select = f"SELECT {cells} FROM read_parquet(?)"
    return Source(file, file.path, select, [location], columns, len(header), digest.hexdigest())


def _open_xlsx(file: FeedFile, mapping: Mapping, scratch: Path, progress: Progress) -> Source:
    digest = digest_of(file, mapping)
    for _ in unpacked(file, digest, progress):
        pass
    path = scratch / f"{file.table}.csv"
    sheet_rows = array("l")
    with open_workbook(file.path) as book, path.open("w", encoding="utf-8", newline="") as out:
        sheet, notes = _chosen_sheet(file, book)
        rows = book.rows(sheet)
        _, first = next(rows, (0, dict[int, str]()))
        header = [first.get(place, "").strip() for place in range(max(first, default=-1) + 1)]
        columns = contract_names(file, header) if header else ()
        if not header:
            raise FeedError.of(
                marked("{file} is empty. Nothing was loaded. The first row of its sheet must name the columns."),
                file=file.path.name,
            )
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        for number, row in rows:
            cells = [row.get(place, "") for place in range(len(header))]
            if any(place >= len(header) for place in row):
                cells.append("?")  # one cell too many, wherever it stands
            if cells == [""]:
                continue  # a row of one empty column: CSV has no way to write it
            sheet_rows.append(number)
            writer.writerow(cells)
    select, location = _select_csv(len(header)), [_literal_path(path), ","]
    return Source(
        file, path, select, location, columns, len(header), digest.hexdigest(), sheet_rows=sheet_rows, notes=notes
    )


def _chosen_sheet(file: FeedFile, book: Workbook) -> tuple[Sheet, list[str]]:
    """The sheet that the mapping names, or the only one that a person sees."""
    named = [sheet for sheet in book.sheets if sheet.name == file.mapping.sheet]
    visible = [sheet for sheet in book.sheets if sheet.visible]
    if file.mapping.sheet and not named:
        raise FeedError.of(
            marked(
                "{file} has no sheet {sheet!r}. It has {sheets}. Nothing was loaded. Correct `sheet` in the mapping."
            ),
            file=file.path.name,
            sheet=file.mapping.sheet,
            sheets=", ".join(s.name for s in book.sheets),
        )
    if not named and len(visible) != 1:
        raise FeedError.of(
            marked(
                "{file} has the sheets {sheets}. Nothing was loaded. Name one under `sheet` in the mapping, "
                "or leave one in the file."
            ),
            file=file.path.name,
            sheets=", ".join(s.name for s in visible) or "none that can be seen",
        )
    hidden = [sheet.name for sheet in book.sheets if not sheet.visible]
    if named or not hidden:
        return (named or visible)[0], []
    return visible[0], [
        Said.of(marked("{file}: hidden sheets passed over: {sheets}."), file=file.path.name, sheets=", ".join(hidden))
    ]


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
