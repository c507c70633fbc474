"""Refusals teach: the cause first, where it stands, what to do; and they cost no more than they must."""

import csv
import gzip

import pytest

from data_access.errors import FeedError, RejectsError
from data_access.loading import refusals
from data_access.loading.reasons import REMEDY, pack, remedy, said, unpack

STAFF = "staff_id,name,role,hired_on,left_on,mentor_id\n"


def test_every_reason_can_be_said_and_mended():
    from data_access.loading import reasons

    templates = [value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)]
    assert {text for text in templates if " " in text and not text.endswith(".")} == set(REMEDY)
    packed = pack(reasons.OUTSIDE, low=0, high=31)
    assert said(packed) == "is outside 0 to 31"
    assert unpack(packed) == (reasons.OUTSIDE, {"low": 0, "high": 31})
    assert remedy(packed).endswith("mapping.")


def test_an_odd_optional_cell_costs_neither_the_customer_nor_their_history(feed):
    feed.right().write("customer", "customer_id,branch_id,birth_year,manager_staff_id\n01,001,19x0,\n02,002,1970,s9\n")
    with pytest.raises(RejectsError, match="2 of 7 rows"):
        feed.load()
    report = feed.load("2")
    query = "SELECT customer_id, birth_year, manager_staff_id FROM customer ORDER BY 1"
    assert feed.rows(query) == [("01", None, None), ("02", 1970, None)]
    assert feed.rows("SELECT count(*) FROM campaign_member") == [(2,)]
    assert "customer.csv: 2 rows are kept without a cell that was refused." in report.notes


def test_a_refused_cell_leaves_what_was_known(feed):
    feed.right().load()
    feed.empty().write("customer", "customer_id,branch_id,birth_year,segment\n01,001,19x0,family\n09,001,19x0,family\n")
    feed.load("2")
    query = "SELECT customer_id, birth_year, segment FROM customer WHERE segment = 'family' ORDER BY 1"
    assert feed.rows(query) == [("01", 1980, "family"), ("09", None, "family")]


def test_the_cause_comes_first_and_its_consequences_together(feed):
    feed.right().write("customer", "customer_id,branch_id\n01,001,x\n02,002\n")
    with pytest.raises(RejectsError) as error:
        feed.load()
    told = str(error.value)
    assert told.index("has more cells than the header") < told.index("As a consequence")
    assert "1 x campaign_member.customer_id" in told
    assert "customer.csv line 2: has more cells than the header. Enclose a cell" in told
    assert "refers to a row of customer" not in told.split("The first of them")[1]


def test_a_mentor_who_was_refused_is_no_mentor(feed):
    rows = "s1,A,x,2020-01-01,2019-01-01,\ns2,B,x,2020-01-01,,s1\ns3,C,x,2020-01-01,,s2\n"
    feed.right().write("staff", STAFF + rows)
    feed.load("2")
    assert feed.rows("SELECT staff_id, mentor_id FROM staff ORDER BY 1") == [("s2", None), ("s3", "s2")]
    assert feed.rows("SELECT column_name, template FROM rejection ORDER BY 1") == [
        ("left_on", "is before {earlier}"),
        ("mentor_id", "refers to a row of {parent} that was refused"),
    ]


def test_a_quote_that_is_never_closed_is_a_fault_of_the_file_that_no_allowance_lets_through(feed):
    rows = "".join(f"{i:03d},Name {i}\n" for i in range(3, 900))
    feed.right().write("branch", f'branch_id,name\n001,A\n002,"B\n{rows}')
    with pytest.raises(FeedError, match=r"branch.csv, line 3: a quote"):
        feed.load("100%")


def test_a_quote_that_a_later_one_closes_swallows_no_rows_in_silence(feed):
    rows = "".join(f"{i:03d},N\n" for i in range(3, 50))
    feed.right().write("branch", f'branch_id,name\n001,A\n002,"B\n{rows}"\n')
    with pytest.raises(FeedError, match=r"branch.csv: a cell holds 49 lines"):
        feed.load("100%")


