"""Which files of a folder are a feed, and what a folder may not hold."""

import os

import pytest

from data_access.errors import FeedError, MappingError
from data_access.loading.files.feed import find_feed


def touch(folder, *names):
    for name in names:
        (folder / name).write_text("", "utf-8")


def test_files_come_in_an_order_in_which_references_point_backwards(tmp_path):
    touch(tmp_path, "sale.csv", "branch.parquet", "customer.csv.gz", "Product.XLSX")
    assert [file.table for file in find_feed(tmp_path).files] == ["branch", "customer", "product", "sale"]


def test_hidden_system_and_foreign_files_are_passed_over_and_said(tmp_path):
    touch(tmp_path, "branch.csv", ".DS_Store", "~$branch.xlsx", "Thumbs.db", "letter.pdf")
    feed = find_feed(tmp_path)
    assert [file.table for file in feed.files] == ["branch"]
    for name in (".DS_Store", "~$branch.xlsx", "Thumbs.db", "letter.pdf"):
        assert name in feed.notes[0]


def test_two_files_for_one_table_are_refused(tmp_path):
    touch(tmp_path, "branch.csv", "branch.xlsx")
    with pytest.raises(FeedError, match="both fill branch"):
        find_feed(tmp_path)


def test_a_name_that_looks_like_a_table_is_refused_and_the_nearest_is_named(tmp_path):
    touch(tmp_path, "custmer.csv")
    with pytest.raises(FeedError, match="nearest is 'customer'"):
        find_feed(tmp_path)


def test_a_system_table_cannot_be_fed(tmp_path):
    touch(tmp_path, "warehouse_version.csv")
    with pytest.raises(FeedError, match="not named after a table"):
        find_feed(tmp_path)


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "secret.csv").write_text("branch_id,name\n1,a\n", "utf-8")
    inside = tmp_path / "feed"
    inside.mkdir()
    (inside / "branch.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(FeedError, match="link out of the folder"):
        find_feed(inside)


def test_a_mapping_that_is_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "secret.toml").write_text("", "utf-8")
    inside = tmp_path / "feed"
    inside.mkdir()
    touch(inside, "branch.csv")
    (inside / "mapping.toml").symlink_to(tmp_path / "secret.toml")
    with pytest.raises(FeedError, match="link out of the folder"):
        find_feed(inside)


def test_a_pipe_is_refused_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "branch.csv")
    with pytest.raises(FeedError, match="pipe"):
        find_feed(tmp_path)


def test_an_empty_folder_says_how_to_start(tmp_path):
    with pytest.raises(FeedError, match="template"):
        find_feed(tmp_path)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[tables.custmer]\n", "nearest is 'customer'"),
        ("[tables.branch.columns]\nx = 'nome'\n", "nearest is 'name'"),
        ("[tables.branch]\nencoding = 'klingon'\n", "no encoding"),
        ("[tables.branch]\nfiel = 'a.csv'\n", "fiel"),
        ('[tables.branch.date_formats]\nopened_on = "%d\'); DROP"\n', "date format"),
        ("time_zone = 'Mars/Olympus'\n", "no time zone"),
        ("[tables.branch]\nfile = 'absent.csv'\n", "absent.csv"),
        ("[tables.sale.columns]\nmonat = 'week_start'\n", "no column 'week_start'"),
        ("not toml", "cannot be read"),
    ],
)
def test_a_mapping_that_contradicts_the_contract_is_refused(tmp_path, text, match):
    touch(tmp_path, "branch.csv")
    (tmp_path / "mapping.toml").write_text(text, "utf-8")
    with pytest.raises((MappingError, FeedError), match=match):
        find_feed(tmp_path)
