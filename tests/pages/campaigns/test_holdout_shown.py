"""A holdout of the whole bank: named by the settings, it measures the programme and is not added to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from answers import kept
from answers.campaigns import overview as campaigns
from answers.campaigns.overview import Campaigns, Choice
from data_access.reading.reader import Reader
from data_access.settings import settings
from story import words
from story.campaigns import overview as campaigns_story
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.by_hand import Bank
from tests.pages.shown import agree_with_currency, called, table, view

HOLDOUT = "K058"


def asked(warehouse: Path, folder: Path, choice: Choice) -> Campaigns:
    opened = warehouse_of(str(shutil.copytree(warehouse, folder / "own", dirs_exist_ok=True)))
    kept.forget()  # answers of the same version under other settings
    answer = campaigns.ask(Reader(viewer(), opened), choice)
    kept.forget()
    opened.close()
    return answer


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BRANCHLIGHT_COMPARISON", f'{{"holdouts": ["{HOLDOUT}"]}}')
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def by_hand_2026(copied: Path) -> Bank:
    return Bank(copied, ())


def test_it_measures_the_whole_and_stands_in_no_list_and_no_sum(
    demo_warehouse: Path, tmp_path: Path, by_hand_2026: Bank, named: None
):
    answer = asked(demo_warehouse, tmp_path, Choice("2026"))
    assert answer.holdouts.campaign_id == (HOLDOUT,)
    assert HOLDOUT not in set(answer.listed["campaign_id"])
    assert HOLDOUT not in answer.scores.campaign_id
    effect = by_hand_2026.scores(HOLDOUT)["incremental_contribution_per_customer"]
    arms = by_hand_2026.arms(HOLDOUT).set_index("arm")["n"]
    total = np.array(effect) * arms["treated"]
    found = answer.holdouts.total
    assert_allclose([found.estimate[0], found.low[0], found.high[0]], total, rtol=1e-6)
    assert_allclose(answer.holdouts.forgone.estimate[0], effect[0] * arms["control"], rtol=1e-6)
    words.speak("en")
    shown = campaigns_story.tell(answer)
    of = table(shown, "together")
    lines = dict(zip(called(of, "All judged together").values, called(of, "Number").values, strict=True))
    agree_with_currency(lines["Measured as a whole"], total[0])
    (block,) = [block for row in shown.rows for block in row if block.shown is of]
    (said,) = re.findall(rf"measures the whole: {arms['control']:,} customers .* which is (.+?) forgone", block.after)
    agree_with_currency(said, effect[0] * arms["control"])
    assert HOLDOUT not in str(view(shown, "response").opens)


def test_the_sum_is_that_of_the_other_campaigns(
    demo_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: None
):
    without = asked(demo_warehouse, tmp_path, Choice("2026"))
    monkeypatch.setenv("BRANCHLIGHT_COMPARISON", "{}")
    settings.cache_clear()
    every = asked(demo_warehouse, tmp_path / "again", Choice("2026"))
    assert not len(every.holdouts)
    own = every.scores.among([HOLDOUT])
    assert len(every.listed) == len(without.listed) + 1
    treated = float(own["members"].estimate[0])
    assert every.together["members"].estimate[0] - without.together["members"].estimate[0] == treated
    assert every.members_ever - without.members_ever == treated


def test_a_choice_of_some_campaigns_is_not_measured_by_the_whole(demo_warehouse: Path, tmp_path: Path, named: None):
    assert not len(asked(demo_warehouse, tmp_path, Choice("2026", objective="retain")).holdouts)
    assert not len(asked(demo_warehouse, tmp_path / "again", Choice("2025")).holdouts)
