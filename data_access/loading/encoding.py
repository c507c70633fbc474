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
from data_access.loading.feed import FeedFile
from data_access.settings import settings
from data_access.versions import Progress

BLOCK = 1 << 22


class Digest(Protocol):
    """A hash in the making, as `hashlib` has it."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""
        ...

    def hexdigest(self) -> str:
        """The hash so far, as text."""
        ...


def digest_of(file: FeedFile) -> Digest:
    """A hash that begins with what the mapping declares of the file, for it decides what the file means."""
    declared = file.mapping.model_dump_json(exclude_defaults=True)
    return hashlib.sha256(b"" if declared == "{}" else declared.encode())


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


def find_encoding(file: FeedFile, digest: Digest, progress: Progress) -> str:
    """UTF-8 or GB18030, whichever the whole file is."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "gb18030")}
    possible = ["utf-8"]
    first = True
    for block in unpacked(file, digest, progress):
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
        for block in itertools.chain(unpacked(file, digest, progress), (b"",)):
            decoder.decode(block, final=not block)
    except UnicodeDecodeError as error:
        raise FeedError(
            f"{file.path.name} is neither UTF-8 nor GB18030 ({error.reason}). Nothing was loaded. "
            "Save it as UTF-8, or declare its encoding in the mapping."
        ) from error
    return "gb18030"


def convert(file: FeedFile, encoding: str, target: Path, digest: Digest | None, progress: Progress) -> None:
    """Copy the file, unpacked, as plain UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    try:
        with target.open("wb") as out:
            for block in itertools.chain(unpacked(file, digest, progress), (b"",)):
                out.write(decoder.decode(block, final=not block).encode())
    except UnicodeError as error:
        raise FeedError(f"{file.path.name} is not {encoding}, as declared: {error}. Nothing was loaded.") from error
