"""A whole comparison against statsmodels, against rows, and against itself seen from the other side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from metrics.estimate import Reason
from metrics.inference.comparison.contrast import Assignment
from metrics.inference.comparison.guardrail import Guardrail
from metrics.inference.effect import difference_in_means
from metrics.inference.study.design import Counted, Design, Kind
from metrics.inference.study.inputs import Inputs
from metrics.inference.study.standing import Standing
from metrics.inference.study.study import study
from metrics.moments import Moments
from tests.metrics.inference.comparison.by_row import STEPS, aggregate, customers, inputs

ACCEPTED = {"csat_mean": 0.2, "opt_outs": 0.006, "complaints": 1.0}
BASE = Design(planned=600.0, looks=(0.5, 1.0), accepted=ACCEPTED, cost=8.0)


def other_way(tables: Inputs) -> Inputs:
    """The same customers with the sides' names exchanged."""
    turned = {
        name: table.assign(side=table["side"].map({"a": "b", "b": "a"})) if "side" in table else table
        for name, table in tables.tables().items()
    }
    return Inputs(**turned)


def three(intervals):
    return np.concatenate([intervals.estimate, intervals.low, intervals.high])


def test_conversion_is_newcombes_interval_at_the_level_of_two_planned_looks():
    rows = customers(1)
    found = study(BASE, inputs(rows)).primary
    a, b = (rows.loc[rows["side"] == side, "converted"] for side in "ab")
    # O'Brien and Fleming's last limit of two looks is 1.969 (Lan and DeMets 1983).
    alpha = 2 * stats.norm.sf(1.9686)
    low, high = confint_proportions_2indep(a.sum(), len(a), b.sum(), len(b), method="newcomb", alpha=alpha)
    assert found.difference.low.item() == pytest.approx(low, abs=2e-6)
    assert found.difference.high.item() == pytest.approx(high, abs=2e-6)
    assert found.difference.estimate.item() == pytest.approx(a.mean() - b.mean())


def test_the_other_metrics_allow_for_one_another_and_the_deciding_one_does_not_pay_for_them():
    found = study(replace(BASE, looks=(1.0,)), inputs(customers(1)))
    assert [one.key for one in found.metrics] == [
        "conversion_rate",
        "sales_per_customer",
        "net_new_money_per_customer",
        "contribution_per_customer",
    ]
    assert found.primary.difference.level == pytest.approx(0.95)
    assert [one.difference.level for one in found.metrics[1:]] == pytest.approx([1 - 0.05 / 3] * 3)


def test_an_amount_is_the_regression_on_what_was_bought_before():
    rows = customers(3)
    found = next(one for one in study(BASE, inputs(rows)).metrics if one.key == "sales_per_customer")
    treated = (rows["side"] == "a").to_numpy(float)
    before = rows["baseline"] - rows["baseline"].mean()
    # The slope of both arms taken together about their own means is that of this regression.
    design = np.column_stack([np.ones(len(rows)), treated, before])
    coefficients, *_ = np.linalg.lstsq(design, rows["sales"].to_numpy(float), rcond=None)
    slope = coefficients[2]
    left = rows["sales"] - slope * rows["baseline"]
    pooled = left[treated == 1].mean() - left[treated == 0].mean()
    assert found.difference.estimate.item() == pytest.approx(pooled, rel=0.02)


def test_the_effect_on_those_contacted_is_that_of_the_instrument():
    rows = customers(4, n=2000)
    found = study(replace(BASE, counted=Counted.CONTACTED), inputs(rows))
    for one in found.metrics:
        outcome = {"conversion_rate": "converted", "sales_per_customer": "sales"}.get(one.key)
        if outcome is None:
            continue
        z, touched, y = (
            (rows["side"] == "a").astype(float),
            rows["contacted"].astype(float),
            rows[outcome].astype(float),
        )
        instrument = np.cov(z, y)[0, 1] / np.cov(z, touched)[0, 1]
        assert one.difference.estimate.item() == pytest.approx(instrument, rel=1e-9)
        assert one.difference.low.item() < instrument < one.difference.high.item()
        # What pays is more on fewer.
        plain = next(other for other in study(BASE, inputs(rows)).metrics if other.key == one.key)
        assert one.line == pytest.approx(plain.line / rows.loc[z == 1, "contacted"].mean())


