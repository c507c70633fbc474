"""Text that comes from data, made fit to stand anywhere: one line of visible characters.

A story is plain text throughout; whoever shows it escapes it once for the medium (`ui.markdown`, a typst template).
"""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})
"""Controls, marks that turn the direction of reading, line separators: a name needs none, and some break charts."""


def one_line(text: str) -> str:
    r"""The text without line breaks and invisible characters.

    >>> one_line("Autumn\u2028deposit\u202e")
    'Autumn deposit'
    """
    return " ".join("".join(" " if unicodedata.category(c) in _UNSEEN else c for c in text).split())
