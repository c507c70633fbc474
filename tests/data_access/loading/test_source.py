"""How a file may be written: encodings, delimiters, formats, dates, and the bank's own names."""

import gzip
from datetime import date, datetime

import duckdb
import openpyxl
import pytest

from data_access.errors import FeedError, RejectsError

BRANCHES = "branch_id,name\n001,港口支行\n002,老城支行\n"
NAMES = [("001", "港口支行"), ("002", "老城支行")]


def names(feed):
    return feed.rows("SELECT branch_id, name FROM branch ORDER BY 1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("packed", [False, True])
def test_the_encoding_of_a_file_is_found(feed, encoding, packed):
    path = feed.right().write("branch", BRANCHES, encoding)
    if packed:
        (feed.folder / "branch.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    feed.load()
    assert names(feed) == NAMES
    found = feed.rows("SELECT encoding FROM version_file WHERE table_name = 'branch'")
    assert found == [("gb18030" if encoding == "gb18030" else "utf-8",)]


def test_utf_16_and_bytes_of_no_encoding_are_refused(feed):
    feed.right().write("branch", BRANCHES, "utf-16")
    with pytest.raises(FeedError, match="UTF-16"):
        feed.load()
    (feed.folder / "branch.csv").write_bytes(b"branch_id,name\n001,\xff\xff\n")
    with pytest.raises(FeedError, match="neither UTF-8 nor GB18030"):
        feed.load()


def test_a_cut_gzip_file_is_refused(feed):
    feed.right()
    (feed.folder / "branch.csv").unlink()
    (feed.folder / "branch.csv.gz").write_bytes(gzip.compress(BRANCHES.encode() * 100)[:-20])
    with pytest.raises(FeedError, match="not a whole gzip file"):
        feed.load()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(feed, delimiter):
    feed.right().write("branch", BRANCHES.replace(",", delimiter))
    feed.load()
    assert names(feed) == NAMES


def test_line_ends_of_windows_and_a_missing_last_one(feed):
    feed.right().write("branch", BRANCHES.replace("\n", "\r\n").rstrip())
    feed.load()
    assert names(feed) == NAMES


def test_an_xlsx_sheet_is_read_as_typed(feed):
    feed.right()
    (feed.folder / "customer.csv").unlink()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["customer_id", "branch_id", "opened_on", "birth_year"])
    sheet.append(["01", "001", datetime(2020, 2, 13), 1980])
    sheet.append([None, None, None, None])
    sheet.append(["02", "009", None, None])
    book.save(feed.folder / "customer.xlsx")
    with pytest.raises(RejectsError):
        feed.load()
    (path,) = feed.rejects.iterdir()
    assert "customer.xlsx,customer,4,branch_id,009,is not in branch" in path.read_text("utf-8-sig")
    sheet["B4"] = "002"
    book.save(feed.folder / "customer.xlsx")
    feed.load()
    query = "SELECT customer_id, opened_on, birth_year FROM customer ORDER BY 1"
    assert feed.rows(query) == [("01", date(2020, 2, 13), 1980), ("02", None, None)]


def test_an_xlsx_file_with_two_sheets_needs_to_name_one(feed):
    feed.right()
    (feed.folder / "branch.csv").unlink()
    book = openpyxl.Workbook()
    book.active.append(["branch_id", "name"])
    book.active.append(["001", "A"])
    book.create_sheet("notes")
    book.save(feed.folder / "branch.xlsx")
    with pytest.raises(FeedError, match="sheets"):
        feed.load()


def test_a_parquet_file_is_read_by_the_same_rules(feed):
    feed.right()
    (feed.folder / "campaign_member.csv").unlink()
    duckdb.sql(
        "COPY (SELECT 'c1' AS campaign_id, '01' AS customer_id, 'a' AS arm, '001' AS branch_id, "
        "TIMESTAMP '2024-01-03 10:00:00' AS assigned_at, 12.5::DOUBLE AS sales_amount) "
        f"TO '{feed.folder / 'campaign_member.parquet'}'"
    )
    feed.load()
    assert feed.rows("SELECT assigned_at, sales_amount FROM campaign_member") == [(datetime(2024, 1, 3, 10), 1250)]


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_a_file_that_is_not_what_its_name_says_is_refused(feed, ending):
    feed.right()
    (feed.folder / "branch.csv").rename(feed.folder / f"branch.{ending}")
    with pytest.raises(FeedError, match="Nothing was loaded"):
        feed.load()


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("2024-01-02", "2024-01-13"), [date(2024, 1, 2), date(2024, 1, 13)]),
        (("02/01/2024", "13/01/2024"), [date(2024, 1, 2), date(2024, 1, 13)]),
        (("01/02/2024", "01/13/2024"), [date(2024, 1, 2), date(2024, 1, 13)]),
        (("20240102", "20240113"), [date(2024, 1, 2), date(2024, 1, 13)]),
        (("2024年1月2日", "2024年1月13日"), [date(2024, 1, 2), date(2024, 1, 13)]),
        (("2024/1/2", "2024/1/13"), [date(2024, 1, 2), date(2024, 1, 13)]),
    ],
)
def test_a_date_format_is_proved_by_the_column(feed, dates, expected):
    feed.right().write("customer", "customer_id,branch_id,opened_on\n01,001,{}\n02,002,{}\n".format(*dates))
    feed.load()
    assert feed.rows("SELECT opened_on FROM customer ORDER BY 1") == [(day,) for day in expected]


