"""Whatever stands in a cell is loaded as it is, or refused with its line; it never runs, moves or vanishes."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data_access.errors import DataError, RejectsError
from data_access.loading.load import load_feed
from data_access.loading.refusals import Allowance
from data_access.versions import open_store
from tests.data_access.loading.conftest import rows_of

AWKWARD = [
    "'; DROP TABLE branch; --",
    '"',
    "=1+1",
    "\\N",
    "NULL",
    "a\nb",
    "a,b;c\td|e",
    "{0}",
    "%s",
    "$1",
    "\ufeff",
    "e\u0301",
    "港",
    "\U0001f600",
]
CELLS = st.one_of(
    st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)
)
KEPT = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def load_branches(folder: Path, names: list[str]):
    feed = folder / "feed"
    feed.mkdir()
    (feed / "mapping.toml").write_text("as_of = 2024-06-30\n", "utf-8")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["branch_id", "name"])
    writer.writerows([f"{i:03d}", name] for i, name in enumerate(names, start=1))
    (feed / "branch.csv").write_text(out.getvalue(), "utf-8", newline="")
    store = open_store(str(folder / "warehouse"))
    report = load_feed(store, feed, allowance=Allowance(share=1.0), rejects_folder=folder / "rejects")
    return store, report


@KEPT
@given(st.lists(CELLS, min_size=3, max_size=8))
@example(AWKWARD)
def test_text_is_loaded_as_it_stands_or_refused_with_its_line(names):
    with tempfile.TemporaryDirectory() as folder:
        store, report = load_branches(Path(folder), ["Harbour", "Old Town", *names])
        loaded = dict(rows_of(store, "SELECT branch_id, name FROM branch"))
        for i, name in enumerate(["Harbour", "Old Town", *names], start=1):
            if name:
                assert loaded.pop(f"{i:03d}") == name
        assert not loaded
        assert sum(table.rejected for table in report.tables) == sum(not name for name in names)
        if report.rejects:
            listed = list(csv.DictReader(io.StringIO(report.rejects.read_text("utf-8-sig"))))
            lines = (Path(folder) / "feed" / "branch.csv").read_text("utf-8").split("\n")
            for row in listed:
                assert lines[int(row["line"]) - 1].endswith(",")


@KEPT
@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_loaded_or_refused_in_words(content):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "feed").mkdir()
        (folder / "feed" / "branch.csv").write_bytes(b"branch_id,name\n" + content)
        store = open_store(str(folder / "warehouse"))
        try:
            assert load_feed(store, folder / "feed", rejects_folder=folder / "rejects").version is None
        except DataError as error:
            assert "Nothing was loaded" in str(error)  # noqa: PT017 - a file without rows raises nothing
        assert store.current() is None


def test_what_is_not_plainly_an_amount_is_refused(feed):
    amounts = ["0x10", "1_000", "١٢٣", "--5", "5-", "1.2.3", "Infinity", "1 000", "1,2345", "$5"]
    keys = [f"{place:02d}" for place in range(len(amounts))]
    feed.right().write("customer", "customer_id,branch_id\n" + "".join(f"{key},001\n" for key in keys))
    header = "campaign_id,customer_id,arm,branch_id,assigned_at,sales_amount\n"
    rows = "".join(f'c1,{key},a,001,2024-01-03,"{amount}"\n' for key, amount in zip(keys, amounts, strict=True))
    feed.write("campaign_member", header + rows)
    with pytest.raises(RejectsError, match="not an amount"):
        feed.load()
    (path,) = feed.rejects.iterdir()
    with path.open(encoding="utf-8-sig", newline="") as file:
        told = [(row["line"], row["column"]) for row in csv.DictReader(file) if "not an amount" in row["reason"]]
    assert told == [(str(line), "sales_amount") for line in range(2, len(amounts) + 2)]


@pytest.mark.parametrize("header", ['branch_id,"name) FROM branch; DROP TABLE branch; --"\n', "branch_id,name,'; --\n"])
def test_a_name_of_a_column_is_never_part_of_a_statement(feed, header):
    feed.right().write("branch", f"{header}001,a\n")
    with pytest.raises(DataError, match="has columns that branch does not"):
        feed.load()


def test_a_parquet_column_with_a_hostile_name_is_only_a_name(feed):
    import duckdb

    feed.right()
    (feed.folder / "branch.csv").unlink()
    path = feed.folder / "branch.parquet"
    duckdb.sql(f"""COPY (SELECT '001' AS branch_id, 'a' AS name, 1 AS "x"" FROM y; --") TO '{path}'""")  # noqa: S608
    mapping = """[tables.branch]\nignore = ['x" FROM y; --']\n[tables.branch.values.name]\n"a" = "b'); DROP"\n"""
    (feed.folder / "mapping.toml").write_text(mapping, "utf-8")
    feed.write("customer", "customer_id,branch_id\n01,001\n02,001\n")
    feed.write("campaign_member", "campaign_id,customer_id,arm,branch_id,assigned_at\nc1,01,a,001,2024-01-03\n")
    feed.load()
    assert feed.rows("SELECT branch_id, name FROM branch") == [("001", "b'); DROP")]
