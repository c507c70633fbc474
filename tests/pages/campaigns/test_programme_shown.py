"""When campaigns ran, what each cost and added, whom they share: what stands on the page against SQL by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

from answers.campaigns import ages, overlap
from answers.campaigns import overview as campaigns
from answers.campaigns.overview import COUNTING, JUDGED, NEVER, Choice
from data_access.queries.campaigns import overlap as queries
from data_access.reading.reader import Reader
from story import words
from story.campaigns import overview as campaigns_story
from story.parts import Chart, Story
from tests.pages.by_hand import Bank
from tests.pages.shown import agree, agree_with_currency, called, card, chart, marks, numbers, table, view

YUAN = 100
_SHARED = """
    SELECT m.campaign_id, o.campaign_id AS other_id, count(*) AS n_both,
        count(*) FILTER (NOT a.is_control AND NOT b.is_control AND CAST(o.contacted_at AS DATE)
            BETWEEN CAST(m.assigned_at AS DATE) AND m.matures_on) AS reached,
        count(*) FILTER (a.is_control AND NOT b.is_control AND CAST(o.contacted_at AS DATE)
            BETWEEN CAST(m.assigned_at AS DATE) AND m.matures_on) AS reached_control
    FROM campaign_member m JOIN campaign_member o USING (customer_id)
    JOIN campaign_arm a ON a.campaign_id = m.campaign_id AND a.arm = m.arm
    JOIN campaign_arm b ON b.campaign_id = o.campaign_id AND b.arm = o.arm
    WHERE {where} AND o.branch_id IN (SELECT DISTINCT m.branch_id FROM campaign_member m WHERE {where})
    AND m.campaign_id <> o.campaign_id
    AND CAST(m.assigned_at AS DATE) <= o.matures_on AND CAST(o.assigned_at AS DATE) <= m.matures_on
    GROUP BY ALL
