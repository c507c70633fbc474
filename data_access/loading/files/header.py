"""The header of a file of a feed: its delimiter, and the columns of the contract that its names stand for."""

from __future__ import annotations

import csv
import io

from data_access.errors import FeedError
from data_access.loading.files.feed import FeedFile
from data_access.loading.files.mapping import closest
from data_access.said import Said, marked
from data_access.schema import metadata

DELIMITERS = (",", ";", "\t", "|")
NAMED = 20
"""Unknown columns that a message names; of more the rest is left out."""


def split_header(file: FeedFile, beginning: str) -> tuple[list[str], str]:
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
        raise FeedError.of(
            marked("{file} is empty. Nothing was loaded. Its first line must name the columns."), file=file.path.name
        )
    return best[2], best[3]


def _known(file: FeedFile) -> dict[str, tuple[str, ...]]:
    """Header of the file -> columns of the contract, none for one that is to be ignored.

    A name that the mapping gives to another column, here or in another table of the same file, is not taken for ours.
    """
    renamed = {theirs.strip(): ours for theirs, ours in file.mapping.columns.items()}
    given = {*file.mapping.constants, file.mapping.numbered, *file.elsewhere}
    given |= {name for names in renamed.values() for name in names}
    ours = {
        column.name: (column.name,)
        for column in metadata.tables[file.table].columns
        if not column.info["derived"] and column.name not in given
    }
    passed_over = {name.strip(): () for name in file.mapping.ignore}
    elsewhere: dict[str, tuple[str, ...]] = dict.fromkeys(file.elsewhere, ())
    return ours | elsewhere | renamed | passed_over


def contract_names(file: FeedFile, header: list[str]) -> tuple[tuple[str, int], ...]:
    """The columns of the contract that a header names, each with its place; one place may give several.

    Raises:
        FeedError: unknown names, one that occurs twice, or no column for a part of the key.
    """
    known = _known(file)
    unknown = [name for name in dict.fromkeys(header) if name not in known]
    if unknown:
        raise FeedError.of(
            marked(
                "{file} has columns that {table} does not: {columns}. Nothing was loaded. Name them in the "
                "mapping, under `columns` or under `ignore`."
            ),
            file=file.path.name,
            table=file.table,
            columns=_named(unknown, known),
        )
    places = tuple((ours, place) for place, name in enumerate(header) for ours in known[name])
    given = {*file.mapping.constants, *([file.mapping.numbered] if file.mapping.numbered else [])}
    names = [*(name for name, _ in places), *given]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FeedError.of(
            marked("{file} has {columns} twice. Nothing was loaded. Keep one column of each."),
            file=file.path.name,
            columns=", ".join(twice),
        )
    keys = [column.name for column in metadata.tables[file.table].primary_key]
    lacking = [key for key in keys if key not in names]
    if lacking:
        raise FeedError.of(
            marked(
                "{file} lacks {columns}, the key of {table}. Its header is {header}. Nothing was loaded. Add "
                "the column, or name theirs in the mapping."
            ),
            file=file.path.name,
            columns=", ".join(lacking),
            table=file.table,
            header=", ".join(header)[:300],
        )
    return places


def _named(unknown: list[str], known: dict[str, tuple[str, ...]]) -> Said:
    """Unknown columns, and the known ones that they may stand for."""
    first = unknown[:NAMED]
    columns = ", ".join(map(repr, (name[:60] for name in first))) + (", ..." if len(unknown) > NAMED else "")
    pairs = [f"{name[:60]!r} - {near!r}" for name in first if (near := closest(name, known))]
    if not pairs:
        return Said.of("{columns}", columns=columns)
    return Said.of(marked("{columns} (the nearest: {pairs})"), columns=columns, pairs=", ".join(pairs))
