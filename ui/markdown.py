"""The one door for text on its way to the screen: Streamlit reads most of it as Markdown, and a story is plain text."""

from __future__ import annotations

import re
from typing import Final

_JOINER: Final = "\N{WORD JOINER}"
_MARKS: Final = re.compile(r"([\\`*_~\[\]$<>&#|!])")
_LINE: Final = re.compile(r"^(\s*\d*)([-+=.)])(?=\s|$|-|=)")
# What is made into a link, an icon or a colour after the marks were read, so that a backslash does not stop it; and a
# sign before a currency's symbol, which would be left alone at the end of a line.
_LATE: Final = re.compile(r"(:(?=[\w/+-])|@(?=\w)|\bwww(?=\.)|[+\N{MINUS SIGN}](?=[^\d\s]))", re.IGNORECASE)


def plain(text: str) -> str:
    r"""The text as it is, whatever it holds: no link, image, formula, icon or heading comes of it.

    >>> plain("[x](http://y) :red[z] $a$")
    '\\[x\\](http:\u2060//y) :\u2060red\\[z\\] \\$a\\$'
    """
    one_line = " ".join(text.splitlines())
    escaped = _LINE.sub(r"\1\\\2", _MARKS.sub(r"\\\1", one_line))
    return _LATE.sub(rf"\1{_JOINER}", escaped)
