import numpy as np
import pytest

from metrics.estimate import Intervals
from metrics.finding import FindingCode
from metrics.inference.adjustment import common_odds_ratio, mantel_haenszel
from metrics.inference.cluster import difference_by_cluster
from metrics.inference.comparison.caveats import (
    contaminated,
    fades_or_grows,
    few_branches,
    guardrails,
    reversed_by_mix,
    strata_differ,
)
from metrics.inference.comparison.health import contamination, novelty
from metrics.moments import Counts, Moments
from tests.oracles.comparison import BERKELEY_MEN, BERKELEY_WOMEN

MEN, WOMEN = (Counts.of(table[:, 1], table[:, 0]) for table in (BERKELEY_MEN, BERKELEY_WOMEN))


def test_berkeley_is_reversed_by_the_mix_and_differs_between_departments():
    found = reversed_by_mix(mantel_haenszel(np.zeros(6, dtype=int), WOMEN, MEN))
    assert [finding.code for finding in found] == [FindingCode.REVERSED_BY_MIX]
    assert found[0].values["crude"] > 0 > found[0].values["adjusted"]
    assert strata_differ(common_odds_ratio(WOMEN, MEN))[0].code == FindingCode.STRATA_DIFFER
    assert reversed_by_mix(mantel_haenszel([0], WOMEN[:1], MEN[:1])) == ()
    assert strata_differ(common_odds_ratio(WOMEN[:1], MEN[:1])) == ()


def test_ten_branches_are_few_and_forty_are_not():
    rng = np.random.default_rng(1)
    comparison = np.repeat([0, 1], [10, 40])
    branches = Moments(np.full(50, 30.0), rng.normal(0, 1, 50), np.full(50, 90.0))
    found = few_branches(difference_by_cluster(comparison, np.arange(50) % 2 == 0, branches))
    assert [(f.code, f.values["comparison"], f.values["clusters"]) for f in found] == [
        (FindingCode.FEW_BRANCHES, 0, 10)
    ]


@pytest.mark.parametrize(
    ("effects", "code"),
    [
        ([1.0, 0.7, 0.4, 0.1], FindingCode.EFFECT_FADES),
        ([0.1, 0.4, 0.7, 1.0], FindingCode.EFFECT_GROWS),
        ([1.0] * 4, None),
    ],
)
def test_an_effect_that_moves_with_the_weeks_is_told(effects, code):
    n = np.full(4, 1000.0)
    control, treated = Moments(n, np.zeros(4), n), Moments(n, np.array(effects), n)
    found = fades_or_grows(novelty([1, 2, 3, 4], control, treated))
    assert [finding.code for finding in found] == ([code] if code else [])


def test_two_weeks_tell_nothing_of_a_trend():
    two = Moments(np.full(2, 10.0), np.zeros(2), np.full(2, 9.0))
    assert fades_or_grows(novelty([1, 2], two, two)) == ()


def test_more_than_a_handful_in_two_arms_is_told():
    found = contaminated(contamination([10_000, 10_000, 0], [50, 3, 0]))
    assert [finding.values["comparison"] for finding in found] == [0]


def test_every_guardrail_is_told():
    change = Intervals.of(
        [0.0, -0.9, -0.1, np.nan], [-0.1, -1.2, -0.5, np.nan], [0.1, -0.6, 0.3, np.nan], n=[9, 9, 9, 1]
    )
    assert [finding.code for finding in guardrails("csat_mean", change, margin=0.3)] == [
        FindingCode.GUARDRAIL_HOLDS,
        FindingCode.GUARDRAIL_BROKEN,
        FindingCode.GUARDRAIL_UNDECIDED,
        FindingCode.GUARDRAIL_TOO_FEW,
    ]
