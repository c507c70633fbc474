"""Text from data stays text on screen."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from ui.markdown import plain

HOSTILE = [
    "![x](https://example.com/x.png)",
    "[link](https://example.com)",
    "<img src=x onerror=alert(1)>",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "**bold** _it_ `code` ~~gone~~",
    "&copy;",
    "a | b",
    "first\nsecond",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_text_becomes_markup(text: str):
    parser = MarkdownIt("commonmark").enable(["strikethrough", "table"])
    blocks = parser.parse(plain(text))
    assert [token.type for token in blocks] == ["paragraph_open", "inline", "paragraph_close"]
    inline = blocks[1].children or []
    assert {token.type for token in inline} <= {"text", "text_special"}
    assert "".join(token.content for token in inline).replace("\N{WORD JOINER}", "") == " ".join(text.splitlines())


@pytest.mark.parametrize("text", ["https://example.com", ":material/home:", ":red[x]", ":smile:", "a@b.cn", "www.x.cn"])
def test_what_is_recognised_late_is_broken_by_an_invisible_joiner(text: str):
    assert "\N{WORD JOINER}" in plain(text)


def test_a_formula_is_no_formula():
    assert plain("$x$") == r"\$x\$"


@pytest.mark.parametrize("text", ["+¥378 k", "5.1 to 6.2", "−1.4", "2026年12月4日", "10:30"])
def test_ordinary_text_reads_as_it_was(text: str):
    assert plain(text).replace("\N{WORD JOINER}", "") == text
