"""The command line of the reports: ``python -m reports COMMAND --out FILE``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from answers import campaign as campaign_answer
from answers import campaigns as campaigns_answer
from answers import period, to_do
from answers import summary as summary_answer
from answers import week as week_answer
from data_access import logs
from data_access.errors import DataError
from data_access.reading.reader import Reader
from rich.console import Console
from story import campaign as campaign_story
from story import campaigns as campaigns_story
from story import sitemap, words
from story import summary as summary_story
from story import week as week_story
from story.parts import Story

from reports import whose
from reports.edition import edition
from reports.errors import NothingError, ReportError
from reports.written import kind, write

TOLD = (ReportError, DataError)
"""Errors that end a command in words; any other is a fault of the program, and goes to its log."""

LISTED = 8
"""Rows of what to do that have room on the page of a week though each takes two lines."""

app = typer.Typer(help="Stories as PDF and slides.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console()
errors = Console(stderr=True)


class Language(StrEnum):
    """A language that a story is told in, by its code."""

    ENGLISH = "en"
    CHINESE = "zh"


Out = Annotated[Path, typer.Option("--out", help="File to write: .pdf, or .pptx for slides.")]
InLanguage = Annotated[Language, typer.Option("--language", help="Language of the report.")]
Person = Annotated[str, typer.Option("--person", help="Whose rights: their address. On the demo bank optional.")]
Branch = Annotated[str, typer.Option("--branch", help="Only this branch's customers: its identifier.")]


@app.callback()
def reports() -> None:
    """Stories as PDF and slides."""


@app.command()
def campaign(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Identifier of the campaign.")],
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    branch: Branch = "",
) -> None:
    """One campaign: what did it bring, against what, at what cost?"""
    _report("campaign", lambda reader: _campaign(reader, identifier, branch), out, language, person)


@app.command()
def campaigns(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    chosen: Annotated[str, typer.Option("--period", help="A period as the page's address spells it; else all.")] = "",
    branch: Branch = "",
) -> None:
    """All campaigns of a period: what ran, what did it bring, which are not yet judged?"""
    _report("campaigns", lambda reader: _campaigns(reader, chosen, branch), out, language, person)


@app.command()
def summary(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    chosen: Annotated[str, typer.Option("--period", help="Such as 2026-Q3 or 2026-10; else the last quarter.")] = "",
    branch: Branch = "",
) -> None:
    """How are we doing, what changed, why, what needs me?"""
    _report("summary", lambda reader: _summary(reader, chosen, branch), out, language, person)


@app.command()
def week(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    chosen: Annotated[str, typer.Option("--week", help="ISO week such as 2026-W46; else the last complete one.")] = "",
    branch: Branch = "",
) -> None:
    """What happened in a week, is it signal, what to do?"""
    _report("week", lambda reader: _week(reader, chosen, branch), out, language, person)


def _report(key: str, tell: Callable[[Reader], Story], out: Path, language: str, person: str) -> None:
    """Make one report under a person's rights, and write down who took what along."""
    make, row = kind(out), sitemap.row(key)
    words.speak(language)
    reader = whose.open_reader(person, row)
    try:
        write(out, make(edition(row, reader, tell(reader))))
    except OSError as error:
        raise ReportError(
            f"{error.filename or out}: {error.strerror}. No file was written. "
            "Name a file that may be written with --out."
        ) from error
    logs.record("exported", reader.viewer.email, file=out.name, version=reader.version, by=whose.operator())
    console.print(f"{out} was written.", markup=False, highlight=False, soft_wrap=True)


def _campaign(reader: Reader, identifier: str, branch: str) -> Story:
    _must_be_seen(reader, branch)
    answer = campaign_answer.ask(reader, identifier, branch)
    if isinstance(answer, campaign_answer.NotSeen):
        known = list(campaigns_answer.ask(reader, campaigns_answer.Choice(branch=branch)).listed["campaign_id"])
        raise NothingError(
            f"The campaign {identifier} is not in these data, or had no customer whom {reader.viewer.email} may see. "
            f"No file was written. {_near(identifier, known)}"
        )
    return campaign_story.tell(answer)


def _campaigns(reader: Reader, chosen: str, branch: str) -> Story:
    _must_be_seen(reader, branch)
    _must_be_offered(chosen, (period.ALL, *campaigns_answer.offered(reader).periods))
    choice = campaigns_answer.Choice(period=chosen or period.ALL, branch=branch)
    return campaigns_story.tell(campaigns_answer.ask(reader, choice))


def _summary(reader: Reader, chosen: str, branch: str) -> Story:
    _must_be_seen(reader, branch)
    offered = summary_answer.offered(reader)
    _must_be_offered(chosen, offered)
    return summary_story.tell(summary_answer.ask(reader, summary_answer.Choice(chosen or offered[0], branch=branch)))


def _week(reader: Reader, chosen: str, branch: str) -> Story:
    _must_be_seen(reader, branch)
    _must_be_offered(chosen, week_answer.offered(reader), "week")
    answer = week_answer.ask(reader, week_answer.Choice(chosen, branch))
    return week_story.sheet(answer, to_do.ask(reader, answer.listed_on, branch, size=LISTED))


def _must_be_offered(chosen: str, offered: Sequence[str], what: str = "period") -> None:
    if chosen and chosen not in offered:
        raise NothingError(
            f"There is no {what} {chosen} in these data. No file was written. Choose one of {', '.join(offered)}."
        )


def _must_be_seen(reader: Reader, branch: str) -> None:
    known = list(campaigns_answer.branch_names(reader))
    if branch and branch not in known:
        raise NothingError(
            f"The branch {branch} is not in these data, or {reader.viewer.email} may not see it. "
            f"No file was written. {_near(branch, known)}"
        )


def _near(wanted: str, known: list[str]) -> str:
    near = get_close_matches(wanted, known, n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else f"There are {len(known)}, such as {', '.join(known[:3])}."


def main() -> None:
    """Run a command; what goes wrong is said in words, and the exit code is 1."""
    try:
        app()
    except TOLD as error:
        said = str(error)
    except Exception as error:  # the outermost frame: a trace belongs in the log, with passwords masked
        reference = logs.failure(whose.operator(), error)
        said = f"The report could not be made. No file was written. The log has the cause: reference {reference}."
    else:
        return
    errors.print(f"Error: {said}", markup=False, highlight=False, style="red", soft_wrap=True)
    sys.stdout.flush()
    raise SystemExit(1)


if __name__ == "__main__":
    main()
