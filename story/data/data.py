"""The data page: what this version holds, what it lacks and whom that silences, metrics, dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd
from answers import period as answers_period
from answers.data import Data, Silent
from answers.worked import Worked
from data_access.dictionary import Entry
from metrics.catalogue import METRICS, SECTIONS, Metric, Section, Unit
from metrics.catalogue.entry import marked as _
from metrics.estimate import Intervals

from story import figures, period, sitemap
from story.cards import DASH
from story.columns import Column
from story.data import last_load, methods, rules
from story.once import once
from story.parts import Block, Card, Nothing, Story, Table, Views
from story.vocabulary import names
from story.words import listed, say, say_count, sentences

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
    Unit.PER_THOUSAND: _("per 1,000"),
}
_SOURCES = {
    "demo": _("the demo bank, all invented"),
    "feed": _("the bank's feeds"),
    "uci-bank-marketing": _("the public telemarketing data of a Portuguese bank (UCI)"),
    "berka": _("the public data of a Czech bank (Berka)"),
}
_NAMED = 6
"""Silenced metrics that are named; of more the rest is counted."""

_OF_PEOPLE = frozenset({"attainment", "balanced_score"})
"""Metrics that rest on what people of the bank set, not on its data alone."""

DICTIONARY = "dictionary"
"""Of the block whose table is chosen beside it."""

METRICS_NAME = "metrics"
"""Of the block whose examples are worked out after the rest."""


def tell(answer: Data, table: str = "", worked: Worked | None = None) -> Story:
    """What the data hold and mean, in the reader's language, with the dictionary of a table; of the first if empty.

    Args:
        answer: what they hold and mean.
        table: whose dictionary.
        worked: examples beyond those of a campaign.
    """
    return _whole(answer, table, _metrics(answer, worked))


def begun(answer: Data, table: str = "") -> Story:
    """The same while the examples are still being worked out."""
    return _whole(answer, table, _not_yet())


def _not_yet() -> Block:
    return Block(say("Metrics"), "", None, name=METRICS_NAME)


def _whole(answer: Data, table: str, metrics: Block) -> Story:
    chosen = table or next(iter(answer.contract))
    block = Block(say("Data dictionary"), say(answer.contract[chosen]), dictionary(answer, chosen), name=DICTIONARY)
    told = _told(answer)
    rows = tuple((metrics,) if row[0].name == METRICS_NAME else row for row in told.rows)
    return replace(told, rows=(*rows, (block,)))


@once
def _told(answer: Data) -> Story:
    row = answer.version.iloc[0]
    return Story(
        _headline(answer),
        (
            say("version {id}", id=row["version_id"]),
            say("published {moment}", moment=figures.moment(row["built_at"])),
            say("from {source}", source=say(_SOURCES.get(str(row["source"]), str(row["source"])))),
        ),
        (),
        tuple(_cards(answer)),
        (
            (_silent(answer),),
            (_holdings(answer),),
            *last_load.blocks(answer),
            (_not_yet(),),
            (methods.block(),),
            (rules.block(answer),),
        ),
    )


@once
def dictionary(answer: Data, table: str) -> Table:
    """The columns of a table: meaning, unit, vocabulary, and whether this version records them."""
    known, entries = answer.recorded.get(table, frozenset()), answer.dictionary[table]
    columns = (
        Column(say("Column"), [entry.column for entry in entries]),
        Column(say("Meaning"), [say(entry.meaning) for entry in entries]),
        Column(say("Unit"), [say(entry.unit) for entry in entries]),
        Column(say("In a feed"), [_in_feed(entry) for entry in entries]),
        Column(
            say("In this data"), [say("yes") if entry.column in known else say("not recorded") for entry in entries]
        ),
    )
    return Table(columns, say("Columns of {table}", table=table), f"dictionary_{table}", prose=True)


def _headline(answer: Data) -> str:
    """Whether the data can be trusted, in one sentence."""
    missing = sum(not silent.column for silent in answer.silent)
    gaps = (
        say_count("{count} table is empty", "{count} tables are empty", missing)
        if missing
        else say("no table is empty")
    )
    if not answer.whole_bank:
        return say("Data up to {day}: {gaps}", day=figures.day(answer.as_of), gaps=gaps)
    refused = int(answer.tables["rejected"].sum())
    refusals = (
        say_count("{count} row was refused", "{count} rows were refused", refused)
        if refused
        else say("no row was refused")
    )
    return say("Data up to {day}: {refusals}, {gaps}", day=figures.day(answer.as_of), refusals=refusals, gaps=gaps)


def _cards(answer: Data) -> list[Card]:
    """How much there is."""
    filled = _filled(answer)

    def summed(column: str) -> str:
        return figures.number(float(answer.tables[column].sum())) if answer.whole_bank else DASH

    def rest(words: str) -> str:
        return words if answer.whole_bank else say("of all branches: not shown here")

    return [
        Card(say("Rows"), summed("rows"), rest(say("in {n} tables", n=len(filled))), say("Rows of all tables.")),
        Card(
            say("Tables filled"),
            figures.number(len(filled)),
            say("of {n} in the contract", n=len(answer.contract)),
            say("Tables of the data contract with at least one row."),
        ),
        Card(
            say("Refused"), summed("rejected"), rest(say("by the last load")), say("Rows that the last load refused.")
        ),
        Card(
            say("Flagged"), summed("flagged"), rest(say("kept and marked")), say("Rows kept although something is odd.")
        ),
        Card(
            say("Files"),
            figures.number(len(answer.files)) if answer.whole_bank else DASH,
            rest(say("in this version")),
            say("Feed files that this version was built from, each known by its hash."),
        ),
    ]


def _filled(answer: Data) -> pd.DataFrame:
    """Tables of the contract with a row."""
    return answer.tables[answer.tables["table_name"].isin(list(answer.recorded))]


def _silent(answer: Data) -> Block:
    """Tables and columns without a value, and what cannot be told without them."""
    heading = say("What is missing, and what cannot be shown for it")
    caption = say("A page without its tables says so; a metric without its table is not recorded, which is never 0")
    if not answer.silent:
        return Block(heading, caption, Nothing(say("Every table and every column that a metric needs has values.")))
    columns = (
        Column(say("Missing"), [f"{s.table}.{s.column}" if s.column else s.table for s in answer.silent]),
        Column(say("Meaning"), [_meaning(answer, s) for s in answer.silent]),
        Column(say("Cannot be shown"), [_silences(s) for s in answer.silent]),
    )
    return Block(heading, caption, Table(columns, say("What is missing"), "missing", prose=True))


def _meaning(answer: Data, silent: Silent) -> str:
    if not silent.column:
        return say(answer.contract[silent.table])
    return next(say(entry.meaning) for entry in answer.dictionary[silent.table] if entry.column == silent.column)


def _silences(silent: Silent) -> str:
    pages = [] if silent.column else [say(row.title) for row in sitemap.silenced_by(silent.table)]
    named = [say(METRICS[key].name) for key in silent.metrics[:_NAMED]]
    more = len(silent.metrics) - len(named)
    rest = [say_count("{count} more metric", "{count} more metrics", more)] if more else []
    return sentences([listed(pages), listed([*named, *rest])]) or say("nothing that is shown yet")


def _holdings(answer: Data) -> Block:
    """Every table with rows: how many, how many refused, and what of it is not recorded."""
    filled = _filled(answer)
    of_bank = "" if answer.whole_bank else say("not shown")
    lacking = [
        listed(
            entry.column
            for entry in answer.dictionary.get(name, ())
            if entry.column not in answer.recorded.get(name, frozenset())
        )
        for name in filled["table_name"]
    ]
    columns = (
        Column(say("Table"), list(filled["table_name"])),
        *(
            Column(say(name), filled[column].to_numpy(float), Unit.COUNT, missing=of_bank)
            for name, column in ((_("Rows"), "rows"), (_("Refused"), "rejected"), (_("Flagged"), "flagged"))
        ),
        Column(say("Covered to"), ["" if pd.isna(value) else figures.day(value.date()) for value in filled["as_of"]]),
        Column(say("Last changed"), [last_load.moment(value) for value in filled["loaded_at"]]),
        Column(say("Columns not recorded"), lacking),
    )
    caption = [say("Rows refused and flagged by the last load · columns without a single value are not recorded")]
    if not answer.whole_bank:
        caption.append(say("how many rows of all branches there are is shown to those who see the whole bank"))
    return Block(
        say("What this version holds"),
        sentences(caption),
        Table(columns, say("Tables of this version"), "held"),
    )


@once
def _metrics(answer: Data, worked: Worked | None) -> Block:
    """The metrics by section: name, formula, unit, what one of the denominator is, and whether the data have it."""
    shown = [section for section in Section if SECTIONS.get(section)]
    worked = worked or Worked.nothing()
    numbers = {**answer.examples.numbers, **worked.numbers}
    views = Views(
        "section",
        say("Section"),
        {section.value: say(_SECTIONS[section]) for section in shown},
        {section.value: _section(answer, section, numbers) for section in shown},
    )
    caption = [say("Each metric once: two metrics with different denominators have two names")]
    if subjects := list(_subjects(answer, worked)):
        caption.append(say("examples: {subjects}", subjects=listed(subjects)))
    return Block(say("Metrics"), sentences(caption), views, name=METRICS_NAME)


def _subjects(answer: Data, worked: Worked) -> Iterator[str]:
    """What the examples are of."""
    if answer.examples.name:
        yield names([answer.examples.name])[0]
    if worked.months and worked.ended is not None:
        yield say_count(
            "moves over {count} month to {month}",
            "moves over {count} months to {month}",
            worked.months,
            month=figures.month(worked.ended),
        )
    if worked.branch:
        looked_at = period.named(answers_period.named(worked.year))
        yield say("the staff of {branch}, {period}", branch=names([worked.branch])[0], period=looked_at)
    if worked.monday is not None:
        yield say("the week of {day}", day=figures.day(worked.monday))


def _section(answer: Data, section: Section, numbers: Mapping[str, Intervals]) -> Table:
    entries = SECTIONS[section]
    columns = (
        Column(say("Metric"), [say(entry.name) for entry in entries]),
        # A column more, and a phone would cut the numbers.
        Column(
            say("Formula, unit, what is counted"),
            [sentences([say(entry.formula), _counted(entry)]) for entry in entries],
        ),
        Column(say("In this data"), [_in_this_data(answer, entry, numbers) for entry in entries]),
    )
    return Table(columns, say("Metrics: {section}", section=say(_SECTIONS[section])), f"metrics_{section}", prose=True)


def _in_this_data(answer: Data, entry: Metric, numbers: Mapping[str, Intervals]) -> str:
    """What it is in these data; what it lacks; or that nothing is worked out, and from what it would be."""
    if lacking := answer.lacking.get(entry.key, ()):
        return say("not recorded: {tables}", tables=listed(lacking))
    if entry.key in numbers:
        return _example(numbers[entry.key], entry, answer.currency)
    if entry.key in _OF_PEOPLE:
        return say("rests on what people set: targets and weights, on People")
    return say("no example here, from {tables}", tables=listed(entry.tables))


def _example(numbers: Intervals, entry: Metric, currency: str) -> str:
    """A number worked out: "1,204 of 10,000 = 12.0 (11.4–12.7) %"."""
    n = float(numbers.n[0])
    (result,) = Column("", numbers, (entry.unit,), signed=bool(entry.compares)).texts(currency)
    if entry.unit is Unit.SHARE and entry.denominator and numbers.method != "counted":
        counted = figures.number(round(float(numbers.estimate[0]) * n))
        return say("{part} of {n} = {result}", part=counted, n=figures.number(n), result=result)
    return result if entry.unit is Unit.COUNT else sentences([result, say("n = {n}", n=figures.number(n))])


def _counted(entry: Metric) -> str:
    """In one column, so that a phone has room for the formula."""
    return sentences([say(_UNITS[entry.unit]), say(entry.grain)])


def _in_feed(entry: Entry) -> str:
    if entry.derived:
        return say("filled while loading")
    need = say("required") if entry.required else say("optional")
    refers = say("key of {table}", table=entry.refers) if entry.refers else ""
    return sentences([need, refers, " | ".join(entry.words)])
