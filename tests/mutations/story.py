"""Faults of what the pages say."""

from tests.mutations.mutation import Mutation

_LIST = "tests/pages/campaigns/test_all_shown.py"
_WHOLE = "tests/pages/campaigns/test_programme_shown.py -k '[bank"
_ONE = "tests/pages/campaigns/test_one_shown.py"
_PAID = f"{_LIST} -k year[bank"
_CELLS = f"{_LIST} -k sql_counts[bank"
_PLOT = f"{_LIST} -k opens_it[bank"
_FUNNEL = f"{_ONE} -k those_of_sql"
_WAITING = f"{_LIST} -k soonest_first[bank"
_BADGES = "tests/story/campaigns/test_badges.py"
_MONEY = f"{_ONE} -k that_of_sql[two"
_ARMS = f"{_ONE} -k arms_of_a_campaign_say_what_sql_counts[one"
_OWN = f"{_LIST} -k its_objective[bank"
_SENTENCES = "tests/story/test_sentences.py"
_FINDINGS = "tests/story/test_findings.py"
_FIRST = f"{_LIST} -k own_campaign[bank"
_SHEET = "tests/story/test_spreadsheet.py"
_LOAD = "tests/story/data/test_last_load.py"

_TIERS = "tests/pages/tiers/test_shown.py"

