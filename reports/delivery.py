"""What people subscribed to, sent when it is due: each under its receiver's rights of that moment, once and only once.

A delivery is written down as begun before its mail leaves, and as sent after the server took it. A program that ends
between the two leaves it in doubt: it is listed, and not sent again until somebody says that it did not arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import quote

from answers.week.week import key as iso_week
from data_access import logs
from data_access.errors import DataError
from data_access.reading.reader import Reader
from data_access.reading.scope import Viewer
from data_access.settings import settings
from data_access.workspace import deliveries, people, subscriptions
from data_access.workspace.deliveries import Delivery, Key, State
from data_access.workspace.subscriptions import Subscribed, Subscription, What
from story import sitemap, words
from story.parts import Story
from story.text import one_line
from story.words import say

from reports import mail, stories, whose
from reports.edition import Edition, edition
from reports.errors import InDoubtError, ReportError
from reports.written import KINDS, write

MOST: Final = 5
"""Runs that try one delivery; after them it is listed and left."""

UNDER_WAY: Final = timedelta(minutes=15)
"""How long another program may be sending before it is taken for one that ended; see `mail.SECONDS`."""

_STORIES: Final[dict[What, Callable[[Reader], Story]]] = {What.WEEK: stories.week, What.SUMMARY: stories.summary}
_MEDIA: Final = {
    "pdf": ("application", "pdf"),
    "pptx": ("application", "vnd.openxmlformats-officedocument.presentationml.presentation"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery in this run.

    Attributes:
        key: Which.
        said: Where its file is, in a run that sends nothing; else why it was not sent, and what to do. Empty: sent.
        well: Whether nobody has to do anything.
    """

    key: Key
    said: str
    well: bool


@dataclass(frozen=True, slots=True)
class _Made:
    edition: Edition
    name: str
    content: bytes


def due_since(wanted: Subscription, now: datetime) -> datetime:
    """The last weekday and hour of a subscription that is not after `now`; both in the machine's local time.

    >>> due_since(Subscription(What.WEEK, 1, 8, "en", "pdf"), datetime(2026, 11, 16, 7, 59))
    datetime.datetime(2026, 11, 9, 8, 0)
    """
    at = datetime.combine(now.date() - timedelta(days=(now.isoweekday() - wanted.weekday) % 7), time(wanted.hour))
    return at if at <= now else at - timedelta(weeks=1)


def deliver(now: datetime) -> Iterator[Outcome]:
    """Send what is due, and say of each what became of it, of failures again with every run.

    Args:
        now: The machine's local time.

    Raises:
        MailError: the settings name no server.
    """
    mail.server()
    workspace = whose.workspace()
    teller = _Teller()
    for one, key in _due(now):
        seen = deliveries.find(workspace, key)
        if seen is None or (seen.state is State.FAILED and seen.attempts < MOST):
            if (outcome := _deliver(one, key, seen, now, teller)) is not None:
                yield outcome
        elif seen.state is State.FAILED:
            yield Outcome(key, f"Given up after {MOST} runs. {seen.last_error}", well=False)
        elif seen.state is State.SENDING and datetime.now(UTC).replace(tzinfo=None) - seen.changed_at > UNDER_WAY:
            yield Outcome(key, _in_doubt(key, seen.last_error), well=False)


def rehearse(now: datetime, folder: Path) -> Iterator[Outcome]:
    """Write what `deliver` would try to send as files instead; nothing is sent, and nothing written down as sent."""
    workspace, teller = whose.workspace(), _Teller()
    for one, key in _due(now):
        seen = deliveries.find(workspace, key)
        if seen is None or (seen.state is State.FAILED and seen.attempts < MOST):
            try:
                made = _make(one, teller)
                path = folder / f"{key.what}_{key.period}_{quote(key.email, safe='@+-_.')}.{one.wanted.format}"
                write(path, made.content)
                logs.record("exported", key.email, file=path.name, version=made.edition.version, by=whose.operator())
                yield Outcome(key, str(path), well=True)
            except (ReportError, DataError, OSError) as error:
                yield Outcome(key, str(error), well=False)


def message_id(key: Key, sender: str) -> str:
    """The identity of a mail: that of one delivery is the same in every attempt, and tells nobody the receiver."""
    digest = sha256(key.email.encode()).hexdigest()[:16]
    return f"<{key.what}.{key.period}.{digest}@{sender.rpartition('@')[2]}>"


