import numpy as np
import pandas as pd
import pytest

from metrics.errors import ShapeError
from metrics.planning.lessons import lessons


def campaigns(rng, truth, each=6, n=4000):
    rows = []
    for (theme, segment), points in truth.items():
        for number in range(each):
            base = 0.04
            rows.append(
                {
                    "campaign_id": f"{theme}{number}",
                    "theme": theme,
                    "segment": segment,
                    "n": n,
                    "converted": rng.binomial(n, base + points),
                    "control_n": n // 2,
                    "control_converted": rng.binomial(n // 2, base),
                }
            )
    return pd.DataFrame(rows)


TRUTH = {
    ("advice", "owner"): 0.03,
    ("advice", "young"): 0.0,
    ("deposit", "owner"): 0.0,
    ("deposit", "young"): 0.01,
}


def test_what_works_for_whom_is_found_again():
    found = lessons(campaigns(np.random.default_rng(5), TRUTH))
    assert list(zip(found.theme, found.segment, strict=True)) == sorted(TRUTH)
    for place, pair in enumerate(sorted(TRUTH)):
        assert found.effect.estimate[place] == pytest.approx(TRUTH[pair], abs=0.006)
        assert 0.002 < found.effect.high[place] - found.effect.low[place] < 0.02
        assert found.campaigns[place] == 6
    assert found.effect.low[0] > 0, "three points are shown"
    assert found.effect.n.tolist() == [24_000] * 4


def test_one_campaign_alone_is_pulled_towards_the_others():
    rng = np.random.default_rng(3)
    rows = campaigns(rng, TRUTH)
    few = {"n": 60, "converted": 9, "control_n": 60, "control_converted": 3}
    lonely = pd.DataFrame([{"campaign_id": "z", "theme": "salon", "segment": "owner", **few}])
    found = lessons(pd.concat([rows, lonely], ignore_index=True))
    place = found.theme.index("salon")
    assert found.raw[place] == pytest.approx(0.1)
    assert 0 < found.effect.estimate[place] < 0.05, "six of sixty more are mostly chance"
    assert found.effect.n[place] == 60
    wide = found.effect.high - found.effect.low
    assert wide[place] == wide.max()


def test_limits_hold_their_promise_where_nothing_works_for_anybody():
    """No theme works: of 24 banks at most one in twenty pairs is shown, with room for chance."""
    none = dict.fromkeys(TRUTH, 0.0)
    shown = [
        lessons(campaigns(np.random.default_rng(seed), none, n=800)).effect.verdict() != "no_difference"
        for seed in range(24)
    ]
    assert np.mean(shown) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 96)


def test_limits_hold_where_campaigns_vary_by_themselves():
    """Each campaign has luck of its own of one point, shared by its classes; the limits allow for it."""
    held, wide = [], []
    for seed in range(24):
        rng = np.random.default_rng(seed)
        rows = campaigns(rng, dict.fromkeys(TRUTH, 0.01), each=8, n=3000)
        luck = {name: rng.normal(0, 0.01) for name in rows["campaign_id"].unique()}
        rate = np.clip(0.05 + rows["campaign_id"].map(luck), 0.001, 1)
        rows["converted"] = rng.binomial(rows["n"], rate)
        effect = lessons(rows).effect
        held.append((effect.low < 0.01) & (effect.high > 0.01))
        wide.append(np.median(effect.high - effect.low))
    assert np.mean(held) > 0.95 - 3 * np.sqrt(0.05 * 0.95 / 96)
    assert np.mean(wide) < 0.03, "and are not wide for nothing"


def test_too_few_differences_are_counted_and_not_judged():
    few = campaigns(np.random.default_rng(1), {("advice", "owner"): 0.03}, each=3)
    found = lessons(few)
    assert np.isnan(found.effect.estimate).all()
    assert found.effect.reason.tolist() == ["too_few"]
    assert found.campaigns.tolist() == [3]
    assert len(lessons(few.iloc[:0]).theme) == 0
    assert len(lessons(few.assign(control_n=5)).theme) == 0, "five customers say nothing"
    with pytest.raises(ShapeError, match="segment"):
        lessons(few.drop(columns="segment"))
