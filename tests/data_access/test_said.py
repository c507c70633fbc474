"""A message that can be said in another language: what it holds, and that it is said whole."""

from __future__ import annotations

import pytest

from data_access.errors import FeedError, RejectsError
from data_access.loading.notes import BLANK_LINES, Note, read, written
from data_access.said import Said
from story import load_report, words


@pytest.fixture(autouse=True)
def english_again():
    yield
    words.speak("en")


def test_an_error_is_said_in_english_and_in_the_readers_language():
    error = FeedError.of("{file} is in UTF-16. Nothing was loaded. Save it as UTF-8.", file="sale.csv")
    assert str(error) == "sale.csv is in UTF-16. Nothing was loaded. Save it as UTF-8."
    words.speak("zh")
    assert load_report.error(error) == "sale.csv 是 UTF-16 编码。未加载任何内容。请另存为 UTF-8。"


def test_a_phrase_within_a_message_is_translated_with_it():
    error = FeedError.of(
        "{file} is {kind}, not a CSV file. Nothing was loaded. Give it its own ending (.csv, .csv.gz, .xlsx, "
        ".parquet), or save it as one of these.",
        file="sale.csv",
        kind=Said.of("a PDF file"),
    )
    assert "sale.csv is a PDF file, not" in str(error)
    words.speak("zh")
    assert load_report.error(error).startswith("sale.csv 实为 PDF 文件，不是 CSV 文件。")


def test_an_error_that_speaks_english_only_is_said_as_it_is():
    words.speak("zh")
    assert load_report.error(FeedError("odd\nfile")) == "odd file"


def test_rejected_rows_speak_of_the_page_and_not_of_an_option():
    assert "--allow-rejects" not in load_report.error(RejectsError("2 rows were refused. --allow-rejects"))


def test_a_note_travels_as_template_and_values():
    note = Note.of(BLANK_LINES, file="sale.csv", n=1200)
    assert note == "sale.csv: 1,200 blank lines were passed over."
    assert read(written([note])) == [(BLANK_LINES, {"file": "sale.csv", "n": 1200})]
