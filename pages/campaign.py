"""One campaign: what did it bring, against what, at what cost?"""

import streamlit as st
from data_access.queries import campaigns, data, experiments
from metrics.campaigns import evaluation
from metrics.campaigns import findings as scorecard_findings
from metrics.inference import mean, proportion, survival
from metrics.moments import Counts, Moments
from ui import (
    card,
    empty,
    export,
    filters,
    findings,
    one_campaign,
    one_campaign_charts,
    page,
    scorecard,
    sitemap,
    table,
)
from ui.words import say

here = page.open("campaign")
reader, currency = here.reader, here.reader.currency

everything = campaigns.catalogue(reader)
campaign_id = filters.parameter("campaign")
listed = everything[everything["campaign_id"] == campaign_id]
if listed.empty:
    here.headline(say("Which campaign?"), [])
    empty.state(say("The link names no campaign that is in this data."))
    filters.link(sitemap.path("campaigns"), say("All campaigns"))
    st.stop()

with here.controls:
    filters.link(sitemap.path("campaigns"), say("All campaigns"), icon=":material/arrow_back:")
    branches = scorecard.branch_choice(data.branches(reader))
only = {"campaigns": tuple(listed["campaign_id"]), "branches": branches}
arms = campaigns.arms(reader, **only).merge(experiments.top_sales(reader, **only), how="left")
costs = campaigns.costs(reader, **only) if reader.has("campaign_cost") else None
scores = evaluation.scorecard(
    listed,
    arms,
    costs,
    campaigns.answers(reader, **only) if reader.has("satisfaction") else None,
    campaigns.complaints(reader, **only) if reader.has("complaint") else None,
    funding=campaigns.funding(reader, **only) if reader.has("sale", "internally_funded_amount") else None,
    branches=campaigns.arms(reader, **only, by_branch=True) if evaluation.assigned_by_branch(listed) else None,
)
if arms.empty:
    here.headline(say("This campaign had no customer of yours"), [one_campaign.name(listed)])
    st.stop()

found = scorecard_findings.campaign_findings(scores, campaign_id)
here.headline(findings.headline(found[:1]), one_campaign.facts(listed, scores))
for finding in found[1:]:
    st.markdown(findings.sentence(finding))
card.row(one_campaign.cards(scores, currency))

conversion = proportion.wilson(Counts.from_frame(arms, "matured_converted", "matured"))
results = {
    "participation_rate": proportion.wilson(Counts.from_frame(arms, "participated", "contacted")),
    "conversion_rate": conversion,
    "sales_per_customer": mean.student(Moments.from_frame(arms, "sales", "matured")),
    "contribution_per_customer": mean.student(Moments.from_frame(arms, "contribution", "matured")),
}
by_arm = one_campaign.arm_columns(arms, results)
with here.tools:
    export.buttons(by_arm, name="campaign", about=here.about([one_campaign.name(listed)]), currency=currency)
    here.share()

left, right = st.columns(2, gap="large")
with left:
    one_campaign_charts.arms(arms, conversion)
with right:
    one_campaign_charts.funnel(arms)
table.show(by_arm, currency=currency, alt=say("Arms of the campaign"), key="arms_table")

left, right = st.columns(2, gap="large")
with left:
    one_campaign_charts.weeks(campaigns.weeks(reader, campaign_id, branches=branches))
with right:
    days = campaigns.days_to_conversion(reader, only["campaigns"], since="assignment", branches=branches)
    labels, converted, censored = one_campaign_charts.watched(days)
    one_campaign_charts.equal_age(labels, survival.kaplan_meier(converted, censored))

left, right = st.columns(2, gap="large")
with left:
    one_campaign_charts.costs(campaigns.costs(reader, **only), scores, currency)
with right:
    one_campaign_charts.satisfaction_heading(scores)
    answers = one_campaign.outcomes(scores, currency, one_campaign.SATISFACTION)
    table.show(answers, currency=currency, alt=say("Satisfaction of the campaign"), key="satisfaction")

st.header(say("What it brought and what it cost"), anchor=False)
st.caption(say("Customers whose window has closed; costs are their even share of the whole"))
money = [*one_campaign.outcomes(scores, currency, one_campaign.MONEY), one_campaign.definitions(one_campaign.MONEY)]
table.definitions(money)
