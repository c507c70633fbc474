"""Which frozen forecast is whose, and which evaluations a plan could know, where several plans were frozen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from answers.loop import forecasts
from answers.loop.cited import citing
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK
from data_access.workspace.database import open_database
from data_access.workspace.loop import evaluations, frozen, plans
from data_access.workspace.loop.plans import Draft, Plan

NEWEST = "K070"
"""The campaign whose plan was frozen from the longest past."""


@pytest.fixture
def work(judged_past: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_database(f"sqlite:///{shutil.copy(judged_past, tmp_path / 'several.sqlite')}")
    yield engine
    engine.dispose()


def frozen_as_well(work: sa.Engine, reader: Reader, campaign: str, at: datetime) -> Plan:
    """A plan that no campaign carries out, with the forecast of a campaign's, frozen at a moment."""
    (kept,) = frozen.of(work, WHOLE_BANK, f"demo-{campaign}")
    seen = plans.find(work, WHOLE_BANK, kept.content.plan_id)
    assert seen is not None
    made = plans.begin(work, reader.viewer, Draft("Another", seen.draft.scenarios))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frozen, "now", lambda: at)
        frozen.freeze(work, reader.viewer, made, replace(kept.content, plan_id=made.plan_id, version=made.version))
    return made


def test_a_campaign_is_held_against_the_plan_that_it_carries_out_and_no_other(work, readers):
    (own,) = frozen.of(work, WHOLE_BANK, f"demo-{NEWEST}")
    first: date = own.content.starts_on
    later = datetime.combine(first, time(1))  # in time for the campaign, after its own
    frozen_as_well(work, readers["planner"], NEWEST, later)
    found = forecasts.of_campaigns(work, WHOLE_BANK, {NEWEST: first})
    assert own.frozen_at < later
    assert found[NEWEST].head.digest == own.digest


def test_a_plan_cites_what_was_evaluated_until_it_was_frozen_and_nothing_later(work, readers):
    (own,) = frozen.of(work, WHOLE_BANK, f"demo-{NEWEST}")
    said = evaluations.latest(work)
    written = sorted(said[key].written_at for key in own.content.kept["past"]["campaign_id"] if key in said)
    at = written[len(written) // 3]
    made = frozen_as_well(work, readers["planner"], NEWEST, at)
    (one,) = citing(work, WHOLE_BANK, {made.plan_id: "Another"})
    assert (one.plan_id, one.name) == (made.plan_id, "Another")
    assert one.evaluated == sum(moment <= at for moment in written)
    assert 0 < one.evaluated < len(written)
    assert one.learned_from == len(own.content.kept["past"]["campaign_id"])
    early = frozen_as_well(work, readers["planner"], NEWEST, written[0] - timedelta(seconds=1))
    assert not citing(work, WHOLE_BANK, {early.plan_id: "Another"}), "one that knew of none cites none"
