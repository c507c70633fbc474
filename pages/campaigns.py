"""Campaigns: what ran, what did it bring, which are not yet judged?"""

import streamlit as st
from data_access.queries import campaigns, data
from metrics.campaigns import evaluation, programme
from metrics.campaigns import findings as scorecard_findings
from ui import card, empty, export, filters, findings, page, scorecard, scorecard_charts, sitemap, table
from ui.words import say, say_count

here = page.open("campaigns")
reader, currency = here.reader, here.reader.currency

with here.controls:
    choice = scorecard.choose(campaigns.catalogue(reader), data.branches(reader), reader.as_of)
listed = campaigns.catalogue(
    reader,
    first=choice.first,
    last=choice.last,
    objectives=choice.objectives,
    themes=choice.themes,
    lines=choice.lines,
    branches=choice.branches,
)
only = {"campaigns": tuple(listed["campaign_id"]), "branches": choice.branches}
clustered = evaluation.assigned_by_branch(listed)
scores = evaluation.scorecard(
    listed,
    campaigns.arms(reader, **only),
    campaigns.costs(reader, **only) if reader.has("campaign_cost") else None,
    campaigns.answers(reader, **only) if reader.has("satisfaction") else None,
    campaigns.complaints(reader, **only) if reader.has("complaint") else None,
    branches=campaigns.arms(reader, campaigns=clustered, branches=choice.branches, by_branch=True)
    if clustered
    else None,
)
found = scorecard_findings.findings(scores)
here.headline(findings.headline(found[:1]), scorecard.facts(choice, scores))

if listed.empty:
    empty.state(say("No campaign matches this choice."), say("Choose a longer period or fewer filters."))
    st.stop()

with here.tools:
    everything = scorecard.columns(listed, scores, "all")
    export.buttons(everything, name="campaigns", about=here.about(choice.words), currency=currency)
    here.share()

together = programme.together(scores)
card.row(scorecard.cards(together, scores, currency))

left, right = st.columns([5, 3], gap="large")
with left:
    if scorecard_charts.can_judge(found):
        scorecard_charts.returns(listed, scores, found)
    else:
        scorecard_charts.conversion(listed, scores, together)
with right:
    st.header(scorecard_charts.not_judged_heading(scores), anchor=False)
    st.caption(say("Open windows count apart, never as failures; without a control, sales are only attributed"))
    table.show(scorecard.not_judged(listed, scores), currency=currency, alt=say("Campaigns not judged"), key="waiting")

st.header(say_count("All {count} campaign", "All {count} campaigns", len(listed)), anchor=False)
st.caption(say("Choose a row to open the campaign · sort by a click on a header · each number with its 95 % interval"))
view = filters.select("view", "response", scorecard.view_names(), say("Columns of the table"))
opened = table.show(
    scorecard.columns(listed, scores, view), currency=currency, alt=say("Scorecard"), key="scorecard", selectable=True
)
if opened is not None:
    filters.go(sitemap.path("campaign"), campaign=scorecard.campaign_at(scores, opened))
st.caption(scorecard.attributed(campaigns.attributed_sales(reader, choice.first, choice.last), scores, currency))

if scorecard_charts.can_judge(found):
    scorecard_charts.conversion(listed, scores, together)
