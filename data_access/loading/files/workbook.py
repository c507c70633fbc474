"""An XLSX file as it stands in its cells: what the sheet holds is believed, what it says of its own size is not.

The file is a ZIP of XML parts. Its rows are streamed, so that a sheet whose last cell lies far out costs no more than
the cells it truly has, and every cell becomes the text that a person would have typed, or a mark that says why it
has none (`ERROR`, `UNCALCULATED`, `ROUNDED`). XML cannot hold the sign that begins a mark, so no text looks like one.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from data_access.errors import FeedError
from data_access.said import marked
from data_access.settings import settings

MARK = "\x1f"
ERROR, UNCALCULATED, ROUNDED = f"{MARK}e", f"{MARK}f", f"{MARK}n"
"""What a cell without a trustworthy value begins with: an error such as #N/A, a formula that was never calculated,
a number of more digits than a sheet keeps."""

PART_MEGABYTES = 512
"""The largest list of shared texts that is held in memory."""
CELLS = 200_000_000
"""Most cells of a sheet."""
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
DIGITS = 15
"""Digits that a spreadsheet keeps of a number."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, IndexError, OverflowError,
    NotImplementedError, RuntimeError, ElementTree.ParseError, InvalidOperation,
)  # fmt: skip
"""What the parts of a damaged or protected file raise (`OSError`: for a part that is said to lie before the file's
beginning). The XML parser follows no reference out of the file, and refuses entities that multiply."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, whether a person sees it, and its part in the ZIP."""

    name: str
    visible: bool
    part: str


class Workbook:
    """An open XLSX file.

    Attributes:
        sheets: In the order of the file.
    """

    def __init__(self, path: Path, packed: zipfile.ZipFile) -> None:
        self._path = path
        self._packed = packed
        book = self._tree("xl/workbook.xml")
        targets = {
            entry.attrib["Id"]: posixpath.normpath(posixpath.join("/xl", entry.attrib["Target"])).lstrip("/")
            for entry in self._tree("xl/_rels/workbook.xml.rels")
        }
        self.sheets = tuple(
            Sheet(entry.attrib["name"], entry.get("state", "visible") == "visible", targets[_relation(entry)])
            for entry in book.iter()
            if _local(entry) == "sheet"
        )
        about = next((entry for entry in book.iter() if _local(entry) == "workbookPr"), None)
        late = about is not None and about.get("date1904", "0") in ("1", "true")
        self._epoch = datetime(1904, 1, 1) if late else datetime(1899, 12, 30)
        self._formats = self._read_formats()
        self._texts = self._read_texts()

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, dict[int, str]]]:
        """Rows that hold something: number of the row, and text by column counted from 0."""
        with self._readable(), self._packed.open(sheet.part) as part:
            cells = number = 0
            parent: ElementTree.Element | None = None
            for event, element in ElementTree.iterparse(part, ("start", "end")):  # noqa: S314 - see _BROKEN
                name = _local(element)
                if event == "start":
                    parent = element if name == "sheetData" else parent
                    continue
                if name != "row":
                    continue
                number = int(element.get("r", number + 1))
                if not 1 <= number <= LAST_ROW:
                    raise ValueError(f"a row numbered {number}")
                row = dict(self._cells(element))
                cells += len(row)
                if cells > CELLS:
                    raise FeedError.of(
                        marked("{file} holds more than {limit:,} cells. Nothing was loaded. Save it as CSV."),
                        file=self._path.name,
                        limit=CELLS,
                    )
                if row:
                    yield number, row
                if parent is not None:
                    parent.clear()

    def _cells(self, row: ElementTree.Element) -> Iterator[tuple[int, str]]:
        column = -1
        for cell in row:
            if _local(cell) != "c":
                continue
            column = _column_of(cell.attrib["r"]) if "r" in cell.attrib else column + 1
            if text := self._text(cell):
                yield column, text

    def _text(self, cell: ElementTree.Element) -> str:
        """A cell as a person would have typed it, or a mark."""
        kind = cell.get("t", "n")
        parts = {_local(child): child for child in cell}
        if kind == "inlineStr":
            return _joined(parts["is"]) if "is" in parts else ""
        value = parts["v"].text if "v" in parts else None
        if value is None:
            return UNCALCULATED if "f" in parts and kind != "str" else ""
        if kind == "s":
            return self._texts[int(value)]
        if kind == "e":
            return f"{ERROR}{value}"
        if kind == "b":
            return "true" if value.strip() == "1" else "false"
        if kind == "d":
            return value.replace("T", " ").removesuffix(" 00:00:00")
        if kind == "n":
            return self._number(value.strip(), self._formats[int(cell.get("s", 0))] if self._formats else "General")
        return value

    def _number(self, text: str, number_format: str) -> str:
        number = Decimal(text)
        if not number.is_finite():
            raise ValueError(f"a number written {text[:20]!r}")
        if is_date_format(number_format):
            return self._moment(float(number))
        # What was typed has at most 15 digits; a file that says 0.30000000000000004 holds a 0.3.
        kept = Decimal(f"{number:.{DIGITS - 1}e}")
        if abs(number) >= 10**DIGITS:
            return f"{ROUNDED}{text}"
        plain = f"{kept.normalize():f}"
        if re.fullmatch(r"0{2,}", number_format) and plain.isdigit():
            return plain.zfill(len(number_format))
        return "0" if plain == "-0" else plain

    def _moment(self, days: float) -> str:
        early = self._epoch.year < 1900
        if days < 1 and early:
            return str((self._epoch + timedelta(seconds=round(days * 86_400))).time())
        if not 0 <= days < 3_000_000 or (early and 60 <= days < 61):
            return f"{ERROR}{days:g}"  # day 60 would be 29 February 1900, which never was
        # A day is a binary fraction: a time of day comes back some microseconds off.
        moment = self._epoch + timedelta(days=1 if early and days < 60 else 0, seconds=round(days * 86_400))
        return moment.isoformat(sep=" ").removesuffix(" 00:00:00")

    def _read_formats(self) -> list[str]:
        """The number format of each cell style."""
        if "xl/styles.xml" not in self._packed.namelist():
            return []
        styles = self._tree("xl/styles.xml")
        own = {int(entry.attrib["numFmtId"]): entry.attrib["formatCode"] for entry in _within(styles, "numFmts")}
        identifiers = [int(entry.get("numFmtId", 0)) for entry in _within(styles, "cellXfs")]
        return [own.get(i) or BUILTIN_FORMATS.get(i, "General") for i in identifiers]

    def _read_texts(self) -> list[str]:
        name = "xl/sharedStrings.xml"
        if name not in self._packed.namelist():
            return []
        if self._packed.getinfo(name).file_size > PART_MEGABYTES * 1_000_000:
            raise FeedError.of(
                marked("{file} holds more than {limit} MB of text. Nothing was loaded. Save it as CSV."),
                file=self._path.name,
                limit=PART_MEGABYTES,
            )
        texts: list[str] = []
        root: ElementTree.Element | None = None
        with self._packed.open(name) as part:
            for event, element in ElementTree.iterparse(part, ("start", "end")):  # noqa: S314 - see _BROKEN
                root = element if root is None else root
                if event == "end" and _local(element) == "si":
                    texts.append(_joined(element))
                    if root is not None:
                        root.clear()
        return texts

    def _tree(self, name: str) -> ElementTree.Element:
        if self._packed.getinfo(name).file_size > 64_000_000:
            raise ValueError(f"{name} is too large")
        return ElementTree.fromstring(self._packed.read(name))  # noqa: S314 - see _BROKEN

    @contextmanager
    def _readable(self) -> Generator[None]:
        try:
            yield
        except _BROKEN as error:
            raise _unreadable(self._path, error) from error