class _Teller:
    """Tells each story once to all who follow one another with the same rights: their sheets differ by a name."""

    def __init__(self) -> None:
        self._last: tuple[Hashable, Story] | None = None

    def story(self, what: What, reader: Reader) -> Story:
        """The story of a page in the language that is spoken, as this reader may see it."""
        told_to = what, words.language(), reader.version, _rights(reader.viewer)
        if self._last is None or self._last[0] != told_to:
            self._last = None  # of two stories with their lists at once one would be held for nobody
            self._last = told_to, stories.with_notes(_STORIES[what](reader), reader)
        return self._last[1]


def _rights(viewer: Viewer) -> Hashable:
    return viewer.role, viewer.scope, viewer.may_see_customers


def _due(now: datetime) -> Iterator[tuple[Subscribed, Key]]:
    """What fell due since it was subscribed to, sent or not; those who get the same follow one another."""
    rights = {viewer.email: _rights(viewer) for viewer in people.everyone(whose.workspace())}
    alike: dict[Hashable, list[tuple[Subscribed, Key]]] = {}
    for one in subscriptions.everyone(whose.workspace()):
        at = due_since(one.wanted, now)
        if at > one.since.replace(tzinfo=UTC).astimezone().replace(tzinfo=None):
            same = one.wanted.what, one.wanted.language, rights.get(one.email)
            alike.setdefault(same, []).append((one, Key(one.email, one.wanted.what.value, iso_week(at.date()))))
    return chain.from_iterable(alike.values())


def _deliver(one: Subscribed, key: Key, seen: Delivery | None, now: datetime, teller: _Teller) -> Outcome | None:
    """Send one; None where another program is at it."""
    workspace, made, why = whose.workspace(), None, ""
    try:
        made = _make(one, teller)
    except (ReportError, DataError) as error:
        why = str(error)
    except Exception as error:  # one that cannot be made must not keep the others from being sent
        why = f"The report could not be made. The log has the cause: reference {logs.failure(key.email, error)}."
    if not deliveries.begin(workspace, key, seen):
        return None
    if made is None:
        deliveries.failed(workspace, key, why)
        return Outcome(key, why, well=False)
    try:
        mail.send(_message(made, key, one.wanted.format, now))
    except InDoubtError as error:
        deliveries.doubtful(workspace, key, str(error))
        return Outcome(key, _in_doubt(key, str(error)), well=False)
    except ReportError as error:
        deliveries.failed(workspace, key, str(error))
        return Outcome(key, str(error), well=False)
    deliveries.sent(workspace, key)
    logs.record("delivered", key.email, file=made.name, version=made.edition.version, by=whose.operator())
    return Outcome(key, "", well=True)


def _make(one: Subscribed, teller: _Teller) -> _Made:
    """The report under the rights that its receiver has now, in their language."""
    words.speak(one.wanted.language)
    row = sitemap.row(one.wanted.what.value)
    reader = whose.open_reader(one.email, row)
    told = edition(row, reader, teller.story(one.wanted.what, reader))
    content = KINDS[f".{one.wanted.format}"](told)
    return _Made(told, f"{one.wanted.what.value}_{told.as_of}.{one.wanted.format}", content)


def _message(made: _Made, key: Key, kind: str, now: datetime) -> EmailMessage:
    story, sender = made.edition.story, settings().mail.sender
    message = EmailMessage()
    message["From"], message["To"] = sender, key.email
    message["Subject"] = one_line(f"{made.edition.title}: {story.headline}")
    message["Date"] = format_datetime(now.astimezone())
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"
    ending = say(
        "The whole is attached. You get it because you subscribed; the page {page} is where you change or end that.",
        page=made.edition.title,
    )
    paragraphs = [story.headline, made.edition.facts, *story.findings, made.edition.origin, ending]
    message.set_content("\n\n".join(paragraphs))
    main, sub = _MEDIA[kind]
    message.add_attachment(made.content, maintype=main, subtype=sub, filename=made.name)
    return message


def _in_doubt(key: Key, why: str) -> str:
    sought = message_id(key, settings().mail.sender)
    return (
        f"{why or 'A run ended while it was sending.'} Nobody knows whether the mail left, and it is not sent again by "
        f"itself. Look for {sought} in the mail server's log, or ask the receiver; if it did not arrive: "
        f"python -m reports not-sent {key.email} {key.what} {key.period}"
    )
