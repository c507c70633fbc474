"""Groups of customers, complaints and staff time on the page of one campaign, against numbers from SQL by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from data_access.settings import PlanningRules
from tests.pages.by_hand import JUDGES, Bank
from tests.pages.limits_by_hand import wilson
from tests.pages.shown import CURRENCY, agree, agree_with_unit, blocks, chart, marks, numbers, table

AGES = (0, 25, 35, 45, 55, 65, 200)
MINUTES = PlanningRules().minutes
COLUMNS = {"conversion": "bought", "net_new": "net_new_amount", "contribution": "contribution_amount"}
NAMES = {"tier": "Tier", "age": "Age", "won": "Won by"}
ROLES = {"teller": "Teller", "adviser": "Adviser", "relationship_manager": "Relationship manager"}


def seen(own: tuple[str, ...], column: str = "branch_id") -> str:
    """What a viewer of some branches sees of customers and of staff."""
    return f"{column} IN ({', '.join(repr(branch) for branch in own)})" if own else "true"


def called(trait: str, value: object) -> str:
    """A group as it is written: "Age · 25 to 34"."""
    if pd.isna(value):
        return f"{NAMES[trait]} · not known"
    if value == "referral":
        return "Won by · recommendation"
    if trait != "age":
        return f"{NAMES[trait]} · {str(value).replace('_', '-') if trait == 'won' else str(value).title()}"
    first, last = int(value), AGES[AGES.index(int(value)) + 1] - 1
    if not first:
        return f"Age · under {last + 1}"
    return f"Age · {first} to {last}" if last < 100 else f"Age · {first} and over"


def members(by_hand: Bank, own: tuple[str, ...], campaign_id: str) -> pd.DataFrame:
    rows = by_hand.sql(f"""
        SELECT m.*, a.is_control, c.acquired_channel AS won,
            year(m.assigned_at) - c.birth_year AS age, CAST(m.converted_at AS DATE) <= m.matures_on AS in_time,
            m.matures_on <= v.as_of AS closed
        FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm)
        LEFT JOIN (SELECT * FROM customer WHERE {seen(own)}) c USING (customer_id), warehouse_version v
        WHERE {{where}} AND m.campaign_id = '{campaign_id}'""")
    return rows.assign(
        bought=rows["in_time"].fillna(value=False).astype(float),
        age=pd.cut(rows["age"].astype(float), AGES, right=False, labels=AGES[:-1]),
    )


@pytest.mark.sampled(2)
def test_every_group_of_customers_is_that_of_sql(one, scope, by_hand: Bank, verdicts):
    campaign_id, story = one
    drawn, rows = chart(story, "segments"), members(by_hand, scope[0], campaign_id)
    score, control = by_hand.scores(campaign_id), rows["is_control"].astype(bool)
    if score["by_branch"] or {*control[rows["closed"]]} != {True, False}:
        assert drawn is None
        return
    judge = verdicts[campaign_id]["judge"] or "conversion"
    assert judge in JUDGES[score["objective"]]
    expected: dict[str, tuple[float, float, float, int]] = {}
    groups = [
        (called(trait, value), group[group["closed"]].dropna(subset=[COLUMNS[judge]]))
        for trait in ("tier", "age", "won")
        if len(rows[trait].unique()) > 1
        for value, group in rows.groupby(trait, observed=True, dropna=False)
    ]
    for name, group in groups:
        a, b = (
            group.loc[group["is_control"] == held_out, COLUMNS[judge]].to_numpy(float) for held_out in (False, True)
        )
        if min(len(a), len(b)) < 2 - (judge == "conversion"):
            continue
        if min(len(a), len(b)) < 2:
            expected[name] = (a.mean() - b.mean(), np.nan, np.nan, len(a) + len(b))
            continue
        test = stats.ttest_ind(a, b, equal_var=False)
        with np.errstate(invalid="ignore"):
            level = test.confidence_interval(1 - 0.05 / len(groups))
        if judge == "conversion" or np.isfinite(level.low):
            expected[name] = (a.mean() - b.mean(), level.low, level.high, len(a) + len(b))
    shown = [row for row in marks(drawn, "hover") if row["name"]]
    assert len(shown) == len(expected)
    scale = 0.0
    for row in shown:
        gap, low, high, n = expected.pop(row["name"])
        assert numbers(row["cell1"])[0][0] == n
        if row["estimate"] is None or not row["estimate"]:
            continue
        scale = scale or (1.0 if judge == "conversion" else gap / row["estimate"])
        assert_allclose(row["estimate"] * scale, gap, rtol=1e-6, atol=1e-9)
        if judge != "conversion":
            reach = max(abs(each["start"]) for each in shown)
            assert_allclose([row["start"], row["end"]], np.clip([low / scale, high / scale], -reach, reach), rtol=1e-6)
    assert scale in (0.0, 1.0) or np.isclose(scale, [100, 1e5, 1e8]).any()


@pytest.mark.sampled(2)
def test_complaints_and_opt_outs_are_those_of_sql(one, by_hand: Bank):
    campaign_id, story = one
    counted = by_hand.sql(f"""
        WITH watched AS (
            SELECT m.*, a.is_control FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm)
            WHERE {{where}} AND m.campaign_id = '{campaign_id}' AND m.matures_on <= least(
                (SELECT as_of FROM warehouse_version), (SELECT min(as_of) FROM version_table WHERE table_name IN
                    ('campaign_member', 'complaint', 'consent', 'satisfaction'))))
        SELECT is_control, count(*) AS n,
            sum((SELECT count(*) FROM complaint c WHERE c.customer_id = m.customer_id
                AND c.opened_at >= m.assigned_at AND CAST(c.opened_at AS DATE) <= m.matures_on)) AS complaints,
            sum(CAST(EXISTS (SELECT 1 FROM consent c WHERE c.customer_id = m.customer_id AND c.withdrawn_at >=
                m.assigned_at AND CAST(c.withdrawn_at AS DATE) <= m.matures_on) AS INT)) AS left_us
        FROM watched m GROUP BY is_control""").set_index("is_control")
    if counted.empty:
        assert not any(getattr(block, "key", "") == "harm" for block in blocks(story))
        return
    complaints, left = table(story, "harm").columns[1:]
    for row, control in ((0, False), (1, True)):
        if control not in counted.index:
            assert complaints.texts("")[row] == "none"
            assert "no control group" in (complaints.texts("")[2] if control else "no control group")
            continue
        n, events, gone = (float(counted.loc[control, name]) for name in ("n", "complaints", "left_us"))
        low = stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
        exact = [1000 * each / n for each in (events, low, stats.chi2.ppf(0.975, 2 * events + 2) / 2)]
        agree(complaints.texts("")[row], tuple(exact), 1.0)
        agree(left.texts("")[row], wilson(gone, n), 0.01)


@pytest.mark.sampled(2)
def test_what_is_usual_is_counted_in_the_year_before(one, scope, by_hand: Bank):
    campaign_id, story = one
    if not any(getattr(block, "key", "") == "harm" for block in blocks(story)):
        return
    branches = by_hand.branches
    found = by_hand.sql(f"""
        WITH about AS (SELECT CAST(starts_on AS DATE) AS day, attribution_days AS days FROM campaign
            WHERE campaign_id = '{campaign_id}'),
        since AS (SELECT greatest((SELECT CAST(min(opened_at) AS DATE) FROM complaint m WHERE {{where}}),
            (SELECT day - 365 FROM about)) AS day)
        SELECT (SELECT count(*) FROM complaint m WHERE {{where}} AND CAST(opened_at AS DATE) >= since.day
                AND CAST(opened_at AS DATE) < about.day) AS complaints,
            (SELECT count(*) FROM customer m WHERE {{where}} AND opened_on < about.day) AS customers,
            date_diff('day', since.day, about.day) / about.days AS windows
        FROM about, since""").iloc[0]
    assert branches or not scope[0]
    shown = table(story, "harm").columns[1].texts("")[-1]
    exposure, events = float(found["customers"] * found["windows"]), float(found["complaints"])
    low = stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    want = tuple(1000 * float(each) / exposure for each in (events, low, stats.chi2.ppf(0.975, 2 * events + 2) / 2))
    agree(shown, want, 1.0)


@pytest.mark.sampled(2)
def test_the_time_of_staff_is_that_of_sql(one, scope, by_hand: Bank):
    campaign_id, story = one
    posted = f"SELECT s.* FROM staff s WHERE s.staff_id IN (SELECT staff_id FROM staff_posting WHERE {seen(scope[0])})"
    served = by_hand.sql(f"""
        SELECT s.role, m.channel, count(*) AS n, count(*) FILTER (m.matures_on <= v.as_of) AS closed,
            count(*) FILTER (m.matures_on <= v.as_of AND CAST(m.converted_at AS DATE) <= m.matures_on) AS bought
        FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm) LEFT JOIN ({posted}) s USING (staff_id),
            warehouse_version v
        WHERE {{where}} AND NOT a.is_control AND m.staff_id IS NOT NULL AND m.campaign_id = '{campaign_id}'
        GROUP BY s.role, m.channel""")
    made = by_hand.sql(f"""
        SELECT s.role, m.channel, count(*) AS contacts FROM contact m LEFT JOIN ({posted}) s USING (staff_id)
        WHERE {{where}} AND m.staff_id IS NOT NULL AND m.campaign_id = '{campaign_id}' AND m.direction <> 'inbound'
        GROUP BY s.role, m.channel""")
    if served.empty:
        assert not any(getattr(block, "key", "") == "staff_time" for block in blocks(story))
        return
    served["hours"] = served["n"] * served["channel"].map(lambda channel: MINUTES.get(channel, 0)) / 60
    made["hours"] = made["contacts"] * made["channel"].map(lambda channel: MINUTES.get(channel, 0)) / 60
    booked = by_hand.costs(campaign_id).get("staff_time", (np.nan, np.nan))[0]
    shown = table(story, "staff_time")
    names = shown.columns[0].texts("")
    assert len(shown.columns) == len(set(served["role"]) | set(made["role"])) + 2
    for column in shown.columns[1:]:
        role = next((key for key, name in ROLES.items() if name == column.name), None)
        of, by = (frame if role is None else frame[frame["role"] == role] for frame in (served, made))
        if column.name == "Role not recorded":
            of, by = (frame[frame["role"].isna()] for frame in (served, made))
        used, contacts, n, closed = by["hours"].sum(), by["contacts"].sum(), of["n"].sum(), of["closed"].sum()
        cost = booked * used / made["hours"].sum() if made["hours"].sum() else np.nan
        share, low, high = wilson(of["bought"].sum(), closed) if of["bought"].sum() else (np.nan,) * 3
        each = np.array([used, cost]) / n if n else np.full(2, np.nan)
        expected = {
            "Customers to serve": n,
            "Contacts made": contacts,
            "Hours planned": of["hours"].sum(),
            "Hours used": used,
            "Cost of time": cost,
            "Cost of one contact": cost / contacts if contacts else np.nan,
            "Hours for a conversion": (each[0] / share, each[0] / high, each[0] / low),
            "Cost of a conversion": (each[1] / share, each[1] / high, each[1] / low),
        }
        for name, text in zip(names, column.texts(CURRENCY), strict=True):
            want = expected.pop(name)
            # Who made no contact spent no hour on whatever came of itself.
            agree_with_unit(text, 0.0 if isinstance(want, tuple) and want[0] == 0 else want, 1.0)
        assert not expected


@pytest.mark.sampled(2)
def test_groups_are_of_every_kind(one):
    _, story = one
    drawn = chart(story, "segments")
    if drawn is not None:
        names = [row["name"] for row in marks(drawn, "hover")]
        for trait in ("Tier", "Age", "Won by"):
            assert any(name.startswith(trait) for name in names), trait
