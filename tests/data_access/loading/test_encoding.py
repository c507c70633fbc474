"""GB18030 is believed of a text that is plainly Chinese, and of nothing that merely decodes."""

import pytest

from data_access.errors import FeedError

LINES = [f"{i:03d},{name}" for i, name in enumerate(["港口支行", "老城支行", "东方明珠支行", "李喆理财中心"], start=1)]


def write(feed, *lines):
    (feed.right().folder / "branch.csv").write_bytes(b"branch_id,name\n" + b"\n".join(lines) + b"\n")
    return feed


def test_a_guess_is_named_with_a_word_of_the_file_and_stored_without_it(feed):
    report = write(feed, *(line.encode("gb18030") for line in LINES)).load()
    assert any("read as GB18030, in which it says '港口支行'" in sample for sample in report.samples)
    assert feed.rows("SELECT name FROM branch WHERE branch_id = '004'") == [("李喆理财中心",)]
    assert "港口" not in (feed.rows("SELECT note FROM warehouse_version")[0][0] or "")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_a_western_text_is_not_taken_for_chinese(feed, encoding):
    with pytest.raises(FeedError, match=r"branch.csv is neither UTF-8 nor plainly GB18030.*M黮ler"):
        write(feed, "001,Müller".encode(encoding), b"002,B").load()


@pytest.mark.parametrize("odd", range(4))
def test_one_line_in_another_encoding_is_a_mixture(feed, odd):
    lines = [line.encode("gb18030" if i == odd else "utf-8") for i, line in enumerate(LINES)]
    with pytest.raises(FeedError, match=r"branch.csv mixes encodings|line \d"):
        write(feed, *lines).load()
    lines = [line.encode("utf-8" if i == odd else "gb18030") for i, line in enumerate(LINES)]
    with pytest.raises(FeedError, match=r"branch.csv mixes encodings|line \d"):
        write(feed, *lines).load()


def test_signs_for_private_use_are_no_text(feed):
    with pytest.raises(FeedError, match=r"line 3: read as GB18030 it holds the sign U\+E"):
        write(feed, LINES[0].encode("gb18030"), b"002,\xaa\xa1\xaa\xa2").load()


def test_a_declared_encoding_is_taken_at_its_word(feed):
    (feed.folder / "mapping.toml").write_text('[tables.branch]\nencoding = "latin-1"\n', "utf-8")
    write(feed, "001,Müller".encode("latin-1"), b"002,B").load()
    assert feed.rows("SELECT name FROM branch WHERE branch_id = '001'") == [("Müller",)]