def test_what_pays_is_the_cost_at_the_contribution_that_came_with_it():
    rows = customers(5)
    found = {one.key: one for one in study(BASE, inputs(rows)).metrics}
    a = rows[rows["side"] == "a"]
    assert found["contribution_per_customer"].line == 8.0
    assert found["conversion_rate"].line == pytest.approx(8.0 / (a["contribution"].sum() / a["converted"].sum()))
    assert found["sales_per_customer"].line == pytest.approx(8.0 * a["sales"].sum() / a["contribution"].sum())
    returned = study(BASE, inputs(rows)).returned
    effect = found["contribution_per_customer"].difference
    assert returned.estimate.item() == pytest.approx(effect.estimate.item() / 8.0 - 1)


def test_groups_of_wrong_sizes_block_the_verdict_and_every_number():
    tables = inputs(customers(6, effect=0.4))
    assert study(BASE, tables).verdict is Standing.PAYS
    wrong = replace(tables, sizes=tables.sizes.assign(allocation=[0.8, 0.2]))
    blocked = study(BASE, wrong)
    assert blocked.verdict is Standing.BLOCKED
    assert blocked.sample_ratio < 0.001
    assert blocked.frame()["difference"].isna().all()
    assert blocked.harms == ()
    assert blocked.segments is None
    assert blocked.course is None
    assert blocked.posterior is None


def test_wrong_sizes_are_told_while_everybody_is_still_counting():
    tables = inputs(customers(6, effect=0.4))
    nobody = {name: 0.0 for name in tables.arms.columns if name.startswith("matured")}
    wrong = tables.sizes.assign(allocation=[0.8, 0.2])
    waiting = Inputs(tables.arms.assign(**nobody), sizes=wrong, harm=tables.harm)
    assert study(BASE, waiting).verdict is Standing.BLOCKED
    assert study(BASE, waiting).harms == ()
    assert study(BASE, replace(waiting, sizes=tables.sizes)).verdict is Standing.UNKNOWN


def test_two_campaigns_are_not_held_against_controls_of_wrong_sizes():
    rows, held_out = customers(12, n=400), customers(13, n=400, effect=0.0)
    sizes = pd.DataFrame(
        {"campaign_id": ["A", "A", "B", "B"], "arm": ["treated", "control"] * 2, "n": 400, "allocation": 0.5}
    )
    design = replace(BASE, kind=Kind.CAMPAIGNS, assignment=Assignment.TARGETED)
    tables = Inputs(aggregate(rows), held_out=aggregate(held_out), sizes=sizes)
    assert study(design, tables).own_controls.known[0]
    torn = sizes.assign(n=[400, 400, 400, 260])
    found = study(design, replace(tables, sizes=torn))
    assert found.own_controls.reason[0] == Reason.SAMPLE_RATIO.value
    assert found.verdict is not Standing.BLOCKED


def test_a_difference_that_nobody_drew_is_compared_like_with_like_and_an_effect_is_not():
    rows = customers(7, n=3000, effect=0.0, chosen=True)
    targeted = replace(BASE, assignment=Assignment.TARGETED, steps=STEPS)
    found = study(targeted, inputs(rows))
    assert found.alike is not None
    assert found.verdict is Standing.PAYS or found.verdict.sign > 0
    assert found.alike.difference.low[0] > 0 > found.alike.difference.low[-1]
    assert found.alike.hidden.limit.item() == 1.0
    assert found.balance.set_index("trait").loc["upper", "unlike"]
    assert study(BASE, inputs(rows)).alike is None


