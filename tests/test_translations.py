"""Every text that a reader may see has a Chinese translation, with the same placeholders."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from data_access import dictionary

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "marked": None, "say": None, "say_count": (1, 2)}
Message = str | tuple[str, str]


def extracted() -> Iterator[tuple[Message, str]]:
    """Messages in the sources, each with the file that says it."""
    python = [("**.py", "python")]
    for room in ("ui", "pages", "reports", "story", "answers", "metrics"):
        for name, _line, message, *_ in extract_from_dir(ROOT / room, python, keywords=KEYWORDS):
            yield message, f"{room}/{name}"
    for _line, message, *_ in extract_from_file("python", ROOT / "app.py", keywords=KEYWORDS):
        yield message, "app.py"
    for path in sorted((ROOT / "data_access").rglob("*.py")):
        for _line, message, *_ in extract_from_file("python", path, keywords=KEYWORDS):
            yield message, path.relative_to(ROOT).as_posix()
    for table, meaning in dictionary.tables().items():
        yield meaning, "data_access/schema.py"
        for entry in dictionary.columns(table):
            yield entry.meaning, "data_access/schema.py"
            yield entry.unit, "data_access/schema.py"


@pytest.fixture(scope="module")
def said() -> dict[Message, str]:
    return {message: place for message, place in extracted() if message}


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (ROOT / "locale/zh_CN/LC_MESSAGES/branchlight.po").open("rb") as source:
        return read_po(source, locale="zh_CN", abort_invalid=True)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_messages_are_found_in_every_room(said: dict[Message, str]):
    places = set(said.values())
    assert {
        "ui/page.py",
        "pages/campaign.py",
        "story/campaigns/overview.py",
        "metrics/catalogue/campaign.py",
        "data_access/schema.py",
    } <= places


def test_every_message_is_translated(said: dict[Message, str], chinese: Catalog):
    known = {message.id[0] if isinstance(message.id, tuple) else message.id for message in chinese if message.string}
    lacking = {
        message: place
        for message, place in said.items()
        if (message[0] if isinstance(message, tuple) else message) not in known
    }
    assert not lacking


def test_no_translation_is_a_guess_empty_or_left_over(said: dict[Message, str], chinese: Catalog):
    entries = [message for message in chinese if message.id]
    assert [message.id for message in entries if message.fuzzy or not message.string] == []
    assert [message.id for message in entries if message.id not in said] == []


def test_a_translation_has_the_placeholders_of_its_message(chinese: Catalog):
    for message in chinese:
        if message.id:
            singular, *plural = message.id if isinstance(message.id, tuple) else (message.id,)
            wanted = placeholders(plural[0] if plural else singular)
            for text in message.string if isinstance(message.string, tuple) else (message.string,):
                assert placeholders(text) == wanted, message.id


def translations(chinese: Catalog) -> Iterator[str]:
    for message in chinese:
        if message.id:
            yield from message.string if isinstance(message.string, tuple) else (message.string,)


def test_chinese_has_one_rule_for_spaces_and_full_width_punctuation(chinese: Catalog):
    """A space between characters and figures or Latin words, none beside dates, names and punctuation."""
    for text in translations(chinese):
        assert not re.search(r"[\u4e00-\u9fff][0-9A-Za-z+−]|[0-9A-Za-z%][\u4e00-\u9fff]|  ", text), text
        assert not re.search(
            r"[\u4e00-\u9fff] \{(day|month|year|moment)\}|\{(day|month|year)\} [\u4e00-\u9fff]",
            text.replace("第 {day} 天", ""),
        ), text
        assert not re.search(
            r"[\u4e00-\u9fff]\{(n|count|share|chance|level)\b|\{(share|chance|level|word)\}[\u4e00-\u9fff]", text
        ), text
        assert not re.search(
            r"\s[，。：；、（）“”]|[，。：；、（）“”]\s|[\u4e00-\u9fff][,;:()]|[,;:()][\u4e00-\u9fff]", text
        ), text


@pytest.mark.parametrize(
    "word",
    ["窗口", "干预组", "分配客户", "分配人数", "未显示差异", "行被", "锁定", "企划", "数据契约", "可评判", "名客户"],
)
def test_a_word_that_a_branch_reads_otherwise_stays_out(chinese: Catalog, word: str):
    """In a branch 窗口 is the counter, and 行 the bank; others are of the laboratory, or second words for one thing."""
    assert [text for text in translations(chinese) if word in text] == []
