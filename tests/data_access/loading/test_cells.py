"""What a text means: each is loaded as it is written in full, or refused with its reason."""

import csv
from datetime import datetime

import pytest

from data_access.errors import RejectsError

MEMBER = "campaign_id,customer_id,arm,branch_id,assigned_at,contacted_at,sales_amount\n"


def reasons(feed, table=""):
    """Column, value and reason of what was refused, by line."""
    path = sorted(feed.rejects.iterdir())[-1]
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == (table or row["table"])]
    return {int(row["line"]): (row["column"], row["value"], row["reason"]) for row in rows if row["line"]}


def members(feed, cells, column):
    """Load one member for each cell; its loaded value, and the reason of those that were refused."""
    customers = "".join(f"m{i},001\n" for i in range(len(cells)))
    feed.right().write("customer", f"customer_id,branch_id\n01,001\n02,002\n{customers}")
    feed.write(
        "campaign_member",
        f"campaign_id,customer_id,arm,branch_id,assigned_at,{column}\n"
        + "".join(f'c1,m{i},a,001,2024-01-03,"{cell}"\n' for i, cell in enumerate(cells)),
    )
    feed.load("100%")
    loaded = dict(feed.rows(f"SELECT customer_id, {column} FROM campaign_member"))  # noqa: S608
    refused = reasons(feed, "campaign_member") if feed.rejects.exists() else {}
    return [loaded[f"m{i}"] for i in range(len(cells))], [
        refused.get(i + 2, ("", "", ""))[2] for i in range(len(cells))
    ]


def test_a_time_is_written_in_full_by_either_clock(feed):
    texts = {
        "2024-01-03 10:00:00": datetime(2024, 1, 3, 10),
        "2024-01-03 01:30:00 PM": datetime(2024, 1, 3, 13, 30),
        "2024-01-03 1:30 pm": datetime(2024, 1, 3, 13, 30),
        "2024-01-03 12:00 AM": datetime(2024, 1, 3),
        "2024-01-03 10:00:00.250000000": datetime(2024, 1, 3, 10, 0, 0, 250_000),
        "2026-01-1": None,
        "2024-01-03 10:1": None,
        "2024-01-03 10": None,
        "2024-1-3": None,
        "2024-01-03 10:00:00 CST": None,
        "2024-01-03 10:00:00.1234567": None,
        "2024-01-03 25:00:00": None,
    }
    loaded, refused = members(feed, list(texts), "contacted_at")
    assert loaded == list(texts.values())
    assert [bool(reason) for reason in refused] == [value is None for value in texts.values()]
    assert "not written in full" in refused[5]
    assert "not written in full" in refused[6]
    assert "time zone" in refused[9]


def test_only_offsets_and_z_are_zones(feed):
    (feed.folder / "mapping.toml").write_text('time_zone = "Asia/Shanghai"\n', "utf-8")
    texts = ["2024-01-03T10:00:00Z", "2024-01-03 10:00:00+02:00", "2024-01-03 10:00:00", "2024-01-03 10:00:00 CST"]
    loaded, refused = members(feed, texts, "contacted_at")
    assert loaded == [datetime(2024, 1, 3, 18), datetime(2024, 1, 3, 16), datetime(2024, 1, 3, 10), None]
    assert refused[:3] == ["", "", ""]
    assert "by letters" in refused[3]


def test_another_time_zone_loads_the_same_file_anew(feed):
    feed.right().write("campaign_member", f"{MEMBER}c1,01,a,001,2024-01-03T10:00:00Z,,\n")
    (feed.folder / "mapping.toml").write_text('time_zone = "Asia/Shanghai"\n', "utf-8")
    feed.load()
    (feed.folder / "mapping.toml").write_text('time_zone = "Europe/Berlin"\n', "utf-8")
    feed.load()
    assert feed.rows("SELECT assigned_at FROM campaign_member") == [(datetime(2024, 1, 3, 11),)]


def test_a_file_loaded_by_older_rules_is_read_again(feed, monkeypatch):
    from data_access.loading.files import encoding

    feed.right().load()
    assert feed.load().version is None
    monkeypatch.setattr(encoding, "RULES", "another")
    assert feed.load().version is not None


def test_amounts_up_to_a_limit_and_zeros_behind_the_decimals(feed):
    texts = {
        "99999999999999.99": 9_999_999_999_999_999,
        "100000000000000": 10**16,
        "-100000000000000.00": -(10**16),
        "100000000000000.01": None,
        "123456789012345.67": None,
        "9000000000000000000": None,
        "1234.5000": 123_450,
        "1234.5600": 123_456,
        "1234.5610": None,
        "-0.05": -5,
        "+7": 700,
    }
    loaded, refused = members(feed, list(texts), "sales_amount")
    assert loaded == list(texts.values())
    assert "too large for an amount; the limit is 100,000,000,000,000" in refused[4]
    assert "more than 2 decimals" in refused[8]


