"""Berka, the PKDD'99 financial data set: accounts of a Czech bank, 1993 to 1998.

P. Berka, "Guide to the Financial Data Set", PKDD'99 Discovery Challenge, Prague 1999.

Accounts become customers (a customer's age and gender are their owner's), districts become branches, loans and cards
become sales. Tier snapshots come from balances: the rows of an account within a day are not in the order in which they
happened, so the day's closing balance is the one that the day before and the day's amounts lead to. A last month that
is not whole is left out and said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import duckdb
import pandas as pd

from data_access.errors import FeedError
from data_access.loading.draft import FileRecord, Record, insert
from data_access.loading.notes import BERKA, CUT_FILE, CUT_ROW, LOOSE_BALANCES, SNAPSHOTS_END, Note, written
from data_access.loading.public.public_file import hashes_of_current, read_text_table, sha256
from data_access.loading.publish import publish_whole
from data_access.versions import Progress, Store, Version, silent

FILES = {
    "district": ("branch", tuple(f"A{i}" for i in range(1, 17))),
    "account": ("customer", ("account_id", "district_id", "frequency", "date")),
    "client": ("customer", ("client_id", "birth_number", "district_id")),
    "disp": ("customer", ("disp_id", "client_id", "account_id", "type")),
    "loan": ("sale", ("loan_id", "account_id", "date", "amount", "duration", "payments", "status")),
    "card": ("sale", ("card_id", "disp_id", "type", "issued")),
    "trans": (
        "tier_snapshot",
        ("trans_id", "account_id", "date", "type", "operation", "amount", "balance", "k_symbol", "bank", "account"),
    ),
}
"""File -> the table that it fills, and its columns."""

TIERS = (("basic", 0), ("potential", 2_000_000), ("wealth", 4_000_000), ("private", 6_000_000))
"""Tiers by the closing balance of a month in hundredths of a crown: the data set has none of its own."""

ROUNDING = 10
"""A balance is rounded to ten hundredths of a crown, so that each row may be off by as much."""

OWN_ACTIVITY = "coalesce(trim(k_symbol), '') NOT IN ('UROK', 'SLUZBY', 'SANKC. UROK')"  # the rest is the bank's own


@dataclass(frozen=True, slots=True)
class Closing:
    """The last balance of an account on a day, minor units, and whether the day's rows lead to it."""

    account: str
    day: date
    balance: int
    chains: bool


def load_berka(store: Store, folder: Path, *, progress: Progress = silent) -> Version | None:
    """Publish the data set as a warehouse of its own.

    Args:
        store: The warehouse; what it held before is replaced.
        folder: With ``account.asc``, ``trans.asc`` and so on, plain or gzip.
        progress: Told of each step.

    Returns:
        The new version, or None because these files are what the warehouse holds.

    Raises:
        FeedError: a file is missing or is not what it should be.
        BusyError: another load is writing.
    """
    paths = {name: _find(folder, name) for name in FILES}
    hashes = {name: sha256(path) for name, path in paths.items()}
    if set(hashes.values()) <= hashes_of_current(store):
        return None

    def fill(connection: duckdb.DuckDBPyConnection) -> Record:
        notes = [Note.of(BERKA)]
        files: list[FileRecord] = []
        for done, (name, (table, columns)) in enumerate(FILES.items()):
            progress("reading files", done, len(FILES))
            if read_text_table(connection, paths[name], name, columns):
                notes.append(Note.of(CUT_ROW, file=paths[name].name))
            (rows,) = connection.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
            files.append(FileRecord(hashes[name], table, paths[name].name, rows, encoding="ascii"))
        progress("reading files", len(FILES), len(FILES))
        _fill_people(connection)
        _fill_sales(connection)
        notes += _fill_snapshots(connection, progress)
        changed = {"branch", "customer", "product", "sale", "tier_snapshot"}
        return Record("berka", "CZK", note=written(notes), files=files, changed=changed)

    return publish_whole(store, fill, progress=progress)


def _find(folder: Path, name: str) -> Path:
    for ending in (".asc", ".asc.gz"):
        if (folder / f"{name}{ending}").is_file():
            return folder / f"{name}{ending}"
    raise FeedError(f"{folder} does not hold {name}.asc. Nothing was loaded. Name the folder of the data set.")


def _day(column: str) -> str:
    """SQL of a date written yymmdd; all years are 19yy."""
    return f"CAST(strptime('19' || {column}[:6], '%Y%m%d') AS DATE)"


def _minor(column: str) -> str:
    return f"CAST(CAST({column} AS DECIMAL(18, 2)) * 100 AS BIGINT)"


def _fill_people(connection: duckdb.DuckDBPyConnection) -> None:
    branch = {"branch_id": "A1", "name": "A2", "region": "A3", "city": "A2"}
    insert(connection, "branch", branch, "district")
    customer = {
        "customer_id": "account_id",
        "branch_id": "district_id",
        "opened_on": _day("date"),
        "birth_year": "1900 + CAST(birth_number[1:2] AS INTEGER)",
        "gender": "CASE WHEN CAST(birth_number[3:4] AS INTEGER) > 50 THEN 'female' ELSE 'male' END",
    }
    owner = (
        "(SELECT account.*, birth_number FROM account "
        "LEFT JOIN disp ON disp.account_id = account.account_id AND disp.type = 'OWNER' "
        "LEFT JOIN client USING (client_id))"
    )
    insert(connection, "customer", customer, owner)


