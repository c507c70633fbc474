"""The files of a feed: which file fills which table, and what a folder may not hold.

The folder comes from outside, so nothing in it is followed or guessed: a link that leads out of it, a pipe, two files
for one table or a name that only looks like a table are refused, and every file that is passed over is said.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from data_access.errors import FeedError, MappingError
from data_access.loading.draft import load_day
from data_access.loading.files.mapping import NAME, Mapping, TableMapping, nearest, read_mapping
from data_access.loading.notes import PASSED_OVER, Note
from data_access.said import marked
from data_access.schema import CONTRACT

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet")
"""Endings of the files that a feed may consist of."""


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A file of a feed and a table that it fills.

    Attributes:
        table: Of the contract.
        path: Of the file; of the mapping where that itself holds the rows.
        ending: One of `ENDINGS`, or ``.toml``.
        mapping: Of the table.
        elsewhere: Columns of the file that other tables take.
    """

    table: str
    path: Path
    ending: str
    mapping: TableMapping
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Feed:
    """The files of a feed in the order in which they are loaded, and what was passed over."""

    files: tuple[FeedFile, ...]
    mapping: Mapping
    notes: tuple[Note, ...]


def find_feed(folder: Path, mapping_file: Path | None = None) -> Feed:
    """List the files of a feed.

    Args:
        folder: Where the files are.
        mapping_file: The mapping, by default ``mapping.toml`` in the folder if it is there.

    Raises:
        FeedError: the folder holds nothing to load, or something that must not be there.
        MappingError: the mapping contradicts the contract or names a file that is not there.
    """
    if not folder.is_dir():
        raise FeedError.of(
            marked("{folder} is not a folder. Nothing was loaded. Name the folder that holds the files."), folder=folder
        )
    inside = folder / NAME
    chosen = mapping_file or (inside if inside.exists() else None)
    if chosen is not None:
        _refuse_strange(chosen, folder if chosen == inside else chosen.parent)
    mapping = read_mapping(chosen) if chosen else Mapping()
    if mapping.as_of and mapping.as_of > load_day():
        raise MappingError.of(
            marked("{chosen}: as_of {day} lies ahead of today. Nothing was loaded."), chosen=chosen, day=mapping.as_of
        )
    declared: dict[str, list[str]] = {}
    for table, entry in mapping.tables.items():
        if entry.file:
            declared.setdefault(entry.file, []).append(table)
    files = {
        table: FeedFile(table, chosen, ".toml", entry)
        for table, entry in mapping.tables.items()
        if entry.rows and chosen
    }
    passed: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.name == NAME:
            continue
        if path.name.startswith((".", "~$", "__MACOSX")) or path.name.lower() in ("thumbs.db", "desktop.ini"):
            passed.append(path.name)
            continue
        _refuse_strange(path, folder)
        ending = next((e for e in ENDINGS if path.name.lower().endswith(e)), "")
        if path.is_dir() or not ending:
            passed.append(path.name)
            continue
        tables = declared.get(path.name) or [path.name[: -len(ending)].lower()]
        for table in tables:
            if table not in CONTRACT:
                raise FeedError.of(
                    marked(
                        "{file} is not named after a table of the contract{nearest} Rename it, name it in "
                        "the mapping, or take it out of the folder."
                    ),
                    file=path.name,
                    nearest=nearest(table, CONTRACT),
                )
            if table in files:
                raise FeedError.of(
                    marked("{other} and {file} both fill {table}. Nothing was loaded. Leave one of them."),
                    other=files[table].path.name,
                    file=path.name,
                    table=table,
                )
            others = [mapping.of(other) for other in tables if other != table]
            elsewhere = frozenset(name.strip() for entry in others for name in (*entry.columns, *entry.ignore))
            files[table] = FeedFile(table, path, ending, mapping.of(table), elsewhere)
    absent = [
        name for name, tables in declared.items() if any(files.get(t, _NOWHERE).path.name != name for t in tables)
    ]
    if absent:
        raise FeedError.of(
            marked("The mapping names {files}, which {folder} does not hold. Nothing was loaded."),
            files=", ".join(absent),
            folder=folder,
        )
    if not files:
        raise FeedError.of(
            marked(
                "{folder} holds no CSV, XLSX or Parquet file named after a table. Nothing was loaded. "
                "`template FOLDER` writes empty files to start from."
            ),
            folder=folder,
        )
    notes = (Note.of(PASSED_OVER, files=", ".join(passed)),) if passed else ()
    return Feed(tuple(files[table] for table in CONTRACT if table in files), mapping, notes)


_NOWHERE = FeedFile("", Path(), "", TableMapping())


def _refuse_strange(path: Path, folder: Path) -> None:
    """Refuse what is not plainly a file or a folder inside the feed."""
    if path.is_symlink():
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise FeedError.of(
                marked("{file} is a link that leads nowhere. Nothing was loaded. Remove it."), file=path.name
            ) from error
        if not target.is_relative_to(folder.resolve()):
            raise FeedError.of(
                marked("{file} is a link out of the folder. Nothing was loaded. Put the file itself into the feed."),
                file=path.name,
            )
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise FeedError.of(
            marked("{file} is a pipe or a device, not a file. Nothing was loaded. Remove it."), file=path.name
        )
