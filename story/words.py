"""Words in the reader's language: English in the source, Simplified Chinese from a gettext catalogue.

A run of the app speaks one language, set once by `speak`. Text is written where it is shown: ``say("Cost")``;
text that is stated before the language is known (a row of a table at import) is `marked` and said later.
The catalogue is read from its ``.po`` file, so that there is nothing to compile.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "zh": "中文"}
"""Languages by the code that stands in the URL, each named in itself."""

LOCALES = {"en": "en", "zh": "zh_CN"}
# By name Babel would look for it among all locales at every number and date, thirty times the work of writing one.
_PARSED = {code: Locale.parse(name) for code, name in LOCALES.items()}
CATALOGUES = Path(__file__).parent.parent / "locale"

_BETWEEN_CHARACTERS = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_SPOKEN: ContextVar[str] = ContextVar("language", default="en")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def speak(code: str) -> None:
    """Sets the language of this run.

    Raises:
        KeyError: the code is not one of `LANGUAGES`.
    """
    LANGUAGES[code]
    _SPOKEN.set(code)


def language() -> str:
    """The code of the language of this run."""
    return _SPOKEN.get()


def locale() -> Locale:
    """What Babel knows of the language of this run."""
    return _PARSED[language()]


def preferred(browser_locale: str | None) -> str:
    """The language for a browser's locale: Chinese for any kind of Chinese, otherwise English.

    >>> preferred("zh-TW"), preferred("de-DE"), preferred(None)
    ('zh', 'en', 'en')
    """
    return "zh" if (browser_locale or "").lower().startswith("zh") else "en"


def say(message: str, **values: object) -> str:
    """The message in the language of this run, with its ``{placeholders}`` filled."""
    spoken = _translations(language()).gettext(message) if message else ""
    return spoken.format(**values) if values else spoken


def say_count(one: str, many: str, count: int, **values: object) -> str:
    """One of two messages by grammatical number. ``{count}`` is the number, with thousands separators."""
    spoken = _translations(language()).ngettext(one, many, count)
    return spoken.format(count=f"{count:,}", **values)


def listed(parts: Iterable[str]) -> str:
    """Clauses in a row: commas in English, enumeration commas in Chinese."""
    return {"en": ", ", "zh": "、"}[language()].join(parts)


def sentences(parts: Iterable[str]) -> str:
    """Statements of a caption in a row, set apart by a middle dot; empty ones left out."""
    return " · ".join(part for part in parts if part)


def prose(told: Iterable[str]) -> str:
    """Whole sentences, one after the other: with a space between them in English, without one in Chinese."""
    return {"en": " ", "zh": ""}[language()].join(sentence for sentence in told if sentence)


def closed(text: str) -> str:
    """The text of a message without spaces between Chinese characters, which another filled in may bring there.

    >>> closed("常见 不超过 371")
    '常见不超过 371'
    """
    return _BETWEEN_CHARACTERS.sub("", text)


def number_word(count: int) -> str:
    """A small number as a word where the language writes it so: "nine" in English, "9" in Chinese.

    >>> number_word(9), number_word(24)
    ('nine', '24')
    """
    if language() == "en" and 0 <= count < len(_NUMBERS):
        return _NUMBERS[count]
    return f"{count:,}"


def opened(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


@cache
def _translations(code: str) -> gettext.NullTranslations:
    path = CATALOGUES / LOCALES[code] / "LC_MESSAGES" / "branchlight.po"
    if code == "en":
        return gettext.NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=LOCALES[code])
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
