"""Facts that must agree with each other, whatever the seed."""

from __future__ import annotations

import pytest

AS_OF = "TIMESTAMP '2026-11-15 23:40:00'"
MONTH = "year({0}) * 12 + month({0}) - 1"

NEVER = {
    "somebody took part who was not contacted": """FROM campaign_member
        WHERE participated_at IS NOT NULL AND contacted_at IS NULL""",
    "contact before assignment": "FROM campaign_member WHERE contacted_at < assigned_at",
    "participation before contact": "FROM campaign_member WHERE participated_at < contacted_at",
    "conversion before assignment": "FROM campaign_member WHERE converted_at < assigned_at",
    "conversion before contact": "FROM campaign_member WHERE converted_at < contacted_at",
    "conversion before participation": "FROM campaign_member WHERE converted_at < participated_at",
    "conversion outside the window": """FROM campaign_member JOIN campaign USING (campaign_id)
        WHERE converted_at > assigned_at + to_days(attribution_days)""",
    "assignment outside the campaign": """FROM campaign_member JOIN campaign USING (campaign_id)
        WHERE assigned_at::DATE < starts_on OR assigned_at::DATE > ends_on + 10""",
    "a sale without conversion": "FROM campaign_member WHERE (sales_amount > 0) <> (converted_at IS NOT NULL)",
    "money of a window that is still open": """FROM campaign_member JOIN campaign USING (campaign_id)
        WHERE net_new_amount IS NOT NULL AND assigned_at::DATE + attribution_days > DATE '2026-11-15'""",
    "a contacted control": """FROM campaign_member JOIN campaign_arm USING (campaign_id, arm)
        WHERE is_control AND (contacted_at IS NOT NULL OR participated_at IS NOT NULL)""",
    "a contact of a control for its campaign": """FROM contact JOIN campaign_member USING (campaign_id, customer_id)
        JOIN campaign_arm USING (campaign_id, arm) WHERE is_control""",
    "an arm the campaign has not": "FROM campaign_member ANTI JOIN campaign_arm USING (campaign_id, arm)",
    "sales that do not add up": """FROM campaign_member m JOIN campaign_arm USING (campaign_id, arm)
        LEFT JOIN (SELECT campaign_id, customer_id, sum(amount) AS sold, sum(contribution) AS earned
                   FROM sale GROUP BY ALL) s USING (campaign_id, customer_id)
        WHERE NOT is_control AND (sales_amount <> coalesce(sold, 0) OR contribution_amount <> coalesce(earned, 0))""",
    "a control's sale that is no sale": """FROM campaign_member m JOIN campaign_arm USING (campaign_id, arm)
        ANTI JOIN sale s ON s.customer_id = m.customer_id AND s.sold_at = m.converted_at
        WHERE is_control AND converted_at IS NOT NULL""",
    "a tier other than the month's": f"""FROM campaign_member m JOIN tier_snapshot s
        ON s.customer_id = m.customer_id AND s.month_no = {MONTH.format("assigned_at")} WHERE s.tier <> m.tier""",
    "a member without snapshot in a complete month": f"""FROM campaign_member m LEFT JOIN tier_snapshot s
        ON s.customer_id = m.customer_id AND s.month_no = {MONTH.format("assigned_at")}
        WHERE s.tier IS NULL AND assigned_at < DATE '2026-11-01'""",
    "a branch other than the month's": f"""FROM campaign_member m JOIN tier_snapshot s
        ON s.customer_id = m.customer_id AND s.month_no = {MONTH.format("assigned_at")}
        WHERE s.branch_id <> m.branch_id""",
    "someone assigned who asked not to be contacted": """FROM campaign_member m JOIN consent c
        ON c.customer_id = m.customer_id AND c.channel = m.channel AND c.purpose = 'marketing'
        WHERE c.do_not_contact AND c.withdrawn_at::DATE <= m.assigned_at::DATE""",
    "someone rung up who asked not to be": """FROM contact m JOIN consent c
        ON c.customer_id = m.customer_id AND c.channel = m.channel AND c.purpose = 'marketing'
        WHERE direction = 'outbound' AND c.do_not_contact AND c.withdrawn_at < m.contacted_at""",
    "a colleague who was elsewhere": """FROM campaign_member m ANTI JOIN staff_posting p
        ON p.staff_id = m.staff_id AND p.branch_id = m.branch_id
        AND m.assigned_at::DATE BETWEEN p.from_on AND coalesce(p.to_on, DATE '2099-01-01')
        WHERE m.staff_id IS NOT NULL""",
    "more internal money than the sale": "FROM sale WHERE internally_funded_amount > amount",
    "reversed before sold": "FROM sale WHERE reversed_at < sold_at",
    "closed before opened": "FROM holding WHERE closed_on < opened_on OR matures_on < opened_on",
    "open after maturity": "FROM holding WHERE closed_on IS NULL AND matures_on <= DATE '2026-11-15'",
    "a referral out of order": "FROM referral WHERE accepted_at < made_at OR closed_at < accepted_at",
    "a referral's sale before it": """FROM referral JOIN sale USING (sale_id)
        WHERE sold_at < made_at OR sale.customer_id <> referral.customer_id""",
    "an answer before the question": """FROM satisfaction
        WHERE responded_at < invited_at OR (score IS NULL) <> (responded_at IS NULL)""",
    "a score off its scale": """FROM satisfaction WHERE (scale = 'csat5' AND score NOT BETWEEN 1 AND 5)
        OR (scale = 'nps' AND score NOT BETWEEN 0 AND 10)""",
    "decided while open": "FROM complaint WHERE closed_at < opened_at OR (closed_at IS NULL) <> (upheld IS NULL)",
    "assessed before being a customer": """FROM risk_assessment JOIN customer USING (customer_id)
        WHERE assessed_at < opened_on""",
    "a mentor of oneself": "FROM staff WHERE mentor_id = staff_id",
    "balances that do not chain": """FROM tier_snapshot a JOIN tier_snapshot b
        ON b.customer_id = a.customer_id AND b.month_no = a.month_no + 1
        JOIN asset_flow f ON f.customer_id = b.customer_id AND f.month_no = b.month_no
        WHERE b.aum_end - a.aum_end <> f.inflow - f.outflow + f.valuation""",
}  # fmt: skip


