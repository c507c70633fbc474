"""A holdout of the whole bank: named by the settings, it measures the programme and is not added to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pytest
from numpy.testing import assert_allclose

from answers import kept
from answers.campaigns import overview as campaigns
from answers.campaigns.overview import Campaigns, Choice
from answers.compare import compare
from answers.compare.choice import Choice as Pair
from answers.compare.offered import offered
from answers.summary import summary
from data_access.reading.reader import Reader
from data_access.settings import settings
from story import words
from story.campaigns import overview as campaigns_story
from story.compare import compare as compare_story
from story.parts import Claims
from story.summary import summary as summary_story
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.by_hand import Bank
from tests.pages.shown import agree_with_currency, called, table, view

HOLDOUT = "K058"


@contextmanager
def reading(warehouse: Path, folder: Path) -> Generator[Reader]:
    opened = warehouse_of(str(shutil.copytree(warehouse, folder / "own", dirs_exist_ok=True)))
    kept.forget()  # answers of the same version under other settings
    yield Reader(viewer(), opened)
    kept.forget()
    opened.close()


def asked(warehouse: Path, folder: Path, choice: Choice) -> Campaigns:
    with reading(warehouse, folder) as reader:
        return campaigns.ask(reader, choice)


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


def test_summary_says_what_the_programme_added_by_those_held_out(
    demo_warehouse: Path, tmp_path: Path, by_hand_2026: Bank, named: None
):
    with reading(demo_warehouse, tmp_path) as reader:
        answer = summary.ask(reader, summary.Choice("2026"))
    words.speak("en")
    shown = summary_story.tell(answer)
    treated, held_out = (by_hand_2026.arms(HOLDOUT).set_index("arm")["n"][arm] for arm in ("treated", "control"))
    total = by_hand_2026.scores(HOLDOUT)["incremental_contribution_per_customer"][0] * treated
    (card,) = [card for card in shown.cards if card.name == "Programme adds"]
    agree_with_currency(card.value, total)
    assert card.rests_on.startswith(f"against {held_out:,} held out")
    (claims,) = [b.shown for row in shown.rows for b in row if isinstance(b.shown, Claims)]
    (whole,) = [claim for claim in claims.claims if claim.topic == "As a whole."]
    assert [(link.page, link.changed) for link in whole.links] == [("compare", {"campaign": HOLDOUT})]


def test_compare_says_whom_a_campaign_spoke_to_all_the_same(
    demo_warehouse: Path, tmp_path: Path, copied: Path, named: None
):
    with reading(demo_warehouse, tmp_path) as reader:
        answer = compare.ask(reader, Pair(HOLDOUT))
        offers = offered(reader)
        others = [key for key in offers.offers if HOLDOUT in offers.against(key, "all")]
    assert isinstance(answer, compare.Comparison)
    assert not others  # nothing is set beside the whole
    with duckdb.connect(copied, read_only=True) as connection:
        (share,) = connection.execute(
            """
            SELECT avg(CAST(EXISTS (SELECT 1 FROM contact c WHERE c.customer_id = m.customer_id
                AND c.campaign_id IS NOT NULL AND c.direction = 'outbound' AND c.contacted_at >= m.assigned_at
                AND CAST(c.contacted_at AS DATE) <= m.matures_on) AS INTEGER))
            FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm)
            WHERE campaign_id = ? AND a.is_control
            """,
            [HOLDOUT],
        ).fetchone()
    words.speak("en")
    (said,) = compare_story.tell(answer).findings
    assert f"{share:.1%}".replace("%", "\N{NARROW NO-BREAK SPACE}%") in said
    assert "contacted by a campaign all the same" in said