"""


@pytest.fixture(scope="module")
def answer(reader: Reader, scope) -> campaigns.Campaigns:
    return campaigns.ask(reader, Choice(branch=scope[1]))


@pytest.fixture(scope="module")
def whole(reader: Reader, scope, answer: campaigns.Campaigns) -> Story:
    """The page with what is drawn after the rest."""
    words.speak("en")
    asked = Choice(branch=scope[1])
    return campaigns_story.tell(answer, overlap.ask(reader, asked), ages.ask(reader, asked))


def drawn(story: Story, key: str) -> Chart:
    found = chart(story, key)
    assert found is not None
    return found


def heading(story: Story, key: str) -> str:
    return next(block.heading for row in story.rows for block in row if getattr(block.shown, "key", "") == key)


def test_a_bar_of_the_timeline_is_its_campaigns_days_in_the_colour_of_its_return(
    whole: Story, scores, verdicts, by_hand: Bank
):
    plot, about = drawn(whole, "timeline"), by_hand.campaigns().set_index("campaign_id")
    assert plot.opens is not None
    bars = {plot.opens.values[row["place"]]: row for row in plot.spec["datasets"]["rows"]}
    assert set(bars) == set(scores)
    first, last = re.findall(r"\d{4}-\d\d-\d\d", plot.spec["layer"][0]["encoding"]["x"]["scale"]["domain"]["expr"])
    for campaign_id, row in bars.items():
        of = about.loc[campaign_id]
        until = of["ends_on"] + timedelta(days=int(of["attribution_days"]))
        assert about.loc[campaign_id, "name"].endswith(row["name"])
        assert row["from"][:10] == max(str(of["starts_on"].date()), first)
        assert row["to"][:10] == min(str((of["ends_on"] + timedelta(days=1)).date()), last)
        assert row["until"][:10] == min(str((until + timedelta(days=1)).date()), last)
        grade = verdicts[campaign_id]["return"]
        assert row["hollow"] == (not grade)
        assert row["role"] == {"up": "better", "down": "worse"}.get(grade, "none")
    assert first == min(str(day.date()) for day in about.loc[list(scores), "starts_on"])


def test_bars_stand_under_what_they_were_for_and_never_one_upon_another(whole: Story, by_hand: Bank):
    plot, about = drawn(whole, "timeline"), by_hand.campaigns().set_index("campaign_id")
    heads = sorted((row["lane"], row["name"]) for row in plot.spec["datasets"]["heads"])
    called_as = {
        "acquire": "Win customers",
        "activate": "Activate customers",
        "retain": "Keep customers",
        "grow": "Raise value",
    }
    lanes: dict[float, list[tuple[str, str]]] = {}
    counted: dict[str, int] = {}
    for row in plot.spec["datasets"]["rows"]:
        above = [name for lane, name in heads if lane < row["lane"]][-1]
        assert above.startswith(called_as[about.loc[plot.opens.values[row["place"]], "objective"]])
        counted[above] = counted.get(above, 0) + 1
        lanes.setdefault(row["lane"], []).append((row["from"], row["until"]))
    assert all(int(name.rpartition(" ")[2]) == count for name, count in counted.items())
    assert not {lane for lane, _ in heads} & set(lanes)
    for bars in lanes.values():
        ordered = sorted(bars)
        assert all(before[1] <= after[0] for before, after in pairwise(ordered))


def test_the_heading_of_the_timeline_counts_what_ran_at_once(whole: Story, scores, by_hand: Bank):
    about = by_hand.campaigns().set_index("campaign_id").loc[list(scores)]
    days = [
        day
        for start, end in zip(about["starts_on"], about["ends_on"], strict=True)
        for day in [start + timedelta(days=number) for number in range((end - start).days + 1)]
    ]
    most = max(days.count(day) for day in set(days))
    assert heading(whole, "timeline").startswith(f"At most {words.number_word(most)} campaigns ran at once")


def test_seasons_and_holidays_lie_behind_the_bars(whole: Story, by_hand: Bank):
    data = drawn(whole, "timeline").spec["datasets"]
    seasons = by_hand.sql("SELECT name, starts_on FROM season ORDER BY starts_on")
    assert [row["from"][:10] for row in data["seasons"]][1:] == [str(day.date()) for day in seasons["starts_on"]][1:]
    spring = [(row["from"][:10], row["to"][:10]) for row in data["holidays"] if row["name"] == "Spring Festival"]
    assert ("2026-02-16", "2026-02-24") in spring
    assert {row["name"] for row in data["holidays"]} >= {"National Day, Mid-Autumn Festival", "Labour Day"}


def test_a_dot_is_what_its_campaign_cost_and_added_and_a_line_is_its_return(whole: Story, scores, verdicts):
    plot = drawn(whole, "against_cost")
    dots = {plot.opens.values[row["place"]]: row for row in plot.spec["datasets"]["rows"]}
    known = {each for each, score in scores.items() if not np.isnan(score["roi_incremental"][1])}
    assert set(dots) == known
    title = plot.spec["layer"][0]["encoding"]["x"]["title"]
    unit = YUAN * {"k": 1e3, "m": 1e6}.get(title.rpartition(" ")[2], 1)
    bottom, top = plot.spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    for campaign_id, row in dots.items():
        score = scores[campaign_id]
        cost = score["closed_cost"] / unit
        added, low, high = ((side + 1) * cost for side in score["roi_incremental"])
        assert_allclose([row["cost"], row["added"]], [cost, added], rtol=1e-6, atol=1e-9)
        assert_allclose([row["from"], row["to"]], [max(low, bottom), min(high, top)], rtol=1e-6, atol=1e-9)
        assert row["role"] == {"up": "better", "down": "worse"}.get(verdicts[campaign_id]["return"], "none")
    lines = plot.spec["datasets"]["equal"]
    assert [round(row["y2"] / row["x2"], 9) for row in lines] == [0, 1, 2, 3]
    assert [row["role"] for row in lines] == ["muted", "line", "muted", "muted"]
    above = sum(row["added"] and row["from"] > row["cost"] for row in dots.values())
    below = sum(row["to"] < row["cost"] for row in dots.values())
    said = heading(whole, "against_cost")
    assert (f"{words.number_word(above)} lie" in said.lower()) == (above > 0)
    assert (f"{words.number_word(below)} lie" in said.lower()) == (below > 0)


def test_all_together_sets_both_returns_side_by_side(whole: Story, scores, by_hand: Bank):
    of = table(whole, "together")
    told = dict(
        zip(of.columns[0].texts(""), zip(of.columns[1].texts(""), of.columns[2].texts(""), strict=True), strict=True)
    )
    judged = [each for each, score in scores.items() if not np.isnan(score["roi_incremental"][1])]
    known = [scores[each] for each in judged]
    cost = sum(score["closed_cost"] for score in known)
    added = sum((score["roi_incremental"][0] + 1) * score["closed_cost"] for score in known)
    credited = sum(by_hand.amounts(each, "contribution")[0].sum() for each in judged)
    attributed = credited / cost - 1
    agree_with_currency(told["Contribution added"][0].lstrip("+"), added)
    treated = sum(score["counts"]["closed"] for score in known)
    agree_with_currency(told["for each customer treated"][0].lstrip("+"), added / treated)
    agree_with_currency(told["Cost"][0], cost)
    agree(told["ROI incremental"][0], added / cost - 1, 1)
    agree(told["ROI attributed"][0], attributed, 1)
    assert told["Contribution added"][0] == card(whole, "Contribution").value
    assert card(whole, "Contribution").rests_on.endswith(told["Contribution added"][1])


def test_a_pair_is_what_sql_finds_of_customers_in_both(whole: Story, by_hand: Bank, scores):
    of = table(whole, "overlap")
    assert of.opens is not None
    both, reached, control = (called(of, name) for name in ("In both", "Treated reached", "Control reached"))
    pairs = list(zip(of.opens.values, of.opens.others["against"], strict=True))
    assert len(pairs) == len({frozenset(pair) for pair in pairs}) > 5
    shares = reached.numbers()
    assert (np.diff(shares) <= 1e-12).all()
    found = by_hand.sql(_SHARED)
    for place, (campaign_id, other) in enumerate(pairs):
        counted = found[(found["campaign_id"] == campaign_id) & (found["other_id"] == other)].iloc[0]
        counts = scores[campaign_id]["counts"]
        assert both.numbers()[place] == counted["n_both"]
        assert_allclose(shares[place], counted["reached"] / counts["n"])
        if counts["n_control"]:
            assert_allclose(control.numbers()[place], counted["reached_control"] / counts["n_control"])
        else:
            assert control.texts("")[place] == "no control group"
    names = dict(by_hand.campaigns()[["campaign_id", "name"]].to_numpy())
    assert names[pairs[0][0]].endswith(called(of, "Campaign").texts("")[0])
    assert called(of, "Campaign").texts("")[0] in heading(whole, "overlap")


def test_every_two_campaigns_stand_once_from_the_side_that_shares_more(reader: Reader, scope):
    found = overlap.ask(reader, Choice(branch=scope[1]))
    pairs = list(zip(found.pairs["campaign_id"], found.pairs["other_id"], strict=True))
    both_ways = queries.pairs(reader, branches=(scope[1],) if scope[1] else ())
    assert len(pairs) == len({frozenset(pair) for pair in pairs}) < len(both_ways)


def test_the_funnel_adds_up_customers_whose_window_has_closed(whole: Story, by_hand: Bank):
    steps = marks(drawn(whole, "funnel"), "step")
    counted = by_hand.sql("""
        SELECT count(*) AS assigned, count(m.contacted_at) AS contacted, count(m.participated_at) AS took_part,
            count(*) FILTER (m.participated_at IS NOT NULL AND CAST(m.converted_at AS DATE) <= m.matures_on) AS bought
        FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm), warehouse_version v
        WHERE {where} AND NOT a.is_control AND m.matures_on <= v.as_of AND m.campaign_id IN (
            SELECT m.campaign_id FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm),
                warehouse_version v
            WHERE {where} AND NOT a.is_control AND m.matures_on <= v.as_of
            GROUP BY m.campaign_id HAVING count(m.participated_at) > 0)""").iloc[0]
    assert [row["count"] for row in steps] == counted.tolist()


def test_a_choice_of_maturity_lists_the_campaigns_that_have_come_so_far(
    reader: Reader, answer, scope, verdicts, scores
):
    def listed(maturity: str) -> set[str]:
        return set(campaigns.ask(reader, Choice(branch=scope[1], maturity=maturity)).scores.campaign_id)

    judged, counting, never = map(listed, (JUDGED, COUNTING, NEVER))
    assert judged == {each for each, graded in verdicts.items() if graded["judge"]}
    assert judged | counting | never == set(answer.scores.campaign_id)
    assert len(judged) + len(counting) + len(never) == len(answer.scores)
    for each in counting:
        counts = scores[each]["counts"]
        assert not counts["closed"] or not counts["closed_control"]
    assert "judged" in campaigns_story.tell(campaigns.ask(reader, Choice(branch=scope[1], maturity=JUDGED))).choice


def test_sales_that_add_up_to_more_than_were_made_never_stand_without_a_note(answer, by_hand: Bank):
    claimed = float(np.nansum(answer.scores["sales"].estimate))
    words.speak("en")
    for sold, noted in ((claimed * 1.01, False), (claimed * 0.99, True)):
        told = campaigns_story.tell(replace(answer, sold=sold))
        after = next(block.after for row in told.rows for block in row if block.shown is view_of(told))
        assert ("more than were made" in after) == noted
        assert numbers(after)


def view_of(story: Story) -> object:
    view(story, "money")
    return next(block.shown for row in story.rows for block in row if hasattr(block.shown, "tables"))


def test_what_net_new_money_cannot_see_is_said(answer, whole: Story):
    sight, card_ = answer.sight, answer.scores
    earned = card_["contribution"].estimate
    rows = [
        row
        for row, judge in enumerate(card_.judges)
        if judge == "incremental_net_new_money_per_customer" and earned[row] > 0
    ]
    half = [(card_[card_.judges[row]].high - card_[card_.judges[row]].low)[row] / 2 for row in rows]
    pays = [
        card_["campaign_cost"].estimate[row] / card_["members"].estimate[row]
        * card_["sales"].estimate[row] / card_["contribution"].estimate[row]
        for row in rows
    ]  # fmt: skip
    kept = [place for place, value in enumerate(pays) if np.isfinite(value) and value > 0]
    assert sight.judged == len(kept)
    assert_allclose([sight.half, sight.pays], [np.median([of[place] for place in kept]) for of in (half, pays)])
    assert any("can hardly tell these campaigns apart" in said for said in whole.findings) == (sight.half > sight.pays)


_WATCHED = """
    SELECT m.campaign_id, date_diff('day', CAST(m.assigned_at AS DATE), CASE
            WHEN CAST(m.converted_at AS DATE) <= m.matures_on THEN CAST(m.converted_at AS DATE)
            ELSE least(m.matures_on, v.as_of) END) AS days,
        coalesce(CAST(m.converted_at AS DATE) <= m.matures_on, false) AS bought, m.matures_on > v.as_of AS waiting
    FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm), warehouse_version v
    WHERE {where} AND NOT a.is_control
