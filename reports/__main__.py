"""The command line of the reports: ``python -m reports COMMAND --out FILE``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from answers.compare.choice import ALL, Choice
from answers.compare.offered import EVERY
from data_access import logs
from data_access.errors import DataError
from data_access.reading.reader import Reader
from data_access.workspace import deliveries
from data_access.workspace.subscriptions import What
from rich.console import Console
from story import sitemap, words
from story.parts import Story

from reports import delivery, stories, whose
from reports.edition import edition
from reports.errors import ReportError
from reports.written import kind, write

TOLD = (ReportError, DataError)
"""Errors that end a command in words; any other is a fault of the program, and goes to its log."""

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
    _report("campaign", lambda reader: stories.campaign(reader, identifier, branch), out, language, person)


@app.command()
def campaigns(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    chosen: Annotated[str, typer.Option("--period", help="A period as the page's address spells it; else all.")] = "",
    branch: Branch = "",
) -> None:
    """All campaigns of a period: what ran, what did it bring, which are not yet judged?"""
    _report("campaigns", lambda reader: stories.campaigns(reader, chosen, branch), out, language, person)


@app.command()
def compare(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    campaign: Annotated[str, typer.Option(help="Identifier of a campaign, or programme-2026; else the latest.")] = "",
    arm: Annotated[str, typer.Option("--arm", help="One of its arms; else all that were not held out.")] = EVERY,
    against: Annotated[str, typer.Option(help="control, another arm, or another campaign; else its control.")] = "",
    who: Annotated[str, typer.Option(help="Customers, as the page's address spells them, such as tier-wealth.")] = ALL,
    swap: Annotated[bool, typer.Option("--swap", help="Tell it from the other side.")] = False,
    branch: Branch = "",
) -> None:
    """Did A beat B, or A its control, and does it pay?"""
    choice = Choice(campaign, arm, against, who, branch=branch)
    _report("compare", lambda reader: stories.comparison(reader, choice, swap=swap), out, language, person)


@app.command()
def loop(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    chosen: Annotated[str, typer.Option("--period", help="A period as the page's address spells it; else all.")] = "",
    campaign: Annotated[str, typer.Option(help="The campaign that is evaluated; else the most urgent.")] = "",
) -> None:
    """What did we learn, what is still open, how good are our forecasts?"""
    _report("loop", lambda reader: stories.loop(reader, chosen, campaign), out, language, person)


@app.command()
def people(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    chosen: Annotated[str, typer.Option("--period", help="Such as 2026 or 2026-Q3; else what the page offers.")] = "",
    branch: Branch = "",
    staff: Annotated[str, typer.Option("--staff", help="One of them alone: their identifier.")] = "",
) -> None:
    """Who does well, with what evidence, who can learn from whom? Or one person: what was expected of them, and why?"""
    page = "person" if staff else "people"
    _report(page, lambda reader: stories.people(reader, chosen, branch, staff), out, language, person)


@app.command()
def plan(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    identifier: Annotated[str, typer.Option("--plan", help="A saved plan, as its address names it.")] = "",
    scenario: Annotated[int, typer.Option(help="Which of its scenarios, from 1.")] = 1,
) -> None:
    """If we do this, what happens, and could we tell?"""
    _report("plan", lambda reader: stories.plan(reader, identifier, scenario), out, language, person)


@app.command()
def running(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    campaign: Annotated[str, typer.Option(help="The campaign that is looked at; else the most urgent.")] = "",
    branch: Branch = "",
) -> None:
    """Are we where we said, what must change today?"""
    _report("running", lambda reader: stories.running(reader, campaign, branch), out, language, person)


@app.command()
def tiers(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    months: Annotated[int, typer.Option(help="Between start and end, such as 3 or 12.")] = 3,
    by_assets: Annotated[bool, typer.Option("--by-assets", help="Tiers by assets alone.")] = False,
    branch: Branch = "",
) -> None:
    """Who rises, who slips, what is it worth?"""
    _report("tiers", lambda reader: stories.tiers(reader, months, by_assets, branch), out, language, person)


@app.command()
def summary(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    chosen: Annotated[str, typer.Option("--period", help="Such as 2026-Q3 or 2026-10; else the last quarter.")] = "",
    branch: Branch = "",
) -> None:
    """How are we doing, what changed, why, what needs me?"""
    _report("summary", lambda reader: stories.summary(reader, chosen, branch), out, language, person)


@app.command()
def week(
    out: Out,
    language: InLanguage = Language.ENGLISH,
    person: Person = "",
    chosen: Annotated[str, typer.Option("--week", help="ISO week such as 2026-W46; else the last complete one.")] = "",
    branch: Branch = "",
) -> None:
    """What happened in a week, is it signal, what to do?"""
    _report("week", lambda reader: stories.week(reader, chosen, branch), out, language, person)


@app.command()
def deliver(
    dry_run: Annotated[
        Path | None, typer.Option("--dry-run", help="Send nothing: write what is due into this folder.")
    ] = None,
) -> None:
    """Send what people subscribed to and is due, each once; failures are listed, and the exit code is 1."""
    now = datetime.now()
    done, failed = 0, 0
    for outcome in delivery.rehearse(now, dry_run) if dry_run else delivery.deliver(now):
        done, failed = done + outcome.well, failed + (not outcome.well)
        place, said = (console, outcome.said or "sent.") if outcome.well else (errors, f"NOT SENT. {outcome.said}")
        what = f"{outcome.key.what} of {outcome.key.period} to {outcome.key.email}: {said}"
        place.print(what, markup=False, highlight=False, soft_wrap=True)
    console.print(f"{done} {'written' if dry_run else 'sent'}, {failed} failed.", highlight=False)
    if failed:
        raise typer.Exit(1)


@app.command()
def not_sent(
    email: Annotated[str, typer.Argument(help="Receiver.")],
    what: Annotated[What, typer.Argument(help="What was due.")],
    period: Annotated[str, typer.Argument(help="Week in which it was due, such as 2026-W46.")],
) -> None:
    """Say of a delivery in doubt that it did not arrive: the next run sends it."""
    deliveries.not_sent(whose.workspace(), deliveries.Key(email, what.value, period))
    console.print("The next run of deliver sends it.", highlight=False)


def _report(key: str, tell: Callable[[Reader], Story], out: Path, language: str, person: str) -> None:
    """Make one report under a person's rights, and write down who took what along."""
    make, row = kind(out), sitemap.row(key)
    words.speak(language)
    reader = whose.open_reader(person, row)
    try:
        write(out, make(edition(row, reader, stories.with_notes(tell(reader), reader))))
    except OSError as error:
        raise ReportError(
            f"{error.filename or out}: {error.strerror}. No file was written. "
            "Name a file that may be written with --out."
        ) from error
    logs.record("exported", reader.viewer.email, file=out.name, version=reader.version, by=whose.operator())
    console.print(f"{out} was written.", markup=False, highlight=False, soft_wrap=True)


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
