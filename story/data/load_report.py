"""What a check or a load did, in the reader's language: the same messages as the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from data_access.errors import DataError, RejectsError
from data_access.loading import reasons, stopped
from data_access.loading.draft import Rejection
from data_access.loading.load import Report
from data_access.versions import Version
from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _

from story import figures, refusal
from story.columns import Column
from story.data import last_load
from story.parts import Block, Table
from story.text import one_line
from story.words import listed, say, say_count, sentences

_STEPS: Final[Mapping[str, str]] = {
    "copying the current version": _("copying the current version"),
    "loading tables": _("loading tables"),
    "counting what is recorded": _("counting what is recorded"),
    "writing tables": _("writing tables"),
}
_WORDS: Final = 20
"""Words of one column that are listed; of more the rest is counted."""


def refused(report: Report) -> int:
    """Rows that were refused, or lost a cell."""
    return sum(result.rejected for result in report.tables)


def headline(report: Report) -> str:
    """What came of it, in a sentence."""
    rows = sum(result.rows for result in report.tables)
    if not report.tables:
        return say("Nothing in these files is new. The warehouse is unchanged.")
    read = say_count("{count} row was read", "{count} rows were read", rows)
    lost = refused(report)
    found = say_count("{count} row was refused", "{count} rows were refused", lost) if lost else say("none was refused")
    if report.version is None:
        return say("{read}, {found}. Nothing was loaded yet.", read=read, found=found)
    return say("{read}, {found}. Version {version} is current.", read=read, found=found, version=report.version.id)


def blocks(report: Report) -> list[Block]:
    """Files, refused rows with what to do, remarks, and the words of open vocabularies."""
    return [*_files(report), *_refused(report.refused), *_remarks(report), *_words(report)]


def step(what: str, done: int, total: int) -> str:
    """A step of long work: "loading tables: 3 of 7"."""
    name = say(_STEPS[what]) if what in _STEPS else one_line(what)
    return say("{step}: {done} of {total}", step=name, done=done, total=total) if total > 1 else name


TOLD: Final = (DataError, *stopped.STOPS)
"""Errors that are told in words; any other is a fault of the program."""


def error(failed: Exception) -> str:
    """Why nothing was done, one of `TOLD`, in the reader's language where the error can be said in it."""
    if isinstance(failed, RejectsError):
        return say("More rows were refused than you accepted. Nothing was loaded. Check the files again.")
    return refusal.why(failed) if isinstance(failed, DataError) else refusal.told(stopped.why(failed))


def versions(history: Sequence[Version]) -> Table:
    """The versions that are kept, the current one first."""
    latest = list(reversed(history))
    columns = (
        Column(say("Version"), [version.id for version in latest]),
        Column(say("Published"), [figures.moment(version.published_at) for version in latest]),
        Column(say("State"), [say("current") if place == 0 else say("before") for place in range(len(latest))]),
    )
    return Table(columns, say("Versions that are kept"), "versions", prose=True)


def _files(report: Report) -> list[Block]:
    if not report.tables:
        return []
    names = [one_line(result.name) for result in report.tables]
    columns = (
        Column(say("File"), [_named(result.name, result.table) for result in report.tables]),
        Column(say("Rows"), np.array([result.rows for result in report.tables], float), Unit.COUNT),
        Column(say("Refused"), np.array([result.rejected for result in report.tables], float), Unit.COUNT),
        Column(say("Flagged"), np.array([result.flagged for result in report.tables], float), Unit.COUNT),
    )
    known = [one_line(name) for name in report.unchanged if one_line(name) not in names]
    after = say("Loaded before, nothing new: {files}.", files=listed(known)) if known else ""
    return [Block(say("Files"), "", Table(columns, say("Files"), "read", prose=True), after=after)]


def _named(file: str, table: str) -> str:
    """A file, and the table that it fills where its name does not say so."""
    name = one_line(file)
    return name if name.partition(".")[0].lower() == table else sentences([name, table])


def _refused(found: Sequence[Rejection]) -> list[Block]:
    if not found:
        return []
    columns = (
        Column(say("Where"), [last_load.place(each.table, each.column, each.file, each.line) for each in found]),
        Column(say("Reason"), [last_load.reason(each.reason, each.template, each.details) for each in found]),
        Column(say("What to do"), [say(reasons.REMEDY.get(each.template, "")) for each in found]),
        Column(say("Rows"), np.array([each.rows for each in found], float), Unit.COUNT),
    )
    caption = say("File and line of the first row of each reason")
    return [Block(say("Why rows were refused"), caption, Table(columns, say("Refused rows"), "not_taken", prose=True))]


def _remarks(report: Report) -> list[Block]:
    told = [refusal.told(remark) for remark in (*report.notes, *report.samples)]
    if not told:
        return []
    table = Table((Column(say("Remark"), told),), say("What the load noticed"), "remarks", prose=True)
    return [Block(say("What the load noticed"), "", table)]


def _words(report: Report) -> list[Block]:
    """Words of open vocabularies: a misspelled channel is seen here first."""
    if not report.words:
        return []
    columns = (
        Column(say("Column"), list(report.words)),
        Column(say("Words"), [_first(words) for words in report.words.values()]),
    )
    table = Table(columns, say("Words of the bank's own"), "words", prose=True)
    return [Block(say("Words of the bank's own"), say("One thing in two spellings would be counted as two"), table)]


def _first(words: Sequence[str]) -> str:
    shown, more = [one_line(word) for word in words[:_WORDS]], len(words) - _WORDS
    return sentences([listed(shown), say_count("{count} more", "{count} more", more) if more > 0 else ""])
