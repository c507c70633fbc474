"""Targets out of files as people make them, in files that come back as they went, and by command."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from data_access.__main__ import app
from data_access.errors import FeedError, TargetFileError
from data_access.reading.scope import WHOLE_BANK
from data_access.settings import settings
from data_access.versions import open_store
from data_access.workspace import target_file, targets
from data_access.workspace.database import open_database
from data_access.workspace.target_file import Known
from data_access.workspace.targets import Key, Target
from tests.data_access.small_bank import publish

KNOWN = Known({"B1", "007", "=B"}, {"RED26"}, decimals=2)
HEADER = "branch_id,metric,period,value\n"


def read(tmp_path, text: str | bytes, known: Known = KNOWN):
    path = tmp_path / "targets.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return target_file.read(path, known)


def sheet(tmp_path, *rows, formats=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in formats:
        book.active[cell].number_format = number_format
    book.save(tmp_path / "targets.xlsx")
    return tmp_path / "targets.xlsx"


def sales(value: float, period="2026-11", branch="B1"):
    return {Key(branch, "weekly_sales", period): value}


def test_rows_become_targets_in_the_units_that_are_kept(tmp_path):
    text = HEADER + (
        "007,weekly_sales,2026-11,1200000\n"
        "007,net_new_money,2026-11,-3.05\n"
        "007,top_two_box,2026-11,85.5%\n"
        "B1,top_two_box,2026-11,0.855\n"
        "007,customers_won_and_funded,season-RED26,45\n"
    )
    assert read(tmp_path, text) == {
        Key("007", "weekly_sales", "2026-11"): 120_000_000.0,
        Key("007", "net_new_money", "2026-11"): -305.0,
        Key("007", "top_two_box", "2026-11"): 0.855,
        Key("B1", "top_two_box", "2026-11"): 0.855,
        Key("007", "customers_won_and_funded", "season-RED26"): 45.0,
    }


@pytest.mark.parametrize(
    ("written", "minor"),
    [("0.01", 1), ("1,234,567.8", 123_456_780), ("+5", 500), (" 5 ", 500), ("90071992547409.91", 2**53 - 1)],
)
def test_amounts_lose_no_digit(tmp_path, written, minor):
    assert read(tmp_path, f'{HEADER}B1,weekly_sales,2026-11,"{written}"\n') == sales(float(minor))


@pytest.mark.parametrize(("decimals", "minor"), [(0, 12), (3, 12_000)])
def test_minor_units_are_those_of_the_currency(tmp_path, decimals, minor):
    known = Known({"B1"}, (), decimals)
    assert read(tmp_path, f"{HEADER}B1,weekly_sales,2026-11,12\n", known) == sales(float(minor))


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + "B1,weekly_sales,2026-11,5\n",
        "value,period,metric,Branch_ID \n5,2026-11,weekly_sales,B1\n",
        HEADER + "\n , , , \nB1,weekly_sales,2026-11,5\r\n",
        HEADER + "B1,weekly_sales,2026-11-01,5\n",
        "branch_id,metric,period,value,set_by,set_at\nB1,weekly_sales,2026-11,5,林越,\n",
        "branch_id,metric,period,value,set_by,set_at\nB1,weekly_sales,2026-11,5,林越,\n".encode("gb18030"),
    ],
)
def test_files_as_office_programs_write_them_are_read(tmp_path, text):
    assert read(tmp_path, text) == sales(500.0)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("B9,weekly_sales,2026-11,5", "branch_id 'B9': the warehouse has no such branch"),
        ("B1,weekly_sale,2026-11,5", "metric 'weekly_sale': it has no targets; those are net_new_money"),
        ("B1,weekly_sales,2026-13,5", "period '2026-13': write a month as 2026-11"),
        ("B1,weekly_sales,2026-11-02,5", "period '2026-11-02': write a month as 2026-11"),
        ("B1,weekly_sales,season-BLUE,5", "period 'season-BLUE': the warehouse has no such season"),
        ("B1,weekly_sales,2026-11,12o", "value '12o': it is no number; write it as 1200000.00"),
        ("B1,weekly_sales,2026-11,1e5", "value '1e5': it is no number"),
        ("B1,weekly_sales,2026-11,85%", "value '85%': it is no number"),
        ("B1,weekly_sales,2026-11,0.005", "value '0.005': it is counted with at most 2 decimals; round it"),
        ("B1,weekly_sales,2026-11,90071992547409.92", "no whole number below 9,007,199,254,740,992"),
        ("B1,weekly_contacts,2026-11,4.5", "value '4.5': it is counted with no decimals; round it"),
        ("B1,weekly_contacts,2026-11,-4", "value '-4': -4 is below zero"),
        ("B1,top_two_box,2026-11,85", "value '85': it is more than the whole; write 85 percent as 85% or 0.85"),
        ("B1,top_two_box,2026-11,101%", "value '101%': 1.01 is no share"),
        ("B1,weekly_sales,2026-11,", "value '': the cell is empty"),
        ("B1,weekly_sales,2026-11", "value '': the cell is empty"),
        ("B1,weekly_sales,2026-11,1,200", "the row has more cells than the 4 columns"),
        ("B1,weekly_contacts,2026-10,7", "period '2026-10': line 2 sets the same target"),
    ],
)
def test_a_fault_is_told_with_line_column_value_reason_and_remedy_and_nothing_is_taken(tmp_path, row, why):
    with pytest.raises(TargetFileError) as told:
        read(tmp_path, f"{HEADER}B1,weekly_contacts,2026-10,7\n{row}\n")
    first, second = str(told.value).splitlines()
    assert first == "targets.csv holds what is no target. None was set. Correct it and try again:"
    assert second.startswith("  line 3, ")
    assert why in second


def test_all_faults_are_told_but_for_those_beyond_twenty(tmp_path):
    with pytest.raises(TargetFileError) as told:
        read(tmp_path, HEADER + "B1,weekly_sales,2026-11,x\n" * 23)
    lines = str(told.value).splitlines()
    assert lines[1].startswith("  line 2, ")
    assert lines[20].startswith("  line 21, ")
    assert lines[21:] == ["  and 3 more"]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("branch_id,metric,period\n", "lacks 'value'"),
        ("branch,metric,period,value\n", "lacks 'branch_id'; does not know 'branch'"),
        ("branch_id,metric,period,value,value\n", "has twice 'value'"),
        ("", "lacks 'branch_id', 'metric', 'period', 'value'"),
    ],
)
def test_a_header_that_is_none_is_told(tmp_path, header, why):
    with pytest.raises(TargetFileError, match=f"line 1: the header {why}.* None was set. Its columns are branch_id"):
        read(tmp_path, header)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEADER + 'B1,weekly_sales,"2026-11,5\n', "line 2: unexpected end of data"),
        (b"branch_id,metric\xff\xfe\n", "neither UTF-8 nor GB18030"),
    ],
)
def test_a_file_that_is_no_text_of_rows_is_told(tmp_path, text, why):
    with pytest.raises(FeedError, match=why):
        read(tmp_path, text)


def test_another_kind_of_file_is_told(tmp_path):
    (tmp_path / "targets.ods").write_bytes(b"")
    with pytest.raises(FeedError, match=r"neither \.csv nor \.xlsx"):
        target_file.read(tmp_path / "targets.ods", KNOWN)


def test_a_sheet_is_read_by_its_cells(tmp_path):
    path = sheet(
        tmp_path,
        ["branch_id", "metric", "period", "value"],
        ["007", "weekly_sales", datetime(2026, 11, 1), 1234.5],
        [],
        ["B1", "top_two_box", "2026-11", 0.85],
        formats=[("D4", "0%"), ("C2", "yyyy-mm")],
    )
    assert target_file.read(path, KNOWN) == {
        Key("007", "weekly_sales", "2026-11"): 123_450.0,
        Key("B1", "top_two_box", "2026-11"): 0.85,
    }


def test_a_fault_of_a_sheet_names_the_row_that_a_person_sees(tmp_path):
    path = sheet(tmp_path, list(target_file.COLUMNS), [], [], ["B1", "weekly_sales", "2026-11", "=1+1"])
    with pytest.raises(TargetFileError, match=r"line 4, value .*no value that a sheet keeps"):
        target_file.read(path, KNOWN)


@pytest.mark.parametrize("name", ["out.csv", "out.XLSX"])
def test_what_was_written_is_read_in_again(tmp_path, name):
    wanted = {
        Key("007", "weekly_sales", "2026-11"): 2.0**53 - 1,
        Key("=B", "net_new_money", "season-RED26"): -5.0,
        Key("B1", "customers_won_and_funded", "2026-11"): 45.0,
        Key("B1", "top_two_box", "2026-11"): 0.8512345,
        Key("B1", "weekly_participation_rate", "2026-11"): 1e-7,
    }
    kept = [Target(key, 1, value, "=cmd|' /C calc'!A0", datetime(2026, 11, 16)) for key, value in wanted.items()]
    gone = Target(Key("B1", "weekly_sales", "2026-12"), 2, None, "gu", datetime(2026, 11, 16))
    path = tmp_path / name
    assert target_file.write(path, [*kept, gone], decimals=2) == 5
    assert path.stat().st_mode & 0o777 == 0o600
    assert target_file.read(path, KNOWN) == wanted


def test_no_cell_that_was_written_runs_in_a_spreadsheet(tmp_path):
    one = Target(Key("=B", "net_new_money", "2026-11"), 1, -5.0, "@x", datetime(2026, 11, 16, 8, 30))
    target_file.write(tmp_path / "out.csv", [one], decimals=2)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == ["'=B", "net_new_money", "2026-11", "-0.05", "'@x", "2026-11-16 08:30:00"]
    target_file.write(tmp_path / "out.xlsx", [one], decimals=2)
    cells = openpyxl.load_workbook(tmp_path / "out.xlsx").active[2]
    assert [(cell.value, cell.data_type) for cell in cells[:1]] == [("=B", "s")]


def test_a_file_that_is_there_is_not_written_over(tmp_path):
    (tmp_path / "out.csv").write_text("mine", "utf-8")
    with pytest.raises(FileExistsError):
        target_file.write(tmp_path / "out.csv", [], decimals=2)
    with pytest.raises(TargetFileError, match="neither in"):
        target_file.write(tmp_path / "out.ods", [], decimals=2)
    assert (tmp_path / "out.csv").read_text("utf-8") == "mine"


def test_the_document_names_every_metric_and_its_example_is_one(tmp_path):
    document = (Path(__file__).parents[3] / "docs" / "targets.md").read_text("utf-8")
    example = document.split("```")[3].strip()
    assert len(read(tmp_path, example)) == 3
    assert [metric for metric in targets.METRICS if f"`{metric}`" not in document] == []


@pytest.fixture
def run(tmp_path, monkeypatch, bank):
    monkeypatch.setenv("BRANCHLIGHT_WORKSPACE", f"sqlite:///{tmp_path}/workspace.sqlite")
    monkeypatch.setenv("BRANCHLIGHT_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("BRANCHLIGHT_AUDIT_LOG", str(tmp_path / "audit.jsonl"))
    settings.cache_clear()
    publish(bank, open_store(str(tmp_path / "warehouse")))
    yield lambda *words: CliRunner().invoke(app, ["targets", *map(str, words)], env={"COLUMNS": "200"})
    settings.cache_clear()


def kept_in(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/workspace.sqlite")
    found = {key: one.value for key, one in targets.latest(engine, WHOLE_BANK).items()}
    engine.dispose()
    return found


def test_the_command_sets_all_targets_of_a_file_or_none_and_writes_down_who(run, tmp_path):
    file = tmp_path / "targets.csv"
    file.write_text(HEADER + "B1,weekly_sales,2024-05,10\nB2,weekly_sales,season-Q1,20\n", "utf-8")
    assert "2 targets are new, 0 changed, 0 are as before" in run(file).output
    file.write_text(HEADER + "B1,weekly_sales,2024-05,30\nB9,weekly_sales,2024-05,1\n", "utf-8")
    refused = run(file)
    assert isinstance(refused.exception, TargetFileError)
    assert "line 3, branch_id 'B9'" in str(refused.exception)
    assert kept_in(tmp_path) == {**sales(1000.0, "2024-05"), **sales(2000.0, "season-Q1", "B2")}
    file.write_text(HEADER + "B1,weekly_sales,2024-05,30\nB2,weekly_sales,season-Q1,20\n", "utf-8")
    assert "0 targets are new, 1 changed, 1 are as before" in run(file).output
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()]
    assert [(line["event"], line["new"], line["changed"], line["same"]) for line in lines] == [
        ("targets_set", "2", "0", "0"),
        ("targets_set", "0", "1", "1"),
    ]
    out = tmp_path / "out.csv"
    assert "2 targets written" in run("--export", out).output
    assert "0 targets are new, 0 changed, 2 are as before" in run(out).output


def test_the_command_is_told_what_to_do(run, tmp_path):
    assert run().exit_code == 2
    assert run(tmp_path / "a.csv", "--export", tmp_path / "b.csv").exit_code == 2