MUTATIONS = [
    Mutation(
        "story/campaigns/overview.py",
        'f"scorecard_{view}"',
        '"scorecard"',
        "tests/pages/test_hostile_told.py -k key_of_its_own",
    ),
    Mutation(
        "story/plan/plan.py",
        "        *([whose(answer.branches)] if answer.branches else []),\n",
        "",
        "tests/pages/test_both_engines.py -k name_the_branch",
    ),
    Mutation(
        "story/chart/over_time/sizes.py",
        '"worse" if row.missed else "none"',
        '"none" if row.missed else "worse"',
        "tests/story/chart/over_time/test_sizes.py",
    ),
    Mutation(
        "answers/running/running.py",
        'return rows["owner_staff_id"].notna() & ~rows',
        "return ~rows",
        "tests/answers/test_running.py -k nobodys",
    ),
    Mutation(
        "story/chart/over_time/strip.py",
        "    if crosses:\n",
        "    if not crosses:\n",
        "tests/story/chart/over_time/test_strip.py",
    ),
    Mutation(
        "story/chart/over_time/noted.py",
        "if note.week in chart.weeks]",
        "]",
        "tests/story/chart/over_time/test_noted.py",
    ),
    Mutation("story/target.py", "goal.with_target == 0:", "goal.with_target < 0:", "tests/pages/act/test_targets.py"),
    Mutation("story/target.py", "map(goal.reached, limits)", "map(float, limits)", "tests/story/test_target.py"),
    Mutation(
        "story/tiers/moves.py", "None if start == end else", "None if start != end else", f"{_TIERS} -k every_cell"
    ),
    Mutation(
        "story/tiers/moves.py", "figures.number(now[end])", "figures.number(entered[end])", f"{_TIERS} -k margins"
    ),
    Mutation("story/tiers/customers.py", "line[-_SHOWN:]", "line", f"{_TIERS} -k a_row_says"),
    Mutation(
        "story/chart/matrix.py",
        "_SHADES: Final = (0, 1, 2, 4)",
        "_SHADES: Final = (0, 1, 2, 3)",
        "tests/story/chart/test_tiers.py",
    ),
    Mutation(
        "story/campaigns/campaign.py",
        '(say("↑ better"), "blue") if better else',
        '(say("↑ better"), "blue") if not better else',
        _BADGES,
    ),
    Mutation(
        "story/campaigns/campaign.py",
        'say("a hint: ↑") if grade.sign > 0',
        'say("a hint: ↑") if grade.sign < 0',
        _BADGES,
    ),
    Mutation("story/campaigns/columns.py", 'say("paid"), say("lost money")', 'say("lost money"), say("paid")', _PAID),
    Mutation(
        "story/campaigns/columns.py",
        'say("Conversion: verdict"), say("raised"), say("lowered")',
        'say("Conversion: verdict"), say("lowered"), say("raised")',
        _PAID,
    ),
    Mutation(
        "story/campaigns/columns.py",
        "return [values[int(row)] for row in self.answer.order]",
        "return list(values)",
        _FIRST,
    ),
    Mutation(
        "story/campaigns/columns.py",
        '"open_members", say("Still counting")',
        '"members", say("Still counting")',
        _CELLS,
    ),
    Mutation("story/campaigns/columns.py", "satisfied.n, Unit.COUNT", "satisfied.estimate, Unit.COUNT", _CELLS),
    Mutation(
        "story/campaigns/overview.py",
        'answer.listed["campaign_id"].iloc[int(row)]) for row in order',
        'answer.listed["campaign_id"].iloc[int(row)]) for row in sorted(order)',
        _FIRST,
    ),
    Mutation("answers/campaigns/calendar.py", 'astype("float64"), unit', 'astype("float64") + 1, unit', _WAITING),
    Mutation(
        "story/campaigns/overview.py", "claimed > answer.sold", "claimed < answer.sold", f"{_WHOLE} and without_a_note'"
    ),
    Mutation(
        "story/campaigns/timeline.py",
        "str(grades[row]) == Grade.NOT",
        "str(grades[row]) != Grade.NOT",
        f"{_WHOLE} and bar'",
    ),
    Mutation(
        "story/campaigns/timeline.py",
        "running.argmax()",
        "running.argmin()",
        "story/campaigns/timeline.py --doctest-modules",
    ),
    Mutation("story/campaigns/returned.py", "float(added.low[row])", "float(added.high[row])", f"{_WHOLE} and dot'"),
    Mutation(
        "story/campaigns/returned.py", "added.low[known] > cost", "added.high[known] > cost", f"{_WHOLE} and dot'"
    ),
    Mutation(
        "story/campaigns/overlap.py", 'pairs["other_id"].astype', 'pairs["campaign_id"].astype', f"{_WHOLE} and pair'"
    ),
    Mutation(
        "story/campaigns/plots.py", "shares[2].n[known]).sum()", "shares[1].n[known]).sum()", f"{_WHOLE} and funnel'"
    ),
    Mutation(
        "story/chart/over_time/timeline.py",
        "if day <= start)",
        "if day <= start + 1)",
        "tests/story/chart/over_time/test_timeline.py",
    ),
    Mutation(
        "story/chart/over_time/timeline.py",
        "else _SIGN for",
        "else _LETTER for",
        "tests/story/chart/over_time/test_timeline.py",
    ),
    Mutation("story/chart/scatter.py", "slope = roi + 1", "slope = roi", "tests/story/chart/test_scatter.py"),
    Mutation(
        "metrics/week/public_holidays.py",
        "one.last >= first and",
        "one.last > first and",
        "tests/metrics/week/test_public_holidays.py",
    ),
    Mutation(
        "story/campaigns/overview.py",
        "sorted(range(len(rows)), key=soonest.__getitem__)",
        "list(range(len(rows)))",
        _WAITING,
    ),
    Mutation(
        "story/campaigns/overview.py",
        "judged_cost if judged_cost.known[0] else every_cost",
        "every_cost",
        _CELLS,
    ),
    Mutation(
        "story/campaigns/plots.py",
        'scores.verdicts["roi_incremental"].grade',
        'scores.verdicts["incremental_conversion"].grade',
        _PLOT,
    ),
    Mutation(
        "story/chart/theme.py",
        'Meaning.BETTER: "better"',
        'Meaning.BETTER: "worse"',
        _BADGES,
    ),
    Mutation("story/chart/interval.py", '"low": intervals.low,', '"low": intervals.estimate,', _PLOT),
    Mutation(
        "story/chart/interval.py",
        '"place": np.arange(len(intervals)),',
        '"place": np.arange(len(intervals))[::-1],',
        "tests/ui/test_opening.py",
    ),
    Mutation(
        "story/campaigns/charts.py", 'say("Contacted"): "matured_contacted"', 'say("Contacted"): "contacted"', _FUNNEL
    ),
    Mutation("story/campaigns/charts.py", 'return rows[rows["is_control"].eq(False)]', "return rows", _FUNNEL),
    Mutation(
        "story/campaigns/charts.py",
        '"planned_amount"]],\n        [float(amount) / style.divisor for amount in known["actual_amount"]],',
        '"actual_amount"]],\n        [float(amount) / style.divisor for amount in known["planned_amount"]],',
        _FUNNEL,
    ),
    Mutation("story/spreadsheet.py", "1 / minor if unit is Unit.MONEY else 1.0", "1.0", _SHEET),
    Mutation(
        "story/spreadsheet.py",
        "scaled(list(values.low)), formats",
        "scaled(list(values.high)), formats",
        _SHEET,
    ),
    Mutation(
        "story/campaigns/campaign.py", "badge=_badge(answer, key)", "badge=_badge(answer, verdict.CONVERSION)", _BADGES
    ),
    Mutation(
        "story/campaigns/campaign.py", "answer.scores.judges[0] or verdict.CONVERSION", "verdict.CONVERSION", _BADGES
    ),
    Mutation("story/campaigns/campaign.py", "key, answer.plain[key]", "key, answer.scores[key]", _MONEY),
    Mutation("story/campaigns/campaign.py", "if answer.scores.adjusted(key)[0]:", "if False:", _MONEY),
    Mutation("story/campaigns/campaign.py", 'arms["n"] - arms["matured"]', 'arms["matured"]', _ARMS),
    Mutation(
        "story/campaigns/campaign.py",
        "[each.low[row] for each in found]",
        "[each.estimate[row] for each in found]",
        _ARMS,
    ),
    Mutation(
        "story/campaigns/columns.py", 'verdict.NET_NEW: _("Net new money")', 'verdict.NET_NEW: _("Contribution")', _OWN
    ),
    Mutation(
        "story/campaigns/columns.py",
        "zip(scores.judges, scores.grades,",
        "zip(scores.judges, scores.grades[::-1],",
        _OWN,
    ),
    Mutation(
        "story/campaigns/overview.py",
        "answer.scores.grades == Grade.NOT_JUDGED",
        "answer.scores.grades == Grade.NONE_SHOWN",
        _WAITING,
    ),
    Mutation(
        "story/findings.py",
        "findings[place + 1].qualifies]",
        "not findings[place + 1].qualifies]",
        _SENTENCES,
    ),
    Mutation(
        "story/sentences/campaign.py",
        'told.values["metric"] == "roi_incremental"',
        'told.values["metric"] != "roi_incremental"',
        _FINDINGS,
    ),
    Mutation(
        "story/estimates.py",
        "        if not intervals.known[row]:\n            return why(intervals, row)\n        if low",
        "        if low",
        "tests/story/test_estimates.py",
    ),
    Mutation(
        "story/columns.py",
        "np.where(values.known, values.estimate, np.nan)",
        "values.estimate",
        "tests/story/test_estimates.py",
    ),
    Mutation(
        "story/campaigns/adjusted.py",
        "if not scores.adjusted(key).any():",
        "if True:",
        "tests/story/campaigns/test_adjusted.py",
    ),
    Mutation("story/text.py", '"Cf", ', "", "story/text.py --doctest-modules"),
    Mutation("story/refusal.py", "return one_line(say(template, **{", "return one_line(template.format(**{", _LOAD),
    Mutation("story/data/last_load.py", "line=figures.number(line)", "line=figures.number(line + 1)", _LOAD),
    Mutation(
        "story/data/last_load.py", "if template else one_line(text)", "if not template else one_line(text)", _LOAD
    ),
    Mutation("answers/data.py", "told[~follows], told[follows]", "told[follows], told[~follows]", _LOAD),
    Mutation("data_access/loading/table.py", "file=result.name, n=kept", "file=result.name, n=result.rejected", _LOAD),
    Mutation(
        "story/people/sheet.py",
        "page.write_string(row, 0, _head(str(cell), row))",
        "page.write_formula(row, 0, _head(str(cell), row))",
        "tests/story/people/test_sheet.py -k whatever_they_begin",
    ),
    Mutation(
        "story/people/evidence.py",
        "others=(\n            team.elsewhere",
        "others=(\n            0 * team.elsewhere",
        "tests/pages/people/test_shown.py -k others[head",
    ),
    Mutation(
        "story/chart/result_funnel.py",
        "if box.inside and not any(",
        "if not any(",
        "tests/story/chart/test_people.py",
    ),
    Mutation(
        "answers/pinned.py",
        "for one in campaigns if len(campaigns) == 1",
        "for one in campaigns",
        "tests/reports/test_notes.py -k week_in_which",
    ),
    Mutation("story/notes.py", "claims[-MOST:]", "claims[:MOST]", "tests/reports/test_notes.py -k latest"),
]