"""


def test_campaigns_at_equal_age_are_those_still_counting_before_all_others(reader: Reader, scope, by_hand: Bank):
    choice = Choice("2026", branch=scope[1])
    found = ages.ask(reader, choice)
    listed = set(campaigns.ask(reader, choice).listed["campaign_id"])
    rows = by_hand.sql(_WATCHED)
    rows = rows[rows["campaign_id"].isin(listed)]
    waiting = rows.groupby("campaign_id")["waiting"].any()
    size = rows.groupby("campaign_id").size()[waiting]
    assert set(found.keys) == set(rows["campaign_id"])
    assert found.counting
    assert [size[key] for key in found.keys[: found.named]] == sorted(size, reverse=True)[: ages.NAMED]
    at_risk = [
        [int((rows.loc[rows["campaign_id"] == key, "days"] >= day).sum()) for day in range(120)]
        for key in found.keys[: found.named]
    ]
    halves = [max(day for day, n in enumerate(each) if n and n >= each[0] / 2) for each in at_risk]
    assert found.day == min(halves)
    assert found.shares.n[: found.named].tolist() == [each[found.day] for each in at_risk]
    # Where every window has closed, nobody left before its end: what was converted by a day is a plain share.
    for row, key in enumerate(found.keys):
        own = rows[rows["campaign_id"] == key]
        if waiting[key]:
            continue
        for day in (0, 7, 25):
            assert found.curves.converted[row, day] == pytest.approx((own["bought"] & (own["days"] <= day)).mean())


def test_the_curves_say_what_each_had_come_to(reader: Reader, scope, whole: Story):
    words.speak("en")
    found = ages.ask(reader, Choice(branch=scope[1]))
    (block,) = [block for row in whole.rows for block in row if block.name == "ages"]
    assert block.heading.startswith(f"By day {found.day} from ")
    shown = drawn(whole, "ages").spec["datasets"]
    assert len(shown["ends"]) == found.named
    assert len({row["line"] for row in shown["behind"]}) == len(found.keys) - found.named
    for line in {row["line"] for row in shown["behind"]}:  # drawn last to first, by the week and to their last day
        marks = [(row["day"], row["share"]) for row in shown["behind"] if row["line"] == line]
        course = found.curves.converted[len(found.keys) - 1 - int(line)]
        (watched,) = np.nonzero(~np.isnan(course))
        assert [day for day, _ in marks[:-1]] == list(range(0, int(watched[-1]), 7))
        assert marks[-1] == (watched[-1], course[watched[-1]])
    assert shown["read"] == [{"day": found.day}]
    some = int((found.shares.estimate[: found.named] > 0).sum())
    assert block.after.count("(") == some
    assert block.after.count("nobody so far") == found.named - some
    assert "too few" not in block.heading
