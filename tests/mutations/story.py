"""Faults of what the pages say."""

from tests.mutations.mutation import Mutation

_SHOWN = "tests/pages/test_shown.py"
_BADGE = f"{_SHOWN} -k cards"
_PAID = f"{_SHOWN} -k verdict"
_CELLS = f"{_SHOWN} -k cell"
_PLOT = f"{_SHOWN} -k forest"
_ONE = f"{_SHOWN} -k arms"
_FUNNEL = f"{_SHOWN} -k funnel"
_WAITING = f"{_SHOWN} -k judged"
_FIRST = f"{_SHOWN} -k first"
_SHEET = "tests/story/test_spreadsheet.py"
_LOAD = "tests/story/test_last_load.py"

MUTATIONS = [
    Mutation(
        "story/campaign.py",
        '(say("↑ better"), "blue") if better else',
        '(say("↑ better"), "blue") if not better else',
        "tests/story/test_badges.py",
    ),
    Mutation(
        "story/campaign.py",
        'say("a hint: ↑") if grade.sign > 0',
        'say("a hint: ↑") if grade.sign < 0',
        "tests/story/test_badges.py",
        quick=True,
    ),
    Mutation("story/campaign_columns.py", 'say("paid"), say("lost money")', 'say("lost money"), say("paid")', _PAID),
    Mutation("story/campaign_columns.py", 'say("raised"), say("lowered")', 'say("lowered"), say("raised")', _PAID),
    Mutation(
        "story/campaign_columns.py",
        "return [values[int(row)] for row in self.answer.order]",
        "return list(values)",
        _FIRST,
    ),
    Mutation(
        "story/campaign_columns.py", '"open_members", say("Still counting")', '"members", say("Still counting")', _CELLS
    ),
    Mutation("story/campaign_columns.py", "satisfied.n, Unit.COUNT", "satisfied.estimate, Unit.COUNT", _CELLS),
    Mutation(
        "story/campaigns.py",
        'answer.listed["campaign_id"].iloc[int(row)]) for row in order',
        'answer.listed["campaign_id"].iloc[int(row)]) for row in sorted(order)',
        _FIRST,
    ),
    Mutation("story/campaigns.py", "timedelta(days=int(days))", "timedelta(days=int(days) + 1)", _WAITING),
    Mutation(
        "story/campaigns.py", "sorted(range(len(rows)), key=soonest.__getitem__)", "list(range(len(rows)))", _WAITING
    ),
    Mutation(
        "story/campaigns.py",
        "judged_cost if judged_cost.known[0] else every_cost",
        "every_cost",
        f"{_SHOWN} -k cards_add",
    ),
    Mutation(
        "story/campaign_plots.py",
        'scores.verdicts["roi_incremental"].grade',
        'scores.verdicts["incremental_conversion"].grade',
        _PLOT,
    ),
    Mutation(
        "story/chart/theme.py",
        'Meaning.BETTER: "better"',
        'Meaning.BETTER: "worse"',
        "tests/story/test_badges.py",
        quick=True,
    ),
    Mutation("story/chart/interval.py", '"low": intervals.low,', '"low": intervals.estimate,', _PLOT),
    Mutation(
        "story/chart/interval.py",
        '"place": np.arange(len(intervals)),',
        '"place": np.arange(len(intervals))[::-1],',
        "tests/ui/test_opening.py",
    ),
    Mutation(
        "story/campaign_charts.py", 'say("Contacted"): "matured_contacted"', 'say("Contacted"): "contacted"', _FUNNEL
    ),
    Mutation("story/campaign_charts.py", 'return rows[rows["is_control"].eq(False)]', "return rows", _FUNNEL),
    Mutation(
        "story/campaign_charts.py",
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
        quick=True,
    ),
    Mutation("story/text.py", '"Cf", ', "", "story/text.py --doctest-modules"),
    Mutation("story/last_load.py", "return one_line(say(template, **shown))", "return template.format(**shown)", _LOAD),
    Mutation("story/last_load.py", "figures.number(row.line)", "figures.number(row.rows)", _LOAD),
    Mutation("story/last_load.py", "if not isinstance(row.template, str):", "if False:", _LOAD),
    Mutation("answers/data.py", "told[~follows], told[follows]", "told[follows], told[~follows]", _LOAD),
    Mutation("data_access/loading/table.py", "file=result.name, n=kept", "file=result.name, n=result.rejected", _LOAD),
]
