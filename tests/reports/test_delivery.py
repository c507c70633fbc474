"""What is due is sent to each under the rights of the moment, once and only once, whatever breaks on the way."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pypdf
import pytest
from tenacity import wait_none

from answers import kept
from data_access.door import access
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.settings import settings
from data_access.workspace import deliveries, people, subscriptions
from data_access.workspace.deliveries import Key, State
from data_access.workspace.subscriptions import Subscription, What
from reports import __main__ as commands
from reports import delivery, mail, stories
from story import words
from story.parts import Story
from tests.reports import mail_server
from tests.reports.told import squeezed

LIN = Viewer("lin@bank.example", "Lin", Role.BRANCH_HEAD, Scope(frozenset({"B001"})), True)
WU = Viewer("wu@bank.example", "Wu", Role.EXECUTIVE, WHOLE_BANK)
MONDAY = datetime(2026, 11, 16, 8, 30)
WEEK = Subscription(What.WEEK, 1, 8, "zh", "pdf")
KEY = Key(LIN.email, "week", "2026-W47")


@pytest.fixture
def box(bank: Callable[..., None], demo_warehouse: Path, monkeypatch: pytest.MonkeyPatch):
    """A mail server, and a bank with a branch head and an executive."""
    with mail_server.started() as mailbox:
        names = {"mail__host": "127.0.0.1", "mail__tls": "none", "mail__sender": "app@bank.example"}
        bank(demo_warehouse, sign_in="oidc", mail__port=str(mailbox.port), **names)
        monkeypatch.setattr(mail, "_WAIT", wait_none())
        kept.forget()
        for person in (LIN, WU):
            people.grant(access.workspace(), person)
        yield mailbox
    words.speak("en")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports of a moment: what they say is not what is tested."""
    monkeypatch.setitem(delivery._STORIES, What.WEEK, lambda reader: Story("A week", ("fact",)))
    monkeypatch.setitem(delivery.KINDS, ".pdf", lambda edition: b"%PDF")


def subscribed(viewer: Viewer, wanted: Subscription = WEEK, since: datetime = MONDAY - timedelta(days=2)) -> None:
    before = subscriptions.now
    subscriptions.now = lambda: since.astimezone(UTC).replace(tzinfo=None)
    try:
        subscriptions.subscribe(access.workspace(), viewer, wanted)
    finally:
        subscriptions.now = before


def ran(now: datetime = MONDAY) -> list[tuple[str, bool]]:
    return [(outcome.key.email, outcome.well) for outcome in delivery.deliver(now)]


def state(key: Key = KEY) -> State | None:
    found = deliveries.find(access.workspace(), key)
    return found.state if found else None


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (datetime(2026, 11, 16, 8), datetime(2026, 11, 16, 8)),
        (datetime(2026, 11, 16, 7, 59, 59), datetime(2026, 11, 9, 8)),
        (datetime(2026, 11, 22, 23, 59), datetime(2026, 11, 16, 8)),
        (datetime(2027, 1, 1, 0), datetime(2026, 12, 28, 8)),
    ],
)
def test_a_subscription_is_due_from_its_hour_on_until_the_next(now: datetime, at: datetime):
    assert delivery.due_since(WEEK, now) == at


def test_each_gets_their_own_under_their_own_rights_in_their_language(box, tmp_path: Path):
    subscribed(LIN)
    subscribed(WU, Subscription(What.SUMMARY, 1, 8, "en", "pptx"))
    assert ran() == [(LIN.email, True), (WU.email, True)]
    (first, week), (second, summary) = box.taken
    assert (first, second) == (LIN.email, WU.email)
    assert week["From"] == "app@bank.example"
    assert week["Subject"].startswith("每周复盘: ")
    (sheet,), (deck,) = week.iter_attachments(), summary.iter_attachments()
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(sheet.get_content())).pages)
    assert squeezed("供Lin（支行行长）使用") in squeezed(text)
    assert deck.get_content()[:2] == b"PK"
    assert (sheet.get_filename(), deck.get_filename()) == ("week_2026-11-15.pdf", "summary_2026-11-15.pptx")
    written = summary.get_body().get_content()
    assert "for Wu (executive)" in written
    assert "the page Summary is where you change or end that" in written
    assert state() is State.SENT
    deeds = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()]
    assert [deed["person"] for deed in deeds if deed["event"] == "delivered"] == [LIN.email, WU.email]


