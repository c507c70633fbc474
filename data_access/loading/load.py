"""A feed becomes a version: every file is checked and merged into a draft; the draft is published, or nothing is."""

from __future__ import annotations

import unicodedata
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from data_access.errors import LoadError, RejectsError
from data_access.loading.draft import FileRecord, Record, Rejection, building, describe, mature, quoted
from data_access.loading.files.feed import Feed, find_feed
from data_access.loading.files.source import Source, open_source
from data_access.loading.notes import NEAR_DOUBLES, REPLACED, Note, written
from data_access.loading.reach import reached
from data_access.loading.reasons import CONSEQUENCES
from data_access.loading.refusals import Allowance, Example, Refusals
from data_access.loading.table import TableResult, load_table
from data_access.said import marked
from data_access.schema import CONTRACT, metadata
from data_access.settings import settings
from data_access.versions import Draft, Progress, Store, Version, new_version_id, silent
from data_access.versions.scratch import scratch

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
        refused: How many rows were refused, and for which reasons, causes before consequences.
        examples: The first refused rows, with what to do about them.
        samples: What is for the eyes of the one who loads: how an encoding was read.
    """

    version: Version | None = None
    tables: list[TableResult] = field(default_factory=list[TableResult])
    unchanged: list[str] = field(default_factory=list[str])
    words: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    notes: list[Note] = field(default_factory=list[Note])
    rejects: Path | None = None
    refused: list[Rejection] = field(default_factory=list[Rejection])
    examples: list[Example] = field(default_factory=list[Example])
    samples: list[str] = field(default_factory=list[str])


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
    with scratch("check") as private:
        draft = Draft(new_version_id(), private)
        return _build(store, draft, feed, Allowance(share=1.0), rejects_folder, progress)[0]


def _build(
    store: Store, draft: Draft, feed: Feed, allowance: Allowance, rejects_folder: Path, progress: Progress
) -> tuple[Report, bool]:
    """Build the draft; whether it differs from the current version is the second value."""
    report = Report(notes=list(feed.notes))
    record = Record(SOURCE, feed.mapping.currency or settings().currency, feed.mapping.as_of)
    version = store.current()
    outdated = version is not None and bool(store.lacks(version))
    read = None if outdated else reached(file.table for file in feed.files)
    with _continued(store, draft, record, report, progress, read) as connection:
        refusals = Refusals(connection)
        for done, file in enumerate(feed.files):
            progress("loading tables", done, len(feed.files))
            record.given.add(file.table)
            source = open_source(file, feed.mapping, draft.folder, progress)
            # What an older program loaded may lack a column that the same file holds.
            refused_before = None if outdated else _loaded_before(connection, source)
            if refused_before == 0:
                report.unchanged.append(file.path.name)
                _remove_copy(source)
                continue
            report.samples += source.notes
            result = load_table(connection, source, feed.mapping, record.currency, refusals)
            report.tables.append(result)
            report.notes += result.notes
            _remove_copy(source)
            if result.rejected == refused_before:
                report.unchanged.append(file.path.name)
            elif result.rows > result.left_out:
                record.changed.add(file.table)
        progress("loading tables", len(feed.files), len(feed.files))
        _judge(report, refusals, allowance, rejects_folder / f"{draft.id}.csv")
        if not record.changed:
            return report, False
        if not {"campaign", "campaign_member"} & record.left:
            mature(connection)
        report.words = _words_seen(connection, record.changed)
        report.notes += _near_doubles(report.words)
        record.note = written(report.notes)
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
    store: Store,
    draft: Draft,
    record: Record,
    report: Report,
    progress: Progress,
    read: frozenset[str] | None,
) -> Generator[duckdb.DuckDBPyConnection]:
    """The draft, begun from the current version if that one was loaded from feeds too, as far as it will be `read`."""
    store.copy_current(draft, progress, read)
    source, currency = _origin(draft)
    if source not in ("", SOURCE):
        report.notes.append(Note.of(REPLACED, source=source))
        draft.path.unlink()
        draft.left.clear()
    elif currency not in ("", record.currency):
        raise LoadError.of(
            marked(
                "The warehouse is in {currency}, and the feed, by its mapping or the setting `currency`, in {feed}. "
                "Nothing was loaded. Load it into another warehouse, or correct the currency."
            ),
            currency=currency,
            feed=record.currency,
        )
    record.left = draft.left
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


def _remove_copy(source: Source) -> None:
    if source.path != source.file.path:
        source.path.unlink()


def _judge(report: Report, refusals: Refusals, allowance: Allowance, path: Path) -> None:
    """Write the refused rows down, and refuse the load when they are more than allowed."""
    rejected, read = sum(t.rejected for t in report.tables), sum(t.rows for t in report.tables)
    if not rejected:
        return
    refusals.write(path)
    report.rejects, report.refused, report.examples = path, refusals.counted(), refusals.examples()
    if not allowance.covers(rejected, read):
        first = "".join(f"\n  {example}" for example in report.examples)
        raise RejectsError(
            f"{rejected:,} of {read:,} rows were refused:{told(report.refused)}\nThe first of them:{first}\n"
            f"Nothing was loaded. {path} lists them by file and line. Correct them, or accept the others with "
            "--allow-rejects."
        )


def told(refused: Iterable[Rejection], most: int = 10) -> str:
    """The reasons of refused rows, one a line: the causes, then together the rows that only follow from them."""
    causes = [rejection for rejection in refused if rejection.template not in CONSEQUENCES]
    follow = [rejection for rejection in refused if rejection.template in CONSEQUENCES]
    lines = [f"\n  {r.rows:,} x {r.table}.{r.column} {r.reason}".replace(". ", " ") for r in causes[:most]]
    if len(causes) > most:
        lines.append(f"\n  {sum(r.rows for r in causes[most:]):,} for {len(causes) - most} more reasons")
    if follow:
        where = ", ".join(f"{r.rows:,} x {r.table}.{r.column}" for r in follow[:most])
        lines.append(f"\n  As a consequence, because they refer to a row that was refused: {where}")
    return "".join(lines)


def _words_seen(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, list[str]]:
    """The words of each open vocabulary in the tables that changed."""
    seen: dict[str, list[str]] = {}
    for table in sorted(tables, key=CONTRACT.index):
        for column in metadata.tables[table].columns:
            if column.info["own_words"]:
                name = quoted(column.name)
                rows = connection.execute(
                    f"SELECT DISTINCT {name} FROM {quoted(table)} WHERE {name} IS NOT NULL ORDER BY 1 LIMIT 1000"
                ).fetchall()
                if rows:
                    seen[f"{table}.{column.name}"] = [row[0] for row in rows]
    return seen


def _near_doubles(seen: dict[str, list[str]]) -> list[Note]:
    """Words of one column that differ only in case, width, white space or hyphens."""
    notes: list[Note] = []
    for place, words in seen.items():
        alike: dict[str, list[str]] = {}
        for word in words:
            plain = "".join(c for c in unicodedata.normalize("NFKC", word).casefold() if c.isalnum())
            alike.setdefault(plain, []).append(word)
        notes += [
            Note.of(NEAR_DOUBLES, place=place, words=", ".join(map(repr, group)))
            for group in alike.values()
            if len(group) > 1
        ]
    return notes
