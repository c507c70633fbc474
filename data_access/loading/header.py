"""The header of a file of a feed: its delimiter, and the columns of the contract that its names stand for."""

from __future__ import annotations

import csv
import io

from data_access.errors import FeedError
from data_access.loading.feed import FeedFile
from data_access.loading.mapping import nearest
from data_access.schema import metadata

DELIMITERS = (",", ";", "\t", "|")


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
        raise FeedError(f"{file.path.name} is empty. Nothing was loaded. Its first line must name the columns.")
    return best[2], best[3]


def _known(file: FeedFile) -> dict[str, str]:
    """Header of the file -> column of the contract, empty for one that is to be ignored."""
    renamed = {theirs.strip(): ours for theirs, ours in file.mapping.columns.items()}
    ours = {column.name: column.name for column in metadata.tables[file.table].columns if not column.info["derived"]}
    return ours | renamed | {name.strip(): "" for name in file.mapping.ignore}


def contract_names(file: FeedFile, header: list[str]) -> tuple[str, ...]:
    """The column of the contract that each name of a header stands for, empty for one to ignore.

    Raises:
        FeedError: an unknown name, one that occurs twice, or no column for a part of the key.
    """
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
