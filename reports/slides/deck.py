"""A story as a deck: its finding with facts and cards first, then a slide for each finding with its evidence."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# python-pptx is not typed.

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from data_access.settings import settings
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt
from story.chart.theme import LIGHT
from story.parts import Block, Card, Chart, Claims, Handwriting, Nothing, Table, Views
from story.words import language, say, sentences

from reports import picture
from reports.edition import Edition
from reports.slides import chart, markup, reading, template
from reports.slides.still import still

LINES: Final = 13
"""Lines of a table's rows on one slide; a cell that is broken takes several."""

MOST_ROWS: Final = 28
"""Rows of a table that a deck shows; the rest stands in the PDF and on the page."""

MOST_COLUMNS: Final = 7
"""Columns beyond which the text of a table is set smaller."""

_NO_STYLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # the format's own name of "No Style, No Grid"
_WIDEST: Final = 40.0
_BESIDE: Final = 2.0  # characters of a cell's margins
_WORD: Final = re.compile(r"[!-\u024f\u2010-\u2027\u202a-\u205f]+")  # nothing between is a place to break a line
_LONGEST_WORD: Final = 12.0
_WIDER: Final = 1.15  # of digits and capitals, against a letter
_TITLE_ROOM: Final = 32.0  # characters of a title in one line
_VALUE_ROOM: Final = 5.0  # characters of a card's value in one line of its largest size
_ACROSS: Final = 70.0  # characters of 12 points in the width of a slide
_ACROSS_SMALL: Final = 86.0  # of 10 points
_GAP: Final = Inches(0.1)
_ROW: Final = Inches(0.3)
_MARGIN: Final = Inches(0.6)
_PROPERTY: Final = 255  # characters that a property of the file takes
_LINE: Final = Inches(0.4)
_SPOKEN: Final = {"en": MSO_LANGUAGE_ID.ENGLISH_UK, "zh": MSO_LANGUAGE_ID.SIMPLIFIED_CHINESE}


def pptx(edition: Edition) -> bytes:
    """The edition as a presentation, in the language that is spoken.

    Raises:
        TemplateError: the template that the settings name cannot be used.
        FontError: a chart has no native form, and this machine no font to draw it.
    """
    deck = _Deck(edition)
    deck.opening()
    for block in (block for row in edition.story.rows for block in row if not isinstance(block.shown, Handwriting)):
        for part, page in _pages(block, edition.story.currency):
            deck.finding(part, page)
    return deck.saved()


