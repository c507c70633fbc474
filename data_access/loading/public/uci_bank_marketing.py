"""UCI Bank Marketing, the file ``bank-full.csv``: telephone calls of a Portuguese bank for a term deposit.

S. Moro, P. Cortez, P. Rita, Decision Support Systems 62 (2014) 22-31; UCI Machine Learning Repository.

One row per client called. The file has no year: its rows are in date order from May 2008 to November 2010, so the year
turns where the month goes back. Each calendar month becomes a campaign, a wave. `duration` is known only after the call
and predicts its outcome, so it is not loaded; sales, costs, participation and satisfaction are not recorded.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from data_access.errors import FeedError
from data_access.loading.draft import FileRecord, Record, insert, mature
from data_access.loading.notes import UCI, Note
from data_access.loading.public.public_file import hashes_of_current, read_text_table, sha256
from data_access.loading.publish import publish_whole
from data_access.versions import Progress, Store, Version, silent

COLUMNS = (
    "age", "job", "marital", "education", "default", "balance", "housing", "loan", "contact", "day", "month",
    "duration", "campaign", "pdays", "previous", "poutcome", "y",
)  # fmt: skip
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FIRST_YEAR, LAST_YEAR = 2008, 2010
TAGS = (
    ("basic", "marital"), ("basic", "education"), ("value", "default"), ("value", "housing"), ("value", "loan"),
    ("behaviour", "poutcome"),
)  # fmt: skip
"""What was known of a client before the call."""

BRANCH = "all"


def load_uci_bank_marketing(store: Store, path: Path, *, progress: Progress = silent) -> Version | None:
    """Publish the file as a warehouse of its own.

    Args:
        store: The warehouse; what it held before is replaced.
        path: ``bank-full.csv``, plain or gzip.
        progress: Told of each step.

    Returns:
        The new version, or None because this file is what the warehouse holds.

    Raises:
        FeedError: it is not that file, or its rows are not in date order.
        BusyError: another load is writing.
    """
    digest = sha256(path)
    if digest in hashes_of_current(store):
        return None

    def fill(connection: duckdb.DuckDBPyConnection) -> Record:
        if read_text_table(connection, path, "call", COLUMNS):
            raise FeedError(f"{path.name} ends within a row. Nothing was loaded. Download it again.")
        progress("loading tables", 1, 3)
        _date_calls(connection, path)
        _fill_offers(connection)
        progress("loading tables", 2, 3)
        _fill_customers(connection)
        mature(connection)
        progress("loading tables", 3, 3)
        (rows,) = connection.execute("SELECT count(*) FROM call").fetchone() or (0,)
        changed = {"branch", "customer", "customer_tag", "product", "campaign", "campaign_arm", "campaign_member"}
        files = [FileRecord(digest, "campaign_member", path.name, rows, encoding="utf-8")]
        return Record("uci-bank-marketing", "EUR", note=Note.of(UCI).packed, files=files, changed=changed)

    return publish_whole(store, fill, progress=progress)


def _date_calls(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Give each call its customer, its day and its wave: the year turns where the month goes back."""
    months = ", ".join(f"'{month}'" for month in MONTHS)
    connection.execute(
        "CREATE TEMP TABLE dated AS WITH numbered AS "
        f"(SELECT rowid AS position, *, list_position([{months}], month) AS month_of_year FROM call), "
        "turned AS (SELECT *, month_of_year < lag(month_of_year) OVER (ORDER BY position) AS turn FROM numbered), "
        f"years AS (SELECT *, {FIRST_YEAR} + count(*) FILTER (turn) OVER (ORDER BY position) AS year FROM turned) "
        "SELECT *, printf('%05d', position + 1) AS customer_id, "
        "printf('%d-%02d', year, month_of_year) AS campaign_id, "
        "make_date(year, month_of_year, 1) AS first_day, "
        "make_timestamp(year, month_of_year, CAST(day AS BIGINT), 0, 0, 0) AS called_at FROM years"
    )
    (last,) = connection.execute("SELECT max(year) FROM dated").fetchone() or (None,)
    if last is None or last > LAST_YEAR:
        raise FeedError(
            f"{path.name}: the rows are not in date order from {FIRST_YEAR} to {LAST_YEAR}, so the year of a call "
            "cannot be told. Nothing was loaded. Load the original file, unsorted."
        )


def _fill_offers(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"INSERT INTO branch (branch_id, name) VALUES ('{BRANCH}', 'All branches')")
    connection.execute(
        "INSERT INTO product (product_id, name, line) VALUES ('term-deposit', 'Term deposit', 'deposit')"
    )
    wave = {
        "campaign_id": "campaign_id",
        "name": "strftime(first_day, '%B %Y')",
        "theme": "'term deposit'",
        "objective": "'grow'",
        "product_id": "'term-deposit'",
        "starts_on": "first_day",
        "ends_on": "last_day(first_day)",
        "attribution_days": "0",  # the outcome is that of the call itself
        "assignment": "'targeted'",
        "cluster": "'customer'",
    }
    insert(connection, "campaign", wave, "(SELECT DISTINCT campaign_id, first_day FROM dated ORDER BY first_day)")
    arm = {"campaign_id": "campaign_id", "arm": "'called'", "is_control": "false"}
    insert(connection, "campaign_arm", arm, "campaign")


def _fill_customers(connection: duckdb.DuckDBPyConnection) -> None:
    customer = {
        "customer_id": "customer_id",
        "branch_id": f"'{BRANCH}'",
        "birth_year": "year - CAST(age AS INTEGER)",
        "segment": "nullif(job, 'unknown')",
    }
    insert(connection, "customer", customer, "dated")
    for family, name in TAGS:
        tag = {
            "customer_id": "customer_id",
            "family": f"'{family}'",
            "tag": f"'{name}'",
            "value": f'"{name}"',
            "as_of": "CAST(called_at AS DATE)",
        }
        insert(connection, "customer_tag", tag, f"(SELECT * FROM dated WHERE \"{name}\" <> 'unknown')")
    member = {
        "campaign_id": "campaign_id",
        "customer_id": "customer_id",
        "arm": "'called'",
        "branch_id": f"'{BRANCH}'",
        "channel": "nullif(contact, 'unknown')",
        "assigned_at": "called_at",
        "contacted_at": "called_at",
        "converted_at": "CASE WHEN y = 'yes' THEN called_at END",
    }
    insert(connection, "campaign_member", member, "dated")
