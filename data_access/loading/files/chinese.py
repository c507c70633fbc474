"""Whether bytes that are not UTF-8 are plainly GB18030, or something else that merely decodes.

Nearly any bytes decode as GB18030, so that decoding proves nothing: `Müller` in a Western encoding becomes `M黮ler`.
What a Chinese text is made of proves more: nearly all its signs stand in GB2312, and none for private use.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from data_access.errors import FeedError
from data_access.said import Said, marked

RARE_SHARE = 0.25
"""Share of signs outside GB2312 from which a text is hardly Chinese; names with rare signs stay far below."""

_ADVICE = Said.of(marked("Nothing was loaded. Save it as UTF-8, or declare its encoding in the mapping."))


def examine(name: str, lines: Iterable[bytes]) -> str:
    """A note that names the encoding and shows a word of it.

    Args:
        name: Of the file, for messages.
        lines: Of a file that is not UTF-8.

    Raises:
        FeedError: it is not plainly GB18030.
    """
    plain = rare = 0
    utf8_line = other_line = 0
    sample = odd_sample = ""
    for number, line in enumerate(lines, start=1):
        if line.isascii():
            continue
        try:
            text = line.decode("gb18030")
        except UnicodeDecodeError as error:
            if _is_utf8(line):
                utf8_line = utf8_line or number
                continue
            raise FeedError.of(
                marked("{name} is neither UTF-8 nor GB18030 (line {number:,}: {reason}). {advice}"),
                name=name,
                number=number,
                reason=error.reason,
                advice=_ADVICE,
            ) from error
        signs = [sign for sign in text if ord(sign) > 127]
        odd = sum(not _common(sign) for sign in signs)
        if odd and _is_utf8(line):
            utf8_line = utf8_line or number
            continue
        if private := next((sign for sign in signs if unicodedata.category(sign) in ("Co", "Cn")), ""):
            raise FeedError.of(
                marked(
                    "{name}, line {number:,}: read as GB18030 it holds the sign U+{sign:04X}, which no text "
                    "has. It is in another encoding. {advice}"
                ),
                name=name,
                number=number,
                sign=ord(private),
                advice=_ADVICE,
            )
        other_line = other_line or number
        plain += len(signs) - odd
        rare += odd
        sample = sample or _word(text)
        odd_sample = odd_sample or (_around(text) if odd else "")
    if utf8_line and other_line:
        raise FeedError.of(
            marked("{name} mixes encodings: line {utf8_line:,} is UTF-8 and line {other_line:,} is not. {advice}"),
            name=name,
            utf8_line=utf8_line,
            other_line=other_line,
            advice=_ADVICE,
        )
    if rare > RARE_SHARE * (plain + rare):
        raise FeedError.of(
            marked("{name} is neither UTF-8 nor plainly GB18030, as which it would read {odd_sample!r}. {advice}"),
            name=name,
            odd_sample=odd_sample,
            advice=_ADVICE,
        )
    return Said.of(
        marked(
            "{file}: read as GB18030, in which it says {sample!r}. If that is wrong, declare its encoding in the "
            "mapping."
        ),
        file=name,
        sample=sample,
    )


def _common(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _is_utf8(line: bytes) -> bool:
    try:
        return any(ord(sign) >= 0x80 for sign in line.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _word(text: str) -> str:
    """The first few signs beyond ASCII: a word, not a customer."""
    start = next(i for i, sign in enumerate(text) if ord(sign) > 127)
    end = next((i for i in range(start, len(text)) if ord(text[i]) <= 127), len(text))
    return text[start : min(end, start + 6)]


def _around(text: str) -> str:
    at = next(i for i, sign in enumerate(text) if ord(sign) > 127 and not _common(sign))
    return text[max(0, at - 3) : at + 5]
