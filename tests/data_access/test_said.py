"""A message that can be said in another language: what it holds, and that it is said whole."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import data_access
from data_access.errors import FeedError, MappingError, NoVersionError, RejectsError, StoreError
from data_access.loading.files.mapping import read_mapping
from data_access.loading.notes import BLANK_LINES, Note, read, written
from data_access.said import Said
from data_access.versions import new_version_id, open_store
from data_access.versions.folder import FolderStore
from story import words
from story.data import load_report


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


CALLED = ("StoreError", "NoVersionError", "OutdatedError", "UnreachableError", "BusyError", "QueueError", "SlowError",
          "LoadError", "FeedError", "MappingError")  # fmt: skip
BY_COMMAND_ALONE = {"berka.py", "public_file.py", "uci_bank_marketing.py", "template.py", "publish.py"}
"""Files of the loader that no page uses."""


def plain_errors(path: Path) -> list[str]:
    """Errors that a file raises with a text of one language."""
    called = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    plain = [node for node in called if isinstance(node.func, ast.Name) and node.func.id in CALLED]
    return [f"{path.name}:{node.lineno}" for node in plain if "--allow-rejects" not in ast.unparse(node)]


def test_every_error_of_store_and_loader_can_be_said_in_the_readers_language():
    room = Path(data_access.__file__).parent
    files = [room / "engines.py", room / "door/feeds.py", *room.glob("versions/*.py"), *room.glob("loading/**/*.py")]
    looked_at = [path for path in files if path.name not in BY_COMMAND_ALONE]
    assert len(looked_at) > 25
    assert [place for path in looked_at for place in plain_errors(path)] == []


def sentences_of(error: Exception) -> str:
    """What is left of a Chinese message without what is quoted in it: names of files, commands and settings."""
    words.speak("zh")
    return re.sub(r"`[^`]*`|/\S*|'[^']*'|\w+://\S*", "", load_report.error(error))


def test_a_warehouse_that_cannot_be_read_says_why_in_chinese(tmp_path):
    (tmp_path / f"warehouse-{new_version_id()}.duckdb").write_bytes(b"")
    store = FolderStore(tmp_path)
    with pytest.raises(StoreError) as lost:
        store.history()
    assert load_report.error(lost.value) == str(lost.value)
    said = sentences_of(lost.value)
    assert "缺失，而旁边存有版本" in said
    assert "指定当前版本，或从备份中恢复该文件。" in said
    with pytest.raises(NoVersionError) as unknown:
        store.point_at("20261128t000000000000abcd")
    assert "未作任何改动" in sentences_of(unknown.value)
    with pytest.raises(StoreError) as foreign:
        open_store("mysql://db/bank")
    assert "DuckDB 文件的文件夹" in sentences_of(foreign.value)


def test_all_that_is_wrong_with_a_mapping_is_told_at_once_in_chinese(tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_text(
        'time_zone = "Mars"\nas_of = "soon"\ncolour = "red"\n[tables.sale]\nencoding = "klingon"\n'
        'delimiter = ";;"\ndecimal_comma = "perhaps"\ndate_formats = { sold_at = "%Q" }\n'
    )
    with pytest.raises(MappingError) as wrong:
        read_mapping(path)
    words.speak("zh")
    said = load_report.error(wrong.value)
    for expected in (
        "time_zone：没有名为 'Mars' 的时区",
        "as_of：应为日期，例如 2026-11-28",
        "colour：映射文件没有这一项",
        "tables.sale.encoding：没有名为 'klingon' 的编码",
        "tables.sale.delimiter：应为单个字符",
        "tables.sale.decimal_comma：应为 true 或 false",
        "sold_at：'%Q' 不是日期格式",
    ):
        assert expected in said, said
    assert "no time zone is called 'Mars'" in str(wrong.value)


def test_rejected_rows_speak_of_the_page_and_not_of_an_option():
    assert "--allow-rejects" not in load_report.error(RejectsError("2 rows were refused. --allow-rejects"))


def test_a_note_travels_as_template_and_values():
    note = Note.of(BLANK_LINES, file="sale.csv", n=1200)
    assert note == "sale.csv: 1,200 blank lines were passed over."
    assert read(written([note])) == [(BLANK_LINES, {"file": "sale.csv", "n": 1200})]
