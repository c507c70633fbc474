"""The demo bank as a warehouse."""

from __future__ import annotations

import duckdb

from data_access.demo import build
from data_access.versions import open_store


def test_building_publishes_a_version_and_keeps_the_truth_out_of_it(tmp_path):
    store = open_store(str(tmp_path / "warehouse"))
    version = build(store, scale=0.001, seed=3, truth=tmp_path / "truth")
    written = {file.stem for file in (tmp_path / "truth").iterdir()}
    assert written == {"campaign", "staff", "customer"}
    with duckdb.connect(tmp_path / "warehouse" / version.place, read_only=True) as warehouse:
        described = warehouse.sql("SELECT source, currency, as_of::VARCHAR FROM warehouse_version").fetchone()
        assert described == ("demo", "CNY", "2026-11-15")
        assert warehouse.sql("SELECT count(*) FROM customer").fetchone() == (1_000,)
        names = {name for (name,) in warehouse.sql("SELECT column_name FROM information_schema.columns").fetchall()}
        assert not names & {"level", "skill", "conversion_effect"}