@contextmanager
def open_workbook(path: Path) -> Generator[Workbook]:
    """Open an XLSX file.

    Raises:
        FeedError: it is too large, or not an XLSX file that can be read.
    """
    with path.open("rb") as raw:
        yield _opened(path, raw)


def _opened(path: Path, raw: IO[bytes]) -> Workbook:
    limit = settings().feed_megabytes
    try:
        packed = zipfile.ZipFile(raw)
        if sum(entry.file_size for entry in packed.infolist()) > limit * 1_000_000:
            raise FeedError.of(
                marked(
                    "{file} is larger than {limit:,} MB unpacked. Nothing was loaded. Split it into several "
                    "loads, or raise the setting `feed_megabytes`."
                ),
                file=path.name,
                limit=limit,
            )
        return Workbook(path, packed)
    except _BROKEN as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> FeedError:
    return FeedError.of(
        marked(
            "{file} is not an XLSX file that can be read: “{error}”. Nothing was loaded. Open it in the office "
            "program, save it as XLSX without a password, or as CSV."
        ),
        file=path.name,
        error=error,
    )


def _local(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(_MAIN).removeprefix(_STRICT)


def _relation(entry: ElementTree.Element) -> str:
    return entry.get(_RELATION) or entry.attrib[_STRICT_RELATION]


def _within(tree: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    for parent in tree:
        if _local(parent) == name:
            yield from parent


def _joined(element: ElementTree.Element) -> str:
    """The text of a cell in all its fonts; how it is pronounced (`rPh`) is no part of it."""
    runs: list[str] = []
    for child in element:
        if _local(child) == "t":
            runs.append(child.text or "")
        elif _local(child) == "r":
            runs += [part.text or "" for part in child if _local(part) == "t"]
    return "".join(runs)


def _column_of(reference: str) -> int:
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError(f"a cell called {reference[:20]!r}")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    if column > LAST_COLUMN:
        raise ValueError(f"a cell called {reference!r}")
    return column - 1
