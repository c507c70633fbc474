"""What people write: kept as they wrote it, as long as every database and every font can keep it."""

from __future__ import annotations

import unicodedata

from data_access.errors import WorkspaceError
from data_access.said import Said, marked

LONGEST = 2_000
"""Signs of one text."""

_LINE_SIGNS = frozenset("\n\t")


def checked(what: str, text: str) -> str:
    """The text without space around it.

    It is data: whoever shows it escapes it like a name from a feed.

    Args:
        what: Its name in messages, marked for translation: "A note".
        text: As it was typed.

    Raises:
        WorkspaceError: it is empty or too long, or holds signs that are no text.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise WorkspaceError.of(marked("{what} needs a text. Nothing was saved. Write one."), what=Said.of(what))
    if len(text) > LONGEST:
        raise WorkspaceError.of(
            marked("{what} has at most {most:,} signs, and this one has {n:,}. Nothing was saved. Shorten it."),
            what=Said.of(what),
            most=LONGEST,
            n=len(text),
        )
    odd = next((sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs") and sign not in _LINE_SIGNS), "")
    if odd:
        raise WorkspaceError.of(
            marked(
                "{what} holds the sign U+{code:04X}, which is no text. Nothing was saved. Take it out; it often comes "
                "along when text is copied from another program."
            ),
            what=Said.of(what),
            code=ord(odd),
        )
    return text
