"""What the last load refused, noticed and read: the reasons and remarks of the loader in the reader's language."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from answers.data import Data
from metrics.catalogue import Unit

from story import figures, refusal
from story.columns import Column
from story.parts import Block, Nothing, Table
from story.text import one_line
from story.words import say, say_count, sentences

_LISTED = 50
"""Reasons and remarks that are listed; of more the rest is counted."""


def blocks(answer: Data) -> list[tuple[Block]]:
    """Refused rows by reason, remarks, and files: each the width of the page."""
    return [(_refusals(answer),), *_notes(answer), *_files(answer)]


def moment(value: pd.Timestamp) -> str:
    """When something was loaded; empty where it never was."""
    return "" if pd.isna(value) else figures.moment(value.to_pydatetime())


def _refusals(answer: Data) -> Block:
    """Why rows of the last load were refused, and what to do about it."""
    heading, rejections = say("Why rows were refused"), answer.rejections
    if not answer.whole_bank and rejections.empty:
        hidden = say("Refused rows of all branches are shown to those who see the whole bank.")
        return Block(heading, "", Nothing(hidden))
    if rejections.empty:
        return Block(heading, "", Nothing(say("The last load refused no row.")))
    first = rejections.head(_LISTED)
    columns = (
        Column(say("Where"), [_place(row) for row in first.itertuples()]),
        Column(say("Reason"), [_reason(row) for row in first.itertuples()]),
        Column(say("What to do"), [say(remedy) for remedy in first["remedy"]]),
        Column(say("Rows"), first["rows"].to_numpy(float), Unit.COUNT),
    )
    return Block(
        heading,
        say("File and line of the first row of each reason · the refused values are in the file that the load named"),
        Table(columns, say("Refused rows"), "refused", prose=True),
        after=_more(len(rejections)),
    )


def place(table: str, column: str, file: str, line: float | None) -> str:
    """Column, and file and line of the first row; where a file is older than these, the column alone."""
    where = f"{table}.{column}" if column else table
    if not file:
        return where
    name = one_line(file)
    stands = name if line is None else say("{file}, line {line}", file=name, line=figures.number(line))
    return sentences([where, stands])


def reason(text: str, template: str, details: str) -> str:
    """A reason in the reader's language; one that a version kept as text only, as it was written."""
    return refusal.filled(template, json.loads(details) if details else {}) if template else one_line(text)


def _place(row: Any) -> str:
    line = None if pd.isna(row.line) else float(row.line)
    return place(row.table_name, row.column_name, row.file if isinstance(row.file, str) else "", line)


def _reason(row: Any) -> str:
    return reason(str(row.reason), row.template if isinstance(row.template, str) else "", row.details or "")


def _more(found: int) -> str:
    """How many do not stand in a list that is cut."""
    left = found - _LISTED
    return say_count("{count} more is not listed.", "{count} more are not listed.", left) if left > 0 else ""


def _notes(answer: Data) -> list[tuple[Block]]:
    """What the last load noticed and kept; the demo bank's only says what its source says already."""
    if not answer.notes or answer.version["source"].iloc[0] == "demo":
        return []
    told = [refusal.filled(template, values) for template, values in answer.notes[:_LISTED]]
    table = Table((Column(say("Remark"), told),), say("What the load noticed"), "noticed", prose=True)
    return [(Block(say("What the load noticed"), "", table, after=_more(len(answer.notes))),)]


def _files(answer: Data) -> list[tuple[Block]]:
    """The files of this version, the last one first."""
    files = answer.files
    if files.empty:
        return []
    columns = (
        Column(say("File"), [one_line(str(name)) for name in files["name"]]),
        Column(say("Table"), list(files["table_name"])),
        Column(say("Rows"), files["rows"].to_numpy(float), Unit.COUNT),
        Column(say("Refused"), files["rejected"].to_numpy(float), Unit.COUNT),
        Column(say("Encoding"), [str(value) if isinstance(value, str) else "" for value in files["encoding"]]),
        Column(say("Loaded"), [moment(value) for value in files["loaded_at"]]),
        Column(say("Hash"), [str(value)[:12] for value in files["sha256"]]),
    )
    table = Table(columns, say("Files of this version"), "files")
    return [(Block(say("Files of this version"), "", table),)]
