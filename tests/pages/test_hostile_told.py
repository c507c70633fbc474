"""Names of a feed stay text in whatever a page tells: in every chart, table and card, and in every file of it."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import openpyxl
import pypdf
import pytest

from data_access.reading.reader import Reader
from data_access.workspace.database import open_database
from reports import fonts, paper, slides
from reports.edition import Edition
from story import sitemap, spreadsheet, words
from story.parts import Chart, Story, Table, Views
from tests.data_access.small_bank import publish, viewer, warehouse_of
from tests.pages.every_story import every_story
from tests.pages.hostile import hostile_bank
from tests.pages.shown import blocks

NAMELESS = {"summary", "data"}
"""Pages that tell sums of the bank, and no name of one of its things."""

INVISIBLE = re.compile("[\u2028\u2029\u202a-\u202e\u2066-\u2069]")
FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")

Told = list[tuple[str, Story]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Every page of the bank of hostile names."""
    words.speak("en")
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("hostile_told")))
    publish(hostile_bank(), warehouse.store)
    workspace = open_database(f"sqlite:///{tmp_path_factory.mktemp('hostile_work')}/workspace.sqlite")
    found = list(every_story(Reader(viewer(), warehouse), workspace, "C2", "P1"))
    warehouse.close()
    workspace.dispose()
    return found


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, dict):
        for each in (*value, *value.values()):
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)


def tables(story: Story) -> list[Table]:
    of_views = [table for each in blocks(story) if isinstance(each, Views) for table in each.tables.values()]
    return [*of_views, *(each for each in blocks(story) if isinstance(each, Table))]


def test_the_names_reach_every_page_that_tells_names(told: Told):
    reached = {key for key, story in told if any("evil.example" in text for text in texts(story))}
    assert reached | NAMELESS == {row.key for row in sitemap.ROWS}


def test_every_table_and_chart_of_a_page_has_a_key_of_its_own(told: Told):
    """Two views under one key would share the widths of columns, and cut numbers."""
    for page, story in told:
        charts = [shown for shown in blocks(story) if isinstance(shown, Chart)]
        keys = [shown.key for shown in (*tables(story), *charts)]
        assert len(set(keys)) == len(keys), page


def test_no_text_breaks_its_line_or_turns_the_others_around(told: Told):
    assert [(key, text) for key, story in told for text in texts(story) if INVISIBLE.search(text)] == []


def test_a_specification_is_data_and_no_name_becomes_an_expression(told: Told):
    """What Vega runs are its `expr`s and `labelExpr`s: a name stands in them as a quoted text or not at all."""
    for key, story in told:
        for shown in blocks(story):
            if isinstance(shown, Chart):
                written = json.dumps(shown.spec, allow_nan=False)
                for expression in re.findall(r'"(?:labelExpr|expr|calculate|filter)": ("(?:[^"\\]|\\.)*")', written):
                    unquoted = re.sub(r'"(?:[^"\\]|\\.)*"', "", json.loads(expression))
                    assert "evil" not in unquoted, (key, unquoted)


def test_no_text_begins_a_formula_in_a_file(told: Told):
    seen = 0
    for _, story in told:
        for table in tables(story):
            made = spreadsheet.csv(table, "CNY", {"Filter": "=1+1", "Currency": "CNY"}).decode("utf-8-sig")
            for row in list(csv.reader(io.StringIO(made)))[1:]:
                begun = [cell for cell in row if FORMULA.match(cell) and not re.fullmatch(r"-[\d.e+-]+", cell)]
                assert begun == []
                seen += any("evil" in cell for cell in row)
        book = openpyxl.load_workbook(io.BytesIO(spreadsheet.xlsx(tables(story), "CNY", {"Filter": "=1+1"})))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert seen > 100


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"])
def test_a_text_that_a_spreadsheet_would_run_is_quoted(text: str):
    """Spreadsheets of East Asia take the full-width signs for the others."""
    assert spreadsheet.harmless(text) == f"'{text}"


@pytest.mark.skipif(bool(fonts.missing()), reason="no font to print in")
def test_paper_and_slides_hold_no_link_and_print_the_names_as_they_are(told: Told):
    pages = dict(told)
    for key in ("campaigns", "person", "moved"):
        edition = Edition(pages[key], "Page", "What?", date(2024, 6, 30), "v1", "for Lin")
        document = pypdf.PdfReader(io.BytesIO(paper.pdf(edition)))
        assert [link for page in document.pages for link in page.get("/Annots", [])] == []
        printed = "".join(page.extract_text() for page in document.pages)
        assert "evil.example/x.png" in re.sub(r"\s", "", printed), key
        with zipfile.ZipFile(io.BytesIO(slides.pptx(edition))) as deck:
            linked = [name for name in deck.namelist() if name.endswith(".rels") and b"evil" in deck.read(name)]
        assert linked == []