def test_open_windows_widen_the_limits_to_those_of_any_day():
    rows = customers(8)
    closed = study(BASE, inputs(rows)).primary.difference
    waiting = study(replace(BASE, planned=1200.0), inputs(rows)).primary.difference
    assert waiting.level > closed.level
    assert waiting.high - waiting.low > closed.high - closed.low


def test_a_programme_adds_up_its_campaigns_each_against_its_own_control():
    many = customers(9, n=800)
    thinned = many[(many["side"] == "a") | (np.arange(len(many)) % 3 == 0)]  # a control much smaller than its campaign
    parts = {"C1": thinned, "C2": customers(10, n=400), "C3": customers(11, n=300)}
    arms = pd.concat([aggregate(rows).assign(campaign_id=key) for key, rows in parts.items()])
    sizes = pd.concat(
        [
            pd.DataFrame(
                {
                    "campaign_id": key,
                    "arm": ["a", "b"],
                    "allocation": share,
                    "n": [(rows["side"] == s).sum() for s in "ab"],
                }
            )
            for (key, rows), share in zip(parts.items(), [[0.75, 0.25], [0.5, 0.5], [0.9, 0.1]], strict=True)
        ]
    )
    found = study(Design(kind=Kind.PROGRAMME), Inputs(arms, sizes=sizes))
    assert found.left_out == ("C3",)
    counted = [sum((parts[key]["side"] == side).sum() for key in ("C1", "C2")) for side in "ab"]
    assert found.customers == tuple(counted)
    assert not found.off_plan
    gaps, weights = [], []
    for key in ("C1", "C2"):
        a, b = (parts[key].loc[parts[key]["side"] == side, "converted"] for side in "ab")
        gaps.append(a.mean() - b.mean())
        weights.append(len(a))
    assert found.primary.difference.estimate.item() == pytest.approx(np.average(gaps, weights=weights))
    assert study(Design(kind=Kind.PROGRAMME), Inputs(arms)).left_out == ()


def test_the_difference_of_two_effects_is_that_of_four_groups():
    rows = customers(12, n=1000)
    held_out = customers(13, n=800, effect=0.0)
    found = study(replace(BASE, kind=Kind.CAMPAIGNS), Inputs(aggregate(rows), held_out=aggregate(held_out)))
    means = [frame.loc[frame["side"] == side, "converted"].mean() for frame in (rows, held_out) for side in "ab"]
    assert found.own_controls.estimate.item() == pytest.approx((means[0] - means[2]) - (means[1] - means[3]))
    variances = [
        frame.loc[frame["side"] == side, "converted"].astype(float).var() / (frame["side"] == side).sum()
        for frame in (rows, held_out)
        for side in "ab"
    ]
    half = stats.norm.isf((1 - found.own_controls.level) / 2) * np.sqrt(sum(variances))
    assert found.own_controls.high.item() - found.own_controls.estimate.item() == pytest.approx(half)
    assert found.own_controls.standard_error.item() == pytest.approx(np.sqrt(sum(variances)))


def test_branches_are_the_evidence_where_branches_were_drawn():
    rows = customers(14, n=900)
    rows = rows.assign(side=np.where(rows["branch_id"].isin(["B0", "B1", "B2"]), "a", "b"))
    tables = Inputs(aggregate(rows), branches=aggregate(rows, ("branch_id",)), segments=None)
    found = study(replace(BASE, by_branch=True), tables)
    alone = study(BASE, tables).primary.difference
    assert found.effective_branches < 7
    assert found.few_branches
    assert not study(BASE, tables).few_branches
    assert found.primary.difference.degrees_of_freedom.item() < 5
    assert found.primary.difference.estimate.item() == pytest.approx(alone.estimate.item())
    assert alone.method == "Newcombe"
    assert found.course is None
    assert found.posterior is None


