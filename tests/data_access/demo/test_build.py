"""The demo bank as a warehouse."""

from __future__ import annotations

import duckdb

from data_access.demo import build
from data_access.versions import open_store


def test_building_publishes_a_version_and_keeps_the_truth_out_of_it(tmp_path):
    version = build(open_store(str(tmp_path / "warehouse")), scale=0.001, seed=3, truth=tmp_path / "truth")
    written = {file.stem for file in (tmp_path / "truth").iterdir()}
    assert written == {"campaign", "staff", "customer"}
    assert version.path is not None
    with duckdb.connect(version.path, read_only=True) as warehouse:
        described = warehouse.sql("SELECT source, currency, as_of::VARCHAR FROM warehouse_version").fetchone()
        assert described == ("demo", "CNY", "2026-11-15")
        assert warehouse.sql("SELECT count(*) FROM customer").fetchone() == (1_000,)
        names = {name for (name,) in warehouse.sql("SELECT column_name FROM information_schema.columns").fetchall()}
        assert not names & {"level", "skill", "conversion_effect"}
