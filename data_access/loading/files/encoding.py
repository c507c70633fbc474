"""The bytes of a file of a feed: unpacked within a limit, hashed, and in which encoding they are text."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import itertools
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from data_access.errors import FeedError
from data_access.loading.files import chinese
from data_access.loading.files.feed import FeedFile
from data_access.loading.files.mapping import Mapping
from data_access.said import Said, marked
from data_access.settings import settings
from data_access.versions import Progress

BLOCK = 1 << 22
RATIO = 200
"""A packed file that grows beyond this is no table of a bank."""


class Digest(Protocol):
    """A hash in the making, as `hashlib` has it."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""
        ...

    def hexdigest(self) -> str:
        """The hash so far, as text."""
        ...


RULES = "2"
"""Changes whenever the loader reads the same bytes otherwise, so that a file loaded by an older one is read again."""


def digest_of(file: FeedFile, mapping: Mapping) -> Digest:
    """A hash that begins with what decides what the file means: the loader's rules, the mapping, the zone."""
    declared = (RULES, mapping.time_zone, file.mapping.model_dump_json(exclude_defaults=True))
    return hashlib.sha256("\n".join(declared).encode())


def unpacked(file: FeedFile, digest: Digest | None, progress: Progress) -> Iterator[bytes]:
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
                if read > RATIO * max(size, 1_000_000):
                    raise FeedError.of(
                        marked(
                            "{file} unpacks to more than {ratio} times its size, as no table does. Nothing "
                            "was loaded. Pack the file anew, or send it unpacked."
                        ),
                        file=file.path.name,
                        ratio=RATIO,
                    )
                progress(f"reading {file.path.name}", min(raw.tell(), size), size)
                yield block
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise FeedError.of(
                marked("{file} is not a whole gzip file: “{error}”. Nothing was loaded."),
                file=file.path.name,
                error=error,
            ) from error
        if digest is not None:
            raw.seek(0)
            while block := raw.read(BLOCK):
                digest.update(block)
    progress(f"reading {file.path.name}", size, size)


def too_large(file: FeedFile) -> FeedError:
    """The refusal of a file beyond the limit in bytes."""
    return FeedError.of(
        marked(
            "{file} is larger than {limit:,} MB unpacked. Nothing was loaded. Split it into several loads, "
            "or raise the setting `feed_megabytes`."
        ),
        file=file.path.name,
        limit=settings().feed_megabytes,
    )


class LineEnds:
    """Counts of line ends in bytes that come in blocks, as UTF-8 or GB18030."""

    def __init__(self) -> None:
        self.feeds = self.returns = self.pairs = 0
        self._last = b""

    def count(self, block: bytes) -> None:
        """Take in a block."""
        self.feeds += block.count(b"\n")
        self.returns += block.count(b"\r")
        self.pairs += block.count(b"\r\n") + (self._last == b"\r" and block[:1] == b"\n")
        self._last = block[-1:] or self._last

    @property
    def lines(self) -> int:
        """Physical lines, the last one included whether it has an end or not."""
        return (self.feeds or self.returns) + (self._last not in (b"", b"\n", b"\r"))

    @property
    def lone_returns(self) -> bool:
        """Whether a carriage return stands without a line feed."""
        return self.returns > self.pairs

    @property
    def mixed(self) -> str:
        """The kinds of line end, where there is more than one."""
        kinds = {
            "CR LF": self.pairs,
            "LF": self.feeds - self.pairs,
            "CR": self.returns - self.pairs,
        }
        held = [f"{n:,} x {kind}" for kind, n in kinds.items() if n]
        return ", ".join(held) if len(held) > 1 else ""


_SIGNATURES = (
    (b"PK\x03\x04", marked("an XLSX or ZIP file")),
    (b"\xd0\xcf\x11\xe0", marked("an XLS file of an old office program")),
    (b"PAR1", marked("a Parquet file")),
    (b"\x1f\x8b", marked("a gzip file")),
    (b"%PDF", marked("a PDF file")),
    (b"<html", marked("a page of HTML")),
    (b"<!DOC", marked("a page of HTML")),
    (b"<?xml", marked("an XML file")),
)


def find_encoding(file: FeedFile, digest: Digest, ends: LineEnds, progress: Progress) -> tuple[str, str]:
    """UTF-8 or GB18030, whichever the whole file plainly is, and a note where it was guessed.

    Raises:
        FeedError: it is neither, a mixture, or no text at all.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = True
    try:
        for block in unpacked(file, digest, progress):
            if first:
                _refuse_other_kinds(file, block)
            first = False
            if b"\0" in block:
                raise FeedError.of(
                    marked("{file} holds zero bytes, so it is not text. Nothing was loaded. Save it as UTF-8."),
                    file=file.path.name,
                )
            decoder.decode(block)
            ends.count(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030", chinese.examine(file.path.name, _lines(unpacked(file, digest, progress)))
    return "utf-8", ""


def _refuse_other_kinds(file: FeedFile, block: bytes) -> None:
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FeedError.of(marked("{file} is in UTF-16. Nothing was loaded. Save it as UTF-8."), file=file.path.name)
    for beginning, kind in _SIGNATURES:
        if block.startswith(beginning):
            raise FeedError.of(
                marked(
                    "{file} is {kind}, not a CSV file. Nothing was loaded. Give it its own ending (.csv, "
                    ".csv.gz, .xlsx, .parquet), or save it as one of these."
                ),
                file=file.path.name,
                kind=Said.of(kind),
            )


def _lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
    yield rest


def convert(
    file: FeedFile, encoding: str, target: Path, digest: Digest | None, ends: LineEnds, progress: Progress
) -> None:
    """Copy the file, unpacked, as plain UTF-8; its line ends are counted anew."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    try:
        with target.open("wb") as out:
            for block in itertools.chain(unpacked(file, digest, progress), (b"",)):
                text = decoder.decode(block, final=not block)
                if "\0" in text:
                    raise FeedError.of(
                        marked("{file} holds zero bytes, so it is not {encoding}. Nothing was loaded."),
                        file=file.path.name,
                        encoding=encoding,
                    )
                ends.count(written := text.encode())
                out.write(written)
    except UnicodeError as error:
        raise FeedError.of(
            marked(
                "{file} is not {encoding}, as declared: “{error}”. Nothing was loaded. Correct the encoding in "
                "the mapping, or save the file as UTF-8."
            ),
            file=file.path.name,
            encoding=encoding,
            error=error,
        ) from error
