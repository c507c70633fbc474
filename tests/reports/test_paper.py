"""A PDF says what the story says, in both languages, whatever a feed's names hold; the same story, the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from reports import fonts, paper, table
from reports.errors import FontError
from story import words
from story.columns import Column
from story.parts import Block, Handwriting, Nothing, Table, Views
from tests.reports import told


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    words.speak(request.param)
    yield request.param
    words.speak("en")


def opened(story) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(paper.pdf(told.edition(story))))


def printed(document: pypdf.PdfReader) -> str:
    return told.squeezed("".join(page.extract_text() for page in document.pages))


def test_every_text_of_the_story_is_printed(language: str):
    story = told.full()
    found = printed(opened(story))
    assert [text for text in told.texts(story) if told.squeezed(text) not in found] == []


def test_a_sheet_says_whose_it_is_of_which_data_and_how_many_there_are(language: str):
    found = printed(opened(told.story(told.rows(200), choice=("2026",))))
    assert "2026·" in found
    assert "forLin(planner)" in found
    first = {"en": "page1of", "zh": "第1页，共"}[language]
    day = {"en": "15Nov2026", "zh": "2026年11月15日"}[language]
    assert first in found
    assert day in found


def test_the_document_names_its_title_its_language_and_its_day(language: str):
    document = opened(told.story(told.rows(1)))
    catalogue = document.trailer["/Root"]
    assert document.metadata.title == "Three of nine paid"
    assert str(catalogue["/Lang"]) == {"en": "en-GB", "zh": "zh-CN"}[language]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert document.metadata.creation_date.date() == told.AS_OF


def test_what_a_chart_shows_is_said_to_those_who_cannot_see_it():
    content = paper.pdf(told.edition(told.story(told.forest())))
    with_alt = [node for node in structure(pypdf.PdfReader(io.BytesIO(content))) if "/Alt" in node]
    assert [str(node["/Alt"]) for node in with_alt] == ["three returns"]


def structure(document: pypdf.PdfReader) -> Iterator[pypdf.generic.DictionaryObject]:
    waiting = [document.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            waiting += node
        elif isinstance(node, pypdf.generic.DictionaryObject):
            yield node
            if "/K" in node:
                waiting.append(node["/K"])


@pytest.mark.parametrize("text", [told.HOSTILE, told.LONG, "= 1+1 #let x = 2", "\\", "#", "$", "]}", '"'])
def test_no_text_from_data_is_ever_markup(text: str):
    table = Table((Column(text, [text]), Column("n", ["1"])), text, "x")
    story = told.story(table, headline=text, findings=(text,), choice=(text,))
    found = printed(opened(story))
    assert found.count(told.squeezed(text)) >= 5  # headline, finding, header, cell, foot


def test_the_same_story_gives_the_same_bytes_whatever_was_drawn_before():
    story = told.story(told.funnel(), told.costs())
    first = paper.pdf(told.edition(story))
    paper.pdf(told.edition(told.story(told.costs(), told.forest())))
    assert paper.pdf(told.edition(story)) == first
    assert paper.pdf(told.edition(told.story(told.funnel()))) != first


def test_a_long_table_goes_on_with_its_header_and_loses_no_row():
    document = opened(told.story(told.rows(300)))
    pages = [page.extract_text() for page in document.pages]
    assert len(pages) > 3
    assert all("Assigned" in page for page in pages)
    found = "".join(pages)
    assert [row for row in range(300) if f"campaign {row:03d}" not in found] == []


def test_a_table_too_wide_for_an_upright_page_lies_across_with_every_number_whole():
    document = opened(told.story(told.rows(1), told.wide()))
    across = [page.mediabox.width > page.mediabox.height for page in document.pages]
    assert across == [False, True]
    lines = document.pages[1].extract_text().split()
    assert lines.count("123,456,789") == 12


def test_a_sheet_that_is_a_little_too_long_has_smaller_charts_and_is_one_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def pages(rows: int) -> int:
        return len(opened(told.story(told.forest(), told.balance(), told.funnel(), told.rows(rows))).pages)

    assert [pages(rows) for rows in (23, 27, 35)] == [1, 1, 2]
    as_they_are = tmp_path / "page.typ"
    template = paper.TEMPLATE.read_text("utf-8")
    as_they_are.write_text(template.replace("least = 0.75", "least = 1"), "utf-8")
    monkeypatch.setattr(paper, "TEMPLATE", as_they_are)
    assert [pages(rows) for rows in (23, 27, 35)] == [1, 2, 2]


def test_a_list_to_be_worked_on_with_a_pen_has_a_box_before_each_row_and_room_to_write():
    boxes = replace(told.rows(3), ticks=True)
    hand = Block("", "Notes by hand", Handwriting(2))
    plain, ticked = (paper.pdf(told.edition(told.story(one))) for one in (told.rows(3), boxes))
    assert ticked != plain
    assert paper._sheet(told.edition(told.story(boxes)), fonts.fonts())["rows"][0]["cells"][0]["ticks"]
    with_room = replace(told.story(boxes), rows=(*told.story(boxes).rows, (hand,)))
    assert "Notesbyhand" in printed(opened(with_room))
    full = replace(told.story(told.rows(300)), rows=(*told.story(told.rows(300)).rows, (hand,)))
    assert "Notesbyhand" not in printed(opened(full)), "room to write begins no page of its own"


def test_what_only_a_screen_can_do_is_not_asked_of_a_reader_of_paper():
    nothing = Nothing("Ranks need three people.", "Choose a longer period.")
    typed = Nothing("Nobody has bought yet.", "Load a feed.", "python -m data_access load FOLDER")
    found = printed(opened(told.story(nothing, typed)))
    assert "Ranksneedthreepeople." in found
    assert "Choosealonger" not in found
    assert "Loadafeed.python-mdata_access" in found.replace("·", "")


def test_what_is_said_of_several_tables_stands_on_the_page_of_the_first():
    views = Views("view", "Columns", {"a": "Money", "b": "Response"}, {"a": told.wide(), "b": told.rows(2)})
    pages = [told.squeezed(page.extract_text()) for page in opened(told.story(views)).pages]
    (first,) = [page for page in pages if "finding0" in page]
    assert "Money" in first
    assert "caption0" in first
    assert told.squeezed(told.wide().columns[0].header("CNY")) in first
    assert not any("Money" in page and page != first for page in pages)


def test_what_is_said_below_a_picture_stays_on_its_page():
    for rows in range(99, 104):  # at one of them the second page has room for the picture alone
        below = Block("A picture", "", told.forest(), after="said below it")
        story = told.story(told.rows(rows))
        pages = [
            told.squeezed(page.extract_text()) for page in opened(replace(story, rows=(*story.rows, (below,)))).pages
        ]
        assert ["Apicture" in page for page in pages] == ["saidbelowit" in page for page in pages]


def test_one_long_cell_does_not_break_the_cells_of_its_neighbour():
    why = ["Promised contact overdue, wealth tier: the last was 103 days ago"] * 8
    whose = ["Hu Ying · now"] * 7 + ["Wu Xinyi · now · assigned by gu.ruolan@demo.example, 29 November · put off once"]
    used = fonts.fonts()
    widths = table.laid_out(
        Table((Column("Why now", why), Column("Customer", ["C0016092"] * 8), Column("Whose", whose)), "x", "x"),
        paper.UPRIGHT,
        "CNY",
        used,
    )["widths"]
    assert widths[0] >= used.width(why[0]) * table.SIZE + table.INSET - 0.01


def test_a_date_keeps_the_same_room_between_its_parts_in_chinese():
    words.speak("zh")
    try:
        facts = ("第 46 周：11月9日至2026年11月15日", "数据截至2026年11月15日")
        document = opened(replace(told.story(told.rows(1)), facts=facts))
    finally:
        words.speak("en")
    text = document.pages[0].extract_text()
    assert "年11" not in text
    assert "至2" not in text
    assert "15日" not in text


def test_without_its_font_nothing_is_printed_and_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch):
    wanting(monkeypatch, "No Such Font")
    with pytest.raises(FontError, match=r"No Such Font.*Nothing was written.*fonts-noto-cjk.*paper_fonts"):
        paper.pdf(told.edition(told.story(told.rows(1))))


def test_a_font_without_a_letter_of_the_report_is_refused_rather_than_boxes_printed(monkeypatch: pytest.MonkeyPatch):
    wanting(monkeypatch, "Liberation Sans", "DejaVu Sans")
    with pytest.raises(FontError, match=r"has no '湖'.*U\+6E56.*Nothing was written"):
        paper.pdf(told.edition(told.story(told.rows(1), headline="湖滨支行")))


def wanting(monkeypatch: pytest.MonkeyPatch, *families: str) -> None:
    fonts.fonts.cache_clear()
    monkeypatch.setattr(fonts, "settings", lambda: type("Set", (), {"paper_fonts": families}))


@pytest.fixture(autouse=True)
def own_fonts() -> Iterator[None]:
    yield
    fonts.fonts.cache_clear()


def test_a_symbol_that_no_font_has_is_written_by_its_number():
    assert fonts.fonts().written("party 🎉\u202etime\u202f!") == "party U+1F389time\u00a0!"


def test_a_word_too_long_for_a_column_may_be_broken_and_a_sign_stays_with_its_amount():
    set_in = fonts.fonts().set
    assert set_in("W" * 50).split(fonts.BREAK) == ["W" * 24, "W" * 24, "WW"]
    assert set_in("two short words") == "two short words"
    assert set_in("+¥12 k") == f"+{fonts.JOIN}¥12 k"
