"""A feed becomes a version: every file is checked and merged into a draft; the draft is published, or nothing is."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from data_access.errors import LoadError, RejectsError
from data_access.loading.draft import FileRecord, Record, building, describe, mature, quoted
from data_access.loading.feed import Feed, find_feed
from data_access.loading.refusals import Allowance, Refusals
from data_access.loading.rules import OPEN_WORDS
from data_access.loading.source import Source, open_source
from data_access.loading.table import TableResult, load_table
from data_access.schema import CONTRACT, metadata
from data_access.settings import settings
from data_access.versions import Draft, Progress, Store, Version, new_version_id, silent

SOURCE = "feed"
"""`warehouse_version.source` of what was loaded from feeds; only such a version is merged with the next feed."""


@dataclass(slots=True)
class Report:
    """What a load did.

    Attributes:
        version: What was published, or None: by `check`, or because nothing changed.
        tables: What became of each file that was read.
        unchanged: Files that are in the warehouse already.
        words: Table and column of an open vocabulary -> the words seen.
        notes: What a person should know.
        rejects: File of the refused rows, or None without any.
    """

    version: Version | None = None
    tables: list[TableResult] = field(default_factory=list[TableResult])
    unchanged: list[str] = field(default_factory=list[str])
    words: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    notes: list[str] = field(default_factory=list[str])
    rejects: Path | None = None


def load_feed(
    store: Store,
    folder: Path,
    *,
    mapping_file: Path | None = None,
    allowance: Allowance | None = None,
    rejects_folder: Path = Path("var/rejects"),
    wait_seconds: float = 0.0,
    progress: Progress = silent,
) -> Report:
    """Load the files of a folder into the warehouse as one new version.

    Args:
        store: The warehouse.
        folder: The feed.
        mapping_file: By default ``mapping.toml`` in the folder, if it is there.
        allowance: Refused rows that are put up with; by default none.
        rejects_folder: Where the list of refused rows goes.
        wait_seconds: How long to wait for another load to end.
        progress: Told of each step.

    Raises:
        FeedError: a file that cannot be loaded as it is.
        MappingError: the mapping contradicts the contract.
        RejectsError: more refused rows than allowed.
        BusyError: another load is writing.
        LoadError: nothing in the feed is dated, or it is in another currency than the warehouse.
    """
    feed = find_feed(folder, mapping_file)
    with store.loading(wait_seconds):
        store.history()  # refuses a store that is damaged; a load that is refused removes nothing
        with store.draft() as draft:
            report, changed = _build(store, draft, feed, allowance or Allowance(), rejects_folder, progress)
            if changed:
                report.version = store.publish(draft, progress)
    return report


def check_feed(
    store: Store,
    folder: Path,
    *,
    mapping_file: Path | None = None,
    rejects_folder: Path = Path("var/rejects"),
    progress: Progress = silent,
) -> Report:
    """Do all that `load_feed` does, against a private copy of the warehouse, and publish nothing.

    Raises:
        FeedError: a file that cannot be loaded as it is.
        MappingError: the mapping contradicts the contract.
        LoadError: nothing in the feed is dated, or it is in another currency than the warehouse.
    """
    feed = find_feed(folder, mapping_file)
    with tempfile.TemporaryDirectory(prefix="branchlight-check-") as private:
        draft = Draft(new_version_id(), Path(private))
        return _build(store, draft, feed, Allowance(share=1.0), rejects_folder, progress)[0]


def _build(
    store: Store, draft: Draft, feed: Feed, allowance: Allowance, rejects_folder: Path, progress: Progress
) -> tuple[Report, bool]:
    """Build the draft; whether it differs from the current version is the second value."""
    report = Report(notes=list(feed.notes))
    record = Record(SOURCE, settings().currency)
    with _continued(store, draft, record, report, progress) as connection:
        refusals = Refusals(connection)
        for done, file in enumerate(feed.files):
            progress("loading tables", done, len(feed.files))
            source = open_source(file, draft.folder, progress)
            refused_before = _loaded_before(connection, source)
            if refused_before == 0:
                report.unchanged.append(file.path.name)
                continue
            result = load_table(connection, source, feed.mapping, record.currency, refusals)
            report.tables.append(result)
            report.notes += result.notes
            if source.path != file.path:
                source.path.unlink()
            if result.rejected == refused_before:
                report.unchanged.append(file.path.name)
            elif result.rows > result.rejected:
                record.changed.add(file.table)
        progress("loading tables", len(feed.files), len(feed.files))
        _judge(report, refusals, allowance, rejects_folder / f"{draft.id}.csv")
        if not record.changed:
            return report, False
        mature(connection)
        report.words = _words_seen(connection, record.changed)
        report.notes += _near_doubles(report.words)
        record.note = "\n".join(report.notes)
        record.rejections = refusals.counted()
        record.flagged = {result.table: result.flagged for result in report.tables}
        record.files = [
            FileRecord(result.sha256, result.table, result.name, result.rows, result.rejected, result.encoding)
            for result in report.tables
        ]
        describe(connection, draft.id, record, progress)
    return report, True


@contextmanager
def _continued(
    store: Store, draft: Draft, record: Record, report: Report, progress: Progress
) -> Generator[duckdb.DuckDBPyConnection]:
    """The draft, begun from the current version if that one was loaded from feeds too."""
    store.copy_current(draft, progress)
    source, currency = _origin(draft)
    if source not in ("", SOURCE):
        report.notes.append(f"The warehouse held {source!r}; it was replaced, because it is no feed of this bank.")
        draft.path.unlink()
    elif currency not in ("", record.currency):
        raise LoadError(
            f"The warehouse is in {currency}, and the setting `currency` says {record.currency}. Nothing was loaded. "
            "Set the currency of the warehouse, or load into another warehouse."
        )
    with building(draft) as connection:
        yield connection


def _origin(draft: Draft) -> tuple[str, str]:
    if not draft.path.exists():
        return "", ""
    with duckdb.connect(draft.path, read_only=True) as connection:
        found = connection.execute("SELECT source, currency FROM warehouse_version").fetchone()
    return found or ("", "")


def _loaded_before(connection: duckdb.DuckDBPyConnection, source: Source) -> int | None:
    """Rows refused of this file if it was the last one of its table, else None.

    A file with refused rows is read again: what they refer to may be there by now.
    """
    found = connection.execute(
        "SELECT sha256, rejected FROM version_file WHERE table_name = ? ORDER BY loaded_at DESC, rowid DESC LIMIT 1",
        [source.file.table],
    ).fetchone()
    return found[1] if found and found[0] == source.sha256 else None


def _judge(report: Report, refusals: Refusals, allowance: Allowance, path: Path) -> None:
    """Write the refused rows down, and refuse the load when they are more than allowed."""
    rejected, read = sum(t.rejected for t in report.tables), sum(t.rows for t in report.tables)
    if not rejected:
        return
    refusals.write(path)
    report.rejects = path
    if not allowance.covers(rejected, read):
        counts = sorted(refusals.counted().items(), key=lambda item: -item[1])
        shown = "".join(f"\n  {n:,} x {table}.{column} {reason}" for (table, column, reason), n in counts[:10])
        raise RejectsError(
            f"{rejected:,} of {read:,} rows were refused:{shown}\nNothing was loaded. {path} lists them by file and "
            "line. Correct them, or accept the others with --allow-rejects."
        )


def _words_seen(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, list[str]]:
    """The words of each open vocabulary in the tables that changed."""
    seen: dict[str, list[str]] = {}
    for table in sorted(tables, key=CONTRACT.index):
        for column in metadata.tables[table].columns:
            if column.name in OPEN_WORDS:
                name = quoted(column.name)
                rows = connection.execute(
                    f"SELECT DISTINCT {name} FROM {quoted(table)} WHERE {name} IS NOT NULL ORDER BY 1 LIMIT 1000"
                ).fetchall()
                if rows:
                    seen[f"{table}.{column.name}"] = [row[0] for row in rows]
    return seen


def _near_doubles(seen: dict[str, list[str]]) -> list[str]:
    """Words of one column that differ only in case, width, white space or hyphens."""
    notes: list[str] = []
    for place, words in seen.items():
        alike: dict[str, list[str]] = {}
        for word in words:
            plain = "".join(c for c in unicodedata.normalize("NFKC", word).casefold() if c.isalnum())
            alike.setdefault(plain, []).append(word)
        notes += [
            f"{place} holds {', '.join(map(repr, group))}: one word?" for group in alike.values() if len(group) > 1
        ]
    return notes
