"""The campaigns of a place are read once for all choices among them, and never more at once than a reader hands out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from answers import batches
from answers.campaigns import ages, calendar, overlap, overview
from answers.campaigns.overview import Choice
from answers.kept import forget
from answers.period import Kind, Period
from data_access.queries import campaigns as queries
from data_access.queries.campaigns import overlap as pairs
from data_access.reading.reader import Reader
from tests.data_access.small_bank import viewer, warehouse_of

GROW, BRANCH = "grow", "B003"
CHOICES = [Choice(objective=GROW), Choice(branch=BRANCH), Choice(objective=GROW, branch=BRANCH)]


@pytest.fixture
def reader(demo_bank: Callable[[float], Path]) -> Iterator[Reader]:
    forget()
    opened = warehouse_of(str(demo_bank(0.01)))
    yield Reader(viewer(), opened)
    opened.close()
    forget()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[pd.DataFrame]]:
    """What was read, by the name of the query."""
    found: dict[str, list[pd.DataFrame]] = {"days_to_conversion": [], "pairs": []}

    def watched(module: Any, name: str) -> None:
        query = getattr(module, name)

        def asked(*args: Any, **kwargs: Any) -> pd.DataFrame:
            found[name].append(query(*args, **kwargs))
            return found[name][-1]

        monkeypatch.setattr(module, name, asked)

    watched(queries, "days_to_conversion")
    watched(pairs, "pairs")
    return found


def everything(reader: Reader, choice: Choice) -> tuple[overview.Campaigns, overlap.Overlap, ages.Ages]:
    return overview.ask(reader, choice), overlap.ask(reader, choice), ages.ask(reader, choice)


def test_a_further_choice_reads_neither_days_nor_pairs_again(reader: Reader, read: dict[str, list[pd.DataFrame]]):
    everything(reader, Choice())
    before = {name: len(frames) for name, frames in read.items()}
    answer, shared, _ = everything(reader, Choice(objective=GROW))
    assert {name: len(frames) for name, frames in read.items()} == before
    assert 0 < len(answer.listed) < len(overview.ask(reader, Choice()).listed)
    assert 0 < len(shared.pairs) < len(overlap.ask(reader, Choice()).pairs)


def test_a_period_holds_the_campaigns_that_share_a_day_with_it():
    days = {
        "over": ("2026-01-01", "2026-01-31"),
        "on the first day": ("2026-02-01", "2026-02-01"),
        "around": ("2026-01-15", "2026-03-15"),
        "on the last day": ("2026-02-28", "2026-04-01"),
        "not begun": ("2026-03-01", "2026-03-31"),
    }
    every = pd.DataFrame(
        {
            "campaign_id": list(days),
            "starts_on": pd.to_datetime([first for first, _ in days.values()]),
            "ends_on": pd.to_datetime([last for _, last in days.values()]),
        }
    )
    february = Period("2026-02", Kind.MONTH, date(2026, 2, 1), date(2026, 2, 28))
    met = calendar.within(every, february)
    assert met["campaign_id"].tolist() == ["on the first day", "around", "on the last day"]
    assert met.index.tolist() == [0, 1, 2]


@pytest.mark.parametrize("choice", CHOICES, ids=["objective", "branch", "both"])
def test_pairs_and_curves_are_the_same_read_for_a_choice_alone(
    reader: Reader, read: dict[str, list[pd.DataFrame]], monkeypatch: pytest.MonkeyPatch, choice: Choice
):
    """Where a bank has more pairs, or days, than a reader hands out at once, they are asked for choice by choice."""
    _, of_all, curves = everything(reader, choice)
    forget()
    monkeypatch.setattr(overlap, "ROWS", 1)
    monkeypatch.setattr(batches, "ROWS", 250)
    read["days_to_conversion"].clear()
    _, of_choice, in_batches = everything(reader, choice)
    pd.testing.assert_frame_equal(of_all.pairs, of_choice.pairs)
    assert (curves.keys, curves.named, curves.day) == (in_batches.keys, in_batches.named, in_batches.day)
    for field in fields(curves.curves):
        one, other = getattr(curves.curves, field.name), getattr(in_batches.curves, field.name)
        assert one is other or (one == other) is True or ((one == other) | ((one != one) & (other != other))).all()
    assert len(read["days_to_conversion"]) > 1
    assert max(map(len, read["days_to_conversion"])) <= 250


def test_a_campaign_without_a_window_may_have_customers_on_every_day_since_it_began(
    reader: Reader, read: dict[str, list[pd.DataFrame]], monkeypatch: pytest.MonkeyPatch
):
    listed = overview.ask(reader, Choice()).listed
    every = queries.catalogue(reader).assign(attribution_days=np.nan)
    monkeypatch.setattr(queries, "catalogue", lambda *_, **__: every.copy())
    monkeypatch.setattr(batches, "ROWS", 250)
    ages.ask(reader, Choice())
    long_ago = (pd.Timestamp(reader.as_of) - listed["starts_on"]).dt.days > 125  # two arms or more: each by itself
    assert long_ago.sum() > 20
    assert len(read["days_to_conversion"]) >= long_ago.sum()
