"""The files of a feed: which file fills which table, and what a folder may not hold.

The folder comes from outside, so nothing in it is followed or guessed: a link that leads out of it, a pipe, two files
for one table or a name that only looks like a table are refused, and every file that is passed over is said.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from data_access.errors import FeedError
from data_access.loading.mapping import NAME, Mapping, TableMapping, nearest, read_mapping
from data_access.schema import CONTRACT

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet")
"""Endings of the files that a feed may consist of."""


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A file of a feed and the table that it fills."""

    table: str
    path: Path
    ending: str
    mapping: TableMapping


@dataclass(frozen=True, slots=True)
class Feed:
    """The files of a feed in the order in which they are loaded, and what was passed over."""

    files: tuple[FeedFile, ...]
    mapping: Mapping
    notes: tuple[str, ...]


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
        raise FeedError(f"{folder} is not a folder. Nothing was loaded. Name the folder that holds the files.")
    inside = folder / NAME
    chosen = mapping_file or (inside if inside.exists() else None)
    if chosen is not None:
        _refuse_strange(chosen, folder if chosen == inside else chosen.parent)
    mapping = read_mapping(chosen) if chosen else Mapping()
    declared = {entry.file: table for table, entry in mapping.tables.items() if entry.file}
    files: dict[str, FeedFile] = {}
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
        table = declared.get(path.name) or path.name[: -len(ending)].lower()
        if table not in CONTRACT:
            raise FeedError(
                f"{path.name} is not named after a table of the contract{nearest(table, CONTRACT)} "
                "Rename it, name it in the mapping, or take it out of the folder."
            )
        if table in files:
            raise FeedError(
                f"{files[table].path.name} and {path.name} both fill {table}. Nothing was loaded. Leave one of them."
            )
        files[table] = FeedFile(table, path, ending, mapping.of(table))
    absent = [name for name, table in declared.items() if table not in files or files[table].path.name != name]
    if absent:
        raise FeedError(f"The mapping names {', '.join(absent)}, which {folder} does not hold. Nothing was loaded.")
    if not files:
        raise FeedError(
            f"{folder} holds no CSV, XLSX or Parquet file named after a table. Nothing was loaded. "
            "`template FOLDER` writes empty files to start from."
        )
    notes = (f"Passed over: {', '.join(passed)}.",) if passed else ()
    return Feed(tuple(files[table] for table in CONTRACT if table in files), mapping, notes)


def _refuse_strange(path: Path, folder: Path) -> None:
    """Refuse what is not plainly a file or a folder inside the feed."""
    if path.is_symlink():
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise FeedError(f"{path.name} is a link that leads nowhere. Nothing was loaded. Remove it.") from error
        if not target.is_relative_to(folder.resolve()):
            raise FeedError(
                f"{path.name} is a link out of the folder. Nothing was loaded. Put the file itself into the feed."
            )
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise FeedError(f"{path.name} is a pipe or a device, not a file. Nothing was loaded. Remove it.")
