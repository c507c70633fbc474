"""XLSX: the cells are believed, whatever the file says of itself, and each is kept exactly or refused."""

import csv
from datetime import date, datetime

import openpyxl
import pytest

from data_access.errors import DataError, FeedError, RejectsError
from tests.data_access.loading.sheets import DAY, PADDED, TIME, text, write_xlsx

HEADER = text("branch_id", "name")
TWO = HEADER + text("001", "A") + text("002", "B")


@pytest.fixture
def sheet(feed):
    """A right feed whose branches come as a sheet: a function that writes and loads it."""
    feed.right()
    (feed.folder / "branch.csv").unlink()

    def load(rows, allow="0", **options):
        write_xlsx(feed.folder / "branch.xlsx", rows, **options)
        return feed.load(allow)

    return load


def listed(feed):
    (path,) = feed.rejects.iterdir()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["line"], row["column"], row["value"], row["reason"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("dimension", ["A1", "A1:B2", "A1:XFD1048576", "nonsense", ""])
def test_rows_and_columns_beyond_the_stated_dimension_are_loaded(feed, sheet, dimension):
    sheet(TWO + text("003", "C") + text("004", "D"), dimension=dimension)
    assert feed.rows("SELECT branch_id, name FROM branch ORDER BY 1") == [
        (f"00{i}", "ABCD"[i - 1]) for i in range(1, 5)
    ]


def test_a_cell_at_the_far_end_of_the_sheet_costs_its_row_and_no_time(feed, sheet):
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(RejectsError, match="more cells"):
        sheet(TWO + far)
    assert listed(feed)[0][0] == "1048576"


def test_lines_are_those_of_the_sheet_with_blank_rows_between(feed, sheet):
    rows = HEADER + '<row r="5"><c r="A5"><v>1</v></c><c r="B5" t="str"><v>A</v></c></row><row r="9"><c r="A9"/></row>'
    with pytest.raises(RejectsError):
        sheet(rows + '<row r="12"><c r="A12" t="str"><v>002</v></c></row>')
    assert ("12", "name", "", "is empty") in listed(feed)


def named(cells):
    """A row of the sheet for each cell, from the fourth on, with a name of its own beside it."""
    return "".join(f'<row r="{row}">{cell}<c t="str"><v>C{row}</v></c></row>' for row, cell in enumerate(cells, 4))


def test_a_cell_without_a_trustworthy_value_is_refused_with_its_reason(feed, sheet):
    reasons = {
        '<c t="e"><v>#N/A</v></c>': "is an error of the spreadsheet",
        '<c t="e"><v>#DIV/0!</v></c>': "is an error of the spreadsheet",
        "<c><f>A1</f></c>": "is a formula whose result is not in the file",
        "<c><f>A1</f><v></v></c>": "is a formula whose result is not in the file",
        "<c><v>6217000010001234567</v></c>": "is a number of more than 15 digits",
        "<c><v>6.2170000100012346E+18</v></c>": "is a number of more than 15 digits",
    }
    with pytest.raises(RejectsError, match="branch_id"):
        sheet(TWO + named(reasons))
    found = {line: (column, said) for line, column, _, said in listed(feed)}
    for row, (cell, reason) in enumerate(reasons.items(), 4):
        assert found[str(row)][0] == "branch_id", cell
        assert reason in found[str(row)][1], cell


def test_a_cell_is_what_a_person_would_have_typed(feed, sheet):
    kept = {
        "<c><v>100200300400500</v></c>": "100200300400500",
        f'<c s="{PADDED}"><v>7</v></c>': "007",
        "<c><v>1.5E3</v></c>": "1500",
        "<c><v>-0</v></c>": "0",
        '<c t="b"><v>1</v></c>': "true",
        '<c t="str"><f>A1</f><v>run</v></c>': "run",
        '<c t="str"><v>00012</v></c>': "00012",
        '<c t="s"><v>1</v></c>': "second",
        '<c t="inlineStr"><is><r><t>Ha</t></r><r><t>r</t></r><rPh><t>x</t></rPh></is></c>': "Har",
    }
    sheet(TWO + named(kept), texts=("first", "second"))
    found = dict(feed.rows("SELECT name, branch_id FROM branch"))
    assert {cell: found[f"C{row}"] for row, cell in enumerate(kept, 4)} == kept


@pytest.mark.parametrize(("epoch_1904", "serial"), [(False, 45355), (True, 43893)])
def test_dates_of_both_epochs(feed, sheet, epoch_1904, serial):
    dated = f'<row><c t="str"><v>003</v></c><c t="str"><v>C</v></c><c s="{DAY}"><v>{serial}</v></c></row>'
    rows = text("branch_id", "name", "opened_on") + text("001", "A") + text("002", "B") + dated
    sheet(rows, epoch_1904=epoch_1904)
    assert feed.rows("SELECT opened_on FROM branch WHERE branch_id = '003'") == [(date(2024, 3, 4),)]


def test_times_and_amounts_of_a_sheet_are_exact(feed):
    feed.right()
    (feed.folder / "campaign_member.csv").unlink()
    header = text("campaign_id", "customer_id", "arm", "branch_id", "assigned_at", "sales_amount", "baseline_amount")
    row = '<row><c t="str"><v>c1</v></c><c t="str"><v>01</v></c><c t="str"><v>a</v></c><c t="str"><v>001</v></c>'
    row += f'<c s="{TIME}"><v>45355.395833333336</v></c><c><v>0.30000000000000004</v></c><c><v>1234567.89</v></c></row>'
    write_xlsx(feed.folder / "campaign_member.xlsx", header + row)
    feed.load()
    assert feed.rows("SELECT assigned_at, sales_amount, baseline_amount FROM campaign_member") == [
        (datetime(2024, 3, 4, 9, 30), 30, 123456789)
    ]


def test_an_error_can_be_declared_as_missing(feed, sheet):
    (feed.folder / "mapping.toml").write_text('[tables.branch.missing]\nregion = ["#N/A"]\n', "utf-8")
    rows = text("branch_id", "name", "region") + text("001", "A", "North")
    sheet(rows + '<row><c t="str"><v>002</v></c><c t="str"><v>B</v></c><c t="e"><v>#N/A</v></c></row>')
    assert feed.rows("SELECT region FROM branch ORDER BY branch_id") == [("North",), (None,)]


def test_hidden_sheets_are_passed_over_and_said(feed, sheet):
    report = sheet(TWO, hidden=HEADER + text("009", "Secret"))
    assert any("hidden sheets passed over: kept back" in sample for sample in report.samples)
    assert feed.rows("SELECT count(*) FROM branch") == [(2,)]


@pytest.mark.parametrize(
    "rows", ["<row><c>", "<row r='x'/>", '<row><c r="?1"><v>1</v></c></row>', "<row><c t='s'><v>7</v></c></row>"]
)
def test_a_broken_sheet_is_refused_in_words(sheet, rows):
    with pytest.raises(FeedError, match="not an XLSX file that can be read"):
        sheet(TWO + rows)


def test_entities_that_multiply_are_refused(sheet):
    names = "abcdefghij"
    entities = [f'<!ENTITY {names[i]} "{f"&{names[i - 1]};" * 10}">' for i in range(1, 10)]
    with pytest.raises(FeedError, match="not an XLSX file that can be read"):
        sheet(TWO, prologue=f'<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa">{"".join(entities)}]>', texts=("&j;",))


def test_what_openpyxl_writes_is_read_as_openpyxl_reads_it(feed, tmp_path):
    book = openpyxl.Workbook()
    rows = [["branch_id", "name", "opened_on"], ["001", "A & <B>", date(2020, 2, 29)], ["002", " x\ty ", None]]
    for row in rows:
        book.active.append(row)
    feed.right()
    (feed.folder / "branch.csv").unlink()
    book.save(feed.folder / "branch.xlsx")
    feed.load()
    assert feed.rows("SELECT branch_id, name, opened_on FROM branch ORDER BY 1") == [tuple(row) for row in rows[1:]]


def test_an_xlsx_file_beyond_the_limit_is_refused_before_it_is_read(sheet, monkeypatch):
    from data_access.settings import settings

    monkeypatch.setenv("BRANCHLIGHT_FEED_MEGABYTES", "1")
    settings.cache_clear()
    try:
        with pytest.raises(DataError, match="feed_megabytes"):
            sheet(TWO + "<row/>" * 300_000)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
