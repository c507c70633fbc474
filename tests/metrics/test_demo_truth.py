"""The intervals of an experiment against what the demo bank's generator knows to be true."""

import numpy as np
import pyarrow as pa
import pytest

from data_access.demo import Truth, generate
from data_access.demo.clock import AS_OF
from metrics.inference.effect import difference_in_means, difference_in_shares
from metrics.moments import Counts, Moments

TABLES = ("campaign", "campaign_member")


def arms_with_their_truth(seed):
    """Arms of ended campaigns randomised by customer: what was counted, and the true effect of the treated arm."""
    truth, parts = Truth(), {name: [] for name in TABLES}
    for name, table in generate(0.004, seed, truth=truth):
        if name in TABLES:
            parts[name].append(table)
    campaigns, members = (pa.concat_tables(parts[name]).to_pandas() for name in TABLES)
    # Everybody's window closed: the longest is a quarter.
    ended = (AS_OF - campaigns["ends_on"]).map(lambda gap: gap.days) > 100
    dealt = (campaigns["assignment"] == "randomised") & (campaigns["cluster"] == "customer")
    members = members[members["campaign_id"].isin(campaigns.loc[ended & dealt, "campaign_id"])]
    members = members.assign(
        converted=members["converted_at"].notna(), contribution=members["contribution_amount"].fillna(0).astype(float)
    )
    arms = members.groupby(["campaign_id", "arm"]).agg(
        n=("converted", "size"),
        converted=("converted", "sum"),
        mean=("contribution", "mean"),
        variance=("contribution", lambda amounts: amounts.var(ddof=0)),
    )
    known = truth.tables["campaign"].to_pandas().set_index(["campaign_id", "arm"])
    return arms.join(known[["is_control", "conversion_effect", "contribution_effect"]]).reset_index()


@pytest.mark.slow
def test_intervals_hold_the_true_effects_of_the_demo_bank():
    held = {"conversion": [], "contribution": []}
    for seed in (1, 2, 3):
        arms = arms_with_their_truth(seed)
        of_control = arms["is_control"].to_numpy(dtype=bool)
        pairs = arms[~of_control].merge(arms[of_control], on="campaign_id", suffixes=("", "_control"))
        shares = [Counts.of(pairs[f"n{end}"], pairs[f"converted{end}"]) for end in ("_control", "")]
        money = [
            Moments.from_frame(
                pairs.assign(
                    sum_m=pairs[f"mean{end}"] * pairs[f"n{end}"], squares_m=pairs[f"variance{end}"] * pairs[f"n{end}"]
                ),
                "m",
                f"n{end}",
            )
            for end in ("_control", "")
        ]
        for name, effect in (
            ("conversion", difference_in_shares(*shares)),
            ("contribution", difference_in_means(*money)),
        ):
            true = pairs[f"{name}_effect"].to_numpy()
            held[name] += ((effect.low <= true) & (true <= effect.high))[effect.known].tolist()
    assert len(held["conversion"]) > 100
    # 95 %, within twice the chance error of so many intervals and the skewness of amounts at this size.
    assert np.mean(held["conversion"]) == pytest.approx(0.95, abs=0.04)
    assert np.mean(held["contribution"]) == pytest.approx(0.95, abs=0.06)