@dataclass(frozen=True, slots=True)
class Page:
    """As much of a table as one slide shows.

    Attributes:
        alt: What the table holds.
        header: One text a column.
        right: Whether a column holds numbers.
        widths: Of the columns, relative to one another; the same on all pages of a table.
        rows: Its cells as text.
    """

    alt: str
    header: tuple[str, ...]
    right: tuple[bool, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


class _Deck:
    """The slides that were made so far."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._file, self._layout = template.opened(settings().slides_template)
        properties = self._file.core_properties
        properties.author = "Branchlight"
        properties.title, properties.subject = edition.story.headline[:_PROPERTY], edition.facts[:_PROPERTY]
        properties.language = {"en": "en-GB", "zh": "zh-CN"}[language()]
        properties.last_modified_by, properties.revision = "Branchlight", 1

    def opening(self) -> None:
        """The headline, what it rests on, the cards, further findings."""
        story = self._edition.story
        slide, top = self._slide(story.headline, self._edition.facts)
        if story.cards:
            self._cards(slide, story.cards, top)
            top += Inches(1.9)
        if story.findings:
            box = slide.shapes.add_textbox(*self._body(top))
            self._write(box.text_frame, [*story.findings], Pt(16))
        self._origin(slide)

    def finding(self, block: Block, page: Page | None) -> None:
        """One finding: its chart, native where a slide can draw it, or a page of its table, or why there is neither."""
        shown = block.shown
        slide, top = self._slide(block.heading or (page.alt if page else ""), block.caption)
        below = int(_LINE * _lines(block.after, _ACROSS)) if block.after else 0
        box = self._body(top, below)
        if isinstance(shown, Chart):
            self._chart(slide, shown, box)
        elif page is not None:
            self._table(slide, page, box)
        elif isinstance(shown, Claims):
            said = [say("{topic} {sentence}", topic=one.topic, sentence=one.sentence) for one in shown.claims]
            self._write(slide.shapes.add_textbox(*box).text_frame, said, Pt(16))
        elif isinstance(shown, Nothing):
            frame = slide.shapes.add_textbox(*box).text_frame
            self._write(frame, [text for text in shown.printed if text], Pt(16))
        if block.after:
            place = (box[0], box[1] + box[3], box[2], below)
            self._write(slide.shapes.add_textbox(*place).text_frame, [block.after], Pt(12))
        self._origin(slide)

    def saved(self) -> bytes:
        """The presentation as a file."""
        out = io.BytesIO()
        self._file.save(out)
        return still(out.getvalue(), self._edition.as_of)

    def _slide(self, title: str, caption: str) -> tuple[Any, int]:
        """A new slide with its title and a line below it; returns where the rest begins."""
        slide = self._file.slides.add_slide(self._layout)
        for placeholder in list(slide.placeholders):
            kind = placeholder.placeholder_format.type
            if kind not in template.KEPT:
                markup.removed(placeholder)
        self._write(slide.shapes.title.text_frame, [title], Pt(18) if _lines(title, _TITLE_ROOM) > 2 else None)
        place = slide.shapes.title
        top = int(place.top + place.height)
        if caption:
            box = slide.shapes.add_textbox(place.left, top, place.width, _LINE)
            self._write(box.text_frame, [caption], Pt(12))
            top += int(_LINE * (1 + (_lines(caption, _ACROSS) - 1) * 0.6))
        return slide, top + int(_GAP)

    def _body(self, top: int, below: int = 0) -> chart.Box:
        """All that is left of a slide below `top`."""
        bottom = int(self._file.slide_height) - int(_MARGIN) - int(_GAP) - below
        return int(_MARGIN), top, int(self._file.slide_width) - 2 * int(_MARGIN), max(bottom - top, int(_LINE))

    def _write(self, frame: Any, paragraphs: Sequence[str], size: Any) -> None:
        """Plain text in the language of the deck; without a size, in that of the template."""
        frame.word_wrap = True
        for place, text in enumerate(paragraphs):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = text
            run.font.language_id = _SPOKEN[language()]
            if size is not None:
                run.font.size = size
                paragraph.space_after = Pt(4)

    def _cards(self, slide: Any, cards: Sequence[Card], top: int) -> None:
        """Cards as a table of one column each: name, value, badge, what it rests on."""
        left, top, width, _ = self._body(top)
        frame = slide.shapes.add_table(4, len(cards), left, top, width, Inches(1.6))
        frame.name = say("Key figures")
        for column, card in enumerate(cards):
            badge = card.badge[0] if card.badge else ""
            for row, (text, size) in enumerate(
                (
                    (card.name, Pt(12)),
                    (card.value, Pt(24) if _length(card.value) <= _VALUE_ROOM else Pt(18)),
                    (badge, Pt(11)),
                    (sentences([card.rests_on, card.target]), Pt(11)),
                )
            ):
                self._cell(frame.table.cell(row, column), text, size)
                if row == 2 and card.badge:
                    tone = {"blue": "better", "orange": "worse", "gray": "none"}[card.badge[1]]
                    runs = frame.table.cell(row, column).text_frame.paragraphs[0].runs
                    runs[0].font.color.rgb = chart.colour(tone)
        _plain(frame)

    def _table(self, slide: Any, shown: Page, box: chart.Box) -> None:
        frame = slide.shapes.add_table(len(shown.rows) + 1, len(shown.header), *box[:3], _ROW * (len(shown.rows) + 1))
        frame.name = shown.alt
        markup.described(frame, shown.alt)
        size = Pt(10) if len(shown.header) <= MOST_COLUMNS else Pt(9)
        for row, texts in enumerate([shown.header, *shown.rows]):
            for column, text in enumerate(texts):
                self._cell(frame.table.cell(row, column), text, size, right=shown.right[column])
        for column, width in enumerate(shown.widths):
            frame.table.columns[column].width = Emu(int(box[2] * width / sum(shown.widths)))
        _plain(frame)

    def _cell(self, cell: Any, text: str, size: Any, *, right: bool = False) -> None:
        self._write(cell.text_frame, [text], size)
        cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        cell.text_frame.paragraphs[0].space_after = Pt(0)
        cell.margin_top = cell.margin_bottom = Pt(2)
        cell.vertical_anchor = MSO_ANCHOR.TOP

    def _chart(self, slide: Any, shown: Chart, box: chart.Box) -> None:
        read = reading.read(shown)
        if read is not None:
            markup.described(chart.add(slide, read, box), shown.alt)
            return
        across, down = picture.size(picture.svg(shown))
        scale = min(box[2] / across, box[3] / down)
        image = io.BytesIO(picture.png(shown))
        markup.described(
            slide.shapes.add_picture(image, box[0], box[1], int(across * scale), int(down * scale)), shown.alt
        )

    def _origin(self, slide: Any) -> None:
        left, width = int(_MARGIN), int(self._file.slide_width) - 2 * int(_MARGIN)
        box = slide.shapes.add_textbox(left, int(self._file.slide_height) - int(_MARGIN), width, _LINE)
        self._write(box.text_frame, [sentences([self._edition.title, self._edition.origin])], Pt(9))


def _pages(block: Block, currency: str) -> Iterator[tuple[Block, Page | None]]:
    """A block as slides: of several views the first, of a long table as many rows as a deck bears."""
    shown = block.shown
    if isinstance(shown, Views):
        shown = shown.tables[next(iter(shown.names))]
    if not isinstance(shown, Table) or not shown.columns:
        yield block, None
        return
    # Written as a whole and then cut: a column keeps one unit over all its slides.
    rows = list(zip(*(column.texts(currency) for column in shown.columns), strict=True))
    header = tuple(column.header(currency) for column in shown.columns)
    right = tuple(not column.is_text for column in shown.columns)
    widths = _widths(header, rows, right)
    kept = rows[:MOST_ROWS]
    left_out = say("the first {n} of {all} rows", n=len(kept), all=f"{len(rows):,}") if len(kept) < len(rows) else ""
    after = sentences([block.after, left_out])
    for few in _by_lines(kept, widths):
        yield replace(block, shown=shown, after=after), Page(shown.alt, header, right, widths, tuple(few))


def _widths(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> tuple[float, ...]:
    """Width of each column in characters: neither a number nor a word is broken, text takes what they leave."""
    cells = list(zip(*rows, strict=True)) or [()] * len(header)
    needed = [
        min(max(map(_length, (head, *column))), _WIDEST) + _BESIDE for head, column in zip(header, cells, strict=True)
    ]
    if sum(needed) <= _ACROSS_SMALL:
        return tuple(needed)
    least = [
        max(_word(head), *(map(_length if number else _word, column)), _length(head) / 2) + _BESIDE
        for head, column, number in zip(header, cells, right, strict=True)
    ]
    lacking = [0.0 if number else max(need - few, 0.0) for need, few, number in zip(needed, least, right, strict=True)]
    share = min(max(_ACROSS_SMALL - sum(least), 0.0) / max(sum(lacking), 1.0), 1.0)
    return tuple(few + lack * share for few, lack in zip(least, lacking, strict=True))


def _by_lines(rows: Sequence[tuple[str, ...]], widths: Sequence[float]) -> Iterator[list[tuple[str, ...]]]:
    """Rows that have room on one slide after another; at least one slide, be it empty."""
    few: list[tuple[str, ...]] = []
    used = 0
    for row in rows:
        parts = [_ACROSS_SMALL * width / sum(widths) - 1.0 for width in widths]
        lines = max(_lines(text, part) for text, part in zip(row, parts, strict=True))
        if few and used + lines > LINES:
            yield few
            few, used = [], 0
        few.append(row)
        used += lines
    yield few


def _length(text: str) -> float:
    """About how long a text is, in the width of a Chinese character: the deck's font is the template's."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.56 for character in text)


def _word(text: str) -> float:
    """How long its longest word is; a text without spaces may be broken anywhere."""
    return min(_WIDER * max(map(_length, _WORD.findall(text)), default=1.0), _LONGEST_WORD)


def _lines(text: str, room: float) -> int:
    return max(1, math.ceil(_length(text) / max(room, 1.0)))


def _plain(frame: Any) -> None:
    """A table of lines without colours: colour means something or is absent."""
    frame.table.horz_banding = False
    table = markup.element(frame)
    table.xpath(".//a:tableStyleId")[0].text = _NO_STYLE
    for cell in table.xpath(".//a:tc"):
        markup.line(cell.get_or_add_tcPr(), "a:lnB", LIGHT.grid, 0.75)
