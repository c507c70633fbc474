"""A file of a feed as rows of text: encoding, delimiter, header, and the line that a row came from.

Whatever the format, what leaves this module is a SELECT of VARCHAR columns ``c0, c1, ...`` in the order of the file.
What the cells mean is decided in `data_access.loading.cells`.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import itertools
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO, Protocol

import duckdb
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from data_access.errors import FeedError
from data_access.loading.draft import quoted
from data_access.loading.feed import FeedFile
from data_access.loading.mapping import nearest
from data_access.schema import metadata
from data_access.settings import settings
from data_access.versions import Progress

BLOCK = 1 << 22
DELIMITERS = (",", ";", "\t", "|")
HEADER_BYTES = 1 << 20
"""A header longer than this is not a header."""


class Digest(Protocol):
    """A hash in the making, as `hashlib` has it."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""
        ...

    def hexdigest(self) -> str:
        """The hash so far, as text."""
        ...


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
    digest = _hash(file)
    encoding = file.mapping.encoding or _find_encoding(file, digest, progress)
    path = file.path
    if file.mapping.encoding or encoding != "utf-8" or file.ending == ".csv.gz":
        path = scratch / f"{file.table}.csv"
        _convert(file, encoding, path, None if not file.mapping.encoding else digest, progress)
    with path.open(encoding="utf-8-sig", newline="") as text:
        beginning = text.read(HEADER_BYTES)
    header, delimiter = _header(file, beginning)
    names = _names(file, header)
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


def _hash(file: FeedFile) -> Digest:
    declared = file.mapping.model_dump_json(exclude_defaults=True)
    return hashlib.sha256(b"" if declared == "{}" else declared.encode())


def _blocks(file: FeedFile, digest: Digest | None, progress: Progress) -> Iterator[bytes]:
    """The file unpacked, in blocks; the bytes of the file itself go into the digest."""
    limit = settings().feed_megabytes * 1_000_000
    size, read = file.path.stat().st_size, 0
    with file.path.open("rb") as raw:
        stream: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=raw) if file.ending == ".csv.gz" else raw
        try:
            while block := stream.read(BLOCK):
                read += len(block)
                if read > limit:
                    raise too_large(file)
                progress(f"reading {file.path.name}", min(raw.tell(), size), size)
                yield block
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise FeedError(f"{file.path.name} is not a whole gzip file: {error}. Nothing was loaded.") from error
        if digest is not None:
            raw.seek(0)
            while block := raw.read(BLOCK):
                digest.update(block)
    progress(f"reading {file.path.name}", size, size)


def too_large(file: FeedFile) -> FeedError:
    """The refusal of a file beyond the limit in bytes."""
    return FeedError(
        f"{file.path.name} is larger than {settings().feed_megabytes:,} MB unpacked. Nothing was loaded. "
        "Split it into several loads, or raise the setting `feed_megabytes`."
    )


