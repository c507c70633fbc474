"""The two logs of a process: who did what (audit), and what failed. Each entry has a time, a person and a reference.

The audit is a file of JSON lines that its owner alone may read, or the standard error stream; one line a deed::

    {"time": "2026-11-25T09:30:00.123+00:00", "event": "exported", "person": "lin@bank.example",
     "reference": "4F0C21B7", "file": "campaigns.csv"}

Every line is written by one call at the end of the file, so that several processes may share it and a tool may rotate
it. Failures go to the standard error stream. Passwords in addresses are masked in both.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import sys
from datetime import UTC, datetime
from functools import cache
from getpass import getuser
from pathlib import Path
from socket import gethostname

from typing_extensions import override

from data_access.private import open_private, private_folder
from data_access.settings import settings

STREAM = "-"
"""The setting `audit_log` that means the standard error stream."""

_ALL = logging.getLogger("branchlight")
_AUDIT = logging.getLogger("branchlight.audit")
_FAILURES = logging.getLogger("branchlight.failures")
_SECRET = re.compile(
    r"(://[^:/@\s]*:)[^\s/]*(?=@)"  # postgresql://user:password@host
    r"|(\b(?:password|passwd|pgpassword|client_secret|cookie_secret)\b[\"']?\s*[=:]\s*[\"']?)[^\s&\"',)]+",
    re.IGNORECASE,
)


def record(event: str, person: str, **facts: str) -> str:
    """Write a deed into the audit: what (`exported`), who, and its facts; returns its reference."""
    set_up()
    reference = new_reference()
    _AUDIT.info(event, extra={"deed": {"event": event, "person": person, "reference": reference, **facts}})
    return reference


def failure(person: str, error: Exception) -> str:
    """Log what failed, with its trace; returns the reference to show."""
    set_up()
    reference = new_reference()
    _FAILURES.error("Reference %s, person %s", reference, person or "nobody", exc_info=error)
    return reference


def operator() -> str:
    """Whose deed a command is: whoever is signed in to this machine."""
    try:
        name = getuser()
    except (OSError, KeyError):  # a container may run as a number that nobody gave a name
        name = f"user {os.getuid()}"
    return f"{name} on {gethostname()}"


def new_reference() -> str:
    """A new reference: eight hexadecimal digits."""
    return secrets.token_hex(4).upper()


def masked(text: str) -> str:
    """The text without passwords.

    >>> masked("postgresql://lin:s3cret@db/bank?password=s3cret is down")
    'postgresql://lin:***@db/bank?password=*** is down'
    """
    return _SECRET.sub(lambda found: f"{found[1] or found[2]}***", text)


@cache
def set_up() -> None:
    """Give both logs of this process somewhere to write to."""
    stream = logging.StreamHandler()
    stream.setLevel(logging.WARNING)
    stream.setFormatter(_Masked("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    _ALL.addHandler(stream)
    _AUDIT.setLevel(logging.INFO)
    _AUDIT.addHandler(_Audit())


class _Masked(logging.Formatter):
    @override
    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class _Audit(logging.Handler):
    @override
    def emit(self, record: logging.LogRecord) -> None:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = masked(json.dumps({"time": time, **vars(record)["deed"]})) + "\n"
        place = settings().audit_log
        if place != STREAM:
            try:
                _append(Path(place), line)
            except OSError as error:
                sys.stderr.write(f"The audit log {place} cannot be written ({error.strerror}); its line follows.\n")
            else:
                return
        sys.stderr.write(line)


def _append(path: Path, line: str) -> None:
    private_folder(path.parent)
    descriptor = open_private(path)
    try:
        os.write(descriptor, line.encode("utf-8", "backslashreplace"))
    finally:
        os.close(descriptor)
