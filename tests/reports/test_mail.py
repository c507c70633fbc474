"""Mail to a real server: on an encrypted line, with its password, tried again where that helps, in doubt said so."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from tenacity import wait_none

from data_access.settings import settings
from reports import mail
from reports.errors import InDoubtError, MailError
from tests.reports import mail_server


def letter(to: str = "lin@bank.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "app@bank.example", to, "每周复盘"
    message.set_content("平常的一周")
    return message


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(mail, "_WAIT", wait_none())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(mail.PASSWORD, raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch):
    def name(**values: object) -> None:
        chosen = {"host": "127.0.0.1", "tls": "none", "sender": "app@bank.example", **values}
        for key, value in chosen.items():
            monkeypatch.setenv(f"BRANCHLIGHT_MAIL__{key.upper()}", str(value))
        settings.cache_clear()

    return name


def test_a_mail_arrives_as_it_was_written(named):
    with mail_server.started() as box:
        named(port=box.port)
        mail.send(letter())
    ((receiver, message),) = box.taken
    assert (receiver, message["Subject"]) == ("lin@bank.example", "每周复盘")
    assert message.get_content().strip() == "平常的一周"


@pytest.mark.parametrize("answer", ["450 busy at RCPT", "451 try later"])
def test_what_the_server_cannot_take_now_is_tried_again(named, answer: str):
    with mail_server.started() as box:
        named(port=box.port)
        box.answers = [answer] * 2
        mail.send(letter())
        assert (len(box.taken), box.tried) == (1, 3)
        box.answers = [answer] * 3
        with pytest.raises(MailError, match=r"did not take it: 45\d .*\. It was not sent\. Mend"):
            mail.send(letter())
        assert (len(box.taken), box.tried) == (1, 6)


@pytest.mark.parametrize("answer", ["550 no such person at RCPT", "554 we do not want it"])
def test_what_the_server_will_never_take_is_tried_once(named, answer: str):
    with mail_server.started() as box:
        named(port=box.port)
        box.answers = [answer]
        with pytest.raises(MailError, match=answer):
            mail.send(letter())
        assert (box.taken, box.tried) == ([], 1)


def test_a_line_that_goes_dead_after_the_mail_leaves_a_doubt_and_is_not_tried_again(named):
    with mail_server.started() as box:
        named(port=box.port)
        box.answers = ["dead"]
        with pytest.raises(InDoubtError, match=r"went dead .* before it said whether"):
            mail.send(letter())
        assert (len(box.taken), box.tried) == (1, 1)


def test_no_server_at_the_address_is_said_after_three_tries(named, monkeypatch: pytest.MonkeyPatch):
    port = mail_server.free_port()
    named(port=port)
    tried: list[int] = []
    connected = mail._connected
    monkeypatch.setattr(mail, "_connected", lambda server: tried.append(1) or connected(server))
    with pytest.raises(MailError, match=rf"127\.0\.0\.1:{port} did not take it: .*refused"):
        mail.send(letter())
    assert len(tried) == 3


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_an_encrypted_line_is_to_a_server_that_is_known(named, tmp_path: Path, monkeypatch, tls: str):
    context, known = mail_server.signed(tmp_path)
    options = {"tls_context": context} if tls == "starttls" else {"ssl_context": context}
    with mail_server.started(**options) as box:
        named(port=box.port, tls=tls)
        with pytest.raises(MailError, match="certificate"):
            mail.send(letter())
        assert box.taken == []
        monkeypatch.setenv("SSL_CERT_FILE", str(known))
        mail.send(letter())
    assert len(box.taken) == 1


def test_starttls_is_not_given_up_where_the_server_does_not_offer_it(named):
    with mail_server.started() as box:
        named(port=box.port, tls="starttls")
        with pytest.raises(MailError, match="STARTTLS"):
            mail.send(letter())
    assert box.taken == []


@pytest.mark.parametrize("place", ["environment", "secrets"])
def test_the_password_stands_in_the_environment_or_the_secrets(named, tmp_path: Path, monkeypatch, place: str):
    context, known = mail_server.signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(known))
    options = {"tls_context": context, "authenticator": mail_server.admits("app", "pa ss"), "auth_required": True}
    with mail_server.started(**options) as box:
        named(port=box.port, tls="starttls", user="app")
        with pytest.raises(MailError, match=r"no password for the mail server.*BRANCHLIGHT_MAIL_PASSWORD"):
            mail.send(letter())
        if place == "environment":
            monkeypatch.setenv(mail.PASSWORD, "hunter2")
            with pytest.raises(MailError, match="535") as refused:
                mail.send(letter())
            assert "hunter2" not in str(refused.value)
            monkeypatch.setenv(mail.PASSWORD, "pä ss")
            with pytest.raises(MailError, match=r"did not take it: .*ascii"):
                mail.send(letter())
            monkeypatch.setenv(mail.PASSWORD, "pa ss")
        else:
            (tmp_path / ".streamlit").mkdir()
            (tmp_path / mail.SECRETS).write_text('[mail]\npassword = "pa ss"\n', "utf-8")
        mail.send(letter())
    assert len(box.taken) == 1


@pytest.mark.parametrize("missing", [{"host": ""}, {"sender": ""}])
def test_a_server_that_is_not_named_is_asked_for(named, missing):
    named(**missing)
    with pytest.raises(MailError, match=r"BRANCHLIGHT_MAIL__HOST.*docs/delivery\.md"):
        mail.send(letter())


def test_a_password_is_not_sent_over_an_open_line(named):
    named(user="app", tls="none")
    with pytest.raises(MailError, match=r"Set `mail\.tls` to starttls"):
        mail.send(letter())


def test_an_address_that_no_server_can_read_is_not_sent(named):
    with mail_server.started() as box:
        named(port=box.port)
        with pytest.raises(MailError, match="did not take it"):
            mail.send(letter("林@bank.example"))
    assert box.taken == []
