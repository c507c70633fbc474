"""Who differs from whom: nobody where customers were dealt at random, those who do where they were not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from answers import period
from answers.people import results, skills
from answers.people.choice import Choice
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from metrics.estimate import Verdict
from metrics.finding import FindingCode
from metrics.staff.performance import findings
from tests.data_access.small_bank import viewer, warehouse_of
from tests.oracles.multiplicity import multipletests

SHUFFLES = 60
MIX = ["campaign_id", "tier", "channel"]


@pytest.fixture(scope="module")
def warehouse(demo_bank: Callable[[float], Path]) -> Iterator[Warehouse]:
    opened = warehouse_of(str(demo_bank(0.01)))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def branch(warehouse: Warehouse) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """What the staff of a branch of the demo bank were given in a year, the bank's rates, the campaigns' lines."""
    reader = Reader(viewer("B001"), warehouse)
    choice, year = Choice("2025", "B001"), period.named("2025")
    mix = results.by_mix(reader, choice, year)
    return mix, results.bank_rates(reader, mix), skills.lines_of(reader, year, "B001")


def shuffled(mix: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The customers of each kind dealt to the same staff at random: everybody keeps how many they were given."""
    parts = []
    for _, rows in mix.groupby(MIX, dropna=False):
        size = rows["n"].to_numpy(dtype=int)
        dealt = rng.multivariate_hypergeometric(size, int(rows["converted"].sum()))
        parts.append(rows.assign(converted=dealt))
    return pd.concat(parts, ignore_index=True)


def test_customers_shuffled_among_staff_show_no_differences(branch):
    """About one shuffle in twenty is called a difference; sixty of them leave 9 but once in a thousand."""
    mix, rates, _ = branch
    people = sorted(mix["staff_id"].unique())
    rng = np.random.default_rng(20261115)
    judged = [results.judged(shuffled(mix, rng), rates, people, 30) for _ in range(SHUFFLES)]
    said = [findings(one)[0].code for one in judged]
    alarms = sum(code is not FindingCode.STAFF_NO_DIFFERENCES for code in said)
    assert alarms <= 9
    for one in judged:
        if not one.differences_shown:
            assert set(one.verdict) <= {Verdict.NO_DIFFERENCE, Verdict.TOO_FEW}


def test_shuffled_customers_teach_nobody(branch):
    """Allowing for all lines and channels, a pair is suggested in one shuffle of twenty at most."""
    mix, rates, lines = branch
    people = sorted(mix["staff_id"].unique())
    rng = np.random.default_rng(7)
    suggested = sum(
        bool(skills.pairs(skills.profile(shuffled(mix, rng), rates, lines, people, 30), people)) for _ in range(10)
    )
    assert suggested <= 3


def test_the_p_value_of_a_skill_allows_for_all_that_are_looked_at(branch):
    mix, rates, lines = branch
    profile = skills.profile(mix, rates, lines, sorted(mix["staff_id"].unique()), 30)
    alone = np.array([one.performance.test.p_value[0] for one in profile])
    tested = ~np.isnan(alone)
    assert tested.sum() > 2
    by_peer = multipletests(alone[tested], method="holm")[1]
    together = np.array([one.p_value for one in profile])[tested]
    np.testing.assert_allclose(together, by_peer)
    assert (together > alone[tested]).any()


def test_who_is_twice_as_good_is_found_and_can_teach(branch):
    mix, rates, lines = branch
    people = sorted(mix["staff_id"].unique())
    best = str(mix.groupby("staff_id")["n"].sum().idxmax())
    dealt = shuffled(mix, np.random.default_rng(1))
    own = dealt["staff_id"] == best
    won = np.minimum(dealt["n"], dealt["converted"] * 4 + (dealt["n"] > 3))
    skilled = dealt.assign(converted=dealt["converted"].where(~own, won))
    judged = results.judged(skilled, rates, people, 30)
    assert judged.differences_shown
    assert judged.verdict[people.index(best)] == Verdict.HIGHER
    profile = skills.profile(skilled, rates, lines, people, 30)
    pairs = skills.pairs(profile, people)
    assert pairs[0].mentor == best
    for pair in pairs:
        told = profile[int(pair.skill)].performance
        assert told.verdict[people.index(pair.mentor)] == Verdict.HIGHER
        assert told.standardised.n[people.index(pair.mentor)] >= 30


def test_a_branch_that_sells_better_than_the_bank_has_no_better_person(branch):
    """Everybody converts twice what the bank does: the card says so, and no one is told apart from a colleague."""
    mix, rates, _ = branch
    people = sorted(mix["staff_id"].unique())
    half = rates.assign(converted=rates["converted"] / 2)
    judged = results.judged(shuffled(mix, np.random.default_rng(3)), half, people, 30)
    assert results.together(judged).low[0] > 1
    assert not judged.differences_shown
    assert Verdict.HIGHER not in set(judged.verdict)


def test_who_was_given_nobody_keeps_a_place_and_gets_no_number(branch):
    mix, rates, _ = branch
    people = [*sorted(mix["staff_id"].unique()), "nobody's"]
    judged = results.judged(mix, rates, people, 30)
    assert judged.standardised.unit.tolist() == people
    assert judged.standardised.n[-1] == 0
    assert not judged.ratio.known[-1]
    assert results.judged(mix, rates, ["nobody's"], 30) is None


def test_kinds_of_which_the_bank_is_not_told_count_neither_way():
    mix = pd.DataFrame(
        {
            "staff_id": ["Li", "Li", "Wu"],
            "campaign_id": "C",
            "tier": ["basic", "private", "basic"],
            "channel": "phone",
            "n": [100, 10, 50],
            "converted": [8, 9, 2],
        }
    )
    rates = pd.DataFrame({"campaign_id": ["C"], "tier": ["basic"], "channel": ["phone"], "n": [1000], "converted": 40})
    told = results.expected(mix, rates)
    assert told["expected"].tolist()[::2] == [4.0, 2.0]
    assert told["expected"].isna().tolist() == [False, True, False]
    judged = results.judged(mix, rates, ["Li", "Wu"], 30)
    assert judged.standardised.observed.tolist() == [8.0, 2.0]
    assert judged.standardised.expected.tolist() == [4.0, 2.0]
    assert judged.standardised.n.tolist() == [110.0, 50.0]


def test_the_band_is_as_wide_as_poisson_and_holds_what_was_expected(branch):
    mix, rates, _ = branch
    judged = results.judged(mix, rates, sorted(mix["staff_id"].unique()), 30)
    band = results.band(judged, 20.0)
    assert band.expected[-1] == pytest.approx(21.0)
    assert (band.low[0] <= 1).all()
    assert (band.high[0] >= 1).all()
    assert (band.low[1] <= band.low[0]).all()
    assert (band.high[1] >= band.high[0]).all()
    assert band.widened >= 1
    # Scaled to what each mix lets vary, the limits at 20 expected are those of a normal curve, roughly.
    scale = np.nanmedian(judged.standardised.dispersion)
    assert band.high[0][-1] - 1 == pytest.approx(1.96 * band.widened * np.sqrt(scale / 21), rel=0.15)
