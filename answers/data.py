"""Can I trust this, what does it mean?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd
from data_access import dictionary
from data_access.dictionary import Entry
from data_access.loading import notes, reasons
from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.settings import Settings, settings
from metrics.catalogue import METRICS, Metric

from answers import examples
from answers.examples import Examples
from answers.kept import kept

_COLUMNS: Final[Mapping[str, str]] = {
    "contacted": "contacted_at",
    "participa": "participated_at",
    "converted": "converted_at",
    "sales": "sales_amount",
    "contribution": "contribution_amount",
    "net_new": "net_new_amount",
    "baseline": "baseline_amount",
}
"""Column of `campaign_member` by the part of a measure's name that tells it."""


@dataclass(frozen=True, eq=False)
class Silent:
    """A table without a row, or a column without a value, and the metrics that cannot be told without it."""

    table: str
    column: str  # empty: the whole table
    metrics: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Data:
    """What this version holds.

    Attributes:
        version: Its row of ``warehouse_version``, in a frame of one row.
        tables: Last day, rows, refused and flagged, by table; the counts are missing for who sees a part of the table.
        recorded: Columns with at least one value, by table.
        files: Files it was built from; only those of public tables for who does not see the whole bank.
        rejections: Why rows of the last load were refused, causes first, and with ``remedy`` what to do about it; as
            `files`.
        notes: What the last load noticed: template and values of each remark; none for who sees a part of the bank.
        silent: What is missing and which metrics that silences, whole tables first.
        lacking: Tables and columns that a metric lacks, by its key; only metrics that lack some.
        contract: Meaning of each table of the contract.
        dictionary: Columns of each table of the contract.
        examples: What the metrics of one campaign are in these data.
        rules: The settings of this process, those of the bank's own rules among them.
        currency: Of amounts.
        as_of: Last day of the data.
        whole_bank: Whether the reader sees all of it.
    """

    version: pd.DataFrame
    tables: pd.DataFrame
    recorded: Mapping[str, frozenset[str]]
    files: pd.DataFrame
    rejections: pd.DataFrame
    notes: tuple[tuple[str, Mapping[str, object]], ...]
    silent: tuple[Silent, ...]
    lacking: Mapping[str, tuple[str, ...]]
    contract: Mapping[str, str]
    dictionary: Mapping[str, tuple[Entry, ...]]
    examples: Examples
    rules: Settings
    currency: str
    as_of: date
    whole_bank: bool


@kept
def ask(reader: Reader) -> Data:
    """What the version that is read holds, and what it lacks."""
    tables, columns = data.tables(reader), data.columns(reader)
    recorded = {str(name): frozenset(found) for name, found in columns.groupby("table_name")["column_name"]}
    contract = dictionary.tables()
    empty = set(contract) - set(recorded)
    lacking = {key: found for key, entry in METRICS.items() if (found := _lacks(entry, empty, recorded))}
    wanting = dict.fromkeys([*(name for name in contract if name in empty), *(w for f in lacking.values() for w in f)])
    silent = [Silent(*_parts(want), tuple(key for key, found in lacking.items() if want in found)) for want in wanting]
    version, rejections = data.version(reader), data.rejections(reader)
    return Data(
        version,
        tables,
        recorded,
        data.files(reader),
        _with_remedies(rejections),
        tuple(notes.read(version["note"].fillna("").iloc[0])) if reader.scope.whole_bank else (),
        tuple(silent),
        lacking,
        contract,
        {name: tuple(dictionary.columns(name)) for name in contract},
        examples.ask(reader),
        settings(),
        reader.currency,
        reader.as_of,
        reader.scope.whole_bank,
    )


def _with_remedies(rejections: pd.DataFrame) -> pd.DataFrame:
    """The rejections with what to do about each, the causes before what only follows from them."""
    told = rejections.assign(remedy=[reasons.REMEDY.get(str(template), "") for template in rejections["template"]])
    follows = told["template"].isin(reasons.CONSEQUENCES)
    return pd.concat([told[~follows], told[follows]], ignore_index=True)


def _lacks(entry: Metric, empty: set[str], recorded: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    tables = tuple(name for name in entry.tables if name in empty)
    if tables or "campaign_member" not in entry.tables:
        return tables
    known = recorded.get("campaign_member", frozenset())
    needed = {column for part, column in _COLUMNS.items() for measure in entry.measures if part in measure}
    return tuple(f"campaign_member.{column}" for column in sorted(needed - known))


def _parts(want: str) -> tuple[str, str]:
    table, _, column = want.partition(".")
    return table, column
