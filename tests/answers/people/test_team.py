"""The team of a branch in feeds that lack a table or a column: it is told, with why a number is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import sqlalchemy as sa

from answers.people import person, team
from answers.people.choice import Choice, offered
from data_access.reading.reader import Reader
from data_access.reading.scope import Role
from data_access.workspace import targets, weights
from data_access.workspace.database import open_database
from data_access.workspace.targets import Key
from story import words
from story.people import person as person_story
from story.people import team as team_story
from tests.data_access.small_bank import publish, random_bank, viewer, warehouse_of

RAW = re.compile(r"(?<![\w-])(nan|NaT|None|inf)(?![\w-])")
WITHOUT = {
    "everything": {},
    "postings": {"staff_posting": None},
    "sales": {"sale": None},
    "holdings": {"holding": None},
    "tiers": {"tier_snapshot": None},
    "referrals": {"referral": None},
    "answers": {"satisfaction": None},
    "courses": {"training": None},
    "ratings": {"risk_assessment": None},
    "complaints": {"complaint": None},
    "all but the members": dict.fromkeys(
        ("sale", "holding", "tier_snapshot", "referral", "satisfaction", "training", "risk_assessment", "complaint")
    ),
    "conversions": {"campaign_member": "converted_at"},
    "roles": {"staff": "role"},
    "managers": {"customer": "manager_staff_id"},
    "customers": {"campaign_member": None},
}
BANK = random_bank()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('team')}/workspace.sqlite")
    yield engine
    engine.dispose()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("lacking", WITHOUT)
def test_a_team_is_told_whatever_a_feed_lacks(lacking: str, workspace: sa.Engine, tmp_path):
    changed = {
        table: BANK[table].iloc[:0] if column is None else BANK[table].assign(**{column: None})
        for table, column in WITHOUT[lacking].items()
    }
    warehouse = warehouse_of(str(tmp_path))
    publish({**BANK, **changed}, warehouse.store)
    for own in (("B1",), ())[: 1 if lacking != "everything" else 2]:
        reader = Reader(viewer(*own), warehouse)
        for period in ("2024",):
            answer = team.ask(reader, Choice(period, "B1"))
            judged = team.judge(workspace, reader, answer, "25-25-25-25")
            for language in words.LANGUAGES:
                words.speak(language)
                told = [team_story.tell(answer, judged)]
                told += [person_story.tell(person.of(answer, judged, each)) for each in (*answer.people[:2], "X")]
                for story in told:
                    said = [story.headline, *story.facts, *story.findings]
                    said += [text for card in story.cards for text in (card.value, card.rests_on)]
                    assert not RAW.search("\n".join(said)), said
    words.speak("en")
    warehouse.close()


def test_what_weights_and_targets_make_of_a_team_is_kept_until_one_of_them_changes(tmp_path):
    workspace = open_database(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    warehouse = warehouse_of(str(tmp_path / "warehouse"))
    publish(BANK, warehouse.store)
    reader = Reader(viewer(), warehouse)
    answer = team.ask(reader, Choice("2024", "B1"))

    def judged() -> team.Judged:
        return team.judge(workspace, reader, answer)

    first = judged()
    assert judged() is first
    every = [Key("B1", "weekly_sales", f"2024-{month:02}") for month in range(1, 13)]
    targets.put_all(workspace, "gu", dict.fromkeys(every, 100_000.0))
    second = judged()
    assert second.reached.known[0]
    assert not first.reached.known[0]
    all_for_results = {"results": 100, "cross_selling": 0, "won_and_kept": 0, "service": 0}
    weights.put(workspace, replace(viewer(), role=Role.PLANNER), all_for_results, "2024", 0)
    assert judged().held.percent["results"] == 100
    assert second.held.percent["results"] < 100
    warehouse.close()
    workspace.dispose()


@pytest.mark.parametrize("lacking", ["sale", "staff_posting"])
def test_what_is_not_recorded_is_not_nothing_reached(workspace: sa.Engine, tmp_path, lacking: str):
    every = [Key("B1", "weekly_sales", f"2024-{month:02}") for month in range(1, 13)]
    targets.put_all(workspace, "gu", dict.fromkeys(every, 100_000.0))
    warehouse = warehouse_of(str(tmp_path))
    recorded = BANK["version_column"]
    without = {lacking: BANK[lacking].iloc[:0], "version_column": recorded[recorded["table_name"] != lacking]}
    publish({**BANK, **without}, warehouse.store)
    reader = Reader(viewer(), warehouse)
    answer = team.ask(reader, Choice("2024", "B1"))
    judged = team.judge(workspace, reader, answer)
    warehouse.close()
    assert judged.until is not None
    assert not judged.reached.known[0]
    words.speak("en")
    (card,) = [one for one in team_story.tell(answer, judged).cards if one.name == "Attainment"]
    assert (card.value, card.rests_on) == ("\N{EM DASH}", "not recorded")


@pytest.mark.parametrize(
    ("as_of", "default"), [(date(2026, 6, 29), "2025"), (date(2026, 6, 30), "2026"), (date(2026, 11, 15), "2026")]
)
def test_a_year_that_is_not_half_over_is_not_the_first_to_be_shown(as_of, default, monkeypatch, tmp_path):
    warehouse = warehouse_of(str(tmp_path))
    publish(BANK, warehouse.store)
    reader = Reader(viewer("B1"), warehouse)
    monkeypatch.setattr(Reader, "as_of", as_of)
    monkeypatch.setattr("answers.people.choice.earliest", lambda _: date(2025, 1, 1))
    periods = offered.__wrapped__(reader).periods  # type: ignore[attr-defined]
    assert periods[0] == default
    assert len(set(periods)) == len(periods)
    assert {"2025", "2026", "2026-Q1"} <= set(periods)
    warehouse.close()


def test_months_over_are_those_whose_last_day_was_seen():
    found = team._months_over(date(2026, 1, 1), date(2026, 3, 30))
    assert [month.key for month in found] == ["2026-01", "2026-02"]
    assert team._months_over(date(2026, 1, 1), date(2026, 1, 30)) == []
    assert pd.Timestamp(found[-1].last) == pd.Timestamp("2026-02-28")
