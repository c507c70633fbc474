"""Which campaigns run: those that still call, or whose windows are open; counted by hand on the bank of edges."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data_access.engines import Warehouse
from data_access.queries import running
from data_access.reading.reader import Reader
from tests.data_access.edge_bank import BANK, at, told
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of


@pytest.fixture(scope="module")
def calling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """C1 calls until the end of July, a month after the last day of the data; its windows closed in May."""
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("calling")))
    campaigns = [row | ({"ends_on": at("07-31")} if row["campaign_id"] == "C1" else {}) for row in BANK["campaign"]]
    publish(bank_of(BANK | {"campaign": campaigns}), warehouse.store)
    yield warehouse
    warehouse.close()


def test_what_still_calls_is_watched_though_every_window_so_far_has_closed(calling: Warehouse):
    reader = Reader(viewer(), calling)
    # C2 has a window open until 1 July, C4 ends on that day; C3 ended with the data.
    assert told(running.campaigns(reader, 10), "campaign_id", "n", "control_n") == [
        ("C4", 100, 0),
        ("C1", 4, 2),
        ("C2", 2, 2),
    ]
    # Five complaints were filed under C1; K1 withdrew a consent on the last day of the window, K2 on the day after.
    assert told(running.guardrails(reader), "campaign_id", "contacted", "complaints", "opted_out") == [
        ("C1", 4, 5, 1),
        ("C2", 2, 0, 0),
    ]
    # K1 was contacted once outbound on 1 April, 90 days before the end.
    assert told(running.pressure(reader, 0, 91), "campaign_id", "touched", "contacts", "over_cap") == [
        ("C1", 1, 1, 1),
        ("C2", 1, 1, 1),
    ]
    finished = running.guardrails(reader, finished_since=at("01-01").date())
    assert "C1" not in set(finished["campaign_id"])
