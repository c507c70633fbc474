"""The same seed and scale give the same bank, in blocks as well as in one piece."""

from __future__ import annotations

from itertools import islice

from data_access.demo import Truth, bank, generate
from tests.data_access.demo.conftest import tables_of

SMALL = 0.002


def test_the_same_seed_gives_the_same_bank_and_truth():
    first, second = Truth(), Truth()
    assert tables_of(SMALL, 7, first) == tables_of(SMALL, 7, second)
    assert first.tables == second.tables


def test_another_seed_gives_another_bank():
    one, other = tables_of(SMALL, 7), tables_of(SMALL, 8)
    assert one["campaign_member"] != other["campaign_member"]
    assert one["staff"] != other["staff"]


def test_blocks_of_customers_share_no_identifier(monkeypatch):
    monkeypatch.setattr(bank, "BLOCK", 600)
    rows = tables_of(SMALL, 7)
    for name in ("customer", "sale", "contact", "satisfaction", "complaint", "referral", "journey_event"):
        keys = rows[name].column(0).to_pylist()
        assert len(set(keys)) == len(keys), name
    assert rows["customer"].num_rows == 2_000
    assert set(rows["referral"]["sale_id"].drop_null().to_pylist()) <= set(rows["sale"]["sale_id"].to_pylist())


def test_steps_are_told_from_nothing_to_done(monkeypatch):
    monkeypatch.setattr(bank, "BLOCK", 1_000)
    told: list[float] = []
    for _ in generate(SMALL, 7, on_step=lambda _, share: told.append(share)):
        pass
    assert told == [0.0, 0.5, 1.0]


def test_small_tables_come_first_so_that_references_point_backwards():
    names = [name for name, _ in islice(generate(SMALL, 7), 8)]
    assert {"branch", "staff", "product", "campaign"} <= set(names)