def test_dates_that_prove_no_format_are_refused_until_one_is_declared(feed):
    feed.right().write("customer", "customer_id,branch_id,opened_on\n01,001,02/01/2024\n02,002,03/01/2024\n")
    with pytest.raises(FeedError, match="could be any of %d/%m/%Y, %m/%d/%Y"):
        feed.load()
    mapping = '[tables.customer.date_formats]\nopened_on = "%d/%m/%Y"\n'
    (feed.folder / "mapping.toml").write_text(mapping, "utf-8")
    feed.load()
    assert feed.rows("SELECT max(opened_on) FROM customer") == [(date(2024, 1, 3),)]


def test_a_column_that_mixes_formats_is_refused(feed):
    feed.right().write("customer", "customer_id,branch_id,opened_on\n01,001,13/01/2024\n02,002,01/13/2024\n")
    with pytest.raises(FeedError, match="mixes"):
        feed.load()


def test_a_bank_names_its_files_columns_and_values_in_chinese(feed):
    feed.right()
    (feed.folder / "customer.csv").unlink()
    text = "客户号;所属网点;开户日期;客群;备注\n01;001;2020/02/13;老年;x\n02;002;无;-;y\n"
    (feed.folder / "客户信息.csv").write_bytes(text.encode("gb18030"))
    (feed.folder / "mapping.toml").write_text(
        """
        [tables.customer]
        file = "客户信息.csv"
        ignore = ["备注"]
        [tables.customer.columns]
        "客户号" = "customer_id"
        "所属网点" = "branch_id"
        "开户日期" = "opened_on"
        "客群" = "segment"
        [tables.customer.values.segment]
        "老年" = "senior"
        [tables.customer.missing]
        opened_on = ["无"]
        segment = ["-"]
        """,
        "utf-8",
    )
    feed.load()
    query = "SELECT customer_id, opened_on, segment FROM customer ORDER BY 1"
    assert feed.rows(query) == [("01", date(2020, 2, 13), "senior"), ("02", None, None)]


def test_minor_units_decimal_comma_and_a_zone_can_be_declared(feed):
    feed.right().write(
        "campaign_member",
        "campaign_id;customer_id;arm;branch_id;assigned_at;sales_amount;baseline_amount\n"
        "c1;01;a;001;2024-01-03T20:00:00Z;123450;1.234,5\n",
    )
    (feed.folder / "mapping.toml").write_text(
        'time_zone = "Asia/Shanghai"\n[tables.campaign_member]\nminor_units = ["sales_amount"]\ndecimal_comma = true\n',
        "utf-8",
    )
    feed.load()
    query = "SELECT assigned_at, sales_amount, baseline_amount FROM campaign_member"
    assert feed.rows(query) == [(datetime(2024, 1, 4, 4), 123450, 123450)]


def test_another_mapping_of_the_same_file_is_not_the_same_feed(feed):
    feed.right().load()
    (feed.folder / "mapping.toml").write_text('[tables.branch.values.region]\nNorth = "Nord"\n', "utf-8")
    assert feed.load().version is not None
    assert feed.rows("SELECT DISTINCT region FROM branch") == [("Nord",)]


@pytest.mark.parametrize(
    ("header", "match"),
    [
        ("branch_id,name,colour\n", "'colour'"),
        ("branch_id,nam\n", "nearest: 'nam' - 'name'"),
        ("branch_id,name,name\n", "twice"),
        ("name\n", "lacks branch_id"),
        ("", "is empty"),
        ("branch_id\n001\n", "lacks name"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(feed, header, match):
    feed.right().write("branch", header)
    with pytest.raises(FeedError, match=match):
        feed.load()


def test_limits_are_settings_and_the_refusal_names_the_one_it_met(feed, monkeypatch):
    from data_access.settings import settings

    monkeypatch.setenv("BRANCHLIGHT_FEED_ROWS", "1")
    settings.cache_clear()
    try:
        with pytest.raises(FeedError, match="feed_rows"):
            feed.right().load()
        monkeypatch.setenv("BRANCHLIGHT_FEED_ROWS", "10")
        monkeypatch.setenv("BRANCHLIGHT_FEED_MEGABYTES", "1")
        settings.cache_clear()
        (feed.folder / "branch.csv").unlink()
        (feed.folder / "branch.csv.gz").write_bytes(gzip.compress(b"branch_id,name\n" + b"0" * 2_000_000))
        with pytest.raises(FeedError, match="feed_megabytes"):
            feed.load()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