def _fill_sales(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "INSERT INTO product (product_id, name, line) SELECT DISTINCT 'card-' || type, "
        "'Credit card ' || type, 'credit_card' FROM card UNION ALL SELECT 'loan', 'Loan', 'personal_loan' ORDER BY 1"
    )
    loan = {
        "sale_id": "'loan-' || loan_id",
        "customer_id": "account_id",
        "branch_id": "district_id",
        "product_id": "'loan'",
        "sold_at": f"CAST({_day('date')} AS TIMESTAMP)",
        "amount": _minor("amount"),
    }
    insert(connection, "sale", loan, "(SELECT loan.*, district_id FROM loan JOIN account USING (account_id))")
    card = {
        "sale_id": "'card-' || card_id",
        "customer_id": "account_id",
        "branch_id": "district_id",
        "product_id": "'card-' || card_type",
        "sold_at": f"CAST({_day('issued')} AS TIMESTAMP)",
    }
    holder = (
        "(SELECT card_id, card.type AS card_type, issued, account_id, account.district_id FROM card "
        "JOIN disp USING (disp_id) JOIN account USING (account_id))"
    )
    insert(connection, "sale", card, holder)


def closing_balances(rows: Iterable[tuple[str, date, int, int]]) -> Iterator[Closing]:
    """The closing balance of each account and day.

    The rows of a day can be arranged so that each balance is the one before it plus the row's amount. The last of them
    is therefore the one that equals the closing balance of the day before plus all amounts of the day, but for
    rounding; no arrangement needs to be searched.

    Args:
        rows: Account, day, signed amount and balance after it, ordered by account and day. The first balance of an
            account starts from nothing.

    >>> day = date(1993, 12, 31)
    >>> rows = [("1", day, -1460, 98540), ("1", day, 100000, 100000)]
    >>> next(closing_balances(rows)).balance
    98540
    """
    before: tuple[str, int] = ("", 0)
    for (account, day), of_day in groupby(rows, key=itemgetter(0, 1)):
        booked = list(of_day)
        expected = sum(amount for _, _, amount, _ in booked) + (before[1] if before[0] == account else 0)
        balance = min((balance for _, _, _, balance in booked), key=lambda b: abs(b - expected))
        before = (account, balance)
        yield Closing(account, day, balance, abs(balance - expected) <= ROUNDING * len(booked))


def _fill_snapshots(connection: duckdb.DuckDBPyConnection, progress: Progress) -> list[Note]:
    """One snapshot per account and whole month since its first transaction; what there is to say of it."""
    progress("arranging balances", 0, 1)
    rows = connection.execute(
        f"SELECT account_id, {_day('date')} AS day, CASE WHEN type = 'PRIJEM' THEN 1 ELSE -1 END * {_minor('amount')}, "
        f"{_minor('balance')} FROM trans ORDER BY account_id, day"
    ).fetchall()
    closings = list(closing_balances(rows))
    last = max(closing.day for closing in closings)
    cut = sum(not closing.chains for closing in closings if closing.day == last)
    loose = sum(not closing.chains for closing in closings if closing.day < last)
    whole = (last + timedelta(days=1)).day == 1 and not cut
    month = last if whole else last.replace(day=1) - timedelta(days=1)
    notes = [Note.of(SNAPSHOTS_END, until=f"{month:%Y-%m}")]
    if cut:
        notes.append(Note.of(CUT_FILE, n=cut, on=f"{last:%Y-%m-%d}"))
    if loose:
        notes.append(Note.of(LOOSE_BALANCES, n=loose))
    found = pd.DataFrame(
        {
            "account_id": [closing.account for closing in closings],
            "day": pd.to_datetime([closing.day for closing in closings]),
            "balance": [closing.balance for closing in closings],
        }
    )
    connection.register("found", found)
    connection.execute("CREATE TEMP TABLE closing AS SELECT account_id, CAST(day AS DATE) AS day, balance FROM found")
    connection.unregister("found")
    _summarise_months(connection, month)
    progress("arranging balances", 1, 1)
    return notes


def _summarise_months(connection: duckdb.DuckDBPyConnection, last_day: date) -> None:
    """Average and closing balance of each account and month: a balance holds until the next day that has another."""
    connection.execute(
        "CREATE TEMP TABLE month AS WITH calendar AS (SELECT account_id, unnest(generate_series(min(day), ?::DATE, "
        "INTERVAL 1 DAY))::DATE AS day FROM closing GROUP BY account_id HAVING min(day) <= ?::DATE), "
        "daily AS (SELECT account_id, day, last_value(balance IGNORE NULLS) OVER "
        "(PARTITION BY account_id ORDER BY day) AS balance FROM calendar LEFT JOIN closing USING (account_id, day)) "
        "SELECT account_id, year(day) * 12 + month(day) - 1 AS month_no, CAST(round(avg(balance)) AS BIGINT) AS aum, "
        "max_by(balance, day) AS aum_end FROM daily GROUP BY ALL",
        [last_day, last_day],
    )
    connection.execute(
        f"CREATE TEMP TABLE active AS SELECT account_id, year(day) * 12 + month(day) - 1 AS month_no, "
        f"count(DISTINCT day) AS active_days FROM (SELECT account_id, {_day('date')} AS day FROM trans "
        f"WHERE {OWN_ACTIVITY}) GROUP BY ALL"
    )
    tier = " ".join(f"WHEN aum_end >= {least} THEN '{key}'" for key, least in reversed(TIERS))
    snapshot = {
        "customer_id": "account_id",
        "month_no": "CAST(month_no AS INTEGER)",
        "branch_id": "district_id",
        "tier": f"CASE {tier} ELSE '{TIERS[0][0]}' END",
        "aum": "aum",
        "aum_end": "aum_end",
        "active_days": "CAST(coalesce(active_days, 0) AS INTEGER)",
    }
    joined = (
        "(SELECT month.*, active_days, district_id FROM month JOIN account USING (account_id) "
        "LEFT JOIN active USING (account_id, month_no) ORDER BY month_no, account_id)"
    )
    insert(connection, "tier_snapshot", snapshot, joined)
