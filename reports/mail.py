"""Mail by the server that the settings name. Whether it took a mail is known, or it is said that nobody knows.

The password stands in the environment (``BRANCHLIGHT_MAIL_PASSWORD``) or in ``.streamlit/secrets.toml`` as
``[mail] password``, never in the settings.
"""

from __future__ import annotations

import os
import tomllib
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path
from smtplib import SMTP, SMTP_SSL, SMTPDataError, SMTPResponseException
from ssl import SSLCertVerificationError, create_default_context
from typing import Final

from data_access.settings import MailServer, settings
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from reports.errors import InDoubtError, MailError

PASSWORD: Final = "BRANCHLIGHT_MAIL_PASSWORD"  # noqa: S105 - where it stands
SECRETS: Final = Path(".streamlit/secrets.toml")
TRIES: Final = 3
SECONDS: Final = 30.0
"""How long the server may take for one answer."""

_WAIT: Final = wait_exponential_jitter(multiplier=2.0, max=30.0)
_TAKEN: Final = frozenset({250, 251})
_LATER: Final = range(400, 500)
"""Answers by which a server says: not now."""


def server() -> MailServer:
    """The server that the settings name.

    Raises:
        MailError: they name none, or would send a password that everybody can read.
    """
    named = settings().mail
    if not named.host or "@" not in named.sender:
        raise MailError(
            "No mail can be sent: the settings name no server (`mail.host`) or no address that mail comes from "
            "(`mail.sender`). Nothing was sent. Name both in branchlight.toml, or by BRANCHLIGHT_MAIL__HOST and "
            "BRANCHLIGHT_MAIL__SENDER; docs/delivery.md shows how."
        )
    if named.user and named.tls == "none":
        raise MailError(
            "The settings name somebody who signs in to the mail server (`mail.user`) over a line without encryption "
            "(`mail.tls` is none), where everybody could read the password. Nothing was sent. Set `mail.tls` to "
            "starttls or implicit."
        )
    return named


def send(message: EmailMessage) -> None:
    """Hand a mail to the server; what it cannot take now is tried again, three times in all.

    Raises:
        MailError: it was certainly not taken.
        InDoubtError: the line went dead before the server said whether it takes the mail.
    """
    named = server()
    again = Retrying(stop=stop_after_attempt(TRIES), wait=_WAIT, retry=retry_if_exception(_may_pass), reraise=True)
    again(_hand_over, message, named)


def _hand_over(message: EmailMessage, named: MailServer) -> None:
    try:
        line = _connected(named)
    except (OSError, UnicodeError) as error:  # a name or password that is not ASCII has no way through
        raise _not_taken(named, error) from error
    try:
        try:
            for code, said in (line.mail(named.sender), line.rcpt(str(message["To"]))):
                if code not in _TAKEN:
                    raise SMTPResponseException(code, said)
        except (OSError, UnicodeError) as error:
            raise _not_taken(named, error) from error
        try:
            code, said = line.data(message.as_bytes(policy=WIRE))
        except SMTPDataError as error:
            raise _not_taken(named, error) from error
        except OSError as error:
            raise InDoubtError(
                f"The line to the mail server {named.host}:{named.port} went dead ({error}) before it said whether it "
                "takes the mail."
            ) from error
        if code not in _TAKEN:
            error = SMTPResponseException(code, said)
            raise _not_taken(named, error) from error
        with suppress(OSError):  # it has the mail; how the line ends does not matter
            line.quit()
    finally:
        line.close()


def _connected(named: MailServer) -> SMTP:
    """A line to the server on which one may speak."""
    if named.tls == "implicit":
        line: SMTP = SMTP_SSL(named.host, named.port, timeout=SECONDS, context=create_default_context())
    else:
        line = SMTP(named.host, named.port, timeout=SECONDS)
    try:
        if named.tls == "starttls":
            line.starttls(context=create_default_context())
        line.ehlo_or_helo_if_needed()
        if named.user:
            line.login(named.user, _password())
    except BaseException:
        line.close()
        raise
    return line


def _password() -> str:
    if given := os.environ.get(PASSWORD):
        return given
    try:
        return str(tomllib.loads(SECRETS.read_text("utf-8"))["mail"]["password"])
    except (OSError, KeyError, TypeError, ValueError):
        raise MailError(
            f"There is no password for the mail server. Nothing was sent. Set {PASSWORD}, or write it into {SECRETS} "
            "as password below [mail]."
        ) from None


def _not_taken(named: MailServer, error: Exception) -> MailError:
    said = error.smtp_error if isinstance(error, SMTPResponseException) else str(error)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    code = f"{error.smtp_code} " if isinstance(error, SMTPResponseException) else ""
    return MailError(
        f"The mail server {named.host}:{named.port} did not take it: {code}{text or type(error).__name__}. It was not "
        "sent. Mend what the server says, the receiver's address or the settings `mail`; the next run tries again."
    )


def _may_pass(error: BaseException) -> bool:
    """Whether the same mail may be taken in a moment."""
    why = error.__cause__ if isinstance(error, MailError) else None
    if isinstance(why, SMTPResponseException):
        return why.smtp_code in _LATER
    return isinstance(why, OSError) and not isinstance(why, SSLCertVerificationError)