def _find_encoding(file: FeedFile, digest: Digest, progress: Progress) -> str:
    """UTF-8 or GB18030, whichever the whole file is."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "gb18030")}
    possible = ["utf-8"]
    first = True
    for block in _blocks(file, digest, progress):
        if first and block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise FeedError(f"{file.path.name} is in UTF-16. Nothing was loaded. Save it as UTF-8.")
        first = False
        if b"\0" in block:
            raise FeedError(f"{file.path.name} holds zero bytes, so it is not text. Nothing was loaded.")
        try:
            decoders["utf-8"].decode(block)
        except UnicodeDecodeError:
            possible = []
            break
    if possible:
        try:
            decoders["utf-8"].decode(b"", final=True)
        except UnicodeDecodeError:
            possible = []
    if possible:
        return "utf-8"
    decoder = decoders["gb18030"]
    try:
        for block in itertools.chain(_blocks(file, digest, progress), (b"",)):
            decoder.decode(block, final=not block)
    except UnicodeDecodeError as error:
        raise FeedError(
            f"{file.path.name} is neither UTF-8 nor GB18030 ({error.reason}). Nothing was loaded. "
            "Save it as UTF-8, or declare its encoding in the mapping."
        ) from error
    return "gb18030"


def _convert(file: FeedFile, encoding: str, target: Path, digest: Digest | None, progress: Progress) -> None:
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    try:
        with target.open("wb") as out:
            for block in itertools.chain(_blocks(file, digest, progress), (b"",)):
                out.write(decoder.decode(block, final=not block).encode())
    except UnicodeError as error:
        raise FeedError(f"{file.path.name} is not {encoding}, as declared: {error}. Nothing was loaded.") from error


def _header(file: FeedFile, beginning: str) -> tuple[list[str], str]:
    """The first record and the delimiter that gives the most known names."""
    known = _known(file)
    best: tuple[int, int, list[str], str] | None = None
    for delimiter in (file.mapping.delimiter,) if file.mapping.delimiter else DELIMITERS:
        try:
            cells = next(csv.reader(io.StringIO(beginning, newline=""), delimiter=delimiter), list[str]())
        except csv.Error:
            continue
        header = [cell.strip() for cell in cells]
        candidate = (sum(name in known for name in header), len(header), header, delimiter)
        if best is None or candidate[:2] > best[:2]:
            best = candidate
    if best is None or not best[2]:
        raise FeedError(f"{file.path.name} is empty. Nothing was loaded. Its first line must name the columns.")
    return best[2], best[3]


def _known(file: FeedFile) -> dict[str, str]:
    """Header of the file -> column of the contract, empty for one that is to be ignored."""
    renamed = {theirs.strip(): ours for theirs, ours in file.mapping.columns.items()}
    ours = {column.name: column.name for column in metadata.tables[file.table].columns if not column.info["derived"]}
    return ours | renamed | {name.strip(): "" for name in file.mapping.ignore}


def _names(file: FeedFile, header: list[str]) -> tuple[str, ...]:
    known = _known(file)
    for name in header:
        if name not in known:
            raise FeedError(
                f"{file.path.name} has a column {name!r}, which {file.table} does not{nearest(name, list(known))} "
                "Name it in the mapping, under `columns` or under `ignore`."
            )
    names = tuple(known[name] for name in header)
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise FeedError(f"{file.path.name} has {', '.join(twice)} twice. Nothing was loaded. Keep one column of each.")
    keys = [column.name for column in metadata.tables[file.table].primary_key]
    lacking = [key for key in keys if key not in names]
    if lacking:
        raise FeedError(
            f"{file.path.name} lacks {', '.join(lacking)}, the key of {file.table}. Its header is "
            f"{', '.join(header)[:300]}. Nothing was loaded. Add the column, or name theirs in the mapping."
        )
    return names


def _open_parquet(file: FeedFile, progress: Progress) -> Source:
    digest = _hash(file)
    if file.path.stat().st_size > settings().feed_megabytes * 1_000_000:
        raise too_large(file)
    for _ in _blocks(file, digest, progress):
        pass
    location = _literal_path(file.path)
    try:
        with duckdb.connect() as connection:
            header = [
                row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [location]).fetchall()
            ]
            unpacked = connection.execute(
                "SELECT sum(total_uncompressed_size) FROM parquet_metadata(?)", [location]
            ).fetchone()
    except duckdb.Error as error:
        raise FeedError(
            f"{file.path.name} is not a Parquet file that can be read: {error}. Nothing was loaded."
        ) from error
    if unpacked and unpacked[0] and unpacked[0] > settings().feed_megabytes * 1_000_000:
        raise too_large(file)
    names = _names(file, [name.strip() for name in header])
    cells = ", ".join(f"nullif(CAST({quoted(name)} AS VARCHAR), '') AS c{i}" for i, name in enumerate(header))
    select = f"SELECT {cells} FROM read_parquet(?)"
    return Source(file, file.path, select, [location], names, digest.hexdigest(), None)


def _open_xlsx(file: FeedFile, scratch: Path, progress: Progress) -> Source:
    digest = _hash(file)
    for _ in _blocks(file, digest, progress):
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
        names = _names(file, header)
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
