"""The data page's tables: what this version holds, what it lacks and whom that silences, metrics, dictionary."""

from __future__ import annotations

import pandas as pd
from data_access import dictionary
from data_access.reader import Reader
from metrics.catalogue import SECTIONS, Section, Unit
from metrics.catalogue.entry import marked as _

from ui import figures, sitemap
from ui.card import Card
from ui.table import Column
from ui.words import listed, say, say_count, sentences

_SECTIONS = {
    Section.CAMPAIGN: _("Campaign"),
    Section.RETURN: _("Return"),
    Section.COMPARISON: _("Comparison"),
    Section.SATISFACTION: _("Satisfaction"),
    Section.STAFF: _("Staff"),
    Section.TIER: _("Tiers"),
    Section.WEEK: _("Week"),
}
_UNITS = {
    Unit.SHARE: _("%"),
    Unit.POINTS: _("points"),
    Unit.MONEY: _("amount"),
    Unit.RATIO: _("ratio"),
    Unit.SCORE: _("points of the scale"),
    Unit.COUNT: _("count"),
    Unit.DAYS: _("days"),
    Unit.MONTHS: _("months"),
    Unit.PER_THOUSAND: _("per 1,000"),
}
_SOURCES = {
    "demo": _("the demo bank, all invented"),
    "feed": _("the bank's feeds"),
    "uci-bank-marketing": _("the public telemarketing data of a Portuguese bank (UCI)"),
    "berka": _("the public data of a Czech bank (Berka)"),
}


def headline(reader: Reader, tables: pd.DataFrame) -> str:
    """Whether the data can be trusted, in one sentence."""
    refused = int(tables["rejected"].sum())
    missing = len(_missing(tables))
    gaps = (
        say_count("{count} table is empty", "{count} tables are empty", missing)
        if missing
        else say("no table is empty")
    )
    refusals = (
        say_count("{count} row was refused", "{count} rows were refused", refused)
        if refused
        else say("no row was refused")
    )
    return say("Data up to {day}: {refusals}, {gaps}", day=figures.day(reader.as_of), refusals=refusals, gaps=gaps)


def facts(version: pd.DataFrame) -> list[str]:
    """Where the version comes from."""
    row = version.iloc[0]
    return [
        say("version {id}", id=row["version_id"]),
        say("published {moment}", moment=figures.moment(row["built_at"])),
        say("from {source}", source=say(_SOURCES.get(str(row["source"]), str(row["source"])))),
    ]


def cards(tables: pd.DataFrame, files: pd.DataFrame) -> list[Card]:
    """How much there is."""
    filled = tables[tables["rows"] > 0]
    return [
        _count(say("Rows"), tables["rows"], say("in {n} tables", n=len(filled)), say("Rows of all tables.")),
        Card(
            say("Tables filled"),
            figures.number(len(filled)),
            say("of {n} in the contract", n=len(dictionary.tables())),
            say("Tables of the data contract with at least one row."),
        ),
        _count(say("Refused"), tables["rejected"], say("by the last load"), say("Rows that the last load refused.")),
        _count(say("Flagged"), tables["flagged"], say("kept and marked"), say("Rows kept although something is odd.")),
        Card(
            say("Files"),
            figures.number(len(files)),
            say("in this version"),
            say("Feed files that this version was built from, each known by its hash."),
        ),
    ]


def _count(name: str, values: pd.Series, rests_on: str, definition: str) -> Card:
    return Card(name, figures.number(float(values.sum())), rests_on, definition)


def _missing(tables: pd.DataFrame) -> list[str]:
    rows = dict(zip(tables["table_name"], tables["rows"], strict=True))
    return [name for name in dictionary.tables() if not rows.get(name, 0)]


def missing(tables: pd.DataFrame) -> list[Column]:
    """Tables without a row, and the pages that have nothing to say without them; no column if there is none."""
    names = _missing(tables)
    if not names:
        return []
    return [
        Column(say("Table"), names),
        Column(say("Meaning"), [say(dictionary.tables()[name]) for name in names]),
        Column(say("Pages it silences"), [_pages(name) for name in names]),
    ]


def _pages(table: str) -> str:
    return listed(say(row.title) for row in sitemap.silenced_by(table)) or say("none yet")