def test_line_ends_in_cells_and_blank_lines_are_counted(feed):
    feed.right().write("branch", 'branch_id,name\n001,"A\nB"\n\n002,"C\nD\nE"\n')
    notes = feed.load().notes
    assert "branch.csv: 2 rows hold line ends inside a cell, 3 in all." in notes
    assert "branch.csv: 1 blank lines were passed over." in notes


def test_mixed_line_ends_name_their_file(feed):
    (feed.right().folder / "branch.csv").write_bytes(b"branch_id,name\r\n001,A\n002,B\r\n")
    with pytest.raises(FeedError, match=r"branch.csv mixes line ends \(2 x CR LF, 1 x LF\)"):
        feed.load()


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"PK\x03\x04rest", "XLSX"), (b"PAR1rest", "Parquet"), (b"\xd0\xcf\x11\xe0", "XLS file"), (b"a\0b", "zero bytes")],
)
def test_a_file_of_another_kind_is_called_by_its_kind_and_name(feed, content, kind):
    (feed.right().folder / "branch.csv").write_bytes(content)
    with pytest.raises(FeedError, match=f"branch.csv.*{kind}"):
        feed.load()


def test_all_unknown_columns_are_told_at_once(feed):
    feed.right().write("branch", "branch_id,nam,colour,regoin\n001,A,red,N\n")
    with pytest.raises(
        FeedError, match=r"'nam', 'colour', 'regoin' \(the nearest: 'nam' - 'name', 'regoin' - 'region'\)"
    ):
        feed.load()


def test_a_gzip_bomb_is_refused_before_it_fills_the_disk(feed):
    feed.right()
    (feed.folder / "branch.csv").unlink()
    with gzip.open(feed.folder / "branch.csv.gz", "wb") as out:
        out.write(b"branch_id,name\n")
        for _ in range(300):
            out.write(b"\n" * 1_000_000)
    with pytest.raises(FeedError, match="200 times its size"):
        feed.load()


def test_many_refused_rows_are_counted_and_the_first_of_them_listed(feed, monkeypatch):
    monkeypatch.setattr(refusals, "LISTED", 100)
    rows = "".join(f"{i:04d},001,x\n" for i in range(1000))
    feed.right().write("customer", f"customer_id,branch_id,birth_year\n01,001,\n02,002,\n{rows}")
    report = feed.load("100%")
    assert feed.rows("SELECT count(*) FROM customer") == [(1002,)]
    assert [(r.column, r.rows, r.line) for r in report.refused] == [("birth_year", 1000, 4)]
    with report.rejects.open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    assert len(listed) == 51
    assert listed[-1]["reason"] == "950 more are not listed"


def test_a_wrong_delimiter_is_a_fault_of_the_file(feed):
    rows = "".join(f"{i:05d},N,x\n" for i in range(10_001))
    feed.right().write("branch", f"branch_id,name\n{rows}")
    with pytest.raises(FeedError, match="have not the cells of the header, the first in line 2"):
        feed.load("100%")


def test_what_is_stored_of_a_refusal_holds_no_value_of_a_customer(feed):
    feed.right().write("customer", "customer_id,branch_id,birth_year\n01,001,secret\n02,002,\n")
    feed.load("1")
    stored = str(feed.rows("SELECT * FROM rejection")) + str(feed.rows("SELECT note FROM warehouse_version"))
    assert "birth_year" in stored
    assert "secret" not in stored


def test_what_happens_at_the_same_moment_is_in_order(feed):
    feed.right().write(
        "campaign_member",
        "campaign_id,customer_id,arm,branch_id,assigned_at,participated_at\n"
        "c1,01,a,001,2024-01-03 10:00:00,2024-01-03 10:00:00\n",
    )
    assert feed.load().rejects is None


@pytest.mark.parametrize("value", ["=1+1", "+1+1", "@sum", "-1+1", "\t=1", "＝1+1", "＠sum"])
def test_no_cell_of_the_list_is_a_formula(value):
    assert refusals._harmless(value) == f"'{value}"
