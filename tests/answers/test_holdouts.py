"""The programme against those held out from all of it: the truth of a simulated bank lies inside the interval."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from answers import kept, period
from answers.campaigns import holdout
from answers.campaigns.scored import scored
from answers.compare import compare
from answers.compare.choice import Choice
from answers.compare.offered import CONTROL, offered
from answers.period import Period
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.settings import ComparisonRules
from tests.data_access.small_bank import Bank, bank_of, publish, viewer, warehouse_of

QUARTERS = tuple(f"H{number:02d}" for number in range(40))
CUSTOMERS, FIRST, DAYS = 3_000, date(2024, 1, 1), 91
SHARE_HELD_OUT = 0.1
BUYS, ADDED, AMOUNT = 0.20, 0.05, 10_000.0
"""Share who bring something without the programme, share it adds, and what each of them brings on average."""

TRUE_EFFECT = ADDED * AMOUNT
CAMPAIGN = "C1"
"""One campaign beside them, which writes down who bought."""


def simulated() -> Bank:
    """A bank that held customers out forty times, each time drawn anew."""
    rng = np.random.default_rng(20_260_701)
    members: list[pd.DataFrame] = []
    for key in QUARTERS:
        held_out = rng.random(CUSTOMERS) < SHARE_HELD_OUT
        buys = rng.random(CUSTOMERS) < BUYS + ADDED * ~held_out
        brought = np.where(buys, rng.gamma(2.0, AMOUNT / 2.0, CUSTOMERS), 0.0).astype(np.int64)
        members.append(
            pd.DataFrame(
                {
                    "campaign_id": key,
                    "customer_id": [f"N{number}" for number in range(CUSTOMERS)],
                    "arm": np.where(held_out, "held_out", "open"),
                    "branch_id": "B1",
                    "assigned_at": datetime.combine(FIRST, datetime.min.time()),
                    "sales_amount": brought * 20,
                    "contribution_amount": brought,
                    "matures_on": FIRST + timedelta(days=DAYS),
                }
            )
        )
    beside = (
        members[0].head(600).assign(campaign_id=CAMPAIGN, converted_at=datetime.combine(FIRST, datetime.min.time()))
    )
    members.append(beside.replace({"arm": {"held_out": "control", "open": "call"}}))
    return bank_of(
        {
            "branch": [{"branch_id": "B1", "name": "Only one"}],
            "campaign": [
                {
                    "campaign_id": key,
                    "name": f"Holdout {key}",
                    "objective": "grow",
                    "starts_on": FIRST,
                    "ends_on": FIRST + timedelta(days=DAYS),
                    "attribution_days": DAYS,
                    "assignment": "randomised",
                    "cluster": "customer",
                }
                for key in (*QUARTERS, CAMPAIGN)
            ],
            "campaign_arm": [
                {"campaign_id": key, "arm": arm, "is_control": arm in ("held_out", "control"), "allocation": share}
                for key in (*QUARTERS, CAMPAIGN)
                for arm, share in zip(
                    ("control", "call") if key == CAMPAIGN else ("held_out", "open"),
                    (SHARE_HELD_OUT, 1 - SHARE_HELD_OUT),
                    strict=True,
                )
            ],
            "campaign_member": [
                {str(key): value for key, value in row.items()} for row in pd.concat(members).to_dict("records")
            ],
        }
    )


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder: Path = tmp_path_factory.mktemp("held_out")
    opened = warehouse_of(str(folder), comparison=ComparisonRules(holdouts=QUARTERS))
    publish(simulated(), opened.store)
    yield opened
    opened.close()


@pytest.fixture
def reader(warehouse: Warehouse) -> Reader:
    return Reader(viewer(), warehouse)


@pytest.fixture
def always() -> Period:
    return period.named(period.ALL)


def test_the_interval_covers_the_truth_as_often_as_it_says(reader: Reader, always: Period):
    effect = holdout.ask(reader, always, "").effect
    assert len(effect.estimate) == len(QUARTERS)
    assert effect.known.all()
    covered = (effect.low <= TRUE_EFFECT) & (effect.high >= TRUE_EFFECT)
    assert covered.sum() >= 36  # of forty; 34 or fewer would happen once in seventy
    assert abs(effect.estimate.mean() - TRUE_EFFECT) < 2 * effect.estimate.std(ddof=1) / np.sqrt(len(QUARTERS))


def test_total_and_price_are_the_effect_times_those_open_to_it_and_those_held_out(reader: Reader, always: Period):
    found = holdout.ask(reader, always, "")
    assert_allclose(found.programme + found.held_out, CUSTOMERS)
    assert_allclose(found.total.estimate, found.effect.estimate * found.programme)
    assert_allclose(found.forgone.low, found.effect.low * found.held_out)


def test_no_one_number_is_told_of_several(reader: Reader, always: Period):
    assert holdout.ask(reader, always, "").measured is None


def test_compare_sets_the_programme_against_those_held_out_with_the_same_number(reader: Reader, always: Period):
    known = offered(reader)
    assert set(known.offers) == {*QUARTERS, CAMPAIGN}
    assert known.first == CAMPAIGN
    assert known.against("H07", "all") == known.against(CAMPAIGN, "all") == (CONTROL,)
    beside = scored(reader)
    assert (beside.campaign_id, beside["members"].estimate[0] < CUSTOMERS) == ((CAMPAIGN,), True)
    answer = compare.ask(reader, Choice("H07"))
    assert not isinstance(answer, compare.Nothing)
    told = holdout.ask(reader, always, "")
    row = told.campaign_id.index("H07")
    by_metric = {one.key: one.difference for one in answer.study.metrics}
    assert answer.study.primary.key == "contribution_per_customer"
    assert_allclose(by_metric["contribution_per_customer"].estimate[0], told.effect.estimate[row])
    assert not by_metric["conversion_rate"].known[0]  # nobody wrote it down: that is no rate of zero
    assert answer.family is None
    assert not answer.doubts
    assert answer.study.design.looks == (1.0,)


def test_answers_of_campaigns_and_of_holdouts_are_kept_apart(reader: Reader):
    kept.forget()
    assert scored(reader).campaign_id == (CAMPAIGN,)
    assert set(scored(reader.holdouts).campaign_id) == set(QUARTERS)