@pytest.mark.parametrize(
    "design",
    [BASE, replace(BASE, assignment=Assignment.TARGETED, steps=STEPS, cost=float("nan"))],
    ids=["drawn", "not"],
)
@given(seed=st.integers(0, 10_000))
@settings(max_examples=4, deadline=None)
def test_a_swap_mirrors_everything(design: Design, seed: int):
    rows = customers(seed, n=300, chosen=not design.randomised)
    tables = inputs(rows)
    there, back = study(design, tables).swapped(), study(design, other_way(tables))
    for mirrored, turned in zip(there.metrics, back.metrics, strict=True):
        np.testing.assert_allclose(three(mirrored.difference), three(turned.difference), rtol=1e-7, atol=1e-12)
        assert mirrored.a.estimate.item() == turned.a.estimate.item()
    for mirrored, turned in zip(there.harms, back.harms, strict=True):
        np.testing.assert_allclose(three(mirrored.difference), three(turned.difference), rtol=1e-9)
    np.testing.assert_allclose(three(there.segments.difference), three(back.segments.difference), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(there.segments.adjusted, back.segments.adjusted, rtol=1e-6)
    np.testing.assert_allclose(three(there.course.band), three(back.course.band), rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(there.balance["difference"], back.balance["difference"], rtol=1e-9)
    np.testing.assert_allclose(there.posterior.probability_better, back.posterior.probability_better, atol=1e-9)
    np.testing.assert_allclose(there.posterior.loss_if_treated, back.posterior.loss_if_treated, atol=1e-9)
    assert (there.customers, there.contacted) == (back.customers, back.contacted)
    if there.alike is not None:
        np.testing.assert_allclose(three(there.alike.difference), three(back.alike.difference), rtol=1e-7, atol=1e-12)
    assert (
        there.swapped().primary.difference.estimate.item() == study(design, tables).primary.difference.estimate.item()
    )


@given(seed=st.integers(0, 10_000), effect=st.floats(-0.1, 0.4))
@settings(max_examples=6, deadline=None)
def test_no_verdict_contradicts_the_interval_beside_it(seed: int, effect: float):
    found = study(BASE, inputs(customers(seed, n=300, effect=effect)))
    for one in found.metrics:
        low, high = one.difference.low.item(), one.difference.high.item()
        assert (one.standing.sign > 0) == (low > 0)
        assert (one.standing.sign < 0) == (high < 0)
        assert (one.standing is Standing.PAYS) == (low > max(one.line, 0))
    for harm in found.harms:
        worse = harm.difference if harm.key == "csat_mean" else harm.difference.scaled(-1.0)
        assert (harm.guardrail is Guardrail.HOLDS) == (worse.low.item() > -harm.accepted)
    sure = found.segments.adjusted < 0.05
    left_out = (found.segments.difference.low > 0) | (found.segments.difference.high < 0)
    assert (sure == left_out).all()


def test_nothing_recorded_says_so_and_raises_nothing():
    nobody = pd.DataFrame({"side": ["a", "b"], "n": [5, 4], "matured": [0, 0], "matured_converted": [0, 0]})
    found = study(BASE, Inputs(nobody))
    assert found.verdict is Standing.UNKNOWN
    assert found.primary.difference.reason.item() == "window_open"
    assert found.frame()["standing"].eq("unknown").all()


def test_means_are_welchs_where_nothing_from_before_is_known():
    rows = customers(15)
    arms = aggregate(rows)
    arms = arms.drop(columns=[column for column in arms if "baseline" in column])
    found = next(one for one in study(BASE, Inputs(arms)).metrics if one.key == "net_new_money_per_customer")
    a, b = (Moments.from_rows(rows.loc[rows["side"] == side, "net_new"]) for side in "ab")
    np.testing.assert_allclose(three(found.difference), three(difference_in_means(b, a, found.difference.level)))
