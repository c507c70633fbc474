"""A load on PostgreSQL leaves alone what it neither brings nor needs, and gives what a whole copy would give."""

from __future__ import annotations

import pandas as pd
import pytest

from data_access import schema
from data_access.loading.draft import CLOCKS, fed_columns
from data_access.loading.reach import reached
from data_access.versions import open_store, postgresql_tables
from tests.data_access.loading.conftest import Feed, rows_of
from tests.data_access.small_bank import AS_OF, publish

WRITTEN = {
    schema.MONEY: lambda value: f"{value // 100}.{value % 100:02d}",
    "days": lambda value: str(value + 1),  # windows move
    "month number": lambda value: f"{value // 12}-{value % 12 + 1:02d}",
}
BROUGHT = ("staff_posting", "customer", "consent", "campaign", "campaign_member", "sale", "asset_flow", "training")
"""Of each kind: referred to, seen through another, decisive for another, with windows, with months, and of people."""

DATED = [name for name, clocks in CLOCKS.items() if clocks]
TOLD = 'SELECT table_name, "rows", rejected, flagged, as_of FROM version_table'


def written(name: str, frame: pd.DataFrame) -> str:
    """Three rows of a table as a feed brings them, the last column that may be empty cleared."""
    columns = [column for column in fed_columns(name) if frame[column.name].notna().any()]
    cleared = [column.name for column in columns if column.nullable and not column.info["refers"]][-1:]
    lines = [",".join(column.name for column in columns)]
    for _, row in frame.head(3).iterrows():
        cells = [
            "" if column.name in cleared or pd.isna(row[column.name])
            else WRITTEN.get(column.info["unit"], str)(row[column.name])
            for column in columns
        ]  # fmt: skip
        lines.append(",".join(f'"{cell}"' if cell else "" for cell in cells))
    return "\n".join(lines) + "\n"


@pytest.fixture
def feeds(bank, postgresql_server, tmp_path):
    """The small bank as loaded from feeds, in a folder and on PostgreSQL."""
    (tmp_path / "feed").mkdir()
    stores = [open_store(str(tmp_path / "warehouse")), open_store(postgresql_server("reach"))]
    held = bank["version_table"]
    said = {
        "warehouse_version": bank["warehouse_version"].assign(source="feed"),
        "version_table": held.assign(as_of=held["as_of"].where(~held["table_name"].isin(DATED), pd.Timestamp(AS_OF))),
    }
    for store in stores:
        publish(bank | said, store)
    yield [Feed(tmp_path / "feed", store, tmp_path / "rejects") for store in stores]
    for store in stores:
        store.close()


def test_a_load_of_any_table_gives_what_a_whole_copy_gives(bank, feeds, monkeypatch):
    pulled: list[str] = []
    pull = postgresql_tables.pull
    monkeypatch.setattr(postgresql_tables, "pull", lambda *args: (pulled.append(args[2].name), pull(*args)))
    for name in BROUGHT:
        for each in feeds:
            each.empty().write(name, written(name, bank[name]))
            pulled.clear()
            report = each.load(allow="100%")
            assert report.version is not None, name
        assert set(pulled) == reached([name])  # the second of the two is on PostgreSQL
        in_folder, on_server = (rows_of(each.store, f"{TOLD} ORDER BY 1") for each in feeds)
        assert on_server == in_folder, name
    whole = {"warehouse_version", "version_table", "version_file"}
    for name in schema.metadata.tables.keys() - whole:
        columns = ", ".join(f'"{column}"' for column in schema.metadata.tables[name].columns.keys())  # noqa: SIM118
        in_folder, on_server = (rows_of(each.store, f'SELECT {columns} FROM "{name}"') for each in feeds)  # noqa: S608
        assert sorted(map(repr, on_server)) == sorted(map(repr, in_folder)), name


def test_what_a_load_leaves_alone_is_the_same_rows(bank, feeds):
    _, feed = feeds
    asked = (
        "SELECT v.relname, d.refobjid FROM pg_class v JOIN pg_rewrite r ON r.ev_class = v.oid "
        "JOIN pg_depend d ON d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid "
        "WHERE v.relnamespace = current_schema()::regnamespace"
    )
    before = dict(rows_of(feed.store, asked))
    feed.write("contact", written("contact", bank["contact"]))
    feed.load(allow="100%")
    after = dict(rows_of(feed.store, asked))
    assert {name for name in before if after[name] != before[name]} <= {"contact", *schema.SYSTEM}


def test_another_layout_writes_every_table_anew(bank, feeds, monkeypatch):
    _, feed = feeds
    monkeypatch.setattr(postgresql_tables, "LAYOUT", "l4")
    feed.write("contact", written("contact", bank["contact"]))
    feed.load(allow="100%")
    asked = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'branchlight_tables'::regnamespace AND relname ~ '_l4.{22}$'"
    )
    lying = {name.rpartition("_")[0] for (name,) in rows_of(feed.store, asked)}
    assert lying == set(schema.metadata.tables)


def test_a_feed_of_contacts_reads_neither_snapshots_nor_members():
    read = reached(["contact"])
    assert {"contact", "customer", "campaign", "branch", "staff", "staff_posting", *schema.SYSTEM} == read


def test_a_feed_of_campaigns_reads_the_members_whose_windows_move():
    assert "campaign_member" in reached(["campaign"])
    assert "campaign_arm" in reached(["campaign_member"])


def test_what_is_seen_through_a_table_moves_with_it():
    assert {"staff", "training"} <= reached(["staff_posting"])
    assert {"consent", "risk_assessment", "customer_tag"} <= reached(["customer"])
