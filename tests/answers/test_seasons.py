"""The bank's seasons as periods."""

from __future__ import annotations

from datetime import date

from answers import period, seasons
from answers.period import Season
from data_access.reading.reader import Reader
from data_access.versions import open_store
from tests.data_access.small_bank import publish, random_bank, viewer, warehouse_of


def test_the_seasons_of_the_warehouse_are_periods(tmp_path):
    warehouse = warehouse_of(str(tmp_path))
    publish(random_bank(), open_store(str(tmp_path)))
    found = seasons.ask(Reader(viewer(), warehouse))
    warehouse.close()
    assert found == (Season("Q1", "Opening", date(2024, 1, 1), date(2024, 3, 31)),)
    assert period.span("season-Q1", found) == (date(2024, 1, 1), date(2024, 3, 31))