def holdings(tables: pd.DataFrame, recorded: pd.DataFrame) -> list[Column]:
    """Every table with rows: how many, how many refused, and what of it is not recorded."""
    filled = tables[tables["rows"] > 0]
    known = recorded.groupby("table_name")["column_name"].agg(set).to_dict()
    lacking = [
        listed(entry.column for entry in dictionary.columns(name) if entry.column not in known.get(name, set()))
        if name in dictionary.tables()
        else ""
        for name in filled["table_name"]
    ]
    return [
        Column(say("Table"), list(filled["table_name"])),
        Column(say("Rows"), filled["rows"].to_numpy(float), Unit.COUNT),
        Column(say("Refused"), filled["rejected"].to_numpy(float), Unit.COUNT),
        Column(say("Flagged"), filled["flagged"].to_numpy(float), Unit.COUNT),
        Column(say("Last changed"), [_moment(value) for value in filled["loaded_at"]]),
        Column(say("Columns not recorded"), lacking),
    ]


def _moment(value: pd.Timestamp) -> str:
    return "" if pd.isna(value) else figures.moment(value.to_pydatetime())


def refusals(rejections: pd.DataFrame) -> list[Column]:
    """Why rows of the last load were refused."""
    return [
        Column(say("Table"), list(rejections["table_name"])),
        Column(say("Column"), list(rejections["column_name"])),
        Column(say("Reason"), list(rejections["reason"])),
        Column(say("Rows"), rejections["rows"].to_numpy(float), Unit.COUNT),
    ]


def loaded(files: pd.DataFrame) -> list[Column]:
    """The files of this version, the last one first."""
    return [
        Column(say("File"), list(files["name"])),
        Column(say("Table"), list(files["table_name"])),
        Column(say("Rows"), files["rows"].to_numpy(float), Unit.COUNT),
        Column(say("Refused"), files["rejected"].to_numpy(float), Unit.COUNT),
        Column(say("Encoding"), [str(value) if isinstance(value, str) else "" for value in files["encoding"]]),
        Column(say("Loaded"), [_moment(value) for value in files["loaded_at"]]),
        Column(say("Hash"), [str(value)[:12] for value in files["sha256"]]),
    ]


def metrics(section: Section, reader: Reader) -> list[Column]:
    """The metrics of a section: name, formula, unit, what one of the denominator is, and whether the data has it."""
    entries = SECTIONS[section]
    lacking = [[table for table in entry.tables if not reader.has(table)] for entry in entries]
    return [
        Column(say("Metric"), [say(entry.name) for entry in entries]),
        Column(say("Formula"), [say(entry.formula) for entry in entries]),
        Column(say("Unit"), [say(_UNITS[entry.unit]) for entry in entries]),
        Column(say("One of the denominator"), [say(entry.grain) for entry in entries]),
        Column(
            say("In this data"),
            [
                say("not recorded: {tables}", tables=listed(tables)) if tables else listed(entry.tables)
                for tables, entry in zip(lacking, entries, strict=True)
            ],
        ),
    ]


def sections() -> dict[str, str]:
    """The sections of the metric catalogue that hold metrics, in words."""
    return {section.value: say(_SECTIONS[section]) for section in Section if SECTIONS.get(section)}


def table_names() -> dict[str, str]:
    """The tables of the contract, each with its name as feeds know it."""
    return {name: name for name in dictionary.tables()}


def meaning(table: str) -> str:
    """What a table holds."""
    return say(dictionary.tables()[table])


def dictionary_of(table: str, recorded: pd.DataFrame) -> list[Column]:
    """The columns of a table: meaning, unit, vocabulary, and whether this version records them."""
    known = set(recorded.loc[recorded["table_name"].eq(table), "column_name"])
    entries = dictionary.columns(table)
    return [
        Column(say("Column"), [entry.column for entry in entries]),
        Column(say("Meaning"), [say(entry.meaning) for entry in entries]),
        Column(say("Unit"), [say(entry.unit) for entry in entries]),
        Column(say("In a feed"), [_in_feed(entry) for entry in entries]),
        Column(
            say("In this data"), [say("yes") if entry.column in known else say("not recorded") for entry in entries]
        ),
    ]


def _in_feed(entry: dictionary.Entry) -> str:
    if entry.derived:
        return say("filled while loading")
    need = say("required") if entry.required else say("optional")
    refers = say("key of {table}", table=entry.refers) if entry.refers else ""
    return sentences([need, refers, " | ".join(entry.words)])