@pytest.mark.parametrize("what", NEVER)
def test_never_happens(bank, what):
    assert bank.sql(f"SELECT count(*) {NEVER[what]}").fetchone() == (0,)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("campaign_member", "assigned_at"),
        ("campaign_member", "contacted_at"),
        ("campaign_member", "participated_at"),
        ("campaign_member", "converted_at"),
        ("contact", "contacted_at"),
        ("sale", "sold_at"),
        ("sale", "reversed_at"),
        ("satisfaction", "invited_at"),
        ("satisfaction", "responded_at"),
        ("complaint", "opened_at"),
        ("complaint", "closed_at"),
        ("journey_event", "occurred_at"),
        ("referral", "closed_at"),
        ("consent", "withdrawn_at"),
        ("risk_assessment", "assessed_at"),
        ("holding", "opened_on"),
        ("holding", "closed_on"),
        ("campaign_cost", "incurred_on"),
        ("training", "completed_on"),
        ("customer", "opened_on"),
        ("customer_tag", "as_of"),
        ("staff", "hired_on"),
    ],
)
def test_nothing_happens_after_the_end_of_the_data(bank, table, column):
    assert bank.sql(f"SELECT max({column}) <= {AS_OF} FROM {table}").fetchone() == (True,)  # noqa: S608


def test_snapshots_stop_at_the_last_complete_month(bank):
    first, last = 2024 * 12 + 4, 2026 * 12 + 9
    assert bank.sql("SELECT min(month_no), max(month_no) FROM tier_snapshot").fetchone() == (first, last)


def test_branches_are_closed_on_holidays_and_staff_call_nobody_then(bank):
    called = bank.sql("""SELECT count(*) FROM contact c JOIN branch_calendar b
        ON b.branch_id = c.branch_id AND b.day = c.contacted_at::DATE
        WHERE NOT b.open AND channel IN ('phone', 'branch', 'wechat') AND direction = 'outbound'""").fetchone()
    assert called == (0,)
    assert bank.sql("SELECT bool_or(open) FROM branch_calendar WHERE day = DATE '2026-10-01'").fetchone() == (False,)
    assert bank.sql("SELECT bool_and(open) FROM branch_calendar WHERE day = DATE '2026-10-10'").fetchone() == (True,)