@pytest.mark.usefixtures("short")
def test_nothing_is_sent_twice_in_a_week_and_the_next_week_is_another(box):
    subscribed(LIN)
    for now in (MONDAY, MONDAY + timedelta(hours=1), MONDAY + timedelta(days=6)):
        ran(now)
    assert (len(box.taken), state()) == (1, State.SENT)
    subscribed(LIN, replace(WEEK, weekday=3), since=MONDAY + timedelta(hours=2))
    assert ran(MONDAY + timedelta(days=3)) == []
    assert ran(MONDAY + timedelta(days=10)) == [(LIN.email, True)]
    first, second = (message["Message-ID"] for _, message in box.taken)
    assert first == delivery.message_id(KEY, "app@bank.example")
    assert second == delivery.message_id(replace(KEY, period="2026-W48"), "app@bank.example")
    assert first != second


@pytest.mark.usefixtures("short")
def test_who_subscribes_after_the_hour_waits_for_the_next(box):
    subscribed(LIN, since=MONDAY.replace(hour=8, minute=0))
    assert ran() == []
    subscribed(LIN, since=MONDAY.replace(hour=7, minute=59))
    assert ran() == [(LIN.email, True)]


def test_rights_are_those_of_the_moment(box):
    subscribed(LIN)
    people.revoke(access.workspace(), LIN.email)
    (outcome,) = delivery.deliver(MONDAY)
    assert not outcome.well
    assert "lin@bank.example has no rights here" in outcome.said
    assert (box.taken, state()) == ([], State.FAILED)
    people.grant(access.workspace(), replace(LIN, role=Role.EXECUTIVE, scope=Scope(frozenset({"B002"}))))
    assert ran() == [(LIN.email, True)]
    body = box.taken[0][1].get_body().get_content()
    assert "供Lin（管理层）使用" in squeezed(body)
    assert "湖滨支行" not in body


def test_the_same_rights_are_told_the_same_story_once_and_other_rights_their_own(box, monkeypatch):
    told = []

    def story(reader):
        told.append((words.language(), reader.viewer.role, sorted(reader.scope.branches or ())))
        return Story(f"Story {len(told)}", ())

    monkeypatch.setitem(delivery._STORIES, What.WEEK, story)
    monkeypatch.setitem(delivery.KINDS, ".pdf", lambda edition: edition.reader.encode())
    one, other = Scope(frozenset({"B001"})), Scope(frozenset({"B002"}))
    heads = {
        "a": (Viewer("a@bank.example", "A", Role.BRANCH_HEAD, one, True), "en"),
        "b": (Viewer("b@bank.example", "B", Role.BRANCH_HEAD, one, True), "zh"),  # right behind the same in English
        "c": (Viewer("c@bank.example", "C", Role.BRANCH_HEAD, one, True), "en"),
        "d": (Viewer("d@bank.example", "D", Role.BRANCH_HEAD, other, True), "en"),
        "e": (Viewer("e@bank.example", "E", Role.EXECUTIVE, one, True), "en"),
        "f": (Viewer("f@bank.example", "F", Role.BRANCH_HEAD, one, False), "en"),
    }
    for head, language in heads.values():
        people.grant(access.workspace(), head)
        subscribed(head, replace(WEEK, language=language))
    assert all(well for _, well in ran())
    got = {to[0]: message["Subject"].rpartition(" ")[2] for to, message in box.taken}
    assert got["a"] == got["c"]
    assert len(set(got.values())) == 5
    assert len(told) == 5
    whose = {to[0]: next(message.iter_attachments()).get_content().decode() for to, message in box.taken}
    assert [whose[name].split(" ")[1] for name in "acd"] == ["A", "C", "D"]


@pytest.mark.usefixtures("short")
def test_a_failure_keeps_nobody_else_waiting_and_is_tried_by_the_next_run_five_times_in_all(box):
    subscribed(LIN)
    subscribed(WU)
    box.answers = ["550 unknown at RCPT"]
    assert ran() == [(LIN.email, False), (WU.email, True)]
    for _ in range(delivery.MOST - 1):
        box.answers = ["550 unknown at RCPT"]
        assert ran() == [(LIN.email, False)]
    tried = box.tried
    (last,) = delivery.deliver(MONDAY)
    assert last.said.startswith("Given up after 5 runs. The mail server 127.0.0.1:")
    assert (box.tried, state()) == (tried, State.FAILED)
    assert [receiver for receiver, _ in box.taken] == [WU.email]


@pytest.mark.usefixtures("short")
def test_a_fault_of_the_program_in_one_report_keeps_nobody_else_waiting(box, monkeypatch, caplog):
    subscribed(LIN)
    subscribed(WU)

    def broken(reader):
        if reader.viewer.email == LIN.email:
            raise ZeroDivisionError
        return Story("A week", ())

    monkeypatch.setitem(delivery._STORIES, What.WEEK, broken)
    first, second = delivery.deliver(MONDAY)
    assert "The log has the cause: reference " in first.said
    assert (state(), second.well) == (State.FAILED, True)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.usefixtures("short")
