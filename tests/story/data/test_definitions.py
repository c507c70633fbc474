"""What the data page says of metrics, methods and rules, beside the rows and the settings themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from answers import data as answers
from answers import examples
from answers.campaigns import overview as campaigns
from data_access.reading.reader import Reader
from data_access.settings import TierRule, settings
from story.data import data as story
from story.data import methods, rules
from story.figures import THIN
from story.parts import Table, Views
from story.words import speak
from tests.data_access.small_bank import publish, random_bank, viewer, warehouse_of

ROWS = random_bank(customers=400)


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Iterator[Reader]:
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("defined")))
    publish(ROWS, warehouse.store)
    speak("en")
    yield Reader(viewer(), warehouse)
    warehouse.close()


def in_this_data(reader: Reader) -> dict[str, str]:
    """What stands beside each metric of campaigns, by its name."""
    page = story.tell(answers.ask(reader))
    views = next(block.shown for row in page.rows for block in row if block.heading == "Metrics")
    assert isinstance(views, Views)
    found: dict[str, str] = {}
    for table in views.tables.values():
        names, *_others, said = table.columns
        found |= dict(zip(names.values, said.values, strict=True))
    return found


def plain(text: object) -> str:
    """Without the spaces that keep a unit beside its number."""
    return str(text).replace(THIN, " ")


def test_a_worked_example_divides_the_rows_of_one_campaign(reader: Reader):
    chosen = examples.ask(reader).campaign
    member = ROWS["campaign_member"]
    treated = member[(member["campaign_id"] == chosen) & (member["arm"] != "control")]
    contacted = int(treated["contacted_at"].notna().sum())
    said = in_this_data(reader)
    assert said["Customers assigned"] == f"{len(treated):,}"
    part, n = map(int, re.findall(r"[\d,]+", said["Reach"].replace(",", ""))[:2])
    assert (part, n) == (contacted, len(treated))


def test_a_metric_without_an_example_names_its_tables(reader: Reader):
    assert in_this_data(reader)["Upgrades"].endswith("tier_snapshot")


def test_rules_are_told_with_the_day_from_which_they_hold(monkeypatch: pytest.MonkeyPatch, reader: Reader):
    speak("en")
    now = settings().model_copy(
        update={
            "tier_rules": (
                *settings().tier_rules,
                TierRule.model_validate(
                    {"valid_from": "2025-07-01", "tiers": [{"key": "gold", "threshold": 7_500_000, "grace_months": 1}]}
                ),
            )
        }
    )
    monkeypatch.setattr(answers, "settings", lambda: now)
    table = rules.block(answers.ask.__wrapped__(reader)).shown
    assert isinstance(table, Table)
    rows = [tuple(map(plain, row)) for row in zip(*(column.values for column in table.columns), strict=True)]
    assert rows[0] == ("Tiers", "gold from ¥75.0 k, 1 month of grace", "1 Jul 2025")
    assert rows[1][2] == "1 Jan 2000"
    assert "Wealth from ¥500 k, 3 months of grace" in rows[1][1]
    said = {row[0]: row[1] for row in rows[2:]}
    assert said["A complaint is closed within"] == "15 days"
    assert said["Near the next tier"].startswith("from 95")
    assert said["Fewest in a comparison with other branches"] == "5 branches, 50 customers"


def test_every_method_has_words_and_a_source_in_both_languages():
    for language in ("en", "zh"):
        speak(language)
        table = methods.block().shown
        assert isinstance(table, Table)
        assert all(all(str(cell) for cell in column.values) for column in table.columns)
        assert all(re.search(r"\(\d{4}\)", str(source)) for source in table.columns[2].values)
    speak("en")


def test_the_example_is_the_campaign_of_which_most_is_known(reader: Reader):
    every = campaigns.ask(reader, campaigns.Choice())
    known = {
        campaign: sum(bool(numbers.known[row]) for numbers in every.scores.results.values())
        for row, campaign in enumerate(every.scores.campaign_id)
    }
    assert known[examples.ask(reader).campaign] == max(known.values())
    assert min(known.values()) < max(known.values())
