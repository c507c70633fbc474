"""The audit of a list that is taken along counts the rows of the file, not those of the page that is seen."""

from __future__ import annotations

import pandas as pd
import pytest

from answers import period
from answers.customers import Choice, Customers
from story import words
from ui.take import customers, purpose


def test_the_audit_knows_every_row_of_the_file_and_what_it_is_for(monkeypatch: pytest.MonkeyPatch):
    words.speak("en")
    page = pd.DataFrame({"customer_id": ["C1", "C2"]})
    november = period.named("2026-11")
    answer = Customers(Choice("bought", "2026-11"), november, 120, 90, 0.0, "", page, 60, {}, {}, {}, (), "CNY")
    asked: list[tuple[str, dict[str, str]]] = []
    labels: list[str] = []

    def delivered(file: str, make: customers.Made, **facts: str) -> customers.Made:
        asked.append((file, facts))
        return make

    monkeypatch.setattr(purpose, "asked", lambda: "call them")
    monkeypatch.setattr("streamlit.download_button", lambda label, *_, **__: labels.append(label))
    customers.export(None, answer, {}, delivered)  # pyright: ignore[reportArgumentType] - no row is read before a click
    facts = {"list": "bought", "rows": "120", "purpose": "call them"}
    assert asked == [("customers.xlsx", facts), ("customers.csv", facts)]
    assert labels == ["XLSX: 120 rows", "CSV: 120 rows"]