def test_a_program_that_ends_between_sending_and_recording_leaves_a_doubt_and_no_second_mail(box, monkeypatch):
    subscribed(LIN)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deliveries, "sent", killed)
    with pytest.raises(KeyboardInterrupt):
        ran()
    monkeypatch.undo()
    assert (len(box.taken), state()) == (1, State.SENDING)


@pytest.mark.usefixtures("short")
def test_what_is_in_doubt_is_listed_with_what_to_do_and_sent_after_a_word(box, monkeypatch):
    subscribed(LIN)
    box.answers = ["dead"]
    (outcome,) = delivery.deliver(MONDAY)
    said = f"python -m reports not-sent {LIN.email} week 2026-W47"
    assert "went dead" in outcome.said
    assert said in outcome.said
    assert box.taken[0][1]["Message-ID"] in outcome.said
    assert ran() == []  # it may be another program that is at it
    later = datetime.now(UTC) + delivery.UNDER_WAY + timedelta(seconds=5)
    monkeypatch.setattr(delivery, "datetime", SimpleNamespace(now=lambda _: later, combine=datetime.combine))
    (listed,) = delivery.deliver(MONDAY)
    assert not listed.well
    assert said in listed.said
    assert len(box.taken) == 1
    deliveries.not_sent(access.workspace(), KEY)
    monkeypatch.setattr(delivery, "datetime", datetime)
    assert ran() == [(LIN.email, True)]
    first, second = (message["Message-ID"] for _, message in box.taken)
    assert first == second


@pytest.mark.usefixtures("short")
def test_of_two_programs_one_sends(box, monkeypatch):
    subscribed(LIN)
    make = delivery._make

    def overtaken(one, teller):
        if deliveries.begin(access.workspace(), KEY, None):  # the other was quicker
            deliveries.sent(access.workspace(), KEY)
        return make(one, teller)

    monkeypatch.setattr(delivery, "_make", overtaken)
    assert ran() == []
    assert (box.taken, state()) == ([], State.SENT)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """Runs a command on the Monday, and gives its exit code."""

    def command(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["reports", *map(str, arguments)])
        monkeypatch.setattr(commands, "datetime", SimpleNamespace(now=lambda: MONDAY))
        try:
            commands.main()
        except SystemExit as left:
            return int(left.code or 0)
        return 0

    return command


@pytest.mark.usefixtures("short")
def test_the_command_lists_what_failed_and_says_so_by_its_exit_code(box, run, capsys):
    subscribed(LIN)
    subscribed(WU)
    box.answers = ["550 unknown at RCPT"]
    assert run("deliver") == 1
    told = capsys.readouterr()
    assert "week of 2026-W47 to lin@bank.example: NOT SENT. The mail server" in told.err
    assert "week of 2026-W47 to wu@bank.example: sent." in told.out
    assert "1 sent, 1 failed." in told.out
    assert run("deliver") == 0
    assert "1 sent, 0 failed." in capsys.readouterr().out
    assert run("deliver") == 0
    assert "0 sent, 0 failed." in capsys.readouterr().out
    assert run("not-sent", LIN.email, "week", "2026-W47") == 1
    assert "is in doubt. Nothing was changed." in capsys.readouterr().err


@pytest.mark.usefixtures("short")
def test_a_rehearsal_writes_files_for_their_owner_alone_and_nothing_is_sent_or_recorded(
    box, run, monkeypatch, tmp_path
):
    odd = replace(LIN, email="../an'/x@bank.example")
    people.grant(access.workspace(), odd)
    subscribed(LIN)
    subscribed(odd)
    monkeypatch.setenv("BRANCHLIGHT_MAIL__HOST", "")
    settings.cache_clear()
    out = tmp_path / "out"
    assert run("deliver", "--dry-run", out) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "week_2026-W47_..%2Fan%27%2Fx@bank.example.pdf",
        "week_2026-W47_lin@bank.example.pdf",
    ]
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}
    assert (box.taken, state()) == ([], None)
    assert run("deliver") == 1


def test_what_can_be_subscribed_to_and_how_is_what_can_be_told():
    assert set(delivery._STORIES) == set(What)
    assert {What.WEEK: stories.week, What.SUMMARY: stories.summary} == delivery._STORIES
    assert {f".{kind}" for kind in subscriptions.FORMATS} == set(delivery.KINDS) == {f".{k}" for k in delivery._MEDIA}
    assert set(subscriptions.LANGUAGES) == set(words.LANGUAGES)
