"""The fonts of paper and pictures: those that the settings name, and which characters they can write.

Paper has no second chance: a browser finds another font for a letter, a printed box stays a box. So it is known before
whether a text can be written.
"""

# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false
# fontTools is not typed.

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Any, Final

import typst
from data_access.settings import settings
from fontTools.ttLib import TTFont

from reports.errors import FontError

PACKAGE: Final = "fonts-noto-cjk"
"""Debian's package of the font that the settings name by default."""

BREAK: Final = "\u200b"
"""Where a line may be broken within a word; it has no width and no picture."""

JOIN: Final = "\u2060"
"""Where it may not be broken."""

_LONG_WORD: Final = re.compile(r"[!-,./-\u024f]{24}(?=[!-,./-\u024f])")  # of Latin letters; Chinese breaks anywhere
_LINES: Final = frozenset("\n\t")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
_SIGN: Final = re.compile(r"[+\u2212](?=[^\s\d])")  # of "+¥12 k", which is one word
_SPACE: Final = 0.25
_MEETS_LATIN: Final = re.compile(r"(?<=[\u2e80-\u9fff])(?=[0-9A-Za-z+%])|(?<=[0-9A-Za-z%])(?=[\u2e80-\u9fff])")
"""Where a Chinese character and a Latin one meet, a little room stands between them."""

_REGULAR: Final = 400
_COMMON: Final = 0xFFFF
"""The last letter of everyday use, Chinese included; those beyond are found in a name or two."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts of this machine, and those of them that paper is set in.

    Attributes:
        families: Names, the one that is tried first first.
        advance: Width of each character that they can write, in the text's size.
        found: What typst searches.
    """

    families: tuple[str, ...]
    advance: Mapping[int, float]
    found: typst.Fonts

    def written(self, text: str) -> str:
        """The text as these fonts can write it; markup stays what it is.

        A symbol that none of them has, or a letter of the rarest kind, is written by its number: "U+1F600". A thin
        space becomes a plain one, and marks without a picture go.

        Raises:
            FontError: they lack a letter, so that words would not be readable.
        """
        if self.advance.keys() >= set(map(ord, text)):  # nearly all text: nothing is to be looked at sign by sign
            return text
        return "".join(
            character if ord(character) in self.advance or character in _LINES else self._instead(character)
            for character in text
        )

    def set(self, text: str) -> str:
        """The text for a line that may be narrow: as `written`, and a word too long for any column may be broken.

        Raises:
            FontError: as `written`.
        """
        broken = _LONG_WORD.sub(lambda word: f"{word[0]}{BREAK}", self.written(text))
        return _SIGN.sub(lambda sign: f"{sign[0]}{JOIN}", broken)

    def width(self, text: str) -> float:
        """How wide a line of text is, in its own size."""
        met = len(_MEETS_LATIN.findall(text))
        return sum(map(self.advance.get, map(ord, text), repeat(_SPACE))) + met * _SPACE

    def _instead(self, character: str) -> str:
        kind = unicodedata.category(character)
        if kind == "Zs":
            return "\u00a0"
        if kind in _UNSEEN:
            return ""
        if kind.startswith("L") and ord(character) <= _COMMON:
            raise FontError(
                f"The font {' or '.join(self.families)} has no {character!r} ({_number(character)}), which the report "
                "needs. Nothing was written, because a box would stand in its place. Name a font that has it in the "
                f"setting `paper_fonts` (Debian brings one for Chinese with {PACKAGE})."
            )
        return _number(character)


@cache
def fonts() -> Fonts:
    """The fonts that the settings name, as this machine has them.

    Raises:
        FontError: it has none of them.
    """
    wanted, found = settings().paper_fonts, typst.Fonts()
    regular = {font.family: font for font in found.fonts() if font.weight == _REGULAR and font.style == "normal"}
    families = tuple(family for family in wanted if family in regular)
    if not families:
        raise FontError(
            f"This machine has no font {' or '.join(wanted)}, in which reports are set. Nothing was written. Install "
            f"it (Debian and Ubuntu: apt-get install {PACKAGE}), or name another in the setting `paper_fonts`."
        )
    advance: dict[int, float] = {}
    for family in reversed(families):
        if path := regular[family].path:
            advance |= _advance(path, regular[family].index)
    return Fonts(families, advance, found)


@cache
def missing() -> str:
    """Why this machine can write no report; empty where it can."""
    try:
        fonts()
    except FontError as error:
        return str(error)
    return ""


def _advance(path: str, index: int) -> dict[int, float]:
    """Width of each character of a font file, in the text's size."""
    with TTFont(path, fontNumber=index, lazy=True) as font:
        head: Any = font["head"]
        widths, glyphs = font["hmtx"].metrics, font.getBestCmap() or {}
        return {code: widths[glyph][0] / head.unitsPerEm for code, glyph in glyphs.items()}


def _number(character: str) -> str:
    return f"U+{ord(character):04X}"