def test_minor_units_may_have_zeros_and_no_more(feed):
    (feed.folder / "mapping.toml").write_text('[tables.campaign_member]\nminor_units = ["sales_amount"]\n', "utf-8")
    assert members(feed, ["12345", "12345.0000", "12345.5"], "sales_amount")[0] == [12_345, 12_345, None]


@pytest.mark.parametrize("identifier", ["1.23E+11", "6.2E+18", "1E+05", "a\x07b", "x" * 201])
def test_an_identifier_that_a_spreadsheet_shortened_is_refused(feed, identifier):
    feed.right().write("branch", f'branch_id,name\n001,A\n002,B\n"{identifier}",C\n')
    with pytest.raises(RejectsError):
        feed.load()
    assert reasons(feed)[4][0] == "branch_id"


@pytest.mark.parametrize("identifier", ["1E5", "12+3", "E+1", "x" * 200, "1.23"])
def test_an_identifier_that_only_looks_alike_is_kept(feed, identifier):
    feed.right().write("branch", f"branch_id,name\n001,A\n002,B\n{identifier},C\n")
    feed.load()
    assert feed.rows("SELECT branch_id FROM branch WHERE name = 'C'") == [(identifier,)]


def test_numbers_that_cannot_be_are_refused_and_whole_ones_with_a_point_are_whole(feed):
    feed.right().write(
        "customer", "customer_id,branch_id,birth_year\n01,001,1980.0\n02,002,2187\n03,001,1899\n04,001,1980.5\n"
    )
    feed.write(
        "tier_snapshot", "customer_id,month_no,branch_id,tier,active_days\n01,2024-01,001,a,31\n02,2024-01,002,a,400\n"
    )
    feed.load("100%")
    assert feed.rows("SELECT birth_year FROM customer ORDER BY customer_id") == [(1980,), (None,), (None,), (None,)]
    assert feed.rows("SELECT active_days FROM tier_snapshot ORDER BY customer_id") == [(31,), (None,)]
    assert "outside 0 to 31" in reasons(feed, "tier_snapshot")[3][2]


def test_an_amount_below_zero_where_none_belongs_is_flagged(feed):
    feed.right().write(
        "campaign_cost",
        "cost_id,campaign_id,category,actual_amount,incurred_on\n1,c1,gift,-5,2024-01-04\n2,c1,gift,0,2024-01-04\n",
    )
    report = feed.load()
    assert feed.rows("SELECT flagged FROM version_table WHERE table_name = 'campaign_cost'") == [(1,)]
    assert "campaign_cost.csv: 1 have a actual_amount below zero (kept)." in report.notes


@pytest.mark.parametrize("last", ["合计,,,,,,99.50", "Total,,x,001,,,", "c1,合计,a,001,2024-01-03,,99.50"])
def test_a_row_of_totals_is_pointed_at(feed, last):
    feed.right().write("campaign_member", f"{MEMBER}c1,01,a,001,2024-01-03,,99.50\n{last}\n")
    with pytest.raises(RejectsError, match=r"1 of 7 rows(?s:.*)looks like a row of totals"):
        feed.load()
    assert "Delete rows of totals" in next(feed.rejects.iterdir()).read_text("utf-8-sig")


def test_a_value_mapped_to_nothing_is_missing(feed):
    (feed.folder / "mapping.toml").write_text('[tables.branch.values.region]\nNorth = ""\n', "utf-8")
    feed.right().load()
    assert feed.rows("SELECT region FROM branch") == [(None,), (None,)]


@pytest.mark.parametrize("text", ["101%", "250 %", "-1", "1.5", "x"])
def test_an_allowance_that_means_nothing_is_refused(text):
    from data_access.errors import LoadError
    from data_access.loading.refusals import read_allowance

    with pytest.raises(LoadError, match="allow-rejects"):
        read_allowance(text)


def test_a_long_text_beside_a_refused_row_is_looked_up_all_the_same(feed):
    feed.right().write("branch", f"branch_id,name\n001,A\n002,{'x' * 140_000}\n,C\n")
    with pytest.raises(RejectsError):
        feed.load()
    listed = reasons(feed, "branch")
    assert listed == {3: ("name", "x" * 200, "is longer than 10000 signs"), 4: ("branch_id", "", "is empty")}


def test_a_carriage_return_inside_a_text_is_refused(feed):
    feed.right().write("branch", 'branch_id,name,region\n001,A,"x\ry"\n002,B,North\n')
    feed.load("1")
    assert feed.rows("SELECT name, region FROM branch ORDER BY 1") == [("A", None), ("B", "North")]
    assert "control sign" in reasons(feed)[2][2]
